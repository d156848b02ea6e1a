"""Stored values as columns: which type of column a field has, and rows as such columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
from sqlalchemy import Boolean, Column, Date, Integer, Table

from kaohe.errors import Exit, KaoheError, Place, Problem, fail
from kaohe.plugin.types import Field, RecordType
from kaohe.records.columns import STORED, Moment, Stored
from kaohe.records.rows import CleanRow, CleanRows
from kaohe.text import msg

_TYPES: dict[Stored, pa.DataType] = {
    "integer": pa.int64(),
    "boolean": pa.bool_(),
    "text": pa.string(),
    "date": pa.date32(),
    "datetime": pa.timestamp("us", "UTC"),
}


def physical_type(field: Field) -> pa.DataType:
    """The type of the column that holds the field's values: integers scaled as stored, moments in UTC."""
    return _TYPES[STORED[field.kind]]


def column_type(column: Column[Any]) -> pa.DataType:
    """The type of the column that holds what a column of the database holds."""
    match column.type:
        case Moment():
            return _TYPES["datetime"]
        case Date():
            return _TYPES["date"]
        case Boolean():
            return _TYPES["boolean"]
        case Integer():
            return _TYPES["integer"]
        case _:
            return _TYPES["text"]


def column_of(values: Sequence[Any], kind: pa.DataType, place: str) -> pa.Array:
    """Values of the database as a column of that type. Raises KaoheError for what is none of it: Arrow would cut a
    number off to make it whole."""
    try:
        if pa.types.is_integer(kind):
            strange = next((value for value in values if isinstance(value, float)), None)
            if strange is not None:
                raise pa.ArrowInvalid(str(strange))
        return pa.array(values, kind)
    except (pa.ArrowException, OverflowError) as error:
        raise strange_value(place, str(error)) from error


def strange_value(place: str, what_found: str, record: str | None = None) -> KaoheError:
    """Somebody wrote something past kaohe that no column holds; ``place`` is TABLE.COLUMN, ``record`` the key of the
    row where it is known."""
    found = what_found if record is None else msg("{value}, in the record {key}", value=what_found, key=record)
    what = msg("the database holds a value here that kaohe did not write and cannot read")
    fix = msg("correct it in the database; kaohe audit verify says what else was changed past kaohe")
    problem = Problem("records.strange-value", what, Place(key=place), found=found, fix=fix)
    return fail(problem, Exit.ENVIRONMENT)


def table_columns(table: Table, rows: Sequence[Mapping[str, Any]]) -> pa.RecordBatch:
    """Rows of a database's table as columns, all that any row names; what another does not name is missing there."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    arrays = [
        column_of([row.get(name) for row in rows], column_type(table.c[name]), f"{table.name}.{name}") for name in names
    ]
    return pa.RecordBatch.from_arrays(arrays, names=names)


def physical_schema(record_type: RecordType) -> pa.Schema:
    """One column per field, in the order of the fields."""
    return pa.schema([(field.name, physical_type(field)) for field in record_type.fields])


def columns_of(rows: Sequence[CleanRow], record_type: RecordType) -> pa.RecordBatch:
    """The rows' values as columns; a field that a row does not name is missing in it."""
    if isinstance(rows, CleanRows):
        return rows.columns
    schema = physical_schema(record_type)
    arrays = [pa.array([row.values.get(one.name) for row in rows], one.type) for one in schema]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
