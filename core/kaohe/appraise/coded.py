"""Columns in which few values occur many times: each value is held, and worked on, once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count, pairwise
from typing import Any, TypeVar, overload

import numpy as np

from kaohe.exact import Flags, Ints

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Coded(Sequence[Any]):
    """A column whose row i holds ``distinct[which[i]]``. It reads like a list of its values."""

    which: Ints
    distinct: Sequence[Any]

    def __len__(self) -> int:
        return len(self.which)

    @overload
    def __getitem__(self, row: int) -> Any: ...
    @overload
    def __getitem__(self, row: slice) -> Sequence[Any]: ...
    def __getitem__(self, row: int | slice) -> Any:
        return Coded(self.which[row], self.distinct) if isinstance(row, slice) else self.distinct[self.which[row]]

    def __iter__(self) -> Iterator[Any]:
        return map(self.distinct.__getitem__, self.which.tolist())

    def __eq__(self, other: object) -> bool:
        return _same(self, other)

    __hash__ = None  # type: ignore[assignment]  # as of a list

    def take(self, rows: Ints) -> Coded:
        """The values of these rows."""
        return Coded(self.which[rows], self.distinct).used()

    def at(self, rows: Ints) -> list[Any]:
        """The values of these rows, as a list."""
        return [self.distinct[number] for number in self.which[rows].tolist()]

    def map(self, change: Callable[[Any], Any]) -> Coded:
        """The same with every distinct value changed."""
        return Coded(self.which, [change(value) for value in self.distinct])

    def each(self, part: Callable[[Any], Any]) -> Coded:
        """A part of every value; equal parts of different values count as one."""
        parts = coded(map(part, self.distinct), len(self.distinct))
        return Coded(parts.which[self.which], parts.distinct)

    def flags(self, test: Callable[[Any], bool]) -> Flags:
        """Where the value passes a test."""
        return np.fromiter(map(test, self.distinct), np.bool_, len(self.distinct))[self.which]

    def where(self, kept: Flags) -> Coded:
        """The rows kept, with the distinct values that are left in them."""
        return self if kept.all() else Coded(self.which[kept], self.distinct).used()

    def used(self) -> Coded:
        """The same without distinct values that no row holds."""
        there = np.zeros(len(self.distinct), np.bool_)
        there[self.which] = True
        if there.all():
            return self
        numbers = np.cumsum(there) - 1
        return Coded(numbers[self.which], [self.distinct[number] for number in np.flatnonzero(there).tolist()])


@dataclass(frozen=True, eq=False)
class Lists(Sequence[tuple[T, ...]]):
    """A column of tuples whose row i holds ``said[which[j]]`` for j from ``begins[i]`` up to ``begins[i + 1]``."""

    begins: Ints
    which: Ints
    said: tuple[T, ...]

    def __len__(self) -> int:
        return len(self.begins) - 1

    @overload
    def __getitem__(self, row: int) -> tuple[T, ...]: ...
    @overload
    def __getitem__(self, row: slice) -> list[tuple[T, ...]]: ...
    def __getitem__(self, row: int | slice) -> tuple[T, ...] | list[tuple[T, ...]]:
        if isinstance(row, slice):
            return [self[each] for each in range(len(self))[row]]
        row = range(len(self))[row]
        return tuple(self.said[number] for number in self.which[self.begins[row] : self.begins[row + 1]].tolist())

    def __iter__(self) -> Iterator[tuple[T, ...]]:
        said = [self.said[number] for number in self.which.tolist()]
        begins = self.begins.tolist()
        return (tuple(said[begin:end]) for begin, end in pairwise(begins))

    def __eq__(self, other: object) -> bool:
        return _same(self, other)

    __hash__ = None  # type: ignore[assignment]  # as of a list

    def map(self, change: Callable[[T], Any]) -> Lists[Any]:
        """The same with every distinct entry changed."""
        return Lists(self.begins, self.which, tuple(change(each) for each in self.said))


def _same(one: Sequence[Any], other: object) -> bool:
    """Equal to any sequence of the same values."""
    if not isinstance(other, Sequence) or isinstance(other, str):
        return False
    return len(one) == len(other) and all(mine == theirs for mine, theirs in zip(one, other, strict=True))


def coded(values: Iterable[Any], rows: int) -> Coded:
    """So many values, the distinct ones in the order in which they first occur. Equal values count as one. What is
    coded already stays as it is."""
    if isinstance(values, Coded):
        return values
    numbers: defaultdict[Any, int] = defaultdict(count().__next__)
    which = np.fromiter(map(numbers.__getitem__, values), np.int64, rows)
    return Coded(which, list(numbers))
