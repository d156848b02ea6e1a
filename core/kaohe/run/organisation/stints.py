"""Who works where on a day: everybody's assignments as stints that do not overlap, and as a relation for engines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, overload

import numpy as np

from kaohe.appraise.coded import Coded, coded
from kaohe.appraise.columns import ascending
from kaohe.exact import Flags, Ints
from kaohe.period import Period
from kaohe.run.organisation.assignments import Assignment
from kaohe.run.organisation.staff import NEVER, Staff, day, number

if TYPE_CHECKING:
    import pyarrow as pa

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


@dataclass(frozen=True, eq=False)
class Stints(Sequence[tuple[Stint, ...]]):
    """Of some people, in their order, the stints as columns: those of person i are the rows from ``begins[i]`` up to
    ``begins[i + 1]``; ``first`` days, days after the last, and rows of the ``staff``'s assignments."""

    staff: Staff
    begins: Ints
    first: Ints
    end: Ints
    row: Ints

    def __len__(self) -> int:
        return len(self.begins) - 1

    @overload
    def __getitem__(self, person: int) -> tuple[Stint, ...]: ...
    @overload
    def __getitem__(self, person: slice) -> list[tuple[Stint, ...]]: ...
    def __getitem__(self, person: int | slice) -> tuple[Stint, ...] | list[tuple[Stint, ...]]:
        if isinstance(person, slice):
            return [self[each] for each in range(len(self))[person]]
        person = range(len(self))[person]
        mine = range(int(self.begins[person]), int(self.begins[person + 1]))
        return tuple(
            Stint(
                day(int(self.first[each])),
                None if self.end[each] == NEVER else day(int(self.end[each])),
                self.staff.assignment(int(self.row[each])),
            )
            for each in mine
        )


def stints_of(staff: Staff, people: Ints | None = None, counted: Flags | None = None) -> Stints:
    """The main stints of these people of the staff (None: of everybody), and of ``counted`` assignments alone, where
    they are given. On days with several assignments the main one must count: a record counts in one place alone."""
    kept = np.ones(len(staff.owner), np.bool_) if counted is None else counted
    people = np.arange(len(staff)) if people is None else people
    asked = np.zeros(len(staff), np.bool_)
    asked[people] = True
    rows = np.flatnonzero(kept & (asked & staff.in_turn)[staff.owner])
    found = [staff.owner[rows], staff.starts[rows], staff.ends[rows], rows]
    others = [
        (person, *stint)
        for person in np.flatnonzero(asked & ~staff.in_turn).tolist()
        for stint in _one_by_one(staff, person)
        if kept[stint[-1]]
    ]
    if others:
        further = np.array(others, np.int64).T
        found = [np.concatenate(pair) for pair in zip(found, further, strict=True)]
        order = ascending(found[0])
        found = [column[order] for column in found]
    begins = np.zeros(len(people) + 1, np.int64)
    np.cumsum(np.bincount(found[0], minlength=len(staff))[people], out=begins[1:])
    return Stints(staff, begins, *found[1:])


def _one_by_one(staff: Staff, person: int) -> Iterator[tuple[int, int, int]]:
    """One person's: first day, day after the last, row of the assignment."""
    begin, mine = int(staff.begins[person]), staff[person].assignments
    for each in main_stints(mine):
        end = NEVER if each.ends is None else number(each.ends)
        yield number(each.starts), end, begin + mine.index(each.assignment)


def counted_days(stints: Stints, period: Period) -> Coded:
    """Of each person the days of the period that the stints cover; neighbours as one."""
    first, end = np.maximum(stints.first, number(period.start)), np.minimum(stints.end, number(period.end))
    both = [*zip(first.tolist(), end.tolist(), strict=True)]
    listed = (tuple(both[begin:after]) for begin, after in pairwise(stints.begins.tolist()))
    return coded(listed, len(stints)).map(_joined)


def _joined(spans: tuple[tuple[int, int], ...]) -> tuple[Days, ...]:
    """Days by their numbers, the oldest first, none overlapping; those without a day in them are none."""
    found: list[tuple[int, int]] = []
    for start, end in spans:
        if start < end:
            since = found.pop()[0] if found and found[-1][1] == start else start
            found.append((since, end))
    return tuple((day(start), day(end)) for start, end in found)


def relation(codes: Sequence[str], stints: Stints, teams: Mapping[str, str] = _AS_THEY_ARE) -> pa.Table:
    """Stints by the code of the person, as ``engine.OnDay`` reads them; ``_team`` (its code: ``teams`` by name) and
    ``_manager`` are those of the assignment."""
    import pyarrow as pa  # noqa: PLC0415 - only schemes that look at days need the table

    staff = stints.staff
    people = np.repeat(np.arange(len(codes)), np.diff(stints.begins))

    def words(column: Coded) -> pa.Array:
        distinct = pa.array(column.distinct, pa.string())
        return distinct.take(pa.array(column.which))

    return pa.table(
        {
            "_person": words(Coded(people, codes)),
            "_first": pa.array(stints.first),
            "_end": pa.array(stints.end),
            "_team": words(staff.team.take(stints.row).map(lambda name: teams.get(name, name))),
            "_manager": words(staff.manager.take(stints.row)),
        }
    )
