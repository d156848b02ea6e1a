"""Tells somebody who waits for another writer that he does, and for whom, while he waits."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from kaohe.records.connecting import IN_TURN
from kaohe.records.waiting import said_of, session_columns, who_writes
from kaohe.text import Message, msg

Tell = Callable[[Message], None]
AFTER = 2.0
"""Seconds for which nobody wonders."""
_BLOCKING = text(
    f"SELECT {session_columns} FROM pg_stat_activity "  # noqa: S608 - column names that are written in the code
    "WHERE pid = ANY(pg_blocking_pids(:waiting)) "
    "ORDER BY xact_start LIMIT 1"
)


@contextmanager
def told(engine: Engine, connection: Connection, tell: Tell | None) -> Iterator[None]:
    """As long as this lasts the connection is watched: once it has waited for others, that is told, one time."""
    if tell is None:
        yield
        return
    over = threading.Event()
    watcher = threading.Thread(target=_watch, args=(engine, _waiting(engine, connection), tell, over), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def _watch(engine: Engine, waiting: Callable[[], bool | Message], tell: Tell, over: threading.Event) -> None:
    while not over.wait(AFTER):
        found = waiting()
        if found and not over.is_set():
            whom = found if isinstance(found, Message) else who_writes(engine)
            tell(
                msg("waiting until another program has written to the database")
                if whom is None
                else msg("waiting until {whom} has written to the database", whom=whom)
            )
            return


def _waiting(engine: Engine, connection: Connection) -> Callable[[], bool | Message]:
    """Asks whether the connection waits just now, and if the database tells that, for whom."""
    if engine.dialect.name == "sqlite":
        info = connection.info
        return lambda: bool(info.get(IN_TURN))
    driver: Any = connection.connection.driver_connection
    number = driver.info.backend_pid

    def asked() -> bool | Message:
        try:
            with engine.connect() as other:
                found = other.execute(_BLOCKING, {"waiting": number}).one_or_none()
        except SQLAlchemyError:
            return False  # the connection that waits will say what is wrong
        return False if found is None else said_of(found) or True

    return asked
