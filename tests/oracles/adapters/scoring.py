"""Points, totals, levels and pay by score: each case as a curve, a scheme or a calibration of the product."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Any

from tests.oracles.adapters import standards
from tests.oracles.adapters.scales import by_words, earned, incentive
from tests.oracles.adapters.totals import levels, of_rows, total, weighted
from tests.oracles.case import Case, Named, NotRunnable
from tests.oracles.language import computed
from tests.oracles.reading import decimal, listing, number
from tests.unit.appraise.builder import (
    bands_curve,
    dimension,
    people,
    per_unit_curve,
    points_curve,
    scheme,
    table,
    totals,
    used,
)

from kaohe.appraise import appraise
from kaohe.appraise.alternatives import weighted_sum
from kaohe.appraise.curves import PlainCurve
from kaohe.language import Scope, Type, compile_expression
from kaohe.precise import exact_matrix, exact_row
from kaohe.scheme.model import FormulaCurve, RatioCurve

MODES = {
    r"on.?target|absolute|\|a-t\|": "on_target",
    r"lower|reduc|decreas|1-\(a-t\)|越低|逆向|cost": "lower",
    r"higher|increas|achievement|1\+\(a-t\)|a/\|?t|complet|完成率|越高|正向": "higher",
    r"full ?marks|proportional": "higher",
}
LOWER, UPPER = ("lower", "from", "min", "low", "above", "over"), ("upper", "to", "max", "high", "below", "up_to")
SHOWN = (
    "score", "scores", "points", "pct", "payout", "payouts", "achievement_pct", "performance_pct", "result", "percent",
    "performance",
)  # fmt: skip


def run(case: Case) -> dict[str, Any]:
    given = set(case.inputs)
    for needs, adapter in _BY_INPUTS:
        if needs <= given:
            return adapter(case)
    raise NotRunnable(f"no scoring is read from {', '.join(case.inputs)}")


def _by_points(case: Case) -> dict[str, Any]:
    """Straight lines between the points, or, where the case says step, the points of the last one reached."""
    at = [_pair(each) for each in case.inputs["points"]]
    said = case.words("mode", "method", "interpolation")
    if "step" in said and "interpol" not in said:
        edges = [None, *(value for value, _ in at), None]
        earned_there = [Decimal(0), *(points for _, points in at)]
        figures = _earned_by(case, bands_curve(*zip(edges[:-1], edges[1:], earned_there, strict=True)))
    else:
        limits = {
            name: decimal(case.inputs[name]) for name in ("below", "above", "floor", "cap") if name in case.inputs
        }
        figures = _earned_by(case, points_curve(*at, **limits))
    return dict.fromkeys(SHOWN, figures)


def _pair(point: Any) -> tuple[Decimal, Decimal]:
    value, points = point.values() if isinstance(point, Mapping) else point
    return decimal(value), decimal(points)


def _by_bands(case: Case) -> dict[str, Any]:
    """The points of the band that a value falls into; a band closed below, unless the case says otherwise."""
    bands = []
    for each in case.inputs["bands"]:
        if isinstance(each, Mapping):
            low, high = (next((each[key] for key in keys if key in each), None) for keys in (LOWER, UPPER))
            points = next((each[key] for key in ("points", "score", "value", "pct", "payout") if key in each), None)
        else:
            low, high, points = each if len(each) == 3 else (each[0], None, each[1])
        bands.append([None if low is None else decimal(low), None if high is None else decimal(high), decimal(points)])
    # The outer bands reach to infinity, and each ends where the next begins.
    for left, right in pairwise(bands):
        left[1] = right[0]
    bands[0][0] = bands[-1][1] = None
    said = str(case.first("boundary", "bounds", default="")).casefold()
    boundary = "lower" if re.search(r"lower.*exclusive|upper.*inclusive|^lower$|含上限", said) else "upper"
    return dict.fromkeys(SHOWN, _earned_by(case, bands_curve(*map(tuple, bands), boundary=boundary)))


def _by_ratio(case: Case) -> dict[str, Any]:
    """Attainment. A target of zero or less follows the formula with |T|, as the sources that publish one do."""
    said = case.said("direction", "formula", "type", "method").replace(" ", "").replace("−", "-")
    target, limits = decimal(case.inputs["target"]), _limits(case)
    if re.search(r"target/actual|t/a|t/v|目标/实际", said):
        return _inverse(case, target, limits)
    mode = next((mode for pattern, mode in MODES.items() if re.search(pattern, said)), None)
    if mode is None:
        raise NotRunnable(f"the direction {said!r} is not known")
    curve = RatioCurve(target, mode, zero_target="absolute" if target <= 0 else None, **limits)  # type: ignore[arg-type]
    # A curve's points are percent already.
    return _for_full_marks(case, _earned_by(case, curve))


def _inverse(case: Case, target: Decimal, limits: Mapping[str, Decimal]) -> dict[str, Any]:
    """Target over value, the other convention of lower is better: a formula curve in a scheme."""
    curve = FormulaCurve(_FORMULA, target, **limits)
    listed = _actuals(case)
    (part,) = [used("a", curve)]
    found = totals(appraise(scheme(dimension("d", part), decimals=6), people(len(listed)), table(a=listed)))
    return _for_full_marks(case, found if _many(case) else found[0])


def _for_full_marks(case: Case, figures: Any) -> dict[str, Any]:
    """Percent, or of so many full marks."""
    full = case.first("full_marks", "full_score", "weight", "max_points", "full")
    if full is None or isinstance(figures, list):
        return dict.fromkeys(SHOWN, figures)
    marks = computed("sum(pct) * sum(full) / 100", [{"pct": figures, "full": number(full)}])
    return {**dict.fromkeys(SHOWN, figures), **dict.fromkeys(("score", "points", "weighted", "weighted_score"), marks)}


def _limits(case: Case) -> dict[str, Decimal]:
    named = (
        ("cap", ("cap", "max", "maximum", "max_score", "ceiling")),
        ("floor", ("floor", "min", "minimum", "min_score")),
    )
    written = {ours: case.first(*theirs) for ours, theirs in named}
    found = {ours: decimal(each) for ours, each in written.items() if each is not None}
    # Limits of a percentage may be written as shares: 1.2 is 120.
    return {ours: each.scaleb(2) if 0 < each <= 5 else each for ours, each in found.items()}


def _items(case: Case) -> dict[str, Any]:
    """Several actual figures with targets and weights: the attainment of each, and the weighted total."""
    if all("score" in each for each in case.inputs["items"]):
        return of_rows(case)
    limits, parts, shown, columns = _limits(case), [], [], {}
    for key, each in zip("abcdmn", case.inputs["items"], strict=False):
        curve = RatioCurve(decimal(each["target"]), _mode_of(each), zero_target="absolute", **limits)  # type: ignore[arg-type]
        if decimal(each["target"]) > 0:
            curve = RatioCurve(decimal(each["target"]), _mode_of(each), **limits)  # type: ignore[arg-type]
        shown += earned(curve, [number(each["actual"])])
        parts.append(used(key, curve, weight=number(each.get("weight", 1))))
        columns[key] = [number(each["actual"])]
    if len(parts) < len(case.inputs["items"]):
        raise NotRunnable("more weighted figures than the builder of schemes names")
    (found,) = totals(appraise(scheme(dimension("d", *parts), decimals=6), people(1), table(**columns)))
    return {
        **dict.fromkeys(("scores", "pct", "achievements"), tuple(shown)),
        **dict.fromkeys(("total", "score"), found),
    }


def _mode_of(item: Mapping[str, Any]) -> str:
    said = str(item.get("direction", "higher")).casefold()
    return next((mode for pattern, mode in MODES.items() if re.search(pattern, said)), "higher")


def _per_unit(case: Case) -> dict[str, Any]:
    """So many points for each unit above the target, or off for each below it (扣完为止: never below nothing)."""
    given = case.inputs
    deducted = case.first("deduct_per_unit", "deduction_per_unit", "penalty_per_unit")
    each = decimal(case.first("points_per_unit", default=deducted))
    limits = {
        ours: decimal(given[theirs]) for ours, theirs in (("maximum", "max"), ("minimum", "min")) if theirs in given
    }
    said = case.said("direction").replace("每超", "")
    base, unit = decimal(case.first("full", "base", default=0)), decimal(given["unit"])
    if deducted is not None:
        limits |= {"maximum": Decimal(0), "floor": Decimal(0)}
        # What is to be kept low loses points above its target.
        each = -each if re.search(r"lower|每高|超过|above", said) else each
    whole_ = "whole" in str(given.get("rounding", given.get("units", ""))).casefold() or bool(given.get("whole"))
    figures = _earned_by(case, per_unit_curve(base, decimal(given["target"]), unit, each, whole_, **limits))
    return dict.fromkeys(SHOWN, figures)


def _stretched(case: Case) -> dict[str, Any]:
    """A floor, a target and a stretch, each with the points it earns; nothing below the floor, no more above."""
    given, at = case.inputs, []
    for names in (("threshold", "floor", "minimum"), ("target",), ("stretch", "maximum", "max", "excellence")):
        name = next((each for each in names if each in given), None)
        if name is None:
            continue
        written = given[name]
        points = (
            written[1]
            if isinstance(written, list)
            else case.first(*(f"{name}_{each}" for each in ("score", "points", "payout")))
        )
        if points is None:
            raise NotRunnable(f"the points of {name} are not given")
        at.append((decimal(written[0] if isinstance(written, list) else written), decimal(points)))
    return dict.fromkeys(SHOWN, _earned_by(case, points_curve(*sorted(at), below=decimal(given.get("below", 0)))))


def _between(case: Case) -> dict[str, Any]:
    given = case.inputs
    low, high = (
        decimal(case.first(*names))
        for names in (("minimum", "worst", "red", "min"), ("maximum", "best", "green", "max"))
    )
    ends = [(low, 0), (high, 100)]
    if re.search("lower|decreas|reduc", str(given.get("direction", "")).casefold()):
        ends = [(low, 100), (high, 0)]
    return dict.fromkeys(SHOWN, _earned_by(case, points_curve(*sorted(ends))))


def _towards_target(case: Case) -> dict[str, Any]:
    """The share of the way from the minimum to the target, and the same weighted."""
    given = case.inputs
    ends = sorted([(decimal(given["minimum"]), 0), (decimal(given["target"]), 1)])
    shares = earned(points_curve(*ends), [number(given["actual"])])
    (part,) = weighted_sum(exact_matrix([shares]), exact_row([number(given.get("weight", 1))]), 20)
    return {"score": shares[0], "weighted": part, "pct": computed("sum(x) * 100", [{"x": shares[0]}])}


def _earned_by(case: Case, curve: PlainCurve) -> Any:
    """One figure for one actual value, a list for a list."""
    figures = earned(curve, _actuals(case))
    return Named(figures, listing(_written(case))[0]) if _many(case) else figures[0]


def _written(case: Case) -> Any:
    written = case.first("actual", "value", "actuals", "values", "achievements", "achievement", "result", "x")
    if written is None:
        raise NotRunnable(f"no actual value among {', '.join(case.inputs)}")
    return written


def _many(case: Case) -> bool:
    return isinstance(_written(case), list | Mapping)


def _actuals(case: Case) -> list[Any]:
    return [number(each) for each in (listing(_written(case))[1] if _many(case) else [_written(case)])]


_FORMULA = compile_expression(
    "target / value * 100", Scope({"value": Type("number", 6), "target": Type("number", 6)}), expect={"number"}
)
_BY_INPUTS = (
    ({"items"}, _items),
    ({"kpis"}, of_rows),
    ({"indicators"}, of_rows),
    ({"dimensions"}, of_rows),
    ({"target", "unit", "points_per_unit"}, _per_unit),
    ({"target", "unit", "deduct_per_unit"}, _per_unit),
    ({"points"}, _by_points),
    ({"bands"}, _by_bands),
    ({"target_pct_of_pay", "threshold", "max_at", "max_pct"}, incentive),
    ({"floor", "target", "stretch"}, _stretched),
    ({"threshold", "target", "maximum"}, _stretched),
    ({"minimum", "target", "maximum"}, _stretched),
    ({"minimum", "maximum"}, _between),
    ({"best", "worst"}, _between),
    ({"red", "green"}, _between),
    ({"minimum", "target", "actual"}, _towards_target),
    ({"raw"}, standards.calibrated),
    ({"value", "mean", "sd"}, standards.one),
    ({"score", "mean", "sd"}, standards.one),
    ({"thresholds", "scores"}, levels),
    ({"thresholds", "score"}, levels),
    ({"thresholds", "values"}, levels),
    ({"grades", "scores"}, levels),
    ({"grades", "score"}, levels),
    ({"weights", "cases"}, weighted),
    ({"weights", "scores"}, total),
    ({"base", "scores"}, by_words),
    ({"target"}, _by_ratio),
    ({"scores"}, standards.of_list),
    ({"values"}, standards.of_list),
)
