"""Raters who judge mildly or harshly, brought to the same mean and spread by z-scores (rater calibration)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Literal

from kaohe.precise import DECIMALS, FIFTY_DIGITS, added, digits, root, rounded, squared_distances

Clamp = tuple[Fraction, Fraction]


@dataclass(frozen=True)
class Spread:
    """A mean and a standard deviation."""

    mean: Fraction
    deviation: Fraction | Decimal


@dataclass(frozen=True)
class Calibrated:
    """How many of the rater's own standard deviations a score lies from their mean, and the score that stands for."""

    z: Decimal
    score: Decimal


def calibrate(
    score: Fraction, rater: Spread, group: Spread, clamp: Clamp | None = None, decimals: int = DECIMALS
) -> Calibrated:
    """z = (score − rater's mean) / rater's deviation; group's mean + z × group's deviation, held within ``clamp``.

    A rater without spread says of everybody the same: z is 0 and the group's mean stands for it.
    """
    own, common = (_number(each.deviation) for each in (rater, group))
    with localcontext(FIFTY_DIGITS):
        z = digits(score - rater.mean) / own if own else Decimal(0)
        moved = digits(group.mean) + z * common
        if clamp is not None:
            moved = min(max(moved, digits(clamp[0])), digits(clamp[1]))
    return Calibrated(rounded(z, decimals), rounded(moved, decimals))


def calibrate_raters(
    ratings: Mapping[str, Mapping[str, Fraction]],
    variance: Literal["sample", "population"] = "sample",
    clamp: Clamp | None = None,
    decimals: int = DECIMALS,
) -> dict[str, dict[str, Decimal]]:
    """Every rater's scores (rater → recipient → score) mapped to the mean and spread of all the scores together.

    Who rated one person only has no spread of their own: that score stays as it is.
    """
    everybody = [score for scores in ratings.values() for score in scores.values()]
    if len(everybody) < 2:
        return {
            rater: {each: rounded(score, decimals) for each, score in scores.items()}
            for rater, scores in ratings.items()
        }
    group = spread(everybody, variance)
    calibrated: dict[str, dict[str, Decimal]] = {}
    for rater, scores in ratings.items():
        own = spread(list(scores.values()), variance) if len(scores) > 1 else None
        calibrated[rater] = {
            recipient: calibrate(score, own, group, clamp, decimals).score if own else rounded(score, decimals)
            for recipient, score in scores.items()
        }
    return calibrated


def spread(scores: Sequence[Fraction], variance: Literal["sample", "population"] = "sample") -> Spread:
    """Mean and standard deviation, with n − 1 (``sample``) or n below; ValueError for too few scores."""
    freedom = len(scores) - (variance == "sample")
    if freedom < 1:
        raise ValueError("too few scores for a spread")
    return Spread(added(scores) / len(scores), root(squared_distances(scores) / freedom))


def _number(deviation: Fraction | Decimal) -> Decimal:
    return digits(deviation) if isinstance(deviation, Fraction) else deviation
