"""Sums, differences and products of numbers that have more decimals than their type: nothing is rounded.

A mean such as the bonus base of a day in service may be 12,100 / 3 yuan. Whatever is a multiple of it is worked out as
a fraction; any other arithmetic reads it at its type's scale, as everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from operator import add, mul, sub
from typing import Any

from kaohe.language.tree import Call, Constant, Expression, Field, KeyedValue, Node

Row = Mapping[Any, Any]
Exact = Callable[[Row], Fraction | None]
_OPERATORS = {"+": add, "-": sub, "*": mul}
_READ = frozenset({"value", "points", "dimension", "target"})
"""What is looked up has the decimals of its type; an attainment, for one, has not, and is rounded."""


def exactly(expression: Expression) -> Exact | None:
    """The exact value for rows in which a number has more decimals than its type; None where there is nothing to gain.

    Given a row in which no number has, it gives what ``interpreter`` does.
    """
    return _build(expression.tree) if expression.type.kind == "number" else None


def finer(number: Any, scale: int) -> bool:
    """Whether the number has more decimals than the scale."""
    return isinstance(number, Fraction) and 10**scale % number.denominator != 0


def _build(node: Node) -> Exact | None:
    match node:
        case Constant(value=Decimal() | int() as value):
            constant = Fraction(value)
            return lambda _row: constant
        case Field(name=name, type=kind) if kind.kind == "number":
            return lambda row: _number(row.get(name))
        case KeyedValue(function=function, id=identifier) if function in _READ:
            return lambda row: _number(row.get((function, identifier)))
        case Call(function=operator, arguments=(left, right)) if operator in _OPERATORS:
            one, other = _build(left), _build(right)
            return None if one is None or other is None else _both(operator, one, other)
        case _:
            return None


def _both(operator: str, left: Exact, right: Exact) -> Exact:
    def combined(row: Row) -> Fraction | None:
        one, other = left(row), right(row)
        return None if one is None or other is None else _OPERATORS[operator](one, other)

    return combined


def _number(value: Any) -> Fraction | None:
    return None if value is None else Fraction(value)
