"""The same appraisal as bare arithmetic in NumPy float64: no checks, no missing data, no explanations, inexact."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.scoring_matrix import CURVE, DIMENSIONS, TIERS, WEIGHTS, YUAN_EACH

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Result:
    total: Floats
    rank: NDArray[np.int64]
    tier: NDArray[np.int64]
    fen: NDArray[np.int64]


def by_numpy(shares: Floats, base: Floats) -> Result:
    """Points, weighted means, ranks, quota tiers with ties promoted, and the pool by largest remainder."""
    at, points = (np.array(column, np.float64) for column in zip(*CURVE, strict=True))
    total = np.zeros(shares.shape[1])
    rows = iter(shares)
    for weight in DIMENSIONS:
        dimension = np.zeros_like(total)
        for own in WEIGHTS:
            dimension += own / 100 * np.interp(next(rows), at, points)
        total += weight / 100 * dimension
    total = np.round(total, 2)
    order = np.argsort(-total, kind="stable")
    ordered = total[order]
    new = np.concatenate(([True], ordered[1:] != ordered[:-1]))
    first = np.maximum.accumulate(np.where(new, np.arange(len(total)), 0))
    rank = np.empty(len(total), np.int64)
    rank[order] = first + 1
    cuts = np.round(np.cumsum([share for _, share, _ in TIERS])[:-1] * len(total))
    tier = np.searchsorted(cuts, rank - 1, side="right")
    claim = base * np.array([factor for _, _, factor in TIERS])[tier]
    pool = YUAN_EACH * len(total) * 100
    exact = claim * (pool / claim.sum())
    fen = np.floor(exact).astype(np.int64)
    fen[np.argsort(fen - exact, kind="stable")[: pool - int(fen.sum())]] += 1
    return Result(total, rank, tier, fen)
