"""Weights from judgement: pairwise comparisons, hierarchies of two levels, direct measurements, random-index tables."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.oracles.case import Case, Named, NotRunnable
from tests.oracles.reading import decimal, is_name, listing, missing, numbers, whole

from kaohe.appraise.alternatives import weighted_sum
from kaohe.precise import Matrix, all_rounded, exact, exact_matrix, exact_row, transposed
from kaohe.scheme.group_judgement import incomplete_weights, joint
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
NAMED_TABLES: Mapping[str, RandomIndex] = {
    r"donegan": "donegan_dodd_1991",
    r"gong|xu|许树柏|龚木森": "gong_xu_1986",
    r"2005|2008": "saaty_2005",
    r"saaty|1980": "saaty_1980",
}
METHODS: Mapping[str, Method] = {
    r"特征根|eigen|特征": "eigenvector",
    r"geometric|根法|log.?least|llsm": "geometric_mean",
    r"和法|和积|column|arithmetic|additive": "column_mean",
}


def run(case: Case) -> dict[str, Any]:
    given = case.inputs
    if "criteria_matrix" in given:
        return _hierarchy(case)
    if {"criteria_weights", "alternative_weights"} <= set(given):
        return _synthesis(case)
    if "subcriteria" in given:
        return _of_parts(case)
    for name in ("matrices", "judges", "group"):
        if name in given:
            squares = [comparisons(each, tolerance=PRINTED) for each in listing(given[name])[1]]
            return _judged(case, joint(squares))
    if (written := case.first("values", "measurements")) is not None:
        names, _ = listing(written)
        return {"weights": Named(_measured(written), names)}
    rows = case.first("matrix", "comparison_matrix", "judgements", "comparisons", "pairs")
    if rows is None:
        return _tables(case)
    square = _square(case, rows)
    if any(missing(cell) for row in square for cell in row):
        exact_rows = [[None if missing(cell) else exact(cell) for cell in row] for row in square]
        return {"weights": Named(all_rounded(incomplete_weights(exact_rows), DECIMALS), _names(case))}
    return _judged(case, comparisons(square, tolerance=PRINTED))


def _judged(case: Case, matrix: Matrix) -> dict[str, Any]:
    result = judge(matrix, _method(case), _table(case), DECIMALS)
    names = _names(case)
    others = {}
    for key in case.expected:
        said = key.casefold().replace("_", " ")
        for method in (method for pattern, method in METHODS.items() if re.search(pattern, said)):
            others[key] = Named(judge(matrix, method, _table(case), DECIMALS).rounded(DECIMALS), names)
    return {
        **others,
        **dict.fromkeys(("weights", "priorities", "w", "result"), Named(result.rounded(DECIMALS), names)),
        **dict.fromkeys(("row_geomeans", "geometric_means"), Named(row_geometric_means(matrix), names)),
        **_consistency(result),
    }


def _names(case: Case) -> list[str] | None:
    named = case.first("items", "criteria", "names", "labels", "elements")
    return list(named) if isinstance(named, list) else None


def _square(case: Case, rows: Any) -> list[list[Any]]:
    """A square as it is written, or made of pairs ``a,b`` or [a, b, judgement]; what is not given is missing."""
    if isinstance(rows, list) and rows and all(isinstance(row, list) for row in rows):
        named = len(rows[0]) == 3 and isinstance(rows[0][0], str) and rows[0][0] in (_names(case) or ())
        if not named:
            return [[None if cell is None else cell for cell in row] for row in rows]
        pairs = [((row[0], row[1]), row[2]) for row in rows]
    elif isinstance(rows, Mapping):
        pairs = [(re.split(r"\s*(?:,|/|:| vs\.? )\s*", pair), judgement) for pair, judgement in rows.items()]
    else:
        raise NotRunnable(f"comparisons are not read from {rows!r}")
    names = _names(case) or list(dict.fromkeys(name for pair, _ in pairs for name in pair))
    square: list[list[Any]] = [[1 if i == j else None for j in names] for i in names]
    for (one, other), judgement in pairs:
        i, j = names.index(one), names.index(other)
        square[i][j], square[j][i] = exact(judgement), 1 / exact(judgement)
    return square


def _hierarchy(case: Case) -> dict[str, Any]:
    given = case.inputs
    criteria = comparisons(given["criteria_matrix"], tolerance=PRINTED)
    matrices = next((given[key] for key in ("alternative_matrices", "alternatives_matrices") if key in given), None)
    if matrices is None:
        return {f"{key}": each for key, each in {**_judged(case, criteria)}.items()}
    names = given.get("criteria", listing(matrices)[0])
    below = [
        comparisons(matrices[name] if isinstance(matrices, Mapping) else matrices[place], tolerance=PRINTED)
        for place, name in enumerate(names)
    ]
    result = judge_hierarchy(criteria, below, _method(case), _table(case), DECIMALS)
    computed: dict[str, Any] = {"criteria_weights": Named(result.criteria.rounded(DECIMALS), names)}
    computed |= {f"criteria_{key}": value for key, value in _consistency(result.criteria).items()}
    for name, local in zip(names, result.alternatives, strict=True):
        computed[f"{name.casefold()}_local"] = Named(local.rounded(DECIMALS), given.get("alternatives"))
        computed |= {f"{name.casefold()}_{key}": value for key, value in _consistency(local).items()}
    computed["local"] = Named(
        [Named(each.rounded(DECIMALS), given.get("alternatives")) for each in result.alternatives], names
    )
    return {**computed, **_totals(case, result.totals)}


def _totals(case: Case, totals: Sequence[Any]) -> dict[str, Any]:
    names = case.first("alternatives", default=[f"A{number}" for number in range(1, len(totals) + 1)])
    order = sorted(range(len(totals)), key=lambda place: -totals[place])
    best = [names[place] for place in order]
    figures = dict.fromkeys(("totals", "global", "overall", "scores", "priorities"), Named(totals, names))
    return {**figures, **dict.fromkeys(("ranking", "order"), best), "best": best[0]}


def _synthesis(case: Case) -> dict[str, Any]:
    """Weights of both levels as they are given: Σ weight × local weight."""
    names, weights = listing(case.inputs["criteria_weights"])
    written = case.inputs["alternative_weights"]
    locals_ = [written[name] for name in names] if names and isinstance(written, Mapping) else listing(written)[1]
    rows = transposed(exact_matrix(listing(each)[1] for each in locals_))
    return _totals(case, weighted_sum(rows, exact_row(weights), DECIMALS))


def _of_parts(case: Case) -> dict[str, Any]:
    """Global weights of sub-criteria: their own times that of what they are part of."""
    names, weights = listing(case.first("criteria", "criteria_weights"))
    found: dict[str, Any] = {}
    for name, weight in zip(names or (), weights, strict=True):
        parts, local = listing(case.inputs["subcriteria"][name])
        column = exact_matrix([each] for each in local)
        found |= dict(zip(parts or (), weighted_sum(column, exact_row([weight]), DECIMALS), strict=True))
    return dict.fromkeys(("global", "global_weights", "weights"), found)


def _measured(values: Any) -> Any:
    return measured_weights(numbers(values), DECIMALS)


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
        written = case.first("n", "sizes", default=[])
        asked = [whole(each) for each in written] if isinstance(written, list) else whole(written)
        sizes = range(int(named[2]), int(named[3]) + 1) if named and named[2] else asked
        computed[key] = table[asked - 1] if isinstance(sizes, int) else [table[size - 1] for size in sizes]
    return computed


def _table(case: Case) -> RandomIndex | Decimal:
    """The table that the case names, or the index that it gives."""
    own = case.first("RI", "ri", "random_index", "ri_values")
    size = len(case.first("matrix", "criteria_matrix", "comparison_matrix", default=[]))
    if isinstance(own, Mapping):
        own = own.get(str(size))
    if isinstance(own, list):
        own = own[size - 1] if 0 < size <= len(own) else None
    if own is not None and not is_name(own):
        return decimal(own)
    named = case.first("ri_table", "RI", "ri", "random_index")
    return "saaty_1980" if named is None else _known_table(str(named))


def _known_table(words: str) -> RandomIndex:
    """A table named in full, or in part where that is clear."""
    said = re.sub(r"[^a-z0-9\u4e00-\u9fff]+", "_", words.casefold())
    for name in RANDOM_INDEX:
        if name in said:
            return name
    for pattern, table in NAMED_TABLES.items():
        if re.search(pattern, said):
            return table
    raise NotRunnable(f"the random-index table {words!r} is not known")


def _method(case: Case) -> Method:
    """The method that the case names, or its title; the eigenvector where neither does."""
    said = case.words("method", "weights_method")
    for pattern, method in METHODS.items():
        if re.search(pattern, said):
            return method
    if "method" in case.inputs:
        raise NotRunnable(f"the method {said!r} is not known")
    return "eigenvector"
