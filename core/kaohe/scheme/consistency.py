"""How well comparisons in pairs agree with each other, and which of them agrees least."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import combinations

from kaohe.precise import FIFTY_DIGITS, Matrix, digits, rounded
from kaohe.scheme.judgement import Judgement, eigenvector, judge

_ALIKE = 12  # decimals beyond which two deviations count as the same: the first of them is named


@dataclass(frozen=True)
class Outlier:
    """The judgement that is farthest from what all of them together come to.

    ``row`` is said to matter ``said`` times as much as ``column``; by all other judgements it is ``fits`` times,
    rounded to two decimals. ``ratio`` is the consistency ratio if it were said so.
    """

    row: int
    column: int
    said: Fraction
    fits: Fraction
    ratio: Decimal


def farthest(matrix: Matrix, judgement: Judgement) -> Outlier:
    """The judgement aᵢⱼ with the largest error aᵢⱼ·wⱼ/wᵢ, or its reciprocal where that is larger (Saaty 2005).

    Asked of three things or more. ``row`` is the one that is said to matter more.
    """
    weights = judgement.weights
    errors: list[tuple[Decimal, int, int]] = []
    with localcontext(FIFTY_DIGITS):
        for i, j in combinations(range(len(matrix)), 2):
            error = digits(matrix[i][j]) * weights[j] / weights[i]
            errors.append((rounded(max(error, 1 / error), _ALIKE), i, j))
    _, i, j = max(errors, key=lambda each: each[0])
    if matrix[i][j] < 1:
        i, j = j, i
    fits = _by_the_others(matrix, i, j)
    mended = [list(row) for row in matrix]
    mended[i][j], mended[j][i] = fits, 1 / fits
    after = judge(tuple(map(tuple, mended)), judgement.method, judgement.table)
    return Outlier(i, j, matrix[i][j], fits, after.consistency_ratio)


def _by_the_others(matrix: Matrix, i: int, j: int) -> Fraction:
    """What the judgement would be if it had not been asked: as a missing one it is 0, and each of the two counts once
    more for itself (Harker 1987)."""
    without = [list(row) for row in matrix]
    without[i][j] = without[j][i] = Fraction(0)
    without[i][i] = without[j][j] = Fraction(2)
    weights = eigenvector(tuple(map(tuple, without)))
    with localcontext(FIFTY_DIGITS):
        return Fraction(rounded(weights[i] / weights[j], 2)) or Fraction(1, 100)
