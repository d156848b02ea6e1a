"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kaohe.errors import Exit, Place, Problem, fail
from kaohe.system import said_by_system
from kaohe.text import msg


def write_whole(path: Path, content: str | bytes) -> None:
    """Write beside the file, then put it in its place; a full disk leaves what was there before."""
    with whole(path) as beside:
        beside.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)


def make_private(folder: Path) -> None:
    """A folder that nobody but its owner may enter, where there is none yet; one that is there keeps its rights. Where
    it cannot be made, whoever writes into it says so."""
    with suppress(OSError):
        folder.mkdir(mode=0o700)


def refuse_unwritable(path: Path | None) -> None:
    """KaoheError where nothing can be written to the file: asked before a step that is not taken back."""
    if path is not None:
        with suppress(_Tried), whole(path) as beside:
            beside.touch()
            raise _Tried


class _Tried(Exception):  # noqa: N818 - nothing went wrong
    """The file could be written; what was tried is taken away again."""


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A path to write to, which on leaving takes the place of ``path``, and on any error goes away again. Who may read
    the file stays as it was.

    KaoheError where the file cannot be written, also from libraries that wrap the error of the system.
    """
    beside = path.with_name(f".{path.name}.new")
    try:
        yield beside
        with beside.open("rb+") as file:
            os.fsync(file.fileno())
        with suppress(OSError):  # there is none, or it is somebody else's
            shutil.copymode(path, beside)
        beside.replace(path)
    except Exception as error:
        reason = next((each for each in (error, *error.args) if isinstance(each, OSError)), None)
        if reason is None:
            raise
        what, found = msg("this file cannot be written"), said_by_system(reason)
        raise fail(Problem("file.unwritable", what, Place(str(path)), found), Exit.ENVIRONMENT) from error
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
