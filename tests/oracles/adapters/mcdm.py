"""Totals over several criteria: weighted sum, TOPSIS, VIKOR, normalisation, entropy weights."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from tests.oracles.case import Case, Named, NotRunnable
from tests.oracles.reading import listing, number, numbers

from kaohe.appraise.alternatives import Direction, normalised, topsis, vikor, weighted_product, weighted_sum
from kaohe.appraise.dispersion import critic_weights, deviation_weights
from kaohe.appraise.entropy import entropies, entropy_weights
from kaohe.appraise.tie_ranks import TieMethod, tie_ranks
from kaohe.exact import to_micros
from kaohe.precise import Column, Matrix, exact_matrix, exact_row
from kaohe.scheme.judgement import measured_weights

DECIMALS = 20
NORMALISATIONS = {
    r"(vector|向量).*1\s*[-−]": "vector_complement",
    r"max.*1\s*[-−]": "max_complement",
    r"vector|向量|euclid": "vector",
    r"min-?\s?max|极差|range": "minmax",
    r"\bsum\b|归一|proportion": "sum",
    r"linear|x/max|min/x": "linear",
    r"\bmax\b": "max_complement",
    r"none|without|unnormalised|no normali": "none",
}
SETS = ("compromise", "compromise_set")
RANKS: dict[str, TieMethod] = {
    "rank": "min",
    "ranks": "min",
    "rank_competition": "min",
    "rank_dense": "dense",
    "rank_ordinal": "ordinal",
    "rank_average": "average",
}
TOTALS = ("scores", "total", "totals", "score", "weighted_sum", "saw", "result")
DIRECTIONS = ("types", "criteria_types", "directions", "objectives", "impacts", "senses", "criteria_type")
LEAST = re.compile(r"min|cost|-1?|lower|负向|成本|逆")


def run(case: Case) -> dict[str, Any]:
    matrix = _matrix(case)
    wanted, said = set(case.expected), case.said("method")
    weighting = "weights" in wanted or wanted & {"entropy", "divergence"}
    if wanted & {"Q", "S", "R", "compromise", "compromise_set"} or "vikor" in said:
        return _vikor(case, matrix)
    if wanted & {"closeness", "relative_closeness", "d_plus"} or "topsis" in said:
        return _topsis(case, matrix)
    if re.search(r"weighted product|\bwpm\b|multiplicative", said):
        return _product(case, matrix)
    if weighting:
        return _weighting(case, matrix, said)
    directions = _directions(case, matrix)
    how = _how(case, "none" if wanted & {*TOTALS, *RANKS} else None)
    if how == "vector" and "min" in directions and not wanted & {*TOTALS, *RANKS}:
        # Directions mean something to vectors only where costs are turned round.
        how = "vector_complement"
    made = normalised(matrix, directions, how)
    if wanted & {*TOTALS, *RANKS, "ranking", "order"}:
        figures = weighted_sum(made, _weights(case, matrix), DECIMALS)
        return {**dict.fromkeys(TOTALS, Named(figures, _names(case))), **_ranks(case, figures)}
    flat = [figure for row in made for figure in row]
    return {"values_row_major": flat, **dict.fromkeys(("values", "matrix", "normalised", "normalized", "result"), made)}


def _matrix(case: Case) -> Matrix:
    """Alternatives in rows, also by name."""
    written = case.first("matrix", "decision_matrix", "data", "table", "alternatives")
    if written is None:
        raise NotRunnable("the case gives no 'matrix'")
    return exact_matrix(numbers(row) for row in listing(written)[1])


def _names(case: Case) -> list[str] | None:
    named = case.first("alternatives", "names", "labels")
    written = next((case.inputs[key] for key in ("matrix", "decision_matrix") if key in case.inputs), None)
    return (
        list(named if named is not None else written)
        if isinstance(named, list | dict) or isinstance(written, dict)
        else None
    )


def _product(case: Case, matrix: Matrix) -> dict[str, Any]:
    """Products of powers, and how many times as much one alternative has as another."""
    signs = [1 if each == "max" else -1 for each in _directions(case, matrix)]
    weights = exact_row(sign * weight for sign, weight in zip(signs, _weights(case, matrix), strict=True))
    figures = weighted_product(matrix, weights, DECIMALS)
    labels = _names(case) or [f"A{number}" for number in range(1, len(matrix) + 1)]
    by_name = dict(zip(labels, matrix, strict=True))
    ratios = {}
    for pair in case.expected.get("ratios", {}):
        one, other = (by_name[name] for name in pair.split("/"))
        (ratios[pair],) = weighted_product((tuple(a / b for a, b in zip(one, other, strict=True)),), weights, DECIMALS)
    return {**dict.fromkeys(TOTALS, Named(figures, _names(case))), "ratios": ratios, **_ranks(case, figures)}


def _weighting(case: Case, matrix: Matrix, said: str) -> dict[str, Any]:
    """Weights out of data; by entropy unless the case names another way."""
    if re.search(r"\bequal\b", said):
        return {"weights": measured_weights([1] * len(matrix[0]), DECIMALS)}
    if "critic" in said:
        return {"weights": critic_weights(matrix, _directions(case, matrix), DECIMALS)}
    if re.search(r"standard deviation|\bstd\b|标准差|变异", said):
        variance: Any = "population" if re.search(r"population|\(n\)", f"{said} {case.rounding}") else "sample"
        return {"weights": deviation_weights(matrix, variance, DECIMALS)}
    if re.search(r"merec|gini|\bcilos\b|variance|coefficient of variation", said):
        raise NotRunnable(f"of weights out of data there are entropy, CRITIC and standard deviation: {said}")
    made = normalised(matrix, _directions(case, matrix), _how(case, "none"))
    found = entropies(made, DECIMALS)
    return {
        **dict.fromkeys(("weights", "w", "result"), found.weights),
        **dict.fromkeys(("entropy", "e", "E"), found.entropy),
        **dict.fromkeys(("divergence", "d", "redundancy"), found.divergence),
    }


def _topsis(case: Case, matrix: Matrix) -> dict[str, Any]:
    result = topsis(matrix, _weights(case, matrix), _directions(case, matrix), _how(case, "vector"), DECIMALS)
    return {
        **dict.fromkeys(("closeness", "relative_closeness", *TOTALS, "C"), Named(result.closeness, _names(case))),
        **dict.fromkeys(("d_plus", "D_plus", "distance_best", "S_plus"), Named(result.to_best, _names(case))),
        **dict.fromkeys(("d_minus", "D_minus", "distance_worst", "S_minus"), Named(result.to_worst, _names(case))),
        **_ranks(case, result.closeness),
    }


def _vikor(case: Case, matrix: Matrix) -> dict[str, Any]:
    given = case.inputs
    v = Fraction(number(given.get("v", Fraction(1, 2))))
    result = vikor(matrix, _weights(case, matrix), _directions(case, matrix), v, DECIMALS)
    places = range(1, len(matrix) + 1)
    labels: Sequence[Any] = _names(case) or [f"A{place}" for place in places]
    if any(isinstance(each, int) for key in SETS for each in case.expected.get(key, [])):
        labels = places
    compromise = sorted(labels[row] for row in result.rows)
    shared = {"acceptable_advantage": result.advantage, "acceptable_stability": result.stable}
    shared |= dict.fromkeys(SETS, tuple(compromise))
    figures = {"S": result.S, "R": result.R, "Q": result.Q}
    by_name = {key: Named(each, _names(case)) for key, each in figures.items()}
    return {**by_name, **shared, **_ranks(case, result.Q, descending=False)}


def _ranks(case: Case, figures: Sequence[Any], *, descending: bool = True) -> dict[str, Any]:
    """Ranks are decided on figures rounded to six decimals, as totals are; ``ranking`` is also the names in order."""
    micros = np.array([to_micros(figure) for figure in figures], np.int64)
    ranks = {key: tie_ranks(micros, method, descending=descending) for key, method in RANKS.items()}
    found: dict[str, Any] = {
        key: Named([Fraction(int(rank), to_micros(1)) for rank in column], _names(case))
        for key, column in ranks.items()
    }
    order = np.argsort(tie_ranks(micros, "ordinal", descending=descending), kind="stable").tolist()
    labels = _names(case) or [f"A{place}" for place in range(1, len(order) + 1)]
    for key in ("ranking", "order"):
        published = case.expected.get(key)
        in_order = isinstance(published, list) and all(isinstance(each, str) for each in published)
        found[key] = [labels[place] for place in order] if in_order else found["rank"]
    return {**found, "best": labels[order[0]]}


def _weights(case: Case, matrix: Matrix) -> Column:
    """Weights as they are given; percents, and what the case wants so, in proportion to their sum."""
    weights = case.inputs.get("weights", "equal")
    if not isinstance(weights, str):
        row = exact_row(numbers(weights))
        if case.inputs.get("normalise_weights") or case.inputs.get("normalize_weights"):
            return exact_row(measured_weights(row, DECIMALS))
        return row
    if weights.startswith("equal"):
        return exact_row([1] * len(matrix[0]))
    if weights.startswith("entropy"):
        return exact_row(entropy_weights(matrix, DECIMALS))
    if weights.casefold().startswith("critic"):
        return exact_row(critic_weights(matrix, _directions(case, matrix), DECIMALS))
    raise NotRunnable(f"the weights {weights!r} are not known")


def _directions(case: Case, matrix: Matrix) -> list[Direction]:
    written = case.first(*DIRECTIONS, default=["max"] * len(matrix[0]))
    words = [str(each).casefold() for each in listing(written)[1]]
    return ["min" if LEAST.match(each) else "max" for each in words]


def _how(case: Case, default: str | None = None) -> Any:
    """The normalisation that the case names among its inputs, or else in its title."""
    said = case.words("normalisation", "normalization").replace("weighted sum", "")
    for pattern, how in NORMALISATIONS.items():
        if re.search(pattern, said):
            return how
    if default is None or case.first("normalisation", "normalization"):
        raise NotRunnable(f"the normalisation {said!r} is not known")
    return default
