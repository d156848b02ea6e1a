"""Everybody's decisions, kept as columns: what is said is said once, and a person's own are gathered when read.

Among a million people nearly everybody is tied with somebody; a tuple for each of them would cost more than all sums.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import overload

import numpy as np

from kaohe.appraise.columns import ascending
from kaohe.appraise.model import Decision, Note
from kaohe.exact import Ints


@dataclass(frozen=True)
class Notes:
    """Many decisions as columns: about the person of ``rows[i]`` the decision ``said[which[i]]``."""

    rows: Ints
    which: Ints
    said: Sequence[Decision]

    def __iter__(self) -> Iterator[Note]:
        return ((row, self.said[number]) for row, number in zip(self.rows.tolist(), self.which.tolist(), strict=True))


@dataclass(frozen=True, eq=False)
class Decisions(Sequence[tuple[Decision, ...]]):
    """One tuple of decisions for each person, in the order they arose: those of row i are ``said[which[j]]`` for j
    from ``begins[i]`` up to ``begins[i + 1]``."""

    begins: Ints
    which: Ints
    said: tuple[Decision, ...]

    def __len__(self) -> int:
        return len(self.begins) - 1

    @overload
    def __getitem__(self, row: int) -> tuple[Decision, ...]: ...
    @overload
    def __getitem__(self, row: slice) -> list[tuple[Decision, ...]]: ...
    def __getitem__(self, row: int | slice) -> tuple[Decision, ...] | list[tuple[Decision, ...]]:
        if isinstance(row, slice):
            return [self[each] for each in range(len(self))[row]]
        row = range(len(self))[row]
        return tuple(self.said[number] for number in self.which[self.begins[row] : self.begins[row + 1]].tolist())

    def __iter__(self) -> Iterator[tuple[Decision, ...]]:
        said = [self.said[number] for number in self.which.tolist()]
        begins = self.begins.tolist()
        return (tuple(said[begin:end]) for begin, end in pairwise(begins))


def by_person(notes: Iterable[Iterable[Note]], people: int) -> Decisions:
    """Notes from several sources, in their order, as one tuple of decisions for each of so many people."""
    said: list[Decision] = []
    rows, which = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for source in notes:
        columns = source if isinstance(source, Notes) else _columns(source)
        rows.append(columns.rows)
        which.append(columns.which + len(said))
        said += columns.said
    of_row = np.concatenate(rows)
    begins = np.zeros(people + 1, np.int64)
    np.cumsum(np.bincount(of_row, minlength=people), out=begins[1:])
    return Decisions(begins, np.concatenate(which)[ascending(of_row)], tuple(said))


def _columns(notes: Iterable[Note]) -> Notes:
    listed = list(notes)
    rows = np.array([row for row, _ in listed], np.int64)
    return Notes(rows, np.arange(len(listed)), [decision for _, decision in listed])
