"""Whole columns of numbers, as far as they are written plainly: digits, a sign, thousands separators, a point.

What is written otherwise (full width, currency, percent), does not fit or is out of range is left to ``numbers``,
which says what is wrong: nothing here decides against a cell.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from kaohe.exact import Flags, Ints
from kaohe.plugin.types import Field
from kaohe.records.cell_bytes import Cells, table_of_bytes
from kaohe.records.numbers import scale_of

_DIGITS = table_of_bytes(b"0123456789")
_POINT, _COMMA, _MINUS = (ord(mark) for mark in ".,-")
# Of so many digits, and multiplied by the field's scale, a number stays within 64 bits.
_MOST_DIGITS = 18


def read_numbers(cells: Cells, field: Field) -> tuple[pa.Array, Flags]:
    """The scaled integers of a number field, and which cells were understood."""
    scale = scale_of(field)
    understood = cells.lengths > 0
    negative = cells.first == _MINUS
    marks = cells.where(~_DIGITS)
    rows, kinds = cells.rows_of(marks), cells.data[marks]
    is_sign = (kinds == _MINUS) & (marks == cells.starts[rows])
    is_point, is_comma = kinds == _POINT, kinds == _COMMA
    understood[rows[~(is_sign | is_point | is_comma)]] = False
    count = len(cells)
    points = np.bincount(rows[is_point], minlength=count)
    understood &= points <= 1
    whole_end = cells.ends.copy()
    whole_end[rows[is_point]] = marks[is_point]
    decimals = np.where(points > 0, cells.ends - whole_end - 1, 0)
    whole = whole_end - cells.starts - negative
    understood &= whole > 0
    if is_comma.any():
        commas = np.bincount(rows[is_comma], minlength=count)
        distance = whole_end[rows] - marks
        understood[rows[is_comma & ((distance <= 0) | (distance % 4 != 0))]] = False
        understood &= (commas == 0) | ((commas == (whole - 1) // 4) & (whole % 4 != 0))
        whole = whole - commas
    understood &= whole + np.maximum(decimals, scale) <= _MOST_DIGITS
    numbers = _digits(cells, marks[understood[rows]], understood)
    numbers = numbers * 10 ** np.maximum(scale - decimals, 0)
    surplus = 10 ** np.where(understood, np.maximum(decimals - scale, 0), 0)
    if (surplus > 1).any():
        understood &= numbers % surplus == 0
        numbers = numbers // surplus
    numbers = np.where(negative, -numbers, numbers)
    if field.minimum is not None:
        understood &= numbers >= _bound(field.minimum.scaleb(scale).__ceil__())
    if field.maximum is not None:
        understood &= numbers <= _bound(field.maximum.scaleb(scale).__floor__())
    return pa.array(numbers, pa.int64(), mask=~understood), understood


def _digits(cells: Cells, marks: Ints, understood: Flags) -> Ints:
    """The digits of every understood cell as a number, 0 elsewhere; ``marks`` are what else stands in these cells."""
    lengths = np.where(understood, cells.lengths, 0)
    kept = np.repeat(understood, cells.lengths)
    start, end = cells.span
    kept[marks - start] = False
    digits = cells.data[start:end][kept].astype(np.int64) - ord("0")
    lengths -= np.bincount(cells.rows_of(marks), minlength=len(cells))
    ends = np.cumsum(lengths)
    numbers = np.zeros(len(cells), np.int64)
    for place in range(int(lengths.max(initial=0))):
        has = lengths > place
        numbers[has] += digits[ends[has] - 1 - place] * 10**place
    return numbers


def _bound(limit: int) -> int:
    return max(-(2**63), min(limit, 2**63 - 1))
