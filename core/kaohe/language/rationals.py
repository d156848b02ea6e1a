"""Columns of exact fractions and of truth values: the arithmetic after aggregation, for everybody at once.

Numerators and denominators are int64 as long as the largest of them leave room, and Python's integers beyond that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from kaohe.exact import Flags

Whole = NDArray[Any]  # int64, or object holding Python integers
_LIMIT = 2**62


@dataclass(frozen=True)
class Ratio:
    """numerator / denominator, row by row, where ``known``; every denominator is positive."""

    numerator: Whole
    denominator: Whole
    known: Flags


@dataclass(frozen=True)
class Truth:
    """A condition, row by row, where ``known``; a row that is not known holds False."""

    value: Flags
    known: Flags


Operand = Ratio | Truth


def constant(value: int, denominator: int = 1) -> Ratio:
    """One exact number for every row."""
    return Ratio(whole(value), whole(denominator), np.ones(1, np.bool_))


def whole(value: int) -> Whole:
    return np.array([value], np.int64 if abs(value) < _LIMIT else object)


def ratio(numerator: Whole, denominator: Whole, known: Flags) -> Ratio:
    """A quotient whose denominator may be negative, or zero: then it is unknown."""
    known = known & (denominator != 0)
    sign = np.where(denominator < 0, -1, 1)
    return Ratio(multiply(numerator, sign), np.where(known, multiply(denominator, sign), 1), known)


def multiply(left: Whole, right: Whole) -> Whole:
    """Products, in Python's integers where the largest might not fit 64 bits."""
    if largest(left) * largest(right) < _LIMIT:
        return np.asarray(left * right)
    return np.asarray(left.astype(object) * right.astype(object))


def plus(left: Whole, right: Whole) -> Whole:
    if largest(left) + largest(right) < _LIMIT:
        return np.asarray(left + right)
    return np.asarray(left.astype(object) + right.astype(object))


def largest(column: Whole) -> int:
    """The largest magnitude in a column; 0 of an empty one."""
    return max(int(column.max()), -int(column.min())) if column.size else 0


def both(*operands: Operand) -> Flags:
    """Where every operand is known."""
    known = operands[0].known
    for operand in operands[1:]:
        known = known & operand.known
    return known


def add(left: Ratio, right: Ratio) -> Ratio:
    top = plus(multiply(left.numerator, right.denominator), multiply(right.numerator, left.denominator))
    return Ratio(top, multiply(left.denominator, right.denominator), both(left, right))


def negate(value: Ratio) -> Ratio:
    return Ratio(multiply(value.numerator, whole(-1)), value.denominator, value.known)


def times(left: Ratio, right: Ratio) -> Ratio:
    return Ratio(
        multiply(left.numerator, right.numerator), multiply(left.denominator, right.denominator), both(left, right)
    )


def over(left: Ratio, right: Ratio) -> Ratio:
    """left / right, unknown where right is zero."""
    top, bottom = multiply(left.numerator, right.denominator), multiply(left.denominator, right.numerator)
    return ratio(top, bottom, both(left, right))


def compare(test: Callable[[Any, Any], Any], left: Operand, right: Operand) -> Truth:
    known = both(left, right)
    if isinstance(left, Truth) or isinstance(right, Truth):
        return Truth(known & test(cast(Truth, left).value, cast(Truth, right).value), known)
    first, second = multiply(left.numerator, right.denominator), multiply(right.numerator, left.denominator)
    return Truth(known & np.asarray(test(first, second), np.bool_), known)


def choose(condition: Truth, when_true: Operand, when_false: Operand) -> Operand:
    """One of two by the condition, unknown where it is."""
    known = condition.known & np.where(condition.value, when_true.known, when_false.known)
    if isinstance(when_true, Truth) and isinstance(when_false, Truth):
        return Truth(known & np.where(condition.value, when_true.value, when_false.value), known)
    first, second = cast(Ratio, when_true), cast(Ratio, when_false)
    return Ratio(
        np.where(condition.value, first.numerator, second.numerator),
        np.where(condition.value, first.denominator, second.denominator),
        known,
    )


def round_half_up(value: Ratio, decimals: int) -> Ratio:
    """To so many decimals, half away from zero."""
    return Ratio(
        quotient(multiply(value.numerator, whole(10**decimals)), value.denominator), whole(10**decimals), value.known
    )


def quotient(numerator: Whole, denominator: Whole) -> Whole:
    """numerator / denominator rounded half away from zero, for positive denominators."""
    doubled, divisor = multiply(np.abs(numerator), whole(2)), multiply(denominator, whole(2))
    rounded = plus(doubled, denominator) // divisor
    return np.asarray(np.where(numerator < 0, -rounded, rounded))


def all_of(operands: list[Truth]) -> Truth:
    """Three-valued and: false where one is false, else unknown where one is unknown."""
    false = operands[0].known & ~operands[0].value
    for operand in operands[1:]:
        false = false | (operand.known & ~operand.value)
    known = false | both(*operands)
    return Truth(known & ~false, known)


def invert(operand: Truth) -> Truth:
    return Truth(operand.known & ~operand.value, operand.known)
