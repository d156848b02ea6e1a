"""The records room: database tables, people and teams, reading and importing files, and the snapshot of all of it.

The names below are loaded when they are first used: opening the database needs no Arrow, reading a snapshot no ORM.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kaohe.records.manifest import Snapshot, SnapshotTable
    from kaohe.records.partition import Partition
    from kaohe.records.snapshot import open_snapshot, take_snapshot
    from kaohe.records.store import Store, open_store

__all__ = ["Partition", "Snapshot", "SnapshotTable", "Store", "open_snapshot", "open_store", "take_snapshot"]
_HOMES = {
    "Partition": "partition",
    "Snapshot": "manifest",
    "SnapshotTable": "manifest",
    "open_snapshot": "snapshot",
    "take_snapshot": "snapshot",
    "Store": "store",
    "open_store": "store",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
