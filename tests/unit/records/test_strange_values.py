"""What somebody wrote into the database past kaohe and no column can hold is refused, and nothing is made of it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.unit.records.snapshot_kit import take
from tests.unit.records.store_kit import NOW, put, stored, visit

from kaohe.errors import Exit, KaoheError
from kaohe.records import snapshot
from kaohe.records.batches import undo_batch
from kaohe.records.store import Store

STRANGE = {
    "calls = 1.5": "calls",
    "amount = amount * 1.1 + 0.3": "amount",
    "amount = 1e300": "amount",
    "calls = 'many'": "calls",
    "won = 2": "won",
    "client = x'3132'": "client",
    "client = CAST(client AS BLOB)": "client",
    "due = CAST(due AS BLOB)": "due",
    "calls = CAST(calls AS BLOB)": "calls",
    "client = CAST(x'ff' AS TEXT)": "client",
    "at = '2026-02-30T00:00:00Z'": "at",
    "at = '2026-01-05 08:00:00'": "at",
    "at = '9999-12-31T23:59:59.000000Z'": "at",
    "due = '2026-2-3'": "due",
    "due = 20260203": "due",
}


@pytest.mark.parametrize("change", STRANGE)
def test_a_value_that_no_column_can_hold_is_told_and_not_rounded(store: Store, tmp_path: Path, change: str) -> None:
    put(store, [visit("1"), visit("2"), visit("3")])
    with closing(sqlite3.connect(tmp_path / "kaohe.db")) as other, other:
        other.execute(f"UPDATE record_visit SET {change} WHERE no = '2'")
    with pytest.raises(KaoheError) as refused:
        take(store, tmp_path / "snapshots")
    (problem,) = refused.value.problems
    assert problem.code == "records.strange-value"
    assert problem.where.key == f"record_visit.{STRANGE[change]}"
    assert refused.value.exit_code is Exit.ENVIRONMENT
    assert not list((tmp_path / "snapshots").glob("manifest-*"))


@pytest.mark.parametrize("arrow", [False, True])
def test_bytes_in_the_place_of_text_are_refused_with_the_records_key(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arrow: bool
) -> None:
    if arrow:
        monkeypatch.setattr(snapshot, "_MANY", 0)
    put(store, [visit("1"), visit("2", client="中文"), visit("3")])
    with closing(sqlite3.connect(tmp_path / "kaohe.db")) as other, other:
        other.execute("UPDATE record_visit SET client = CAST(client AS BLOB) WHERE no = '2'")
    with pytest.raises(KaoheError) as refused:
        take(store, tmp_path / "snapshots")
    assert str(refused.value.problems[0].found) == "binary, string, in the record 2"
    assert "位于记录 2" in refused.value.problems[0].render("zh_CN")


@pytest.mark.parametrize("change", STRANGE)
def test_arrows_driver_tells_the_same(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    monkeypatch.setattr(snapshot, "_MANY", 0)
    test_a_value_that_no_column_can_hold_is_told_and_not_rounded(store, tmp_path, change)


def test_a_whole_number_is_one_however_it_was_written(store: Store, tmp_path: Path) -> None:
    put(store, [visit("1", calls=4)])
    before = take(store, tmp_path / "snapshots").digest
    with closing(sqlite3.connect(tmp_path / "kaohe.db")) as other, other:
        other.execute("UPDATE record_visit SET calls = 4.0")
    assert take(store, tmp_path / "snapshots").digest == before


def test_undoing_puts_back_what_was_there_or_nothing(store: Store, tmp_path: Path) -> None:
    put(store, [visit("1", calls=4)])
    with closing(sqlite3.connect(tmp_path / "kaohe.db")) as other, other:
        other.execute("UPDATE record_visit SET calls = 1.5")
    batch = put(store, [visit("1", calls=5)], update=True).batch
    assert batch is not None
    with pytest.raises(KaoheError, match=r"record_visit\.calls: error \[records\.strange-value\]"):
        undo_batch(store, batch, NOW)
    assert stored(store)[0][6] == 5
