"""Databases of former versions: brought up to date once, whoever opens them and however many at the same moment, with
and without the plugins whose records they hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from importlib import resources
from multiprocessing import get_context
from multiprocessing.pool import Pool
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import MetaData, insert, inspect
from tests.unit.records.store_kit import TYPES, VISIT, field, put, stored, visit

from kaohe.errors import KaoheError
from kaohe.plugin import RecordType, Text
from kaohe.records.auditing.verify import verify
from kaohe.records.canonical import canonical
from kaohe.records.changes import watch
from kaohe.records.connecting import address_of, engine_of
from kaohe.records.core_tables import RecordTypeRow
from kaohe.records.schema import VERSIONS, core_version
from kaohe.records.store import Store, open_store, transaction
from kaohe.records.tables import record_table, shape_of, table_of

OLD = "0003"
GROWN = replace(VISIT, fields=(*VISIT.fields, field("mood", "decimal", scale=2)))
CALL = RecordType("call", Text("通话", "Call"), (field("no", "text", required=True),), ("no",), when=None, who=())


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    return "sqlite:///kaohe.db" if request.param == "sqlite" else str(request.getfixturevalue("postgresql_url"))


@pytest.fixture(scope="module")
def processes() -> Iterator[Pool]:
    with get_context("spawn").Pool(2) as pool:
        yield pool


def make_old(url: str, folder: Path) -> None:
    """A database as version 0003 left it, with a table of visits and one visit."""
    engine = engine_of(address_of(url, folder), 5)
    with engine.connect() as connection, transaction(connection, "write"):
        config = Config()
        config.set_main_option("script_location", str(resources.files("kaohe.records") / "migrations"))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        command.upgrade(config, OLD)
        table = record_table(VISIT, MetaData())
        table.create(connection)
        watch(connection, table.name)
        shape = {"name": "visit", "shape": canonical(shape_of(VISIT).as_data())}
        connection.execute(insert(table_of(RecordTypeRow)), [shape])
        batch = "INSERT INTO import_batches (record_type, file_name, file_sha256, handed_in, read, added, replaced, "
        values = "unchanged, quarantined) VALUES ('visit', 'f', 'ab', '2026-01-01T00:00:00.000000Z', 1, 1, 0, 0, 0)"
        connection.exec_driver_sql(batch + values)
        connection.execute(insert(table), [{**visit("old", agent=None), "_batch": 1}])
        if connection.dialect.name == "postgresql":
            refer = "ADD CONSTRAINT fk_record_visit_batch FOREIGN KEY (_batch) REFERENCES import_batches (id)"
            connection.exec_driver_sql(f"ALTER TABLE record_visit {refer}")
    engine.dispose()


def opened(url: str, folder: str, names: list[str]) -> str:
    """In a process of its own: open the database with these record types; its version."""
    store = open_store(
        url, {name: {"visit": VISIT, "call": CALL}[name] for name in names}, folder=Path(folder), patience=30
    )
    with store.reading() as connection:
        version = core_version(connection)
    store.close()
    return str(version)


def events(store: Store) -> list[str]:
    with store.reading() as connection:
        return list(connection.exec_driver_sql("SELECT subject FROM audit_log ORDER BY seq").scalars())


def test_two_who_open_an_old_database_at_once_upgrade_it_once(url: str, tmp_path: Path, processes: Pool) -> None:
    make_old(url, tmp_path)
    both = processes.starmap(opened, [(url, str(tmp_path), ["visit"])] * 2, chunksize=1)
    assert both == [VERSIONS[-1]] * 2
    store = open_store(url, TYPES, folder=tmp_path)
    assert events(store) == ["core"], "one of them upgraded, the other waited and went on"
    assert verify(store).problems == ()
    store.close()


def test_two_who_make_a_database_at_once_make_it_once(url: str, tmp_path: Path, processes: Pool) -> None:
    """With different plugins: each finds its own tables."""
    asked = [(url, str(tmp_path), [name]) for name in ("visit", "call")]
    assert processes.starmap(opened, asked, chunksize=1) == [VERSIONS[-1]] * 2
    store = open_store(url, {**TYPES, "call": CALL}, folder=tmp_path)
    assert events(store) == ["core", "records"]
    assert verify(store).problems == ()
    store.close()


def test_without_its_plugin_a_record_type_stands_in_no_upgrades_way_and_catches_up_when_it_returns(
    url: str, tmp_path: Path
) -> None:
    make_old(url, tmp_path)
    without = open_store(url, {"call": CALL}, folder=tmp_path)
    with without.reading() as connection:
        assert core_version(connection) == VERSIONS[-1]
        assert connection.exec_driver_sql("SELECT count(*) FROM record_visit").scalar() == 1
    assert verify(without).problems == ()
    without.close()
    again = open_store(url, {"visit": GROWN, "call": CALL}, folder=tmp_path)
    assert [row[0] for row in stored(again)] == ["old"]
    with again.reading() as connection:
        assert connection.exec_driver_sql("SELECT mood FROM record_visit").scalar() is None
    assert verify(again).problems == ()
    again.close()


def test_records_refer_to_their_import_on_sqlite_alone(url: str, tmp_path: Path) -> None:
    """In an old database as in a new one."""
    make_old(url, tmp_path)
    store = open_store(url, {"visit": VISIT, "call": CALL}, folder=tmp_path)
    with store.reading() as connection:
        refer = [len(inspect(connection).get_foreign_keys(f"record_{name}")) for name in ("visit", "call")]
    assert refer == ([1, 1] if store.dialect == "sqlite" else [0, 0])
    store.close()


def test_a_plugin_whose_records_cannot_follow_stops_only_those_who_use_it(url: str, tmp_path: Path) -> None:
    make_old(url, tmp_path)
    changed = replace(VISIT, fields=(*VISIT.fields[:-1], field("won", "text")))
    with pytest.raises(KaoheError) as caught:
        open_store(url, {"visit": changed, "call": CALL}, folder=tmp_path)
    assert caught.value.problems[0].code == "database.changed-type"
    without = open_store(url, {"call": CALL}, folder=tmp_path)
    with without.reading() as connection:
        assert core_version(connection) == VERSIONS[-1]
    without.close()
    open_store(url, TYPES, folder=tmp_path).close()


def test_a_newer_database_is_refused_and_left_as_it_is(url: str, tmp_path: Path) -> None:
    store = open_store(url, TYPES, folder=tmp_path)
    with store.writing() as connection:
        connection.exec_driver_sql("UPDATE kaohe_core_version SET version_num = '9999'")
    before = events(store)
    with pytest.raises(KaoheError) as caught:
        open_store(url, {"call": CALL}, folder=tmp_path)
    assert caught.value.problems[0].code == "database.newer"
    assert events(store) == before
    store.close()


def test_an_upgrade_that_breaks_off_leaves_the_old_database(url: str, tmp_path: Path, monkeypatch) -> None:
    make_old(url, tmp_path)

    def breaks(*_arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("kaohe.records.schema.vouch", breaks)
        with pytest.raises(KeyboardInterrupt):
            open_store(url, TYPES, folder=tmp_path)
    engine = engine_of(address_of(url, tmp_path), 5)
    with engine.connect() as connection, transaction(connection, "read"):
        assert core_version(connection) == OLD
    engine.dispose()
    store = open_store(url, TYPES, folder=tmp_path)
    assert put(store, [visit("new", agent=None)]).counts.added == 1
    store.close()
