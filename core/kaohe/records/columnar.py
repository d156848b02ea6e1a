"""A database table as Arrow columns, in the physical form that every engine computes with: integers and text.

A date is days since 1970-01-01. A datetime is two columns: ``NAME``, microseconds since then in UTC, and
``NAME__local``, the microseconds of the wall clock in the workspace's timezone counted as if it were UTC.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
from sqlalchemy import ColumnElement, Connection, Table, select

from kaohe.exact import Ints
from kaohe.records.columns import Stored

LOCAL = "__local"
_CHUNK = 50_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR = 3_600_000_000
# What a driver hands over is first taken as this type, then cast along the chain to the physical one.
_SQLITE: dict[Stored, tuple[Any, ...]] = {
    "integer": (pa.int64(),),
    "boolean": (pa.int64(), pa.bool_()),
    "text": (pa.string(),),
    "date": (pa.string(), pa.date32(), pa.int32(), pa.int64()),
    "datetime": (pa.string(), pa.timestamp("us", "UTC"), pa.int64()),
}
_POSTGRESQL: dict[Stored, tuple[Any, ...]] = {
    "integer": (pa.int64(),),
    "boolean": (pa.bool_(),),
    "text": (pa.string(),),
    "date": (pa.date32(), pa.int32(), pa.int64()),
    "datetime": (pa.timestamp("us", "UTC"), pa.int64()),
}


@dataclass(frozen=True)
class Layout:
    """Which columns are read, of which kind, in which order of rows; ``when`` puts a row into a month."""

    table: Table
    columns: tuple[tuple[str, Stored], ...]
    order: tuple[ColumnElement[Any], ...]
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
    def kinds(self) -> dict[str, Stored]:
        return dict(self.columns)

    @property
    def dated(self) -> tuple[str, ...]:
        """Physical columns that hold days or moments, for which ranges are kept."""
        return tuple(
            name for name, _type in self.physical if self.kinds.get(name.removesuffix(LOCAL)) in ("date", "datetime")
        )


def read_columns(connection: Connection, layout: Layout, zone: ZoneInfo) -> pa.Table:
    """All rows of the table in the layout's order."""
    chains = _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL
    batches = [
        pa.RecordBatch.from_arrays(
            [_cast(values, chains[kind]) for values, (_name, kind) in zip(columns, layout.columns, strict=True)],
            names=[name for name, _kind in layout.columns],
        )
        for columns in _chunks(connection, layout)
    ]
    schema = pa.schema([(name, chains[kind][-1]) for name, kind in layout.columns])
    plain = pa.Table.from_batches(batches, schema).combine_chunks()
    return _with_wall_clocks(plain, layout, zone)


def wall_clock(moments: Ints, zone: ZoneInfo) -> Ints:
    """Microseconds since 1970 in UTC → those of the zone's wall clock.

    The offset is looked up once per distinct hour; an hour in which the clock changes is looked at row by row.
    """
    hours, where = np.unique(np.floor_divide(moments, _HOUR), return_inverse=True)
    first = np.array([_offset(int(hour) * _HOUR, zone) for hour in hours], np.int64)
    last = np.array([_offset(int(hour) * _HOUR + _HOUR - 1, zone) for hour in hours], np.int64)
    offsets = first[where] if len(hours) else np.zeros(0, np.int64)
    for row in np.flatnonzero((first != last)[where]) if len(hours) else ():
        offsets[row] = _offset(int(moments[row]), zone)
    return moments + offsets


def _offset(moment: int, zone: ZoneInfo) -> int:
    offset = (_EPOCH + timedelta(microseconds=moment)).astimezone(zone).utcoffset()
    return (offset or timedelta()) // timedelta(microseconds=1)


def _chunks(connection: Connection, layout: Layout) -> Iterator[Sequence[tuple[Any, ...]]]:
    """Columns of so many rows at a time, straight from the driver."""
    query = select(*(layout.table.c[name] for name, _kind in layout.columns)).order_by(*layout.order)
    text = str(query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True}))
    driver: Any = connection.connection.driver_connection
    # On PostgreSQL a named cursor leaves the rows on the server until they are asked for.
    cursor = driver.cursor() if connection.dialect.name == "sqlite" else driver.cursor(name="columns")
    try:
        cursor.execute(text)
        while rows := cursor.fetchmany(_CHUNK):
            yield list(zip(*rows, strict=True))
    finally:
        cursor.close()


def _cast(values: Sequence[Any], chain: tuple[Any, ...]) -> Any:
    array = pa.array(values, chain[0])
    for step in chain[1:]:
        array = array.cast(step)
    return array


def _with_wall_clocks(table: pa.Table, layout: Layout, zone: ZoneInfo) -> pa.Table:
    arrays, names = [], []
    for name, kind in layout.columns:
        column = table.column(name)
        arrays.append(column)
        names.append(name)
        if kind == "datetime":
            missing = column.is_null().to_numpy()
            local = wall_clock(column.fill_null(0).to_numpy(), zone)
            arrays.append(pa.chunked_array([pa.array(local, pa.int64(), mask=missing)]))
            names.append(name + LOCAL)
    return pa.table(arrays, names=names)
