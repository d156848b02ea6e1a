"""Which records are new, changed or gone between two snapshots, in the words of a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from tests.unit.records.store_kit import NOW, SHANGHAI, VISIT, put, visit

from kaohe.records import Snapshot, Store, take_snapshot
from kaohe.records.batches import undo_batch
from kaohe.records.comparing import RecordChange, changed_records


def take(store: Store, folder: Path) -> Snapshot:
    return take_snapshot(store, [VISIT], folder, SHANGHAI)


def test_nothing_is_different_between_equal_snapshots(store: Store, tmp_path: Path) -> None:
    put(store, [visit("1"), visit("2")])
    one = take(store, tmp_path)
    assert changed_records(one, take(store, tmp_path), VISIT, store) == ()


def test_each_record_that_came_changed_or_went_is_told_with_its_import(store: Store, tmp_path: Path) -> None:
    first = put(store, [visit("1"), visit("2"), visit("3")]).batch
    other = put(store, [visit("9", at=datetime(2026, 2, 20, tzinfo=UTC))]).batch
    one = take(store, tmp_path)
    moved = visit(
        "2", at=datetime(2026, 3, 5, 1, 0, tzinfo=UTC), amount=200, rating=None, won=False, due=date(2026, 3, 1)
    )
    later = put(store, [moved, visit("4")], update=True).batch
    assert other is not None
    undo_batch(store, other, at=NOW)
    assert first is not None
    found = changed_records(one, take(store, tmp_path), VISIT, store)
    assert found == (
        RecordChange(
            "changed",
            ("2",),
            (
                ("at", "2026-02-01 00:30:00", "2026-03-05 09:00:00"),
                ("due", "2026-02-28", "2026-03-01"),
                ("rating", "8.5", ""),
                ("amount", "1234567.89", "2.00"),
                ("won", "true", "false"),
            ),
            later,
        ),
        RecordChange("new", ("4",), (), later),
        RecordChange("gone", ("9",)),
    )


def test_what_an_undone_import_brought_back_has_no_import_since(store: Store, tmp_path: Path) -> None:
    put(store, [visit("1")])
    wrong = put(store, [visit("1", calls=9)], update=True).batch
    one = take(store, tmp_path)
    assert wrong is not None
    undo_batch(store, wrong, at=NOW)
    (change,) = changed_records(one, take(store, tmp_path), VISIT, store)
    assert change == RecordChange("changed", ("1",), (("calls", "9", "3"),))


def test_a_key_of_a_day_and_a_moment_finds_its_import(store: Store, tmp_path: Path) -> None:
    """The same words come out of the database and out of the snapshot's integers."""
    put(store, [visit("1")])
    one = take(store, tmp_path)
    batch = put(store, [visit("2", at=datetime(2026, 2, 28, 16, 5, 6, tzinfo=UTC), due=date(2026, 3, 2))]).batch
    by_more = replace(VISIT, key=("no", "at", "due", "amount", "won"))
    (change,) = changed_records(one, take(store, tmp_path), by_more, store)
    key = ("2", "2026-03-01 00:05:06", "2026-03-02", "1234567.89", "true")
    assert change == RecordChange("new", key, (), batch)
