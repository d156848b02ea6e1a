"""Weights from judgement: pairwise comparisons (AHP, 层次分析法), direct measurements, and how consistent they are.

Comparisons are exact fractions. Roots and the eigenvector are computed at fifty digits, so that every machine gets
the same weights; a figure is rounded half up once. Weights out of data are in ``entropy.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from math import prod
from typing import Literal

from kaohe.errors import Problem, refuse_if_any
from kaohe.precise import (
    DECIMALS,
    FIFTY_DIGITS,
    Matrix,
    Number,
    all_rounded,
    digits,
    exact_row,
    rounded,
    transposed,
)
from kaohe.text import msg

Method = Literal["eigenvector", "geometric_mean", "column_mean"]
"""``eigenvector``: the principal right eigenvector (Saaty 1980; 特征根法). ``geometric_mean``: the geometric means of
the rows (Crawford & Williams 1985; 根法). ``column_mean``: the mean of the normalised columns (和积法)."""

RandomIndex = Literal["saaty_1980", "saaty_2005", "gong_xu_1986", "donegan_dodd_1991"]


def _table(figures: str) -> tuple[Decimal, ...]:
    return tuple(map(Decimal, figures.split()))


RANDOM_INDEX: Mapping[RandomIndex, tuple[Decimal, ...]] = {
    # Saaty, The Analytic Hierarchy Process, 1980
    "saaty_1980": _table("0 0 0.58 0.90 1.12 1.24 1.32 1.41 1.45 1.49 1.51 1.48 1.56 1.57 1.59"),
    # Saaty, Theory and Applications of the Analytic Network Process, 2005, p. 31
    "saaty_2005": _table("0 0 0.52 0.89 1.11 1.25 1.35 1.40 1.45 1.49 1.52 1.54 1.56 1.58 1.59"),
    # 龚木森、许树柏, 层次分析法中的判断矩阵一致性, 1986; the table of Chinese textbooks
    "gong_xu_1986": _table("0 0 0.52 0.89 1.12 1.26 1.36 1.41 1.46 1.49 1.52 1.54 1.56 1.58 1.59"),
    # Donegan & Dodd, A note on Saaty's random indexes, Math. Comput. Modelling 15(10), 1991, pp. 135–137
    "donegan_dodd_1991": _table(
        "0 0 0.4914 0.8286 1.0591 1.1797 1.2519 1.3171 1.3733 1.4055 "
        "1.4213 1.4497 1.4643 1.4822 1.4969 1.5078 1.5153 1.5262 1.5313 1.5371"
    ),
}
"""The mean consistency index of random comparisons of 1, 2, 3 … things. The sources differ: a ratio names its table."""

ACCEPTABLE = Decimal("0.10")
"""A consistency ratio above this asks for the comparisons to be looked at again (Saaty 1980)."""

_SETTLED = Decimal("1e-45")


@dataclass(frozen=True)
class Judgement:
    """What comparisons come to: ``weights`` that sum to 1, at fifty digits; the other figures are rounded.

    ``consistency_index`` is (λmax − n) / (n − 1), ``consistency_ratio`` the same over the random index of
    ``table`` (or one's own index) for n things. Of one or two things the comparison is always consistent: both are 0.
    """

    weights: tuple[Decimal, ...]
    method: Method
    lambda_max: Decimal
    consistency_index: Decimal
    consistency_ratio: Decimal
    table: RandomIndex | Decimal
    random_index: Decimal

    @property
    def consistent(self) -> bool:
        return self.consistency_ratio <= ACCEPTABLE

    def rounded(self, decimals: int = DECIMALS) -> tuple[Decimal, ...]:
        """The weights, each rounded half up; they then sum to 1 but for the rounding."""
        return all_rounded(self.weights, decimals)


@dataclass(frozen=True)
class Hierarchy:
    """Criteria judged against each other, alternatives judged under each criterion, and the alternatives' totals."""

    criteria: Judgement
    alternatives: tuple[Judgement, ...]
    totals: tuple[Decimal, ...]


def judge(
    matrix: Matrix,
    method: Method = "eigenvector",
    table: RandomIndex | Decimal = "saaty_1980",
    decimals: int = DECIMALS,
) -> Judgement:
    """Weights of the things compared, and how consistent the comparisons are.

    λmax is the mean of (A·w)ᵢ / wᵢ, which for the eigenvector is the eigenvalue itself. ``table`` may be a random
    index of one's own, above zero. Raises KaoheError where the table does not reach as far as the comparisons.
    """
    size = len(matrix)
    random_index = table if isinstance(table, Decimal) else _random_index(table, size)
    weights = _METHODS[method](matrix)
    with localcontext(FIFTY_DIGITS):
        largest = _largest_eigenvalue(matrix, weights)
        index = (largest - size) / (size - 1) if size > 2 else Decimal(0)
        ratio = index / random_index if size > 2 else Decimal(0)
    return Judgement(
        weights=weights,
        method=method,
        lambda_max=rounded(largest, decimals),
        consistency_index=rounded(index, decimals),
        consistency_ratio=rounded(ratio, decimals),
        table=table,
        random_index=random_index,
    )


def judge_hierarchy(
    criteria: Matrix,
    alternatives: Sequence[Matrix],
    method: Method = "eigenvector",
    table: RandomIndex | Decimal = "saaty_1980",
    decimals: int = DECIMALS,
) -> Hierarchy:
    """Two levels: each alternative's total is the sum over the criteria of weight × local weight (Saaty 1980).

    ``alternatives`` holds one matrix per criterion. Nothing is rounded between the levels.
    """
    above = judge(criteria, method, table, decimals)
    below = tuple(judge(matrix, method, table, decimals) for matrix in alternatives)
    with localcontext(FIFTY_DIGITS):
        totals = [
            sum((weight * part for weight, part in zip(above.weights, local, strict=True)), Decimal(0))
            for local in zip(*(each.weights for each in below), strict=True)
        ]
    return Hierarchy(above, below, all_rounded(totals, decimals))


def measured_weights(values: Iterable[Number], decimals: int = DECIMALS) -> tuple[Decimal, ...]:
    """Direct measurements as weights: each in proportion to their sum. ValueError where they sum to nothing."""
    row = exact_row(values)
    if min(row, default=Fraction(0)) < 0 or not sum(row):
        raise ValueError("weights are measured by numbers of at least zero, not all of them zero")
    return all_rounded((value / sum(row) for value in row), decimals)


def row_geometric_means(matrix: Matrix) -> tuple[Decimal, ...]:
    """The n-th root of the product of each row, at fifty digits."""
    with localcontext(FIFTY_DIGITS):
        return tuple(digits(prod(row, start=Fraction(1))) ** (1 / Decimal(len(row))) for row in matrix)


def eigenvector(matrix: Matrix) -> tuple[Decimal, ...]:
    """The principal right eigenvector as shares of 1, at fifty digits; entries may be zero where all hang together.

    The matrix is squared again and again: its columns all tend to it, ever faster.
    """
    with localcontext(FIFTY_DIGITS):
        power = [[digits(entry) for entry in row] for row in matrix]
        weights = _shares([sum(row, Decimal(0)) for row in power])
        while True:
            largest = max(map(max, power))
            power = [[entry / largest for entry in row] for row in power]
            columns = list(zip(*power, strict=True))
            power = [[_dot(row, column) for column in columns] for row in power]
            closer = _shares([sum(row, Decimal(0)) for row in power])
            if max(abs(new - old) for new, old in zip(closer, weights, strict=True)) < _SETTLED:
                return closer
            weights = closer


def _geometric_mean(matrix: Matrix) -> tuple[Decimal, ...]:
    return _shares(row_geometric_means(matrix))


def _column_mean(matrix: Matrix) -> tuple[Decimal, ...]:
    columns = [[entry / sum(column) for entry in column] for column in transposed(matrix)]
    return tuple(digits(sum(row, Fraction(0)) / len(row)) for row in transposed(columns))


_METHODS = {"eigenvector": eigenvector, "geometric_mean": _geometric_mean, "column_mean": _column_mean}


def _shares(parts: Sequence[Decimal]) -> tuple[Decimal, ...]:
    with localcontext(FIFTY_DIGITS):
        whole = sum(parts, Decimal(0))
        return tuple(part / whole for part in parts)


def _dot(left: Iterable[Decimal], right: Iterable[Decimal]) -> Decimal:
    return sum((one * other for one, other in zip(left, right, strict=True)), Decimal(0))


def _largest_eigenvalue(matrix: Matrix, weights: Sequence[Decimal]) -> Decimal:
    rows = [[digits(entry) for entry in row] for row in matrix]
    ratios = [_dot(row, weights) / weight for row, weight in zip(rows, weights, strict=True)]
    return sum(ratios, Decimal(0)) / len(ratios)


def _random_index(table: RandomIndex, size: int) -> Decimal:
    known = RANDOM_INDEX[table]
    refuse_if_any([_too_many(table, size, len(known))] if size > len(known) else [])
    return known[size - 1]


def _too_many(table: RandomIndex, size: int, most: int) -> Problem:
    return Problem(
        "judgement.too-many",
        msg("the random index of {table} is known for up to {most} things compared", table=table, most=most),
        found=str(size),
        fix=msg("compare fewer things at once: put them into groups and compare the groups"),
    )
