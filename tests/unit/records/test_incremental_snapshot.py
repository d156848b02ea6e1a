"""The next snapshot reads the months that changed and no others; and whatever was changed past kaohe is seen."""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.unit.records.snapshot_kit import files, from_scratch, months_read, noted, read_by_days, take
from tests.unit.records.store_kit import NOW, TYPES, hire, put, visit

from kaohe.records.batches import undo_batch
from kaohe.records.store import Store, open_store

JANUARY, MARCH, JUNE = (datetime(2026, month, 15, 4, tzinfo=UTC) for month in (1, 3, 6))
# Half past midnight of the first of May in Shanghai, which is April still in UTC.
NIGHT = datetime(2026, 4, 30, 16, 30, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "snapshots"


@pytest.fixture
def filled(store: Store, folder: Path) -> Store:
    """Visits in January, in March and without a date, and a snapshot of them."""
    put(store, [visit("1", at=JANUARY), visit("2", at=MARCH), visit("3", at=None)])
    take(store, folder)
    return store


@contextlib.contextmanager
def behind_our_back(folder: Path) -> Any:
    with contextlib.closing(sqlite3.connect(folder.parent / "kaohe.db")) as other, other:
        yield other


def test_an_import_names_the_months_of_its_rows_and_nothing_else_is_read(filled: Store, folder: Path) -> None:
    before = files(folder)
    put(filled, [visit("4", at=JUNE), visit("5", at=JUNE)])
    assert months_read(filled, folder) == {"2026-06"}
    assert before.items() <= files(folder).items()
    assert months_read(filled, folder) == set()


def test_a_replaced_row_names_the_month_it_leaves_and_the_month_it_goes_to(filled: Store, folder: Path) -> None:
    put(filled, [visit("2", at=JUNE), visit("1", at=JANUARY)], update=True)
    assert months_read(filled, folder) == {"2026-03", "2026-06"}
    put(filled, [visit("2", at=None)], update=True)
    assert months_read(filled, folder) == {"2026-06", None}


def test_undoing_names_the_months_of_what_goes_and_of_what_returns(filled: Store, folder: Path) -> None:
    batch = put(filled, [visit("2", at=JUNE), visit("6", at=JANUARY)], update=True).batch
    take(filled, folder)
    assert batch is not None
    undo_batch(filled, batch, NOW)
    assert months_read(filled, folder) == {"2026-01", "2026-03", "2026-06"}


def test_near_the_end_of_a_month_the_neighbour_counts_as_well(filled: Store, folder: Path) -> None:
    put(filled, [visit("4", at=NIGHT)])
    assert months_read(filled, folder) == {"2026-04", "2026-05"}
    assert [part.month for part in take(filled, folder).partitions("visit")] == ["2026-01", "2026-03", "2026-05", None]


def test_several_imports_in_a_row_lead_to_the_months_of_all(filled: Store, folder: Path) -> None:
    put(filled, [visit("4", at=JUNE)])
    hire(filled, [{"code": "P7"}])
    put(filled, [visit("5", at=MARCH)])
    assert months_read(filled, folder) == {"2026-03", "2026-06"}


def test_a_month_that_lost_its_last_row_is_gone(filled: Store, folder: Path) -> None:
    batch = put(filled, [visit("4", at=JUNE)]).batch
    take(filled, folder)
    undo_batch(filled, batch or 0, NOW)
    assert months_read(filled, folder) == {"2026-06"}
    assert [part.month for part in take(filled, folder).partitions("visit")] == ["2026-01", "2026-03", None]


SQL = {
    "insert": "INSERT INTO record_visit (no, at, _batch) VALUES ('9', '2026-08-01T00:00:00.000000Z', 1)",
    "update": "UPDATE record_visit SET at = '2026-09-01T00:00:00.000000Z' WHERE no = '1'",
    "delete": "DELETE FROM record_visit WHERE no = '2'",
    "everything": "DELETE FROM record_visit",
    "replace": "INSERT OR REPLACE INTO record_visit (no, at, _batch) VALUES ('1', NULL, 1)",
}


@pytest.mark.parametrize("change", SQL)
def test_a_change_in_sql_is_found_and_everything_read(filled: Store, folder: Path, change: str) -> None:
    kept = files(folder)
    with behind_our_back(folder) as other:
        other.execute(SQL[change])
    assert months_read(filled, folder) == "all"
    assert kept.items() <= files(folder).items()
    assert months_read(filled, folder) == set()


@pytest.mark.parametrize("change", SQL)
@pytest.mark.parametrize("order", ["before", "between", "after"])
def test_imports_around_a_change_in_sql_hide_nothing(filled: Store, folder: Path, change: str, order: str) -> None:
    steps = ["import", "other import"]
    steps.insert(["before", "between", "after"].index(order), "sql")
    for number, step in enumerate(steps):
        if step == "sql":
            with behind_our_back(folder) as other:
                other.execute(SQL[change])
        else:
            put(filled, [visit(f"new {number}", at=JUNE)])
    assert months_read(filled, folder) == "all"


def test_a_mark_that_was_set_back_is_not_enough_where_the_log_knows_of_steps(filled: Store, folder: Path) -> None:
    with behind_our_back(folder) as other:
        ((mark,),) = other.execute("SELECT mark FROM table_changes WHERE table_name = 'record_visit'").fetchall()
    put(filled, [visit("4", at=JUNE)])
    with behind_our_back(folder) as other:
        other.execute("UPDATE table_changes SET mark = ? WHERE table_name = 'record_visit'", [mark])
    assert months_read(filled, folder) == "all"


@pytest.mark.parametrize(
    "forged",
    [
        lambda detail: {**detail, "months": {"record_visit": ["2026-01"]}},
        lambda detail: {name: value for name, value in detail.items() if name != "months"},
        lambda detail: {**detail, "months": []},
    ],
)
def test_an_event_that_was_changed_is_not_believed(filled: Store, folder: Path, forged: Any) -> None:
    put(filled, [visit("4", at=JUNE)])
    with behind_our_back(folder) as other:
        ((number, detail),) = other.execute("SELECT seq, detail FROM audit_log ORDER BY seq DESC LIMIT 1").fetchall()
        other.execute("UPDATE audit_log SET detail = ? WHERE seq = ?", [json.dumps(forged(json.loads(detail))), number])
    assert months_read(filled, folder) == "all"


def test_a_writer_who_does_not_say_his_months_has_everything_read(filled: Store, folder: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kaohe.records.importing.months_of_import", lambda *_: None)
        put(filled, [visit("4", at=JUNE)])
    assert months_read(filled, folder) == "all"


def test_where_somebody_elses_trigger_stands_no_writer_says_his_months(filled: Store, folder: Path) -> None:
    with behind_our_back(folder) as other:
        other.execute(
            "CREATE TRIGGER also AFTER INSERT ON record_visit WHEN NEW.no = '4' "
            "BEGIN UPDATE record_visit SET at = '2026-09-09T00:00:00.000000Z' WHERE no = '1'; END"
        )
    put(filled, [visit("4", at=JUNE)])
    assert months_read(filled, folder) == "all"


def test_a_table_whose_triggers_are_gone_is_read_each_time(filled: Store, folder: Path) -> None:
    with behind_our_back(folder) as other:
        other.execute("DROP TRIGGER record_visit_update_changes")
    assert months_read(filled, folder) == "all"
    with behind_our_back(folder) as other:
        other.execute(SQL["update"])
    assert months_read(filled, folder) == "all"


def test_another_database_in_the_same_folder_is_read_whole(filled: Store, folder: Path, tmp_path: Path) -> None:
    put(filled, [visit("4", at=JUNE)])
    shutil.copy(tmp_path / "kaohe.db", tmp_path / "backup.db")
    put(filled, [visit("5", at=MARCH)])
    take(filled, folder)
    other = open_store("sqlite:///backup.db", TYPES, folder=tmp_path)
    put(other, [visit("6", at=JANUARY)])
    assert months_read(other, folder) == "all"
    assert months_read(filled, folder) == "all"
    other.close()


def test_a_lost_file_has_its_month_read_again_and_no_other(filled: Store, folder: Path) -> None:
    kept = files(folder)
    (path,) = (folder / "record_visit").glob("2026-03-*.parquet")
    path.write_bytes(path.read_bytes()[:-1])
    assert months_read(filled, folder) == {"2026-03"}
    assert files(folder).keys() == kept.keys()
    assert {name for name, stamp in files(folder).items() if kept[name] != stamp} == {path.name}
    path.unlink()
    assert months_read(filled, folder) == {"2026-03"}


def test_a_lost_file_of_people_has_that_table_read_again(filled: Store, folder: Path) -> None:
    (path,) = (folder / "people").glob("*.parquet")
    path.unlink()
    with noted() as read:
        taken = take(filled, folder)
    assert read == {"people": None}
    assert taken.digest == from_scratch(filled).digest


def test_a_note_that_was_damaged_is_not_believed(filled: Store, folder: Path) -> None:
    (note,) = folder.glob("state-record_visit-*.json")
    note.write_text(note.read_text("utf-8").replace('"rows":1', '"rows":2'), "utf-8")
    assert months_read(filled, folder) == "all"
    note.write_text("{", "utf-8")
    assert months_read(filled, folder) == "all"


def test_a_file_that_bears_the_right_name_and_the_wrong_rows_is_written_anew(filled: Store, folder: Path) -> None:
    (path,) = (folder / "record_visit").glob("2026-03-*.parquet")
    (other,) = (folder / "record_visit").glob("2026-01-*.parquet")
    whole = path.read_bytes()
    path.write_bytes(other.read_bytes())
    for note in folder.glob("state-*.json"):
        note.unlink()
    assert months_read(filled, folder) == "all"
    assert path.read_bytes() == whole


def test_a_date_type_has_no_neighbours(filled: Store) -> None:
    from kaohe.records.months import months_of_rows

    put(filled, [visit("4", due=date(2026, 4, 30)), visit("5", due=date(2026, 5, 1))])
    table = filled.tables["visit"]
    with filled.reading() as connection:
        assert months_of_rows(connection, table, "due", table.c.no.in_(["4", "5"])) == ("2026-04", "2026-05")
        assert months_of_rows(connection, table, "due", table.c.no == "5") == ("2026-05",)
        assert months_of_rows(connection, table, "due", table.c.no == "none") == ()


def test_moments_that_kaohe_did_not_write_are_of_no_known_month(filled: Store, folder: Path) -> None:
    from kaohe.records.months import months_of_rows

    with behind_our_back(folder) as other:
        other.execute("UPDATE record_visit SET at = '2026-01-31T23:00:00+08:00' WHERE no = '1'")
    table = filled.tables["visit"]
    with filled.reading() as connection:
        assert months_of_rows(connection, table, "at", table.c.no == "1") is None


def test_a_type_that_is_dated_by_days_is_read_by_its_months(tmp_path: Path) -> None:
    assert read_by_days("sqlite:///days.db", tmp_path) == ({"2026-03", "2026-04"}, True)
