"""Undoing batches: what goes, what comes back, and when it is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.unit.records.store_kit import FULL, NOW, VISIT, field, hire, put, stored, visit

from kaohe.errors import KaoheError
from kaohe.records.batches import list_batches, revisions, source_of, undo_batch
from kaohe.records.store import Store, open_store

LATER = NOW + timedelta(days=1)


def refused(store: Store, batch: int, code: str) -> str:
    with pytest.raises(KaoheError) as caught:
        undo_batch(store, batch, LATER)
    assert caught.value.problems[0].code == code
    return str(caught.value)


def test_undo_takes_out_what_the_batch_added(store: Store) -> None:
    put(store, [visit("1")])
    before = stored(store)
    batch = put(store, [visit("2"), visit("3")]).batch
    assert batch is not None
    assert undo_batch(store, batch, LATER).undone_at == LATER
    assert stored(store) == before
    assert list_batches(store)[0].undone_at == LATER


def test_undo_brings_back_what_the_batch_replaced_to_the_last_value(store: Store) -> None:
    put(store, [visit("1"), visit("2", **dict.fromkeys(FULL))])
    before = stored(store)
    batch = put(store, [visit("1", **dict.fromkeys(FULL)), visit("2"), visit("3")], update=True).batch
    assert stored(store) != before
    assert batch is not None
    undo_batch(store, batch, LATER)
    assert stored(store) == before


def test_a_batch_can_be_imported_again_after_it_was_undone(store: Store) -> None:
    rows = [visit("1"), visit("2")]
    batch = put(store, rows).batch
    assert batch is not None
    undo_batch(store, batch, LATER)
    again = put(store, rows)
    assert (again.counts.added, again.batch) == (2, batch + 1)


def test_undo_is_refused_while_a_later_batch_holds_the_same_rows(store: Store) -> None:
    first = put(store, [visit("1", amount=1)]).batch
    second = put(store, [visit("1", amount=2)], update=True).batch
    third = put(store, [visit("1", amount=3)], update=True).batch
    assert first is not None
    assert second is not None
    assert third is not None
    assert f"in this order: {second}" in refused(store, first, "batch.overwritten")
    refused(store, second, "batch.overwritten")
    for batch in (third, second, first):
        undo_batch(store, batch, LATER)
    assert stored(store) == []


def test_undo_is_refused_twice_and_for_what_never_was(store: Store) -> None:
    batch = put(store, [visit("1")]).batch
    assert batch is not None
    undo_batch(store, batch, LATER)
    assert "undone already" in refused(store, batch, "batch.unknown")
    assert "there is no batch 99" in refused(store, 99, "batch.unknown")


def test_people_are_not_taken_from_under_their_records(store: Store) -> None:
    put(store, [visit("1"), visit("2"), visit("3", agent=None)])
    said = refused(store, 1, "batch.needed")
    assert "2 records of the type Visit" in said
    assert "undo those first, in this order: 2" in said


def test_people_are_not_taken_from_under_later_assignments(store: Store) -> None:
    hire(store, [{"code": "P3", "manager": "P1", "from": NOW.date()}])
    refused(store, 1, "batch.needed")


def test_a_batch_without_its_plugin_is_left_alone(store: Store, tmp_path: Path) -> None:
    put(store, [visit("1")])
    bare = open_store("sqlite:///kaohe.db", {}, folder=tmp_path)
    refused(bare, 2, "batch.no-plugin")


def test_undo_reaches_back_beyond_a_field_that_the_type_gained(store: Store, tmp_path: Path) -> None:
    put(store, [visit("1", amount=1)])
    before = stored(store)[0]
    batch = put(store, [visit("1", amount=2)], update=True).batch
    assert batch is not None
    grown = replace(VISIT, fields=(*VISIT.fields, field("mood", "integer")))
    after = open_store("sqlite:///kaohe.db", {"visit": grown}, folder=tmp_path)
    undo_batch(after, batch, LATER)
    with after.reading() as connection:
        row = connection.execute(after.tables["visit"].select()).mappings().one()
    assert (row["amount"], row["mood"], row["_batch"]) == (1, None, before[-1])


def test_every_change_gives_a_revision_that_never_was_before(store: Store) -> None:
    seen = set()
    for _round in range(3):
        batch = put(store, [visit("1")]).batch
        assert batch is not None
        with store.reading() as connection:
            seen.add(revisions(connection)["visit"])
        undo_batch(store, batch, LATER)
        with store.reading() as connection:
            seen.add(revisions(connection)["visit"])
    assert len(seen) == 6


def test_what_was_done_is_in_the_audit_trail(store: Store) -> None:
    put(store, [visit("1")])
    undo_batch(store, 2, LATER)
    with store.reading() as connection:
        events = connection.exec_driver_sql("SELECT action, subject FROM audit_log ORDER BY seq").all()
    assert [tuple(event) for event in events] == [
        ("tables", "core"),
        ("import", "batch 1"),
        ("import", "batch 2"),
        ("undo", "batch 2"),
    ]


def test_a_source_is_known_by_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"abc")
    source = source_of(tmp_path / "a.csv", "m")
    assert source.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert (source.name, source.mapping_digest) == ("a.csv", "m")
