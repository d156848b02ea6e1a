"""The second back end: one row by hand, and a few records by hand, with the meaning of the SQL.

It serves rules over people, computed fields at import, explanations and tests. Inside, numbers are integers at their
type's scale, exactly as in SQL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from kaohe.errors import Problem, fail
from kaohe.exact import divide
from kaohe.language.aggregation import AGGREGATIONS, Item
from kaohe.language.columns import evaluate
from kaohe.language.operations import OPERATIONS
from kaohe.language.rationals import Truth
from kaohe.language.tree import (
    Aggregate,
    Call,
    Constant,
    Expression,
    Field,
    KeyedValue,
    Node,
    PeriodBound,
    Shift,
    Worked,
    aggregates,
    scaled,
)
from kaohe.language.types import (
    Bounds,
    Type,
    day_number,
    day_of_number,
    moment_number,
    moment_of_number,
)
from kaohe.text import msg
from kaohe.worktime import clock_of

Row = Mapping[Any, Any]
Run = Callable[[Row], Any]


def interpret(expression: Expression, row: Row, bounds: Bounds | None = None, zone: tzinfo = UTC) -> Any:
    """The value of a row-level expression for one row, None where it is unknown.

    The row holds numbers as int, Decimal or Fraction (rounded half up to their type's scale), dates, aware datetimes,
    texts, booleans, durations as timedelta or microseconds; None or a missing key is unknown. Keyed values stand
    under ``(function, id)``. ``zone`` is the wall clock where no ``bounds`` bring one. A number comes back as int or,
    with decimals, as Decimal, a duration in microseconds.
    """
    return interpreter(expression, bounds, zone)(row)


def interpreter(expression: Expression, bounds: Bounds | None = None, zone: tzinfo = UTC) -> Run:
    """The same, prepared once for many rows."""
    zone = bounds.zone if bounds else zone
    run, write = _build(expression.tree, bounds, zone), _writer(expression.type, zone)

    def compiled(row: Row) -> Any:
        try:
            value = run(row)
            return None if value is None else write(value)
        except OverflowError:
            raise fail(
                Problem("expression.out-of-range", msg("a date lies beyond the years 1 to 9999"), found=expression.text)
            ) from None

    return compiled


def interpret_records(
    expression: Expression,
    rows: Iterable[Row],
    bounds: Bounds,
    *,
    when: str | None = None,
    others: Mapping[Shift, Bounds] | None = None,
) -> Fraction | None:
    """The exact value of an aggregate-level expression over records; a condition gives 1 or 0.

    Without ``when`` the rows are already those of the window. With it, each aggregate sees the rows whose field
    ``when`` falls into its window: ``bounds``, or for the shifted ones the bounds in ``others``.
    """
    listed, parts = list(rows), {}
    for aggregate in aggregates(expression):
        window = bounds if aggregate.shift == "period" else (others or {})[aggregate.shift]
        seen = listed if when is None or aggregate.everything else [row for row in listed if _falls(row, when, window)]
        counted = gather(aggregate, seen, window)
        parts[aggregate] = {name: np.array([value], dtype=object) for name, value in counted.items()}
    result = evaluate(expression, parts)
    if not result.known[0]:
        return None
    if isinstance(result, Truth):
        return Fraction(int(result.value[0]))
    return Fraction(int(result.numerator[0]), int(result.denominator[0]))


def gather(aggregate: Aggregate, rows: Sequence[Row], bounds: Bounds) -> dict[str, int]:
    """An aggregate's integer parts over these rows, by the names that ``aggregate_sql`` gives them."""
    value, by, meets = (
        None if node is None else _build(node, bounds, bounds.zone)
        for node in (aggregate.argument, aggregate.by, aggregate.condition)
    )
    items: list[Item] = [
        (value(row) if value else None, by(row) if by else None) for row in rows if meets is None or meets(row)
    ]
    return AGGREGATIONS[aggregate.function].gather(aggregate, items)


def _falls(row: Row, when: str, bounds: Bounds) -> bool:
    moment = row.get(when)
    if isinstance(moment, datetime):
        moment = moment.astimezone(bounds.zone).date()
    return moment is not None and bounds.start <= moment < bounds.end


def _build(node: Node, bounds: Bounds | None, zone: tzinfo) -> Run:
    match node:
        case Constant(value=value, type=kind):
            constant = value if kind.kind in ("boolean", "text") else scaled(node)
            return lambda _row: constant
        case Field(name=name, type=kind):
            return _reader(name, kind)
        case KeyedValue(function=function, id=id_, type=kind):
            return _reader((function, id_), kind)
        case PeriodBound(edge=edge, type=kind):
            if bounds is None:
                raise ValueError("an expression that speaks of the period needs bounds")
            pair = bounds.days if kind.kind == "date" else bounds.moments
            bound = pair[0] if edge == "start" else pair[1]
            return lambda _row: bound
        case Worked(moment=moment, calendar=calendar):
            return _apply(clock_of(calendar).worked, [_build(moment, bounds, zone)], strict=True)
        case Call(function=function, arguments=arguments):
            operation = OPERATIONS[function]
            runs = [_build(argument, bounds, zone) for argument in arguments]
            return _apply(operation.compute(node, zone), runs, strict=operation.strict)
        case Aggregate():
            raise ValueError("an aggregate is not a value of one row")


def _apply(compute: Callable[..., Any], runs: list[Run], *, strict: bool) -> Run:
    if not strict:
        return lambda row: compute(*[run(row) for run in runs])
    if len(runs) == 2:
        first, second = runs

        def pair(row: Row) -> Any:
            left = first(row)
            if left is None:
                return None
            right = second(row)
            return None if right is None else compute(left, right)

        return pair

    def apply(row: Row) -> Any:
        values = [run(row) for run in runs]
        return None if None in values else compute(*values)

    return apply


def _reader(key: Any, kind: Type) -> Run:
    read = _READERS[kind.kind](kind)

    def run(row: Row) -> Any:
        value = row.get(key)
        return None if value is None else read(value)

    return run


def _number_reader(kind: Type) -> Callable[[Any], int]:
    unit: int = 10**kind.scale

    def read(value: Any) -> int:
        if isinstance(value, int | np.integer):
            return int(value) * unit
        if not isinstance(value, Decimal | Fraction):
            raise TypeError(f"a number is an int, Decimal or Fraction, not {type(value).__name__}")
        top, bottom = value.as_integer_ratio()
        return divide(int(top) * unit, int(bottom))

    return read


def _read_duration(value: Any) -> int:
    return value // timedelta(microseconds=1) if isinstance(value, timedelta) else int(value)


def _same(value: Any) -> Any:
    return value


_READERS: Mapping[str, Callable[[Type], Callable[[Any], Any]]] = {
    "number": _number_reader,
    "duration": lambda _kind: _read_duration,
    "date": lambda _kind: day_number,
    "datetime": lambda _kind: moment_number,
    "boolean": lambda _kind: bool,
    "text": lambda _kind: _same,
}


def _writer(kind: Type, zone: tzinfo) -> Callable[[Any], int | Decimal | date | datetime | bool | str]:
    match kind.kind:
        case "number" if kind.scale:
            return lambda value: _decimal(value, kind.scale)
        case "date":
            return day_of_number
        case "datetime":
            return lambda value: moment_of_number(value, zone)
        case _:
            return _same


def _decimal(value: int, scale: int) -> Decimal:
    """Built from its digits: arithmetic on a Decimal would round to the context's precision."""
    return Decimal((int(value < 0), tuple(map(int, str(abs(value)))), -scale))
