"""Columns in one form of bytes each, which a run's digest is taken over. What many people share is written once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from kaohe.appraise.coded import Coded, Lists
from kaohe.appraise.columns import blocks
from kaohe.exact import Flags, Ints
from kaohe.records.canonical import canonical

Column = Ints | Flags | Sequence[Any]
"""Numbers, or JSON data for each person."""


def listing(column: Column) -> tuple[int, Iterator[bytes]]:
    """How many bytes a column is, and the bytes, some at a time: numbers of eight bytes each, or one JSON list."""
    match column:
        case np.ndarray():
            return 8 * len(column), iter((column.astype("<i8").tobytes(),))
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


def _joined(rows: int, entries: Callable[[slice], Iterator[bytes]]) -> Iterator[bytes]:
    yield b"["
    for block in blocks(rows):
        if block.start:
            yield b","
        yield b",".join(entries(block))
    yield b"]"


def _entries(column: Coded, texts: Sequence[bytes]) -> Callable[[slice], Iterator[bytes]]:
    return lambda block: map(texts.__getitem__, column.which[block].tolist())


def _lists(column: Lists[Any], texts: Sequence[bytes]) -> Callable[[slice], Iterator[bytes]]:
    def entries(block: slice) -> Iterator[bytes]:
        begins = column.begins[block.start : block.stop + 1]
        listed = [texts[number] for number in column.which[begins[0] : begins[-1]].tolist()]
        places = (begins - begins[0]).tolist()
        return (b"[" + b",".join(listed[begin:end]) + b"]" for begin, end in pairwise(places))

    return entries
