"""What a table was when a snapshot last held it, and which months of it were changed since.

A note in the snapshot's folder says which state that was: the table's revision and mark, and where the audit log ended.
Each event since then says from which mark to which its writer went and in which months he changed rows. Where these
steps lead without a gap from the mark of then to that of now, nothing else was changed by anybody.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from kaohe.records.audit import detail_of, link
from kaohe.records.canonical import canonical, digest, text_digest
from kaohe.records.columnar import Layout
from kaohe.records.evidence_tables import AuditHeadRow, AuditRow
from kaohe.records.manifest import FORMAT, SnapshotTable, content_of, files_of, table_from
from kaohe.records.partition import write_whole
from kaohe.records.tables import table_of

NOTES = "state-"
"""What the names of notes begin with."""
_FAR = 1_000  # events after which a note is written anew although nothing changed: the way to it grows long
_log, _head = table_of(AuditRow), table_of(AuditHeadRow)


@dataclass(frozen=True)
class State:
    """A table of a database at a moment: the ``revision`` of what was imported, its ``mark``, and the ``log``'s end
    (number and digest of the newest event)."""

    revision: str | None
    mark: int
    log: tuple[int, str]

    def is_same(self, other: State) -> bool:
        """Whether the table is the same in both."""
        return (self.revision, self.mark) == (other.revision, other.mark)


@dataclass(frozen=True)
class Former:
    """A table as a snapshot held it."""

    state: State
    table: SnapshotTable


def end_of_log(connection: Connection) -> tuple[int, str] | None:
    """Number and digest of the newest event; None where the log has lost its end."""
    row = connection.execute(select(_head.c.seq, _head.c.digest).where(_head.c.id == 1)).one_or_none()
    return None if row is None else (row.seq, row.digest)


def note_path(folder: Path, layout: Layout, timezone: str) -> Path:
    """Where the newest state of a table of this layout is noted."""
    shape = {"columns": layout.physical, "when": layout.when, "timezone": timezone, "format": FORMAT}
    return folder / f"{NOTES}{layout.table.name}-{digest(shape)[:16]}.json"


def read_note(path: Path, folder: Path) -> Former | None:
    """What is noted there; None where nothing is, or nothing that can be read."""
    try:
        note: Mapping[str, Any] = json.loads(path.read_text("utf-8"))
        data = note["said"]
        if digest(data) != note["digest"]:
            return None
        seq, end = data["log"]
        state = State(data["revision"], data["mark"], (seq, end))
        table = table_from(data["content"], data["files"], folder)
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError):
        return None
    return Former(state, table)


def write_note(path: Path, folder: Path, state: State, table: SnapshotTable, former: Former | None) -> None:
    """Note the table's state, unless the note that is there says the same."""
    if (
        former is not None
        and (former.table == table and former.state.is_same(state))
        and (state.log[0] - former.state.log[0] < _FAR)
    ):
        return
    shown = {"content": content_of(table), "files": files_of(table.partitions, folder)}
    said = {"revision": state.revision, "mark": state.mark, "log": list(state.log), **shown}
    text = canonical({"digest": digest(said), "said": said})
    write_whole(path, lambda beside: beside.write_text(text, "utf-8"))


def months_since(connection: Connection, table: str, former: State, now: State) -> frozenset[str | None] | None:
    """The months in which rows of the table were changed between the two states; None where that cannot be told."""
    if former.is_same(now):
        return frozenset()
    after, end = former.log
    if connection.scalar(select(_log.c.digest).where(_log.c.seq == after)) != end:
        return None  # another database, or one that was brought back from a backup
    mark, found = former.mark, set[str | None]()
    events = select(_log).where(_log.c.seq > after, _log.c.detail.contains('"marks":')).order_by(_log.c.seq)
    for event in connection.execute(events).mappings():
        said = _sound(event).get("marks", {}).get(table)
        if said is None:
            continue
        _number, before, mark_after = said
        if before != mark:
            return None
        if mark_after != mark:
            months = detail_of(event["detail"]).get("months", {}).get(table)
            if months is None:
                return None
            found.update(months)
            mark = mark_after
    return frozenset(found) if mark == now.mark else None


def _sound(event: Mapping[Any, Any]) -> dict[str, Any]:
    """What an event says, if it is what was written; else nothing, and the way over it is broken."""
    text = event["detail"]
    try:
        sound = link(event) == event["digest"] and text_digest(text) == event["detail_digest"]
        return detail_of(text) if sound else {}
    except (ValueError, TypeError, KeyError):
        return {}
