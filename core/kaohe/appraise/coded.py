"""Columns in which few values occur many times: each value is held, and worked on, once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, overload

import numpy as np

from kaohe.exact import Flags, Ints


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

    def map(self, change: Callable[[Any], Any]) -> Coded:
        """The same with every distinct value changed."""
        return Coded(self.which, [change(value) for value in self.distinct])

    def flags(self, test: Callable[[Any], bool]) -> Flags:
        """Where the value passes a test."""
        return np.fromiter(map(test, self.distinct), np.bool_, len(self.distinct))[self.which]

    def where(self, kept: Flags) -> Coded:
        """The rows kept, with the distinct values that are left in them."""
        if kept.all():
            return self
        used, which = np.unique(self.which[kept], return_inverse=True)
        return Coded(which, [self.distinct[number] for number in used.tolist()])


def coded(values: Iterable[Any], rows: int) -> Coded:
    """So many values, the distinct ones in the order in which they first occur. Equal values count as one."""
    numbers: defaultdict[Any, int] = defaultdict(count().__next__)
    which = np.fromiter(map(numbers.__getitem__, values), np.int64, rows)
    return Coded(which, list(numbers))
