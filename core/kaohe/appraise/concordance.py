"""How far judges agree beyond chance (kappa), how far their rankings do (W), and correlation: exact to the last root.

A figure that the data do not define is None: no data, never zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Literal

from kaohe.precise import (
    DECIMALS,
    FIFTY_DIGITS,
    Column,
    Matrix,
    added,
    digits,
    root,
    rounded,
    squared_distances,
    transposed,
)

Disagreement = Literal["none", "linear", "quadratic"]
"""What two ratings that are d categories apart count: all disagreements alike, d, or d²."""


@dataclass(frozen=True)
class Kappa:
    """(``observed`` − ``expected``) / (1 − ``expected``): agreement beyond what chance would bring."""

    kappa: Decimal | None
    observed: Decimal
    expected: Decimal


def cohen_kappa(table: Matrix, disagreement: Disagreement = "none", decimals: int = DECIMALS) -> Kappa:
    """Two raters: how often (row, column) they chose the first rater's and the second rater's category.

    Cohen (1960), Educ. Psychol. Meas. 20:37; weighted: Cohen (1968), Psychol. Bull. 70:213. ValueError unless the
    table is square and not empty.
    """
    size, whole = len(table), added(map(added, table))
    if len(table[0]) != size or not whole:
        raise ValueError("a table of agreement has as many rows as columns, and ratings in it")
    rows, columns = [added(row) for row in table], [added(column) for column in transposed(table)]
    cells = [(i, j, _agreement(i, j, size, disagreement)) for i in range(size) for j in range(size)]
    observed = added(agreed * table[i][j] for i, j, agreed in cells) / whole
    expected = added(agreed * rows[i] * columns[j] for i, j, agreed in cells) / whole**2
    return _kappa(observed, expected, decimals)


def fleiss_kappa(counts: Matrix, decimals: int = DECIMALS) -> Kappa:
    """Any number of raters: how many of them put a subject (row) into a category (column).

    Fleiss (1971), Psychol. Bull. 76:378. ValueError unless every subject has the same number of raters, at least two.
    """
    raters = added(counts[0])
    if any(added(row) != raters for row in counts) or raters < 2:
        raise ValueError("every subject has the same number of raters, at least two")
    pairs = [(added(count * count for count in row) - raters) / (raters * (raters - 1)) for row in counts]
    shares = [added(column) / (len(counts) * raters) for column in transposed(counts)]
    return _kappa(added(pairs) / len(pairs), added(each * each for each in shares), decimals)


def kendall_w(ranks: Matrix, decimals: int = DECIMALS) -> Decimal | None:
    """Kendall's coefficient of concordance, 0 to 1: one row of ranks per judge, equals with the mean of their ranks.

    12·S / (m²·(n³ − n) − m·Σ(t³ − t)), where t are the numbers of equals (Kendall & Smith 1939).
    """
    judges, things = len(ranks), len(ranks[0])
    spread = squared_distances([added(column) for column in transposed(ranks)])
    equals = sum(row.count(each) ** 3 - row.count(each) for row in ranks for each in set(row))
    below = judges**2 * (things**3 - things) - judges * equals
    return rounded(12 * spread / below, decimals) if below else None


def correlation(one: Column, other: Column, decimals: int = DECIMALS) -> Decimal | None:
    """Pearson's r; of mean ranks (``tie_ranks`` with ``average``) it is Spearman's rho. None where one is constant."""
    if len(one) != len(other) or not one:
        raise ValueError("a correlation is of two columns of one length")
    together = added(a * b for a, b in zip(one, other, strict=True)) - added(one) * added(other) / len(one)
    apart = squared_distances(one) * squared_distances(other)
    with localcontext(FIFTY_DIGITS):
        return rounded(digits(together) / root(apart), decimals) if apart else None


def spearman_brown(reliability: Fraction, factor: Fraction = Fraction(2)) -> Fraction:
    """The reliability of a test so many times as long: k·r / (1 + (k − 1)·r) (Spearman 1910; Brown 1910)."""
    return factor * reliability / (1 + (factor - 1) * reliability)


def _agreement(i: int, j: int, size: int, disagreement: Disagreement) -> Fraction:
    if disagreement == "none" or size < 2:
        return Fraction(int(i == j))
    return 1 - Fraction(abs(i - j), size - 1) ** (1 if disagreement == "linear" else 2)


def _kappa(observed: Fraction, expected: Fraction, decimals: int) -> Kappa:
    kappa = rounded((observed - expected) / (1 - expected), decimals) if expected != 1 else None
    return Kappa(kappa, rounded(observed, decimals), rounded(expected, decimals))
