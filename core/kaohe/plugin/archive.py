"""Is a zip archive safe to open? Asked of its table of contents before anything in it is unpacked."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath

from kaohe.errors import Place, Problem
from kaohe.text import msg

MAX_BYTES = 20_000_000
MAX_UNPACKED = 100_000_000
MAX_FILES = 2_000
# Native code, start-up hooks, and bytecode: what a person cannot read, or what runs without being asked for.
_OPAQUE = {".so", ".pyd", ".dll", ".dylib", ".exe", ".pth", ".pyc"}


def unsafe(archive: zipfile.ZipFile, file: str) -> Iterator[Problem]:
    """Every reason not to open the archive; ``file`` is the name that messages carry."""
    entries = archive.infolist()
    if len(entries) > MAX_FILES:
        yield too_large(file, f"{len(entries):,}", f"{MAX_FILES:,}")
        return
    if (size := sum(entry.file_size for entry in entries)) > MAX_UNPACKED:
        yield too_large(file, f"{size:,}", f"{MAX_UNPACKED:,}")
        return
    seen: set[str] = set()
    for entry in entries:
        yield from _unsafe_entry(entry, file)
        if (name := entry.orig_filename.casefold().rstrip("/")) in seen:
            where = Place(file, key=entry.orig_filename)
            yield Problem("wheel.path", msg("two files in the wheel have the same name"), where)
        seen.add(name)


def _unsafe_entry(entry: zipfile.ZipInfo, file: str) -> Iterator[Problem]:
    # orig_filename is what the archive says; zipfile has cut and translated the other one already.
    name = entry.orig_filename
    path, where = PurePosixPath(name), Place(file, key=name)
    if path.is_absolute() or ".." in path.parts or any(character in name for character in "\\:\0"):
        yield Problem("wheel.path", msg("a file in the wheel would land outside of it"), where)
    if stat.S_ISLNK(entry.external_attr >> 16):
        yield Problem("wheel.symlink", msg("a file in the wheel is a link"), where)
    if entry.flag_bits & 0x1:
        yield Problem("wheel.encrypted", msg("a file in the wheel is encrypted"), where)
    if path.suffix.lower() in _OPAQUE:
        yield Problem("wheel.not-pure", msg("the wheel holds a file that is neither Python source nor data"), where)


def too_large(file: str, found: str, limit: str) -> Problem:
    what = msg("the wheel is too large")
    return Problem("wheel.too-large", what, Place(file), found, msg("at most {count}", count=limit))
