"""Whatever is changed past kaohe is found: each column of each table, each row taken away, each row added."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import MetaData, Table
from tests.unit.records.auditing.full_kit import TABLES, full
from tests.unit.records.store_kit import TYPES

from kaohe.errors import Problem
from kaohe.records import open_store
from kaohe.records.audit_rows import CHAIN, FACTS, MARKS, REPLAYED, SEALED
from kaohe.records.auditing.verify import Verdict, verify
from kaohe.records.columns import Moment
from kaohe.records.tables import record_table

ALL = [*TABLES.values(), record_table(TYPES["visit"], MetaData())]
COLUMNS = [(table, column.name) for table in ALL for column in table.columns]


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("original")
    full("sqlite:///kaohe.db", folder).close()
    with contextlib.closing(sqlite3.connect(folder / "kaohe.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder / "kaohe.db"


@pytest.fixture
def database(original: Path, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A copy of the full database, opened past kaohe."""
    shutil.copy(original, tmp_path / "kaohe.db")
    with contextlib.closing(sqlite3.connect(tmp_path / "kaohe.db", isolation_level=None)) as connection:
        yield connection


def verdict(folder: Path, known: str | None = None) -> Verdict:
    store = open_store("sqlite:///kaohe.db", {}, folder=folder)
    try:
        return verify(store, known=known)
    finally:
        store.close()


def named(table: Table, found: Verdict) -> list[Problem]:
    """The problems that name the table; the log and its head speak for each other."""
    if table.name == MARKS:
        told = ("audit.facts-changed", "audit.unwatched")
        return [each for each in found.problems if each.code in told or MARKS in str(each.where)]
    wanted = "audit_" if table.name in CHAIN else table.name
    return [each for each in found.problems if wanted in str(each.where)]


def test_every_table_is_guarded_in_one_way() -> None:
    guarded = [*CHAIN, *REPLAYED, *SEALED, *FACTS, MARKS]
    assert sorted(guarded) == sorted(TABLES)


def test_nothing_is_said_of_what_kaohe_wrote_itself_and_every_table_has_a_row(
    database: sqlite3.Connection, tmp_path: Path
) -> None:
    counts = {table.name: database.execute(f'SELECT count(*) FROM "{table.name}"').fetchone()[0] for table in ALL}
    assert not [name for name, count in counts.items() if not count]
    found = verdict(tmp_path)
    assert (found.problems, found.more, found.events) == ((), {}, counts["audit_log"])


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=[f"{table.name}.{name}" for table, name in COLUMNS])
def test_a_changed_column_is_found_and_its_table_named(
    table: Table, column: str, database: sqlite3.Connection, tmp_path: Path
) -> None:
    row, now = database.execute(f'SELECT rowid, "{column}" FROM "{table.name}" ORDER BY rowid DESC LIMIT 1').fetchone()
    kind = table.c[column].type
    new = (
        "2026-05-05T05:05:05.000000Z" if isinstance(kind, Moment)
        else 1 - now if kind.python_type is bool and now is not None
        else (now or 0) + 1 if kind.python_type in (int, bool)
        else b"other" if kind.python_type is bytes
        else f"{now or ''}x"
    )  # fmt: skip
    database.execute(f'UPDATE "{table.name}" SET "{column}" = ? WHERE rowid = ?', (new, row))
    found = verdict(tmp_path)
    assert named(table, found), found


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)
def test_a_row_taken_away_is_found_and_its_table_named(
    table: Table, database: sqlite3.Connection, tmp_path: Path
) -> None:
    database.execute(f'DELETE FROM "{table.name}" WHERE rowid = (SELECT min(rowid) FROM "{table.name}")')
    found = verdict(tmp_path)
    assert named(table, found), found


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)
def test_a_row_added_is_found_and_its_table_named(table: Table, database: sqlite3.Connection, tmp_path: Path) -> None:
    names = [column.name for column in table.columns]
    row = dict(zip(names, database.execute(f'SELECT * FROM "{table.name}"').fetchone(), strict=True))
    for column in table.primary_key:
        row[column.name] = 999 if column.type.python_type is int else "another"
    for column in table.columns:
        if column.unique:
            row[column.name] = "another"
    if table.name == "assignments":
        row["starts"] = "2026-02-02"
    marks = ", ".join("?" * len(row))
    database.execute(f'INSERT INTO "{table.name}" ({", ".join(names)}) VALUES ({marks})', list(row.values()))
    found = verdict(tmp_path)
    assert named(table, found), found
