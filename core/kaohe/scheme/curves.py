"""Curves as they are written → checked curves: order, gaps, direction."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from kaohe.language import Expression, field_names, interpreter, keyed_ids
from kaohe.plugin import Indicator
from kaohe.scheme.draft import Draft, Path, show
from kaohe.scheme.model import (
    Band,
    BandsCurve,
    Curve,
    FormulaCurve,
    PercentileRankCurve,
    PerUnitCurve,
    PointsCurve,
    RatioCurve,
    ZScoreCurve,
)
from kaohe.scheme.names import Names
from kaohe.scheme.numbers import min_and_max, optional_number
from kaohe.scheme.relative_curves import (
    limits,
    read_formula,
    read_percentile_rank,
    read_ratio,
    read_target,
    read_z_score,
)
from kaohe.scheme.suspicion import suspect_percentages
from kaohe.text import msg

_MIXED = 2
# Where a formula is tried out: shares of its target, or of one.
_TRIED = [Fraction(part, 20) for part in range(-10, 61)]


def read_curve(
    draft: Draft, table: dict[str, Any], path: Path, indicator: Indicator, names: Names, needed: dict[str, Path]
) -> Curve | None:
    """The curve of a cleaned table at ``path``; None where a mistake (already reported) leaves nothing to build.

    Raises nothing: every mistake is noted in the draft. Indicators whose values it reads go into ``needed``.
    """
    curve: Curve | None
    match table.get("kind"):
        case "points":
            curve = _points(draft, table, path)
        case "bands":
            curve = _bands(draft, table, path)
        case "ratio":
            curve = read_ratio(draft, table, path, indicator, names, needed)
        case "per_unit":
            curve = _per_unit(draft, table, path, indicator, names, needed)
        case "z_score":
            curve = read_z_score(draft, table, path, indicator)
        case "percentile_rank":
            curve = read_percentile_rank(draft, table, path, indicator)
        case "formula":
            curve = read_formula(draft, table, path, indicator, names, needed)
        case _:
            return None
    floor, cap = table.get("floor"), table.get("cap")
    if floor is not None and cap is not None and floor > cap:
        draft.report(
            (*path, "floor"),
            "floor-above-cap",
            msg("the floor is above the cap"),
            found=show(floor),
            expected=msg("at most {limit}", limit=show(cap)),
        )
    if curve is not None:
        _check_direction(draft, curve, path, indicator, allowed=table.get("allow_reverse", False))
        if indicator.unit == "share":
            suspect_percentages(draft, curve, path, indicator)
    return curve


def _points(draft: Draft, table: dict[str, Any], path: Path) -> PointsCurve | None:
    if "at" not in table:
        return None
    at = tuple((Decimal(value), Decimal(points)) for value, points in table["at"])
    ascending = True
    for index, ((left, _), (right, _)) in enumerate(pairwise(at), start=1):
        if right <= left:
            ascending = False
            draft.report(
                (*path, "at", index),
                "points-order",
                msg("the values of the points must ascend"),
                found=show(right),
                expected=msg("more than {limit}", limit=show(left)),
            )
    if not ascending:
        return None
    return PointsCurve(at, optional_number(table, "below"), optional_number(table, "above"), **limits(table))


def _bands(draft: Draft, table: dict[str, Any], path: Path) -> BandsCurve | None:
    rows = table.get("bands")
    boundary = draft.get(table, path, "boundary", "upper")
    if not rows or any("points" not in row for row in rows):
        return None
    bands = [Band(optional_number(row, "from"), optional_number(row, "to"), Decimal(row["points"])) for row in rows]
    before = len(draft.problems)
    for index, band in enumerate(bands):
        if band.lower is not None and band.upper is not None and band.lower >= band.upper:
            draft.report(
                (*path, "bands", index),
                "band-unreachable",
                msg("no value can fall into this band"),
                found=_span(band),
                expected=msg("from less than to"),
                fix=msg("write the bands in ascending order"),
            )
    order = sorted(range(len(bands)), key=lambda index: _lower(bands[index]))
    _check_ends(draft, (*path, "bands"), bands, order)
    if len(draft.problems) == before:
        for left, right in pairwise(order):
            _check_joint(draft, (*path, "bands", right), bands[left], bands[right])
    if len(draft.problems) > before:
        return None
    return BandsCurve(tuple(bands[index] for index in order), boundary, **limits(table))


def _check_ends(draft: Draft, path: Path, bands: list[Band], order: list[int]) -> None:
    lowest, highest = order[0], max(order, key=lambda index: _upper(bands[index]))
    if bands[lowest].lower is not None:
        draft.report(
            (*path, lowest, "from"),
            "bands-not-open",
            msg("values below the lowest band have no points"),
            found=show(bands[lowest].lower),
            fix=msg("leave out {key} in the lowest band", key="from"),
        )
    if bands[highest].upper is not None:
        draft.report(
            (*path, highest, "to"),
            "bands-not-open",
            msg("values above the highest band have no points"),
            found=show(bands[highest].upper),
            fix=msg("leave out {key} in the highest band", key="to"),
        )


def _check_joint(draft: Draft, path: Path, left: Band, right: Band) -> None:
    fix = msg("let the one begin where the other ends")
    if left.upper is not None and right.lower is not None and left.upper < right.lower:
        what = msg("between two bands there is a gap")
        draft.report(path, "band-gap", what, found=f"{show(left.upper)} … {show(right.lower)}", fix=fix)
    elif left.upper is None or right.lower is None or right.lower < left.upper:
        what = msg("two bands overlap")
        draft.report(path, "band-overlap", what, found=f"{_span(left)}; {_span(right)}", fix=fix)


def _per_unit(
    draft: Draft, table: dict[str, Any], path: Path, indicator: Indicator, names: Names, needed: dict[str, Path]
) -> PerUnitCurve | None:
    base = Decimal(draft.get(table, path, "base", 100))
    whole = draft.get(table, path, "whole", False)
    least, most = min_and_max(draft, table, path)
    target = read_target(draft, table, path, indicator, names, needed)
    if target is None or not {"unit", "points"} <= table.keys():
        return None
    unit, points = Decimal(table["unit"]), Decimal(table["points"])
    prorate = table.get("prorate", "none")
    return PerUnitCurve(base, target, unit, points, whole, most, least, **limits(table), prorate=prorate)


def _check_direction(draft: Draft, curve: Curve, path: Path, indicator: Indicator, *, allowed: bool) -> None:
    """A curve must not reward less of what is better, unless the scheme says that it means to."""
    if allowed or indicator.direction == "target":
        return
    key, slope = _slope(curve)
    wrong = slope < 0 if indicator.direction == "higher" else slope > 0
    mixed = slope == _MIXED
    if wrong or mixed:
        what = (
            msg("of {indicator} more is better, and this curve gives more of it fewer points", indicator=indicator.name)
            if indicator.direction == "higher"
            else msg(
                "of {indicator} less is better, and this curve gives less of it fewer points", indicator=indicator.name
            )
        )
        draft.report(
            (*path, key),
            "curve-reversed",
            what,
            fix=msg("turn the curve round, or write allow_reverse = true if this is meant"),
        )


def _slope(curve: Curve) -> tuple[str, int]:
    """The key that decides, and whether points rise (1), stay (0), fall (-1) or do both with the value."""
    match curve:
        case PointsCurve():
            first, last = curve.at[0][1], curve.at[-1][1]
            below = first if curve.below is None else curve.below
            above = last if curve.above is None else curve.above
            return "at", _trend([below, *(points for _value, points in curve.at), above])
        case BandsCurve():
            return "bands", _trend([band.points for band in curve.bands])
        case RatioCurve():
            return "mode", {"higher": 1, "lower": -1, "on_target": 0}[curve.mode]
        case PerUnitCurve():
            return "points", (curve.points > 0) - (curve.points < 0)
        case ZScoreCurve() | PercentileRankCurve():
            return "mode", 1 if curve.mode == "higher" else -1
        case FormulaCurve():
            return "points", _formula_slope(curve)


def _formula_slope(curve: FormulaCurve) -> int:
    """Whether a formula over its value alone rises or falls wherever it is tried; 0 where that cannot be told."""
    if field_names(curve.points) - {"value", "target"} or keyed_ids(curve.points):
        return 0
    if isinstance(curve.target, Expression):
        return 0
    scale = Fraction(curve.target or 1)
    compute = interpreter(curve.points)
    tried = [compute({"value": scale * part, "target": scale}) for part in _TRIED]
    slope = _trend([points for points in tried if points is not None])
    return 0 if slope == _MIXED else slope


def _trend(points: list[Decimal]) -> int:
    rises = any(right > left for left, right in pairwise(points))
    falls = any(right < left for left, right in pairwise(points))
    return _MIXED if rises and falls else rises - falls


def _lower(band: Band) -> tuple[Decimal, Decimal]:
    return (Decimal("-Infinity") if band.lower is None else band.lower, _upper(band))


def _upper(band: Band) -> Decimal:
    return Decimal("Infinity") if band.upper is None else band.upper


def _span(band: Band) -> str:
    return (
        f"{'' if band.lower is None else show(band.lower)} – {'' if band.upper is None else show(band.upper)}".strip()
    )
