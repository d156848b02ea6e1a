"""Snapshots of a real PostgreSQL server: by COPY, only the months that changed, and no change in SQL slips through."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
import pyarrow.parquet as pq
import pytest
from tests.unit.records.snapshot_kit import files, from_scratch, months_read, read_by_days, take
from tests.unit.records.store_kit import NOW, SHANGHAI, TYPES, VISIT, hire, put, visit
from tests.unit.records.test_row_streams import AWKWARD

from kaohe.errors import KaoheError
from kaohe.records.batches import undo_batch
from kaohe.records.month_files import read_partitions
from kaohe.records.row_streams import copied, fetched
from kaohe.records.snapshot import organisation_layouts, record_layout
from kaohe.records.store import Store, open_store

JANUARY, MARCH, JUNE = (datetime(2026, month, 15, 4, tzinfo=UTC) for month in (1, 3, 6))
SQL = {
    "insert": "INSERT INTO record_visit (no, at, _batch) VALUES ('9', '2026-08-01T00:00:00Z', 1)",
    "update": "UPDATE record_visit SET at = '2026-09-01T00:00:00Z' WHERE no = '1'",
    "delete": "DELETE FROM record_visit WHERE no = '2'",
    "truncate": "TRUNCATE record_visit",
}


@pytest.fixture
def server(postgresql_url: str, tmp_path: Path) -> Iterator[Store]:
    opened = open_store(postgresql_url, TYPES, folder=tmp_path, patience=1)
    hire(opened, [{"code": "P1", "team": "北", "from": date(2026, 1, 1)}, {"code": "P2"}])
    yield opened
    opened.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "snapshots"


@pytest.fixture
def other(postgresql_url: str) -> Iterator[psycopg.Connection[Any]]:
    """Somebody else at the same database, who does not wait long."""
    with psycopg.connect(postgresql_url, autocommit=True, options="-c lock_timeout=100ms") as connection:
        yield connection


def test_copying_gives_what_the_ordinary_driver_gives(server: Store, tmp_path: Path) -> None:
    put(server, [row for row in AWKWARD if "\0" not in str(row)])
    layouts = [record_layout(VISIT, server.tables["visit"]), *organisation_layouts()]
    asked = [(None, len(AWKWARD)), (frozenset({"0001-01", None}), 15), (frozenset({"9999-12", "1970-01"}), 2)]
    for months, rows in asked:
        with server.reading() as connection:
            one, two = (
                [
                    read_partitions(by(connection), each, months if each.when else None, tmp_path / name, SHANGHAI)
                    for each in layouts
                ]
                for name, by in (("copied", copied), ("fetched", fetched))
            )
        assert [[part.content for part in table] for table in one] == [
            [part.content for part in table] for table in two
        ]
        assert sum(part.rows for part in one[0]) == rows


def test_imports_updates_and_undoing_name_their_months(server: Store, folder: Path) -> None:
    put(server, [visit("1", at=JANUARY), visit("2", at=MARCH), visit("3", at=None)])
    assert months_read(server, folder) == "all"
    before = files(folder)
    batch = put(server, [visit("2", at=JUNE), visit("4", at=JUNE), visit("1", at=JANUARY)], update=True).batch
    assert months_read(server, folder) == {"2026-03", "2026-06"}
    put(server, [visit("5", at=datetime(2026, 4, 30, 16, 30, tzinfo=UTC))])
    assert months_read(server, folder) == {"2026-04", "2026-05"}
    assert batch is not None
    undo_batch(server, batch, NOW)
    assert months_read(server, folder) == {"2026-03", "2026-06"}
    put(server, [visit("1", at=None)], update=True)
    assert months_read(server, folder) == {"2026-01", None}
    assert before.items() <= files(folder).items()


@pytest.mark.parametrize("change", SQL)
def test_a_change_in_sql_is_found_between_imports_too(
    server: Store, folder: Path, other: psycopg.Connection[Any], change: str
) -> None:
    put(server, [visit("1", at=JANUARY), visit("2", at=MARCH)])
    take(server, folder)
    other.execute(SQL[change])
    assert months_read(server, folder) == "all"
    put(server, [visit("6", at=JUNE)])
    other.execute("INSERT INTO record_visit (no, at, _batch) VALUES ('7', NULL, 1)")
    put(server, [visit("8", at=JUNE)])
    assert months_read(server, folder) == "all"
    assert months_read(server, folder) == set()


def test_nothing_slips_in_while_an_import_writes(
    server: Store, folder: Path, other: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from kaohe.records import importing

    put(server, [visit("1", at=JANUARY), visit("2", at=MARCH)])
    take(server, folder)
    merge, refused = importing.merge, []

    def meanwhile(*arguments: Any, **named: Any) -> Any:
        for change in ("insert", "update", "truncate"):
            with pytest.raises(psycopg.errors.LockNotAvailable):
                other.execute(SQL[change])
            refused.append(change)
        merged = merge(*arguments, **named)
        with pytest.raises(psycopg.errors.LockNotAvailable):
            other.execute(SQL["update"])
        return merged

    monkeypatch.setattr(importing, "merge", meanwhile)
    put(server, [visit("6", at=JUNE)])
    assert refused == ["insert", "update", "truncate"]
    assert months_read(server, folder) == {"2026-06"}


def test_what_comes_before_an_import_holds_the_table_is_not_taken_for_the_imports(
    server: Store, folder: Path, other: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from kaohe.records import importing

    put(server, [visit("1", at=JANUARY), visit("2", at=MARCH)])
    take(server, folder)
    begin = importing.begin_batch

    def late(*arguments: Any) -> Any:
        other.execute(SQL["update"])  # the import's transaction has begun, and holds nothing yet
        return begin(*arguments)

    monkeypatch.setattr(importing, "begin_batch", late)
    put(server, [visit("6", at=JUNE)])
    assert months_read(server, folder) == "all"


def test_a_change_that_is_not_committed_yet_belongs_to_the_next_snapshot(
    server: Store, folder: Path, postgresql_url: str
) -> None:
    put(server, [visit("1", at=JANUARY), visit("2", at=MARCH)])
    before = take(server, folder)
    with psycopg.connect(postgresql_url) as open_one:
        open_one.execute(SQL["update"])
        assert take(server, folder).digest == before.digest
        open_one.commit()
    assert months_read(server, folder) == "all"


def test_both_databases_give_one_digest_step_by_step(server: Store, folder: Path, tmp_path: Path) -> None:
    file = open_store("sqlite:///kaohe.db", TYPES, folder=tmp_path)
    hire(file, [{"code": "P1", "team": "北", "from": date(2026, 1, 1)}, {"code": "P2"}])
    steps = [AWKWARD, [visit("1", at=JUNE)], [visit("1.0", at=None, client="x")]]
    for rows in steps:
        for store in (server, file):
            put(store, rows, update=True)
        assert take(server, folder).digest == take(file, tmp_path / "file").digest == from_scratch(server).digest
    file.close()


def test_a_type_that_is_dated_by_days_is_read_by_its_months(postgresql_url: str, tmp_path: Path) -> None:
    assert read_by_days(postgresql_url, tmp_path) == ({"2026-03", "2026-04"}, True)


def test_text_that_begins_with_an_invisible_mark_is_whole(
    server: Store, folder: Path, other: psycopg.Connection[Any]
) -> None:
    """Nobody but a stranger to kaohe writes such a key."""
    put(server, [visit("1")])
    other.execute("UPDATE record_visit SET no = chr(65279) || no")
    (part,) = take(server, folder).partitions("visit")
    assert pq.read_table(part.path).column("no").to_pylist() == ["\ufeff1"]


@pytest.mark.parametrize(
    ("column", "time"), [("at", "infinity"), ("at", "12026-01-01T00:00:00Z"), ("due", "0044-03-15 BC")]
)
def test_a_time_that_no_calendar_here_has_is_told(
    server: Store, folder: Path, other: psycopg.Connection[Any], column: str, time: str
) -> None:
    put(server, [visit("1"), visit("2")])
    other.execute(f"UPDATE record_visit SET {column} = '{time}' WHERE no = '2'")
    with pytest.raises(KaoheError, match=rf"record_visit\.{column}: error \[records\.strange-value\]"):
        take(server, folder)
