"""What a batch overwrote, kept so that the batch can be undone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import pyarrow as pa
from sqlalchemy import Column, Connection, Date, Table, delete, insert, select, update

from kaohe.records.canonical import canonical
from kaohe.records.columns import Moment, moment_text
from kaohe.records.core_tables import ReplacedRow
from kaohe.records.physical import table_columns
from kaohe.records.staging import Stage
from kaohe.records.tables import BATCH, table_of

_replaced = table_of(ReplacedRow)


def keep_former(
    connection: Connection, table: Table, key: Sequence[str], batch: int, rows: Iterable[Mapping[str, Any]]
) -> None:
    """Record rows of the table, whole and with the batch that wrote them, before ``batch`` replaces them."""
    entries = []
    for row in rows:
        values = {name: _to_json(value) for name, value in row.items()}
        former_batch = values.pop(BATCH)
        keys = {name: values.pop(name) for name in key}
        entries.append(
            {
                "batch": batch,
                "table_name": table.name,
                "key": canonical(keys),
                "former": canonical(values),
                "former_batch": former_batch,
            }
        )
    if entries:
        connection.execute(insert(_replaced), entries)


def overwritten_by(connection: Connection, batch: int) -> list[int]:
    """The batches that have since replaced rows of this batch, ascending."""
    later = select(_replaced.c.batch).where(_replaced.c.former_batch == batch).distinct().order_by(_replaced.c.batch)
    return list(connection.scalars(later))


def restore(connection: Connection, table: Table, batch: int) -> int:
    """Put back what the batch replaced in the table, forget that it did, and say how many rows that were."""
    mine = (_replaced.c.batch == batch) & (_replaced.c.table_name == table.name)
    rows = connection.execute(select(_replaced.c.key, _replaced.c.former, _replaced.c.former_batch).where(mine)).all()
    if not rows:
        return 0
    key = list(json.loads(rows[0].key))
    content = [column.name for column in table.columns if column.name not in (*key, "id")]
    stage = Stage(connection, table, [*key, *content])
    with stage.filling():
        stage.add(_former_rows(table, rows))
    former = {table.c[name]: stage.table.c[name] for name in stage.columns if name not in key}
    same = [table.c[name].is_not_distinct_from(stage.table.c[name]) for name in key]
    connection.execute(update(table).where(*same).values(former))
    stage.drop()
    connection.execute(delete(_replaced).where(mine))
    return len(rows)


def _former_rows(table: Table, rows: Iterable[Any]) -> pa.RecordBatch:
    """Whole rows; a field that the record type gained since then is missing again."""
    whole = [{BATCH: row.former_batch, **json.loads(row.key), **json.loads(row.former)} for row in rows]
    return table_columns(
        table, [{name: _from_json(table.c[name], value) for name, value in row.items()} for row in whole]
    )


def _to_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return moment_text(value)
    return value.isoformat() if isinstance(value, date) else value


def _from_json(column: Column[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column.type, Moment):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(column.type, Date) else value
