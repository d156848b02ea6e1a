"""The open database of a workspace: SQLite in a file, or PostgreSQL by URL. Nobody else makes connections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from sqlalchemy import Connection, Engine, MetaData, Table
from sqlalchemy.engine import RootTransaction

from kaohe.plugin import RecordType
from kaohe.records.audit import NOBODY, Actor, act_as
from kaohe.records.connecting import DEFAULT, PURPOSE, Pool, address_of, engine_of
from kaohe.records.failures import described, guarded, guarded_commit
from kaohe.records.held_up import Tell, told
from kaohe.records.private_folder import make_private_file
from kaohe.records.schema import bring_up_to_date, is_current
from kaohe.records.tables import record_table
from kaohe.records.waiting import who_writes


@dataclass(frozen=True)
class Store:
    """An open database. ``tables`` holds the table of each record type; ``actor`` is whose the changes are,
    ``settings`` the text of the workspace's settings by which they are made; ``tell`` is told of a longer wait for
    others.

    Every transaction is one of ``reading()`` (a consistent view) or ``writing()`` (all or nothing).
    """

    engine: Engine
    record_types: Mapping[str, RecordType] = field(repr=False)
    tables: Mapping[str, Table] = field(repr=False)
    actor: Actor = NOBODY
    settings: str | None = field(default=None, repr=False)
    tell: Tell | None = field(default=None, repr=False)

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
        with guarded(self.engine.url, lambda: who_writes(self.engine)), self.engine.connect() as connection:
            act_as(connection, self.actor, self.settings)
            with told(self.engine, connection, self.tell):
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
    connection.execution_options(**{PURPOSE: purpose})
    with connection.begin() as current:
        if connection.dialect.name == "postgresql" and purpose == "read":
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield current
        if purpose == "write" and current.is_active:
            with guarded_commit(connection.engine.url):
                current.commit()


def open_store(
    url: str,
    record_types: Mapping[str, RecordType],
    *,
    folder: Path,
    patience: float = 5.0,
    pool: Pool = DEFAULT,
    actor: Actor = NOBODY,
    settings: str | None = None,
    at: datetime | None = None,
    tell: Tell | None = None,
) -> Store:
    """Open the database, create it where it does not exist, and bring its tables to this version.

    ``record_types`` by name. ``url``: ``sqlite:///FILE`` (relative to ``folder``) or
    ``postgresql://USER:PASSWORD@HOST:PORT/NAME``.
    ``patience``: seconds to wait for another writer or for the server; ``pool``: connections to PostgreSQL; ``actor``:
    who is at work, by which ``settings`` (their text without a password), and ``at`` which moment (left out: by the
    database's own clock). ``tell``: told once of each longer wait for others. Raises KaoheError (Exit.ENVIRONMENT).
    """
    metadata = MetaData()
    tables = {name: record_table(record_type, metadata) for name, record_type in record_types.items()}
    address = address_of(url, folder)
    if address.get_backend_name() == "sqlite":
        make_private_file(Path(address.database or ""))
    engine = engine_of(address, patience, pool, actor.login)
    store = Store(engine, MappingProxyType(dict(record_types)), MappingProxyType(tables), actor, settings, tell)
    with store.reading() as connection:
        current = is_current(connection, record_types)
    if not current:
        with store.writing() as connection:
            bring_up_to_date(connection, record_types, tables, at)
    return store
