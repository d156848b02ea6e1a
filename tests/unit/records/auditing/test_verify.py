"""What verifying the audit log says, and that it says nothing of what kaohe did itself."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.unit.records.auditing.full_kit import ACTOR, SETTINGS, full
from tests.unit.records.store_kit import NOW, TYPES, put, visit

from kaohe.errors import KaoheError
from kaohe.records import Store, open_store
from kaohe.records.audit import append
from kaohe.records.auditing.chain import sound_head
from kaohe.records.auditing.events import Wanted, list_events
from kaohe.records.auditing.verify import MOST, verify
from kaohe.records.batches import undo_batch

URL = "sqlite:///kaohe.db"
WRITERS, EACH = 6, 15


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return full(URL, tmp_path)


def codes(store: Store) -> list[str]:
    return [problem.code for problem in verify(store).problems]


def past_kaohe(store: Store, *lines: str) -> None:
    with store.writing() as connection:
        for line in lines:
            connection.execute(text(line))


def test_imports_replacements_and_undoing_are_as_the_log_says(store: Store) -> None:
    put(store, [visit("1", amount=7), visit("3")], update=True)
    assert codes(store) == []
    undo_batch(store, 5, NOW + timedelta(hours=1))
    assert codes(store) == []


def test_a_change_in_sql_before_a_later_import_is_not_hidden_by_it(store: Store) -> None:
    imports = [each.number for each in list_events(store, Wanted(action="import"), 50) if "visit" in str(each.detail)]
    past_kaohe(store, "UPDATE record_visit SET amount = 1 WHERE no = '1'")
    put(store, [visit("9")])
    (problem,) = verify(store).problems
    between = f"between event {max(imports)} and event {verify(store).number}"
    assert str(problem.what) == f"table record_visit was changed outside kaohe {between}"


def test_an_evidence_row_changed_before_it_was_changed_by_kaohe_is_found(store: Store) -> None:
    past_kaohe(store, "UPDATE import_batches SET added = 99 WHERE id = 2")
    undo_batch(store, 3, NOW)
    undo_batch(store, 2, NOW)
    (problem,) = verify(store).problems
    assert (problem.code, problem.where.key) == ("audit.row-changed", "import_batches 2")
    assert "between event 4 and event" in str(problem.what)


def test_a_changed_field_is_told_with_what_it_was(store: Store) -> None:
    past_kaohe(store, "UPDATE appeals SET answer = 'no' WHERE id = 1")
    (problem,) = verify(store).problems
    assert (problem.where.key, problem.found, problem.expected) == ("appeals 1", "answer = no", "answer = answer 1")


def test_a_log_cut_off_with_its_head_is_found_by_a_head_kept_outside(store: Store) -> None:
    with store.writing() as connection:
        append(connection, NOW, "export", "s 2026-Q1", {"what": "run"})
    known = verify(store)
    assert verify(store, known=known.head).sound
    assert verify(store, known=known.head[:12]).sound
    last = known.number
    past_kaohe(
        store,
        f"DELETE FROM audit_log WHERE seq = {last}",
        f"UPDATE audit_head SET seq = {last - 1}, digest = (SELECT digest FROM audit_log WHERE seq = {last - 1})",
    )
    assert verify(store).sound  # nothing inside the database tells
    assert [each.code for each in verify(store, known=known.head).problems] == ["audit.other-head"]


def test_a_cut_off_end_a_gap_and_a_swap_are_told_apart(store: Store) -> None:
    last = verify(store).number
    past_kaohe(store, "DELETE FROM audit_log WHERE seq > 6")
    assert f"events 7 to {last} of the audit log are missing" in [str(each.what) for each in verify(store).problems]
    past_kaohe(store, "DELETE FROM audit_log WHERE seq = 3")
    assert "event 3 of the audit log is missing" in [str(each.what) for each in verify(store).problems]
    past_kaohe(store, "UPDATE audit_log SET previous = digest WHERE seq = 5")
    found = [each.code for each in verify(store).problems]
    assert {"audit.order", "audit.event"} <= set(found)


def test_nothing_is_appended_to_a_log_that_has_lost_its_end(store: Store) -> None:
    past_kaohe(store, "DELETE FROM audit_head")
    with pytest.raises(KaoheError, match="the audit log has lost its end"):
        put(store, [visit("9")])


def test_triggers_that_were_dropped_are_missed(store: Store) -> None:
    past_kaohe(store, "DROP TRIGGER record_visit_update_changes", "UPDATE record_visit SET amount = 1")
    (problem,) = verify(store).problems
    assert (problem.code, problem.where.key) == ("audit.unwatched", "record_visit")


@pytest.mark.parametrize(
    "trigger",
    [
        "AFTER INSERT ON payments BEGIN UPDATE payments SET settled = settled + 100; END",
        "AFTER INSERT ON record_visit BEGIN UPDATE record_visit SET amount = 9 WHERE no = new.no; END",
    ],
)
def test_a_trigger_that_changes_what_is_written_as_it_is_written_is_found(store: Store, trigger: str) -> None:
    past_kaohe(store, f"CREATE TRIGGER helpful {trigger}")
    put(store, [visit("9")])
    (problem,) = verify(store).problems
    assert (problem.code, problem.found) == ("audit.trigger", "helpful")


def test_setting_the_tables_version_back_launders_nothing(store: Store, tmp_path: Path) -> None:
    """The next command brings the tables up to date again, and lists everything that is there."""
    past_kaohe(
        store,
        "DELETE FROM rejected_rows",
        "DROP TABLE rejected_rows",
        "UPDATE kaohe_core_version SET version_num = '0005'",
        "UPDATE payments SET settled = settled + 100, paid = paid + 100",
        "UPDATE appeals SET decision = 'yes' WHERE id = 1",
        "INSERT INTO noted_texts VALUES ('scheme x', 'y')",
        "UPDATE people SET name = 'x' WHERE code = 'P2'",
    )
    store.close()
    again = open_store(URL, TYPES, folder=tmp_path, actor=ACTOR, settings=SETTINGS, at=NOW)
    found = {(problem.code, str(problem.where.key).split()[0]) for problem in verify(again).problems}
    assert found == {
        ("audit.version", "kaohe_core_version"),
        ("audit.row-changed", "payments"),
        ("audit.row-changed", "appeals"),
        ("audit.row-changed", "noted_texts"),
        ("audit.rows-changed", "rejected_rows"),
        ("audit.facts-changed", "people"),
    }


def test_very_many_problems_are_counted_and_not_all_listed(store: Store) -> None:
    rows = (f"('x{number}', 'y')" for number in range(MOST + 7))
    past_kaohe(store, f"INSERT INTO noted_texts VALUES {', '.join(rows)}")
    found = verify(store)
    assert (len(found.problems), found.more) == (MOST, {"audit.row-added": 7})


def test_values_of_another_kind_than_the_columns_are_found_and_no_fault(store: Store) -> None:
    past_kaohe(
        store,
        "UPDATE audit_log SET at = X'00', detail = X'00' WHERE seq = 8",
        "UPDATE appeals SET answer_due = 1.5, opened_at = 'never', decision = X'ff' WHERE id = 1",
        "UPDATE run_results SET graded = 7",
    )
    found = codes(store)
    assert {"audit.event", "audit.detail", "audit.row-added", "audit.rows-changed"} & set(found)


def test_settings_are_noted_when_somebody_first_acts_by_them(tmp_path: Path) -> None:
    full(URL, tmp_path).close()
    later = open_store(URL, TYPES, folder=tmp_path, actor=ACTOR, settings=SETTINGS + 'name = "x"\n', at=NOW)
    put(later, [visit("9")])
    put(later, [visit("10")])
    noted = list_events(later, Wanted(action="settings"), 10)
    assert [each.subject for each in noted] == ["kaohe.toml", "kaohe.toml"]
    assert noted[0].said["before"] == noted[1].said["after"] != noted[0].said["after"]
    assert verify(later).sound


def test_a_head_is_read_as_it_is_written_down() -> None:
    assert sound_head(f"41 {'AB' * 32}\n") == "ab" * 32
    assert sound_head("abcdefabcdef") == "abcdefabcdef"
    assert [sound_head(each) for each in ("", "abc", "41", "x" * 64, "a" * 65)] == [None] * 5


def test_threads_that_write_at_once_make_one_chain(store: Store) -> None:
    before = verify(store).events
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(lambda writer: _write(store, writer), range(WRITERS)))
    found = verify(store)
    assert (found.problems, found.events) == ((), before + WRITERS * EACH)


def test_processes_that_write_at_once_make_one_chain(store: Store, tmp_path: Path) -> None:
    before = verify(store).events
    with get_context("spawn").Pool(3) as pool:
        pool.starmap(write_from_elsewhere, [(URL, str(tmp_path), number) for number in range(3)])
    found = verify(store)
    assert (found.problems, found.events) == ((), before + 3 * EACH)


def write_from_elsewhere(url: str, folder: str, writer: int) -> None:
    store = open_store(url, {}, folder=Path(folder), patience=60)
    _write(store, writer)
    store.close()


def _write(store: Store, writer: int) -> None:
    for number in range(EACH):
        with store.writing() as connection:
            append(connection, NOW, "export", f"{writer} {number}", {"what": "test"})


def test_the_database_is_only_read(store: Store, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "kaohe.db") as connection:
        before = list(connection.iterdump())
        verify(store)
        assert list(connection.iterdump()) == before
