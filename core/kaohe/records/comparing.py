"""What has become of the records between two snapshots: which are new, changed or gone, and what of them changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Literal
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import select

from kaohe.plugin import Field, RecordType
from kaohe.records.columnar import LOCAL
from kaohe.records.columns import STORED
from kaohe.records.manifest import Snapshot, SnapshotTable
from kaohe.records.store import Store
from kaohe.records.tables import BATCH

_EPOCH = date(1970, 1, 1)
_EPOCH_MOMENT = datetime(1970, 1, 1)  # noqa: DTZ001 - a wall clock's
_MONEY_DECIMALS = 2
_NO_BATCHES: Mapping[tuple[str, ...], int] = MappingProxyType({})


@dataclass(frozen=True)
class RecordChange:
    """One record that came, changed or went, by its ``key`` as texts. ``fields``: name, text before, text after (empty:
    no value) of what changed. ``batch`` is the import that wrote it since; None: none did, as where one was undone."""

    kind: Literal["new", "changed", "gone"]
    key: tuple[str, ...]
    fields: tuple[tuple[str, str, str], ...] = ()
    batch: int | None = None


def changed_records(old: Snapshot, new: Snapshot, record_type: RecordType, store: Store) -> tuple[RecordChange, ...]:
    """Every record of the type that is not the same in both, by key. Both snapshots hold the type as it is declared
    here; the new one was just taken from the store."""
    newest = max(old.sources.get(record_type.name, ()), default=0)
    return changes_between(old, new, record_type, _batches(store, record_type, newest, ZoneInfo(new.timezone)))


def changes_between(
    old: Snapshot, new: Snapshot, record_type: RecordType, batches: Mapping[tuple[str, ...], int] = _NO_BATCHES
) -> tuple[RecordChange, ...]:
    """Likewise between any two snapshots. ``batches``: the imports behind the later records, by key."""
    mine, theirs = (_rows(one, other, record_type) for one, other in _apart(old, new, record_type.name))
    found = (
        _change(key, mine.get(key), theirs.get(key), record_type, batches.get(key))
        for key in sorted(mine.keys() | theirs.keys())
        if mine.get(key) != theirs.get(key)
    )
    return tuple(found)


def _apart(old: Snapshot, new: Snapshot, name: str) -> tuple[tuple[SnapshotTable, set[str]], ...]:
    """Each table with the contents of the other's files: a file that both have holds no change."""
    one, other = old.records[name], new.records[name]
    return (one, {each.content for each in other.partitions}), (other, {each.content for each in one.partitions})


def _rows(table: SnapshotTable, shared: set[str], record_type: RecordType) -> dict[tuple[str, ...], tuple[str, ...]]:
    """The rows of the files that are not shared, as texts in the order of the fields, by key."""
    rows: dict[tuple[str, ...], tuple[str, ...]] = {}
    at = [index for name in record_type.key for index, each in enumerate(record_type.fields) if each.name == name]
    for partition in table.partitions:
        if partition.content in shared:
            continue
        with pq.ParquetFile(partition.path) as file:
            held = file.read()
        columns = [_texts(field, held) for field in record_type.fields]
        for row in zip(*columns, strict=True):
            rows[tuple(row[index] for index in at)] = row
    return rows


def _texts(field: Field, rows: pa.Table) -> list[str]:
    moment = STORED[field.kind] == "datetime"
    column = rows.column(f"{field.name}{LOCAL}" if moment else field.name)
    return [_text(field, value) for value in column.to_pylist()]


def _text(field: Field, value: Any) -> str:
    """A value as a snapshot holds it, as a person writes it."""
    if value is None:
        return ""
    match field.kind:
        case "date":
            return str(_EPOCH + timedelta(days=value))
        case "datetime":
            return str(_EPOCH_MOMENT + timedelta(microseconds=value))
        case "money":
            return str(Decimal(value).scaleb(-_MONEY_DECIMALS))
        case "decimal":
            return str(Decimal(value).scaleb(-field.scale))
        case "boolean":
            return "true" if value else "false"
    return str(value)


def _change(
    key: tuple[str, ...],
    before: tuple[str, ...] | None,
    after: tuple[str, ...] | None,
    record_type: RecordType,
    batch: int | None,
) -> RecordChange:
    if before is None or after is None:
        return RecordChange("new", key, (), batch) if before is None else RecordChange("gone", key)
    names = (field.name for field in record_type.fields)
    pairs = zip(names, before, after, strict=True)
    return RecordChange("changed", key, tuple(each for each in pairs if each[1] != each[2]), batch)


def _batches(store: Store, record_type: RecordType, newest: int, zone: ZoneInfo) -> Mapping[tuple[str, ...], int]:
    """Which import wrote each record, of the imports after that number."""
    table = store.tables[record_type.name]
    fields = [record_type.field(name) for name in record_type.key]
    asked = select(*(table.c[field.name] for field in fields), table.c[BATCH]).where(table.c[BATCH] > newest)
    with store.reading() as connection:
        rows = connection.execute(asked).all()
    return {
        tuple(_stored_text(field, value, zone) for field, value in zip(fields, row[:-1], strict=True)): row[-1]
        for row in rows
    }


def _stored_text(field: Field, value: Any, zone: ZoneInfo) -> str:
    """A value as the database has it, in the same words."""
    if isinstance(value, datetime):
        aware = value if value.tzinfo is not None else value.replace(tzinfo=UTC)
        return str(aware.astimezone(zone).replace(tzinfo=None))
    return str(value) if isinstance(value, date) else _text(field, value)
