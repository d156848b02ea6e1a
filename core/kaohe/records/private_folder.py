"""What nobody else may read: a new database, and a folder beside one for only as long as this process lives."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from glob import escape
from pathlib import Path

from kaohe.records.failures import guarded_files


class PrivateFolder:
    """Only its owner may enter it."""

    def __init__(self, database: Path) -> None:
        with guarded_files(str(database.parent)):
            self.path = Path(tempfile.mkdtemp(prefix=_prefix(database), dir=database.parent))
        self._mark = _marked(self.path)

    def remove(self) -> None:
        """As far as the system allows that: not every one removes files that are open."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self._mark is not None:
            os.close(self._mark)
            self._mark = None


def make_private_file(path: Path) -> None:
    """An empty file that only its owner may read, where there is none yet; one that is there keeps its rights.

    What SQLite puts beside its database has the database's rights. Where no file can be made, SQLite says so.
    """
    with suppress(OSError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def remove_left_behind(database: Path) -> None:
    """Remove such folders of processes that were killed."""
    for left in database.parent.glob(escape(_prefix(database)) + "*"):
        _remove_unless_in_use(left)


def _prefix(database: Path) -> str:
    return f".{database.name}-import-"


def _marked(folder: Path) -> int | None:
    """A lock on the folder, which the system drops when the process ends; None where somebody else has it, or where
    folders cannot be locked: there, files that are open cannot be removed."""
    try:
        import fcntl  # noqa: PLC0415 - not on every system
    except ImportError:
        return None
    mark = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(mark)
        return None
    return mark


def _remove_unless_in_use(folder: Path) -> None:
    with suppress(OSError):
        mark = _marked(folder)
        if mark is not None or os.name == "nt":
            shutil.rmtree(folder, ignore_errors=True)
        if mark is not None:
            os.close(mark)
