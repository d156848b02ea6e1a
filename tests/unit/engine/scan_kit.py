"""Record types, requests and snapshots for engines, in few words: rows in, Parquet files out, no database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
from tests.unit.worktime.calendars import calendar

from kaohe.engine import Request, Rows
from kaohe.language import compile_expression
from kaohe.period import Period, parse_period
from kaohe.plugin import Field, RecordType, Text
from kaohe.plugin.scope import record_scope
from kaohe.records import Partition, Snapshot
from kaohe.records.manifest import SnapshotTable
from kaohe.run.measuring.measure import windows
from kaohe.worktime import Calendars

SHANGHAI = ZoneInfo("Asia/Shanghai")
Q1 = parse_period("2026-Q1")
Q1_WINDOWS = windows(Q1, SHANGHAI)
CALENDARS = Calendars({"office": calendar()}, "office")
_EPOCH, _DAY = date(1970, 1, 1), 86_400_000_000


def _field(name: str, kind: Any, **rest: Any) -> Field:
    return Field(name, kind, Text(name, name), **rest)


TICKET = RecordType(
    name="ticket",
    label=Text("工单", "Ticket"),
    fields=(
        _field("no", "text"),
        _field("owner", "person"),
        _field("helper", "person"),
        _field("kind", "text"),
        _field("opened_at", "datetime"),
        _field("closed_at", "datetime"),
        _field("due", "date"),
        _field("cost", "money"),
        _field("rating", "decimal", scale=1),
        _field("urgent", "boolean"),
    ),
    key=("no",),
    when="opened_at",
    who=("owner", "helper"),
)
CUSTOMER = RecordType(
    name="customer",
    label=Text("客户", "Customer"),
    fields=(_field("code", "text"), _field("owner", "person"), _field("since", "date"), _field("left_on", "date")),
    key=("code",),
    when="since",
    until="left_on",
    who=("owner",),
)
_ARROW = {"integer": pa.int64(), "decimal": pa.int64(), "money": pa.int64(), "date": pa.int64(), "boolean": pa.bool_()}


def request(
    key: str,
    value: str,
    records: RecordType = TICKET,
    *,
    where: str | None = None,
    when: str | None = None,
    who: str | None = None,
) -> Request:
    """An indicator's request, its expressions compiled as a scheme compiles them."""
    rows = record_scope(records, {}, when=when, aggregates=False, calendars=CALENDARS)
    return Request(
        key=key,
        records=records,
        value=compile_expression(value, record_scope(records, {}, when=when, calendars=CALENDARS)),
        where=None if where is None else compile_expression(where, rows),
        when=when or records.when,
        who=who or records.who[0],
    )


def rows(
    records: RecordType, *columns: str, where: str | None = None, when: str | None = None, who: str | None = None
) -> Rows:
    """A request for rows; a column that is no field is an expression."""
    scope = record_scope(records, {}, when=when, aggregates=False, calendars=CALENDARS)
    fields = {field.name for field in records.fields}
    return Rows(
        records=records,
        who=who or records.who[0],
        when=when or records.when,
        where=None if where is None else compile_expression(where, scope),
        columns=tuple(each if each in fields else compile_expression(each, scope) for each in columns),
    )


def day(text: str) -> int:
    """A date as snapshots store it."""
    return (date.fromisoformat(text) - _EPOCH).days


def local(text: str) -> int:
    """The wall clock of Shanghai, ``2026-01-31 16:30``, as the column NAME__local stores it."""
    days, clock = text.split()
    hours, minutes = map(int, clock.split(":"))
    return day(days) * _DAY + (hours * 60 + minutes) * 60_000_000


def snapshot(folder: Path, tables: Mapping[str, tuple[RecordType, Sequence[Sequence[Mapping[str, Any]]]]]) -> Snapshot:
    """A snapshot: per record type, the rows of each of its files. Moments are given as ``local``."""
    records = {}
    for name, (record_type, files) in tables.items():
        partitions = tuple(
            _partition(folder, f"{name}-{number}.parquet", record_type, rows) for number, rows in enumerate(files)
        )
        records[name] = SnapshotTable((), None, 1, partitions)
    return Snapshot(folder, SHANGHAI.key, records, {}, {})


def period_windows(period: Period) -> Mapping[str, Any]:
    return windows(period, SHANGHAI)


def _partition(folder: Path, name: str, record_type: RecordType, rows: Sequence[Mapping[str, Any]]) -> Partition:
    columns: dict[str, Any] = {}
    ranges: dict[str, tuple[int | None, int | None]] = {}
    for field in record_type.fields:
        values = [row.get(field.name) for row in rows]
        dated: dict[str, list[Any]] = {}
        if field.kind == "datetime":
            eight_hours = 8 * 3_600_000_000
            dated[field.name] = [None if value is None else value - eight_hours for value in values]
            dated[f"{field.name}__local"] = values
        elif field.kind == "date":
            dated[field.name] = values
        else:
            columns[field.name] = pa.array(values, _ARROW.get(field.kind, pa.string()))
        for column, numbers in dated.items():
            known = [number for number in numbers if number is not None]
            columns[column] = pa.array(numbers, pa.int64())
            ranges[column] = (min(known), max(known)) if known else (None, None)
    path = folder / name
    pq.write_table(pa.table(columns), path)
    return Partition(path, None, len(rows), "", "", ranges)
