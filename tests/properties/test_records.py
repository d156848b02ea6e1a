"""The store against a dictionary: whatever is imported, replaced and undone in whatever order, they agree."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.records.store_kit import FULL, NOW, SHANGHAI, TYPES, VISIT, hire, put, stored

from kaohe.records import take_snapshot
from kaohe.records.batches import undo_batch
from kaohe.records.columnar import wall_clock
from kaohe.records.store import open_store

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CENTURY = 36_525 * 86_400_000_000
MOMENTS = st.integers(-CENTURY, 2 * CENTURY).map(lambda micros: EPOCH + timedelta(microseconds=micros))
ROWS = st.fixed_dictionaries(
    {"no": st.sampled_from("abc")},
    optional={
        "client": st.sampled_from(["", "x", "甲"]),
        "amount": st.integers(-(2**63), 2**63 - 1),
        "at": MOMENTS,
        "won": st.booleans(),
    },
)
IMPORTS = st.lists(st.tuples(st.lists(ROWS, max_size=5), st.booleans()), max_size=5)


def whole(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row.get(name) for name in ("no", *FULL))


@settings(max_examples=30, deadline=None)
@given(IMPORTS)
def test_imports_merge_as_into_a_dictionary_and_undo_goes_all_the_way_back(
    imports: list[tuple[list[dict[str, Any]], bool]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = open_store("sqlite:///kaohe.db", TYPES, folder=Path(folder))
        model: dict[str, tuple[Any, ...]] = {}
        history = []
        for rows, update in imports:
            before = dict(model)
            firsts: dict[str, tuple[Any, ...]] = {}
            bad = 0
            for row in rows:
                bad += firsts.setdefault(row["no"], whole(row)) != whole(row)
            contrary = {no for no, row in firsts.items() if model.get(no, row) != row}
            imported = put(store, rows, update=update)
            model.update({no: row for no, row in firsts.items() if update or no not in contrary})
            counts = imported.counts
            assert counts.quarantined == bad + (0 if update else len(contrary)) == len(imported.rejected)
            assert counts.read == counts.added + counts.replaced + counts.unchanged + counts.quarantined
            assert (imported.batch is None) == (model == before)
            assert {row[0]: row[:-1] for row in stored(store)} == model
            if imported.batch is not None:
                history.append((imported.batch, before))
        for batch, before in reversed(history):
            undo_batch(store, batch, NOW)
            assert {row[0]: row[:-1] for row in stored(store)} == before
        store.close()


@settings(max_examples=15, deadline=None)
@given(st.lists(ROWS, max_size=6, unique_by=lambda row: row["no"]), st.randoms())
def test_the_digest_depends_on_what_is_stored_and_on_nothing_else(rows: list[dict[str, Any]], shuffler: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        digests = set()
        for name in ("one", "two"):
            store = open_store(f"sqlite:///{name}.db", TYPES, folder=Path(folder))
            hire(store, [{"code": "P1"}])
            for row in shuffler.sample(rows, len(rows)):
                put(store, [row])
            digests.add(take_snapshot(store, [VISIT], Path(folder) / name, SHANGHAI).digest)
            store.close()
        assert len(digests) == 1


@given(
    st.lists(MOMENTS, max_size=20),
    st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Monrovia"]),
)
def test_wall_clocks_are_those_of_the_standard_library(moments: list[datetime], name: str) -> None:
    zone = ZoneInfo(name)
    micros = np.array([(moment - EPOCH) // timedelta(microseconds=1) for moment in moments], np.int64)
    expected = [
        (moment.astimezone(zone).replace(tzinfo=UTC) - EPOCH) // timedelta(microseconds=1) for moment in moments
    ]
    assert wall_clock(micros, zone).tolist() == expected
