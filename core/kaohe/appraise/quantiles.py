"""Quantiles by each of the usual definitions, exactly. Indicators use type 7; the others are here to compare with.

The types are numbered as by Hyndman & Fan (1996), The American Statistician 50(4):361, and as in R. Type 7 is Excel's
PERCENTILE.INC and SQL's percentile_cont, type 6 Excel's PERCENTILE.EXC, type 1 SQL's percentile_disc and the nearest
rank.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import floor
from typing import Literal

from kaohe.precise import Column

QuantileType = Literal[1, 2, 3, 4, 5, 6, 7, 8, 9]
_HALF = Fraction(1, 2)


def quantile(
    values: Iterable[Fraction], share: Fraction, kind: QuantileType = 7, *, beyond: bool = True
) -> Fraction | None:
    """The value below which so large a share (0 to 1) of the values lies; None of no values.

    ``kind`` is the type of definition. Types 4 to 9 are straight lines between neighbours x_j and x_(j+1), where
    j + g is n·p (4), n·p + 1/2 (5), (n + 1)·p (6), (n − 1)·p + 1 (7), (n + 1/3)·p + 1/3 (8) or (n + 1/4)·p + 3/8
    (9); types 1 to 3 are steps. A share that points past the first or last value has that value, or, unless
    ``beyond``, none (Excel's PERCENTILE.EXC). ValueError for a share outside 0 to 1.
    """
    if not 0 <= share <= 1:
        raise ValueError("a quantile's share is between 0 and 1")
    ordered = sorted(values)
    if not ordered:
        return None
    place = _place(len(ordered), share, kind)
    if not beyond and not 1 <= place <= len(ordered):
        return None
    whole, part = floor(place), place - floor(place)
    low, high = (ordered[min(max(each, 1), len(ordered)) - 1] for each in (whole, whole + 1))
    return low + _step(kind, whole, part) * (high - low)


def quartiles(values: Iterable[Fraction], *, middle: bool) -> tuple[Fraction, Fraction, Fraction] | None:
    """The medians of the lower half, of all and of the upper half; None of fewer than two values.

    ``middle``: of an odd number of values the one in the middle belongs to both halves (Tukey's hinges, 1977), or to
    neither (Moore & McCabe).
    """
    ordered = tuple(sorted(values))
    if len(ordered) < 2:
        return None
    half = (len(ordered) + 1) // 2 if middle else len(ordered) // 2
    return _median(ordered[:half]), _median(ordered), _median(ordered[-half:])


def _place(count: int, share: Fraction, kind: QuantileType) -> Fraction:
    """The place j + g among ordered values, counted from 1."""
    shifts = {3: -_HALF, 5: _HALF, 6: share, 7: 1 - share, 8: (share + 1) / 3, 9: share / 4 + Fraction(3, 8)}
    return count * share + shifts.get(kind, Fraction(0))


def _step(kind: QuantileType, whole: int, part: Fraction) -> Fraction:
    """How far on the way from x_j to x_(j+1)."""
    if kind > 3:
        return part
    if part:
        return Fraction(1)
    # Exactly on a step: the value itself (1), the middle of it and the next (2), the one with the even number (3).
    return {1: Fraction(0), 2: _HALF, 3: Fraction(whole % 2)}[kind]


def _median(ordered: Sequence[Fraction] | Column) -> Fraction:
    count = len(ordered)
    return (ordered[(count - 1) // 2] + ordered[count // 2]) / 2
