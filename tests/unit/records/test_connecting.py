"""What a server says, in words that a person can act on; who is waited for; what of a URL may be shown."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url

from kaohe.errors import KaoheError
from kaohe.records.connecting import address_of, engine_of
from kaohe.records.failures import described, guarded
from kaohe.records.store import open_store
from kaohe.records.waiting import holder_in, who_writes
from kaohe.text import LANGUAGES

URL = make_url("postgresql+psycopg://kaohe:open-sesame@db/kaohe")
SERVER = "connection failed: connection to server at 10.0.0.1, port 5432 failed: "


def code_of(error: Exception) -> tuple[str, str]:
    with pytest.raises(KaoheError) as caught, guarded(URL):
        raise error
    (problem,) = caught.value.problems
    assert all("sesame" not in problem.render(language) for language in LANGUAGES)
    return problem.code, str(problem.found or "")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (f"{SERVER}Connection refused\n\tIs the server running?", "database.unreachable"),
        (f'{SERVER}FATAL:  password authentication failed for user "kaohe"', "database.refused"),
        (f'{SERVER}FATAL:  role "kaohe" does not exist', "database.refused"),
        (f"{SERVER}fe_sendauth: no password supplied", "database.refused"),
        (f'{SERVER}FATAL:  database "kaohe" does not exist', "database.absent"),
        (f"{SERVER}FATAL:  the database system is starting up", "database.starting"),
        (f"{SERVER}FATAL:  sorry, too many clients already", "database.connections"),
        (f"{SERVER}FATAL:  remaining connection slots are reserved for superusers", "database.connections"),
        ("connection is bad: no error details available", "database.unreachable"),
        ("consuming input failed: server closed the connection unexpectedly", "database.lost"),
        ("the connection is closed", "database.lost"),
        ('connection failed: definition of service "x" not found open-sesame', "database.unreachable"),
    ],
)
def test_what_a_server_says_before_and_after_the_connection_stands(said: str, code: str) -> None:
    assert code_of(psycopg.OperationalError(said))[0] == code


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (psycopg.errors.AdminShutdown, "database.lost"),
        (psycopg.errors.CannotConnectNow, "database.starting"),
        (psycopg.errors.QueryCanceled, "database.stopped"),
        (psycopg.errors.IdleInTransactionSessionTimeout, "database.stopped"),
        (psycopg.errors.DiskFull, "database.full"),
        (psycopg.errors.TooManyConnections, "database.connections"),
        (psycopg.errors.OutOfMemory, "database.stopped"),
        (psycopg.errors.DataCorrupted, "database.damaged"),
        (psycopg.errors.UntranslatableCharacter, "database.encoding"),
        (psycopg.errors.InsufficientPrivilege, "database.permission"),
        (psycopg.errors.LockNotAvailable, "database.locked"),
        (psycopg.errors.DeadlockDetected, "database.locked"),
    ],
)
def test_states_that_a_person_can_do_something_about(kind: Any, code: str) -> None:
    assert code_of(kind("x"))[0] == code


def test_other_errors_pass_as_they_are() -> None:
    with pytest.raises(psycopg.errors.UndefinedColumn), guarded(URL):
        raise psycopg.errors.UndefinedColumn("x")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://kaohe:open-sesame@db/kaohe", "db:5432/kaohe"),
        ("postgresql:///kaohe?host=/var/run/postgresql", "/var/run/postgresql:5432/kaohe"),
        ("postgresql://?service=kaohe", "service=kaohe"),
        ("postgresql://db/kaohe?user=kaohe&password=open-sesame", "db:5432/kaohe"),
    ],
)
def test_a_database_is_shown_without_a_password(url: str, shown: str) -> None:
    assert described(make_url(url)) == shown


def test_service_and_password_files_are_those_of_libpq(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that leads nowhere is asked for where the file says."""
    (tmp_path / "services").write_text("[appraisal]\nhost=127.0.0.1\nport=1\ndbname=kaohe\nuser=kaohe\n")
    monkeypatch.setenv("PGSERVICEFILE", str(tmp_path / "services"))
    with pytest.raises(KaoheError) as caught:
        open_store("postgresql://?service=appraisal", {}, folder=tmp_path, patience=1)
    (problem,) = caught.value.problems
    assert (problem.code, problem.where.file) == ("database.unreachable", "service=appraisal")
    with pytest.raises(KaoheError) as caught:
        open_store("postgresql://?service=another", {}, folder=tmp_path, patience=1)
    assert "another" in str(caught.value.problems[0].found)


def test_what_the_url_says_of_the_connection_goes_before() -> None:
    url = "postgresql://db/kaohe?application_name=nightly&connect_timeout=3&keepalives_idle=5"
    engine = engine_of(address_of(url, Path()), 60, who="chen")
    _words, settings = engine.dialect.create_connect_args(engine.url)
    assert settings["application_name"] == "nightly"
    assert (settings["connect_timeout"], settings["keepalives_idle"]) == ("3", "5")
    engine.dispose()


LOCKS = """\
1: POSIX  ADVISORY  READ  812 08:01:77 123 123
2: POSIX  ADVISORY  WRITE 4711 08:01:77 120 120
2: -> POSIX  ADVISORY  WRITE 4712 08:01:77 120 120
3: FLOCK  ADVISORY  WRITE 9 08:01:78 0 EOF
4: OFDLCK ADVISORY  WRITE -1 08:01:79 120 120
5: POSIX  ADVISORY  WRITE 5 08:01:80 128 128
short line
""".splitlines()


@pytest.mark.parametrize(("file", "process"), [(77, 4711), (78, 9), (79, None), (80, None), (1, None)])
def test_the_lock_of_who_writes_is_found_among_others(file: int, process: int | None) -> None:
    assert holder_in(LOCKS, file) == process


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says who holds a lock")
def test_the_process_that_writes_to_a_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "kaohe.db"
    with sqlite3.connect(path) as made:
        made.execute("PRAGMA journal_mode = WAL")
        made.execute("CREATE TABLE t (x)")
    engine = engine_of(address_of(f"sqlite:///{path}", tmp_path), 1)
    assert who_writes(engine) is None
    hold = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None); c.execute('BEGIN IMMEDIATE'); "
    command = [sys.executable, "-c", f"{hold} print(1, flush=True); sys.stdin.read()", path]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        found = who_writes(engine)
        other.communicate()
    assert found is not None
    assert found.arguments["process"] == other.pid != os.getpid()
