"""What a database or a disk reports, in words that a person can act on; passwords are never among them."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

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
    msg("correct the database URL in kaohe.toml"),
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
    "08": _UNREACHABLE,
    "57": _UNREACHABLE,
    "53100": _FULL,
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


def described(url: URL) -> str:
    """The database as it may be shown: the file, or host, port and name."""
    if url.get_backend_name() == "sqlite":
        return url.database or ""
    return f"{url.host or 'localhost'}:{url.port or 5432}/{url.database or ''}"


@contextmanager
def guarded(url: URL) -> Iterator[None]:
    """Turn what the database reports into a KaoheError where a person can do something about it."""
    try:
        yield
    except DBAPIError as error:
        known = _explained(error.orig, url)
        if known is None:
            raise
        raise known from error
    except sqlite3.Error as error:
        known = _explained(error, url)
        if known is None:
            raise
        raise known from error
    except OverflowError as error:
        if "SQLite" not in str(error):
            raise
        raise fail(Problem("database.number", _TOO_LARGE, fix=_CHECK_NUMBER)) from error
    except Exception as error:
        if not hasattr(error, "sqlstate"):  # psycopg's errors, without importing psycopg
            raise
        known = _explained(error, url)
        if known is None:
            raise
        raise known from error


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


def _explained(error: BaseException | None, url: URL) -> KaoheError | None:
    finding: Finding | None
    reason: str | None = None
    if isinstance(error, sqlite3.Error):
        finding = _SQLITE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
        # Where not even its small shared-memory file fits, SQLite speaks of a fault of the disk.
        if finding is _DISK and _is_full(url):
            finding = _FULL
    else:
        finding, reason = _from_server(error)
    return _failure(finding, described(url), _without_password(reason, url)) if finding else None


def _is_full(url: URL) -> bool:
    return shutil.disk_usage(Path(url.database or "").parent).free < _ROOM_TO_WORK


def _from_server(error: BaseException | None) -> tuple[Finding | None, str | None]:
    if error is None or not hasattr(error, "sqlstate"):
        return None, None
    state: str | None = error.sqlstate
    text = str(error).strip()
    if state is not None:
        return _POSTGRESQL.get(state) or _POSTGRESQL.get(state[:2]), None
    # A server that refuses a connection says why in words only.
    if "does not exist" in text and "database" in text:
        return _ABSENT, None
    if "password" in text or "authentication" in text or "does not exist" in text:
        return _REFUSED, None
    if "invalid connection option" in text:
        return _OPTION, text
    is_connection = type(error).__name__ in {"OperationalError", "ConnectionTimeout"}
    return (_UNREACHABLE, text.splitlines()[-1]) if is_connection and text else (None, None)


def _without_password(reason: str | None, url: URL) -> str | None:
    password = url.password
    return reason.replace(str(password), "***") if reason and password else reason


def _failure(finding: Finding, where: str, found: str | None = None) -> KaoheError:
    code, what, fix = finding
    return fail(Problem(code, what, Place(file=where), found=found, fix=fix), Exit.ENVIRONMENT)
