"""Entropy weights (熵权法): an indicator that tells people apart weighs more than one that is alike for everybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import lru_cache

import numpy as np

from kaohe.appraise.columns import room_for
from kaohe.exact import Ints
from kaohe.precise import DECIMALS, FIFTY_DIGITS, Column, Matrix, all_rounded, digits, transposed

_FEW = 5_000
"""Of so many different figures each gets its own logarithm; more are gathered first."""

_BITS, _TERMS = 13, 7
"""Figures that agree in their leading bits are gathered around one in their midst, from which none is farther than
2⁻¹⁴ of it: of the series around it, what comes after so many terms is less than 10⁻³⁴ of the whole."""


@dataclass(frozen=True)
class Entropies:
    """By criterion: the ``entropy`` e, 0 to 1, the ``divergence`` d = 1 − e, and the ``weights`` d / Σd."""

    entropy: tuple[Decimal, ...]
    divergence: tuple[Decimal, ...]
    weights: tuple[Decimal, ...]


def entropy_weights(matrix: Matrix, decimals: int = DECIMALS) -> tuple[Decimal, ...]:
    """Weights of the criteria (columns), by how unevenly the alternatives (rows) differ in each: see ``entropies``."""
    return entropies(matrix, decimals).weights


def entropies(matrix: Matrix, decimals: int = DECIMALS) -> Entropies:
    """Weights of the criteria (columns), and the entropies that they are made of.

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
        shares = [part / whole for part in spread] if whole else [Fraction(1, len(columns))] * len(columns)
        return Entropies(
            all_rounded((1 - part for part in spread), decimals),
            all_rounded(spread, decimals),
            all_rounded(shares, decimals),
        )


def divergence(column: Ints) -> Decimal:
    """The d of a column of whole numbers of at least zero, at fifty digits (of very many different ones: thirty).

    0 where all are equal, and of nobody. Written over whole numbers, −Σ p·ln p is ln Σx − Σ(x·ln x) / Σx.
    """
    if not column.size or column.min() == column.max():
        return Decimal(0)
    figures, counts = np.unique(column[column > 0], return_counts=True)
    whole: int = sum(figure * count for figure, count in zip(figures.tolist(), counts.tolist(), strict=True))
    with localcontext(FIFTY_DIGITS):
        weighed = _gathered(figures, counts) if len(figures) > _FEW else _each(figures.tolist(), counts.tolist())
        uncertainty = Decimal(whole).ln() - weighed / whole
        found: Decimal = 1 - uncertainty / Decimal(len(column)).ln()
        return max(found, Decimal(0))


def _divergence(column: Column) -> Decimal:
    if len(set(column)) == 1:
        # Exactly zero, where logarithms would leave the last of fifty digits.
        return Decimal(0)
    whole = sum(column)
    shares = [digits(value / whole) for value in column if value]
    uncertainty = -sum((share * share.ln() for share in shares), Decimal(0))
    return 1 - uncertainty / Decimal(len(column)).ln()


def _each(figures: Sequence[int], counts: Sequence[int]) -> Decimal:
    """Σ count · x · ln x."""
    return sum((count * figure * _ln(figure) for figure, count in zip(figures, counts, strict=True)), Decimal(0))


def _gathered(figures: Ints, counts: Ints) -> Decimal:
    """The same by the series of x·ln x around the middle a of figures that agree in their leading bits:
    a·ln a + (ln a + 1)·r + Σ (−1)ᵏ·rᵏ / (k·(k − 1)·aᵏ⁻¹) from k = 2, with r = x − a. Sums of rᵏ are exact."""
    lengths = np.searchsorted(2 ** np.arange(63, dtype=np.int64), figures, side="right")
    dropped = np.maximum(lengths - _BITS, 0)
    middles = ((figures >> dropped) << dropped) + ((1 << dropped) >> 1)
    begins = np.flatnonzero(np.append(True, middles[1:] != middles[:-1]))
    rest, farthest = figures - middles, int((1 << dropped).max())
    powers = []
    power = counts.astype(np.int64)
    people = int(counts.sum())
    for exponent in range(_TERMS + 1):
        powers.append(np.add.reduceat(power, begins).tolist())
        power = room_for(power, people * farthest ** (exponent + 1)) * rest
    total = Decimal(0)
    for middle, count, first, *further in zip(middles[begins].tolist(), *powers, strict=True):
        log = _ln(middle)
        total += count * middle * log + first * (log + 1)
        for k, summed in enumerate(further, start=2):
            total += (-1) ** k * Decimal(summed) / (k * (k - 1) * Decimal(middle) ** (k - 1))
    return total


@lru_cache(maxsize=2**16)
def _ln(number: int) -> Decimal:
    """At fifty digits; the indicators of a scheme share most of theirs."""
    with localcontext(FIFTY_DIGITS):
        return Decimal(number).ln()
