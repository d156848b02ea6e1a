"""Who is at work with the files of snapshots, so that nobody takes them away meanwhile.

Whoever takes a snapshot holds a lock that he shares with others, until what he makes of it is stored or given up;
whoever removes files holds it alone. The operating system frees it when a process ends, however it ends. Between
machines a network's file system may know nothing of such locks: there, only the age of files protects.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

LOCK = ".in-use"
Found = Literal["free", "busy", "unknown"]
_BUSY = {errno.EAGAIN, errno.EACCES, errno.EDEADLK}
_UNKNOWN = {errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL}


@contextmanager
def in_use(folder: Path) -> Iterator[None]:
    """Nobody removes files of the folder as long as this lasts; whoever does is waited for."""
    with _lock_file(folder) as file:
        try:
            _share(file)
        except OSError as error:
            if error.errno not in _UNKNOWN:
                raise
        yield


@contextmanager
def alone(folder: Path) -> Iterator[Found]:
    """``free``: nobody is at work with the folder, and whoever wants to be waits until this ends. ``busy``: somebody
    is. ``unknown``: the file system knows no locks."""
    with _lock_file(folder) as file:
        try:
            _take(file)
        except OSError as error:
            if error.errno in _BUSY:
                yield "busy"
                return
            if error.errno in _UNKNOWN:
                yield "unknown"
                return
            raise
        yield "free"


@contextmanager
def _lock_file(folder: Path) -> Iterator[int]:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / LOCK
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except PermissionError:
        file = os.open(path, os.O_RDONLY)  # somebody else made it; to lock it, reading is enough
    try:
        yield file
    finally:
        os.close(file)


if sys.platform == "win32":
    import msvcrt

    # There are no shared locks: each of those who share locks one byte of many, whoever is alone locks all of them.
    _PLACES = 1_024

    def _share(file: int) -> None:
        for place in range(_PLACES):
            os.lseek(file, place, os.SEEK_SET)
            try:
                msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
            except OSError:
                continue
            return
        os.lseek(file, os.getpid() % _PLACES, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_LOCK, 1)  # waits ten seconds

    def _take(file: int) -> None:
        os.lseek(file, 0, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_NBLCK, _PLACES)

else:
    import fcntl

    def _share(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_SH)

    def _take(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
