"""Rows of a table out of the database, many at a time, as Arrow columns in the types that the driver has for them.

Rows come in no particular order: putting a month into order costs less afterwards than it costs a database.
"""

from __future__ import annotations

import itertools
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
from sqlalchemy import ColumnElement, Connection, Dialect, and_, literal_column, or_, select, true, type_coerce
from sqlalchemy.types import NullType

from kaohe.records.columnar import Layout, StrangeValueError
from kaohe.records.columns import Stored

Stream = Callable[[Layout, "frozenset[str | None] | None"], Iterable[Any]]
"""Batches of rows that may lie in these months of the layout's ``when`` (None: all rows); others may be among them."""
_NOT_TEXT = re.compile(r"Could not decode to UTF-8 column '(\w+)'")
_IN_COLUMN = re.compile(r"In CSV column #(\d+):")
_ROWS = 50_000
_BYTES = 16_000_000
_PYTHON = {pa.string(): str, pa.int64(): int}
_SQLITE: dict[Stored, Any] = {
    "integer": pa.int64(),
    "boolean": pa.int64(),
    "text": pa.string(),
    "date": pa.string(),
    "datetime": pa.string(),
}
_POSTGRESQL: dict[Stored, Any] = {
    "integer": pa.int64(),
    "boolean": pa.bool_(),
    "text": pa.string(),
    "date": pa.date32(),
    "datetime": pa.timestamp("us", "UTC"),
}


def stream_of(connection: Connection) -> Stream:
    """The quickest way that leads through this very connection."""
    return copied(connection) if connection.dialect.name == "postgresql" else fetched(connection)


def raw_types(layout: Layout, dialect: str) -> list[Any]:
    """What the driver has for each column."""
    types = _SQLITE if dialect == "sqlite" else _POSTGRESQL
    return [types[kind] for _name, kind in layout.columns]


def query_text(layout: Layout, months: frozenset[str | None] | None, dialect: Dialect) -> str:
    """The SELECT for these rows."""
    columns = [type_coerce(layout.table.c[name], NullType()).label(name) for name, _kind in layout.columns]
    query = select(*columns).select_from(layout.table)
    if months is not None:
        query = query.where(_within(layout, months, dialect))
    return str(query.compile(dialect=dialect))


def fetched(connection: Connection) -> Stream:
    """Through the ordinary driver. Iterating raises StrangeValueError."""

    def stream(layout: Layout, months: frozenset[str | None] | None) -> Iterator[pa.RecordBatch]:
        types = raw_types(layout, connection.dialect.name)
        names = [name for name, _kind in layout.columns]
        driver: Any = connection.connection.driver_connection
        # On PostgreSQL a named cursor leaves the rows on the server until they are asked for.
        cursor = driver.cursor() if connection.dialect.name == "sqlite" else driver.cursor(name="columns")
        try:
            cursor.execute(query_text(layout, months, connection.dialect))
            while rows := cursor.fetchmany(_ROWS):
                columns = dict(zip(names, zip(*rows, strict=True), strict=True))
                keys = [columns[name] for name in layout.order]
                arrays = [_exactly(name, columns[name], kind, keys) for name, kind in zip(names, types, strict=True)]
                yield pa.RecordBatch.from_arrays(arrays, names=names)
        except sqlite3.OperationalError as error:
            if said := _NOT_TEXT.match(str(error)):
                raise StrangeValueError(said[1], said[0]) from error
            raise
        finally:
            cursor.close()

    return stream


def _exactly(name: str, values: Sequence[Any], kind: Any, keys: Sequence[Sequence[Any]]) -> Any:
    """The values as a column of the type that they are of; where a type is asked for, Arrow cuts numbers off to get
    there. ``keys``: the columns of the rows' keys."""
    try:
        found = pa.array(values)
    except (pa.ArrowException, OverflowError) as error:
        raise StrangeValueError(name, str(error), _record(values, kind, keys)) from error
    if found.type not in (kind, pa.null()):
        raise StrangeValueError(name, f"{found.type}, {kind}", _record(values, kind, keys))
    return found.cast(kind)


def _record(values: Sequence[Any], kind: Any, keys: Sequence[Sequence[Any]]) -> str | None:
    """The key of the first row whose value is of another type."""
    right = _PYTHON.get(kind, object)
    first = next((row for row, value in enumerate(values) if not isinstance(value, right | None)), None)
    return None if first is None else ", ".join(str(column[first]) for column in keys)


def copied(connection: Connection) -> Stream:
    """By PostgreSQL's COPY, as CSV: a missing text is nothing, an empty one is quoted. Iterating raises
    StrangeValueError."""

    def stream(layout: Layout, months: frozenset[str | None] | None) -> Iterator[pa.Table]:
        names = [name for name, _kind in layout.columns]
        types = dict(zip(names, raw_types(layout, "postgresql"), strict=True))
        said = pyarrow.csv.ConvertOptions(
            column_types=types,
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            true_values=["t"],
            false_values=["f"],
        )
        shape = pyarrow.csv.ReadOptions(column_names=names, block_size=_BYTES)
        quoting = pyarrow.csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False)
        driver: Any = connection.connection.driver_connection
        text = query_text(layout, months, connection.dialect)
        # An invisible mark at the very beginning would be left out by Arrow: quotation marks go before it.
        first = connection.dialect.identifier_preparer.quote(names[0])
        form = f"FORMAT csv, ENCODING 'UTF8', FORCE_QUOTE ({first})"
        with driver.cursor() as cursor, cursor.copy(f"COPY ({text}) TO STDOUT ({form})") as copy:
            for lines in _gathered(copy):
                try:
                    yield pyarrow.csv.read_csv(pa.BufferReader(lines), shape, quoting, said)
                except pa.ArrowInvalid as error:
                    if column := _IN_COLUMN.search(str(error)):
                        raise StrangeValueError(names[int(column[1])], str(error)) from error
                    raise

    return stream


def _gathered(rows: Iterable[Any]) -> Iterator[bytes]:
    """Whole rows together, so many bytes at a time."""
    there: list[bytes] = []
    size = 0
    for row in map(bytes, rows):
        there.append(row)
        size += len(row)
        if size >= _BYTES:
            yield b"".join(there)
            there, size = [], 0
    if there:
        yield b"".join(there)


def _within(layout: Layout, months: frozenset[str | None], dialect: Dialect) -> ColumnElement[bool]:
    """Rows whose ``when`` may lie in these months on any wall clock: two days more on either side."""
    column: ColumnElement[Any] = layout.table.c[layout.when or ""]
    found: list[ColumnElement[bool]] = [column.is_(None)] if None in months else []
    for first, end in _spans(sorted(month for month in months if month is not None)):
        bounds = [
            compare(_literal(day, layout.kinds[layout.when or ""], dialect.name))
            for day, compare in ((first, column.__ge__), (end, column.__lt__))
            if date.min.toordinal() <= _ordinal(day) <= date.max.toordinal()  # beyond, there is nothing to compare
        ]
        found.append(and_(true(), *bounds))
    return or_(*found)


def _spans(months: Sequence[str]) -> Iterator[tuple[np.datetime64, np.datetime64]]:
    """Months that follow on one another as spans of days, with two days more on either side."""
    numbers = np.array(months, "datetime64[M]").astype(np.int64).tolist()
    for _place, run in itertools.groupby(enumerate(sorted(numbers)), lambda pair: pair[1] - pair[0]):
        group = [number for _index, number in run]
        first, end = (np.datetime64(number, "M").astype("datetime64[D]") for number in (group[0], group[-1] + 1))
        yield first - 2, end + 2


def _ordinal(day: np.datetime64) -> int:
    return int(day.astype(np.int64)) + date(1970, 1, 1).toordinal()


def _literal(day: np.datetime64, kind: Stored, dialect: str) -> ColumnElement[Any]:
    """A day as it is written in SQL; it holds nothing but digits and hyphens."""
    if dialect == "sqlite":
        return literal_column(f"'{day}'")
    return literal_column(f"DATE '{day}'" if kind == "date" else f"TIMESTAMPTZ '{day} 00:00:00+00'")
