"""Points of whole teams, and how they flow to the people in them.

A team is measured once, from its own records, and earns points by the indicator's curve among the teams. They are the
points of everybody in it. Who was in several teams has the mean of their points, by days × fraction of the time spent
in each; a team without data is left out of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from kaohe.appraise.coded import Coded, coded
from kaohe.appraise.columns import told_apart
from kaohe.appraise.earning import earn
from kaohe.appraise.missing import enough_data
from kaohe.appraise.model import People, Span, Values
from kaohe.exact import Flags, Ints, divide
from kaohe.scheme.model import Scheme

Stays = tuple[tuple[int, int], ...]
"""Positions of teams and the time spent in each, in days × millionths of full time, the earliest first."""


@dataclass(frozen=True)
class Teams:
    """What whole teams came to, as columns over ``people``, who are the teams.

    ``scheme``: the part of the scheme that is about them (``scheme.teams.of_teams``). ``enough``: where a value rests
    on enough records; ``data``: where it earns ``points``, in millionths. For each person appraised: all ``stays``, and
    the ``home``, the position of the team that the person was in last (−1: none).
    """

    scheme: Scheme
    people: People
    values: Mapping[str, Values]
    enough: Mapping[str, Flags]
    data: Mapping[str, Flags]
    points: Mapping[str, Ints]
    stays: Sequence[Stays]
    home: Ints

    def flow(self, key: str) -> tuple[Ints, Flags]:
        """The points of an indicator for everybody appraised, and who has any."""
        points, there = self.points[key].tolist(), self.data[key].tolist()
        alike = coded(self.stays, len(self.stays))
        earned, known = np.zeros(len(alike.distinct), np.int64), np.zeros(len(alike.distinct), np.bool_)
        for number, stays in enumerate(alike.distinct):
            counted = [(team, time) for team, time in stays if there[team]]
            if counted:
                known[number] = True
                mean = mean_of([points[team] for team, _time in counted], [time for _team, time in counted])
                earned[number] = divide(mean.numerator, mean.denominator)
        return earned[alike.which], known[alike.which]

    def values_of_home(self, key: str) -> Values:
        """The value of the team that each person was in last, of however few records; no data for who was in none."""
        values, there = self.values[key], self.home >= 0
        if not len(self.people):
            return Values(np.zeros(len(self.home), np.int64), there, np.zeros(len(self.home), np.int64))
        known = there & values.known[self.home]
        micros, sample = (np.where(known, column[self.home], 0) for column in (values.micros, values.sample))
        return Values(micros, known, sample)


def mean_of(points: list[int], times: list[int]) -> Fraction:
    """The exact mean of points, by time."""
    return Fraction(sum(each * time for each, time in zip(points, times, strict=True)), sum(times))


def score_teams(scheme: Scheme, teams: People, values: Mapping[str, Values], people: People) -> Teams:
    """The teams' points, and who of ``people`` was in which team. ``scheme``: of the part that is about teams."""
    enough = enough_data(scheme, values)
    points, data = earn(scheme, teams, values, enough)
    place = {name: index for index, name in enumerate(teams.attribute("team"))}
    team = coded(people.attribute("team"), len(people))
    last = np.array([place.get(name, -1) for name in team.distinct], np.int64)[team.which]
    spent = coded(people.spans or ((),) * len(people), len(people)).map(lambda spans: _stays(spans, place))
    alike, first = told_apart((spent.which, last), len(people))
    stays = [there or _at_home(home) for there, home in zip(spent.at(first), last[first].tolist(), strict=True)]
    return Teams(scheme, teams, values, enough, data, points, Coded(alike, stays), last)


def _stays(spans: Sequence[Span], place: Mapping[str, int]) -> Stays:
    time: dict[int, int] = {}
    for span in spans:
        if span.team is not None and span.team in place:
            time[place[span.team]] = time.get(place[span.team], 0) + span.days * span.fraction
    return tuple((team, spent) for team, spent in time.items() if spent)


def _at_home(team: int) -> Stays:
    return ((team, 1),) if team >= 0 else ()
