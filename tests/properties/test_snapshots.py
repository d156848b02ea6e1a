"""Snapshots against themselves: whatever happened in between, the next one says what one from scratch says; and
whatever is collected, nothing that is needed goes."""

from __future__ import annotations

import contextlib
import sqlite3
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.records.snapshot_kit import files, from_scratch, noted, take
from tests.unit.records.store_kit import NOW, TYPES, hire, put

from kaohe.records import Snapshot
from kaohe.records.batches import undo_batch
from kaohe.records.keeping import open_kept
from kaohe.records.store import Store, open_store
from kaohe.run.stored.collecting import collect
from kaohe.run.stored.kept import keep_texts

START = datetime(2026, 1, 1, tzinfo=UTC)
LATER = datetime(2100, 1, 1, tzinfo=UTC)
# Four months, with hours before and after midnight of the first in Shanghai and in UTC among them.
MOMENTS = st.one_of(
    st.none(),
    st.integers(0, 119).map(lambda days: START + timedelta(days=days, hours=4)),
    st.sampled_from(
        [START + timedelta(days=days, hours=hour) for days in (30, 31, 58, 59) for hour in (15, 16, 23, 24)]
    ),
)
ROWS = st.lists(
    st.fixed_dictionaries({"no": st.sampled_from("abcdefgh"), "at": MOMENTS, "amount": st.integers(0, 2)}),
    min_size=1,
    max_size=4,
    unique_by=lambda row: row["no"],
)
SQL = st.sampled_from(
    [
        "INSERT OR IGNORE INTO record_visit (no, at, _batch) VALUES ('sql', '2026-02-10T00:00:00.000000Z', 1)",
        "UPDATE record_visit SET at = '2026-03-10T00:00:00.000000Z' WHERE no IN ('a', 'sql')",
        "UPDATE record_visit SET at = NULL WHERE no = 'b'",
        "DELETE FROM record_visit WHERE no IN ('c', 'sql')",
        "UPDATE record_visit SET amount = amount",
    ]
)
STEP = st.one_of(
    st.tuples(st.just("import"), ROWS),
    st.tuples(st.just("update"), ROWS),
    st.tuples(st.just("undo"), st.none()),
    st.tuples(st.just("sql"), SQL),
    st.tuples(st.just("take"), st.none()),
)


@cache
def _beginning() -> bytes:
    """A database that knows one person; to make one takes longer than all that happens to it here."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store("sqlite:///kaohe.db", TYPES, folder=Path(folder))
        hire(store, [{"code": "P1"}])
        store.close()
        return (Path(folder) / "kaohe.db").read_bytes()


class History:
    """A store to which one thing after another happens."""

    def __init__(self, folder: Path) -> None:
        (folder / "kaohe.db").write_bytes(_beginning())
        self.store = open_store("sqlite:///kaohe.db", TYPES, folder=folder)
        self.database, self.folder = folder / "kaohe.db", folder / "snapshots"
        self._batches: list[int] = []

    def happen(self, step: str, what: Any) -> None:
        match step:
            case "import" | "update":
                if (batch := put(self.store, what, update=step == "update").batch) is not None:
                    self._batches.append(batch)
            case "undo":
                if self._batches:
                    undo_batch(self.store, self._batches.pop(), NOW)
            case "sql":
                with contextlib.closing(sqlite3.connect(self.database)) as other, other:
                    other.execute(what)


def stored(store: Store) -> dict[str, tuple[Any, ...]]:
    table = store.tables["visit"]
    with store.reading() as connection:
        return {row.no: (row.at, row.amount, row.client) for row in connection.execute(table.select())}


@settings(max_examples=25, deadline=None)
@given(st.lists(STEP, max_size=8))
def test_the_next_snapshot_says_what_one_from_scratch_says_and_rewrites_no_file(
    steps: Sequence[tuple[str, Any]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        history = History(Path(folder))
        for step, what in [*steps, ("take", None)]:
            history.happen(step, what)
            if step == "take":
                before = files(history.folder)
                taken = take(history.store, history.folder)
                assert taken.digest == from_scratch(history.store).digest
                assert before.items() <= files(history.folder).items()
        history.store.close()


@settings(max_examples=25, deadline=None)
@given(st.lists(STEP.filter(lambda step: step[0] != "sql"), min_size=1, max_size=5))
def test_without_changes_in_sql_nothing_is_read_but_the_months_of_rows_that_changed(
    steps: Sequence[tuple[str, Any]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        history = History(Path(folder))
        put(history.store, [{"no": "seed", "at": START}])
        take(history.store, history.folder)
        before = stored(history.store)
        for step, what in steps:
            if step != "take":
                history.happen(step, what)
        with noted() as read:
            taken = take(history.store, history.folder)
        months = read.get("record_visit", frozenset())
        assert months is not None
        after = stored(history.store)
        changed = {no for no in before.keys() | after.keys() if before.get(no) != after.get(no)}
        dates = {rows[no][0] for rows in (before, after) for no in changed if no in rows}
        shanghai = {None if at is None else f"{at + timedelta(hours=8):%Y-%m}" for at in dates}
        assert shanghai <= months
        assert taken.digest == from_scratch(history.store).digest
        history.store.close()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.one_of(STEP, st.tuples(st.sampled_from(["keep", "collect"]), st.none())), max_size=12))
def test_no_history_of_runs_and_collects_loses_what_is_needed(steps: Sequence[tuple[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        history = History(Path(folder))
        kept: list[Snapshot] = []
        newest = take(history.store, history.folder)
        for step, what in [*steps, ("collect", None), ("take", None)]:
            history.happen(step, what)
            if step in ("take", "keep"):
                newest = take(history.store, history.folder)
            if step == "keep":
                kept.append(newest)
                with history.store.writing() as connection:
                    keep_texts(connection, [newest.text])
            if step == "collect":
                collect(history.store, history.folder, LATER)
                for each in kept:
                    assert open_kept(each.text, each.digest, history.folder).digest == each.digest
                needed = {part.path for each in (newest, *kept) for part in each.all_partitions()}
                assert {*history.folder.rglob("*.parquet")} == needed
        assert newest.digest == from_scratch(history.store).digest
        history.store.close()
