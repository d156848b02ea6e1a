"""Rows come out of SQLite by two drivers: to the last byte the same, and never by both at once."""

from __future__ import annotations

import sqlite3
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from tests.unit.records.snapshot_kit import from_scratch, take
from tests.unit.records.store_kit import FULL, SHANGHAI, VISIT, put, visit

from kaohe.records import month_files, snapshot, sqlite_arrow
from kaohe.records.columnar import Layout
from kaohe.records.month_files import read_partitions
from kaohe.records.row_streams import fetched, query_text
from kaohe.records.snapshot import organisation_layouts, record_layout
from kaohe.records.sqlite_arrow import UnsuitableError, arrow_file
from kaohe.records.sqlite_door import CountedConnection, alone_with
from kaohe.records.store import Store

EMPTY = dict.fromkeys(FULL)
# What drivers trip over: nothing but NULL in the first rows, texts that look like numbers or like nothing, the ends of
# ranges, and microseconds of any length.
AWKWARD: list[dict[str, Any]] = [
    *({"no": f"00{number}", **EMPTY} for number in range(8)),
    {"no": "1", **EMPTY, "client": "007", "kind": "1e3", "agent": "P1"},
    {"no": "1.0", **EMPTY, "client": "", "kind": "NULL"},
    {"no": "-5", **EMPTY, "client": '"', "kind": "a,b\r\nc\td\\N"},
    {"no": "\\.", **EMPTY, "client": "null", "kind": "'"},
    {"no": "甲", **EMPTY, "client": "é", "kind": "e\u0301\U0001f600"},
    {"no": " ", **EMPTY, "calls": 2**63 - 1, "amount": -(2**63), "rating": 0, "won": False},
    {"no": "t", **EMPTY, "won": True, "due": date(1, 1, 1), "at": datetime(1, 1, 3, tzinfo=UTC)},
    {"no": "f", **EMPTY, "due": date(9999, 12, 31), "at": datetime(9999, 12, 29, 23, 59, 59, 999_999, tzinfo=UTC)},
    {"no": "x", **EMPTY, "at": datetime(1969, 12, 31, 23, 59, 59, 500_000, tzinfo=UTC), "due": date(1970, 1, 1)},
    {"no": "y", **EMPTY, "at": datetime(2026, 1, 31, 16, 0, 0, 1, tzinfo=UTC) - timedelta(microseconds=2)},
]


@pytest.fixture
def layout(store: Store) -> Layout:
    return record_layout(VISIT, store.tables["visit"])


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Arrow's driver brings four rows at a time, and reads small tables too."""
    monkeypatch.setattr(sqlite_arrow, "_ROWS_AT_ONCE", {"adbc.sqlite.query.batch_rows": "4"})
    monkeypatch.setattr(snapshot, "_MANY", 0)


def database(store: Store) -> Path:
    return Path(store.engine.url.database or "")


@pytest.mark.usefixtures("few")
def test_both_drivers_give_the_same_bytes(store: Store, layout: Layout, tmp_path: Path) -> None:
    put(store, AWKWARD)
    with store.reading() as connection:
        ordinary = [
            read_partitions(fetched(connection), each, None, tmp_path / "ordinary", SHANGHAI)
            for each in (layout, *organisation_layouts())
        ]
    (tmp_path / "arrow").mkdir()
    with arrow_file(database(store)) as file:
        assert file is not None
        arrow = [
            read_partitions(file.stream, each, None, tmp_path / "arrow", SHANGHAI)
            for each in (layout, *organisation_layouts())
        ]
    assert [[part.content for part in table] for table in arrow] == [
        [part.content for part in table] for table in ordinary
    ]
    assert [part.month for part in arrow[0]] == ["0001-01", "1970-01", "2026-01", "9999-12", None]
    assert sum(part.rows for part in arrow[0]) == len(AWKWARD)


@pytest.mark.usefixtures("few")
def test_months_come_out_alike_by_both_drivers(store: Store, layout: Layout, tmp_path: Path) -> None:
    put(store, AWKWARD)
    for number, months in enumerate([{"0001-01"}, {"9999-12", None}, {None}, {"1970-01", "2026-01"}, {"2030-01"}]):
        found = []
        with store.reading() as connection:
            found.append(read_partitions(fetched(connection), layout, frozenset(months), tmp_path / "o", SHANGHAI))
        with arrow_file(database(store)) as file:
            assert file is not None
            found.append(read_partitions(file.stream, layout, frozenset(months), tmp_path / f"a{number}", SHANGHAI))
        assert [part.content for part in found[0]] == [part.content for part in found[1]]
        assert {part.month for part in found[0]} == months - {"2030-01"}


@pytest.mark.usefixtures("few")
def test_text_with_a_zero_in_it_is_whole_or_left_to_the_ordinary_driver(store: Store, tmp_path: Path) -> None:
    put(store, [visit("1", client="a\0b"), visit("2")])
    taken = take(store, tmp_path / "arrow")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(snapshot, "_MANY", 10)
        assert from_scratch(store).digest == taken.digest


@pytest.mark.usefixtures("few")
def test_without_arrows_driver_the_snapshot_is_the_same(store: Store, tmp_path: Path) -> None:
    put(store, AWKWARD)
    taken = take(store, tmp_path / "one")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "adbc_driver_sqlite", None)
        patch.setitem(sys.modules, "adbc_driver_sqlite.dbapi", None)
        with arrow_file(database(store)) as file:
            assert file is None
        assert take(store, tmp_path / "two").digest == taken.digest


@pytest.mark.usefixtures("few")
def test_what_arrows_driver_cannot_read_is_left_to_the_ordinary_one(store: Store, tmp_path: Path) -> None:
    put(store, AWKWARD)
    expected = from_scratch(store).digest
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite_arrow.ArrowFile, "stream", lambda *_: (_ for _ in ()).throw(UnsuitableError("no")))
        assert take(store, tmp_path / "one").digest == expected


@pytest.mark.usefixtures("few")
def test_a_number_in_a_column_of_text_and_text_in_one_of_numbers_do_not_suit(store: Store, layout: Layout) -> None:
    put(store, [visit(str(number)) for number in range(12)])
    with store.writing() as connection:
        connection.exec_driver_sql("UPDATE record_visit SET calls = 'many' WHERE no = '9'")
    with arrow_file(database(store)) as file:
        assert file is not None
        with pytest.raises(UnsuitableError):
            list(file.stream(layout, None))


@pytest.mark.usefixtures("few")
def test_what_changes_while_the_file_is_opened_a_second_time_is_in_the_snapshot(store: Store, tmp_path: Path) -> None:
    put(store, [visit("1")])
    asked: list[int] = []
    marks = sqlite_arrow.ArrowFile.marks

    def meanwhile(file: sqlite_arrow.ArrowFile) -> dict[str, int]:
        if not asked:
            other = sqlite3.connect(database(store))
            with other:
                other.execute("INSERT INTO record_visit (no, _batch) VALUES ('2', 1)")
            other.close()
        asked.append(1)
        return marks(file)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite_arrow.ArrowFile, "marks", meanwhile)
        taken = take(store, tmp_path / "one")
    assert len(asked) == 2
    assert taken.records["visit"].rows == 2
    assert taken.digest == from_scratch(store).digest


@pytest.mark.usefixtures("few")
def test_beside_an_ordinary_connection_the_ordinary_driver_reads(store: Store, tmp_path: Path) -> None:
    put(store, AWKWARD)
    with store.reading(), arrow_file(database(store)) as file:
        assert file is None
    with store.reading(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite_arrow.ArrowFile, "__init__", lambda *_: pytest.fail("two copies on one file"))
        taken = take(store, tmp_path / "one")
    assert taken.digest == from_scratch(store).digest


def test_whoever_wants_an_ordinary_connection_waits_until_arrows_driver_is_done(store: Store) -> None:
    file = database(store)
    started, opened = Event(), Event()

    def want() -> None:
        started.set()
        with store.reading():
            opened.set()

    with alone_with(file) as free:
        assert free
        thread = Thread(target=want)
        thread.start()
        started.wait(10)
        assert not opened.is_set()
        with alone_with(file) as again:
            assert not again
        with pytest.raises(RuntimeError, match="in this very thread"):
            sqlite3.connect(file, factory=CountedConnection)
    thread.join(10)
    assert opened.is_set()


def test_a_connection_that_could_not_be_made_is_not_counted(tmp_path: Path) -> None:
    file = tmp_path / "none" / "x.db"
    with pytest.raises(sqlite3.OperationalError):
        sqlite3.connect(file, factory=CountedConnection)
    connection = sqlite3.connect(tmp_path / "x.db", factory=CountedConnection)
    connection.close()
    connection.close()
    for each in (file, tmp_path / "x.db"):
        with alone_with(each) as free:
            assert free


def test_rows_that_are_too_many_for_the_memory_wait_in_files(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, AWKWARD)
    expected = take(store, tmp_path / "memory")
    monkeypatch.setattr(month_files, "_MOST", 1)
    monkeypatch.setattr("kaohe.records.row_streams._ROWS", 3)
    taken = take(store, tmp_path / "files")
    assert taken.digest == expected.digest
    assert list((tmp_path / "files").glob(".rows-*")) == []


def test_nothing_waits_any_more_after_a_fault(
    store: Store, layout: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stream(*_: object) -> Any:
        with store.reading() as connection:
            yield from fetched(connection)(layout, None)
        raise UnsuitableError("no")

    put(store, AWKWARD)
    monkeypatch.setattr(month_files, "_MOST", 1)
    with pytest.raises(UnsuitableError):
        read_partitions(stream, layout, None, tmp_path, SHANGHAI)
    assert list(tmp_path.glob(".rows-*")) == []


def test_nothing_waits_any_more_where_the_disk_is_full_to_the_end(
    store: Store, layout: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full:
        """A file that cannot even be closed."""

        def __init__(self, path: str, _schema: object) -> None:
            Path(path).write_bytes(b"rows of people")

        def write_table(self, _table: object) -> None:
            raise OSError(28, "No space left on device")

        def close(self) -> None:
            raise OSError(28, "No space left on device")

    put(store, AWKWARD)
    monkeypatch.setattr(month_files, "_MOST", 1)
    monkeypatch.setattr("kaohe.records.month_files.pa.ipc.new_stream", Full)
    with store.reading() as connection, pytest.raises(OSError, match="No space"):
        read_partitions(fetched(connection), layout, None, tmp_path, SHANGHAI)
    assert list(tmp_path.glob(".rows-*")) == []


def test_a_query_names_days_and_nothing_else(store: Store, layout: Layout) -> None:
    text = query_text(layout, frozenset({"2025-12", "2026-01", "2026-03", None}), store.engine.dialect)
    assert text.split("WHERE ")[1] == (
        "record_visit.at IS NULL OR record_visit.at >= '2025-11-29' AND record_visit.at < '2026-02-03' "
        "OR record_visit.at >= '2026-02-27' AND record_visit.at < '2026-04-03'"
    )
