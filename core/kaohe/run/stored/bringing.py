"""The snapshot's files within a file of a run, so that the run can be computed again elsewhere."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from kaohe.records import Snapshot
from kaohe.records.manifest import manifest_path, within
from kaohe.run.stored.reading import UNREADABLE


def snapshot_data(snapshot: Snapshot, manifest: str) -> dict[str, str]:
    """The manifest and every file of the snapshot, in base64 by their paths."""
    files = {path.relative_to(snapshot.folder).as_posix(): path.read_bytes() for path in _paths(snapshot)}
    files[manifest_path(snapshot.folder, snapshot.digest).name] = manifest.encode()
    return {name: base64.b64encode(content).decode() for name, content in sorted(files.items())}


def unpack_snapshot(text: str, folder: Path) -> bool:
    """Put the files that a run's file brings into the folder; whether it brings any. One with a path that leads
    elsewhere brings none."""
    try:
        files: dict[str, Any] = json.loads(text).get("snapshot") or {}
        for name, content in files.items():
            path = within(folder, name)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(base64.b64decode(content, validate=True))
    except UNREADABLE:
        return False
    return bool(files)


def _paths(snapshot: Snapshot) -> set[Path]:
    return {partition.path for partition in snapshot.all_partitions()}
