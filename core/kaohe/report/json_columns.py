"""Many JSON objects of one form, written column by column: readable, as ``json.dumps`` with an indent writes each of
them, and in no time beside it. A form is a tree; what differs from row to row is a column of JSON texts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kaohe.appraise.coded import Lists, coded
from kaohe.exact import Flags, Ints
from kaohe.text import visible

Texts = Callable[[Ints], pa.Array]
"""The JSON of each of these rows."""
ROWS = 4096
"""So many objects are written at a time."""


@dataclass(frozen=True)
class Sometimes:
    """A member that is only there for some rows; what is there instead, where it cannot be left out."""

    there: Flags
    node: Node
    instead: str | None = None


Node: TypeAlias = "Texts | Sometimes | Mapping[str, Node] | Sequence[Node] | str"
"""A column, an object's members, a list's entries, or JSON that is the same for all rows."""


def written(form: Node, rows: Ints, depth: int) -> Iterator[memoryview]:
    """The objects of these rows as entries of a list so deep within others, each on lines of its own."""
    pieces = [f",\n{'  ' * depth}", *_pieces(form, depth)]
    for first in range(0, len(rows), ROWS):
        _valid, offsets, letters = (texts := _joined(pieces, rows[first : first + ROWS])).buffers()
        ends = np.frombuffer(offsets, np.int32)[[texts.offset, texts.offset + len(texts)]]
        yield memoryview(letters)[ends[0] + (first == 0) : ends[1]]


def said(value: Any, depth: int = 0) -> str:
    """JSON in which no character acts on a terminal, as it goes on at this depth."""
    text = json.dumps(value, ensure_ascii=False, indent=2, default=str)
    return visible(text).replace("\n", f"\n{'  ' * depth}")


def each(column: Sequence[Any], depth: int = 0) -> Texts:
    """Any values; those that occur many times are written once."""
    alike = coded(column, len(column))
    texts = pa.array([_plain(value) if isinstance(value, str) else said(value, depth) for value in alike.distinct])
    texts = texts.cast(pa.string())
    return lambda rows: texts.take(pa.array(alike.which[rows]))


def lists(column: Lists[Any], data: Callable[[Any], Any], depth: int) -> Texts:
    """Lists, of each entry the ``data``."""
    inside = f"\n{'  ' * (depth + 1)}"
    texts = pa.array([said(data(entry), depth + 1) for entry in column.said], pa.string())

    def of(rows: Ints) -> pa.Array:
        begins, counts = column.begins[rows], np.diff(column.begins)[rows]
        ends = np.cumsum(counts)
        places = np.arange(ends[-1] if len(ends) else 0) + np.repeat(begins - (ends - counts), counts)
        entries = texts.take(pa.array(column.which[places]))
        listed = pa.ListArray.from_arrays(pa.array(np.append(0, ends), pa.int32()), entries)
        whole = _join(f"[{inside}", pc.binary_join(listed, f",{inside}"), f"{inside[:-2]}]")
        return pc.if_else(pa.array(counts > 0), whole, "[]")

    return of


def whole(column: Ints, there: Flags | None = None) -> Texts:
    """Whole numbers; null where there is none."""
    return lambda rows: _or_null(pa.array(column[rows]).cast(pa.string()), there, rows)


def decimal(column: Ints, places: int, there: Flags | None = None, *, short: bool = False) -> Texts:
    """Numbers counted in units of so many decimal places, as texts; ``short``: without trailing zeros."""

    def of(rows: Ints) -> pa.Array:
        wide = np.empty((len(rows), 2), "<i8")  # 128 bits, the lower ones first
        wide[:, 0] = column[rows]
        wide[:, 1] = wide[:, 0] >> 63
        numbers = pa.Array.from_buffers(pa.decimal128(38, places), len(rows), [None, pa.py_buffer(wide)])
        texts = numbers.cast(pa.string())
        if short:
            texts = pc.ascii_rtrim(pc.ascii_rtrim(texts, "0"), ".")
        return _or_null(_join('"', texts, '"'), there, rows)

    return of


def _or_null(texts: pa.Array, there: Flags | None, rows: Ints) -> pa.Array:
    return texts if there is None else pc.if_else(pa.array(there[rows]), texts, "null")


def _plain(text: str) -> str:
    return visible(json.dumps(text, ensure_ascii=False))


def _pieces(node: Node, depth: int) -> Iterator[str | Texts]:
    """What is written one after the other."""
    match node:
        case str():
            yield node
        case Sometimes():
            yield _if_there(node.there, [*_pieces(node.node, depth)], node.instead or "")
        case Mapping():
            yield from _object(node, depth)
        case Sequence():
            inside = f"\n{'  ' * (depth + 1)}"
            yield "["
            for number, entry in enumerate(node):
                yield f",{inside}" if number else inside
                yield from _pieces(entry, depth + 1)
            yield f"{inside[:-2]}]" if node else "]"
        case _:
            yield node


def _object(members: Mapping[str, Node], depth: int) -> Iterator[str | Texts]:
    """Members that may be left out bring their own comma: behind them before the first that is always there."""
    inside = f"\n{'  ' * (depth + 1)}"
    optional = [isinstance(each, Sometimes) and each.instead is None for each in members.values()]
    sure = optional.index(False) if False in optional else len(optional)
    yield "{"
    for number, (name, node) in enumerate(members.items()):
        before = f"{',' if number > sure else ''}{inside}{_plain(name)}: "
        if optional[number] and isinstance(node, Sometimes):
            pieces = [before, *_pieces(node.node, depth + 1), *([","] if number < sure else [])]
            yield _if_there(node.there, pieces, "")
        else:
            yield before
            yield from _pieces(node, depth + 1)
    yield f"{inside[:-2]}}}" if members else "}"


def _if_there(there: Flags, pieces: Sequence[str | Texts], instead: str) -> str | Texts:
    if not there.any():
        return instead
    return lambda rows: pc.if_else(pa.array(there[rows]), _joined(pieces, rows), instead)


def _joined(pieces: Sequence[str | Texts], rows: Ints) -> pa.Array:
    """The pieces of each row; neighbours that are the same for all are joined once."""
    found: list[Any] = []
    for piece in pieces:
        if isinstance(piece, str) and found and isinstance(found[-1], str):
            found[-1] += piece
        else:
            found.append(piece if isinstance(piece, str) else piece(rows))
    if all(isinstance(piece, str) for piece in found):
        return pa.repeat("".join(found), len(rows))
    return _join(*found)


def _join(*pieces: Any) -> pa.Array:
    return pc.binary_join_element_wise(*pieces, "")
