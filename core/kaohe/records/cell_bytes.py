"""The cells of a column as bytes side by side, so that NumPy looks at all of them at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from kaohe.exact import Flags, Ints

Bytes = NDArray[np.uint8]
_NEAR = 65_536


@dataclass(frozen=True, eq=False)
class Cells:
    """A column of text without missing values. Cell i is ``data[starts[i]:ends[i]]``, in UTF-8."""

    column: pa.StringArray

    @cached_property
    def _offsets(self) -> NDArray[np.int32]:
        offsets = np.frombuffer(self.column.buffers()[1] or b"\0\0\0\0", np.int32)
        return offsets[self.column.offset : self.column.offset + len(self.column) + 1]

    @cached_property
    def data(self) -> Bytes:
        buffer = self.column.buffers()[2]
        return np.frombuffer(buffer, np.uint8) if buffer is not None else np.zeros(0, np.uint8)

    @cached_property
    def starts(self) -> Ints:
        return self._offsets[:-1].astype(np.int64)

    @cached_property
    def ends(self) -> Ints:
        return self._offsets[1:].astype(np.int64)

    @cached_property
    def lengths(self) -> Ints:
        """In bytes."""
        return self.ends - self.starts

    def __len__(self) -> int:
        return len(self.column)

    @cached_property
    def first(self) -> Bytes:
        """The first byte of each cell; 0 in an empty one."""
        return self._at(self.starts)

    @cached_property
    def last(self) -> Bytes:
        """The last byte of each cell; 0 in an empty one."""
        return self._at(self.ends - 1)

    def from_end(self, distance: int) -> Bytes:
        """The byte that stands so far from the end of each cell (1: the last); 0 where the cell is shorter."""
        return np.where(self.lengths >= distance, self._at(np.maximum(self.ends - distance, 0)), np.uint8(0))

    def of_length(self, length: int) -> tuple[Ints, Bytes]:
        """The rows whose cells have that many bytes, and these as a table of one row each."""
        rows = np.flatnonzero(self.lengths == length)
        if len(rows) == len(self) and len(rows):
            return rows, self.data[self.starts[0] : self.ends[-1]].reshape(len(rows), length)
        return rows, self.data[self.starts[rows][:, None] + np.arange(length)]

    def rows_of(self, positions: Ints) -> Ints:
        """The rows in which bytes at these positions of ``data`` stand."""
        return np.searchsorted(self.ends, positions, side="right")

    @cached_property
    def span(self) -> tuple[int, int]:
        """Where the first cell begins and the last one ends."""
        return (int(self.starts[0]), int(self.ends[-1])) if len(self) else (0, 0)

    def where(self, strange: NDArray[np.bool_]) -> Ints:
        """Positions in ``data`` of the bytes for which the table of 256 says yes, within the cells."""
        start, end = self.span
        return np.flatnonzero(strange[self.data[start:end]]) + start

    def holding(self, strange: NDArray[np.bool_]) -> Flags:
        """Which cells hold a byte for which the table of 256 says yes."""
        found = np.zeros(len(self), np.bool_)
        found[self.rows_of(self.where(strange))] = True
        return found

    def _at(self, positions: Ints) -> Bytes:
        if not len(self.data):
            return np.zeros(len(self), np.uint8)
        return np.where(self.lengths > 0, self.data[np.minimum(positions, len(self.data) - 1)], np.uint8(0))


def distinct(values: Ints) -> tuple[Ints, Ints]:
    """The distinct numbers, ascending, and which of them each one is. Numbers near each other need not be sorted."""
    if not len(values) or int(values.max()) - int(values.min()) >= _NEAR:
        return np.unique(values, return_inverse=True)
    offsets = values - values.min()
    seen = np.zeros(int(offsets.max()) + 1, np.bool_)
    seen[offsets] = True
    return np.flatnonzero(seen) + values.min(), (np.cumsum(seen) - 1)[offsets]


def table_of_bytes(wanted: bytes) -> NDArray[np.bool_]:
    """A table of 256: yes for these bytes."""
    table = np.zeros(256, np.bool_)
    table[list(wanted)] = True
    return table


def trimmed(column: pa.StringArray) -> pa.StringArray:
    """The cells without the spaces of ASCII around them; the column itself where there are none."""
    cells = Cells(column)
    edges = _SPACES[cells.first] | _SPACES[cells.last]
    return pc.ascii_trim_whitespace(column) if edges.any() else column


_SPACES = table_of_bytes(b" \t\n\x0b\x0c\r")
