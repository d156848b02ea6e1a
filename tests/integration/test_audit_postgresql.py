"""The audit log on a real PostgreSQL server: what is changed past kaohe is found, and many writers make one chain."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, MetaData, Table, func, select, update
from sqlalchemy.exc import IntegrityError
from tests.unit.records.auditing.full_kit import TABLES, full
from tests.unit.records.auditing.test_tampering import named
from tests.unit.records.auditing.test_verify import EACH, WRITERS, _write, write_from_elsewhere
from tests.unit.records.store_kit import NOW, TYPES, put, visit

from kaohe.records import Store
from kaohe.records.auditing.verify import verify, verify_within
from kaohe.records.batches import undo_batch
from kaohe.records.columns import Moment
from kaohe.records.tables import record_table

ALL = [*TABLES.values(), record_table(TYPES["visit"], MetaData())]


@pytest.fixture
def store(postgresql_url: str, tmp_path: Path) -> Store:
    return full(postgresql_url, tmp_path)


def tampered(connection: Connection, statement: Any, table: Table) -> bool:
    """Whether a change is found, or refused by the database itself; it is taken back."""
    point = connection.begin_nested()
    try:
        assert connection.execute(statement).rowcount > 0, table.name
        return bool(named(table, verify_within(connection, None, lambda _events: None)))
    except IntegrityError:
        return True
    finally:
        point.rollback()


def test_every_change_past_kaohe_is_found(store: Store) -> None:
    missed = []
    with store.connected() as connection, connection.begin():
        for table in ALL:
            first = next(iter(table.primary_key))
            one = first == connection.scalar(select(func.min(first)))
            if not tampered(connection, table.delete().where(one), table):
                missed.append(table.name)
            for column in table.columns:
                row = update(table).where(one).values({column.name: _other(column)})
                if not tampered(connection, row, table):
                    missed.append(f"{table.name}.{column.name}")
        assert verify_within(connection, None, lambda _events: None).sound
    assert missed == []


def _other(column: Any) -> Any:
    if isinstance(column.type, Moment):
        return NOW.replace(year=1999)
    kind = column.type.python_type
    if kind is bool:
        return ~column if not column.nullable else func.coalesce(~column, True)
    if kind is int:
        return func.coalesce(column, 0) + 1
    return {str: "something else", bytes: b"other"}.get(kind, NOW.date().replace(year=1999))


def test_what_kaohe_does_itself_is_no_finding(store: Store) -> None:
    put(store, [visit("1", amount=7), visit("3")], update=True)
    undo_batch(store, 5, NOW)
    assert verify(store).problems == ()


def test_threads_and_processes_that_write_at_once_make_one_chain(
    store: Store, postgresql_url: str, tmp_path: Path
) -> None:
    before = verify(store).events
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(lambda writer: _write(store, writer), range(WRITERS)))
    with get_context("spawn").Pool(3) as processes:
        processes.starmap(write_from_elsewhere, [(postgresql_url, str(tmp_path), number) for number in range(3)])
    found = verify(store)
    assert (found.problems, found.events) == ((), before + (WRITERS + 3) * EACH)


def test_triggers_and_rules_that_are_none_of_kaohes_are_found(store: Store) -> None:
    with store.writing() as connection:
        connection.exec_driver_sql("CREATE RULE hush AS ON UPDATE TO postings DO INSTEAD NOTHING")
        connection.exec_driver_sql(
            "CREATE TRIGGER kaohe_changed AFTER INSERT ON payments FOR EACH STATEMENT EXECUTE FUNCTION "
            "kaohe_note_change()"
        )
    found = [(each.code, each.where.key, each.found) for each in verify(store).problems]
    assert found == [("audit.trigger", "payments", "kaohe_changed"), ("audit.trigger", "postings", "rule hush")]
