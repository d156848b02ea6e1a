"""Rows on their way in: where they wait, and that nothing of them stays behind."""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.unit.records.store_kit import NOW, VISIT, put, readings, stored, visit

from kaohe.records import passing, sqlite_stage
from kaohe.records.batches import Source
from kaohe.records.columns import moment_text
from kaohe.records.importing import import_rows
from kaohe.records.key_order import KeyOrder
from kaohe.records.rows import Reading
from kaohe.records.sqlite_texts import moment_texts
from kaohe.records.staging import Stage
from kaohe.records.store import Store


@pytest.fixture
def apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every row goes into the file beside the database."""
    monkeypatch.setattr(passing, "_AT_ONCE", 1)
    monkeypatch.setattr(sqlite_stage, "_FEW", 0)


def folders(store: Store) -> list[Path]:
    return [*Path(store.engine.url.database or "").parent.glob(".kaohe.db-import-*")]


ROWS = [
    visit("1"),
    visit("2", agent=None, client="", kind=None, at=None, due=None, calls=-1, rating=None, amount=0, won=False),
    visit("10", client="客户 'x'\n\"y\"", at=datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=UTC), due=date(1900, 1, 1)),
]


def test_rows_arrive_the_same_whichever_way_they_took(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    put(store, ROWS)
    expected = [row[:-1] for row in stored(store)]
    assert [row[0] for row in expected] == ["1", "10", "2"]
    for driver in (sqlite_stage._arrow_driver, lambda: None):
        with store.writing() as connection:
            connection.execute(store.tables["visit"].delete())
        monkeypatch.setattr(passing, "_AT_ONCE", 1)
        monkeypatch.setattr(sqlite_stage, "_FEW", 0)
        monkeypatch.setattr(sqlite_stage, "_arrow_driver", driver)
        put(store, ROWS)
        assert [row[:-1] for row in stored(store)] == expected


@pytest.mark.usefixtures("apart")
def test_repeats_contradictions_and_replacements_are_found_in_the_file_apart(store: Store) -> None:
    first = put(store, [visit("2"), visit("1"), visit("2"), visit("1", amount=5)])
    assert (first.counts.added, first.counts.unchanged, [each.row for each in first.rejected]) == (2, 1, [5])
    again = put(store, [visit("1", amount=7), visit("3")], update=True)
    assert (again.counts.added, again.counts.replaced) == (1, 1)
    assert [(row[0], row[8]) for row in stored(store)] == [("1", 7), ("2", 123_456_789), ("3", 123_456_789)]


@pytest.mark.usefixtures("apart")
def test_while_a_file_is_read_its_rows_are_in_a_folder_that_only_the_owner_may_enter(store: Store) -> None:
    seen: list[Path] = []

    def read() -> Iterator[Reading]:
        for reading in readings([visit(str(number)) for number in range(4)]):
            yield reading
            seen.extend(folders(store))

    source = Source("visits.csv", "ab" * 32)
    assert import_rows(store, VISIT, read, source, handed_in=NOW).counts.added == 4
    assert len(set(seen)) == 1
    assert folders(store) == []


@pytest.mark.usefixtures("apart")
def test_the_folder_is_private_and_goes_when_reading_fails(store: Store) -> None:
    modes: list[int] = []

    def read() -> Iterator[Reading]:
        yield from readings([visit("1"), visit("2")])
        modes.extend(stat.S_IMODE(folder.stat().st_mode) for folder in folders(store))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_rows(store, VISIT, read, Source("visits.csv", "ab" * 32), handed_in=NOW)
    assert modes == [0o700]
    assert (folders(store), stored(store)) == ([], [])


def test_what_a_killed_import_left_goes_with_the_next_one_but_not_what_another_still_uses(store: Store) -> None:
    folder = Path(store.engine.url.database or "").parent
    left, used = (folder / f".kaohe.db-import-{name}" for name in ("left", "used"))
    for each in (left, used):
        each.mkdir()
        (each / "rows.db").write_bytes(b"names of people")
    mark = os.open(used, os.O_RDONLY)
    try:
        fcntl.flock(mark, fcntl.LOCK_EX)
        put(store, [visit("1")])
        assert folders(store) == [used]
    finally:
        os.close(mark)


def test_keys_that_come_after_all_stored_ones_are_added_and_an_equal_one_is_compared(store: Store) -> None:
    put(store, [visit("1"), visit("2")])
    assert put(store, [visit("3"), visit("4")]).counts.added == 2
    met = put(store, [visit("4", amount=1), visit("5")])
    assert (met.counts.added, met.counts.quarantined) == (1, 1)


def order(*batches: list[Any], second: list[Any] | None = None) -> bool:
    seen = KeyOrder(["key", "more"] if second else ["key"])
    for keys in batches:
        seen.see(pa.RecordBatch.from_pydict({"key": keys, **({"more": second} if second else {})}))
    return seen.ascending


def test_order_is_that_of_bytes_within_and_between_batches() -> None:
    assert order(["1", "10", "2"], ["3", "é", "王", "😀"])
    assert not order(["1", "2"], ["2", "3"])
    assert not order(["1", "2", "2"])
    assert not order(["2", "10", "3"])
    assert not order(["1", None])
    assert order(["1", "1", "2"], second=[1, 2, 0])
    assert not order(["1", "1", "2"], second=[2, 2, 3])


def test_columns_of_moments_become_the_text_that_single_moments_have() -> None:
    start = datetime(1900, 1, 1, tzinfo=UTC)
    moments = [
        None, start, start + timedelta(days=109_571, microseconds=-1), datetime(1969, 12, 31, 23, 59, 59, 999_999, UTC),
        datetime(2026, 1, 5, 8, 30, tzinfo=UTC), None,
    ]  # fmt: skip
    for part in (moments, moments[4:], moments[:1], []):
        texts = moment_texts(pa.array(part, pa.timestamp("us", "UTC")))
        assert texts.to_pylist() == [None if moment is None else moment_text(moment) for moment in part]


def test_whoever_is_named_is_known_however_many_parts_the_rows_come_in(store: Store, monkeypatch) -> None:
    monkeypatch.setattr(passing, "_AT_ONCE", 1)
    monkeypatch.setattr(passing, "_PARTS", 3)
    with store.connected() as connection, Stage(connection, store.tables["visit"], ["agent"], named=["agent"]) as stage:
        assert stage.named == {"agent": set()}
        with stage.filling():
            for names in (["a", "b"], ["b", None], ["c"], ["a"], [None], ["d", "d"], ["e"]):
                stage.add(pa.record_batch([pa.array(names, pa.string())], ["agent"]))
        assert stage.named == {"agent": set("abcde")}
