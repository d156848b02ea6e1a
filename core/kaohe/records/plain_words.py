"""Whole columns of text and codes, as far as nothing in them needs a second look.

Such a cell stands for itself: no spaces around it, no apostrophe in front, no control character, nothing that Unicode
writes in another way, no word that may stand for no value, no long number that a spreadsheet has shortened. All other
cells are left to ``words`` and to the rules about missing values.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from kaohe.exact import Flags
from kaohe.plugin.types import Field
from kaohe.records.cell_bytes import Cells, table_of_bytes
from kaohe.records.words import fold

_PLAIN = table_of_bytes(bytes(range(0x20, 0x7F)))
_SPACING = table_of_bytes(b" _")
_LONGEST = 4_096
_BYTES = 4  # at most, of a character
_BMP = 0x10000
# What a character is in the table of characters: see ``_characters``.
_OTHER, _COMPOSED, _SAME = 0, 1, 2


def word_reader(
    missing: Iterable[str], *, code: bool, among: pa.StringArray | None = None
) -> Callable[[Cells, Field], tuple[pa.Array, Flags]]:
    """A reader of text, or of codes, of which width does not count. ``missing``: folded words for no value; ``among``:
    only these codes are understood."""
    words = [word for word in missing if word]
    starts = frozenset(word[0] for word in words)
    longest = max(map(len, words), default=0)
    risky_bytes = table_of_bytes(b"'" + "".join(starts | {one.upper() for one in starts}).encode("ascii", "ignore"))

    def read(cells: Cells, _field: Field) -> tuple[pa.Array, Flags]:
        first = cells.first
        understood = (cells.lengths > 0) & (cells.lengths <= _LONGEST) & (first != ord(" ")) & (cells.last != ord(" "))
        understood &= ~_shortened(cells) & (first != ord("'"))
        strange = cells.where(~_PLAIN)
        most = np.full(len(cells), longest)
        if len(strange):
            rows = np.unique(cells.rows_of(strange))
            understood[rows] &= _stand_for_themselves(cells.column.take(pa.array(rows)), starts, code=code)
            most[rows] *= _BYTES
        risky = np.flatnonzero(understood & risky_bytes[first])
        if len(risky):
            chosen = Cells(cells.column.take(pa.array(risky)))
            understood[risky[(chosen.lengths <= most[risky]) | chosen.holding(_SPACING)]] = False
        if among is not None:
            understood &= np.asarray(pc.is_in(cells.column, among))
        return cells.column, understood

    return read


def _shortened(cells: Cells) -> Flags:
    """Which cells end like 1.23E+17."""
    marked: Flags = (cells.from_end(4) == ord("E")) & (cells.from_end(3) == ord("+"))
    return marked


def _stand_for_themselves(column: pa.StringArray, starts: frozenset[str], *, code: bool) -> Flags:
    """Which cells, not of ASCII alone, consist of characters that stay as they are side by side, whatever stands around
    them, and begin with none that a word for no value may begin with."""
    texts = column.to_pylist()
    points = np.frombuffer("".join(texts).encode("utf-32-le"), np.uint32)
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    kinds = np.where(points < _BMP, _characters()[np.minimum(points, _BMP - 1)], _OTHER)
    begins = np.cumsum(lengths) - lengths
    sound: Flags = np.minimum.reduceat(kinds, begins) >= (_SAME if code else _COMPOSED)
    return sound & np.fromiter((_harmless(text[0], starts) for text in texts), np.bool_, len(texts))


def _harmless(character: str, starts: frozenset[str]) -> bool:
    return _folded(character)[:1] not in starts and _folded(character) != ""


@cache
def _folded(character: str) -> str:
    return fold(character)


@cache
def _characters() -> NDArray[np.uint8]:
    """Of every character of the basic plane: whether it stays the same when text is composed, and also when width and
    compatible forms are made plain, next to whatever other such character."""
    table = np.full(_BMP, _OTHER, np.uint8)
    for point in range(0x20, _BMP):
        one = chr(point)
        category = unicodedata.category(one)
        if (category[0] in "CMZ" and one != " ") or unicodedata.combining(one) or _joins(point):
            continue
        if unicodedata.is_normalized("NFC", one):
            table[point] = _SAME if unicodedata.is_normalized("NFKC", one) else _COMPOSED
    return table


def _joins(point: int) -> bool:
    """The parts of Hangul syllables become one character side by side."""
    return 0x1100 <= point <= 0x11FF or 0xA960 <= point <= 0xA97F or 0xD7B0 <= point <= 0xD7FF
