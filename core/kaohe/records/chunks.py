"""Some rows of a file as columns of text: what every kind of source hands over to be cleaned."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import pyarrow as pa

from kaohe.exact import Ints
from kaohe.records.rows import Rejection
from kaohe.records.source import Table
from kaohe.records.words import trim
from kaohe.text import Message, msg

ROWS_AT_ONCE = 16_384
Row = tuple[int, Sequence[str]]


@dataclass(frozen=True, eq=False)
class Chunk:
    """Rows of a file, one column of text for each column of its header, without missing values.

    ``numbers``: in which row of the file each stands, ascending. ``rejected``: rows among them that are no such row.
    """

    numbers: Ints
    columns: tuple[pa.StringArray, ...]
    rejected: Sequence[Rejection] = ()

    def __len__(self) -> int:
        return len(self.numbers)

    def cells(self, index: int) -> tuple[str, ...]:
        """The cells of a row."""
        return tuple(column[index].as_py() for column in self.columns)

    def rows(self, chosen: Ints) -> list[tuple[str, ...]]:
        """The cells of some rows, by their positions."""
        at = pa.array(chosen)
        return [*zip(*(column.take(at).to_pylist() for column in self.columns), strict=True)]

    def only(self, chosen: Ints) -> Chunk:
        """The chunk with these of its rows, by their positions."""
        at = pa.array(chosen)
        return Chunk(self.numbers[chosen], tuple(column.take(at) for column in self.columns), self.rejected)


Chunks = Generator[Chunk, None, None]


def chunks_of(table: Table) -> Chunks:
    """The rows of a table that come one by one, some thousands at a time; at least one chunk."""
    first = True
    while True:
        rows = [*islice(table.rows, ROWS_AT_ONCE)]
        if not rows and not first and not table.broken:
            return
        yield chunk_of_rows(table, rows)
        first = False


def chunk_of_rows(table: Table, rows: Iterable[Row]) -> Chunk:
    """Rows as wide as the header; blank ones are dropped, others rejected."""
    width = len(table.header)
    rejected: list[Rejection] = []
    numbers: list[int] = []
    kept: list[Sequence[str]] = []
    for number, cells in rows:
        row = cells
        if len(cells) != width:
            if not any(map(trim, cells)):
                continue
            if len(cells) < width or any(map(trim, cells[width:])):
                rejected.append(table.reject(number, cells, *_wrong_width(len(cells), width)))
                continue
            row = cells[:width]
        elif not any(cells):
            continue
        if not all(map(str.isascii, row)) and not _is_text(row):
            shown = [cell.encode(errors="replace").decode() for cell in row]
            fix = msg("Delete the invisible characters.")
            rejected.append(table.reject(number, shown, msg("the text holds control characters"), fix))
            continue
        numbers.append(number)
        kept.append(row)
    columns = zip(*kept, strict=True) if kept else ([] for _ in range(width))
    return Chunk(
        np.array(numbers, np.int64), tuple(pa.array(column, pa.string()) for column in columns), tuple(rejected)
    )


def _is_text(cells: Sequence[str]) -> bool:
    """Whether UTF-8 can hold the cells: JSON can name halves of characters."""
    try:
        "".join(cells).encode()
    except UnicodeEncodeError:
        return False
    return True


def _wrong_width(found: int, expected: int) -> tuple[Message, Message]:
    reason = msg(
        "the row has another number of cells ({found}) than the header ({expected})", found=found, expected=expected
    )
    if found < expected:
        return reason, msg("Add the missing cells; a quotation mark may be open in this row.")
    return reason, msg("Put cells that hold the delimiter in quotation marks.")
