"""Importing rows: what is added, what is skipped, what is refused, and that it is all or nothing."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.unit.records.store_kit import NOW, VISIT, put, readings, stored, visit

from kaohe.errors import KaoheError
from kaohe.records.batches import Counts, Source, list_batches, revisions
from kaohe.records.importing import import_rows
from kaohe.records.rows import Reading
from kaohe.records.store import Store, open_store


def reasons(imported: Any) -> list[tuple[int, str]]:
    return [(each.row, str(each.mistakes[0].reason)) for each in imported.rejected]


def amounts(store: Store) -> list[tuple[str, int, int]]:
    """Number, amount and batch of every stored visit."""
    return [(row[0], row[8], row[10]) for row in stored(store)]


def test_new_rows_go_in_under_a_numbered_batch(store: Store) -> None:
    imported = put(store, [visit("1"), visit("2"), visit("3")])
    assert imported.counts == Counts(read=3, added=3, replaced=0, unchanged=0, quarantined=0)
    assert [row[-1] for row in stored(store)] == [imported.batch] * 3
    listed = list_batches(store, record_type="visit")
    assert [(one.id, one.source.name, one.handed_in, one.undone_at) for one in listed] == [
        (imported.batch, "visits.csv", NOW, None)
    ]


def test_the_same_file_twice_changes_nothing(store: Store) -> None:
    rows = [visit("1"), visit("2", agent=None, at=None, due=None, calls=None, amount=None, won=None)]
    put(store, rows)
    with store.reading() as connection:
        before = revisions(connection)
    again = put(store, rows)
    assert again.batch is None
    assert again.counts == Counts(read=2, added=0, replaced=0, unchanged=2, quarantined=0)
    assert len(list_batches(store, record_type="visit")) == 1
    with store.reading() as connection:
        assert revisions(connection) == before


def test_a_row_that_contradicts_a_stored_one_is_rejected_with_its_cells(store: Store) -> None:
    put(store, [visit("1", amount=100)])
    imported = put(store, [visit("0"), visit("1", amount=200)])
    assert [(row.row, row.cells[0]) for row in imported.rejected] == [(3, "1")]
    assert "--update" in str(imported.rejected[0].mistakes[0].fix)
    assert imported.counts == Counts(read=2, added=1, replaced=0, unchanged=0, quarantined=1)
    assert [amount for no, amount, _batch in amounts(store) if no == "1"] == [100]


def test_with_update_it_takes_the_place_of_the_stored_one(store: Store) -> None:
    put(store, [visit("1", amount=100), visit("2", amount=100)])
    imported = put(store, [visit("1", amount=200), visit("2", amount=100)], update=True)
    assert imported.counts == Counts(read=2, added=0, replaced=1, unchanged=1, quarantined=0)
    assert [(no, amount) for no, amount, _batch in amounts(store)] == [("1", 200), ("2", 100)]


def test_a_value_that_appears_or_goes_missing_is_a_difference(store: Store) -> None:
    put(store, [visit("1", due=None), visit("2")])
    assert len(put(store, [visit("1"), visit("2", due=None)]).rejected) == 2


def test_within_a_file_the_first_row_of_a_key_counts(store: Store) -> None:
    imported = put(store, [visit("1", amount=1), visit("1", amount=1), visit("1", amount=2), visit("2"), visit("1")])
    assert [row for row, _reason in reasons(imported)] == [4, 6]
    assert imported.counts == Counts(read=5, added=2, replaced=0, unchanged=1, quarantined=2)
    assert amounts(store)[0][:2] == ("1", 1)


def test_strict_keeps_nothing_if_one_row_is_bad(store: Store) -> None:
    imported = put(store, [visit("1", amount=1), visit("1", amount=2), visit("2")], strict=True)
    assert (imported.refused, imported.batch, len(imported.rejected)) == (True, None, 1)
    assert stored(store) == []


def test_a_rehearsal_tells_everything_and_keeps_nothing(store: Store) -> None:
    imported = put(store, [visit("1"), visit("2")], dry_run=True)
    assert (imported.batch, imported.counts.added, imported.refused) == (None, 2, False)
    assert stored(store) == []
    assert list_batches(store, record_type="visit") == []


def test_people_who_vanish_while_a_file_is_read_stop_the_import(store: Store) -> None:
    with pytest.raises(KaoheError) as caught:
        put(store, [visit("1", agent="P9")])
    assert (caught.value.problems[0].code, caught.value.problems[0].found) == ("import.people-changed", "P9")
    assert stored(store) == []


def test_others_may_write_while_a_file_is_read(store: Store, tmp_path: Path) -> None:
    other = open_store("sqlite:///kaohe.db", store.record_types, folder=tmp_path, patience=0.05)

    def slowly() -> Iterator[Reading]:
        yield from readings([visit("1")])
        put(other, [visit("2")])
        yield from readings([visit("3")])

    import_rows(store, VISIT, slowly, Source("slow.csv", "00"), handed_in=NOW)
    assert [no for no, _amount, _batch in amounts(store)] == ["1", "2", "3"]


def test_an_import_that_breaks_off_leaves_the_database_as_it_was(store: Store) -> None:
    def broken() -> Iterator[Reading]:
        yield from readings([visit("1")])
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_rows(store, VISIT, broken, Source("f.csv", "00"), handed_in=NOW)
    assert stored(store) == []
    assert put(store, [visit("1")]).counts.added == 1


_KILLED = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import event
from kaohe.records.store import open_store
from tests.unit.records.store_kit import TYPES, put, visit
store = open_store("sqlite:///kaohe.db", TYPES, folder=Path(sys.argv[1]))
@event.listens_for(store.engine, "after_cursor_execute")
def die(connection, cursor, statement, *rest):
    if statement.startswith("INSERT INTO record_visit"):
        os.kill(os.getpid(), signal.SIGKILL)
put(store, [visit(str(number)) for number in range(5_000)])
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system cannot kill a process")
def test_a_process_killed_in_the_middle_leaves_the_database_as_it_was(store: Store, tmp_path: Path) -> None:
    put(store, [visit("before")])
    done = subprocess.run([sys.executable, "-c", _KILLED, tmp_path], check=False)
    assert done.returncode == -signal.SIGKILL
    assert [no for no, _amount, _batch in amounts(store)] == ["before"]
    assert len(list_batches(store, record_type="visit")) == 1
