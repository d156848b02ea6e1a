"""Lowers checked expressions to SQL over a snapshot's columns, as nodes that render for DuckDB, PostgreSQL and Spark.

Everything is integers: see ``integers``. A field of moments has two columns: UTC, and the wall clock (``__local``).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import cast

from sqlglot import exp

from kaohe.language import integers
from kaohe.language.aggregation import AGGREGATIONS, Filtered
from kaohe.language.certain import fewest, known_where, never_unknown
from kaohe.language.civil import DAYS_BOUND
from kaohe.language.integers import INT64, Lowered
from kaohe.language.operations import OPERATIONS
from kaohe.language.tree import (
    Aggregate,
    Call,
    Constant,
    Expression,
    Field,
    KeyedValue,
    Node,
    PeriodBound,
    Worked,
    scaled,
)
from kaohe.language.types import DAY, Bounds, Kind
from kaohe.language.worked_sql import lower_worked
from kaohe.worktime import clock_of

_BOUNDS: dict[Kind, int] = {"date": DAYS_BOUND, "datetime": DAYS_BOUND * DAY}


Largest = Mapping[str, int]
"""Of columns by name: no value in the records that are read is larger in magnitude."""
ANY_SIZE: Largest = MappingProxyType({})


def row_sql(expression: Expression, bounds: Bounds, largest: Largest = ANY_SIZE) -> exp.Expression:
    """A row-level expression as SQL: a boolean, text, or an integer in the units of the expression's type. 128 bits are
    asked for only where ``largest`` leaves room for what 64 do not hold."""
    return _lower(expression.tree, bounds, largest).sql.copy()


def aggregate_sql(
    aggregate: Aggregate,
    bounds: Bounds,
    keep: exp.Expression | None,
    largest: Largest = ANY_SIZE,
    *,
    where: Expression | None = None,
    dated: str | None = None,
) -> dict[str, exp.Expression]:
    """The aggregate's parts, each an integer SQL aggregate that is never NULL, by name.

    ``bounds`` are those of the aggregate's ``shift``. Only rows that meet ``keep``, ``where`` and the aggregate's own
    condition are counted; all rows that do have the field ``dated``. count, count_distinct: n · sum, mean: total, n ·
    share: hits, n · minimum, maximum, first, last: value, n · median, percentile: low, high, n (the order statistics
    on both sides) · nps: promoters, detractors, n.
    """

    def lower(node: Node | None) -> Lowered | None:
        return None if node is None else _lower(node, bounds, largest)

    def met(*conditions: Node | None) -> tuple[exp.Expression, ...]:
        asked = fewest(each for each in conditions if each is not None)
        return (*kept, *(_lower(each, bounds, largest).sql for each in asked))

    kept = () if keep is None else (keep,)
    conditions = (None if where is None else where.tree, aggregate.condition)
    argument = aggregate.argument
    filled = frozenset([dated] if dated else []).union(
        *(known_where(each, truth=True) for each in conditions if each is not None)
    )
    rows = Filtered(
        lower(argument),
        lower(aggregate.by),
        met(*conditions),
        met(*conditions, argument) if argument is not None and argument.type.kind == "boolean" else (),
        argument is not None and never_unknown(argument, filled),
    )
    parts = AGGREGATIONS[aggregate.function].lower(aggregate, rows)
    return {name: part.copy() for name, part in parts.items()}


def _lower(node: Node, bounds: Bounds, largest: Largest) -> Lowered:
    match node:
        case Constant(type=kind):
            return _literal(node, kind.kind)
        case Field(name=name, type=kind):
            if kind.kind in ("text", "boolean"):
                return Lowered(exp.column(name, quoted=True))
            return integers.column(name, largest.get(name, _BOUNDS.get(kind.kind, INT64)))
        case PeriodBound():
            return integers.literal(_bound(node, bounds))
        case Worked(moment=moment, calendar=calendar):
            if isinstance(moment, Field):
                return lower_worked(moment, calendar, bounds.zone)
            return integers.literal(clock_of(calendar).worked(_bound(moment, bounds)))
        case Call(function=function, arguments=arguments):
            lowered = tuple(_lower(argument, bounds, largest) for argument in arguments)
            return OPERATIONS[function].lower(node, lowered)
        case KeyedValue() | Aggregate():
            raise ValueError(f"{type(node).__name__} is not a column")


def _bound(node: PeriodBound, bounds: Bounds) -> int:
    pair = bounds.days if node.type.kind == "date" else bounds.moments
    return pair[0] if node.edge == "start" else pair[1]


def _literal(node: Constant, kind: Kind) -> Lowered:
    if kind == "boolean":
        return Lowered(exp.Boolean(this=node.value))
    if kind == "text":
        return Lowered(exp.Literal.string(cast(str, node.value)))
    return integers.literal(scaled(node))
