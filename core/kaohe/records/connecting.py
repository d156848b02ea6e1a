"""Connections to a database: what a URL means, and how each kind of database is spoken to.

SQLite opens its file anew each time. PostgreSQL has a small pool: a connection that was lost while nobody used it is
replaced without a word, and one that goes back leaves nothing behind.
"""

from __future__ import annotations

import logging
import sqlite3
import time
import weakref
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, NullPool, QueuePool, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from kaohe.errors import Exit, KaoheError, Place, Problem, fail
from kaohe.records.failures import guarded_files
from kaohe.records.sqlite_door import CountedConnection
from kaohe.text import msg

# What the driver says besides the errors that it raises is not for whoever gave the command.
logging.getLogger("psycopg").addHandler(logging.NullHandler())

PURPOSE = "kaohe_purpose"
"""What a transaction is for, as its connection knows it."""
IN_TURN = "kaohe_in_turn"
"""Whether a connection to SQLite waits until others have written."""
# FULL: what somebody was told is paid is so after a failure of the power too.
_PRAGMAS = ("foreign_keys = ON", "journal_mode = WAL", "synchronous = FULL")
# Nothing that the server's files or the role's settings say changes what kaohe writes and reads. A statement may take
# as long as an import takes; a program that stopped in mid-transaction is not waited for longer than this.
_SESSION = {
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "30min",
    "default_transaction_isolation": "read committed",
    "client_encoding": "UTF8",
    "DateStyle": "ISO, YMD",
    "timezone": "UTC",
}
_BETWEEN_TRIES = 0.01  # seconds
_NOTICE_DEATH = "10s"  # the work of a client that died ends then, and what it had locked is free
_KEEPALIVES = {"keepalives": 1, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
_LONGEST_GREETING = 10  # seconds that a server has to answer at all


@dataclass(frozen=True)
class Pool:
    """Connections to PostgreSQL. ``size``: so many of one process at once; ``recycle``: seconds after which an idle one
    is replaced."""

    size: int = 4
    recycle: int = 1800


DEFAULT = Pool()


def address_of(url: str, folder: Path) -> URL:
    """The URL as it is connected to; a relative SQLite file lies in the folder. Raises KaoheError."""
    if "\0" in url:
        raise _unreadable()
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):
        raise _unreadable() from None
    match address.get_backend_name():
        case "sqlite":
            return _file(address, folder)
        case "postgresql" | "postgres":
            return address.set(drivername="postgresql+psycopg")
        case other:
            raise _unreadable(other)


def file_of(url: str, folder: Path) -> Path | None:
    """The file of SQLite that the URL names, whether it is there or not; None for a server. Raises KaoheError."""
    address = address_of(url, folder)
    return Path(address.database or "") if address.get_backend_name() == "sqlite" else None


def engine_of(address: URL, patience: float, pool: Pool = DEFAULT, who: str = "") -> Engine:
    """What makes connections to the address; ``patience``: seconds to wait for another writer; ``who``: whose they are,
    as the server shows it to whoever waits for them."""
    if address.get_backend_name() == "sqlite":
        return _sqlite(address, patience)
    return _postgresql(address, patience, pool, f"kaohe {who}".strip())


def _file(address: URL, folder: Path) -> URL:
    if not address.database or address.database == ":memory:":
        raise _unreadable()
    path = folder / address.database
    with guarded_files(str(path)):
        if not path.parent.is_dir():
            raise fail(
                Problem(
                    "database.folder",
                    msg("the folder of the database file does not exist"),
                    Place(file=str(path.parent)),
                    fix=msg("create the folder, or correct the database URL in kaohe.toml"),
                ),
                Exit.ENVIRONMENT,
            )
    return address.set(drivername="sqlite+pysqlite", database=str(path))


def _sqlite(address: URL, patience: float) -> Engine:
    settings = {"timeout": patience, "factory": CountedConnection}
    engine = create_engine(address, poolclass=NullPool, connect_args=settings, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin where we say, and hold the schema's changes too
        for pragma in _PRAGMAS:
            with suppress(_ReadOnly):  # then there is no journal to choose
                _in_turn(connection, f"PRAGMA {pragma}", patience)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(PURPOSE) == "write"
        connection.info[IN_TURN] = writes
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
        connection.info[IN_TURN] = False

    return engine


class _ReadOnly(Exception):  # noqa: N818 - nothing went wrong
    """The file may be read and not written."""


def _in_turn(connection: sqlite3.Connection, statement: str, patience: float) -> None:
    """Carry the statement out as soon as others let it: for the journal of a new file SQLite itself does not wait."""
    until = time.monotonic() + patience
    while True:
        try:
            connection.execute(statement)
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_READONLY:
                raise _ReadOnly from error
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() >= until:
                raise
            time.sleep(_BETWEEN_TRIES)


def _postgresql(address: URL, patience: float, pool: Pool, name: str) -> Engine:
    settings: dict[str, Any] = {
        "connect_timeout": max(1, min(round(patience), _LONGEST_GREETING)),
        "fallback_application_name": name,
        # Plans that a connection keeps outlive the temporary tables they were made for.
        "prepare_threshold": None,
        # From the first word on: a server that keeps no particular letters would answer in bytes.
        "client_encoding": "UTF8",
        **_KEEPALIVES,
    }
    settings = {key: address.query.get(key, value) for key, value in settings.items()}
    try:
        engine = create_engine(
            address,
            poolclass=QueuePool,
            pool_size=pool.size,
            max_overflow=0,
            pool_timeout=patience,
            pool_pre_ping=True,
            pool_recycle=pool.recycle,
            pool_reset_on_return=None,  # done below, together with the rest
            connect_args=settings,
            hide_parameters=True,
        )
    except ModuleNotFoundError:
        raise fail(
            Problem(
                "database.driver",
                msg("PostgreSQL needs the driver psycopg, which is not installed"),
                fix=msg('install it with: pip install "kaohe[postgresql]"'),
            ),
            Exit.ENVIRONMENT,
        ) from None
    session = {**_SESSION, "lock_timeout": f"{round(max(patience, 0.001) * 1000)}ms"}

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        # By a statement and not by options of the connection: these belong to the URL, to PGOPTIONS, and to poolers.
        named = ", ".join(f"set_config('{name}', '{value}', false)" for name, value in session.items())
        connection.autocommit = True
        connection.execute(f"SELECT {named}")
        with suppress(type(connection).Error):  # not every system on which a server runs can notice it
            connection.execute(f"SET client_connection_check_interval = '{_NOTICE_DEATH}'")
        connection.autocommit = False

    @event.listens_for(engine, "reset")
    def _leave_nothing(connection: Any, _record: Any, state: Any) -> None:
        if state.terminate_only or connection.closed:
            return
        try:
            connection.rollback()
            connection.autocommit = True
            connection.execute("DISCARD TEMP")
            connection.autocommit = False
        except type(connection).Error:  # lost on the way: the pool makes another one
            connection.close()

    weakref.finalize(engine, engine.pool.dispose)  # whoever forgets to close it leaves no connection open
    return engine


def _unreadable(backend: str | None = None) -> KaoheError:
    """The URL itself is not shown: it may hold a password."""
    return fail(
        Problem(
            "database.url",
            msg("the database URL cannot be used"),
            found=backend,
            expected=msg("sqlite:///kaohe.db or postgresql://USER:PASSWORD@HOST:PORT/NAME"),
            fix=msg("correct the database URL: KAOHE_DATABASE_URL where it is set, otherwise that in kaohe.toml"),
        ),
        Exit.ENVIRONMENT,
    )
