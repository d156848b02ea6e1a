"""Weights of criteria out of data by how far the alternatives differ: standard deviation, and CRITIC.

Entropy weights, which a scheme may carry, are in ``entropy``. Roots are taken at fifty digits.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, localcontext

from kaohe.appraise.agreement import Variance
from kaohe.appraise.alternatives import Direction, normalised
from kaohe.appraise.concordance import correlation
from kaohe.precise import DECIMALS, FIFTY_DIGITS, Column, Matrix, all_rounded, root, squared_distances, transposed

_FINE = 40


def deviation_weights(matrix: Matrix, variance: Variance = "sample", decimals: int = DECIMALS) -> tuple[Decimal, ...]:
    """Each criterion (column) in proportion to its standard deviation. ValueError where nothing differs."""
    return _shares([_deviation(column, variance) for column in transposed(matrix)], decimals)


def critic_weights(matrix: Matrix, directions: Sequence[Direction], decimals: int = DECIMALS) -> tuple[Decimal, ...]:
    """CRITIC: deviation × Σ(1 − correlation with the other criteria), over min-max normalised criteria.

    Diakoulaki, Mavrotas & Papayannakis (1995), Comput. Oper. Res. 22:763. A criterion that is equal for all weighs
    nothing. ValueError where that is so of all of them.
    """
    columns = transposed(normalised(matrix, directions, "minmax"))
    with localcontext(FIFTY_DIGITS):
        parts = []
        for column in columns:
            found = [correlation(column, other, _FINE) for other in columns]
            conflict = sum((1 - each for each in found if each is not None), Decimal(0))
            parts.append(_deviation(column, "population") * conflict)
    return _shares(parts, decimals)


def _deviation(column: Column, variance: Variance) -> Decimal:
    freedom = len(column) - (variance == "sample")
    if freedom < 1:
        raise ValueError("too few alternatives for a spread")
    return root(squared_distances(column) / freedom)


def _shares(parts: Sequence[Decimal], decimals: int) -> tuple[Decimal, ...]:
    with localcontext(FIFTY_DIGITS):
        whole = sum(parts, Decimal(0))
        if not whole:
            raise ValueError("criteria in which nobody differs have no weights")
        return all_rounded((part / whole for part in parts), decimals)
