"""In which months the rows lie that a writer changes: it says so in its audit event, so that the next snapshot reads
those months again and no others.

A month more than necessary costs a little time, a month too few would be wrong: where only the UTC day of a moment is
known, the days beside it count as well, for the workspace's wall clock may have it there. None in the place of a month
stands for rows without a date; None in the place of all months says that they are not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from sqlalchemy import Column, ColumnElement, Connection, Date, Table, Text, and_, case, cast, func, select, type_coerce

from kaohe.records.changes import strangers
from kaohe.records.core_tables import ReplacedRow
from kaohe.records.passing import Passing
from kaohe.records.staging import Stage
from kaohe.records.tables import BATCH, table_of

Months = tuple[str | None, ...]
_replaced = table_of(ReplacedRow)
_CANONICAL = "____-__-__T__:__:__.______Z"
_STRANGE = "?"


def months_of_import(connection: Connection, way: Passing, when: str, batch: int, changed: int) -> Months | None:
    """Of the rows that an import added or replaced under the number of the batch, as they are and as they were;
    ``way`` is how they came, ``changed`` how many that are."""
    fresh: Sequence[str | None] = [*way.days]
    if isinstance(way, Stage) and 10 * changed < 9 * way.rows:  # to look for few others would cost more than it spares
        staged, target = way.table, way.target
        same = and_(*(staged.c[key.name] == key for key in target.primary_key), target.c[BATCH] == batch)
        fresh = _days(connection, target.c[when], same)
    return _months(way.target.c[when], fresh, _former_days(connection, way.target, when, batch))


def months_of_batch(connection: Connection, table: Table, when: str, batch: int) -> Months | None:
    """Of the rows that the batch wrote, as they are and as they were before it: undoing it changes these."""
    fresh = _days(connection, table.c[when], table.c[BATCH] == batch)
    return _months(table.c[when], fresh, _former_days(connection, table, when, batch))


def months_of_rows(connection: Connection, table: Table, when: str, which: ColumnElement[bool]) -> Months | None:
    """Of the rows for which the condition holds."""
    return _months(table.c[when], _days(connection, table.c[when], which))


def months_together(several: Iterable[Months | None]) -> Months | None:
    """All of them; not known where those of one are not."""
    known = list(several)
    if any(each is None for each in known):
        return None
    return _sorted({month for each in known for month in each or ()})


def months_told(connection: Connection, months: Mapping[str, Months]) -> dict[str, dict[str, list[str | None]]]:
    """For the audit: in which months of each table this transaction changed rows. A trigger of somebody else's could
    have changed others with them: then nothing is told."""
    told = {} if months and strangers(connection) else {name: list(each) for name, each in months.items()}
    return {"months": told} if told else {}


def _months(column: Column[Any], *several: Sequence[str | None]) -> Months | None:
    """The months of these UTC days."""
    days = {day for each in several for day in each}
    reach = (0,) if isinstance(column.type, Date) else (-1, 0, 1)
    try:
        known = np.array(sorted(day for day in days if day is not None), "datetime64[D]")
    except ValueError:
        return None  # not written by kaohe
    found = {str(month) for step in reach for month in (known + step).astype("datetime64[M]")}
    return _sorted(found | ({None} if None in days else set()))


def _sorted(months: set[str | None]) -> Months:
    return (*sorted(month for month in months if month is not None), *((None,) if None in months else ()))


def _days(connection: Connection, column: Any, *which: ColumnElement[bool]) -> list[str | None]:
    """The distinct days of a column in UTC, as text; a question mark for what is not as kaohe writes it."""
    day: ColumnElement[Any]
    if connection.dialect.name == "postgresql":
        day = cast(column if isinstance(column.type, Date) else cast(func.timezone("UTC", column), Date), Text)
    else:
        text = type_coerce(column, Text)
        canonical = text.like(_CANONICAL[:10] if isinstance(column.type, Date) else _CANONICAL)
        day = case((text.is_(None), None), (canonical, func.substr(text, 1, 10)), else_=_STRANGE)
    return list(connection.scalars(select(day).where(*which).distinct()))


def _former_days(connection: Connection, table: Table, when: str, batch: int) -> list[str | None]:
    """Likewise of the rows that the batch replaced, as they were. A key stays what it is."""
    if when in table.primary_key.columns:
        return []
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import JSON  # noqa: PLC0415 - a workspace on SQLite needs no driver of it

        text = cast(_replaced.c.former, JSON)[when].astext
    else:
        text = func.json_extract(_replaced.c.former, f'$."{when}"')
    mine = and_(_replaced.c.batch == batch, _replaced.c.table_name == table.name)
    return list(connection.scalars(select(func.substr(text, 1, 10)).where(mine).distinct()))
