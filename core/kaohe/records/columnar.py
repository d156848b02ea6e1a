"""A database table as Arrow columns, in the physical form that every engine computes with: integers and text.

A date is days since 1970-01-01. A datetime is two columns: ``NAME``, microseconds since then in UTC, and
``NAME__local``, the microseconds of the wall clock in the workspace's timezone counted as if it were UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Table

from kaohe.exact import Ints
from kaohe.records.columns import Stored

LOCAL = "__local"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR = 3_600_000_000
_FEW = 2_000_000  # hours: two centuries
# Whatever a driver hands over is cast along the chain of its kind, from where it stands, to the physical type.
_CHAINS: dict[Stored, tuple[Any, ...]] = {
    "integer": (pa.int64(),),
    "boolean": (pa.bool_(),),
    "text": (pa.string(),),
    "date": (pa.date32(), pa.int32(), pa.int64()),
    "datetime": (pa.timestamp("us", "UTC"), pa.int64()),
}


class StrangeValueError(Exception):
    """The database holds a value in this ``column`` that kaohe did not write: nothing is to be made of it, least of all
    something near to it. ``key``: the record's, where it is known."""

    def __init__(self, column: str, what: str, key: str | None = None) -> None:
        super().__init__(column, what, key)
        self.column, self.what, self.key = column, what, key


@dataclass(frozen=True)
class Layout:
    """Which columns are read, of which kind; by which columns rows are put in order, a missing text like an empty one;
    ``when`` puts a row into a month."""

    table: Table
    columns: tuple[tuple[str, Stored], ...]
    order: tuple[str, ...]
    when: str | None = None

    @property
    def physical(self) -> tuple[tuple[str, str], ...]:
        """Names and types of the columns that come out."""
        listed: list[tuple[str, str]] = []
        for name, kind in self.columns:
            listed.append((name, "string" if kind == "text" else "bool" if kind == "boolean" else "int64"))
            if kind == "datetime":
                listed.append((name + LOCAL, "int64"))
        return tuple(listed)

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([(name, pa.type_for_alias(kind)) for name, kind in self.physical])

    @property
    def kinds(self) -> dict[str, Stored]:
        return dict(self.columns)

    @property
    def dated(self) -> tuple[str, ...]:
        """Physical columns that hold days or moments, for which ranges are kept."""
        return tuple(
            name for name, _type in self.physical if self.kinds.get(name.removesuffix(LOCAL)) in ("date", "datetime")
        )


def physical(raw: pa.RecordBatch | pa.Table, layout: Layout, zone: ZoneInfo) -> pa.Table:
    """Columns as a driver brought them, in the layout's order, as columns of the layout's physical types. Raises
    StrangeValueError."""
    arrays: list[Any] = []
    for column, (name, kind) in zip(raw.columns, layout.columns, strict=True):
        try:
            array = _as_kind(column, kind)
            arrays.append(array)
            if kind == "datetime":
                arrays.append(_local(array, zone))
        except (pa.ArrowException, OverflowError) as error:
            raise StrangeValueError(name, str(error)) from error
    return pa.table(arrays, schema=layout.schema)


def in_order(table: pa.Table, layout: Layout) -> pa.Table:
    """The rows in the order of the layout, text byte by byte. Nothing is moved where they are in order already."""
    keys = [table.column(name) for name in layout.order]
    keys = [key.fill_null("") if pa.types.is_string(key.type) else key for key in keys]
    if table.num_rows < 2:
        return table
    if len(keys) == 1 and pc.all(pc.less_equal(keys[0].slice(0, table.num_rows - 1), keys[0].slice(1))).as_py():
        return table
    by = pa.table(keys, names=list(layout.order))
    return table.take(pc.sort_indices(by, sort_keys=[(name, "ascending") for name in layout.order]))


def wall_clock(moments: Ints, zone: ZoneInfo) -> Ints:
    """Microseconds since 1970 in UTC → those of the zone's wall clock.

    The offset is looked up once per distinct hour; an hour in which the clock changes is looked at row by row.
    """
    if not len(moments):
        return moments
    hours, where = _distinct(np.floor_divide(moments, _HOUR))
    first = np.array([_offset(int(hour) * _HOUR, zone) for hour in hours], np.int64)
    last = np.array([_offset(int(hour) * _HOUR + _HOUR - 1, zone) for hour in hours], np.int64)
    offsets = first[where]
    changing = first != last
    for row in np.flatnonzero(changing[where]) if changing.any() else ():
        offsets[row] = _offset(int(moments[row]), zone)
    return moments + offsets


def _as_kind(column: Any, kind: Stored) -> Any:
    """The column cast to the physical type of its kind."""
    if kind == "boolean" and pa.types.is_integer(column.type):
        bounds = pc.min_max(column).as_py()
        if not {bounds["min"], bounds["max"]} <= {0, 1, None}:
            raise pa.ArrowInvalid(f"neither yes nor no: {bounds['min']} … {bounds['max']}")
    for step in _CHAINS[kind]:
        column = column if column.type == step else column.cast(step)
    return column


def _local(moments: Any, zone: ZoneInfo) -> Any:
    """The wall clock beside a column of moments; missing where they are."""
    clock = wall_clock(moments.fill_null(0).to_numpy(zero_copy_only=False), zone)
    return pa.array(clock, pa.int64(), mask=moments.is_null().to_numpy(zero_copy_only=False))


def _distinct(hours: Ints) -> tuple[Ints, Ints]:
    """The distinct hours, ascending, and where among them each row's hour is. Hours lie close together: they need not
    be sorted to be found."""
    least = int(hours.min())
    span = int(hours.max()) - least + 1
    if span > _FEW:
        found: tuple[Ints, Ints] = np.unique(hours, return_inverse=True)
        return found
    there = np.zeros(span, np.bool_)
    there[hours - least] = True
    places = np.cumsum(there, dtype=np.int64) - 1
    return np.flatnonzero(there) + least, places[hours - least]


def _offset(moment: int, zone: ZoneInfo) -> int:
    offset = (_EPOCH + timedelta(microseconds=moment)).astimezone(zone).utcoffset()
    return (offset or timedelta()) // timedelta(microseconds=1)
