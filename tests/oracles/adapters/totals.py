"""Totals out of weighted scores, with missing data, vetoes, gates and extra points, and the grades they reach."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from tests.oracles.case import Case, Named, NotRunnable
from tests.oracles.reading import decimal, listing, missing, number, share
from tests.unit.appraise.builder import (
    adjustment,
    by_score,
    dimension,
    level,
    people,
    rule,
    scheme,
    table,
    totals,
    used,
)

from kaohe.appraise import appraise
from kaohe.appraise.alternatives import weighted_product, weighted_sum
from kaohe.exact import from_micros
from kaohe.precise import exact_matrix, exact_row
from kaohe.scheme.model import Level

KEYS = "abcdmn"
TOTALS = ("total", "totals", "score", "scores", "weighted", "result", "final", "weighted_score", "final_score")
LEVELS = ("level", "levels", "tier", "tiers", "grade", "grades", "result", "rating")


def weighted(case: Case) -> dict[str, Any]:
    """Several people's figures by one list of weights."""
    _, weights = listing(case.inputs["weights"])
    rows = [listing(each)[1] for each in case.inputs["cases"]]
    return dict.fromkeys(TOTALS, tuple(_totals(case, [number(each) for each in weights], rows)))


def total(case: Case) -> dict[str, Any]:
    """One person's scores, by name or in the order of the weights."""
    names, scores = listing(case.inputs["scores"])
    written = case.inputs["weights"]
    weights = [written[name] for name in names] if names and isinstance(written, Mapping) else listing(written)[1]
    if len(weights) != len(scores):
        raise NotRunnable(f"{len(weights)} weights for {len(scores)} scores")
    if scores and all(isinstance(each, list) for each in scores):
        return dict.fromkeys(TOTALS, tuple(_totals(case, [number(each) for each in weights], scores)))
    (found,) = _totals(case, [number(each) for each in weights], [scores], names)
    each_counts = [
        None if missing(score) else weighted_sum(exact_matrix([[number(score)]]), exact_row([number(weight)]), 12)[0]
        for score, weight in zip(scores, weights, strict=True)
    ]
    return {**dict.fromkeys(TOTALS, found), "contributions": Named(each_counts, names)}


def of_rows(case: Case) -> dict[str, Any]:
    """Scores with their weights beside them."""
    rows = case.first("items", "kpis", "indicators", "dimensions")
    scores = [next((row[key] for key in ("score", "points", "value") if key in row), None) for row in rows]
    (found,) = _totals(case, [number(row.get("weight", 1)) for row in rows], [scores])
    return dict.fromkeys(TOTALS, found)


def geometric(case: Case) -> dict[str, Any]:
    """The geometric mean of scores, by weights or all alike."""
    scores = [number(each) for each in listing(case.inputs["scores"])[1]]
    (found,) = weighted_product(exact_matrix([scores]), exact_row([f"1/{len(scores)}"] * len(scores)), 20)
    return dict.fromkeys(TOTALS, found)


def levels(case: Case) -> dict[str, Any]:
    """The level that each score reaches, and its coefficient."""
    given = case.inputs
    factors = given.get("coefficients", {})
    thresholds = _thresholds(case)
    names = list(factors or thresholds)
    listed = [level(name, min_score=thresholds.get(name), coefficient=decimal(factors.get(name, 1))) for name in names]
    listed.sort(key=lambda each: -(Decimal(-1000) if each.min_score is None else each.min_score))
    written = next((given[key] for key in ("scores", "values", "score", "value", "total") if key in given), None)
    many = isinstance(written, list | Mapping)
    people_, scores = listing(written) if many else (None, [written])
    if all(name in thresholds for name in names) and (rest := _last_level(case, names)):
        listed.append(level(rest))
    tiers, coefficients = reached(case, listed, [number(each) for each in scores])
    shown: Any = (Named(tiers, people_), Named(coefficients, people_)) if many else (tiers[0], coefficients[0])
    return {**dict.fromkeys(LEVELS, shown[0]), **dict.fromkeys(("coefficient", "coefficients"), shown[1])}


def reached(case: Case, listed: Sequence[Level], scores: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    """The tiers of a scheme by score. Who reaches none of them, where the last has a threshold too, has none."""
    said = str(case.first("boundary", "bounds", "inclusive", default="")).casefold()
    exclusive = re.search(r"lower.*exclusive|upper.*inclusive|greater than|^upper$|不含下限|含上限", said)
    made = scheme(tiers=by_score(*listed, boundary="lower" if exclusive else "upper"), decimals=6)
    result = appraise(made, people(len(scores)), table(a=scores))
    return list(result.tier), [from_micros(each) for each in result.coefficient.tolist()]


def _thresholds(case: Case) -> dict[str, Decimal]:
    """The least score of each level, by name, as [name, least] or as objects."""
    written = case.first("thresholds", "grades", "levels", "cutoffs", "grade_bands")
    if isinstance(written, Mapping):
        pairs = [(name, each[0] if isinstance(each, list) else each) for name, each in written.items()]
    else:
        rows = [list(each.values()) if isinstance(each, Mapping) else each for each in written]
        pairs = [(next(cell for cell in row if isinstance(cell, str)), _least(row)) for row in rows]
    return {name: decimal(least) for name, least in pairs if least is not None}


def _least(row: Sequence[Any]) -> Any:
    return next((cell for cell in row if not isinstance(cell, str) and cell is not None), None)


def _last_level(case: Case, names: Sequence[str]) -> str | None:
    """The level below every threshold, where only the expected figures name it."""
    for published in case.expected.values():
        listed = published if isinstance(published, list) else [published]
        for name in listed:
            if isinstance(name, str) and name not in names:
                return name
    return None


def _totals(case: Case, weights: Sequence[Any], rows: Sequence[Sequence[Any]], names: Any = None) -> list[Any]:
    if len(weights) > len(KEYS):
        scores = exact_matrix([number(each) for each in row] for row in rows)
        return list(weighted_sum(scores, exact_row(map(share, weights) if sum(weights) > 2 else weights), 20))
    keys = KEYS[: len(weights)]
    policy, neutral = _missing(case)
    parts = [
        used(key, weight=weight, missing=policy, neutral=neutral) for key, weight in zip(keys, weights, strict=True)
    ]
    values = [[None if missing(each) else number(each) for each in row] for row in rows]
    columns = dict(zip(keys, zip(*values, strict=True), strict=True))
    made = scheme(
        dimension("d", *parts),
        decimals=6,
        adjustments=list(_adjustments(case)),
        rules=list(_rules(case, dict(zip(names or (), keys, strict=False)))),
    )
    return totals(appraise(made, people(len(rows)), table(**columns)))


def _missing(case: Case) -> tuple[str, Any]:
    """What a missing score means: the others' weights grow, unless the case says zero or so many points."""
    said = str(case.first("missing", "missing_policy", "on_missing", default="renormalise")).casefold()
    if found := re.search(r"(?:neutral|default|average|points?)\D*(\d+(?:\.\d+)?)", said):
        return "neutral", found[1]
    return ("zero" if re.search(r"zero|\b0\b|as nothing|按0", said) else "renormalise"), None


def _adjustments(case: Case) -> Any:
    """Points on top of the total, or off it, within their limits."""
    for name, sign in (
        ("bonus", ""),
        ("extra", ""),
        ("add", ""),
        ("penalty", "-"),
        ("deduction", "-"),
        ("deduct", "-"),
    ):
        if name in case.inputs:
            limit = case.inputs.get(f"{name}_max", case.inputs.get(f"max_{name}"))
            bounds = {} if limit is None else {"minimum" if sign else "maximum": decimal(f"{sign}{limit}")}
            yield adjustment(f"{sign}{decimal(case.inputs[name]):f}", name=name, **bounds)


def _rules(case: Case, keys: Mapping[str, str]) -> Any:
    """A veto, and the limit of the total where an indicator stays below its gate."""
    if case.inputs.get("veto") is True:
        yield rule("true", "veto")
    elif isinstance(case.inputs.get("veto"), Mapping):
        for name, least in case.inputs["veto"].items():
            yield rule(f'points("{keys[name]}") < {decimal(least):f}', "veto")
    if isinstance(case.inputs.get("gate"), Mapping):
        for name, least in case.inputs["gate"].items():
            most = decimal(case.first("capped_at", "cap", default=least))
            yield rule(f'points("{keys[name]}") < {decimal(least):f}', "cap", most)
