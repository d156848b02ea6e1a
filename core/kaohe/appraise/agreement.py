"""How far ratings agree (ICC, Cronbach's alpha) and how evenly something is shared out (Gini): exact fractions.

A figure that the data do not define (no variance to divide by) is None: no data, never zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from kaohe.precise import DECIMALS, Matrix, added, all_rounded, rounded, squared_distances, transposed

Variance = Literal["sample", "population"]
"""Whether squared deviations are divided by n − 1 (``sample``) or by n."""


@dataclass(frozen=True)
class IntraclassCorrelation:
    """The six coefficients of Shrout & Fleiss (1979), and the mean squares they are made of.

    ``icc1``: each target has raters of its own. ``icc2``: the same raters, a sample of all raters (absolute
    agreement). ``icc3``: exactly these raters (consistency). With ``k``: of the mean of the k ratings.
    ``between`` targets (MSB), ``within`` them (MSW), ``judges`` (MSJ), ``residual`` (MSE).
    """

    icc1: Decimal | None
    icc2: Decimal | None
    icc3: Decimal | None
    icc1k: Decimal | None
    icc2k: Decimal | None
    icc3k: Decimal | None
    between: Decimal
    within: Decimal
    judges: Decimal
    residual: Decimal


@dataclass(frozen=True)
class OneWay:
    """ICC(1) where targets have raters of their own, not all the same number: one-way random effects.

    ``icc1`` is of a single rating, ``icc1k`` of the mean of a target's ratings, ``each`` the number of them that
    stands for the unequal ones (k0 of the analysis of variance). None where nothing varies.
    """

    icc1: Decimal | None
    icc1k: Decimal | None
    targets: int
    ratings: int
    each: Decimal


@dataclass(frozen=True)
class Alpha:
    """Cronbach's alpha and the variances it is made of."""

    alpha: Decimal | None
    item_variances: tuple[Decimal, ...]
    item_variance_sum: Decimal
    total_variance: Decimal


def intraclass_correlation(ratings: Matrix, decimals: int = DECIMALS) -> IntraclassCorrelation:
    """ICC of ratings with one row per target and one column per judge (Shrout & Fleiss 1979, Psychol. Bull. 86:420).

    ValueError for fewer than two targets or judges.
    """
    n, k = len(ratings), len(ratings[0])
    if n < 2 or k < 2:
        raise ValueError("agreement needs at least two targets and two judges")
    grand = _mean([_mean(row) for row in ratings])
    of_targets = k * _squares([_mean(row) for row in ratings], grand)
    of_judges = n * _squares([_mean(column) for column in transposed(ratings)], grand)
    inside = sum((_squares(row, _mean(row)) for row in ratings), Fraction(0))
    between, within = of_targets / (n - 1), inside / (n * (k - 1))
    judges, residual = of_judges / (k - 1), (inside - of_judges) / ((n - 1) * (k - 1))
    drift = judges - residual

    def share(top: Fraction, bottom: Fraction) -> Decimal | None:
        figure = _over(top, bottom)
        return None if figure is None else rounded(figure, decimals)

    return IntraclassCorrelation(
        icc1=share(between - within, between + (k - 1) * within),
        icc2=share(between - residual, between + (k - 1) * residual + k * drift / n),
        icc3=share(between - residual, between + (k - 1) * residual),
        icc1k=share(between - within, between),
        icc2k=share(between - residual, between + drift / n),
        icc3k=share(between - residual, between),
        between=rounded(between, decimals),
        within=rounded(within, decimals),
        judges=rounded(judges, decimals),
        residual=rounded(residual, decimals),
    )


def one_way(ratings: Sequence[Sequence[Fraction]], decimals: int = DECIMALS) -> OneWay:
    """ICC(1) of ratings with one sequence per target, each of one rating or more; with equal numbers that of
    ``intraclass_correlation``. k0 = (N − Σn²/N)/(t − 1).

    ValueError for fewer than two targets, or where no target has two ratings.
    """
    targets, count = len(ratings), sum(map(len, ratings))
    if targets < 2 or count == targets:
        raise ValueError("agreement needs two targets, one of them with two ratings")
    sums = [added(each) for each in ratings]
    whole = added(sums)
    of_targets = added(total * total / len(each) for total, each in zip(sums, ratings, strict=True))
    of_ratings = added(score * score for each in ratings for score in each)
    between = (of_targets - whole * whole / count) / (targets - 1)
    within = (of_ratings - of_targets) / (count - targets)
    size = (count - Fraction(sum(len(each) ** 2 for each in ratings), count)) / (targets - 1)
    single, mean = _over(between - within, between + (size - 1) * within), _over(between - within, between)
    return OneWay(
        None if single is None else rounded(single, decimals),
        None if mean is None else rounded(mean, decimals),
        targets,
        count,
        rounded(size, decimals),
    )


def cronbach_alpha(answers: Matrix, variance: Variance = "sample", decimals: int = DECIMALS) -> Alpha:
    """k/(k − 1) · (1 − Σ item variances / variance of the totals), one row per person, one column per item.

    Cronbach (1951), Psychometrika 16:297. ValueError for fewer than two people or items.
    """
    if len(answers) < 2 or len(answers[0]) < 2:
        raise ValueError("alpha needs at least two people and two items")
    items = [_variance(column, variance) for column in transposed(answers)]
    total = _variance([sum(row, Fraction(0)) for row in answers], variance)
    whole = sum(items, Fraction(0))
    return Alpha(
        alpha_of_variances(items, total, decimals),
        all_rounded(items, decimals),
        rounded(whole, decimals),
        rounded(total, decimals),
    )


def alpha_of_variances(items: Sequence[Fraction], total: Fraction, decimals: int = DECIMALS) -> Decimal | None:
    """Cronbach's alpha out of the items' variances and the variance of the totals; None where the totals have none."""
    ratio, k = _over(sum(items, Fraction(0)), total), len(items)
    return None if ratio is None else rounded(Fraction(k, k - 1) * (1 - ratio), decimals)


def gini(values: Iterable[Fraction], *, unbiased: bool = False, decimals: int = DECIMALS) -> Decimal | None:
    """Gini's coefficient: the mean difference of all pairs over twice the mean; 0 is even, None where all are zero.

    Pairs count a value with itself (population, 0 to 1 − 1/n), or, ``unbiased``, do not: the same × n/(n − 1).
    """
    ordered = sorted(values)
    n, whole = len(ordered), sum(ordered, Fraction(0))
    # Σ|xi − xj| over all pairs is 2·Σ (2i − n − 1)·xi over the sorted values.
    ranked = sum(((2 * place - n - 1) * value for place, value in enumerate(ordered, start=1)), Fraction(0))
    figure = _over(ranked, (n - 1 if unbiased else n) * whole)
    return None if figure is None else rounded(figure, decimals)


def _mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def _squares(values: Sequence[Fraction], middle: Fraction) -> Fraction:
    return sum(((value - middle) ** 2 for value in values), Fraction(0))


def _variance(values: Sequence[Fraction], variance: Variance) -> Fraction:
    return squared_distances(values) / (len(values) - (variance == "sample"))


def _over(top: Fraction, bottom: Fraction) -> Fraction | None:
    return top / bottom if bottom else None
