"""Totals over several criteria: weighted sum, TOPSIS, VIKOR, normalisation, entropy weights."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from tests.oracles.case import Case, NotRunnable

from kaohe.appraise.alternatives import Direction, normalised, topsis, vikor, weighted_sum
from kaohe.appraise.entropy import entropy_weights
from kaohe.appraise.tie_ranks import TieMethod, tie_ranks
from kaohe.exact import to_micros
from kaohe.precise import Column, Matrix, exact_matrix, exact_row

DECIMALS = 20
NORMALISATIONS = {
    r"vector|向量": "vector",
    r"min-?\s?max|极差": "minmax",
    r"\bsum\b|归一": "sum",
    r"linear|x/max": "linear",
    r"none|without|unnormalised": "none",
}
SETS = ("compromise", "compromise_set")
RANKS: dict[str, TieMethod] = {
    "rank": "min",
    "rank_competition": "min",
    "rank_dense": "dense",
    "rank_ordinal": "ordinal",
    "rank_average": "average",
}


def run(case: Case) -> dict[str, Any]:
    matrix = exact_matrix(case.inputs["matrix"])
    wanted, said = set(case.expected), f"{case.title} {case.inputs.get('method', '')}".casefold()
    if wanted & {"Q", "S", "R", "compromise", "compromise_set"} or "vikor" in said:
        return _vikor(case, matrix)
    if "closeness" in wanted or "topsis" in said:
        return _topsis(case, matrix)
    if wanted & {"scores", "total", "totals"}:
        made = normalised(matrix, _directions(case, matrix), _how(case, "none"))
        figures = weighted_sum(made, _weights(case, matrix), DECIMALS)
        return {**dict.fromkeys(("scores", "total", "totals"), figures), **_ranks(figures)}
    if "weights" in wanted:
        return {"weights": entropy_weights(matrix, DECIMALS)}
    made = normalised(matrix, _directions(case, matrix), _how(case))
    flat = [figure for row in made for figure in row]
    return {"values_row_major": flat, **dict.fromkeys(("values", "matrix", "normalised"), made)}


def _topsis(case: Case, matrix: Matrix) -> dict[str, Any]:
    result = topsis(matrix, _weights(case, matrix), _directions(case, matrix), _how(case, "vector"), DECIMALS)
    return {
        **dict.fromkeys(("closeness", "scores", "C"), result.closeness),
        **dict.fromkeys(("d_plus", "D_plus", "distance_best"), result.to_best),
        **dict.fromkeys(("d_minus", "D_minus", "distance_worst"), result.to_worst),
        **_ranks(result.closeness),
    }


def _vikor(case: Case, matrix: Matrix) -> dict[str, Any]:
    given = case.inputs
    v = Fraction(given.get("v", Fraction(1, 2)))
    result = vikor(matrix, _weights(case, matrix), _directions(case, matrix), v, DECIMALS)
    numbers = range(1, len(matrix) + 1)
    labels = given.get("alternatives") or [f"A{number}" for number in numbers]
    if any(isinstance(each, int) for key in SETS for each in case.expected.get(key, [])):
        labels = numbers
    compromise = sorted(labels[row] for row in result.rows)
    shared = {"acceptable_advantage": result.advantage, "acceptable_stability": result.stable}
    shared |= dict.fromkeys(SETS, tuple(compromise))
    return {"S": result.S, "R": result.R, "Q": result.Q, **shared, **_ranks(result.Q, descending=False)}


def _ranks(figures: Sequence[Any], *, descending: bool = True) -> dict[str, Any]:
    """Ranks are decided on figures rounded to six decimals, as totals are."""
    micros = np.array([to_micros(figure) for figure in figures], np.int64)
    ranks = {key: tie_ranks(micros, method, descending=descending) for key, method in RANKS.items()}
    return {key: [Fraction(int(rank), to_micros(1)) for rank in column] for key, column in ranks.items()}


def _weights(case: Case, matrix: Matrix) -> Column:
    weights = case.inputs.get("weights", "equal")
    if not isinstance(weights, str):
        return exact_row(weights)
    if weights.startswith("equal"):
        return exact_row([1] * len(matrix[0]))
    if weights.startswith("entropy"):
        return exact_row(entropy_weights(matrix, DECIMALS))
    raise NotRunnable(f"the weights {weights!r} are not known")


def _directions(case: Case, matrix: Matrix) -> list[Direction]:
    words = [str(each).casefold() for each in case.inputs.get("types", ["max"] * len(matrix[0]))]
    return ["min" if each in ("min", "cost", "-1", "lower") else "max" for each in words]


def _how(case: Case, default: str | None = None) -> Any:
    """The normalisation that the case names among its inputs, or else in its title."""
    said = case.words("normalisation", "normalization")
    for pattern, how in NORMALISATIONS.items():
        if re.search(pattern, said):
            return how
    if default is None or "normalisation" in case.inputs:
        raise NotRunnable(f"the normalisation {said!r} is not known")
    return default
