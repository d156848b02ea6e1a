"""Typed columns as the text of cells: what a Parquet file or a database query hands over is read like any other file.

A value becomes the text that a person would write for it and that reads as the same value again: whole numbers and
decimals as their digits, dates and times as ISO 8601, a moment with its offset; missing is an empty cell.
"""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from math import isnan
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

_PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000}  # nanoseconds do not reach so far
_FIRST, _END = -62_135_596_800, 253_402_300_800  # seconds from 1970 to the years 1 and 10000


def as_cells(column: pa.Array) -> pa.StringArray:
    """The cells of a column, without missing values."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    return pc.fill_null(_as_text(column), "").cast(pa.string())


def _as_text(column: pa.Array) -> pa.Array:
    kind = column.type
    if _is_text(kind):
        return column
    if pa.types.is_floating(kind):
        return _floats(column)
    if pa.types.is_timestamp(kind):
        return _moments(column)
    if pa.types.is_null(kind):
        return column.cast(pa.string())
    if pa.types.is_decimal(kind):
        return _without_exponents(column, "E")
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind) or pa.types.is_date32(kind):
        return column.cast(pa.string())
    if pa.types.is_date64(kind):
        return column.cast(pa.date32()).cast(pa.string())
    return pa.array(map(cell_of, column.to_pylist()), pa.string())


def _is_text(kind: Any) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _floats(column: pa.Array) -> pa.Array:
    """The shortest digits that mean the same number, without an exponent; what is no number is missing."""
    return _without_exponents(pc.if_else(pc.is_nan(column), None, column), "e")


def _without_exponents(column: pa.Array, mark: str) -> pa.Array:
    """Numbers as their digits; Arrow writes some with an exponent after this mark, even a zero of many decimals."""
    text = column.cast(pa.string())
    long = pc.fill_null(pc.match_substring(text, mark), False)
    if pc.any(long).as_py():
        written = [f"{Decimal(each):f}" for each in text.filter(long).to_pylist()]
        text = pc.replace_with_mask(text, long, pa.array(written, text.type))
    return text


def _moments(column: pa.Array) -> pa.Array:
    """On the wall clock where there is no zone, else in UTC; a fraction finer than a microsecond is not cut off here.
    What lies in no year of four digits stays a number, which is no date: Arrow's years begin again somewhere."""
    zoned = column.type.tz is not None
    if column.type.unit == "ns":
        whole = column.cast(pa.timestamp("us", column.type.tz), safe=False)
        if pc.all(pc.equal(whole.cast(column.type), column)).as_py() is not False:
            column = whole
    plain = column.cast(pa.timestamp(column.type.unit, "UTC")).cast(pa.timestamp(column.type.unit)) if zoned else column
    text = pc.strftime(plain, "%Y-%m-%dT%H:%M:%S")
    if (unit := _PER_SECOND.get(column.type.unit)) is not None:
        number = plain.cast(pa.int64())
        beyond = pc.or_(pc.less(number, _FIRST * unit), pc.greater_equal(number, _END * unit))
        text = pc.if_else(beyond, number.cast(pa.string()), text)
    return pc.binary_join_element_wise(text, "+00:00", "") if zoned else text


def cell_of(value: Any) -> str:
    """The cell of a single value: lists and the like as JSON, bytes by their digits."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Decimal():
            return f"{value:f}"
        case float():
            return "" if isnan(value) else f"{Decimal(repr(value)):f}"
        case datetime():
            return value.isoformat()
        case bytes() | memoryview():
            return value.hex()
        case list() | dict():
            return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)
