"""The files of a run's snapshot as they are now, against the manifest that was kept with the run."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kaohe.errors import Problem
from kaohe.records.keeping import says_the_same
from kaohe.records.manifest import Snapshot, manifest_path, snapshot_from
from kaohe.records.partition import file_sha256
from kaohe.run.inputs import Inputs
from kaohe.run.stored.findings import finding
from kaohe.run.stored.purged import Purged, check_purged
from kaohe.run.stored.reading import UNREADABLE
from kaohe.text import msg


def check_files(inputs: Inputs, folder: Path, purged: Mapping[str, Purged]) -> Iterator[Problem]:
    """What differs; a code of ``verify.file`` means that the snapshot cannot be read any more, ``verify.purged`` that
    people's data were taken out of it."""
    try:
        kept = snapshot_from(inputs.manifest, folder)
        if kept.digest != inputs.snapshot:
            raise ValueError(kept.digest)
    except UNREADABLE:
        yield finding("file", msg("the kept manifest is not that of the snapshot"), f"kept_texts: {inputs.snapshot}")
        return
    for partition in kept.all_partitions():
        if partition.is_intact():
            continue
        if partition.content in purged and not partition.path.exists():
            yield from check_purged(purged[partition.content], folder)
            continue
        where = str(partition.path)
        if not partition.path.exists():
            yield finding("file", msg("a file of the snapshot is missing"), where)
        elif not says_the_same(partition):
            yield finding("file", msg("a file of the snapshot does not say what it said"), where)
        elif not _rewritten(kept, partition.path):
            yield finding("bytes", msg("the bytes of a file of the snapshot were changed, and not its rows"), where)
    yield from _manifest(kept, inputs)


def _rewritten(kept: Snapshot, path: Path) -> bool:
    """Whether the manifest in the folder knows these bytes: the file was lost, and written anew from the database."""
    try:
        listed = json.loads(manifest_path(kept.folder, kept.digest).read_text("utf-8"))["files"].values()
        return [str(path.relative_to(kept.folder)), file_sha256(path)] in list(listed)
    except UNREADABLE:
        return False


def _manifest(kept: Snapshot, inputs: Inputs) -> Iterator[Problem]:
    """The manifest in the folder: it may list other bytes of the same rows, and nothing else may differ."""
    path = manifest_path(kept.folder, kept.digest)
    if not path.is_file():
        yield finding("manifest", msg("the manifest of the snapshot is missing"), str(path))
        return
    try:
        text = path.read_text("utf-8")
        if text == inputs.manifest:
            return
        now, then = json.loads(text), json.loads(inputs.manifest)
        rewritten = _parts(now)["content"] == then["content"] and now["files"] != then["files"]
        listed = now["files"].keys() == then["files"].keys()
        if (
            rewritten
            and listed
            and all(file_sha256(kept.folder / file) == sha256 for file, sha256 in now["files"].values())
        ):
            return
    except UNREADABLE:
        pass  # it is not even a manifest
    yield finding("manifest", msg("the manifest of the snapshot was changed"), str(path))


def _parts(manifest: Any) -> dict[str, Any]:
    """The manifest's parts; ValueError where there are others than it should have."""
    if set(manifest) != {"content", "files", "sources"}:
        raise ValueError(set(manifest))
    return dict(manifest)
