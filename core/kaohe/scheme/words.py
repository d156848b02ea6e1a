"""Curves, policies and actions in words."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import reduce

from kaohe.exact import shorten
from kaohe.language import Dated, Expression, Setting
from kaohe.plugin import Indicator
from kaohe.scheme.draft import show
from kaohe.scheme.model import (
    Band,
    BandsCurve,
    Curve,
    FormulaCurve,
    Measured,
    Missing,
    PercentileRankCurve,
    PerUnitCurve,
    PointsCurve,
    RatioCurve,
    UsedIndicator,
    ZScoreCurve,
)
from kaohe.text import Message, Text, msg

ACTIONS: dict[str, Message] = {
    "gate": msg("if one of {indicators} has fewer than {base} points, the others count at most {base}"),
    "veto": msg("veto: total zero, last tier, no bonus"),
    "deduct": msg("{amount} points are deducted"),
    "add": msg("{amount} points are added"),
    "cap": msg("the total is at most {amount}"),
    "tier_at_most": msg("the tier is at most {tier}"),
    "tier_at_least": msg("the tier is at least {tier}"),
    "not_graded": msg("not graded"),
    "coefficient": msg("the bonus is multiplied by {amount}"),
}
_UNITS: dict[str, Message] = {
    "seconds": msg("{value} seconds"),
    "minutes": msg("{value} minutes"),
    "hours": msg("{value} hours"),
    "days": msg("{value} days"),
    "kilowatt_hours": msg("{value} kWh"),
}


def used_name(used: UsedIndicator | Measured) -> Message | Text:
    """The indicator's name, with the name this scheme gives it where that differs."""
    if used.key == used.indicator.id:
        return used.indicator.name
    return msg("{indicator} as {key}", indicator=used.indicator.name, key=used.key)


def chain(parts: Sequence[Message]) -> Message:
    """The parts as one sentence, parted by semicolons."""
    return reduce(lambda left, right: msg("{left}; {right}", left=left, right=right), parts)


def series(parts: Sequence[Message | Text | str]) -> Message | Text | str:
    """The parts one after the other, parted by commas."""
    return reduce(lambda left, right: msg("{left}, {right}", left=left, right=right), parts)


def number(value: Decimal, unit: str) -> Message | str:
    """A value with its unit: 80%, 4 hours, 12."""
    if unit == "share":
        return f"{shorten(value * 100):f}%"
    plain = f"{shorten(value):f}"
    return Message(_UNITS[unit].template, {"value": plain}) if unit in _UNITS else plain


def setting_words(setting: Setting) -> Message | Text | str:
    """What a parameter is set to, and on which days to something else."""
    if not isinstance(setting, Dated):
        return show(setting).strip('"')
    parts: list[Message | Text | str] = [show(setting.value).strip('"')]
    for each in setting.spells:
        words = {"value": show(each.value).strip('"'), "first": each.first, "last": each.last}
        if each.last is None:
            parts.append(msg("{value} from {first} on", **words))
        elif each.yearly:
            parts.append(msg("{value} every year from {first} to {last}", **words))
        else:
            parts.append(msg("{value} from {first} to {last}", **words))
    return series(parts)


def missing_words(missing: Missing) -> Message:
    """What no data means."""
    match missing.policy:
        case "zero":
            return msg("zero points")
        case "renormalise":
            return msg("the other weights count")
        case "neutral":
            return msg("{points} points", points=_points(missing.neutral or Decimal(0)))
        case "redistribute":
            parts = [
                msg("{share} of the weight to {key}", share=number(share, "share"), key=key)
                for key, share in missing.shares
            ]
            last = {
                "not_graded": msg("not graded where one of them is missing too"),
                "renormalise": msg("what would go to one that is missing too is left out"),
            }
            return chain([*parts, last[missing.otherwise]])
        case "not_graded":
            return msg("not graded")


def curve_words(curve: Curve, indicator: Indicator) -> Message:
    """The curve as a sentence."""
    parts = _shape_words(curve, indicator.unit)
    if isinstance(curve, RatioCurve | PerUnitCurve | FormulaCurve) and curve.prorate == "days":
        parts.append(msg("the target in proportion to the days in service"))
    elif isinstance(curve, RatioCurve | PerUnitCurve | FormulaCurve) and curve.prorate == "full_time_days":
        parts.append(msg("the target in proportion to the full-time days"))
    if curve.floor is not None:
        parts.append(msg("at least {limit}", limit=_points(curve.floor)))
    if curve.cap is not None:
        parts.append(msg("at most {limit}", limit=_points(curve.cap)))
    return chain(parts)


def _shape_words(curve: Curve, unit: str) -> list[Message]:
    match curve:
        case PointsCurve():
            return _points_words(curve, unit)
        case BandsCurve():
            return [_band_words(band, unit, curve.boundary) for band in curve.bands]
        case RatioCurve():
            return _ratio_words(curve, unit)
        case PerUnitCurve():
            return _per_unit_words(curve, unit)
        case ZScoreCurve():
            return [_z_score_words(curve)]
        case PercentileRankCurve():
            return _percentile_words(curve)
        case FormulaCurve():
            return _formula_words(curve, unit)


def _points_words(curve: PointsCurve, unit: str) -> list[Message]:
    parts = [msg("{value}: {points}", value=number(value, unit), points=_points(points)) for value, points in curve.at]
    first, last = curve.at[0][0], curve.at[-1][0]
    if curve.below is not None:
        parts.insert(0, msg("below {value}: {points}", value=number(first, unit), points=_points(curve.below)))
    if curve.above is not None:
        parts.append(msg("above {value}: {points}", value=number(last, unit), points=_points(curve.above)))
    return [*parts, msg("straight lines between")]


def _band_words(band: Band, unit: str, boundary: str) -> Message:
    """Which end belongs to the band is told by the words: from … to below …, or above … to …."""
    points = _points(band.points)
    lower = None if band.lower is None else number(band.lower, unit)
    upper = None if band.upper is None else number(band.upper, unit)
    if lower is None and upper is None:
        return msg("always {points}", points=points)
    if boundary == "upper":
        if lower is None:
            return msg("below {value}: {points}", value=upper, points=points)
        if upper is None:
            return msg("from {value}: {points}", value=lower, points=points)
        return msg("from {lower} to below {upper}: {points}", lower=lower, upper=upper, points=points)
    if lower is None:
        return msg("up to {value}: {points}", value=upper, points=points)
    if upper is None:
        return msg("above {value}: {points}", value=lower, points=points)
    return msg("above {lower} up to {upper}: {points}", lower=lower, upper=upper, points=points)


def _ratio_words(curve: RatioCurve, unit: str) -> list[Message]:
    target = _target_words(curve.target, unit)
    parts = [
        {
            "higher": msg("100 at {target}, more or less in proportion to the value", target=target),
            "lower": msg(
                "100 at {target}, less in proportion to what is above it, more for what is below", target=target
            ),
            "on_target": msg("100 at {target}, less in proportion to the distance from it", target=target),
        }[curve.mode]
    ]
    if curve.zero_target == "absolute":
        parts.append(msg("a target of zero or less counts by its absolute value"))
    elif curve.zero_target is not None:
        parts.append(msg("where the target is zero or less: {points}", points=_points(curve.zero_target)))
    return parts


def _target_words(target: Decimal | Expression, unit: str) -> Message | str:
    return number(target, unit) if isinstance(target, Decimal) else target.text.strip()


def _z_score_words(curve: ZScoreCurve) -> Message:
    words = {"neutral": _points(curve.neutral), "points": _points(curve.points)}
    if curve.mode == "higher":
        return msg("{neutral} at the mean of the group, {points} more for each standard deviation above it", **words)
    return msg("{neutral} at the mean of the group, {points} more for each standard deviation below it", **words)


def _percentile_words(curve: PercentileRankCurve) -> list[Message]:
    best = {
        "higher": msg("the share of the group that has less, in percent"),
        "lower": msg("the share of the group that has more, in percent"),
    }
    ties = {
        "min": msg("equals count as the last of them"),
        "average": msg("equals count as the middle of them"),
        "max": msg("equals count as the first of them"),
    }
    alone = msg("{points} where there is nobody to compare with", points=_points(curve.neutral))
    return [best[curve.mode], ties[curve.ties], alone]


def _formula_words(curve: FormulaCurve, unit: str) -> list[Message]:
    formula = msg("{formula}", formula=curve.points.text.strip())
    if curve.target is None:
        return [formula]
    return [formula, msg("target: {target}", target=_target_words(curve.target, unit))]


def _per_unit_words(curve: PerUnitCurve, unit: str) -> list[Message]:
    target, step, points = _target_words(curve.target, unit), number(curve.unit, unit), _points(abs(curve.points))
    parts = [msg("{base} at {target}", base=_points(curve.base), target=target)]
    if curve.points < 0:
        parts.append(msg("{points} less for each {step} above, {points} more for each below", points=points, step=step))
    else:
        parts.append(msg("{points} more for each {step} above, {points} less for each below", points=points, step=step))
    if curve.whole:
        parts.append(msg("whole steps only"))
    if curve.maximum is not None:
        parts.append(msg("at most {points} more", points=_points(curve.maximum)))
    if curve.minimum is not None:
        parts.append(msg("at most {points} less", points=_points(-curve.minimum)))
    return parts


def _points(points: Decimal) -> str:
    return f"{shorten(points):f}"
