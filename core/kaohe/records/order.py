"""Times that may not run backwards, in whole columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo

import numpy as np
import pyarrow as pa

from kaohe.exact import Ints
from kaohe.records.cell_bytes import distinct

_DAY = 86_400_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def reversed_pairs(columns: Sequence[pa.Array], zone: tzinfo) -> Iterator[tuple[int, int, int]]:
    """Row, earlier and later column wherever a time is before the last one before it that is not itself so, row by row.

    A date beside moments makes days of them all, by the wall clock of the zone.
    """
    known = [np.asarray(column.is_valid()) for column in columns]
    times = _comparable(columns, zone)
    last = np.full(len(columns[0]), np.iinfo(np.int64).min)
    of = np.full(len(last), -1)
    found: list[tuple[int, int, int]] = []
    for position, (here, values) in enumerate(zip(known, times, strict=True)):
        back = here & (values < last)
        rows = np.flatnonzero(back)
        found += zip(rows.tolist(), of[rows].tolist(), [position] * len(rows), strict=True)
        forward = here & ~back
        last, of = np.where(forward, values, last), np.where(forward, position, of)
    yield from sorted(found)


def _comparable(columns: Sequence[pa.Array], zone: tzinfo) -> list[Ints]:
    """The columns as numbers, days or microseconds, 0 where missing."""
    numbers = [
        column.cast(pa.int32() if pa.types.is_date32(column.type) else pa.int64()).cast(pa.int64())
        for column in columns
    ]
    times = [column.fill_null(0).to_numpy() for column in numbers]
    filled = {column.type for column in columns if column.null_count < len(column)}
    if len(filled) < 2:
        return times
    return [
        values if pa.types.is_date32(column.type) else _days(values, zone)
        for column, values in zip(columns, times, strict=True)
    ]


def _days(moments: Ints, zone: tzinfo) -> Ints:
    """The days since 1970, by the wall clock, of microseconds since 1970 in UTC."""
    known, which = distinct(moments // _DAY)
    begins = [_ahead(day * _DAY, zone) for day in known.tolist()]
    ends = [_ahead((day + 1) * _DAY - 1, zone) for day in known.tolist()]
    days = (moments + np.array(begins, np.int64)[which]) // _DAY
    for row in np.flatnonzero((np.array(begins) != np.array(ends))[which]).tolist():
        days[row] = (moments[row] + _ahead(int(moments[row]), zone)) // _DAY
    return days


def _ahead(moment: int, zone: tzinfo) -> int:
    """How far the wall clock is ahead of UTC at a moment, in microseconds."""
    ahead = (_EPOCH + timedelta(microseconds=moment)).astimezone(zone).utcoffset()
    return 0 if ahead is None else ahead // timedelta(microseconds=1)
