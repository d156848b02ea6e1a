"""Two copies of SQLite, Python's own and that of Arrow's driver, are never open on one file at once in a process.

When either closes a file, the operating system drops all locks that the process has on it, those of the other copy as
well: so says POSIX, and then nothing protects a transaction any more. Therefore every ordinary connection is counted;
Arrow's driver opens a file only while there is none, and whoever wants an ordinary connection meanwhile waits.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Condition, get_ident
from typing import Any

_moved = Condition()
_ordinary: dict[Path, int] = {}
_alone: dict[Path, int] = {}


class CountedConnection(sqlite3.Connection):
    """An ordinary connection, made by ``sqlite3.connect(…, factory=CountedConnection)``."""

    def __init__(self, database: Any, *rest: Any, **named: Any) -> None:
        self._file: Path | None = Path(database).resolve()
        _enter(self._file)
        try:
            super().__init__(database, *rest, **named)
        except BaseException:
            self._leave()
            raise

    def close(self) -> None:
        super().close()
        self._leave()

    def _leave(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            with _moved:
                _ordinary[file] -= 1


@contextmanager
def alone_with(database: Path) -> Iterator[bool]:
    """Whether nobody in this process has an ordinary connection to the file; then nobody gets one until this ends."""
    file = database.resolve()
    with _moved:
        free = not _ordinary.get(file) and file not in _alone
        if free:
            _alone[file] = get_ident()
    try:
        yield free
    finally:
        if free:
            with _moved:
                del _alone[file]
                _moved.notify_all()


def _enter(file: Path) -> None:
    with _moved:
        if _alone.get(file) == get_ident():
            raise RuntimeError(f"{file} is being read by Arrow's driver in this very thread")
        _moved.wait_for(lambda: file not in _alone)
        _ordinary[file] = _ordinary.get(file, 0) + 1
