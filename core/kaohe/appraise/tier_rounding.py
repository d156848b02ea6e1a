"""Head-counts of tiers by other published roundings than largest remainder, which a scheme's quotas use.

Shares are in order, best tier first, and may sum to 1 or to 100: only their proportions count.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import accumulate, pairwise
from math import floor
from typing import Literal

from kaohe.exact import divide
from kaohe.precise import Number, exact_row


def by_cumulation(shares: Sequence[Number], people: int) -> tuple[int, ...]:
    """The people down to the end of each tier are rounded half up; a tier has those since the tier before it."""
    ends = [0, *map(_half_up, accumulate(_quotas(shares, people)))]
    return tuple(end - start for start, end in pairwise(ends))


def with_rest_to(
    shares: Sequence[Number], people: int, rest: int, rounding: Literal["down", "half_up"] = "down"
) -> tuple[int, ...]:
    """Every tier but one is rounded; the one at position ``rest`` takes whoever is left.

    ValueError where rounding up leaves fewer than nobody.
    """
    cut = floor if rounding == "down" else _half_up
    parts = [cut(quota) for quota in _quotas(shares, people)]
    parts[rest] += people - sum(parts)
    if parts[rest] < 0:
        raise ValueError("the tiers that are rounded up need more people than there are")
    return tuple(parts)


def each_by_itself(shares: Sequence[Number], people: int) -> tuple[int, ...]:
    """Every tier rounded half up by itself (四舍五入). The counts need not sum to the people: of 5, 20/70/10 make 6."""
    return tuple(map(_half_up, _quotas(shares, people)))


def _quotas(shares: Sequence[Number], people: int) -> Iterator[Fraction]:
    exact = exact_row(shares)
    return (share * people / sum(exact) for share in exact)


def _half_up(number: Fraction) -> int:
    return divide(number.numerator, number.denominator)
