"""Ranks of plain figures by every usual way of counting equals, and the percentages made of them. Pure functions.

Ranks and shares are in millionths, because the mean of two ranks may end in a half.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import numpy as np

from kaohe.exact import MICRO, Ints, divide_columns

TieMethod = Literal["average", "min", "max", "dense", "ordinal"]

PercentileKind = Literal["strict", "weak", "mean", "rank"]
"""Which of the data count towards a percentile: those below (``strict``), equals too (``weak``), half of the equals
(``mean``, the mid-rank), or the mean rank of the equals (``rank``)."""


def tie_ranks(figures: Ints, method: TieMethod, *, descending: bool = False) -> Ints:
    """The rank of each figure in millionths, from 1; ``descending``: the largest has rank 1.

    Equals get the least (``min``: 1 2 2 4), the greatest (``max``: 1 3 3 4) or the mean of their ranks (``average``:
    1 2.5 2.5 4), one rank with none left out behind it (``dense``: 1 2 2 3), or ranks in the order in which they
    stand (``ordinal``: 1 2 3 4).
    """
    first, last, dense, ordinal = _positions(figures, descending)
    doubled: Mapping[TieMethod, Ints] = {
        "min": 2 * first,
        "max": 2 * last,
        "average": first + last,
        "dense": 2 * dense,
        "ordinal": 2 * ordinal,
    }
    ranks: Ints = doubled[method] * (MICRO // 2)
    return ranks


def percent_rank(figures: Ints, *, descending: bool = False, unit: int = MICRO) -> Ints:
    """(rank − 1) / (n − 1) with the least rank of equals, rounded half up to 1/``unit``; 0 of a single figure."""
    first, *_ = _positions(figures, descending)
    return divide_columns((first - 1), np.array(max(len(figures) - 1, 1)), unit)


def cumulative_share(figures: Ints, *, descending: bool = False, unit: int = MICRO) -> Ints:
    """The share of figures that come no later (SQL's CUME_DIST), rounded half up to 1/``unit``."""
    _, last, *_ = _positions(figures, descending)
    return divide_columns(last, np.array(max(len(figures), 1)), unit)


def excel_percent_rank(
    data: Sequence[Decimal | int], figure: Decimal | int, digits: int = 3, *, exclusive: bool = False
) -> Decimal | None:
    """Excel's PERCENTRANK.INC: the share of the way from the least (0) to the greatest (1), *cut* after ``digits``.

    ``exclusive`` is PERCENTRANK.EXC, in which the least has 1/(n + 1) and the greatest of them n/(n + 1).
    A figure between two of the data lies on the straight line between their shares; beyond the ends there is none
    (None, where Excel shows #N/A). Unlike everything else here the result is cut off, not rounded: 5/9 is 0.555.
    Of a single figure the share is 1, as in Excel; exclusively it is 1/2.
    """
    known = sorted(Fraction(each) for each in data)
    sought = Fraction(figure)
    if not known or not known[0] <= sought <= known[-1]:
        return None
    if len(known) == 1 and not exclusive:
        return Decimal(1)
    steps = len(known) + 1 if exclusive else len(known) - 1
    below = sum(each < sought for each in known)
    share = Fraction(below + exclusive, steps)
    if known[below] != sought:
        left, right = known[below - 1], known[below]
        # The share of the left neighbour counts from the first of its equals, as its own rank does.
        start = Fraction(sum(each < left for each in known) + exclusive, steps)
        share = start + (share - start) * (sought - left) / (right - left)
    return Decimal(share.numerator * 10**digits // share.denominator).scaleb(-digits)


def percentile_of(
    data: Sequence[Decimal | int], figure: Decimal | int, kind: PercentileKind = "mean"
) -> Fraction | None:
    """The share of the data that a figure reaches, 0 to 1; None of no data. See ``PercentileKind``."""
    if not data:
        return None
    below, reached = sum(each < figure for each in data), sum(each <= figure for each in data)
    twice = {"strict": 2 * below, "weak": 2 * reached, "mean": below + reached}
    if kind == "rank":
        return Fraction(below + reached + (reached > below), 2 * len(data))
    return Fraction(twice[kind], 2 * len(data))


def buckets(figures: Ints, count: int, *, descending: bool = False) -> Ints:
    """SQL's NTILE: figures in order, cut into so many buckets as equal as may be, the larger ones first; from 1.

    Equals stand in the order in which they are given, and may come into different buckets.
    """
    *_, place = _positions(figures, descending)
    size, larger = divmod(len(figures), count)
    most = larger * (size + 1)
    early = (place - 1) // (size + 1)
    late = larger + (place - 1 - most) // max(size, 1)
    number: Ints = np.where(place <= most, early, late) + 1
    return number


def _positions(figures: Ints, descending: bool) -> tuple[Ints, Ints, Ints, Ints]:
    """Per figure: the first and the last place of its equals, how many different figures come up to it, its place."""
    keys = ~figures if descending else figures
    order = np.argsort(keys, kind="stable")
    count = len(keys)
    place = np.empty(count, np.int64)
    place[order] = np.arange(1, count + 1)
    _, dense, counts = np.unique(keys, return_inverse=True, return_counts=True)
    last: Ints = np.cumsum(counts)[dense] if count else place
    first: Ints = last - counts[dense] + 1 if count else place
    return first, last, dense + 1, place
