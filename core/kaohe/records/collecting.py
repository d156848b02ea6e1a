"""Files of snapshots that nobody needs any more.

Needed is what a kept manifest names, what the newest note of each table names, and what is young: somebody on another
machine may be at work with it. A file that kaohe did not write is never touched.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from kaohe.records.failures import guarded_files
from kaohe.records.former import NOTES, read_note
from kaohe.records.manifest import Snapshot, snapshot_from
from kaohe.records.month_files import WAITING

_MANIFEST = re.compile(r"manifest-([0-9a-f]{64})\.json")
_NOTE = re.compile(rf"{re.escape(NOTES)}(?:(\w+)-)?[0-9a-f]{{16,64}}\.json")
_PARTITION = re.compile(r"(\d{4,}-\d\d|undated)-[0-9a-f]{64}\.parquet")
_LEFT = re.compile(r"\..+\.(?:parquet|json)(?:\.\d+)+")
UNREADABLE = (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError)


@dataclass(frozen=True)
class Needed:
    """What stored runs and frozen inputs need: the ``manifests`` that were kept, the ``snapshots`` by their digests,
    and further ``files`` by their paths in the folder."""

    manifests: tuple[Snapshot, ...]
    snapshots: frozenset[str]
    files: frozenset[str]


@dataclass(frozen=True)
class Rubbish:
    """What can go, with how many bytes it is."""

    paths: tuple[Path, ...]
    size: int


def manifests_in(folder: Path) -> dict[str, Path]:
    """The manifests in the folder by the digests that they are called by."""
    named = ((_MANIFEST.fullmatch(path.name), path) for path in sorted(folder.glob("manifest-*.json")))
    return {found[1]: path for found, path in named if found}


def newest_notes(folder: Path) -> dict[str, Path]:
    """The note of each table's newest state, by the name of the table."""
    newest: dict[str, Path] = {}
    for path in sorted(folder.glob(f"{NOTES}*.json"), key=_age):
        if (found := _NOTE.fullmatch(path.name)) and found[1]:
            newest[found[1]] = path
    return newest


def rubbish_in(folder: Path, needed: Needed, before: datetime) -> Rubbish:
    """What nobody needs and was last touched before that moment. Raises KaoheError for a folder that cannot be read."""
    with guarded_files(str(folder)):
        old = {path for path in _ours(folder) if _touched(path) < before}
        manifests, notes = manifests_in(folder), newest_notes(folder)
        kept = {path for digest, path in manifests.items() if digest in needed.snapshots or path not in old}
        kept |= set(notes.values()) | {path for path in folder.glob(f"{NOTES}*.json") if path not in old}
        kept |= {folder / name for name in needed.files}
        kept |= {part.path for each in needed.manifests for part in each.all_partitions()}
        kept |= set(_named(folder, kept))
        gone = tuple(sorted(old - kept))
        return Rubbish(gone, sum(_size(path) for path in gone))


def remove(folder: Path, rubbish: Rubbish) -> None:
    """Delete it; manifests and notes first, so that nothing names a file that is gone. Raises KaoheError."""
    with guarded_files(str(folder)):
        for path in sorted(rubbish.paths, key=lambda path: (path.parent != folder, path)):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)


def remove_leftovers(folder: Path) -> None:
    """Delete what interrupted commands left, however young: rows of people may be in it. Raises KaoheError."""
    with guarded_files(str(folder)):
        left = tuple(path for path in _ours(folder) if path.name.startswith(WAITING) or _is_left(path))
    remove(folder, Rubbish(left, 0))


def read_manifest(path: Path, folder: Path) -> Snapshot | None:
    """The snapshot that a manifest of the folder describes; None where it cannot be read."""
    try:
        return snapshot_from(path.read_text("utf-8"), folder)
    except UNREADABLE:
        return None


def _named(folder: Path, kept: Iterable[Path]) -> Iterator[Path]:
    """The files that these manifests and notes name, and the purged ones in the place of others."""
    for path in kept:
        if _MANIFEST.fullmatch(path.name) and (snapshot := read_manifest(path, folder)) is not None:
            yield from (part.path for part in snapshot.all_partitions())
        elif path.name.startswith(NOTES) and (former := read_note(path, folder)) is not None:
            yield from (part.path for part in former.table.partitions)


def _ours(folder: Path) -> Iterator[Path]:
    """Everything in the folder that kaohe wrote, but for the lock."""
    for path in folder.glob("*"):
        if path.is_dir() and not path.is_symlink():
            if path.name.startswith(WAITING):
                yield path
            else:
                yield from (each for each in path.glob("*") if _PARTITION.fullmatch(each.name) or _is_left(each))
        elif _MANIFEST.fullmatch(path.name) or _NOTE.fullmatch(path.name) or _is_left(path):
            yield path


def _is_left(path: Path) -> bool:
    """Whether somebody wrote this file and was killed."""
    return _LEFT.fullmatch(path.name) is not None


def _touched(path: Path) -> datetime:
    """When anything of it was last written."""
    newest = max((_age(each) for each in path.glob("*")), default=0) if path.is_dir() else 0
    return datetime.fromtimestamp(max(_age(path), newest) / 1_000_000_000, UTC)


def _age(path: Path) -> int:
    return path.stat().st_mtime_ns


def _size(path: Path) -> int:
    return sum(_size(each) for each in path.glob("*")) if path.is_dir() else path.stat().st_size


def sizes(snapshots: Mapping[str, Snapshot]) -> dict[str, tuple[int, int]]:
    """How many bytes the files of each snapshot are that are there, and how many of these no other one shares."""
    owners: dict[Path, set[str]] = {}
    for digest, snapshot in snapshots.items():
        for part in snapshot.all_partitions():
            owners.setdefault(part.path, set()).add(digest)
    found = dict.fromkeys(snapshots, (0, 0))
    for path, digests in owners.items():
        size = path.stat().st_size if path.is_file() else 0
        for digest in digests:
            whole, own = found[digest]
            found[digest] = (whole + size, own + (size if len(digests) == 1 else 0))
    return found
