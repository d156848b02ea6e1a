"""Who is waited for: told to whoever waited for another writer as long as he would."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Row, text
from sqlalchemy.exc import SQLAlchemyError

from kaohe.text import Message, msg

_LOCKS = Path("/proc/locks")
_WRITERS_BYTE = 120
"""Of the small file beside a SQLite database: who writes holds a lock on this byte."""
session_columns = (
    "pid, coalesce(nullif(application_name, ''), usename) AS name, coalesce(host(client_addr), '') AS host, "
    "to_char(xact_start, 'HH24:MI:SS') AS since"
)
_SESSIONS = text(
    f"SELECT {session_columns} FROM pg_stat_activity "  # noqa: S608 - column names that are written in the code
    "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_xid IS NOT NULL "
    "ORDER BY xact_start LIMIT 1"
)


def who_writes(engine: Engine) -> Message | None:
    """Whoever has been writing the longest; None where nobody does any more, or the system does not tell."""
    if engine.dialect.name == "sqlite":
        process = _holder(Path(engine.url.database or ""))
        return None if process is None else msg("process {process}", process=process)
    try:
        with engine.connect() as connection:
            found = connection.execute(_SESSIONS).one_or_none()
    except SQLAlchemyError:
        return None
    return None if found is None else said_of(found)


def said_of(found: Row[Any]) -> Message | None:
    """Whose session it is; None where this role is not told."""
    if found.since is None:
        return None
    words = {"name": found.name, "host": found.host or "localhost", "process": found.pid, "since": found.since}
    return msg("{name} from {host}, server process {process}, writing since {since} UTC", **words)


def _holder(database: Path) -> int | None:
    """The process that holds SQLite's lock of who writes, as Linux knows it."""
    try:
        file = database.with_name(f"{database.name}-shm").stat().st_ino
        lines = _LOCKS.read_text("ascii").splitlines()
    except OSError:
        return None
    return holder_in(lines, file)


def holder_in(lines: list[str], file: int) -> int | None:
    """The process that writes to the database whose small file has this number, by the lines of /proc/locks:
    ``1: POSIX  ADVISORY  WRITE 4711 08:01:1234 120 120``. One outside the container is 0 there."""
    for line in lines:
        words = line.split()
        if len(words) < 8 or words[3] != "WRITE" or "->" in words:
            continue
        begins, ends = words[6], words[7]
        covers = int(begins) <= _WRITERS_BYTE and (ends == "EOF" or int(ends) >= _WRITERS_BYTE)
        if covers and words[5].rpartition(":")[2] == str(file) and int(words[4]) > 0:
            return int(words[4])
    return None
