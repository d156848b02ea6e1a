"""Targets on a real PostgreSQL server: kept, replaced, undone and read as on SQLite, to the snapshot's digest."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.unit.records.store_kit import NOW, SHANGHAI, TYPES, hire
from tests.unit.records.test_schema import differences
from tests.unit.records.test_targets import SALES, put

from kaohe.errors import KaoheError
from kaohe.records import take_snapshot
from kaohe.records.batches import undo_batch
from kaohe.records.store import open_store
from kaohe.records.targets import Target
from kaohe.records.targets_store import list_targets

OTHERS = (
    Target("team", "甲", "b.x", "2026", 1),
    Target("company", "", "B.x", "2026", -2),
    Target("company", "", "é", "2026-Q1", 3),
)


def test_targets_mean_what_they_mean_on_sqlite(postgresql_url: str, tmp_path: Path) -> None:
    told: list[list[object]] = []
    for url in (postgresql_url, "sqlite:///kaohe.db"):
        store = open_store(url, TYPES, folder=tmp_path, patience=1)
        hire(store, [{"code": "P1", "team": "甲", "from": date(2026, 1, 1)}])
        seen: list[object] = [differences(store)]
        put(store, SALES, *OTHERS)
        before = list_targets(store)
        changed = put(store, replace(SALES, value=7), update=True)
        seen += [before, list_targets(store), changed.counts]
        with pytest.raises(KaoheError) as caught:
            put(store, SALES)
        seen.append([problem.code for problem in caught.value.problems])
        seen.append(take_snapshot(store, [], tmp_path / store.dialect, SHANGHAI, targets=True).digest)
        assert changed.batch is not None
        undo_batch(store, changed.batch, NOW)
        assert list_targets(store) == before
        seen.append(take_snapshot(store, [], tmp_path / store.dialect, SHANGHAI, targets=True).digest)
        told.append(seen)
        store.close()
    assert told[0] == told[1]
    assert told[0][0] == []
    assert told[0][-1] != told[0][-2]
