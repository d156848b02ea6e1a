"""Curves that measure a person against the others of the ranking group: z-scores and percentile ranks.

The others are those with data for the indicator. A group of fewer than the ranking's ``min_group`` of them is small:
as in the ranking it is measured against everybody (``merge``), or not at all (``unranked``: neutral points).
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import isqrt

import numpy as np

from kaohe.appraise.columns import Wide, line, magnitude, room_for, round_half_up
from kaohe.appraise.model import People
from kaohe.appraise.standing import numbered
from kaohe.appraise.tie_ranks import tie_ranks
from kaohe.exact import MICRO, Flags, Ints, to_micros
from kaohe.scheme.model import PercentileRankCurve, Ranking, ZScoreCurve

_DIGITS = 50

RelativeCurve = ZScoreCurve | PercentileRankCurve


def relative_points(curve: RelativeCurve, values: Ints, there: Flags, ranking: Ranking, people: People) -> Wide:
    """Points in millionths before floor and cap, for the rows where there is data; neutral points elsewhere."""
    earned: Wide = np.full(values.shape, to_micros(curve.neutral))
    for rows, takes in fields(there, ranking, people):
        part = within(curve, values[rows])
        if part is not None:
            taken = np.flatnonzero(takes)
            earned = earned.astype(np.result_type(earned, part))
            earned[rows[taken]] = part[taken]
    return earned


def fields(there: Flags, ranking: Ranking, people: People) -> Iterator[tuple[Ints, Flags]]:
    """Rows that are measured against each other, and which of them take their points from it."""
    number, names = numbered(ranking.within, people)
    rows = np.flatnonzero(there)
    order = rows[np.argsort(number[rows], kind="stable")]
    sizes = np.bincount(number[rows], minlength=len(names))
    small = (sizes < ranking.min_group)[number] & there
    for members in np.split(order, np.cumsum(sizes)[:-1]):
        if len(members) and not small[members[0]]:
            yield members, np.ones(len(members), np.bool_)
    if ranking.small_groups == "merge" and small.any():
        yield rows, small[rows]


def within(curve: RelativeCurve, values: Ints) -> Wide | None:
    """The points of values measured against each other; None where they are all equal."""
    if len(values) < 2 or int(values.min()) == int(values.max()):
        return None
    return _z_scores(curve, values) if isinstance(curve, ZScoreCurve) else _percentile_ranks(curve, values)


def _z_scores(curve: ZScoreCurve, values: Ints) -> Wide:
    slope, total = z_slope(curve, values.tolist())
    count = len(values)
    beyond = room_for(values, 2 * (magnitude(values) * count + abs(total))) * count - total
    return line(beyond, slope, to_micros(curve.neutral))


def z_slope(curve: ZScoreCurve, values: list[int]) -> tuple[Fraction, int]:
    """The points for each unit of n·v − Σv, and Σv.

    With d = n·v − Σv the deviation is d / n and the sum of its squares Σd² / n², so that z is d·√(n / Σd²) over the
    population and d·√((n − 1) / Σd²) over a sample.
    """
    count, total = len(values), sum(values)
    squares = count * (count * sum(value * value for value in values) - total * total)
    freedom = count if curve.spread == "population" else count - 1
    sign = 1 if curve.mode == "higher" else -1
    return sign * Fraction(curve.points) * MICRO * root(Fraction(freedom, squares)), total


def root(number: Fraction) -> Fraction:
    """The square root, exact where it is rational, else cut after fifty significant digits."""
    # Digits enough that a millionth of a point is decided however long the numbers are.
    scale: int = 10 ** (_DIGITS + len(str(number.denominator)))
    product: int = number.numerator * number.denominator
    return Fraction(isqrt(product * scale * scale), scale * number.denominator)


def _percentile_ranks(curve: PercentileRankCurve, values: Ints) -> Wide:
    ranks = tie_ranks(values, curve.ties, descending=curve.mode == "lower")
    return round_half_up(room_for(ranks - MICRO, 200 * magnitude(ranks)) * 100, len(values) - 1)
