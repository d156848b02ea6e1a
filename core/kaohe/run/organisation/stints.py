"""Who works where on a day: everybody's assignments as stints that do not overlap, and as a relation for engines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

from kaohe.period import Period
from kaohe.run.organisation.assignments import Assignment

if TYPE_CHECKING:
    import pyarrow as pa

_EPOCH = date(1970, 1, 1)
_NEVER = (date.max - _EPOCH).days + 1
_AS_THEY_ARE: Mapping[str, str] = MappingProxyType({})
Days = tuple[date, date]
"""From the first day up to but not including the second."""


@dataclass(frozen=True)
class Stint:
    """Days from ``starts`` up to but not including ``ends`` (None: open) on which this is the person's main
    assignment."""

    starts: date
    ends: date | None
    assignment: Assignment

    def holds_on(self, day: date) -> bool:
        return self.starts <= day and (self.ends is None or day < self.ends)


def main_stints(assignments: Sequence[Assignment]) -> tuple[Stint, ...]:
    """One person's time cut into stints, the oldest first; days without an assignment are in none.

    Of assignments at once the main one is that of the greatest fraction, then the newest. One that lasts no day is
    none.
    """
    lasting = [each for each in assignments if each.ends is None or each.starts < each.ends]
    if len(lasting) == 1:
        return (Stint(lasting[0].starts, lasting[0].ends, lasting[0]),)
    ends = {each.ends for each in lasting}
    edges = sorted({each.starts for each in lasting} | {end for end in ends if end is not None})
    stints: list[Stint] = []
    for start, end in zip(edges, (*edges[1:], None), strict=False):  # no edges: nothing lasts
        there = [each for each in lasting if each.holds_on(start)]
        if not there:
            continue
        main = max(there, key=lambda each: (each.fraction, each.order, each.manager or ""))
        before = stints[-1] if stints else None
        if before is not None and before.ends == start and before.assignment == main:
            stints[-1] = Stint(before.starts, end, main)
        else:
            stints.append(Stint(start, end, main))
    return tuple(stints)


def days_within(stints: Iterable[Stint], period: Period) -> tuple[Days, ...]:
    """The days of the period that the stints (the oldest first, none overlapping) cover; neighbours as one."""
    found: list[Days] = []
    for each in stints:
        start, end = max(each.starts, period.start), min(each.ends or period.end, period.end)
        if start >= end:
            continue
        if found and found[-1][1] == start:
            start = found.pop()[0]
        found.append((start, end))
    return tuple(found)


def relation(people: Iterable[tuple[str, Iterable[Stint]]], teams: Mapping[str, str] = _AS_THEY_ARE) -> pa.Table:
    """Stints by the code of the person, as ``engine.OnDay`` reads them; ``_team`` (its code: ``teams`` by name) and
    ``_manager`` are those of the assignment."""
    import pyarrow as pa  # noqa: PLC0415 - only schemes that look at days need the table

    rows = [(code, stint) for code, stints in people for stint in stints]
    days = [
        ((each.starts - _EPOCH).days, _NEVER if each.ends is None else (each.ends - _EPOCH).days) for _, each in rows
    ]
    return pa.table(
        {
            "_person": pa.array([code for code, _ in rows], pa.string()),
            "_first": pa.array([first for first, _ in days], pa.int64()),
            "_end": pa.array([end for _, end in days], pa.int64()),
            "_team": pa.array([_code(each.assignment.team, teams) for _, each in rows], pa.string()),
            "_manager": pa.array([each.assignment.manager for _, each in rows], pa.string()),
        }
    )


def _code(team: str | None, teams: Mapping[str, str]) -> str | None:
    return None if team is None else teams.get(team, team)
