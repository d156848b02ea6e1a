"""Entropy weights (熵权法): an indicator that tells people apart weighs more than one that is alike for everybody."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction

from kaohe.precise import DECIMALS, FIFTY_DIGITS, Column, Matrix, all_rounded, digits, transposed


def entropy_weights(matrix: Matrix, decimals: int = DECIMALS) -> tuple[Decimal, ...]:
    """Weights of the criteria (columns), by how unevenly the alternatives (rows) differ in each.

    With p = x / Σx in a column of m rows: e = −Σ p·ln p / ln m, d = 1 − e, w = d / Σd (Shannon 1948; Zeleny 1982).
    0·ln 0 counts as 0. Where no column tells anybody apart (or there is one row), all weigh the same. Raises
    ValueError for a negative figure or a column that sums to zero.
    """
    columns = transposed(matrix)
    if any(min(column) < 0 or not sum(column) for column in columns):
        raise ValueError("entropy needs figures of at least zero, not all of a column zero")
    with localcontext(FIFTY_DIGITS):
        spread = [_divergence(column) for column in columns]
        whole = sum(spread, Decimal(0))
        if not whole:
            return all_rounded([Fraction(1, len(columns))] * len(columns), decimals)
        return all_rounded((part / whole for part in spread), decimals)


def _divergence(column: Column) -> Decimal:
    if len(set(column)) == 1:
        # Exactly zero, where logarithms would leave the last of fifty digits.
        return Decimal(0)
    shares = [digits(value / sum(column)) for value in column if value]
    uncertainty = -sum((share * share.ln() for share in shares), Decimal(0))
    return 1 - uncertainty / Decimal(len(column)).ln()
