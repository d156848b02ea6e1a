"""A whole database into an empty one on PostgreSQL: records, runs and evidence as they are, under the same audit log.

Both end at the same head, so that a head that was written down of the one is found in the other.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    func,
    select,
    text,
)

from kaohe.errors import Exit, Place, Problem, fail
from kaohe.records.audit import append, take_turn
from kaohe.records.audit_rows import MARKS, Sum, content, raw, row_data
from kaohe.records.changes import marked, watch
from kaohe.records.columns import COUNT, type_named
from kaohe.records.connecting import address_of, engine_of
from kaohe.records.copy_target import make_ready
from kaohe.records.core_tables import RecordTypeRow
from kaohe.records.failures import described, guarded, guarded_commit
from kaohe.records.row_fields import CoreTable
from kaohe.records.store import Store, transaction
from kaohe.records.tables import BATCH, RECORDS, Shape, shape_from_data, table_of
from kaohe.text import msg

_AT_ONCE = 5_000  # rows


@dataclass(frozen=True)
class Copied:
    """``label``: the new database as it may be shown; ``rows`` by table; the head at which both logs end."""

    label: str
    rows: dict[str, int]
    number: int
    head: str


def copy_database(
    store: Store,
    url: str,
    at: datetime,
    *,
    patience: float = 60.0,
    progress: Callable[[str], None] = lambda _table: None,
) -> Copied:
    """Copy everything of the store's database; until that is done nobody writes to it.

    Raises KaoheError where the other database is not PostgreSQL, is not empty, or does not hold the same afterwards:
    it is then as empty as before.
    """
    if not url.startswith("postgres"):
        what, fix = msg("a database is copied to PostgreSQL only"), msg("a SQLite file is copied by its backup")
        raise fail(Problem("copy.target", what, expected="postgresql://USER@HOST:PORT/NAME", fix=fix), Exit.USAGE)
    address = address_of(url, Path())
    engine = engine_of(address, patience, who=store.actor.login)
    try:
        with store.writing() as old, guarded(engine.url), engine.connect() as new:
            marked(old, held="remove")
            take_turn(old)
            append(old, at, "database.copy", described(address), {"from": store.label})
            with transaction(new, "write") as copying:
                tables = _make(old, new, described(address))
                rows = {table.name: _copy(old, new, table, progress) for table in tables}
                _count_on(new, tables)
                for table in tables:
                    progress(table.name)
                    _compare(old, new, table)
                number, head = take_turn(new)
                with guarded_commit(engine.url):
                    copying.commit()
    finally:
        engine.dispose()
    return Copied(described(address), rows, number, head)


def _make(old: Connection, new: Connection, label: str) -> list[Table]:
    """Make every table anew, empty; in the order in which they are filled: those that others name before these, the
    marks at the end, for whatever is filled in changes them."""
    make_ready(new, label)
    core = list(CoreTable.metadata.sorted_tables)
    shapes, metadata = table_of(RecordTypeRow), MetaData()
    kept = old.execute(select(shapes.c.name, shapes.c.shape).order_by(shapes.c.name)).all()
    records = [_table(f"{RECORDS}{row.name}", shape_from_data(json.loads(row.shape)), metadata) for row in kept]
    for table in records:
        table.create(new)
        watch(new, table.name)
    last = [table for table in core if table.name == MARKS]
    for table in last:
        new.execute(table.delete())
    return [*(table for table in core if table.name != MARKS), *records, *last]


def _table(name: str, shape: Shape, metadata: MetaData) -> Table:
    """A record type's table by its shape alone: its plugin may be gone."""
    columns = (Column(column, type_named(kind)) for column, kind in shape.columns)
    key = PrimaryKeyConstraint(*shape.key, name=f"pk_{name}")
    return Table(name, metadata, *columns, Column(BATCH, COUNT, nullable=False), key)


def _copy(old: Connection, new: Connection, table: Table, progress: Callable[[str], None]) -> int:
    progress(table.name)
    query = select(*table.columns).execution_options(stream_results=True, yield_per=_AT_ONCE)
    quoted = new.dialect.identifier_preparer.format_table(table)
    named = ", ".join(new.dialect.identifier_preparer.quote(column.name) for column in table.columns)
    driver: Any = new.connection.driver_connection
    count = 0
    with driver.cursor() as cursor, cursor.copy(f"COPY {quoted} ({named}) FROM STDIN") as copy:
        for row in old.execute(query):
            copy.write_row(tuple(row))
            count += 1
    return count


def _count_on(new: Connection, tables: list[Table]) -> None:
    """What the database numbers is numbered on from where the old one was."""
    for table in tables:
        column = table.autoincrement_column
        if column is None:
            continue
        sequence = new.scalar(select(func.pg_get_serial_sequence(table.name, column.name)))
        newest = new.scalar(select(func.max(column)))
        if sequence is not None and newest is not None:
            new.execute(
                text("SELECT setval(CAST(:sequence AS regclass), :newest)"), {"sequence": sequence, "newest": newest}
            )


def _compare(old: Connection, new: Connection, table: Table) -> None:
    """Both hold the same rows, as the audit log would say them."""
    before, after = _summed(old, table), _summed(new, table)
    if (before.rows, before.digest) != (after.rows, after.digest):
        raise fail(
            Problem(
                "copy.differs",
                msg("a table is not the same after it was copied; nothing was kept"),
                Place(key=table.name),
                f"{after.rows:,}: {after.digest}",
                f"{before.rows:,}: {before.digest}",
                msg("see whether anybody changed it outside kaohe: kaohe audit verify"),
            ),
            Exit.ENVIRONMENT,
        )


def _summed(connection: Connection, table: Table) -> Sum:
    total = Sum()
    query = select(*raw(table)).order_by(*table.primary_key)
    rows = iter(connection.execute(query.execution_options(stream_results=True, yield_per=_AT_ONCE)))
    for part in iter(lambda: list(islice(rows, _AT_ONCE)), []):
        for line in _lines(table, part):
            total.add(line)
    return total


def _lines(table: Table, rows: list[Any]) -> Iterator[str]:
    return (content(row_data(table, row._mapping)) for row in rows)
