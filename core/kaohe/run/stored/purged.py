"""Files of snapshots from which people's data were purged, as the audit log tells them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Connection, select

from kaohe.errors import Problem
from kaohe.records.audit import detail_of
from kaohe.records.evidence_tables import AuditRow
from kaohe.records.manifest import snapshot_from
from kaohe.records.partition import content_digest
from kaohe.records.tables import table_of
from kaohe.run.inputs import Inputs
from kaohe.run.stored.findings import finding
from kaohe.text import msg

PURGE = "people.purge"
"""The action of the events that say so."""
_log = table_of(AuditRow)


@dataclass(frozen=True)
class Purged:
    """The file in the place of another: its path in the folder, the digest of what it says, how many rows it lacks in
    all, the newest event, and by a run's number what its figures and words gave after the purges where that is not its
    digest."""

    file: str
    content: str
    rows: int
    event: int
    digests: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


NOTHING_PURGED: Mapping[str, Purged] = MappingProxyType({})


def purges(connection: Connection) -> dict[str, Purged]:
    """What stands now in the place of each file, by the digest of what the file said; several purges in a row lead to
    the newest."""
    found: dict[str, Purged] = {}
    digests: dict[str, str] = {}
    events = connection.execute(select(_log.c.seq, _log.c.detail).where(_log.c.action == PURGE).order_by(_log.c.seq))
    for event, text in events:
        detail = detail_of(text)
        for former, said in detail.get("files", {}).items():
            new = Purged(said["file"], said["content"], said["rows"], event)
            for known, each in found.items():
                if each.content == former:
                    found[known] = replace(new, rows=each.rows + new.rows)
            found[former] = new
        digests |= detail.get("digests", {})
    return {former: replace(each, digests=digests) for former, each in found.items()}


def check_purged(purged: Purged, folder: Path) -> Iterator[Problem]:
    """Whether the file that took another's place says what the purge left."""
    path = folder / purged.file
    try:
        with pq.ParquetFile(path) as file:
            same = content_digest(file.read()) == purged.content
    except (OSError, pa.ArrowException):
        same = False
    if not same:
        yield finding("file", msg("this file does not say what the purge of event {event} left", event=purged.event),
                      str(path))  # fmt: skip
        return
    what = msg("{count} rows were purged from this file by event {event}", count=purged.rows, event=purged.event)
    yield finding("purged", what, str(path), severity="note")


def newest_purge(inputs: Inputs, purged: Mapping[str, Purged]) -> int | None:
    """The newest event that took something out of the inputs' snapshot."""
    contents = {each.content for each in snapshot_from(inputs.manifest, Path()).all_partitions()}
    return max((each.event for content, each in purged.items() if content in contents), default=None)
