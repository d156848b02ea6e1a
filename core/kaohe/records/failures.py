"""What a database or a disk reports, in words that a person can act on; passwords are never among them."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from kaohe.errors import Exit, KaoheError, Place, Problem, fail
from kaohe.text import Message, msg

_ROOM_TO_WORK = 1_000_000  # bytes
Finding = tuple[str, Message, Message]

_LOCKED: Finding = (
    "database.locked",
    msg("another program is writing to the database"),
    msg("wait until it is done, or close it, and try again; nothing was changed"),
)
_FULL: Finding = (
    "database.full",
    msg("the disk is full"),
    msg("make room on the disk and try again; nothing was changed"),
)
_PERMISSION: Finding = (
    "database.permission",
    msg("the database may not be opened or written by this user"),
    msg("check who owns the file and its folder, or what the database user may do"),
)
_SHUT_FOLDER: Finding = (
    "database.read-only",
    msg("SQLite makes files beside a database (-wal, -shm) even to read it, and this user may make none there"),
    msg(
        "let this user's group write in the folder, or copy the workspace and work in the copy; "
        "one that is only to be read is first made ready by its owner: sqlite3 FILE 'PRAGMA journal_mode = DELETE'"
    ),
)
_DAMAGED: Finding = (
    "database.damaged",
    msg("this file is not a database, or it is damaged"),
    msg("check the database URL in kaohe.toml, or restore the file from a backup"),
)
_DISK: Finding = (
    "database.disk",
    msg("the disk could not be read or written"),
    msg("check the disk and the room left on it; nothing was changed"),
)
_UNREACHABLE: Finding = (
    "database.unreachable",
    msg("the database server does not answer"),
    msg("check the host, the port and that the server is running"),
)
_REFUSED: Finding = (
    "database.refused",
    msg("the database server refused the user name or the password"),
    msg("check the user name and the password in the database URL"),
)
_LOST: Finding = (
    "database.lost",
    msg("the connection to the database was lost"),
    msg("nothing of the unfinished step was kept; see that server and network are well, and give the command again"),
)
_UNCERTAIN: Finding = (
    "database.uncertain",
    msg("the connection to the database was lost in the moment in which the change was to be kept"),
    msg("see whether it was kept: kaohe audit show --limit 1; if not, give the command again"),
)
_STARTING: Finding = (
    "database.starting",
    msg("the database server is starting up or shutting down"),
    msg("give the command again in a moment; nothing was changed"),
)
_CROWDED: Finding = (
    "database.connections",
    msg("the database server takes no more connections"),
    msg("raise max_connections of the server, or make [database] pool in kaohe.toml smaller"),
)
_STOPPED: Finding = (
    "database.stopped",
    msg("the database server stopped this step"),
    msg("somebody cancelled it, or a time limit of the server did; nothing was changed"),
)
_BUSY: Finding = (
    "database.busy",
    msg("all connections of this program are in use"),
    msg("make [database] pool in kaohe.toml larger"),
)
_LETTERS: Finding = (
    "database.encoding",
    msg("the database cannot hold every letter: it does not keep text as UTF-8"),
    msg("make a database with ENCODING 'UTF8' and use that one"),
)
_ABSENT: Finding = (
    "database.absent",
    msg("the database server has no database of this name"),
    msg("create it (createdb NAME) or correct the name in the database URL"),
)

# SQLite counts to 2**63 - 1; whoever mistypes the number of an appeal gets there.
_TOO_LARGE = msg("a number is larger than any that is stored")
_CHECK_NUMBER = msg("check the number")
_OPTION: Finding = (
    "database.url",
    msg("the database URL cannot be used"),
    msg("correct the database URL: KAOHE_DATABASE_URL where it is set, otherwise that in kaohe.toml"),
)

_SQLITE: dict[int, Finding] = {
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_READONLY: _PERMISSION,
    sqlite3.SQLITE_PERM: _PERMISSION,
    sqlite3.SQLITE_CANTOPEN: _PERMISSION,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_IOERR: _DISK,
}
_POSTGRESQL: dict[str, Finding] = {
    "28": _REFUSED,
    "3D": _ABSENT,
    "08": _LOST,
    "57": _STARTING,
    "57P01": _LOST,
    "57P02": _LOST,
    "57P05": _LOST,
    "57014": _STOPPED,
    "25P03": _STOPPED,
    "25P04": _STOPPED,
    "53100": _FULL,
    "53200": _STOPPED,
    "53300": _CROWDED,
    "53400": _FULL,
    "58030": _DISK,
    "XX001": _DAMAGED,
    "XX002": _DAMAGED,
    "22021": _LETTERS,
    "22P05": _LETTERS,
    "42501": _PERMISSION,
    "25006": _PERMISSION,
    "55P03": _LOCKED,
    "40P01": _LOCKED,
}
_FILES: dict[int, Finding] = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EACCES: (
        "file.permission",
        msg("this file or folder may not be read or written by this user"),
        msg("check who owns it"),
    ),
}
_FILES[errno.EPERM] = _FILES[errno.EROFS] = _FILES[errno.EACCES]


_CONNECTING = ("connection failed", "connection is bad", "connection timeout", "failed to resolve host")
"""What the driver begins with where it did not get as far as a connection."""
_REFUSALS: tuple[tuple[tuple[tuple[str, ...], ...], Finding], ...] = (
    ((("database", "does not exist"),), _ABSENT),
    ((("password",), ("authentication",), ("role", "does not exist")), _REFUSED),
    ((("starting up",), ("shutting down",), ("not accepting connections",)), _STARTING),
    ((("too many clients",), ("too many connections",), ("connection slots",)), _CROWDED),
)


def described(url: URL) -> str:
    """The database as it may be shown: the file, or host, port and name; without a host the service that is named."""
    if url.get_backend_name() == "sqlite":
        return url.database or ""
    if "service" in url.query and url.host is None:
        return f"service={url.query['service']}"
    host = url.host or url.query.get("host") or "localhost"
    return f"{host if isinstance(host, str) else ','.join(host)}:{url.port or 5432}/{url.database or ''}"


@contextmanager
def guarded(url: URL, waited_for: Callable[[], Message | None] = lambda: None) -> Iterator[None]:
    """Turn what the database reports into a KaoheError where a person can do something about it. ``waited_for``: asked
    for whom somebody waited in vain."""
    try:
        yield
    except PoolTimeoutError as error:
        raise _failure(_BUSY, described(url)) from error
    except DBAPIError as error:
        _raise_known(error.orig, url, error, waited_for)
        raise
    except sqlite3.Error as error:
        _raise_known(error, url, error, waited_for)
        raise
    except OverflowError as error:
        if "SQLite" not in str(error):
            raise
        raise fail(Problem("database.number", _TOO_LARGE, fix=_CHECK_NUMBER)) from error
    except Exception as error:
        if hasattr(error, "sqlstate"):  # psycopg's errors, without importing psycopg
            _raise_known(error, url, error, waited_for)
        raise


@contextmanager
def guarded_commit(url: URL) -> Iterator[None]:
    """Whoever loses the connection while a change is being kept does not know whether it was."""
    try:
        yield
    except DBAPIError as error:
        if error.connection_invalidated:
            raise _failure(_UNCERTAIN, described(url)) from error
        raise


def _raise_known(
    error: BaseException | None, url: URL, cause: Exception, waited_for: Callable[[], Message | None]
) -> None:
    finding, reason = _explained(error, url)
    if finding is not None:
        raise _failure(finding, described(url), waited_for() if finding is _LOCKED else reason) from cause


@contextmanager
def guarded_files(path: str) -> Iterator[None]:
    """Turn a full disk or a missing permission into a KaoheError; other faults of files pass."""
    try:
        yield
    except OSError as error:
        finding = _FILES.get(error.errno or 0)
        if finding is None:
            raise
        raise _failure(finding, str(error.filename or path)) from error


def _explained(error: BaseException | None, url: URL) -> tuple[Finding | None, str | None]:
    """What was found, and what the database says besides."""
    if not isinstance(error, sqlite3.Error):
        finding, reason = _from_server(error)
        return finding, _without_password(reason, url)
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_CANTOPEN and _is_shut(Path(url.database or "")):
        return _SHUT_FOLDER, None
    found = _SQLITE.get(code)
    # Where not even its small shared-memory file fits, SQLite speaks of a fault of the disk.
    return (_FULL if found is _DISK and _is_full(url) else found), None


def _is_shut(database: Path) -> bool:
    """Whether the file can be read, and nothing can be made beside it."""
    return os.access(database, os.R_OK) and not os.access(database.parent, os.W_OK | os.X_OK)


def _is_full(url: URL) -> bool:
    return shutil.disk_usage(Path(url.database or "").parent).free < _ROOM_TO_WORK


def _from_server(error: BaseException | None) -> tuple[Finding | None, str | None]:
    if error is None or not hasattr(error, "sqlstate"):
        return None, None
    state: str | None = error.sqlstate
    text = str(error).strip()
    if state is not None:
        return _POSTGRESQL.get(state) or _POSTGRESQL.get(state[:2]), None
    if "invalid connection option" in text:
        return _OPTION, text
    if type(error).__name__ not in {"OperationalError", "ConnectionTimeout"} or not text:
        return None, None
    if type(error).__name__ == "OperationalError" and not text.startswith(_CONNECTING):
        return _LOST, None
    # A server that refuses a connection says why in words only.
    said = next((finding for words, finding in _REFUSALS if any(all(w in text for w in each) for each in words)), None)
    if said is not None:
        return said, None
    # A line that is set in asks the reader something; what went wrong stands in the others.
    told = [line for line in text.splitlines() if not line.startswith("\t")]
    return _UNREACHABLE, told[-1]


def _without_password(reason: str | None, url: URL) -> str | None:
    for password in (url.password, url.query.get("password")):
        if reason and password:
            reason = reason.replace(str(password), "***")
    return reason


def _failure(finding: Finding, where: str, found: str | Message | None = None) -> KaoheError:
    code, what, fix = finding
    return fail(Problem(code, what, Place(file=where), found=found, fix=fix), Exit.ENVIRONMENT)
