"""Indicators of a person's whole team: from the records of everybody in it, appraised or not, never a mean of means.

A person belongs, with all records of the period, to the team of the last assignment that touches the period.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace

import numpy as np

from kaohe.appraise.model import People, Values
from kaohe.period import Period
from kaohe.run.measure import Groups
from kaohe.run.population import Member, attributes_in
from kaohe.scheme.derived import teams_asked
from kaohe.scheme.model import Measured, Scheme, UsedIndicator

Measuring = Callable[[Scheme, Sequence[str], Groups], Mapping[str, Values]]
"""The values of a scheme's indicators for groups of people, whose codes ascend."""


def team_values(
    scheme: Scheme, people: People, members: Sequence[Member], period: Period, measuring: Measuring
) -> dict[str, Values]:
    """Values for the team of everybody appraised, under ``crm.nps@team``; no data for who is in no team."""
    keys = teams_asked(scheme)
    asked = {each.key: each for each in scheme.indicators if each.key in keys}
    if not asked:
        return {}
    alone = replace(scheme, dimensions=(), measured=tuple(map(_measured, asked.values())), attribution="period_end")
    team_of = {member.code: (attributes_in(member, period) or {}).get("team") for member in members}
    codes = tuple(sorted(team_of))
    place = {team: index for index, team in enumerate(sorted({team for team in team_of.values() if team}))}
    nobodys = len(place)
    groups = Groups(np.array([place.get(team_of[code] or "", nobodys) for code in codes], np.int64), nobodys)
    at = np.array([place.get(team or "", nobodys) for team in people.attribute("team")], np.int64)
    found = {}
    for key, values in measuring(alone, codes, groups).items():
        enough = (at < nobodys) & values.known[at] & (values.sample[at] >= asked[key].min_sample)
        micros, sample = (np.where(enough, column[at], 0) for column in (values.micros, values.sample))
        found[f"{key}@team"] = Values(micros, enough, sample)
    return found


def _measured(used: UsedIndicator | Measured) -> Measured:
    """The indicator as it is measured, whatever it weighs."""
    names = (field.name for field in fields(Measured))
    return Measured(**{name: getattr(used, name) for name in names})
