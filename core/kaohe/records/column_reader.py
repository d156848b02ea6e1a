"""A column of cells into a column of stored values: what is written plainly all at once, every other cell by the
cleaner of its field, equal cells once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kaohe.exact import Flags, Ints
from kaohe.records.cell_bytes import Cells, table_of_bytes, trimmed
from kaohe.records.cleaning import Cleaner
from kaohe.records.physical import physical_type
from kaohe.records.rows import Unfit
from kaohe.records.words import LONGEST_CELL, trim
from kaohe.text import Message

T = TypeVar("T")

_SAMPLE = 512
_VISIBLE = table_of_bytes(bytes(range(0x21, 0x7F)))


@dataclass(frozen=True)
class Cleaned:
    """A column of stored values (none where the cell is empty or unfit), the verdicts about unfit cells, and what
    deserves a note, by row."""

    values: pa.Array
    unfit: Mapping[int, Unfit] = field(default_factory=dict)
    doubts: Mapping[int, Message] = field(default_factory=dict)


def read_column(cleaner: Cleaner, column: pa.StringArray) -> Cleaned:
    """Read the cells of a column, in their order."""
    if not _repeats(column, always=cleaner.plain is None):
        return _read(cleaner, column)
    encoded = column.dictionary_encode()
    words = _read(cleaner, encoded.dictionary)
    values = words.values.take(encoded.indices)
    if not (words.unfit or words.doubts):
        return Cleaned(values)
    which = encoded.indices.to_numpy()
    return Cleaned(values, _spread(words.unfit, which), _spread(words.doubts, which))


def joined(parts: Sequence[pa.StringArray], between: str) -> pa.StringArray:
    """The cells of several columns as one, trimmed and joined; empty ones are left out. One column stays as it is."""
    if len(parts) == 1:
        return parts[0]
    cells = [trimmed(part) for part in parts]
    known = [Cells(part) for part in cells]
    plain = [_VISIBLE[one.first] & _VISIBLE[one.last] for one in known]
    together = pc.binary_join_element_wise(*cells, between)
    others = np.flatnonzero(~np.logical_and.reduce(plain))
    if not len(others):
        return together
    rows = zip(*(part.take(pa.array(others)).to_pylist() for part in parts), strict=True)
    texts = [between.join(part for part in map(trim, row) if part) for row in rows]
    return _replaced(together, others, pa.array(texts, pa.string()))


def _replaced(values: pa.Array, rows: Ints, new: pa.Array, empty: Flags | None = None) -> pa.Array:
    """The column with new values in some rows, and none where it is empty."""
    places = np.arange(len(values))
    places[rows] = len(values) + np.arange(len(rows))
    return pa.concat_arrays([values, new]).take(pa.array(places, mask=empty))


def _repeats(column: pa.StringArray, *, always: bool) -> bool:
    """Whether equal cells are so many that each should be looked at once."""
    if always:
        return True
    sample = column.slice(0, _SAMPLE)
    return len(sample) == _SAMPLE and len(sample.unique()) < _SAMPLE // 4


def _spread(found: Mapping[int, T], which: Ints) -> dict[int, T]:
    if not found:
        return {}
    rows = np.flatnonzero(np.isin(which, list(found)))
    return {row: found[word] for row, word in zip(rows.tolist(), which[rows].tolist(), strict=True)}


def _read(cleaner: Cleaner, column: pa.StringArray) -> Cleaned:
    if cleaner.plain is None:
        return _one_by_one(cleaner, column)
    cells = Cells(trimmed(column))
    empty = cells.lengths == 0
    values, understood = cleaner.plain(cells, cleaner.field)
    too_long = Cells(column).lengths > LONGEST_CELL  # in bytes, which are as many as characters or more
    if too_long.any():
        understood, empty = understood & ~too_long, empty & ~too_long
    others = np.flatnonzero(~(understood | empty))
    if not len(others):
        return Cleaned(values if not empty.any() else _without(values, empty))
    cleaned = _one_by_one(cleaner, column.take(pa.array(others)))
    together, rows = _replaced(values, others, cleaned.values, empty), others.tolist()
    return Cleaned(together, _moved(cleaned.unfit, rows), _moved(cleaned.doubts, rows))


def _without(values: pa.Array, empty: Flags) -> pa.Array:
    return pc.if_else(pa.array(empty), pa.scalar(None, values.type), values)


def _moved(found: Mapping[int, T], rows: Sequence[int]) -> dict[int, T]:
    return {rows[index]: value for index, value in found.items()}


def _one_by_one(cleaner: Cleaner, column: pa.StringArray) -> Cleaned:
    cells = column.to_pylist()
    found = cleaner.column(cells)
    unfit = {index: value for index, value in enumerate(found) if isinstance(value, Unfit)} if cleaner.flawed else {}
    known = [None if isinstance(value, Unfit) else value for value in found] if unfit else found
    told = cleaner.doubtful
    doubts = {index: told[cell] for index, cell in enumerate(cells) if cell in told} if told else {}
    return Cleaned(pa.array(known, physical_type(cleaner.field)), unfit, doubts)
