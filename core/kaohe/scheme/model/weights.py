"""What a scheme says about weights that are not written, and about totals other than weighted sums."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from kaohe.precise import Matrix
from kaohe.scheme.judgement import Judgement

WeightsFrom = Literal["absolute", "relative", "ahp", "entropy"]
"""``absolute``: written, 100 at each level. ``relative``: written, shares of their sum. ``ahp``: from comparisons in
pairs where there are any, else written, 100 at each level. ``entropy``: from the points of the people appraised."""

TotalMethod = Literal["weighted_sum", "topsis", "vikor"]
Normalisation = Literal["vector", "linear", "minmax", "sum", "none"]


@dataclass(frozen=True)
class Comparison:
    """Things that weigh against each other, compared in pairs: row against column of ``matrix``, in order of ``keys``.

    ``of`` is the id of the dimension whose indicators are compared; None: the dimensions of the scheme. ``weights``
    are percentages with six decimals that sum to 100.
    """

    of: str | None
    keys: tuple[str, ...]
    matrix: Matrix
    judgement: Judgement
    weights: tuple[Decimal, ...]


@dataclass(frozen=True)
class TotalBy:
    """How points become the total.

    ``normalisation`` makes indicators comparable in TOPSIS; ``v`` is VIKOR's weight of the group's utility against the
    largest regret, 0 to 1.
    """

    method: TotalMethod = "weighted_sum"
    normalisation: Normalisation = "vector"
    v: Decimal = Decimal("0.5")


WEIGHTED_SUM = TotalBy()
