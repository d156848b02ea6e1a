"""Columns as SQLite keeps them: days and moments as ISO text, moments in UTC with a fixed width (see ``columns``)."""

from __future__ import annotations

from functools import cache

import numpy as np
import pyarrow as pa

from kaohe.records.cell_bytes import Bytes, distinct

_DAY = 86_400_000_000
_WIDTH = len("2026-01-05T08:00:00.000000Z")


def as_kept(column: pa.Array) -> pa.Array:
    """A column of physical values as SQLite's drivers take it."""
    if pa.types.is_timestamp(column.type):
        return moment_texts(column)
    return column.cast(pa.string()) if pa.types.is_date32(column.type) else column


def moment_texts(column: pa.TimestampArray) -> pa.StringArray:
    """Moments as ``columns.moment_text`` writes each of them."""
    if column.null_count == len(column):
        return pa.nulls(len(column), pa.string())
    valid = np.asarray(column.is_valid())
    moments = column.drop_null().cast(pa.int64()).to_numpy()
    days, of_day = np.divmod(moments, _DAY)
    seconds, fraction = np.divmod(of_day, 1_000_000)
    known_days, which = distinct(days)
    table = np.empty((len(moments), _WIDTH), np.uint8)
    table[:, :10] = _ascii([str(day) for day in known_days.astype("datetime64[D]")], 10)[which]
    table[:, 10] = ord("T")
    table[:, 11:19] = _clock()[seconds]
    table[:, 19:] = np.frombuffer(b".000000Z", np.uint8)
    if fraction.any():
        for place in range(6):
            table[:, 25 - place] = ord("0") + fraction // 10**place % 10
    offsets = np.concatenate(([0], np.cumsum(valid * _WIDTH))).astype(np.int32)
    known = pa.py_buffer(np.packbits(valid, bitorder="little"))
    buffers = [known, pa.py_buffer(offsets), pa.py_buffer(table)]
    return pa.Array.from_buffers(pa.string(), len(column), buffers)


@cache
def _clock() -> Bytes:
    """Every second of a day as HH:MM:SS."""
    return _ascii(np.datetime_as_string(np.arange(86_400).astype("datetime64[s]")).tolist(), 19)[:, 11:]


def _ascii(texts: list[str], width: int) -> Bytes:
    return np.frombuffer("".join(texts).encode(), np.uint8).reshape(len(texts), width)
