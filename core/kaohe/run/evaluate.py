"""One evaluation, from the snapshot to a run: population → values → points → rank → tier → bonus → outcomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from kaohe.appraise import ManualChange, People, appraise
from kaohe.engine import Engine
from kaohe.errors import Exit, KaoheError, Place, Problem, fail
from kaohe.period import Period, year_start
from kaohe.plugin import RecordType
from kaohe.records import Snapshot
from kaohe.run.assessment.assessing import assess_everybody
from kaohe.run.balances import brought_forward
from kaohe.run.credit.attribution import relations
from kaohe.run.credit.outside import outside_assignments, outside_question
from kaohe.run.digest import digest_of
from kaohe.run.measuring.asking import Question, ask
from kaohe.run.measuring.derive import derive
from kaohe.run.measuring.measure import every_request, figures, notes, question, windows
from kaohe.run.measuring.one_by_one import with_records
from kaohe.run.measuring.presence import present
from kaohe.run.model import Balances, LeftOut, PluginStamp, Run
from kaohe.run.organisation.assignments import over_full_time
from kaohe.run.organisation.members import read_teams
from kaohe.run.organisation.population import Population, populate
from kaohe.run.organisation.staff import Member
from kaohe.run.remarks import about_results, check_period, ungrouped
from kaohe.run.targets.dated import read_goals, targets_in, teams_without_target, without_target
from kaohe.run.teams.whole import as_people, figures_of, measure_teams, populate_teams, teams_in, with_goals
from kaohe.scheme.derived import adding_up, targets_asked, teams_asked
from kaohe.scheme.model import Scheme
from kaohe.scheme.teams import of_teams
from kaohe.text import msg


@dataclass(frozen=True)
class Setting:
    """The circumstances of an evaluation that do not come from the scheme or the records. ``balances`` are those of the
    period before, None where no run of it is stored; ``notes`` what is to be known of the records beforehand."""

    record_types: Mapping[str, RecordType]
    plugins: tuple[PluginStamp, ...]
    zone: ZoneInfo
    core_version: str
    created_at: datetime
    balances: Balances | None = None
    notes: tuple[Problem, ...] = ()


def evaluate(
    scheme: Scheme,
    period: Period,
    snapshot: Snapshot,
    members: Sequence[Member],
    engine: Engine,
    setting: Setting,
    manual: Sequence[ManualChange] = (),
) -> Run:
    """Evaluate the scheme for the period, with changes by hand. Raises KaoheError where nobody or nothing is there to
    be evaluated, and where changes by hand go further than the scheme allows."""
    warnings = check_period(scheme, period)
    year_starts = _year_starts(scheme, period)
    codes_of_teams = read_teams(snapshot)
    part, of_teams_alone = of_teams(scheme), scheme.subject == "team"
    teams = () if part is None else teams_in(members, period, codes_of_teams)
    population = populate_teams(scheme, teams, period) if of_teams_alone else populate(scheme, members, period)
    if not population.people.code:
        raise _nobody(scheme, period, members, population.left_out)
    warnings += ungrouped(scheme, population.people)
    if (over := over_full_time(population.people)) is not None:
        warnings.append(over)
    population, untold = _with_targets(scheme, population, snapshot, period)
    warnings += untold
    people, told = brought_forward(scheme, population.people, setting.balances, period)
    population = replace(population, people=people)
    warnings += told
    warnings += setting.notes
    warnings += notes(scheme, setting.record_types, snapshot, period)
    _refuse_without_records(scheme, period, snapshot, setting.record_types)
    windowed = windows(period, setting.zone, year_starts)
    joined = relations(scheme, members, population, codes_of_teams)
    types, codes, found, assessed = setting.record_types, population.people.code, None, {}
    looked_at = None if part is None or of_teams_alone else as_people(teams, period)
    own, *others = ask(_asked(scheme, part, types, codes, looked_at), snapshot, engine, windowed, joined)
    values, counts = figures(scheme, types, own, windowed, scheme.subject)
    if of_teams_alone:
        values, counts = figures_of(scheme, population.people, (values, counts), teams_asked(scheme))
    else:
        people = with_records(
            scheme, population.people, engine, snapshot, windowed["period"], setting.record_types, joined
        )
        population = replace(population, people=people)
        assessed = assess_everybody(scheme, setting.record_types, snapshot, engine, windowed["period"], codes, joined)
        values |= {key: each.values for key, each in assessed.items()}
        warnings += [note for each in assessed.values() for note in each.notes]
        warnings += outside_assignments(scheme, types, others[0], codes, period)
        if part is not None and looked_at is not None:
            of_them = figures(part, types, others[1], windowed, "team")
            found = measure_teams(scheme, part, with_goals(part, looked_at, snapshot, period), people, of_them)
            values |= found.home
        values = derive(scheme, people, values)
    counts |= {key: () for key in values if key not in counts}
    appraisal = appraise(scheme, population.people, values, None if found is None else found.teams, manual)
    of_their_teams = {} if found is None else found.counts
    warnings += about_results(scheme, period, appraisal)
    return Run(
        scheme=scheme,
        period=period,
        timezone=setting.zone.key,
        snapshot=snapshot.digest,
        plugins=setting.plugins,
        engine=engine.name,
        core_version=setting.core_version,
        created_at=setting.created_at,
        names=population.names,
        appraisal=appraisal,
        counts=counts,
        left_out=population.left_out,
        notes=tuple(warnings),
        digest=digest_of(
            scheme, period, setting.zone.key, snapshot.digest, appraisal, counts, assessed, of_their_teams
        ),
        assessments=assessed,
        team_counts=of_their_teams,
    )


def _asked(
    scheme: Scheme, part: Scheme | None, types: Mapping[str, RecordType], codes: Sequence[str], teams: People | None
) -> list[Question]:
    """All that is measured: the scheme's own figures, then, in a scheme about people, what of their records does not
    count, and the figures of ``teams`` that it looks at."""
    own = question(scheme, types, codes, scheme.subject)
    if scheme.subject == "team":
        return [own]
    whole = [] if part is None or teams is None else [question(part, types, teams.code, "team")]
    return [own, outside_question(scheme, types, codes), *whole]


def _with_targets(
    scheme: Scheme, population: Population, snapshot: Snapshot, period: Period
) -> tuple[Population, list[Problem]]:
    """The people with the dated targets that the scheme asks for, and who lacks which."""
    if scheme.subject == "team":
        teams = with_goals(scheme, population.people, snapshot, period)
        return replace(population, people=teams), teams_without_target(teams, period)
    asked = targets_asked(scheme, "person")
    if not asked:
        return population, []
    goals = read_goals(snapshot)
    dated = targets_in(asked, goals, population.people, period, adding_up(scheme))
    people = replace(population.people, targets=dated)
    return replace(population, people=people), without_target(scheme, people, goals, period)


def _year_starts(scheme: Scheme, period: Period) -> int:
    """The month that the scheme's years begin with. Raises KaoheError for a period in two of them that are added up."""
    if scheme.bonus is None or scheme.bonus.year is None:
        return 1
    starts = scheme.bonus.year.starts
    year = year_start(period.start, starts)
    if year_start(period.end - timedelta(days=1), starts) != year:
        raise fail(
            Problem(
                "evaluate.two-years",
                msg("the bonus adds up over the year, and {period} lies in two years", period=period.name),
                Place(key=scheme.id),
                found=f"{period.start} … {period.end - timedelta(days=1)}",
                expected=msg("a period within a year from {start}", start=year),
                fix=msg("choose another period, or year_starts in [bonus.table]"),
            )
        )
    return starts


def _nobody(scheme: Scheme, period: Period, members: Sequence[Member], left_out: Sequence[LeftOut]) -> KaoheError:
    condition = None
    if not members:
        what, fix = msg("there are no people yet"), msg("import them: kaohe people import FILE")
    elif all(person.kind == "assignment" for person in left_out):
        what = msg("nobody has an assignment in {period}", period=period.name)
        fix = msg("check the dates of the assignments, or choose another period")
    else:
        what = msg("the scheme covers nobody in {period}", period=period.name)
        condition = None if scheme.population is None else scheme.population.text
        fix = msg("check the scheme's population: kaohe scheme show {scheme}", scheme=scheme.id)
    return fail(Problem("evaluate.nobody", what, Place(key=scheme.id), condition, fix=fix), Exit.NOTHING)


def _refuse_without_records(
    scheme: Scheme, period: Period, snapshot: Snapshot, record_types: Mapping[str, RecordType]
) -> None:
    asked = every_request(scheme, record_types)
    rated = {each.indicator.records for each in scheme.indicators if each.assessment is not None}
    used = {request.records.name for request in asked} | rated
    found = present(asked, snapshot, period) or any(snapshot.has_records(name, period) for name in rated)
    if used and not found:
        raise fail(
            Problem(
                "evaluate.no-records",
                msg("there are no records in {period} for any indicator of the scheme", period=period.name),
                Place(key=scheme.id),
                expected=msg("records of: {names}", names=", ".join(sorted(used))),
                fix=msg("choose another period, or import records: kaohe records import TYPE FILE"),
            ),
            Exit.NOTHING,
        )
