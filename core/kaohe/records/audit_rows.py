"""Rows as the audit log holds them, and how each table of the database is guarded by the log.

Values are taken as the database has them and never made into something better on the way: what somebody wrote there
past kaohe must be seen as it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Connection, Table, and_, select, true, type_coerce
from sqlalchemy.types import NullType

from kaohe.records.canonical import canonical
from kaohe.records.columns import moment_text

CHAIN = frozenset({"audit_log", "audit_head"})
"""The log itself: every event holds the digest of the one before."""
REPLAYED = frozenset(
    {"import_batches", "revisions", "record_type_versions", "noted_texts", "kept_texts", "attachments", "period_steps",
     "manual_changes", "appeals", "restatements", "postings", "interviews", "acknowledgements", "improvement_items"}
)  # fmt: skip
"""Of each row the log says what it must be."""
SEALED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "runs": ("id",),
        "run_results": ("run",),
        "schemes": ("digest",),
        "payments": ("scheme_id", "period"),
        "replaced_rows": ("batch",),
        "rejected_rows": ("batch",),
        "assessment_rounds": ("name",),
        "assessment_pairs": ("round",),
    }
)
"""Of the rows that share these columns' values the log says how many they are and what they come to together."""
MARKS = "table_changes"
"""The marks of the tables of facts, each replaced by any change: the log says what they must be."""
FACTS = frozenset({"people", "teams", "assignments", "targets"})
"""Tables of facts, besides one for each record type: their marks guard them."""
_BY_DIGEST = frozenset({("kept_texts", "text")})
"""Long texts, of which the log holds the SHA-256 alone."""


def raw(table: Table) -> list[ColumnElement[Any]]:
    """The columns as the database has them."""
    return [type_coerce(column, NullType()).label(column.name) for column in table.columns]


def row_data(table: Table, row: Mapping[Any, Any]) -> dict[str, Any]:
    """A row of ``raw`` columns as JSON: moments in UTC, days as they are written, bytes by their SHA-256."""
    return {column.name: _plain(table, column, row[column.name]) for column in table.columns}


def key_data(table: Table, key: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(table, table.c[name], value) for name, value in key.items()}


def is_row(table: Table, values: Mapping[str, Any]) -> ColumnElement[bool]:
    return and_(true(), *(table.c[name] == value for name, value in values.items()))


def content(data: Mapping[str, Any]) -> str:
    """What a row says, as text. Without what is missing: a column that a later version adds is missing in old rows."""
    return canonical({name: value for name, value in data.items() if value is not None})


class Sum:
    """The digest over rows, one after the other."""

    def __init__(self) -> None:
        self.rows, self._state = 0, hashlib.sha256()

    def add(self, text: str) -> None:
        self.rows += 1
        self._state.update(text.encode())
        self._state.update(b"\n")

    @property
    def digest(self) -> str:
        return self._state.hexdigest()


def summed(connection: Connection, table: Table, where: Mapping[str, Any]) -> Sum:
    """The rows with these values in the order of their keys."""
    total = Sum()
    found = connection.execute(select(*raw(table)).where(is_row(table, where)).order_by(*table.primary_key))
    for rows in found.partitions(_AT_ONCE):
        for text in contents(table, rows):
            total.add(text)
    return total


def contents(table: Table, rows: Sequence[Sequence[Any]]) -> Iterator[str]:
    """What each of some rows says, whose values stand in the order of the table's columns: ``content`` of their
    ``row_data``, column by column, because a mapping for each of many rows takes longest."""
    held = zip(table.columns, zip(*rows, strict=True), strict=True)
    columns = sorted(held, key=lambda each: str(each[0].name))
    parts = [_written(table, column, values) for column, values in columns]
    return (f"{{{','.join(filter(None, row))}}}" for row in zip(*parts, strict=True))


_AT_ONCE = 10_000


def _written(table: Table, column: Any, values: Sequence[Any]) -> list[str]:
    """What each row says in this column; nothing where it is missing."""
    name, kinds = f"{canonical(column.name)}:", set(map(type, values))
    if kinds == {int} and not isinstance(column.type, Boolean):
        return [f"{name}{value}" for value in values]
    if kinds <= {str} and (table.name, column.name) not in _BY_DIGEST:
        return [f"{name}{canonical(value)}" for value in values]

    @cache
    def said(_kind: type, value: Any) -> str:
        plain = _plain(table, column, value)
        return "" if plain is None else f"{name}{canonical(plain)}"

    return [*map(said, map(type, values), values)]  # by their type: to Python 1 is True


def streamed(connection: Connection, table: Table, order: Sequence[ColumnElement[Any]]) -> Iterator[Mapping[Any, Any]]:
    """Every row of the table, without ever holding many."""
    query = select(*raw(table)).order_by(*order).execution_options(stream_results=True, yield_per=1000)
    yield from connection.execute(query).mappings()


def _plain(table: Table, column: Any, value: Any) -> Any:
    match value:
        case datetime():
            return moment_text(value)
        case date():
            return value.isoformat()
        case bytes() | memoryview():
            return {"sha256": hashlib.sha256(value).hexdigest()}
        case str() if (table.name, column.name) in _BY_DIGEST:
            return {"sha256": hashlib.sha256(value.encode()).hexdigest()}
        case 0 | 1 if isinstance(column.type, Boolean):  # SQLite keeps 0 and 1
            return bool(value)
        case None | bool() | int() | str():
            return value
    return {"found": repr(value)}  # nothing that kaohe writes
