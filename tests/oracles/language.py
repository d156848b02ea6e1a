"""Figures computed by the product's own expression language, over records made of a case's inputs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from kaohe.language import Bounds, Scope, Type, compile_expression, interpret_records

# The figures do not depend on it, but an expression is always computed for some period.
BOUNDS = Bounds(date(2026, 1, 1), date(2027, 1, 1), UTC)


def computed(text: str, records: Iterable[Mapping[str, Any]], names: Iterable[str] = ()) -> Fraction | None:
    """The exact value of an aggregate expression over records of numbers; None where it is unknown.

    ``names`` are the fields where there are no records.
    """
    rows = list(records)
    fields = {name: Type("number", _decimals(row[name] for row in rows)) for name in (rows[0] if rows else names)}
    return interpret_records(compile_expression(text, Scope(fields, aggregates=True)), rows, BOUNDS)


def of_values(text: str, values: Iterable[Any]) -> Fraction | None:
    """The same where a record has one number, called x."""
    return computed(text, [{"x": value} for value in values], ["x"])


def _decimals(numbers: Iterable[Any]) -> int:
    return max((_places(number) for number in numbers if number is not None), default=0)


def _places(number: Any) -> int:
    return 6 if isinstance(number, Fraction) else max(0, -int(Decimal(number).as_tuple().exponent))
