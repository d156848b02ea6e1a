"""Everybody and all their work in teams as columns; somebody is put together when looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import overload

import numpy as np

from kaohe.appraise.coded import Coded, coded
from kaohe.exact import Flags, Ints
from kaohe.run.organisation.assignments import Assignment

EPOCH = date(1970, 1, 1).toordinal()
NEVER = date.max.toordinal() + 1 - EPOCH
"""The day on which an assignment without an end ends."""


@dataclass(frozen=True)
class Member:
    """A person of the organisation."""

    code: str
    name: str
    assignments: tuple[Assignment, ...]


@dataclass(frozen=True, eq=False)
class Staff(Sequence[Member]):
    """Everybody by ascending code. The assignments of person i are the rows from ``begins[i]`` up to ``begins[i + 1]``
    of the columns below: days since 1970-01-01, bases in fen where they are ``stated``, and what the organisation
    ``said`` of each (an ``Assignment``'s attributes)."""

    code: tuple[str, ...]
    name: tuple[str, ...]
    begins: Ints
    team: Coded
    role: Coded
    manager: Coded
    starts: Ints
    ends: Ints
    base: Ints
    stated: Flags
    fraction: Ints
    said: Coded

    def __len__(self) -> int:
        return len(self.code)

    @overload
    def __getitem__(self, row: int) -> Member: ...
    @overload
    def __getitem__(self, row: slice) -> list[Member]: ...
    def __getitem__(self, row: int | slice) -> Member | list[Member]:
        if isinstance(row, slice):
            return [self[each] for each in range(len(self))[row]]
        row = range(len(self))[row]
        mine = range(int(self.begins[row]), int(self.begins[row + 1]))
        return Member(self.code[row], self.name[row], tuple(map(self.assignment, mine)))

    def __iter__(self) -> Iterator[Member]:
        return (self[row] for row in range(len(self)))

    def assignment(self, row: int) -> Assignment:
        """The one in that row of the columns."""
        return Assignment(
            team=self.team[row],
            role=self.role[row],
            manager=self.manager[row],
            starts=day(int(self.starts[row])),
            ends=None if self.ends[row] == NEVER else day(int(self.ends[row])),
            bonus_base=int(self.base[row]) if self.stated[row] else None,
            attributes=self.said[row],
            fraction=int(self.fraction[row]),
        )

    @cached_property
    def owner(self) -> Ints:
        """Whose each assignment is."""
        return np.repeat(np.arange(len(self)), np.diff(self.begins))

    @cached_property
    def in_turn(self) -> Flags:
        """Of each person, whether the assignments follow one another: there are some, each lasts, and none begins
        before the one in the row above has ended."""
        sound = self.starts < self.ends
        sound[1:] &= (self.owner[1:] != self.owner[:-1]) | (self.starts[1:] >= self.ends[:-1])
        broken = np.bincount(self.owner[~sound], minlength=len(self))
        return np.asarray((broken == 0) & (np.diff(self.begins) > 0), np.bool_)

    @cached_property
    def base_row(self) -> Ints:
        """For each assignment of people whose assignments follow one another the row of the one whose base it has: its
        own, or that of the newest before it; −1 where none is stated."""
        row = np.maximum.accumulate(np.where(self.stated, np.arange(len(self.stated)), -1))
        return np.where(row >= self.begins[self.owner], row, -1)

    @cached_property
    def so_far(self) -> Coded:
        """For the same what the organisation has said until then: of what it does not say, the newest earlier
        assignment that does is believed."""
        which, distinct = self.said.which.copy(), list(self.said.distinct)
        later = (self.owner[1:] == self.owner[:-1]) & self.in_turn[self.owner[1:]]
        added: dict[tuple[int, int], int] = {}
        for row in (np.flatnonzero(later) + 1).tolist() if len(distinct) > 1 else ():
            both = int(which[row - 1]), int(self.said.which[row])
            if both not in added:
                whole = {**distinct[both[0]], **distinct[both[1]]}
                if whole == distinct[both[0]]:
                    added[both] = both[0]
                else:
                    added[both] = len(distinct)
                    distinct.append(whole)
            which[row] = added[both]
        return Coded(which, distinct)


def staff_of(members: Sequence[Member]) -> Staff:
    """The same as columns; as it is where it already is one."""
    if isinstance(members, Staff):
        return members
    ordered = sorted(members, key=lambda member: member.code)
    rows = [each for member in ordered for each in member.assignments]
    begins = np.zeros(len(ordered) + 1, np.int64)
    np.cumsum([len(member.assignments) for member in ordered], out=begins[1:])
    stated = np.array([each.bonus_base is not None for each in rows], np.bool_)
    said = coded((tuple(sorted(each.attributes.items())) for each in rows), len(rows))
    return Staff(
        code=tuple(member.code for member in ordered),
        name=tuple(member.name for member in ordered),
        begins=begins,
        team=coded((each.team for each in rows), len(rows)),
        role=coded((each.role for each in rows), len(rows)),
        manager=coded((each.manager for each in rows), len(rows)),
        starts=np.array([number(each.starts) for each in rows], np.int64),
        ends=np.array([NEVER if each.ends is None else number(each.ends) for each in rows], np.int64),
        base=np.array([each.bonus_base or 0 for each in rows], np.int64),
        stated=stated,
        fraction=np.array([each.fraction for each in rows], np.int64),
        said=said.map(_mapping),
    )


def _mapping(pairs: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    return MappingProxyType(dict(pairs))


def number(of: date) -> int:
    """Days since 1970-01-01."""
    return of.toordinal() - EPOCH


def day(number: int) -> date:
    """The day of that number."""
    return date.fromordinal(number + EPOCH)
