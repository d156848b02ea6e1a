"""Opening databases: what they become, and what is said when they cannot be opened."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event, inspect, make_url
from tests.unit.records.store_kit import TYPES, VISIT, field, put, stored, visit

from kaohe.errors import Exit, KaoheError
from kaohe.records.failures import guarded, guarded_files
from kaohe.records.schema import VERSIONS
from kaohe.records.store import Store, open_store

URL = "sqlite:///kaohe.db"


def refused(code: str, url: str, folder: Path, types=TYPES) -> KaoheError:
    with pytest.raises(KaoheError) as caught:
        open_store(url, types, folder=folder, patience=0.05)
    assert caught.value.exit_code == Exit.ENVIRONMENT
    assert caught.value.problems[0].code == code
    return caught.value


def test_a_record_type_becomes_a_table_with_a_typed_column_for_each_field(store: Store) -> None:
    with store.reading() as connection:
        columns = {column["name"]: str(column["type"]) for column in inspect(connection).get_columns("record_visit")}
        key = inspect(connection).get_pk_constraint("record_visit")["constrained_columns"]
    assert columns["rating"] == columns["amount"] == columns["calls"] == "BIGINT"
    assert (columns["due"], columns["won"], columns["client"]) == ("DATE", "BOOLEAN", "TEXT")
    assert key == ["no"]


def test_rows_come_back_as_they_went_in(store: Store) -> None:
    put(store, [visit("1"), visit("2", at=None, due=None, calls=None, won=None, agent=None)])
    assert stored(store)[0][:-1] == tuple(visit("1").values())
    assert stored(store)[1][4:-1] == (None, None, None, 85, 123_456_789, None)


def test_the_database_waits_for_disk_and_checks_references(store: Store) -> None:
    with store.reading() as connection:
        pragmas = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "foreign_keys")]
    assert pragmas == ["wal", 1]


def test_opening_a_current_database_does_not_load_alembic(store: Store, tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from kaohe.records import open_store\n"
        "from tests.unit.records.store_kit import TYPES\n"
        f"open_store({URL!r}, TYPES, folder=Path({str(tmp_path)!r})); print('alembic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_a_record_type_may_gain_fields_and_keeps_its_records(store: Store, tmp_path: Path) -> None:
    put(store, [visit("1")])
    grown = replace(VISIT, fields=(*VISIT.fields, field("mood", "decimal", scale=2, required=True)))
    again = open_store(URL, {"visit": grown}, folder=tmp_path)
    assert stored(again)[0][:10] == tuple(visit("1").values())
    with again.reading() as connection:
        assert connection.exec_driver_sql("SELECT mood FROM record_visit").scalar() is None


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        (replace(VISIT, fields=VISIT.fields[:-1]), "won: boolean → ∅"),
        (replace(VISIT, fields=(*VISIT.fields[:-1], field("won", "text"))), "won: boolean → text"),
        (replace(VISIT, fields=(*VISIT.fields[:-2], field("amount", "decimal", scale=3), VISIT.fields[-1])), "amount"),
        (replace(VISIT, key=("no", "agent")), "(no) → (no, agent)"),
    ],
)
def test_a_record_type_that_changed_otherwise_is_refused(store: Store, tmp_path: Path, changed, named: str) -> None:
    error = refused("database.changed-type", URL, tmp_path, {"visit": changed})
    assert named in str(error.problems[0].found)


def test_without_its_plugin_a_table_stays_and_is_there_again_with_it(store: Store, tmp_path: Path) -> None:
    put(store, [visit("1")])
    open_store(URL, {}, folder=tmp_path).close()
    assert len(stored(open_store(URL, TYPES, folder=tmp_path))) == 1


def test_a_database_of_a_newer_version_is_refused(store: Store, tmp_path: Path) -> None:
    with store.writing() as connection:
        connection.exec_driver_sql("UPDATE kaohe_core_version SET version_num = '9999'")
    error = refused("database.newer", URL, tmp_path)
    assert (error.problems[0].found, error.problems[0].expected) == ("9999", VERSIONS[-1])


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "kaohe.db").write_text("dear diary, " * 100)
    refused("database.damaged", URL, tmp_path)


def test_a_folder_in_the_place_of_the_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "kaohe.db").mkdir()
    refused("database.permission", URL, tmp_path)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    error = refused("database.folder", "sqlite:///deep/down/kaohe.db", tmp_path)
    assert error.problems[0].where.file == str(tmp_path / "deep" / "down")


def test_a_database_that_may_not_be_written_is_named(store: Store) -> None:
    @event.listens_for(store.engine, "connect")
    def only_read(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA query_only = ON")

    with pytest.raises(KaoheError) as caught:
        put(store, [visit("1")])
    assert caught.value.exit_code == Exit.ENVIRONMENT
    assert caught.value.problems[0].code == "database.permission"


def test_a_locked_database_is_named_and_unchanged(store: Store, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "kaohe.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(KaoheError) as caught:
        put(store, [visit("1")])
    other.close()
    assert caught.value.exit_code == Exit.ENVIRONMENT
    assert caught.value.problems[0].code == "database.locked"
    assert stored(store) == []


def overfill(store: Store) -> None:
    """Write more than the database may grow to."""
    with store.writing() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")
        rows = [{**visit(f"n{number}"), "_batch": 1} for number in range(5_000)]
        connection.execute(store.tables["visit"].insert(), rows)


def test_a_number_that_no_database_counts_to_is_a_slip_and_no_fault_of_kaohes(store: Store) -> None:
    with pytest.raises(KaoheError) as refused, store.reading() as connection:
        connection.exec_driver_sql("SELECT ?", (2**63,))
    assert refused.value.problems[0].code == "database.number"


def test_a_full_disk_is_named_and_leaves_the_database_as_it_was(store: Store) -> None:
    put(store, [visit("1")])
    before = stored(store)
    with pytest.raises(KaoheError) as caught:
        overfill(store)
    assert caught.value.problems[0].code == "database.full"
    assert stored(store) == before


def test_a_full_disk_is_named_for_files_too(tmp_path: Path) -> None:
    with pytest.raises(KaoheError) as caught, guarded_files("x"), Path("/dev/full").open("w") as file:
        file.write("x" * 100_000)
    assert caught.value.problems[0].code == "database.full"


@pytest.mark.parametrize(
    "url",
    ["", "not a url", "mysql://me:secret@host/db", "sqlite://", "sqlite:///:memory:", "postgresql://u:secret@h:x/y"],
)
def test_a_useless_url_is_refused_without_being_shown(url: str, tmp_path: Path) -> None:
    assert "secret" not in str(refused("database.url", url, tmp_path))


def test_a_host_without_an_address_is_a_server_that_does_not_answer() -> None:
    from psycopg import OperationalError

    url = make_url("postgresql://me@nowhere/records")
    unknown = OperationalError("failed to resolve host 'nowhere': [Errno -2] Name or service not known")
    asked = OperationalError("connection failed: port 1 failed: Connection refused\n\tIs the server running there?")
    for said, told in ((unknown, "Name or service not known"), (asked, "Connection refused")):
        with pytest.raises(KaoheError) as caught, guarded(url):
            raise said
        [problem] = caught.value.problems
        assert problem.code == "database.unreachable"
        assert str(problem.found).endswith(told)


def test_a_server_that_is_not_there_is_named_without_the_password(tmp_path: Path) -> None:
    error = refused("database.unreachable", "postgresql://me:hush-hush@127.0.0.1:1/records", tmp_path)
    assert error.problems[0].where.file == "127.0.0.1:1/records"
    assert "hush" not in str(error)
