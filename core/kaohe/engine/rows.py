"""Single records instead of aggregates: fields and row-level expressions of every record that falls into a window.

The order does not depend on the engine: by the credited person, then by the fields of the record type's key. An
engine only finds the rows; ``arranged`` puts them in order by their bytes, so no collation of a database decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from kaohe.engine.dated import may_hold, window_on
from kaohe.engine.described import Description, beside
from kaohe.engine.source import Join, Joined, source
from kaohe.engine.worktime import working_days
from kaohe.exact import Flags, Ints
from kaohe.language import Bounds, Expression, row_sql, sees_all_records
from kaohe.language.tree import Node
from kaohe.plugin import RecordType
from kaohe.plugin.types import TEXT_KINDS
from kaohe.records import Partition

_SUBJECT, _KEY = "subject", "key"


@dataclass(frozen=True)
class Rows:
    """What is wanted of the records of a type whose ``when`` falls into a window and that meet ``where``.

    ``columns``: names of fields, or row-level expressions. A ``where`` that asks about the period itself
    (``at_start`` …) sees the records of all times, as in an aggregate.
    """

    records: RecordType
    who: str
    when: str
    where: Expression | None
    columns: tuple[str | Expression, ...]
    joins: tuple[Join, ...] = ()
    describing: tuple[Description, ...] = ()

    @property
    def everything(self) -> bool:
        """It sees all records, whenever they are dated."""
        return self.where is not None and sees_all_records(self.where)


@dataclass(frozen=True)
class Numbers:
    """A column of integers as they are stored (scaled, days, UTC microseconds, 1 and 0 for true and false). A row that
    is not ``known`` holds 0."""

    values: Ints
    known: Flags


@dataclass(frozen=True)
class Texts:
    """A column of texts; None: missing."""

    values: tuple[str | None, ...]


@dataclass(frozen=True)
class Found:
    """The records found, in the canonical order. ``person`` is the position of the credited one among the people
    asked for; ``columns`` in the order of the request."""

    person: Ints
    columns: tuple[Numbers | Texts, ...]

    def __len__(self) -> int:
        return len(self.person)

    def numbers(self, position: int) -> Numbers:
        """The column at that position; TypeError where it holds texts."""
        column = self.columns[position]
        if isinstance(column, Texts):
            raise TypeError(f"column {position} holds texts")
        return column

    def texts(self, position: int) -> tuple[str | None, ...]:
        """The texts at that position; TypeError where it holds numbers."""
        column = self.columns[position]
        if isinstance(column, Numbers):
            raise TypeError(f"column {position} holds numbers")
        return column.values


def row_query(rows: Rows, bounds: Bounds) -> exp.Select:
    """The rows as one SELECT over the relation ``records``: the credited person, the key, then what is wanted."""
    projections: list[exp.Expr] = [exp.column(rows.who, quoted=True).as_(_SUBJECT)]
    projections += [exp.column(name, quoted=True).as_(f"{_KEY}{index}") for index, name in enumerate(rows.records.key)]
    projections += [_wanted(column, bounds).as_(f"c{index}") for index, column in enumerate(rows.columns)]
    conditions: list[exp.Expression] = [exp.column(rows.who, quoted=True).is_(exp.null()).not_()]
    if rows.where is not None:
        conditions.insert(0, exp.Paren(this=row_sql(rows.where, bounds)))
    if not rows.everything:
        name, first, last = window_on(rows.records, rows.when, bounds)
        column = exp.column(name, quoted=True)
        conditions[:0] = [column >= exp.Literal.number(first), column < exp.Literal.number(last)]
    joins: list[Joined] = [join.seen("period" if rows.everything else None) for join in rows.joins]
    joins += [*beside(computed(rows), rows.describing), *working_days(computed(rows))]
    query = source(exp.select(*projections), rows.records, joins, {"period": bounds})
    return query.where(exp.and_(*conditions, wrap=False))


def computed(rows: Rows) -> list[Node]:
    """Everything that the request computes."""
    trees = [column.tree for column in rows.columns if isinstance(column, Expression)]
    return trees if rows.where is None else [rows.where.tree, *trees]


def needed_for(rows: Rows, partitions: Sequence[Partition], bounds: Bounds) -> list[Partition]:
    """The partitions that can hold a row of the window."""
    name, first, last = window_on(rows.records, rows.when, bounds)
    return [each for each in partitions if rows.everything or may_hold(each, name, first, last)]


def arranged(rows: Rows, table: pa.Table | None, people: pa.Array) -> Found:
    """What a query of ``row_query`` gave (None: no file was needed), in the canonical order, without strangers."""
    if table is None:
        empty = Numbers(np.zeros(0, np.int64), np.zeros(0, np.bool_))
        texts = Texts(())
        return Found(empty.values, tuple(texts if _is_text(rows, each) else empty for each in rows.columns))
    positions = pc.index_in(table.column(_SUBJECT).cast(pa.string()), value_set=people)
    table = table.set_column(0, _SUBJECT, positions).filter(pc.is_valid(positions))
    keys = [_SUBJECT, *(f"{_KEY}{index}" for index in range(len(rows.records.key)))]
    ordered = table.take(pc.sort_indices(table, sort_keys=[(name, "ascending") for name in keys]))
    columns = tuple(_column(ordered.column(f"c{index}")) for index in range(len(rows.columns)))
    return Found(ordered.column(_SUBJECT).to_numpy().astype(np.int64), columns)


def _wanted(column: str | Expression, bounds: Bounds) -> exp.Expr:
    if isinstance(column, str):
        return exp.column(column, quoted=True)
    if column.type.kind in ("text", "boolean"):
        return row_sql(column, bounds)
    return exp.cast(row_sql(column, bounds), exp.DataType.Type.BIGINT)


def _is_text(rows: Rows, column: str | Expression) -> bool:
    if isinstance(column, str):
        return rows.records.field(column).kind in TEXT_KINDS
    return column.type.kind == "text"


def _column(column: Any) -> Numbers | Texts:
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return Texts(tuple(column.to_pylist()))
    known = pc.is_valid(column).to_numpy().astype(np.bool_)
    return Numbers(pc.fill_null(column.cast(pa.int64()), 0).to_numpy(), known)
