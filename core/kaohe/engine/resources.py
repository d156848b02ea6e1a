"""What measuring may use of a machine, and where what does not fit into its memory lies meanwhile."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from kaohe.records.in_use import alone, in_use

USUAL_MEMORY = 1_000_000_000
_OWN = re.compile(r"measuring-[0-9]+-[0-9]+")


@dataclass(frozen=True)
class Resources:
    """``memory``: bytes at the most. ``threads``: None: as many as there are processors. ``spill``: a folder for what
    does not fit into memory; None: what does not fit is refused."""

    memory: int = USUAL_MEMORY
    threads: int | None = None
    spill: Path | None = None


USUAL = Resources()


@contextmanager
def spilling(folder: Path | None) -> Iterator[Path | None]:
    """A folder in that one for as long as this lasts. What runs that were killed left behind is removed as soon as
    nobody else is at work there. None where nothing can be written."""
    if folder is None or not _cleared(folder):
        yield None
        return
    with in_use(folder):
        own = _new(folder)
        try:
            yield own
        finally:
            shutil.rmtree(own, ignore_errors=True)


def _new(folder: Path) -> Path:
    for number in count():
        own = folder / f"measuring-{os.getpid()}-{number}"
        with suppress(FileExistsError):  # by another thread, or on another machine that shares the folder
            own.mkdir()
            return own
    raise AssertionError


def _cleared(folder: Path) -> bool:
    """Whether the folder is there and can be written to. What was laid aside in it is removed, if nobody is at work; a
    folder that was named by hand may hold other things."""
    with suppress(OSError):
        with alone(folder) as found:
            if found == "free":
                for left in folder.iterdir():
                    if _OWN.fullmatch(left.name):
                        shutil.rmtree(left, ignore_errors=True)
        return True
    return False
