"""Imports as numbered batches: what came from which file, all of it or nothing, and the way back."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from kaohe.errors import Place, Problem, fail
from kaohe.records.audit import RowChange, added_row, append, insert_row, seal, update_row
from kaohe.records.canonical import digest
from kaohe.records.changes import marked
from kaohe.records.core_tables import AssignmentRow, BatchRow, PersonRow, ReplacedRow, RevisionRow, TargetRow, TeamRow
from kaohe.records.failures import guarded_files
from kaohe.records.journal import overwritten_by, restore
from kaohe.records.months import Months, months_of_batch, months_told
from kaohe.records.references import still_needed
from kaohe.records.rejections import forget_batch
from kaohe.records.store import Store
from kaohe.records.tables import BATCH, RECORDS, table_of
from kaohe.text import msg

PEOPLE = "people"
TARGETS = "targets"
_batches, _revisions, _replaced = table_of(BatchRow), table_of(RevisionRow), table_of(ReplacedRow)


@dataclass(frozen=True)
class Source:
    """Where rows come from: the file's name, its SHA-256, and the digest of the mapping that was used, if any."""

    name: str
    sha256: str
    mapping_digest: str | None = None


@dataclass(frozen=True)
class Counts:
    """Rows of a file: ``read`` is the sum of the others and of the rows a mapping leaves out."""

    read: int
    added: int
    replaced: int
    unchanged: int
    quarantined: int


@dataclass(frozen=True)
class Batch:
    """One import as it is listed."""

    id: int
    record_type: str
    source: Source
    handed_in: datetime
    counts: Counts
    undone_at: datetime | None


def source_of(path: Path, mapping_digest: str | None = None) -> Source:
    """The source that a file is, by the hash of its bytes."""
    with guarded_files(str(path)), path.open("rb") as file:
        return Source(path.name, hashlib.file_digest(file, "sha256").hexdigest(), mapping_digest)


@dataclass(frozen=True)
class Begun:
    """A batch that is being written: its number, what it writes to, and the marks of these tables before that."""

    id: int
    record_type: str
    marks: Mapping[str, tuple[int, int]]


def begin_batch(connection: Connection, record_type: str, source: Source, handed_in: datetime) -> Begun:
    """Number a new batch, before anything that it depends on is read; its counts are filled in by ``finish_batch``.

    Until the transaction ends no other import writes to its tables, and nobody takes away the people that it names.
    """
    if record_type != PEOPLE:
        marked(connection, tables_of(PEOPLE), held="name")
    marks = marked(connection, tables_of(record_type), held="write")
    values = {
        "record_type": record_type,
        "file_name": source.name,
        "file_sha256": source.sha256,
        "mapping_digest": source.mapping_digest,
        "handed_in": handed_in,
        **dict.fromkeys(("read", "added", "replaced", "unchanged", "quarantined"), 0),
    }
    key = connection.execute(insert(_batches).values(values)).inserted_primary_key
    if key is None:
        raise RuntimeError("the database counts batches")
    return Begun(int(key[0]), record_type, marks)


def finish_batch(
    connection: Connection,
    begun: Begun,
    counts: Counts,
    more: Sequence[Mapping[str, Any]] = (),
    *,
    months: Months | None = None,
) -> None:
    """Write the batch's counts, the new revision of what it changed, and the audit's event about all of it. ``more``:
    seals of what was written besides; ``months``: in which the records lie that it added or replaced."""
    connection.execute(update(_batches).where(_batches.c.id == begun.id).values(vars(counts)))
    row = connection.execute(select(_batches).where(_batches.c.id == begun.id)).mappings().one()
    seals = [seal(connection, _replaced, {"batch": begun.id})] if counts.replaced else []
    seals += map(dict, more)
    change = added_row(connection, _batches, {"id": begun.id})
    told = {} if months is None else dict.fromkeys(begun.marks, months)
    _note(connection, "import", dict(row), row["handed_in"], begun.marks, change, seals, told)


def list_batches(store: Store, *, record_type: str | None = None) -> list[Batch]:
    """All batches, or those of a record type, the newest first."""
    query = select(_batches).order_by(_batches.c.id.desc())
    if record_type is not None:
        query = query.where(_batches.c.record_type == record_type)
    with store.reading() as connection:
        return [_batch(row) for row in connection.execute(query).mappings()]


def undo_batch(store: Store, batch: int, at: datetime) -> Batch:
    """Take a batch's rows out again and put back what it replaced; returns the batch, now undone.

    Refused (KaoheError) where there is no such batch, it is undone already, a later batch replaced rows of it, records
    still need its people, or its record type's plugin is not loaded.
    """
    with store.writing() as connection:
        asked = select(_batches).where(_batches.c.id == batch)
        row = connection.execute(asked).mappings().one_or_none()
        if row is None or row["undone_at"] is not None:
            raise _not_there(batch, undone=row is not None)
        tables = _tables(store, row["record_type"], batch)
        before = marked(connection, [table.name for table in tables], held="remove")
        row = connection.execute(asked).mappings().one()  # whoever was waited for may have undone it
        if row["undone_at"] is not None:
            raise _not_there(batch, undone=True)
        if later := overwritten_by(connection, batch):
            raise _overwritten(batch, later)
        told = _months_of(store, connection, tables, batch)
        former = seal(connection, _replaced, {"batch": batch}) if row["replaced"] else None
        if row["record_type"] == PEOPLE:
            still_needed(store, connection, batch)
        try:
            for table in tables:
                restore(connection, table, batch)
                connection.execute(delete(table).where(table.c[BATCH] == batch))
        except IntegrityError as error:
            raise _needed(batch) from error
        rejected = forget_batch(connection, batch)
        change = update_row(connection, _batches, {"id": batch}, {"undone_at": at})
        seals = [seal(connection, _replaced, {"batch": batch}, before=former)] if former else []
        seals += rejected
        _note(connection, "undo", dict(row), at, before, change, seals, told)
        return _batch({**row, "undone_at": at})


def revisions(connection: Connection) -> dict[str, str]:
    """The state of each record type's rows, of the people and of the targets, as far as anything was ever imported."""
    rows = connection.execute(select(_revisions.c.name, _revisions.c.revision))
    return {row.name: row.revision for row in rows}


def tables_of(record_type: str) -> tuple[str, ...]:
    """The names of the tables that imports of a record type, of ``people`` or of ``targets`` write to."""
    organised = {PEOPLE: (PersonRow, TeamRow, AssignmentRow), TARGETS: (TargetRow,)}.get(record_type)
    return tuple(table_of(row).name for row in organised) if organised else (f"{RECORDS}{record_type}",)


def _tables(store: Store, record_type: str, batch: int) -> Sequence[Any]:
    if record_type == PEOPLE:
        return [table_of(row) for row in (AssignmentRow, PersonRow, TeamRow)]
    if record_type == TARGETS:
        return [table_of(TargetRow)]
    if record_type not in store.tables:
        raise fail(
            Problem(
                "batch.no-plugin",
                msg("the plugin that brings the record type {name} is not loaded", name=record_type),
                Place(key=str(batch)),
                fix=msg("add the plugin again, then undo the batch"),
            )
        )
    return [store.tables[record_type]]


def _note(
    connection: Connection,
    action: str,
    batch: Mapping[str, Any],
    at: datetime,
    before: Mapping[str, tuple[int, int]],
    change: RowChange,
    seals: Sequence[Mapping[str, Any]],
    months: Mapping[str, Months],
) -> None:
    """A revision that follows from the former one, so that no two histories share a revision; and the audit's event."""
    name = batch["record_type"]
    facts = {key: value.isoformat() if isinstance(value, datetime) else value for key, value in batch.items()}
    changed = new_revision(connection, name, [action, at.isoformat(), facts])
    detail = {**facts, "marks": moved(connection, before), **months_told(connection, months)}
    append(connection, at, action, f"batch {batch['id']}", detail, rows=[change, changed], seals=seals)


def new_revision(connection: Connection, name: str, why: Sequence[Any]) -> RowChange:
    """Replace the revision of a record type's rows, of the people or of the targets."""
    former = connection.scalar(select(_revisions.c.revision).where(_revisions.c.name == name))
    revision = digest([former, *why])
    if former is None:
        return insert_row(connection, _revisions, {"name": name, "revision": revision})
    return update_row(connection, _revisions, {"name": name}, {"revision": revision})


def moved(connection: Connection, before: Mapping[str, tuple[int, int]]) -> dict[str, list[int]]:
    """For the audit: the number of each table of facts, its mark before this transaction, and its mark now."""
    now = marked(connection, before)
    return {name: [number, mark, now[name][1]] for name, (number, mark) in before.items() if name in now}


def _months_of(store: Store, connection: Connection, tables: Sequence[Any], batch: int) -> dict[str, Months]:
    """In which months undoing the batch changes records; nothing of a table of which that cannot be told."""
    whens = {table.name: store.record_types[name].when for name, table in store.tables.items()}
    found = {
        table.name: months_of_batch(connection, table, whens[table.name], batch)
        for table in tables
        if table.name in whens
    }
    return {name: months for name, months in found.items() if months is not None}


def _batch(row: Mapping[Any, Any]) -> Batch:
    return Batch(
        id=row["id"],
        record_type=row["record_type"],
        source=Source(row["file_name"], row["file_sha256"], row["mapping_digest"]),
        handed_in=row["handed_in"],
        counts=Counts(row["read"], row["added"], row["replaced"], row["unchanged"], row["quarantined"]),
        undone_at=row["undone_at"],
    )


def _not_there(batch: int, *, undone: bool) -> Exception:
    what = (
        msg("batch {batch} is undone already", batch=batch) if undone else msg("there is no batch {batch}", batch=batch)
    )
    return fail(Problem("batch.unknown", what, fix=msg("kaohe records batches lists them")))


def _overwritten(batch: int, later: Sequence[int]) -> Exception:
    listed = ", ".join(map(str, reversed(later)))
    return fail(
        Problem(
            "batch.overwritten",
            msg("rows of batch {batch} were replaced by later imports", batch=batch),
            found=listed,
            fix=msg("undo those first, in this order: {batches}", batches=listed),
        )
    )


def _needed(batch: int) -> Exception:
    return fail(
        Problem(
            "batch.needed",
            msg("later imports refer to people or teams of batch {batch}", batch=batch),
            fix=msg("undo those imports first"),
        )
    )
