"""Points, totals, levels and pay by score: each case as a curve, a scheme or a calibration of the product."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
from tests.oracles.case import Case, NotRunnable
from tests.unit.appraise.builder import (
    bands_curve,
    by_score,
    coefficient_bonus,
    dimension,
    level,
    people,
    per_unit_curve,
    points_curve,
    rule,
    scheme,
    table,
    totals,
    used,
    yuan,
)

from kaohe.appraise import appraise
from kaohe.appraise.alternatives import weighted_sum
from kaohe.appraise.calibration import Spread, calibrate, spread
from kaohe.appraise.curves import PlainCurve, points
from kaohe.exact import from_micros, to_micros
from kaohe.precise import exact, exact_matrix, exact_row
from kaohe.scheme.model import RatioCurve

MODES = {
    r"on.?target|absolute|\|a-t\|": "on_target",
    r"lower|reduc|decreas|1-\(a-t\)": "lower",
    r"higher|increas|achievement|1\+\(a-t\)|a/t": "higher",
}
# A scale that a source gives in words: what stands in the title, and the points it means.
IN_WORDS = {
    ("<60 不发", "60-89 按分数%", "90-100 全额", ">100 超出部分 2 倍"): (
        [(60, 60), (90, 90), (90, 100), (100, 100), (200, 300)],
        0,
    ),
}
OWN, COMMON = ("manager", "rater", "own"), ("global", "group", "company", "overall", "target")


def run(case: Case) -> dict[str, Any]:
    given = set(case.inputs)
    for needs, adapter in _BY_INPUTS:
        if needs <= given:
            return adapter(case)
    raise NotRunnable(f"no scoring is read from {', '.join(case.inputs)}")


def earned(curve: PlainCurve, values: Sequence[Any]) -> list[Decimal]:
    """The points of each value by a curve."""
    micros = np.array([to_micros(value) for value in values], np.int64)
    return [from_micros(figure) for figure in points(curve, micros, np.ones(len(values), np.bool_)).tolist()]


def _by_points(case: Case) -> dict[str, Any]:
    """Straight lines between the points, or, where the case says step, the points of the last one reached."""
    at, said = case.inputs["points"], case.words("mode", "method", "interpolation")
    if "step" in said and "interpol" not in said:
        edges = [None, *(value for value, _ in at), None]
        earned_there = [0, *(points for _, points in at)]
        figures = _earned_by(case, bands_curve(*zip(edges[:-1], edges[1:], earned_there, strict=True)))
    else:
        limits = {name: case.inputs[name] for name in ("below", "above", "floor", "cap") if name in case.inputs}
        figures = _earned_by(case, points_curve(*at, **limits))
    return dict.fromkeys(("points", "score", "scores", "payout", "payouts"), figures)


def _by_ratio(case: Case) -> dict[str, Any]:
    """Attainment. A target of zero or less follows the formula with |T|, as the sources that publish one do."""
    said = case.words("direction", "formula").replace(" ", "").replace("−", "-")
    mode = next((mode for pattern, mode in MODES.items() if re.search(pattern, said)), None)
    if mode is None:
        raise NotRunnable(f"the direction {said!r} is not known")
    target = Decimal(case.inputs["target"])
    curve = RatioCurve(target, mode, zero_target="absolute" if target <= 0 else None)  # type: ignore[arg-type]
    figures = _earned_by(case, curve)
    # A curve's points are percent already.
    return dict.fromkeys(("score", "scores", "pct", "achievement_pct", "performance_pct"), figures)


def _per_unit(case: Case) -> dict[str, Any]:
    """So many points for each unit above the target."""
    given = case.inputs
    limits = {ours: given[theirs] for ours, theirs in (("maximum", "max"), ("minimum", "min")) if theirs in given}
    whole = "whole" in str(given.get("rounding", given.get("units", ""))).casefold() or bool(given.get("whole"))
    base, unit, each = given.get("base", 0), given["unit"], given["points_per_unit"]
    figures = _earned_by(case, per_unit_curve(base, given["target"], unit, each, whole, **limits))
    return dict.fromkeys(("points", "score", "scores"), figures)


def _standardised(case: Case) -> dict[str, Any]:
    """z-scores of a list against itself, and the same on a scale of mean 50 and deviation 10."""
    given = case.inputs
    said = f"{case.rounding} {given.get('variance', '')} {given.get('sd', '')}".casefold()
    own = spread(exact_row(given["scores"]), "sample" if "sample" in said or "n-1" in said else "population")
    common = Spread(exact(given.get("mean", 50)), exact(given.get("deviation", 10)))
    results = [calibrate(score, own, common, decimals=20) for score in exact_row(given["scores"])]
    figures: dict[str, Any] = dict.fromkeys(("z", "z_scores"), tuple(result.z for result in results))
    return {**figures, **dict.fromkeys(("T", "t_scores", "adjusted"), tuple(result.score for result in results))}


def _between(case: Case) -> dict[str, Any]:
    given = case.inputs
    curve = points_curve((given["minimum"], 0), (given["maximum"], 100))
    figures = _earned_by(case, curve)
    return dict.fromkeys(("performance_pct", "score", "scores", "pct"), figures)


def _towards_target(case: Case) -> dict[str, Any]:
    """The share of the way from the minimum to the target, and the same weighted."""
    given = case.inputs
    shares = earned(points_curve((given["minimum"], 0), (given["target"], 1)), [given["actual"]])
    (weighted,) = weighted_sum(exact_matrix([shares]), exact_row([given.get("weight", 1)]), 20)
    return {"score": shares[0], "weighted": weighted}


def _by_words(case: Case) -> dict[str, Any]:
    scale = next((scale for phrases, scale in IN_WORDS.items() if all(each in case.title for each in phrases)), None)
    if scale is None:
        raise NotRunnable(f"the scale in words is not known: {case.title}")
    at, below = scale
    scores = case.inputs["scores"]
    staff = people(len(scores), bonus_base=[Decimal(case.inputs["base"])] * len(scores))
    parts = dimension("d", used("a", points_curve(*at, below=below)))

    def pay(base: str) -> list[str]:
        return yuan(appraise(scheme(parts, bonus=coefficient_bonus(base)), staff, table(a=scores)))

    computed = {"pay": pay("bonus_base * total / 100")}
    for key in case.expected:
        if fixed := re.fullmatch(r"monthly_with_(\d+)", key):
            computed[key] = pay(f"{fixed[1]} + bonus_base * total / 100")
    return computed


def _weighted(case: Case) -> dict[str, Any]:
    weights, listed = case.inputs["weights"], case.inputs["cases"]
    keys = "abcdmn"[: len(weights)]
    if len(keys) < len(weights):
        raise NotRunnable("more weighted figures than the builder of schemes names")
    parts = [used(key, weight=weight) for key, weight in zip(keys, weights, strict=True)]
    columns = dict(zip(keys, zip(*listed, strict=True), strict=True))
    figures = totals(appraise(scheme(dimension("d", *parts), decimals=6), people(len(listed)), table(**columns)))
    return dict.fromkeys(("total", "totals", "score", "scores"), figures)


def _levels(case: Case) -> dict[str, Any]:
    given = case.inputs
    names = list(given.get("coefficients", given["thresholds"]))
    levels = [
        level(name, min_score=given["thresholds"].get(name), coefficient=given.get("coefficients", {}).get(name, 1))
        for name in names
    ]
    if all(name in given["thresholds"] for name in names) and (rest := _last_level(case, names)):
        levels.append(level(rest))
    made = scheme(tiers=by_score(*levels), decimals=6)
    result = appraise(made, people(len(given["scores"])), table(a=given["scores"]))
    tiers, coefficients = result.tier, tuple(from_micros(each) for each in result.coefficient.tolist())
    return {
        **dict.fromkeys(("level", "levels", "tier", "tiers", "grade"), tiers),
        **dict.fromkeys(("coefficient", "coefficients"), coefficients),
    }


def _last_level(case: Case, names: Sequence[str]) -> str | None:
    """The level below every threshold, where only the expected figures name it."""
    listed = next((each for each in case.expected.values() if isinstance(each, list)), [])
    return next((name for name in listed if isinstance(name, str) and name not in names), None)


def _calibrated(case: Case) -> dict[str, Any]:
    given = case.inputs
    clamp = exact_row(given["clamp"]) if "clamp" in given else None
    result = calibrate(
        exact(given["raw"]),
        _spread(given, OWN),
        _spread(given, COMMON),
        (clamp[0], clamp[1]) if clamp else None,
        decimals=20,
    )
    return {"z": result.z, **dict.fromkeys(("adjusted", "calibrated", "score"), result.score)}


def _spread(given: Mapping[str, Any], names: Sequence[str]) -> Spread:
    for name in names:
        if f"{name}_mean" in given:
            return Spread(exact(given[f"{name}_mean"]), exact(given[f"{name}_sd"]))
    raise NotRunnable(f"no mean and standard deviation of {' or '.join(names)}")


def _incentive(case: Case) -> dict[str, Any]:
    """Nothing below the threshold, in proportion up to the target, straight on to the most."""
    given = case.inputs
    target, threshold = given["target_pct_of_pay"], given["threshold"]
    (least,) = earned(points_curve((0, 0), (100, target)), [threshold])
    curve = points_curve((threshold, least), (100, target), (given["max_at"], given["max_pct"]), below=0)
    computed: dict[str, Any] = {"pct": earned(curve, given["achievements"])}
    if "modifier_max" in given:
        modified = rule("total > 0", "coefficient", given["modifier_max"])
        made = scheme(bonus=coefficient_bonus(), rules=[modified])
        staff = people(1, bonus_base=[Decimal(given["max_pct"])])
        (computed["max_after_modifier"],) = yuan(appraise(made, staff, table(a=[1])))
    return computed


def _earned_by(case: Case, curve: PlainCurve) -> Any:
    """One figure for one actual value, a list for a list."""
    given = case.inputs
    for key in ("actual", "value"):
        if key in given:
            return earned(curve, [given[key]])[0]
    for key in ("actuals", "values", "achievements"):
        if key in given:
            return earned(curve, given[key])
    raise NotRunnable(f"no actual value among {', '.join(given)}")


_BY_INPUTS = (
    ({"target", "unit", "points_per_unit"}, _per_unit),
    ({"points"}, _by_points),
    ({"target_pct_of_pay", "threshold", "max_at", "max_pct"}, _incentive),
    ({"minimum", "maximum"}, _between),
    ({"minimum", "target", "actual"}, _towards_target),
    ({"raw"}, _calibrated),
    ({"thresholds", "scores"}, _levels),
    ({"weights", "cases"}, _weighted),
    ({"base", "scores"}, _by_words),
    ({"scores"}, _standardised),
    ({"target"}, _by_ratio),
)
