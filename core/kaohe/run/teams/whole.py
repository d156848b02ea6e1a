"""Whole teams: which there are in a period, and their figures, from the records of everybody in them on each day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np

from kaohe.appraise.model import People, Values
from kaohe.appraise.teams import Teams, score_teams
from kaohe.exact import Ints
from kaohe.language import interpreter
from kaohe.period import Period
from kaohe.records import Snapshot
from kaohe.run.measuring.derive import derive
from kaohe.run.measuring.measure import Figures
from kaohe.run.model import Counts, LeftOut
from kaohe.run.organisation.population import Population
from kaohe.run.organisation.service import with_person_names
from kaohe.run.organisation.staff import Member, number, staff_of
from kaohe.run.organisation.stints import stints_of
from kaohe.run.targets.dated import read_goals, targets_of_teams
from kaohe.scheme.derived import adding_up, targets_asked, teams_asked
from kaohe.scheme.model import Scheme, team_key
from kaohe.text import msg


@dataclass(frozen=True)
class Team:
    """A team in which somebody was for ``days`` of a period.

    ``heads``: whose main assignment at the period's end it is; ``manager``: to whom most of them report (of equally
    many the first code), None where to nobody.
    """

    code: str
    name: str
    days: int
    heads: int
    manager: str | None

    @property
    def attributes(self) -> dict[str, Any]:
        """What expressions about teams may name."""
        return {
            "team": self.name,
            "name": self.name,
            "code": self.code,
            "size": self.heads,
            "manager": self.manager,
            "days_in_period": self.days,
            "full_time_days": Decimal(self.days),
            "at_period_end": self.heads > 0,
        }


def teams_in(members: Sequence[Member], period: Period, codes: Mapping[str, str]) -> tuple[Team, ...]:
    """The teams in which anybody was in the period, by ascending codes. ``codes``: by the teams' names."""
    staff, start, end = staff_of(members), number(period.start), number(period.end)
    names, bosses = staff.team.each(_itself), staff.manager.each(_itself)
    days = _days_covered(names.which, *(np.clip(each, start, end) - start for each in (staff.starts, staff.ends)))
    stints = stints_of(staff)
    there = stints.row[(stints.first < end) & (stints.end >= end)]
    heads = np.bincount(names.which[there], minlength=len(names.distinct))
    pairs, reports = np.unique(names.which[there] * len(bosses.distinct) + bosses.which[there], return_counts=True)
    managers: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for pair, many in zip(pairs.tolist(), reports.tolist(), strict=True):
        team, boss = divmod(pair, len(bosses.distinct))
        if bosses.distinct[boss] is not None:
            managers[team].append((-many, bosses.distinct[boss]))
    found = [
        Team(codes.get(name, name), name, spent, count, min(managers[team])[1] if managers[team] else None)
        for team, (name, spent, count) in enumerate(zip(names.distinct, days.tolist(), heads.tolist(), strict=True))
        if name is not None and spent > 0
    ]
    return tuple(sorted(found, key=lambda team: team.code))


def _itself(value: str | None) -> str | None:
    return value


def _days_covered(team: Ints, first: Ints, end: Ints) -> Ints:
    """Of each team, by its number, the days that at least one of its spans covers; days count from 0."""
    apart = int(end.max(initial=0)) + 1  # each team has days of its own, those of one team after those of another
    first, end = first + team * apart, end + team * apart
    order = np.argsort(first, kind="stable")
    first, end = first[order], end[order]
    reached = np.maximum.accumulate(end)
    first[1:] = np.maximum(first[1:], reached[:-1])
    days = np.zeros(int(team.max(initial=-1)) + 1, np.int64)
    np.add.at(days, team[order], np.maximum(end - first, 0))
    return days


def as_people(teams: Sequence[Team], period: Period) -> People:
    """The teams as the ones who are measured and appraised."""
    names = sorted(Team("", "", 0, 0, None).attributes)
    return People(
        code=tuple(team.code for team in teams),
        attributes={name: tuple(team.attributes[name] for team in teams) for name in names},
        worked=np.array([team.days for team in teams], np.int64),
        period_days=period.days,
    )


def populate_teams(scheme: Scheme, teams: Sequence[Team], period: Period) -> Population:
    """The teams that a scheme about teams appraises, and the others with the reason."""
    meets = interpreter(scheme.population) if scheme.population is not None else lambda _names: True
    judged = [(team, meets(with_person_names(team.attributes))) for team in teams]
    covered = [team for team, answer in judged if answer]
    unclear = msg("it is unknown whether the scheme covers this team: data are missing")
    without = msg("the scheme does not cover this team")
    left_out = tuple(
        LeftOut(team.code, team.name, *(("unknown", unclear) if answer is None else ("population", without)))
        for team, answer in judged
        if not answer
    )
    return Population(as_people(covered, period), tuple(team.name for team in covered), left_out)


def with_goals(scheme: Scheme, teams: People, snapshot: Snapshot, period: Period) -> People:
    """The teams with their dated targets: those that the scheme about teams looks up."""
    asked = targets_asked(scheme)
    if not asked:
        return teams
    goals, names = read_goals(snapshot), teams.attribute("team")
    return replace(teams, targets=targets_of_teams(asked, goals, names, period, adding_up(scheme)))


def figures_of(scheme: Scheme, teams: People, measured: Figures, asked: Sequence[str] = ()) -> Figures:
    """Every value of the teams, derived ones among them, and the counts behind what is measured. ``scheme``: one that
    is about teams in everything; ``asked``: whose values are looked up as the team's, too."""
    values, counts = measured
    values = derive(scheme, teams, _as_the_teams(values, asked), "team")
    return _as_the_teams(values, asked), counts


@dataclass(frozen=True)
class Found:
    """What a scheme about people looks at of whole teams: how they did, the values that each person's team gives that
    person to be looked up (``crm.nps``, or ``crm.nps@team`` beside the person's own), and the teams' counts."""

    teams: Teams
    home: Mapping[str, Values]
    counts: Mapping[str, tuple[Counts, ...]]


def measure_teams(scheme: Scheme, part: Scheme, teams: People, people: People, measured: Figures) -> Found:
    """The teams as a scheme about ``people`` looks at them, in the ``part`` of it that is about teams, by what was
    ``measured`` of them."""
    asked = teams_asked(scheme)
    values, counts = figures_of(part, teams, measured, asked)
    scored = score_teams(part, teams, values, people)
    home = {each.key: scored.values_of_home(each.key) for each in scheme.indicators if each.level == "team"}
    least = {each.key: each.min_sample for each in scheme.indicators}
    for key in asked:
        home[team_key(key)] = _enough(scored.values_of_home(key), least[key])
    return Found(scored, home, counts)


def _as_the_teams(values: Mapping[str, Values], asked: Sequence[str]) -> dict[str, Values]:
    return {**values, **{team_key(key): values[key] for key in asked if key in values}}


def _enough(values: Values, least: int) -> Values:
    known = values.known & (values.sample >= least)
    return Values(np.where(known, values.micros, 0), known, np.where(known, values.sample, 0))
