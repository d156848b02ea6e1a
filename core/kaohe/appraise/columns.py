"""Exact arithmetic over whole columns: 64-bit integers where they provably suffice, Python's integers elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from math import gcd, lcm
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from kaohe.exact import Flags, Ints, to_micros

LIMIT = 2**63 - 1
LARGEST_VALUE = 2**62
"""Values of this many millionths and more are refused: differences of two values must fit into 64 bits."""

BLOCK = 2**15
"""So many people are computed with at a time: what comes of them in between stays in the processor's own memory."""

Wide = NDArray[Any]
"""A column of int64, or of Python integers (dtype object) where 64 bits might not suffice."""


def blocks(rows: int) -> Iterator[slice]:
    """So many rows in blocks, from the first to the last."""
    return (slice(first, first + BLOCK) for first in range(0, rows, BLOCK))


def magnitude(column: Wide) -> int:
    """The largest absolute value of a column; 0 of an empty one."""
    return max(int(column.max()), -int(column.min())) if column.size else 0


def room_for(column: Wide, bound: int) -> Wide:
    """The column as it is where ``bound``, the largest figure to come, fits into 64 bits; else as Python integers."""
    return column if bound <= LIMIT else column.astype(object)


def where(column: Wide, there: Flags) -> Wide:
    """The column with 0 where it is not there; the column itself where it is there throughout."""
    return column if there.all() else np.where(there, column, 0)


def narrow(column: Wide) -> Ints:
    """The column as int64; OverflowError where a figure does not fit."""
    return column.astype(np.int64, copy=False)


def round_half_up(numerator: Wide, denominator: Wide | int) -> Wide:
    """numerator / denominator rounded half away from zero, row by row; denominators are positive.

    The caller sees to it that twice the larger of both fits into the columns.
    """
    if isinstance(denominator, int) and denominator == 1:
        return numerator
    rounded = numerator + denominator // 2
    if isinstance(denominator, int) and rounded.dtype == np.int64 and (numerator >= 0).all():
        # Numbers without a sign are divided several times as fast.
        unsigned = rounded.view(np.uint64)
        unsigned //= np.uint64(denominator)
        return cast(Wide, rounded)
    # Only an even denominator has ties; that of a negative number goes down, away from zero.
    rounded -= (numerator < 0) & (denominator % 2 == 0)
    rounded //= denominator
    return cast(Wide, rounded)


def line(x: Ints, slope: Fraction, start: int | Ints) -> Wide:
    """start + slope · x, exact, rounded half up once; ``start`` is a whole number or a column of them."""
    rise, run = slope.numerator, slope.denominator
    begin = magnitude(start) if isinstance(start, np.ndarray) else abs(start)
    bound = 2 * (begin * run + abs(rise) * magnitude(x) + run)
    if bound > LIMIT:
        start = start.astype(object) if isinstance(start, np.ndarray) else start
    return round_half_up(room_for(x, bound) * rise + start * run, run)


def ascending(keys: Ints) -> Ints:
    """The positions in the order of their keys, equals in the order in which they stand."""
    count = len(keys)
    least, most = (int(keys.min()), int(keys.max())) if count else (0, 0)
    if least == most:
        return np.arange(count)
    bits = count.bit_length()
    if most - least >= 2 ** (63 - bits):
        return np.argsort(keys, kind="stable")
    # Key and position in one number each: sorting numbers is several times as fast as sorting positions by keys.
    both = keys - least
    both <<= bits
    both += np.arange(count)
    both.sort()
    both &= 2**bits - 1
    return both


def told_apart(columns: Sequence[Wide], rows: int) -> tuple[Ints, Ints]:
    """So many rows numbered from 0, those alike that are equal in all columns; of each number the first row."""
    number, count = np.zeros(rows, np.int64), min(rows, 1)
    for column in columns:
        part, parts = _from_zero(column)
        number, count = _renumbered(number * parts + part, count * parts)
    first = np.empty(count, np.int64)
    first[number[::-1]] = np.arange(rows)[::-1]  # of those alike the last one written stays
    return number, first


def _from_zero(column: Wide) -> tuple[Ints, int]:
    """Numbers below the second that differ where the figures do."""
    if column.dtype == np.bool_:
        return column.astype(np.int64), 2
    if column.dtype != object and len(column):
        least, most = int(column.min()), int(column.max())
        if most - least < 2**31:
            return column - least, most - least + 1
    distinct, part = np.unique(column, return_inverse=True)
    return part, len(distinct)


def _renumbered(number: Ints, count: int) -> tuple[Ints, int]:
    """Numbers below ``count`` without those that do not occur."""
    if count > max(4 * len(number), BLOCK):  # a table of all of them would be slower than sorting
        distinct, number = np.unique(number, return_inverse=True)
        return number, len(distinct)
    there = np.zeros(count, np.bool_)
    there[number] = True
    numbers = np.cumsum(there) - 1
    return numbers[number], int(np.count_nonzero(there))


def between(column: Wide, floor: Decimal | None, cap: Decimal | None) -> Wide:
    """The column of millionths held between floor and cap, where they are given."""
    if floor is not None:
        column = np.maximum(column, to_micros(floor))
    if cap is not None:
        column = np.minimum(column, to_micros(cap))
    return column


def proportions(weights: Sequence[Decimal | Fraction]) -> list[int]:
    """Weights as the smallest whole numbers in the same proportions; all zero where the weights are."""
    exact = [Fraction(weight) for weight in weights]
    common = lcm(*(part.denominator for part in exact))
    whole = [int(part * common) for part in exact]
    shared = gcd(*whole) or 1
    return [part // shared for part in whole]


def weighted_mean(
    columns: Sequence[Ints],
    weights: Sequence[Decimal] | Sequence[Wide],
    present: Sequence[Flags],
    rows: int,
    plus: Sequence[Ints] = (),
    unit: int = 1,
) -> tuple[Ints, Flags]:
    """The mean of what is present, plus some columns, rounded half up once to whole ``unit`` millionths.

    Weights are one for all, or columns of whole numbers, one for each row. Returns the mean and where there is one:
    not where the weights present are zero. Exact for any weights.
    """
    shared = [weight for weight in weights if isinstance(weight, Decimal)]
    by_row = [weight for weight in weights if not isinstance(weight, Decimal)]
    fixed = None if by_row else proportions(shared)
    mean, known = np.empty(rows, np.int64), np.empty(rows, np.bool_)
    for block in blocks(rows):
        mean[block], known[block] = _weighted_mean(
            [column[block] for column in columns],
            [weight[block] for weight in by_row] if fixed is None else fixed,
            [there[block] for there in present],
            len(mean[block]),
            [column[block] for column in plus],
            unit,
        )
    return mean, known


def _weighted_mean(
    columns: Sequence[Ints],
    weights: Sequence[int | Wide],
    present: Sequence[Flags],
    rows: int,
    plus: Sequence[Ints],
    unit: int,
) -> tuple[Wide, Flags]:
    whole = sum(weight if isinstance(weight, int) else magnitude(weight) for weight in weights)
    # Four times: the sum is rounded, and what is added to the mean counts with the weights present.
    most = max((magnitude(column) for column in columns), default=0) + sum(magnitude(column) for column in plus)
    bound = 4 * max(most, 1) * max(whole, 1) * unit
    total: Wide = room_for(np.zeros(rows, np.int64), bound)
    # One number as long as everybody has everything, which is much faster to divide by than a column.
    present_weight: Wide | int = 0
    for column, weight, there in zip(columns, weights, present, strict=True):
        counted: Wide | int = weight if there.all() else room_for(there.astype(np.int64), bound) * weight
        total = total + room_for(column, bound) * counted
        present_weight = present_weight + counted
    known = np.full(rows, present_weight > 0, np.bool_)
    divisor = np.where(known, present_weight, 1) if isinstance(present_weight, np.ndarray) else max(present_weight, 1)
    for column in plus:
        total = total + room_for(column, bound) * divisor
    mean = round_half_up(total, divisor * unit)
    mean *= unit
    return where(mean, known), known
