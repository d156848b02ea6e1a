"""The connection to PostgreSQL goes while nobody uses it, in the middle of a command, or in the moment of keeping: a
clear message, nothing half there, and the command given again does what it was to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, event
from tests.scenarios.desk import Desk
from tests.tiny import make_desk, ticket_lines, write
from tests.unit.cli.period_kit import WHOSE, lead
from tests.unit.records.store_kit import NOW, TYPES, VISIT, hire, put, readings, stored, visit

from kaohe.errors import Exit, KaoheError
from kaohe.records.batches import Source
from kaohe.records.connecting import Pool
from kaohe.records.importing import import_rows
from kaohe.records.store import Store, open_store

EVALUATE = ("evaluate", "tiny", "--period", "2026-Q1")


@pytest.fixture
def store(postgresql_url: str, tmp_path: Path) -> Iterator[Store]:
    opened = open_store(postgresql_url, TYPES, folder=tmp_path, patience=1, pool=Pool(size=2))
    hire(opened, [{"code": "P1"}])
    yield opened
    opened.close()


def cut_off(url: str) -> None:
    """End every other connection to the database, as a restart of the server does, and wait until they are gone."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def refusal(action: Callable[[], Any]) -> str:
    with pytest.raises(KaoheError) as caught:
        action()
    assert caught.value.exit_code == Exit.ENVIRONMENT
    return caught.value.problems[0].code


def test_connections_that_went_while_nobody_used_them_are_replaced(store: Store, postgresql_url: str) -> None:
    put(store, [visit("1")])
    with store.reading(), store.reading():
        pass
    cut_off(postgresql_url)
    put(store, [visit("2")])
    assert len(stored(store)) == 2


def test_what_one_transaction_set_up_the_next_on_its_connection_does_not_see(store: Store) -> None:
    for number in range(3):
        put(store, [visit(str(number))])
    with store.connected() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM pg_class WHERE relpersistence = 't'").scalar() == 0


def test_a_pool_that_is_used_up_says_so(store: Store) -> None:
    with store.reading(), store.reading():
        assert refusal(lambda: store.reading().__enter__()) == "database.busy"


@pytest.mark.parametrize("quick", [False, True])
def test_an_import_that_loses_its_connection_while_reading_keeps_nothing(
    store: Store, postgresql_url: str, quick: bool
) -> None:
    """Its rows staged, or on their way into their table."""

    def cut_while_reading() -> Iterator[Any]:
        yield from (replace(each, quick=quick) for each in readings([visit("1")]))
        cut_off(postgresql_url)
        yield from (replace(each, quick=quick) for each in readings([visit("2")]))

    source = Source("visits.csv", "ab" * 32)
    assert refusal(lambda: import_rows(store, VISIT, cut_while_reading, source, handed_in=NOW)) == "database.lost"
    assert stored(store) == []
    assert put(store, [visit("1"), visit("2")]).counts.added == 2


def test_who_is_waited_for_is_named(store: Store, postgresql_url: str) -> None:
    with psycopg.connect(postgresql_url, application_name="kaohe chen") as other:
        other.execute("UPDATE audit_head SET seq = seq")
        with pytest.raises(KaoheError) as caught:
            put(store, [visit("1")])
        (problem,) = caught.value.problems
        assert problem.code == "database.locked"
        assert "kaohe chen from 127.0.0.1, server process" in str(problem.found)
    assert put(store, [visit("1")]).counts.added == 1


def test_a_cancelled_statement_and_a_server_without_room_are_told_apart(store: Store, postgresql_url: str) -> None:
    def slow() -> None:
        with store.writing() as connection:
            connection.exec_driver_sql("SET LOCAL statement_timeout = 10")
            connection.exec_driver_sql("SELECT pg_sleep(5)")

    assert refusal(slow) == "database.stopped"
    role, base = "crowded", postgresql_url.rpartition("/")[0]
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'x' CONNECTION LIMIT 0")
        url = f"postgresql://{role}:x@{base.rpartition('@')[2]}/{postgresql_url.rpartition('/')[2]}"
        assert refusal(lambda: open_store(url, {}, folder=Path("/"), patience=1)) == "database.connections"
        connection.execute(f"DROP ROLE {role}")


@pytest.fixture
def desk(postgresql_url: str, tmp_path: Path) -> Desk:
    made = make_desk(tmp_path, database=postgresql_url)
    write(made, "t.csv", "\n".join(["no,kind,owner,opened_at,resolved_at,satisfaction", *ticket_lines()]) + "\n")
    return made


@contextmanager
def cut_at(url: str, at: int | str) -> Iterator[list[int]]:
    """Cut every connection before the statement of that number, or before a writer's ``commit``; counts statements."""
    count = [0]

    def statement(*_arguments: Any) -> None:
        count[0] += 1
        if count[0] == at:
            cut_off(url)

    def commit(connection: Any) -> None:
        if at == "commit" and connection.get_execution_options().get("kaohe_purpose") == "write":
            cut_off(url)

    event.listen(Engine, "before_cursor_execute", statement)
    event.listen(Engine, "commit", commit)
    try:
        yield count
    finally:
        event.remove(Engine, "before_cursor_execute", statement)
        event.remove(Engine, "commit", commit)


def facts(url: str) -> list[Any]:
    with psycopg.connect(url) as connection:
        tables = ("record_ticket", "import_batches", "runs", "run_results", "period_steps", "payments", "audit_log")
        return [connection.execute(f"SELECT count(*) FROM {table}").fetchone() for table in tables]


@pytest.mark.parametrize("name", ["import", "evaluate", "pay"])
def test_a_command_that_loses_its_connection_keeps_all_or_nothing(name: str, desk: Desk, postgresql_url: str) -> None:
    words: tuple[Any, ...] = ("records", "import", "ticket", desk.workspace / "t.csv")
    if name != "import":
        desk.do(*words)
        words = EVALUATE
    if name == "pay":
        lead(desk, "approved")
        words = ("period", "pay", *WHOSE, "--as", "zhao")
    before = facts(postgresql_url)
    for at in (2, 9, 17, "commit"):
        with cut_at(postgresql_url, at) as count:
            answer = desk.try_(*words)
        if at != "commit" and count[0] < int(at):
            continue
        told = "[database.uncertain]" if at == "commit" else "[database.lost]"
        assert (answer.code, told in answer.err, "Traceback" in answer.err) == (3, True, False), answer.err
        assert not any(word in answer.err for word in ("张三", "P1", "se?cret"))
        assert facts(postgresql_url) == before
    desk.do(*words)
    assert facts(postgresql_url) != before
    desk.do("audit", "verify")


def test_a_change_that_was_kept_although_its_answer_was_lost_is_not_made_twice(
    desk: Desk, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, keeping = psycopg.Connection.commit, []

    def lost_answer(connection: psycopg.Connection[Any]) -> None:
        real(connection)
        if keeping:
            connection.close()
            raise psycopg.OperationalError("server closed the connection unexpectedly")

    def commit(connection: Any) -> None:
        keeping[:] = ["write"] * (connection.get_execution_options().get("kaohe_purpose") == "write")

    words = ("records", "import", "ticket", desk.workspace / "t.csv")
    event.listen(Engine, "commit", commit)
    try:
        with monkeypatch.context() as patched:
            patched.setattr(psycopg.Connection, "commit", lost_answer)
            answer = desk.try_(*words)
    finally:
        event.remove(Engine, "commit", commit)
    assert (answer.code, "see whether it was kept" in answer.err) == (3, True), answer.err
    there = facts(postgresql_url)
    assert "0 added" in desk.do(*words).err
    assert facts(postgresql_url)[:2] == there[:2]
