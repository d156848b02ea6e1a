"""The rows of the database held against what the log says of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Table, inspect, select

from kaohe.errors import Place, Problem
from kaohe.records.audit import detail_of
from kaohe.records.audit_rows import FACTS, REPLAYED, SEALED, Sum, content, key_data, raw, row_data, streamed
from kaohe.records.auditing.found import added_row, changed_row, changed_rows, deleted_row
from kaohe.records.auditing.told import Told, event_of, outside, row_key, says
from kaohe.records.canonical import canonical
from kaohe.records.changes import strangers, unwatched
from kaohe.records.core_tables import RecordTypeRow, TableChangeRow
from kaohe.records.evidence_tables import AuditRow
from kaohe.records.row_fields import CoreTable
from kaohe.records.tables import RECORDS, table_of
from kaohe.text import msg

_log, _changes, _shapes = table_of(AuditRow), table_of(TableChangeRow), table_of(RecordTypeRow)


def compare_rows(connection: Connection, told: Told) -> Iterator[Problem]:
    """Every row of the tables of which the log says each row."""
    for name in sorted(REPLAYED):
        table = CoreTable.metadata.tables[name]
        for row in streamed(connection, table, list(table.primary_key)):
            now = row_data(table, row)
            key = key_data(table, {column.name: row[column.name] for column in table.primary_key})
            known = told.rows.pop(row_key(name, key), None)
            if known is None:
                yield added_row(name, key)
            elif not says(known, content(now)):
                yield changed_row(name, key, event_of(known), now, _told_of(connection, event_of(known), name, key))
    for digest, known in told.rows.items():
        yield _deleted(connection, digest, event_of(known))


def compare_seals(connection: Connection, told: Told) -> Iterator[Problem]:
    """Every row of the tables whose rows are sealed together."""
    seals = dict(told.seals)
    for name, by in SEALED.items():
        table = CoreTable.metadata.tables[name]
        order = [*(table.c[column] for column in by), *table.primary_key]
        for values, rows in groupby(
            streamed(connection, table, order),
            lambda row, by=by: tuple(row[one] for one in by),  # type: ignore[misc]  # mypy sees no default of a lambda
        ):
            total, where = _sum(table, rows), key_data(table, dict(zip(by, values, strict=True)))
            known = seals.pop((name, canonical(where)), None)
            if known is None:
                yield added_row(name, where)
            elif known[:2] != (total.rows, total.digest):
                yield changed_rows(name, where, known[2], total.rows, known[0])
    for (name, said), (count, _digest, event) in seals.items():
        if count:
            yield changed_rows(name, json.loads(said), event, 0, count)


def compare_facts(connection: Connection, told: Told) -> Iterator[Problem]:
    """Every table of facts, by its mark; and whether anything still minds its mark."""
    marks = {row.table_name: (row.id, row.mark) for row in connection.execute(select(*raw(_changes))).all()}
    for table, (number, mark, event) in told.marks.items():
        if marks.pop(table, None) != (number, mark):
            yield outside(table, event)
    for table in marks:
        yield added_row(_changes.name, {"table_name": table})
    there = set(inspect(connection).get_table_names())
    wanted = {*FACTS, *(f"{RECORDS}{name}" for name in connection.scalars(select(_shapes.c.name)))}
    for table in sorted(wanted - there):
        yield Problem("audit.table-gone", msg("the table {table} is gone", table=table), Place(key=table))
    for table in unwatched(connection, sorted(wanted & there)):
        what = msg("changes of the table {table} are no longer noticed: its triggers were changed", table=table)
        yield Problem("audit.unwatched", what, Place(key=table))
    for table, name in strangers(connection):
        what = msg("a trigger that is none of kaohe's stands at a table: it can change what is written to it")
        fix = msg("find out who made it and what it did, then drop it")
        yield Problem("audit.trigger", what, Place(key=table), found=name, fix=fix)


def _sum(table: Table, rows: Iterator[Mapping[Any, Any]]) -> Sum:
    total = Sum()
    for row in rows:
        total.add(content(row_data(table, row)))
    return total


def _rows_of(connection: Connection, event: int) -> list[list[Any]]:
    """What an event says of rows; nothing where its detail is none of kaohe's."""
    text = connection.scalar(select(_log.c.detail).where(_log.c.seq == event))
    try:
        rows: list[list[Any]] = detail_of(text).get("rows", [])
    except (ValueError, TypeError, AttributeError):
        return []
    return rows


def _told_of(connection: Connection, event: int, table: str, key: Mapping[str, Any]) -> Mapping[str, Any] | None:
    found = [row[3] for row in _rows_of(connection, event) if (row[0], row[1]) == (table, dict(key))]
    return found[-1] if found else None


def _deleted(connection: Connection, digest: bytes, event: int) -> Problem:
    for table, key, _before, _after in _rows_of(connection, event):
        if row_key(table, key) == digest:
            return deleted_row(table, key, event)
    return deleted_row("?", {}, event)
