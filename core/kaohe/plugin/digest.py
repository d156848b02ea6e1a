"""What a plugin's code is, as a SHA-256 over every file of its packages; and whether others may change those files.

Bytecode caches are left out of the digest, and therefore never run either (``load.py`` reads sources only).
"""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from kaohe.errors import Problem
from kaohe.plugin import refusals

_GROUP_OR_WORLD = stat.S_IWGRP | stat.S_IWOTH
_BLOCK = 1 << 20


def digest_of_file(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def digest_of_packages(roots: Sequence[Path]) -> str:
    """SHA-256 over ``relative path, NUL, SHA-256, newline`` of every file under the roots, sorted by path.

    A root is the folder of a top-level package or the file of a top-level module; paths are relative to its parent
    and written with ``/``. A link to a folder counts by its target's name.
    """
    lines = sorted(
        f"{path.relative_to(root.parent).as_posix()}\0{_digest_of(path)}\n"
        for root in roots
        for path in _walk(root)
        if path.is_file() or path.is_symlink()
    )
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _digest_of(path: Path) -> str:
    return digest_of_file(path) if path.is_file() else f"-> {path.readlink()}"


def unsafe_permissions(paths: Iterable[Path]) -> Iterator[Problem]:
    """A problem for each file or folder that others than its owner may write."""
    for path in paths:
        if path.stat().st_mode & _GROUP_OR_WORLD:
            yield refusals.writable(path)


def open_to_all(paths: Iterable[Path]) -> Iterator[Problem]:
    """A problem for each file or folder that everybody may change; in a sticky folder one changes only one's own."""
    for path in paths:
        mode = path.stat().st_mode
        if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
            yield refusals.writable(path)


def unsafe_files(roots: Sequence[Path]) -> Iterator[Problem]:
    """A problem for each symlink that leaves its package and each file or folder that others may write."""
    for root in roots:
        for path in _walk(root):
            if not path.resolve().is_relative_to(root.resolve()):
                yield refusals.leaves_folder(path, root)
            else:
                yield from unsafe_permissions([path])


def _walk(root: Path) -> Iterator[Path]:
    """The root and everything in it; symlinks are named, folders behind them not entered."""
    yield root
    if root.is_dir():
        for path in sorted(root.iterdir()):
            if path.name == "__pycache__" and not path.is_symlink():
                continue
            if path.is_symlink():
                yield path
            else:
                yield from _walk(path)
