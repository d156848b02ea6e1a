"""Taking a snapshot of the database, and opening one again.

A table that did not change is not read a second time. Whether it did, its revision (of the imports) and its mark (of
every change, by whomever) say; neither is part of what the snapshot says, and so of its digest.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Table, func, select

from kaohe.errors import Exit, KaoheError, Place, Problem, fail, refuse_if_any
from kaohe.plugin import RecordType
from kaohe.records.batches import PEOPLE, TARGETS, revisions
from kaohe.records.canonical import canonical, digest
from kaohe.records.changes import marks
from kaohe.records.columnar import LOCAL, Layout, read_columns
from kaohe.records.columns import STORED, Stored
from kaohe.records.core_tables import AssignmentRow, BatchRow, PersonRow, TargetRow, TeamRow
from kaohe.records.failures import guarded_files
from kaohe.records.manifest import FORMAT, Snapshot, SnapshotTable, content_of, manifest_path, snapshot_from, table_from
from kaohe.records.partition import split_by_month, write_partition, write_whole
from kaohe.records.store import Store
from kaohe.records.tables import table_of
from kaohe.text import msg

_MICROSECONDS_PER_DAY = 86_400_000_000


def take_snapshot(
    store: Store, record_types: Iterable[RecordType], folder: Path, timezone: ZoneInfo, *, targets: bool = False
) -> Snapshot:
    """The records of these types, the people, teams and assignments as they are now, as files in the folder.

    ``targets``: the targets as well, for whoever reads them; else a change of a target changes no snapshot.
    A table whose revision and mark are those of a former snapshot is taken from there, after its files were checked.
    Raises KaoheError for a full disk and for what the database reports.
    """
    layouts = {
        record_type.name: record_layout(record_type, store.tables[record_type.name]) for record_type in record_types
    }
    with guarded_files(str(folder)), store.reading() as connection:
        folder.mkdir(parents=True, exist_ok=True)
        imported, changed = revisions(connection), marks(connection)

        def table(layout: Layout, revision: str | None) -> SnapshotTable:
            mark = changed.get(layout.table.name)
            return _table(connection, layout, folder, timezone, None if mark is None else (revision, mark))

        organisation = [(layout, PEOPLE) for layout in organisation_layouts()]
        if targets:
            organisation.append((target_layout(), TARGETS))
        snapshot = Snapshot(
            folder=folder,
            timezone=timezone.key,
            records={name: table(layout, imported.get(name)) for name, layout in layouts.items()},
            organisation={layout.table.name: table(layout, imported.get(name)) for layout, name in organisation},
            sources=batches_behind(connection, [*layouts, *dict.fromkeys(name for _layout, name in organisation)]),
        )
        snapshot.write()
    return snapshot


def open_snapshot(folder: Path, snapshot: str) -> Snapshot:
    """The snapshot of that digest. KaoheError where its manifest or a file is missing or is not what was written."""
    path = manifest_path(folder, snapshot)
    try:
        with guarded_files(str(path)):
            opened = snapshot_from(path.read_text("utf-8"), folder)
    except FileNotFoundError:
        raise _unusable(path, "snapshot.missing", missing=True) from None
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        raise _unusable(path, "snapshot.damaged", missing=False) from None
    if opened.digest != snapshot:
        raise _unusable(path, "snapshot.damaged", missing=False)
    broken = [partition.path for partition in opened.all_partitions() if not partition.is_intact()]
    refuse_if_any(
        (
            problem
            for path in broken
            for problem in _unusable(path, "snapshot.damaged", missing=not path.exists()).problems
        ),
        Exit.ENVIRONMENT,
    )
    return opened


def record_layout(record_type: RecordType, table: Table) -> Layout:
    """Every field, rows in key order, split by the month of ``when``."""
    columns = tuple((field.name, STORED[field.kind]) for field in record_type.fields)
    return Layout(table, columns, tuple(table.c[name] for name in record_type.key), record_type.when)


def organisation_layouts() -> tuple[Layout, ...]:
    """People, teams, assignments: whole tables without the batch that wrote a row."""
    people, teams, assignments = (table_of(row) for row in (PersonRow, TeamRow, AssignmentRow))
    words: Stored = "text"
    return (
        Layout(people, (("code", words), ("name", words)), (people.c.code,)),
        Layout(teams, (("code", words), ("name", words)), (teams.c.code,)),
        Layout(
            assignments,
            (
                *((name, words) for name in ("person", "team", "role", "manager")),
                ("starts", "date"),
                ("ends", "date"),
                ("fraction", "integer"),
                ("bonus_base", "integer"),
                ("attributes", words),
            ),
            (
                assignments.c.person,
                assignments.c.starts,
                func.coalesce(assignments.c.team, ""),
                func.coalesce(assignments.c.role, ""),
            ),
        ),
    )


def target_layout() -> Layout:
    """Targets: the whole table, without the batch that wrote a row."""
    targets = table_of(TargetRow)
    key = ("scope", "who", "indicator", "period")
    words: Stored = "text"
    return Layout(
        targets, (*((name, words) for name in key), ("value", "integer")), tuple(targets.c[name] for name in key)
    )


def _table(
    connection: Connection, layout: Layout, folder: Path, zone: ZoneInfo, version: tuple[str | None, int] | None
) -> SnapshotTable:
    """From a former snapshot of the same version (revision and mark), or else from the database."""
    state = {
        "format": FORMAT,
        "table": layout.table.name,
        "columns": layout.physical,
        "when": layout.when,
        "timezone": zone.key,
        "version": version,
    }
    note = folder / f"state-{digest(state)}.json"
    known = None if version is None else _remembered(note, folder)
    if known is not None:
        return known
    rows = read_columns(connection, layout, zone)
    partitions = tuple(
        write_partition(folder, month, part, layout) for month, part in split_by_month(rows, layout) if part.num_rows
    )
    kind = layout.kinds.get(layout.when or "")
    when = layout.when + LOCAL if layout.when and kind == "datetime" else layout.when
    table = SnapshotTable(layout.physical, when, _MICROSECONDS_PER_DAY if kind == "datetime" else 1, partitions)
    if version is not None:
        files = {part.content: [part.path.relative_to(folder).as_posix(), part.sha256] for part in partitions}
        text = canonical({"content": content_of(table), "files": files})
        write_whole(note, lambda beside: beside.write_text(text, "utf-8"))
    return table


def _remembered(note: Path, folder: Path) -> SnapshotTable | None:
    """The table as a former snapshot left it, if all of it is still there unharmed."""
    try:
        data: Mapping[str, Any] = json.loads(note.read_text("utf-8"))
        table = table_from(data["content"], data["files"], folder)
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return None
    broken = [partition.path for partition in table.partitions if not partition.is_intact()]
    for path in broken:
        path.unlink(missing_ok=True)
    return None if broken else table


def batches_behind(connection: Connection, names: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """The imports that stand behind the facts of those names by now."""
    names = tuple(names)
    batches = table_of(BatchRow)
    rows = connection.execute(
        select(batches.c.record_type, batches.c.id)
        .where(batches.c.undone_at.is_(None), batches.c.record_type.in_(names))
        .order_by(batches.c.id)
    ).all()
    return {name: tuple(batch for record_type, batch in rows if record_type == name) for name in names}


def _unusable(path: Path, code: str, *, missing: bool) -> KaoheError:
    what = msg("a file of the snapshot is missing") if missing else msg("a file of the snapshot is damaged")
    return fail(
        Problem(code, what, Place(file=str(path)), fix=msg("evaluate again to take a new snapshot from the database")),
        Exit.ENVIRONMENT,
    )
