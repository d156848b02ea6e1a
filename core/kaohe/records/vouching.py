"""From when on the audit log vouches for a database: what is there when its tables are made or brought up to date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table, func, select

from kaohe.records.audit import RowChange, added_row, append, seal
from kaohe.records.audit_rows import REPLAYED, SEALED
from kaohe.records.changes import marked
from kaohe.records.row_fields import CoreTable


def database_clock(connection: Connection) -> datetime:
    """Now, as the database sees it."""
    now: datetime | None = connection.scalar(select(func.current_timestamp()))
    if now is None:
        raise RuntimeError("every database knows the time")
    return now.replace(tzinfo=UTC) if now.tzinfo is None else now


def note_tables(connection: Connection, at: datetime, new: Iterable[str], rows: Sequence[RowChange]) -> None:
    """Note the record types' tables that were made or extended; ``new``: the names of those that were not there."""
    append(connection, at, "tables", "records", {"marks": _as_they_are(connection, new)}, rows=rows)


def vouch(connection: Connection, at: datetime, former: str | None, version: str, rows: Sequence[RowChange]) -> None:
    """Note that the core's tables were made (``former`` is None) or brought to a version, and everything that is there.

    ``rows``: what this very transaction changed of the record types' tables.
    """
    tables = {table.name: table for table in CoreTable.metadata.sorted_tables}
    found = [change for name in sorted(REPLAYED) for change in _rows(connection, tables[name])]
    seals = [each for name in SEALED for each in _seals(connection, tables[name])]
    detail = {"former": former, "version": version, "everything": True, "marks": _as_they_are(connection, None)}
    named = {(change.table, *change.key.values()) for change in rows}
    others = [change for change in found if (change.table, *change.key.values()) not in named]
    append(connection, at, "tables", "core", detail, rows=[*others, *rows], seals=seals)


def _as_they_are(connection: Connection, tables: Iterable[str] | None) -> dict[str, list[int]]:
    """Marks that nobody noted before: what they were is what they are."""
    return {name: [number, mark, mark] for name, (number, mark) in marked(connection, tables).items()}


def _rows(connection: Connection, table: Table) -> Iterator[RowChange]:
    for key in connection.execute(select(*table.primary_key).order_by(*table.primary_key)).mappings().all():
        yield added_row(connection, table, dict(key))


def _seals(connection: Connection, table: Table) -> Iterator[Mapping[str, Any]]:
    columns = [table.c[name] for name in SEALED[table.name]]
    for where in connection.execute(select(*columns).distinct().order_by(*columns)).mappings().all():
        yield seal(connection, table, dict(where))
