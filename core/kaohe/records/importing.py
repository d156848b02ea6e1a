"""Clean rows into a record type's table, as one batch: everything of it, or the database as it was."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from itertools import islice

from sqlalchemy import Connection, Table

from kaohe.errors import Problem
from kaohe.plugin import RecordType
from kaohe.records.batches import Begun, Counts, Source, begin_batch, finish_batch
from kaohe.records.key_order import KeyOrder
from kaohe.records.merge import may_meet, merge
from kaohe.records.months import months_of_import
from kaohe.records.physical import columns_of
from kaohe.records.references import all_known, references
from kaohe.records.rejections import forget_brought, keep_rejected
from kaohe.records.rows import CleanRow, Mistake, Reading, Rejection, Repeats
from kaohe.records.staging import Stage
from kaohe.records.store import Store, transaction
from kaohe.records.straight import OutOfOrder, Straight
from kaohe.text import Message, msg

ReadFile = Callable[[], Iterable[Reading]]


@dataclass(frozen=True)
class Imported:
    """What an import did, or would have done. ``batch`` is None where nothing was kept: nothing was new, the run was a
    rehearsal, or ``refused`` says that all or nothing was asked for and some rows did not pass. ``left_out`` are rows
    of whose key the file has another one that goes before, as the mapping says; ``equal`` those of the unchanged ones
    that say the same as another row of the file."""

    batch: int | None
    counts: Counts
    refused: bool
    header: tuple[str, ...]
    rejected: tuple[Rejection, ...]
    notes: tuple[Problem, ...]
    left_out: int = 0
    equal: int = 0


class Gathered:
    """What reading found besides clean rows, added up over the batches of rows."""

    def __init__(self) -> None:
        self.header: tuple[str, ...] = ()
        self.rejected: list[Rejection] = []
        self.notes: list[Problem] = []
        self.read = 0

    def take(self, reading: Reading) -> None:
        self.header = reading.header
        self.rejected += reading.rejected
        self.notes += reading.notes
        self.read += len(reading.rows) + len(reading.rejected) + reading.skipped

    def counts(self, *, added: int, replaced: int, unchanged: int, contradicting: int) -> Counts:
        return Counts(self.read, added, replaced, unchanged, len(self.rejected) + contradicting)

    def imported(
        self,
        batch: int | None,
        counts: Counts,
        *,
        refused: bool,
        more: list[Rejection],
        left_out: int = 0,
        equal: int = 0,
    ) -> Imported:
        rejected = sorted([*self.rejected, *more], key=lambda rejection: rejection.row)
        return Imported(batch, counts, refused, self.header, tuple(rejected), tuple(self.notes), left_out, equal)


@dataclass(frozen=True)
class _Task:
    """What is imported, and into which store."""

    store: Store
    record_type: RecordType
    source: Source
    handed_in: datetime
    zone: tzinfo

    @property
    def target(self) -> Table:
        return self.store.tables[self.record_type.name]

    @property
    def names(self) -> list[str]:
        return [field.name for field in self.record_type.fields]

    def begin(self, connection: Connection) -> Begun:
        return begin_batch(connection, self.record_type.name, self.source, self.handed_in)

    def finish(
        self, connection: Connection, begun: Begun, way: Stage | Straight, gathered: Gathered, counts: Counts
    ) -> None:
        """Tell all that there is to tell of rows that are kept."""
        seals = keep_rejected(connection, self.record_type, begun.id, gathered.rejected, self.zone)
        seals += forget_brought(connection, self.record_type, self.target, begun.id)
        changed = counts.added + counts.replaced
        months = months_of_import(connection, way, self.record_type.when, begun.id, changed)
        finish_batch(connection, begun, counts, seals, months=months)


class _Readings:
    """What is read of a file. ``first`` can be looked at before it is known what becomes of the rows."""

    def __init__(self, read: ReadFile) -> None:
        self._read = read
        self._ahead: list[Reading] = []
        self._begun: Iterator[Reading] | None = None

    def first(self) -> Reading | None:
        self._begun = iter(self._read())
        self._ahead = [*islice(self._begun, 1)]
        return self._ahead[0] if self._ahead else None

    def all(self) -> Generator[Reading, None, None]:
        """All of them, as often as this is called; the file is read again where it must be."""
        ahead, self._ahead = self._ahead, []
        if ahead and self._begun is not None:
            yield from ahead
            yield from self._begun
        else:
            self.close()
            yield from self._read()

    def close(self) -> None:
        """Read no further what was looked at."""
        if isinstance(self._begun, Generator):
            self._begun.close()


def import_rows(
    store: Store,
    record_type: RecordType,
    read: ReadFile,
    source: Source,
    *,
    handed_in: datetime,
    update: bool = False,
    strict: bool = False,
    dry_run: bool = False,
    repeats: Repeats = "reject",
    zone: tzinfo = UTC,
) -> Imported:
    """Merge a file's rows into the table of the record type.

    ``read`` reads the file from its start; it is called again where rows turn out to contradict stored ones, to fetch
    their cells, and where the order of the keys shows late that they may. A row whose key is stored with the same
    content changes nothing; with other content it is rejected, or replaces the stored row (``update``). ``repeats``:
    what becomes of several rows with one key; those that were rejected while reading are none of them. ``strict``: one
    rejected row and nothing is kept. ``zone``: by its days rejected rows are dated. Raises KaoheError for what the
    database reports; the database is then as it was, as it is after Ctrl-C.
    """
    task = _Task(store, record_type, source, handed_in, zone)
    with closing(_Readings(read)) as readings:
        if store.dialect == "postgresql" and not (strict or dry_run):
            imported = _straight(task, readings)
            if imported is not None:
                return imported
        return _staged(task, readings, update=update, strict=strict, dry_run=dry_run, repeats=repeats)


def _straight(task: _Task, readings: _Readings) -> Imported | None:
    """The import of rows of which none can be stored, in the order of their keys; None where they turn out not to be
    such, and nothing was kept."""
    record_type, order = task.record_type, KeyOrder(task.record_type.key)
    first = readings.first()
    if first is not None and first.quick:
        order.see(columns_of(first.rows, record_type))
    if order.first is None or not order.ascending:
        return None
    gathered = Gathered()
    with task.store.connected() as connection, transaction(connection, "write") as current:
        # Asked before the import has a number, which would be lost, and again when nobody else writes any more.
        asked = (connection, task.target, record_type.key, order)
        begun = None if may_meet(*asked) else task.begin(connection)
        if begun is not None and not may_meet(*asked):
            way = Straight(connection, task.target, record_type, task.names, begun.id)
            with suppress(OutOfOrder), way.filling():
                for reading in readings.all():
                    gathered.take(reading)
                    way.add(columns_of(reading.rows, record_type))
            if way.order.ascending:
                all_known(connection, record_type, way.named)
                counts = gathered.counts(added=way.rows, replaced=0, unchanged=0, contradicting=0)
                task.finish(connection, begun, way, gathered, counts)
                return gathered.imported(begun.id, counts, refused=False, more=[])
        current.rollback()
    return None


def _staged(
    task: _Task,
    readings: _Readings,
    *,
    update: bool,
    strict: bool,
    dry_run: bool,
    repeats: Repeats,
) -> Imported:
    """The import of any rows: they are read whole before they meet those that are stored."""
    gathered, record_type = Gathered(), task.record_type
    named = [name for name, _table in references(record_type)]
    key, dated = record_type.key, record_type.when
    with (
        task.store.connected() as connection,
        Stage(connection, task.target, task.names, key=key, named=named, dated=dated, apart=True) as stage,
    ):
        with stage.filling():
            for reading in readings.all():
                gathered.take(reading)
                stage.add(columns_of(reading.rows, record_type))
        with transaction(connection, "write") as current:
            begun = task.begin(connection)
            all_known(connection, record_type, stage.named)
            merged = merge(connection, stage, record_type.key, begun.id, replace=update, repeats=repeats)
            contradictions = {
                **dict.fromkeys(merged.repeated, repeats_differently(record_type.key)),
                **dict.fromkeys(merged.different, differs_from_stored(record_type.key)),
            }
            counts = gathered.counts(
                added=merged.added,
                replaced=merged.replaced,
                unchanged=merged.unchanged,
                contradicting=len(contradictions),
            )
            refused = strict and counts.quarantined > 0
            kept = not (refused or dry_run) and merged.added + merged.replaced > 0
            if kept:
                task.finish(connection, begun, stage, gathered, counts)
            else:
                current.rollback()
    more = reject((reading.rows for reading in readings.all()), contradictions) if contradictions else []
    return gathered.imported(
        begun.id if kept else None, counts, refused=refused, more=more, left_out=merged.left_out, equal=merged.equal
    )


def reject(parts: Iterable[Sequence[CleanRow]], contradictions: Mapping[int, Mistake]) -> list[Rejection]:
    """Clean rows that were found to contradict others, by their position among the clean rows of the file, which come
    in parts."""
    rejections = []
    positions, at = sorted(contradictions), 0
    for part in parts:
        for position in positions[bisect_left(positions, at) : bisect_left(positions, at + len(part))]:
            row = part[position - at]
            rejections.append(Rejection(row.row, row.cells, (contradictions[position],), row.place))
        at += len(part)
    return rejections


def repeats_differently(key: Sequence[str]) -> Mistake:
    return _mistake(
        key,
        msg("an earlier row of this file has the same key ({key}) and says something else", key=", ".join(key)),
        msg("Keep the row that is right."),
    )


def differs_from_stored(key: Sequence[str]) -> Mistake:
    return _mistake(
        key,
        msg("a stored record has the same key ({key}) and says something else", key=", ".join(key)),
        msg("Import with --update to replace the stored record, or correct the key."),
    )


def _mistake(key: Sequence[str], reason: Message, fix: Message) -> Mistake:
    return Mistake(column=None, field=", ".join(key), value="", reason=reason, fix=fix)
