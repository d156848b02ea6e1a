"""What went into a snapshot, and what came into the database after it: records by type, with their imports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Table, func, select

from kaohe.period import Period
from kaohe.plugin import RecordType
from kaohe.records.batches import PEOPLE, TARGETS
from kaohe.records.core_tables import BatchRow
from kaohe.records.snapshot import batches_behind
from kaohe.records.tables import BATCH, table_of

if TYPE_CHECKING:
    from kaohe.records import Snapshot, Store
    from kaohe.records.manifest import SnapshotTable

_batches = table_of(BatchRow)


@dataclass(frozen=True)
class Content:
    """One kind of facts in a snapshot: a record type, ``people`` or ``targets``. ``rows`` in all, those of them in the
    period (None: they bear no date), and the imports behind them."""

    name: str
    rows: int
    in_period: int | None
    batches: tuple[int, ...]


@dataclass(frozen=True)
class Late:
    """An import since the snapshot was taken, or one in it that was undone since. ``rows`` that it added or replaced,
    and how many of those that are still there fall into the period (None: they bear no date, or cannot be read)."""

    batch: int
    name: str
    at: datetime
    undone: bool
    rows: int
    in_period: int | None


def contents(store: Store, snapshot: Snapshot, period: Period) -> tuple[Content, ...]:
    """What the snapshot, which was just taken from the store, holds, records first, by name."""
    with store.reading() as connection:
        sources = batches_behind(connection, snapshot.sources)
    found = [
        Content(name, table.rows, _in_period(table, period), sources.get(name, ()))
        for name, table in sorted(snapshot.records.items())
    ]
    return (
        *found,
        *(
            Content(name, snapshot.organisation[name].rows, None, sources.get(name, ()))
            for name in (PEOPLE, TARGETS)
            if name in snapshot.organisation
        ),
    )


def came_later(store: Store, snapshot: Snapshot, frozen: datetime, period: Period, zone: ZoneInfo) -> tuple[Late, ...]:
    """The imports since the freeze, and those undone since, of all that the snapshot holds; in their order. A snapshot
    may be older than the freeze: the same rows again, undone and brought back, are the same snapshot."""
    with store.reading() as connection:
        rows = connection.execute(
            select(_batches).where(_batches.c.record_type.in_(list(snapshot.sources))).order_by(_batches.c.id)
        ).mappings()
        return tuple(_late(store, connection, snapshot.sources, frozen, rows.all(), period, zone))


def _late(
    store: Store,
    connection: Connection,
    sources: Any,
    frozen: datetime,
    rows: Iterable[Any],
    period: Period,
    zone: ZoneInfo,
) -> Iterator[Late]:
    for row in rows:
        name, number = row["record_type"], row["id"]
        undone = row["undone_at"] is not None
        before = undone and row["undone_at"] <= frozen
        known = not before and (number in sources[name] or row["handed_in"] <= frozen)
        changed = row["added"] + row["replaced"]
        if known is not undone or not changed:
            continue
        counted = None
        if not undone and name in store.tables:
            counted = _stored_in(connection, store.tables[name], store.record_types[name], number, period, zone)
        yield Late(number, name, row["undone_at"] or row["handed_in"], undone, changed, counted)


def _stored_in(
    connection: Connection, table: Table, record_type: RecordType, batch: int, period: Period, zone: ZoneInfo
) -> int:
    """How many rows of the batch fall into the period."""
    kind = next(field.kind for field in record_type.fields if field.name == record_type.when)

    def bound(day: date) -> date:
        return datetime.combine(day, time(), zone) if kind == "datetime" else day

    when = table.c[record_type.when]
    within = (table.c[BATCH] == batch) & (when >= bound(period.start)) & (when < bound(period.end))
    return connection.scalar(select(func.count()).select_from(table).where(within)) or 0


def _in_period(table: SnapshotTable, period: Period) -> int | None:
    import pyarrow.compute as pc  # noqa: PLC0415 - only here: a life is shown without Arrow
    import pyarrow.parquet as pq  # noqa: PLC0415 - likewise

    if table.when is None:
        return None
    first, last = table.window(period)
    counted = 0
    for partition in table.partitions:
        if table.touches(partition, period):
            column = pq.read_table(partition.path, columns=[table.when]).column(0)
            inside = pc.and_(pc.greater_equal(column, first), pc.less(column, last))
            counted += pc.sum(inside).as_py() or 0
    return counted
