"""In what proportion a target is broken down: shares from a file, or what was reached a year before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from kaohe.cli.context import App
from kaohe.errors import Exit, KaoheError, Place, Problem, fail, refuse_if_any
from kaohe.exact import MICRO
from kaohe.text import msg

if TYPE_CHECKING:
    from kaohe.period import Period
    from kaohe.plugin import Indicator
    from kaohe.records.targets import Target


def by_file(app: App, file: Path, parts: Sequence[Target], *, periods: bool) -> list[Fraction]:
    """The share of each part, as a file gives them: all of the parts, none twice, none below zero, not all zero."""
    from kaohe.records.reading import read_records
    from kaohe.records.rows import ReadContext
    from kaohe.records.targets_file import SHARES
    from kaohe.records.targets_store import known_to

    known = known_to(app.store, ())
    context = ReadContext(app.workspace.timezone, known.people)
    directory = known.teams if parts[0].scope == "team" else known.people
    problems: list[Problem] = []
    found: dict[str, Fraction] = {}
    wanted = [part.period if periods else part.who for part in parts]
    for reading in read_records(file, SHARES, None, context):
        for rejection in reading.rejected:
            for mistake in rejection.mistakes:
                reason, said = mistake.reason, mistake.value or None
                problems.append(Problem("targets.cell", reason, rejection.place, said, fix=mistake.fix))
        for row in reading.rows:
            who, share = str(row.values["who"]), Fraction(int(str(row.values["share"])), MICRO)
            code = who.upper() if periods else directory.find(who)
            if not isinstance(code, str) or code not in wanted:
                what, expected = msg("this is none of the parts"), ", ".join(wanted)
                problems.append(Problem("targets.no-part", what, row.place, who, expected))
            elif code in found:
                problems.append(Problem("targets.twice", msg("this share is given twice"), row.place, who))
            else:
                found[code] = share
    if not problems and (absent := [name for name in wanted if name not in found]):
        fix = msg("write 0 for who gets nothing")
        problems.append(
            Problem("targets.no-share", msg("shares are missing"), Place(file.name), ", ".join(absent), fix=fix)
        )
    refuse_if_any(problems)
    if not any(found.values()):
        raise fail(Problem("targets.no-share", msg("all shares are zero"), Place(file.name)))
    return [found[name] for name in wanted]


def by_last_year(
    app: App, known: Indicator | None, indicator: str, parts: Sequence[Target], teams: Mapping[str, Sequence[str]]
) -> list[Fraction]:
    """What each part reached in the same period a year before, by an evaluation of that period."""
    if known is None:
        what = msg("{indicator} is no installed indicator: nothing tells what was reached", indicator=indicator)
        raise fail(Problem("targets.no-actuals", what, Place(key=indicator)))
    from kaohe.period import parse_period

    reached: dict[str, dict[str, int]] = {}
    weights = []
    for part in parts:
        year_before = parse_period(part.period).last_year
        if year_before.name not in reached:
            reached[year_before.name] = _actuals(app, indicator, year_before)
        actual = reached[year_before.name]
        people = {"person": [part.who], "team": teams.get(part.who, ()), "company": list(actual)}[part.scope]
        weights.append(Fraction(sum(actual.get(code, 0) for code in people), MICRO))
    below = [part.who or part.period for part, weight in zip(parts, weights, strict=True) if weight < 0]
    if below or not any(weights):
        what = msg("what was reached a year before gives no proportion")
        fix = msg("break it down by shares, or equally")
        found = ", ".join(below) or msg("nothing was reached")
        raise fail(Problem("targets.no-actuals", what, Place(key=indicator), found, fix=fix))
    if idle := [part.who or part.period for part, weight in zip(parts, weights, strict=True) if not weight]:
        what = msg("nothing was reached a year before: these get nothing")
        app.problems([Problem("targets.no-actuals", what, found=", ".join(idle), severity="warning")])
    return weights


def _actuals(app: App, indicator: str, period: Period) -> dict[str, int]:
    """The figures of a period in millionths by person; none where there was nobody, or nothing."""
    from kaohe import __version__
    from kaohe.records import take_snapshot
    from kaohe.run.evaluate import Setting, evaluate
    from kaohe.run.measuring.describing import record_types_of
    from kaohe.run.organisation.members import read_members
    from kaohe.scheme.sketch import sketch

    registry, workspace = app.registry, app.workspace
    rules = sketch(registry.indicators[indicator], {}, registry.record_types, registry.indicators)
    types = {name: registry.record_types[name] for name in record_types_of(rules, registry.record_types)}
    snapshot = take_snapshot(app.store, types.values(), app.snapshots, workspace.timezone)
    setting = Setting(types, (), workspace.timezone, __version__, app.now())
    try:
        run = evaluate(rules, period, snapshot, read_members(snapshot), app.engine, setting)
    except KaoheError as error:
        if error.exit_code != Exit.NOTHING:
            raise
        return {}
    values = run.appraisal.values[indicator]
    return {
        code: int(micros)
        for code, micros, known in zip(run.appraisal.people.code, values.micros, values.known, strict=True)
        if known
    }
