"""The open database of a workspace: SQLite in a file, or PostgreSQL by URL. Nobody else makes connections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from sqlalchemy import URL, Connection, Engine, MetaData, NullPool, Table, create_engine, event, make_url
from sqlalchemy.engine import RootTransaction
from sqlalchemy.exc import ArgumentError

from kaohe.errors import Exit, KaoheError, Place, Problem, fail
from kaohe.plugin import RecordType
from kaohe.records.audit import NOBODY, Actor, act_as
from kaohe.records.failures import described, guarded, guarded_files
from kaohe.records.schema import bring_up_to_date, is_current
from kaohe.records.tables import record_table
from kaohe.text import msg

_PURPOSE = "kaohe_purpose"
# FULL: what somebody was told is paid is so after a failure of the power too.
_PRAGMAS = ("foreign_keys = ON", "journal_mode = WAL", "synchronous = FULL")


@dataclass(frozen=True)
class Store:
    """An open database. ``tables`` holds the table of each record type; ``actor`` is whose the changes are,
    ``settings`` the text of the workspace's settings by which they are made.

    Every transaction is one of ``reading()`` (a consistent view) or ``writing()`` (all or nothing).
    """

    engine: Engine
    record_types: Mapping[str, RecordType] = field(repr=False)
    tables: Mapping[str, Table] = field(repr=False)
    actor: Actor = NOBODY
    settings: str | None = field(default=None, repr=False)

    @property
    def label(self) -> str:
        """The database as it may be shown to people, without a password."""
        return described(self.engine.url)

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self.engine.dialect.name

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """A connection without a transaction yet: see ``transaction``. Temporary tables live as long as it does."""
        with guarded(self.engine.url), self.engine.connect() as connection:
            act_as(connection, self.actor, self.settings)
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A view of the database that does not change while it is read."""
        with self.connected() as connection, transaction(connection, "read"):
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is kept on leaving, and undone by any exception, Ctrl-C included."""
        with self.connected() as connection, transaction(connection, "write"):
            yield connection

    def close(self) -> None:
        self.engine.dispose()


@contextmanager
def transaction(connection: Connection, purpose: Literal["read", "prepare", "write"]) -> Iterator[RootTransaction]:
    """One transaction on the connection; a writer waits for its turn at the beginning, not half-way through.

    ``prepare`` is for temporary tables, which nobody else sees and nobody waits for.
    """
    connection.execution_options(**{_PURPOSE: purpose})
    with connection.begin() as current:
        if connection.dialect.name == "postgresql" and purpose == "read":
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield current


def open_store(
    url: str,
    record_types: Mapping[str, RecordType],
    *,
    folder: Path,
    patience: float = 5.0,
    actor: Actor = NOBODY,
    settings: str | None = None,
    at: datetime | None = None,
) -> Store:
    """Open the database, create it where it does not exist, and bring its tables to this version.

    ``record_types`` by name. ``url``: ``sqlite:///FILE`` (relative to ``folder``) or
    ``postgresql://USER:PASSWORD@HOST:PORT/NAME``.
    ``patience``: seconds to wait for another writer or for the server; ``actor``: who is at work, by which ``settings``
    (their text without a password), and ``at`` which moment (left out: by the database's own clock).
    Raises KaoheError (Exit.ENVIRONMENT).
    """
    address = _address(url, folder)
    metadata = MetaData()
    tables = {name: record_table(record_type, metadata) for name, record_type in record_types.items()}
    engine = _sqlite(address, patience) if address.get_backend_name() == "sqlite" else _postgresql(address, patience)
    store = Store(engine, MappingProxyType(dict(record_types)), MappingProxyType(tables), actor, settings)
    with store.reading() as connection:
        current = is_current(connection, record_types)
    if not current:
        with store.writing() as connection:
            bring_up_to_date(connection, record_types, tables, at)
    return store


def _address(url: str, folder: Path) -> URL:
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
    engine = create_engine(address, poolclass=NullPool, connect_args={"timeout": patience}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin where we say, and hold the schema's changes too
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_PURPOSE) == "write"
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgresql(address: URL, patience: float) -> Engine:
    seconds = max(1, round(patience))
    settings = {"connect_timeout": seconds, "options": f"-c lock_timeout={seconds * 1000} -c timezone=UTC"}
    try:
        return create_engine(address, poolclass=NullPool, connect_args=settings, hide_parameters=True)
    except ModuleNotFoundError:
        raise fail(
            Problem(
                "database.driver",
                msg("PostgreSQL needs the driver psycopg, which is not installed"),
                fix=msg('install it with: pip install "kaohe[postgresql]"'),
            ),
            Exit.ENVIRONMENT,
        ) from None


def _unreadable(backend: str | None = None) -> KaoheError:
    """The URL itself is not shown: it may hold a password."""
    return fail(
        Problem(
            "database.url",
            msg("the database URL cannot be used"),
            found=backend,
            expected=msg("sqlite:///kaohe.db or postgresql://USER:PASSWORD@HOST:PORT/NAME"),
            fix=msg("correct the database URL in kaohe.toml"),
        ),
        Exit.ENVIRONMENT,
    )
