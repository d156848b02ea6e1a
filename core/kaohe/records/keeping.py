"""A snapshot by a manifest that was kept with a run, and what has become of its files since."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kaohe.errors import Exit, Place, Problem, fail, refuse_if_any
from kaohe.records.failures import guarded_files
from kaohe.records.manifest import Snapshot, snapshot_from
from kaohe.records.partition import Partition, broken, holds
from kaohe.text import msg


def open_kept(manifest: str, snapshot: str, folder: Path) -> Snapshot:
    """The snapshot of that digest in the folder. KaoheError where the manifest is not its own, or where a file is
    missing or does not say what it said; how a file is written does not matter."""
    try:
        opened = snapshot_from(manifest, folder)
        if opened.digest != snapshot:
            raise ValueError(snapshot)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        what = msg("the kept manifest is not that of the snapshot")
        raise fail(Problem("snapshot.damaged", what, Place(key=snapshot)), Exit.ENVIRONMENT) from None
    with guarded_files(str(folder)):
        refuse_if_any(harm(opened), Exit.ENVIRONMENT)
    return opened


def harm(snapshot: Snapshot) -> Iterator[Problem]:
    """A problem for each file of the snapshot that is missing or does not say what it said."""
    for partition in broken(snapshot.all_partitions(), again=False):
        if not says_the_same(partition):
            yield harmed(partition.path)


def says_the_same(partition: Partition) -> bool:
    """Whether the file, however it is written, holds the rows that the partition is named by."""
    return holds(partition.path, partition.content)


def harmed(path: Path) -> Problem:
    """What is to be said of a file that does not say what it said."""
    missing = not path.exists()
    what = msg("a file of the snapshot is missing") if missing else msg("a file of the snapshot is damaged")
    fix = msg("bring the file back from a backup, or evaluate again: rows that are still the same are written anew")
    return Problem("snapshot.missing" if missing else "snapshot.damaged", what, Place(file=str(path)), fix=fix)
