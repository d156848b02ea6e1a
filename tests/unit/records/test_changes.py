"""Changes made in SQL, past kaohe: the next snapshot sees them, and reads nothing else again."""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.scenarios.desk import Desk
from tests.tiny import evaluated
from tests.unit.records.store_kit import SHANGHAI, VISIT, field, hire, put, visit

from kaohe.records import Snapshot, take_snapshot
from kaohe.records.columnar import Layout
from kaohe.records.month_files import read_partitions
from kaohe.records.store import Store, open_store

SPAN = ("person", "starts", "fraction", "attributes", "_batch")
# By the table; each statement changes what the one before it left.
BEHIND_OUR_BACK = {
    "visit": [
        "UPDATE record_visit SET amount = amount + 1 WHERE no = '1'",
        "INSERT INTO record_visit (no, agent, _batch) VALUES ('9', 'P1', 1)",
        "DELETE FROM record_visit WHERE no = '2'",
        "DELETE FROM record_visit",
    ],
    "people": [
        "UPDATE people SET name = 'Li' WHERE code = 'P1'",
        "INSERT INTO people (code, name, _batch) VALUES ('P9', 'Li', 1)",
        "DELETE FROM people WHERE code = 'P9'",
    ],
    "teams": [
        "UPDATE teams SET name = '南' WHERE code = '北'",
        "INSERT INTO teams (code, name, _batch) VALUES ('西', '西', 1)",
        "DELETE FROM teams WHERE code = '西'",
    ],
    "assignments": [
        "UPDATE assignments SET bonus_base = 5",
        f"INSERT INTO assignments ({', '.join(SPAN)}) VALUES ('P1', '2026-01-01', 1, '{{}}', 1)",
        "DELETE FROM assignments WHERE fraction = 1",
    ],
}


def tables_read(store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Snapshot, list[str]]:
    """A new snapshot, and the tables that the database was asked for."""
    asked = []

    def noted(stream: Any, layout: Layout, *rest: Any) -> Any:
        asked.append(layout.table.name)
        return read_partitions(stream, layout, *rest)

    with monkeypatch.context() as patch:
        patch.setattr("kaohe.records.snapshot.read_partitions", noted)
        return take_snapshot(store, [VISIT], folder, SHANGHAI), asked


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "snapshots"


def fill(store: Store) -> None:
    hire(store, [{"code": "P2", "team": "北", "from": date(2026, 1, 1)}])
    put(store, [visit("1"), visit("2")])


@pytest.mark.parametrize("name", BEHIND_OUR_BACK)
def test_a_change_made_by_hand_is_seen_and_only_that_table_read_again(
    store: Store, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    fill(store)
    before = take_snapshot(store, [VISIT], folder, SHANGHAI)
    for statement in BEHIND_OUR_BACK[name]:
        with contextlib.closing(sqlite3.connect(tmp_path / "kaohe.db")) as other, other:
            other.execute(statement)
        after, asked = tables_read(store, folder, monkeypatch)
        assert after.digest != before.digest, statement
        assert asked == [f"record_{name}" if name == "visit" else name]
        assert tables_read(store, folder, monkeypatch) == (after, [])
        before = after


def test_the_next_evaluation_follows_a_change_made_by_hand(tiny: Desk) -> None:
    before, _number = evaluated(tiny)
    with contextlib.closing(sqlite3.connect(tiny.workspace / "kaohe.db")) as other, other:
        other.execute("UPDATE record_ticket SET resolved_at = opened_at WHERE no = 'T04'")
    after, _number = evaluated(tiny)
    assert after.snapshot != before.snapshot
    assert after.appraisal.points["in_time"].tolist() != before.appraisal.points["in_time"].tolist()


def test_a_table_that_was_never_imported_into_is_seen_too(
    empty_store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = take_snapshot(empty_store, [VISIT], folder, SHANGHAI)
    assert tables_read(empty_store, folder, monkeypatch) == (before, [])
    put(empty_store, [{"no": "1"}])
    with empty_store.writing() as connection:
        connection.exec_driver_sql("INSERT INTO people (code, name, _batch) VALUES ('P1', 'Li', 1)")
    assert take_snapshot(empty_store, [VISIT], folder, SHANGHAI).organisation != before.organisation


def test_a_change_that_was_taken_back_is_no_change(
    store: Store, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store)
    before = take_snapshot(store, [VISIT], folder, SHANGHAI)
    with contextlib.closing(sqlite3.connect(tmp_path / "kaohe.db", isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("DELETE FROM record_visit")
        other.execute("ROLLBACK")
    assert tables_read(store, folder, monkeypatch) == (before, [])
    with store.writing() as connection:
        connection.exec_driver_sql("UPDATE record_visit SET amount = amount + 1")
        connection.exec_driver_sql("UPDATE record_visit SET amount = amount - 1")
    # Read again, for who could know; and found to be the same.
    assert tables_read(store, folder, monkeypatch) == (before, ["record_visit"])


def test_a_database_from_a_backup_that_was_changed_otherwise_is_seen(
    store: Store, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store)
    take_snapshot(store, [VISIT], folder, SHANGHAI)
    file = tmp_path / "kaohe.db"
    digests = set()
    with contextlib.closing(sqlite3.connect(":memory:")) as backup:
        with contextlib.closing(sqlite3.connect(file)) as now:
            now.backup(backup)
        for amount in (1, 2):
            with contextlib.closing(sqlite3.connect(file)) as now:
                backup.backup(now)
                with now:
                    now.execute("UPDATE record_visit SET amount = ?", [amount])
            digests.add(take_snapshot(store, [VISIT], folder, SHANGHAI).digest)
    assert len(digests) == 2


def test_a_table_that_gained_a_field_is_still_watched(store: Store, folder: Path, tmp_path: Path) -> None:
    fill(store)
    grown = replace(VISIT, fields=(*VISIT.fields, field("mood", "integer")))
    after = open_store("sqlite:///kaohe.db", {"visit": grown}, folder=tmp_path)
    before = take_snapshot(after, [grown], folder, SHANGHAI).digest
    with after.writing() as connection:
        connection.exec_driver_sql("UPDATE record_visit SET mood = 1")
    assert take_snapshot(after, [grown], folder, SHANGHAI).digest != before
    after.close()
