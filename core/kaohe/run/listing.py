"""Columns in one form of bytes each, which a run's digest is taken over. What many people share is written once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from kaohe.appraise.coded import Coded, Lists
from kaohe.appraise.columns import blocks
from kaohe.exact import Flags, Ints
from kaohe.records.canonical import canonical

if TYPE_CHECKING:
    import pyarrow as pa

Column = Ints | Flags | Sequence[Any]
"""Numbers, or JSON data for each person."""
Piece = bytes | memoryview


def listing(column: Column) -> tuple[int, Iterator[Piece]]:
    """How many bytes a column is, and the bytes, some at a time: numbers of eight bytes each, or one JSON list."""
    match column:
        case np.ndarray():
            return 8 * len(column), iter((np.ascontiguousarray(column, "<i8").data.cast("B"),))
        case Coded():
            texts, lengths = _texts(column.distinct)
            return _size(len(column), int(lengths[column.which].sum())), _joined(len(column), _entries(column, texts))
        case Lists():
            texts, lengths = _texts(column.said)
            rows = len(column.begins) - 1
            between = int(np.maximum(np.diff(column.begins) - 1, 0).sum())
            inside = 2 * rows + between + int(lengths[column.which].sum())
            return _size(rows, inside), _joined(rows, _lists(column, texts))
    whole = canonical(column if isinstance(column, list) else list(column)).encode()
    return len(whole), iter((whole,))


def _texts(values: Sequence[Any]) -> tuple[list[bytes], Ints]:
    """Values as JSON, and their lengths."""
    texts = [canonical(value).encode() for value in values]
    return texts, np.fromiter(map(len, texts), np.int64, len(texts))


def _size(rows: int, inside: int) -> int:
    """Of a list of so many entries that come to so many bytes."""
    return 2 + max(rows - 1, 0) + inside


def _joined(rows: int, entries: Callable[[slice], pa.Array]) -> Iterator[Piece]:
    """The list of ``entries``, which begin with a comma each."""
    yield b"["
    for block in blocks(rows):
        yield _one_after_the_other(entries(block))[0 if block.start else 1 :]
    yield b"]"


def _one_after_the_other(texts: pa.Array) -> memoryview:
    """Texts, none of them missing, as they lie in memory."""
    _valid, offsets, letters = texts.buffers()
    ends = np.frombuffer(offsets, np.int64)
    return memoryview(letters)[ends[texts.offset] : ends[texts.offset + len(texts)]]


def _entries(column: Coded, texts: Sequence[bytes]) -> Callable[[slice], pa.Array]:
    import pyarrow as pa  # noqa: PLC0415 - not everything that names a run's columns writes them

    further = pa.array([b"," + text for text in texts], pa.large_binary())
    return lambda block: further.take(pa.array(column.which[block]))


def _lists(column: Lists[Any], texts: Sequence[bytes]) -> Callable[[slice], pa.Array]:
    """A list for each row: what opens it, the first entry, further ones, what closes it."""
    import pyarrow as pa  # noqa: PLC0415 - not everything that names a run's columns writes them

    count = len(texts)
    words = pa.array([*texts, *(b"," + text for text in texts), b",[", b"]"], pa.large_binary())

    def entries(block: slice) -> pa.Array:
        begins = column.begins[block.start : block.stop + 1]
        which = column.which[begins[0] : begins[-1]] + count
        begins = begins - begins[0]
        which[begins[:-1][np.diff(begins) > 0]] -= count
        number = np.arange(0, 2 * len(begins) - 2, 2)
        opens, closes = begins[:-1] + number, begins[1:] + number + 1
        order, inside = np.empty(len(which) + 2 * len(opens), np.int64), np.ones(len(which) + 2 * len(opens), np.bool_)
        order[opens], order[closes] = 2 * count, 2 * count + 1
        inside[opens] = inside[closes] = False
        order[inside] = which
        return words.take(pa.array(order))

    return entries
