"""Weights from judgement: pairwise comparisons, hierarchies of two levels, direct measurements, random-index tables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from tests.oracles.case import Case, NotRunnable

from kaohe.scheme.judgement import (
    RANDOM_INDEX,
    Judgement,
    Method,
    RandomIndex,
    judge,
    judge_hierarchy,
    measured_weights,
    row_geometric_means,
)
from kaohe.scheme.matrices import comparisons

DECIMALS = 20
# Some sources print reciprocals as decimals: 0.33 for 1/3.
PRINTED = Fraction(1, 20)
METHODS: Mapping[str, Method] = {
    r"geometric|根法": "geometric_mean",
    r"和法|和积|column|arithmetic": "column_mean",
    r"eigen|特征": "eigenvector",
}


def run(case: Case) -> dict[str, Any]:
    given = case.inputs
    if "criteria_matrix" in given:
        return _hierarchy(case)
    if "values" in given:
        return {"weights": _measured(given["values"])}
    if "matrix" not in given:
        return _tables(case)
    matrix = comparisons(given["matrix"], tolerance=PRINTED)
    result = judge(matrix, _method(case), _table(case), DECIMALS)
    weights: Any = result.rounded(DECIMALS)
    if isinstance(case.expected.get("weights"), dict):
        weights = dict(zip(given["items"], weights, strict=True))
    return {"weights": weights, "row_geomeans": row_geometric_means(matrix), **_consistency(result)}


def _hierarchy(case: Case) -> dict[str, Any]:
    given = case.inputs
    criteria = comparisons(given["criteria_matrix"], tolerance=PRINTED)
    names = given.get("criteria", list(given["alternative_matrices"]))
    below = [comparisons(given["alternative_matrices"][each], tolerance=PRINTED) for each in names]
    result = judge_hierarchy(criteria, below, _method(case), _table(case), DECIMALS)
    computed: dict[str, Any] = {"criteria_weights": result.criteria.rounded(DECIMALS)}
    computed |= {f"criteria_{key}": value for key, value in _consistency(result.criteria).items()}
    for name, local in zip(names, result.alternatives, strict=True):
        computed[f"{name.casefold()}_local"] = local.rounded(DECIMALS)
        computed |= {f"{name.casefold()}_{key}": value for key, value in _consistency(local).items()}
    totals: Any = result.totals
    if isinstance(case.expected.get("totals"), dict):
        totals = dict(zip(given["alternatives"], totals, strict=True))
    return {**computed, "totals": totals}


def _measured(values: Any) -> Any:
    if not isinstance(values, Mapping):
        return measured_weights(values, DECIMALS)
    return dict(zip(values, measured_weights(values.values(), DECIMALS), strict=True))


def _consistency(result: Judgement) -> dict[str, Any]:
    index, ratio = result.consistency_index, result.consistency_ratio
    names = {"CI": index, "ci": index, "consistency_index": index, "CR": ratio, "cr": ratio, "consistency_ratio": ratio}
    verdict = dict.fromkeys(("consistent", "is_consistent", "acceptable"), result.consistent)
    return {**names, "lambda_max": result.lambda_max, "RI": result.random_index, **verdict}


def _tables(case: Case) -> dict[str, Any]:
    computed = {}
    for key in case.expected:
        named = re.fullmatch(r"(\w+?)(?:_(\d+)_to_(\d+))?", key)
        table = RANDOM_INDEX[_known_table(named[1])] if named else ()
        sizes = range(int(named[2]), int(named[3]) + 1) if named and named[2] else case.inputs["n"]
        computed[key] = [table[size - 1] for size in sizes]
    return computed


def _table(case: Case) -> RandomIndex:
    return _known_table(case.inputs["ri_table"]) if "ri_table" in case.inputs else "saaty_1980"


def _known_table(words: str) -> RandomIndex:
    """A table named in full, or without its year where that is clear."""
    said = words.casefold()
    for name in RANDOM_INDEX:
        if name in said or (name.startswith("donegan") and "donegan" in said):
            return name
    raise NotRunnable(f"the random-index table {words!r} is not known")


def _method(case: Case) -> Method:
    """The method that the case names, or its title; the eigenvector where neither does."""
    said = case.words("method")
    for pattern, method in METHODS.items():
        if re.search(pattern, said):
            return method
    if "method" in case.inputs:
        raise NotRunnable(f"the method {said!r} is not known")
    return "eigenvector"
