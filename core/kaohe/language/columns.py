"""From an aggregate's integer parts to values, for everybody at once: exact until one rounding at six decimals."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from kaohe.errors import Problem, fail
from kaohe.exact import MICRO, Flags, Ints, divide_columns
from kaohe.language import rationals
from kaohe.language.aggregation import AGGREGATIONS
from kaohe.language.operations import OPERATIONS
from kaohe.language.rationals import Operand, Ratio, Truth, Whole
from kaohe.language.tree import Aggregate, Call, Constant, Expression, Node, scaled
from kaohe.text import msg

AllParts = Mapping[Aggregate, Mapping[str, Ints]]


def evaluate_columns(expression: Expression, parts: AllParts, *, divisor: int = 1) -> tuple[Ints, Flags, Ints]:
    """(micros, known, sample) of an aggregate-level expression, row by row.

    ``parts`` holds, for each of the expression's aggregates, the columns that ``aggregate_sql`` names, all of one
    length. Micros are millionths of value / ``divisor``; a duration's value is its microseconds, a date's its days
    since 1970, a condition's 1 or 0. A row that is not known holds 0. ``sample`` is the largest number of records
    that any of the aggregates counted. Raises KaoheError where a value does not fit.
    """
    operand = evaluate(expression, parts)
    sample = np.max([np.asarray(columns["n"], np.int64) for columns in _own(expression.tree, parts)], axis=0)
    top, bottom, known = _fraction(operand, len(sample))
    return _millionths(np.where(known, top, 0), rationals.multiply(bottom, rationals.whole(divisor))), known, sample


def evaluate(expression: Expression, parts: AllParts) -> Operand:
    """The exact fractions (or truth values) of an aggregate-level expression."""
    return _evaluate(expression.tree, parts)


def _own(node: Node, parts: AllParts) -> list[Mapping[str, Ints]]:
    match node:
        case Aggregate():
            return [parts[node]]
        case Call(arguments=arguments):
            return [columns for argument in arguments for columns in _own(argument, parts)]
        case _:
            return []


def _evaluate(node: Node, parts: AllParts) -> Operand:
    match node:
        case Aggregate():
            columns = {name: _whole(column) for name, column in parts[node].items()}
            return AGGREGATIONS[node.function].finish(node, columns)
        case Constant(type=kind) if kind.kind == "boolean":
            return Truth(np.array([bool(node.value)]), np.ones(1, np.bool_))
        case Constant(type=kind):
            return rationals.constant(scaled(node), 10**kind.scale)
        case Call(function=function, arguments=arguments):
            exact = OPERATIONS[function].exact
            if exact is not None:
                return exact(node, *(_evaluate(argument, parts) for argument in arguments))
    raise ValueError(f"{node} is not a figure over many records")


def _whole(column: Ints) -> Whole:
    """The column as it came, Python integers included."""
    return column if column.dtype == np.dtype(object) else column.astype(np.int64, copy=False)


def _fraction(operand: Operand, size: int) -> tuple[Whole, Whole, Flags]:
    if isinstance(operand, Truth):
        operand = Ratio(operand.value.astype(np.int64), rationals.whole(1), operand.known)
    top, bottom, known = np.broadcast_arrays(operand.numerator, operand.denominator, operand.known)
    if len(known) != size:
        top, bottom, known = (np.broadcast_to(column, size) for column in (top, bottom, known))
    return top, bottom, known.copy()


def _millionths(top: Whole, bottom: Whole) -> Ints:
    try:
        if top.dtype == bottom.dtype == np.dtype(np.int64):
            return divide_columns(top, bottom, MICRO)
        return rationals.quotient(rationals.multiply(top, rationals.whole(MICRO)), bottom).astype(np.int64)
    except OverflowError:
        raise fail(
            Problem(
                "expression.too-large-value",
                msg("a value is too large to be kept with six decimals"),
                expected=msg("less than nine million million"),
            )
        ) from None
