"""Clean rows into a record type's table, as one batch: everything of it, or the database as it was."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from kaohe.errors import Problem
from kaohe.plugin import RecordType
from kaohe.records.batches import Counts, Source, begin_batch, finish_batch
from kaohe.records.merge import merge
from kaohe.records.months import months_of_stage
from kaohe.records.physical import columns_of
from kaohe.records.references import all_known, references
from kaohe.records.rejections import forget_brought, keep_rejected
from kaohe.records.rows import CleanRow, Mistake, Reading, Rejection, Repeats
from kaohe.records.staging import Stage
from kaohe.records.store import Store, transaction
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

    ``read`` reads the file from its start; it is called a second time where rows turn out to contradict stored ones,
    to fetch their cells. A row whose key is stored with the same content changes nothing; with other content it is
    rejected, or replaces the stored row (``update``). ``repeats``: what becomes of several rows with one key; those
    that were rejected while reading are none of them. ``strict``: one rejected row and nothing is kept. ``zone``: by
    its days rejected rows are dated. Raises KaoheError for what the database reports; the database is then as it was,
    as it is after Ctrl-C.
    """
    gathered = Gathered()
    names = [field.name for field in record_type.fields]
    named = [name for name, _table in references(record_type)]
    target = store.tables[record_type.name]
    with (
        store.connected() as connection,
        Stage(connection, target, names, key=record_type.key, named=named, dated=record_type.when, apart=True) as stage,
    ):
        with stage.filling():
            for reading in read():
                gathered.take(reading)
                stage.add(columns_of(reading.rows, record_type))
        with transaction(connection, "write") as current:
            begun = begin_batch(connection, record_type.name, source, handed_in)
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
                seals = keep_rejected(connection, record_type, begun.id, gathered.rejected, zone)
                seals += forget_brought(connection, record_type, stage.target, begun.id)
                months = months_of_stage(connection, stage, record_type.when, begun.id, merged.added + merged.replaced)
                finish_batch(connection, begun, counts, seals, months=months)
            else:
                current.rollback()
    more = reject((reading.rows for reading in read()), contradictions) if contradictions else []
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
