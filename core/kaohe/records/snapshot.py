"""Taking a snapshot of the database, and opening one again.

Of a table that a former snapshot held, only those months are read in which something was changed since, as the audit
log tells without a gap; where it does not, because somebody changed rows past kaohe, the whole table is. Which way a
table was read is no part of what the snapshot says, and so of its digest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, Connection, Table, func, literal_column, select

from kaohe.errors import Exit, KaoheError, Place, Problem, fail, refuse_if_any
from kaohe.plugin import RecordType
from kaohe.records.batches import PEOPLE, TARGETS, revisions
from kaohe.records.changes import marks, unwatched
from kaohe.records.columnar import LOCAL, Layout, StrangeValueError
from kaohe.records.columns import STORED, Stored
from kaohe.records.core_tables import AssignmentRow, BatchRow, PersonRow, TargetRow, TeamRow
from kaohe.records.failures import guarded_files
from kaohe.records.former import Former, State, end_of_log, months_since, note_path, read_note, write_note
from kaohe.records.in_use import in_use
from kaohe.records.manifest import Snapshot, SnapshotTable, manifest_path, snapshot_from
from kaohe.records.month_files import place_of, read_partitions
from kaohe.records.partition import Partition, broken
from kaohe.records.physical import strange_value
from kaohe.records.row_streams import Stream, stream_of
from kaohe.records.sqlite_arrow import UnsuitableError, arrow_file
from kaohe.records.store import Store
from kaohe.records.tables import table_of
from kaohe.text import msg

_MICROSECONDS_PER_DAY = 86_400_000_000
_MANY = 20_000  # rows of a table from which on it pays to open the file a second time, by Arrow's driver
_ATTEMPTS = 3


@dataclass(frozen=True)
class _Asked:
    """A table of a snapshot: the files of a former one that hold, and the months that are read (None: the whole
    table). ``state`` is None where nobody watches the table."""

    layout: Layout
    state: State | None
    former: Former | None
    kept: tuple[Partition, ...]
    months: frozenset[str | None] | None

    @property
    def is_read(self) -> bool:
        return self.months is None or bool(self.months)


@dataclass(frozen=True)
class _Plan:
    """What a snapshot consists of, as the database was in one transaction, and the marks of the tables then."""

    records: dict[str, _Asked]
    organisation: dict[str, _Asked]
    sources: dict[str, tuple[int, ...]]
    marks: dict[str, int]

    @property
    def read(self) -> list[_Asked]:
        return [asked for asked in (*self.records.values(), *self.organisation.values()) if asked.is_read]


def take_snapshot(
    store: Store, record_types: Iterable[RecordType], folder: Path, timezone: ZoneInfo, *, targets: bool = False
) -> Snapshot:
    """The records of these types, the people, teams and assignments as they are now, as files in the folder.

    ``targets``: the targets as well, for whoever reads them; else a change of a target changes no snapshot.
    Files of a former snapshot that still hold are taken from there, after they were checked; one that was damaged is
    written anew. Raises KaoheError for a full disk, for what the database
    reports, and for values in it that kaohe did not write and cannot read.
    """
    records = {each.name: record_layout(each, store.tables[each.name]) for each in record_types}
    with guarded_files(str(folder)), in_use(folder):
        for _attempt in range(_ATTEMPTS):
            with store.reading() as connection:
                plan = _plan(connection, records, folder, timezone, targets=targets)
                if not _is_large(connection, plan):
                    return _taken(plan, stream_of(connection), folder, timezone)
            try:
                # Elsewhere by Arrow's driver: somebody may have changed something in between, and then all begins anew.
                with arrow_file(Path(store.engine.url.database or "")) as file:
                    if file is None:
                        break
                    if file.marks() == plan.marks:
                        return _taken(plan, file.stream, folder, timezone)
            except UnsuitableError:
                break
        with store.reading() as connection:
            plan = _plan(connection, records, folder, timezone, targets=targets)
            return _taken(plan, stream_of(connection), folder, timezone)


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
    refuse_if_any(
        (
            problem
            for each in broken(opened.all_partitions())
            for problem in _unusable(each.path, "snapshot.damaged", missing=not each.path.exists()).problems
        ),
        Exit.ENVIRONMENT,
    )
    return opened


def record_layout(record_type: RecordType, table: Table) -> Layout:
    """Every field, rows in key order, split by the month of ``when``."""
    columns = tuple((field.name, STORED[field.kind]) for field in record_type.fields)
    return Layout(table, columns, record_type.key, record_type.when)


def organisation_layouts() -> tuple[Layout, ...]:
    """People, teams, assignments: whole tables without the batch that wrote a row."""
    people, teams, assignments = (table_of(row) for row in (PersonRow, TeamRow, AssignmentRow))
    words: Stored = "text"
    return (
        Layout(people, (("code", words), ("name", words)), ("code",)),
        Layout(teams, (("code", words), ("name", words)), ("code",)),
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
            ("person", "starts", "team", "role"),
        ),
    )


def target_layout() -> Layout:
    """Targets: the whole table, without the batch that wrote a row."""
    targets = table_of(TargetRow)
    key = ("scope", "who", "indicator", "period")
    words: Stored = "text"
    return Layout(targets, (*((name, words) for name in key), ("value", "integer")), key)


def _plan(
    connection: Connection, records: dict[str, Layout], folder: Path, timezone: ZoneInfo, *, targets: bool
) -> _Plan:
    """What is to be read and what is there, as the database is now."""
    imported, changed, log = revisions(connection), marks(connection), end_of_log(connection)
    organisation = [(layout, PEOPLE) for layout in organisation_layouts()]
    if targets:
        organisation.append((target_layout(), TARGETS))
    tables = [layout.table.name for layout in (*records.values(), *(layout for layout, _name in organisation))]
    unseen = set(unwatched(connection, tables))

    def asked(layout: Layout, name: str) -> _Asked:
        mark = None if layout.table.name in unseen else changed.get(layout.table.name)
        state = None if mark is None or log is None else State(imported.get(name), mark, log)
        return _asked(connection, layout, folder, timezone, state)

    return _Plan(
        {name: asked(layout, name) for name, layout in records.items()},
        {layout.table.name: asked(layout, name) for layout, name in organisation},
        batches_behind(connection, [*records, *dict.fromkeys(name for _layout, name in organisation)]),
        changed,
    )


def _asked(connection: Connection, layout: Layout, folder: Path, zone: ZoneInfo, state: State | None) -> _Asked:
    former = None if state is None else read_note(note_path(folder, layout, zone.key), folder)
    months = None
    if former is not None and state is not None:
        months = months_since(connection, layout.table.name, former.state, state)
    if former is None or months is None:
        return _Asked(layout, state, former, (), None)
    lost = broken(part for part in former.table.partitions if part.month not in months)
    for part in lost:
        part.path.unlink(missing_ok=True)
    months |= {part.month for part in lost}
    if layout.when is None and months:
        return _Asked(layout, state, former, (), None)
    kept = tuple(part for part in former.table.partitions if part.month not in months)
    return _Asked(layout, state, former, kept, months)


def _is_large(connection: Connection, plan: _Plan) -> bool:
    """Whether a table of SQLite has to be read that Arrow's driver reads sooner, although it opens the file anew."""
    if connection.dialect.name != "sqlite":
        return False
    newest = select(func.max(literal_column("rowid", BigInteger)))
    return any((connection.scalar(newest.select_from(asked.layout.table)) or 0) > _MANY for asked in plan.read)


def _taken(plan: _Plan, stream: Stream, folder: Path, zone: ZoneInfo) -> Snapshot:
    snapshot = Snapshot(
        folder=folder,
        timezone=zone.key,
        records={name: _table(asked, stream, folder, zone) for name, asked in plan.records.items()},
        organisation={name: _table(asked, stream, folder, zone) for name, asked in plan.organisation.items()},
        sources=plan.sources,
    )
    snapshot.write()
    return snapshot


def _table(asked: _Asked, stream: Stream, folder: Path, zone: ZoneInfo) -> SnapshotTable:
    layout = asked.layout
    read: Sequence[Partition] = ()
    if asked.is_read:
        try:
            read = read_partitions(stream, layout, asked.months, folder, zone)
        except StrangeValueError as error:
            raise strange_value(f"{layout.table.name}.{error.column}", error.what, error.key) from error
    kind = layout.kinds.get(layout.when or "")
    table = SnapshotTable(
        layout.physical,
        layout.when + LOCAL if layout.when and kind == "datetime" else layout.when,
        _MICROSECONDS_PER_DAY if kind == "datetime" else 1,
        tuple(sorted((*asked.kept, *read), key=lambda part: place_of(part.month))),
    )
    if asked.state is not None:
        write_note(note_path(folder, layout, zone.key), folder, asked.state, table, asked.former)
    return table


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
