"""Indicators of a person's whole team: from the records of everybody in it, appraised or not, never a mean of means.

A person belongs, with all records of the period, to the team of the last assignment that touches the period.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace

import numpy as np

from kaohe.appraise.model import People, Values
from kaohe.exact import Ints
from kaohe.language import aggregates, evaluate_columns
from kaohe.period import Period
from kaohe.run.measure import UNITS
from kaohe.run.model import Counts
from kaohe.run.population import Member, attributes_in
from kaohe.scheme.derived import teams_asked
from kaohe.scheme.model import Measured, Scheme, UsedIndicator

Measuring = Callable[[Scheme, Sequence[str]], Mapping[str, tuple[Counts, ...]]]
"""The counts of a scheme's indicators for people by ascending code."""


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
    names = sorted({team for team in team_of.values() if team is not None})
    place = {name: index for index, name in enumerate(names)}
    rows = np.array([place.get(team_of[code] or "", len(names)) for code in codes], np.int64)
    at = np.array([place.get(team or "", len(names)) for team in people.attribute("team")], np.int64)
    counts = measuring(alone, codes)
    found = {}
    for key, used in asked.items():
        value = used.value
        if value is None:
            continue
        # One team more, of nobody: whoever is in none finds no data there.
        by_aggregate = {
            aggregate: {name: _summed(column, rows, len(names)) for name, column in each.parts.items()}
            for aggregate, each in zip(aggregates(value), counts[key], strict=True)
        }
        divisor = UNITS.get(used.indicator.unit, 1) if value.type.kind == "duration" else 1
        micros, known, sample = evaluate_columns(value, by_aggregate, divisor=divisor)
        enough = (at < len(names)) & known[at] & (sample[at] >= used.min_sample)
        found[f"{key}@team"] = Values(np.where(enough, micros[at], 0), enough, np.where(enough, sample[at], 0))
    return found


def _measured(used: UsedIndicator | Measured) -> Measured:
    names = (field.name for field in fields(Measured))
    return Measured(**{name: getattr(used, name) for name in names})


def _summed(column: Ints, rows: Ints, teams: int) -> Ints:
    total = np.zeros(teams + 1, np.int64)
    inside = rows < teams
    np.add.at(total, rows[inside], column[inside])
    return total
