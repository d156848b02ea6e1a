"""The step of a curve in words: where the value lies, and the sum that gives its points, worked out once more."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from kaohe.appraise.earning import NO_BASIS, Basis
from kaohe.appraise.explain_relative import formula, percentile_rank, z_score
from kaohe.exact import from_micros, shorten, to_micros
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
from kaohe.text import Message, msg


def explain_curve(curve: Curve, value: int, basis: Basis = NO_BASIS) -> Message:
    """How a value in millionths earns its points, as a sentence; ``basis`` is what the curve looks at besides it.

    Its argument ``points`` is the figure that ``earning.earn`` gives, worked out here step by step with fractions.
    """
    earned, step = _step(curve, from_micros(value), basis)
    if basis.part != 1:
        step = msg("{step} (the target × {part} by days)", step=step, part=basis.part)
    exact = from_micros(to_micros(earned))
    if curve.floor is not None and exact < curve.floor:
        return msg("{step}; at least {points} points", step=step, points=shorten(curve.floor))
    if curve.cap is not None and exact > curve.cap:
        return msg("{step}; at most {points} points", step=step, points=shorten(curve.cap))
    return msg("{step} = {points} points", step=step, points=exact)


def _step(curve: Curve, value: Decimal, basis: Basis) -> tuple[Fraction, Message]:
    match curve:
        case PointsCurve():
            return _between_points(curve, value)
        case BandsCurve():
            return _band(curve, value)
        case RatioCurve():
            return _ratio(curve, value, basis)
        case PerUnitCurve():
            return _per_unit(curve, value, basis)
        case ZScoreCurve():
            return z_score(curve, value, basis)
        case PercentileRankCurve():
            return percentile_rank(curve, value, basis)
        case FormulaCurve():
            return formula(curve, value, basis)


def _between_points(curve: PointsCurve, value: Decimal) -> tuple[Fraction, Message]:
    (first, lowest), (last, highest) = curve.at[0], curve.at[-1]
    if value < first:
        earned = lowest if curve.below is None else curve.below
        return Fraction(earned), msg("{value} is below the first value {first}", value=value, first=shorten(first))
    if value > last:
        earned = highest if curve.above is None else curve.above
        return Fraction(earned), msg("{value} is above the last value {last}", value=value, last=shorten(last))
    left, low = [point for point in curve.at if point[0] <= value][-1]
    if value == left:
        return Fraction(low), msg("{value} is a value of the curve", value=value)
    right, high = next(point for point in curve.at if point[0] > value)
    earned_here = Fraction(low) + Fraction(high - low) * Fraction(value - left) / Fraction(right - left)
    return earned_here, msg(
        "{value} lies between {left} ({low} points) and {right} ({high} points): "
        "{low} + ({high} − {low}) × ({value} − {left}) / ({right} − {left})",
        value=value,
        left=shorten(left),
        low=shorten(low),
        right=shorten(right),
        high=shorten(high),
    )


def _band(curve: BandsCurve, value: Decimal) -> tuple[Fraction, Message]:
    band = next((band for band in curve.bands[:-1] if _below(value, band, curve.boundary)), curve.bands[-1])
    words = {"value": value, "lower": _end(band.lower), "upper": _end(band.upper)}
    if band.lower is None and band.upper is None:
        step = msg("{value}: one band for every value", **words)
    elif band.lower is None:
        step = msg("{value} falls into the band up to {upper}", **words)
    elif band.upper is None:
        step = msg("{value} falls into the band from {lower}", **words)
    else:
        step = msg("{value} falls into the band from {lower} to {upper}", **words)
    return Fraction(band.points), step


def _below(value: Decimal, band: Band, boundary: str) -> bool:
    if band.upper is None:
        return True
    return value < band.upper if boundary == "upper" else value <= band.upper


def _end(limit: Decimal | None) -> Decimal | None:
    return None if limit is None else shorten(limit)


def _target(curve: RatioCurve | PerUnitCurve, basis: Basis) -> Fraction:
    """The person's own target, or that of everybody."""
    if basis.target is not None:
        return basis.target
    if not isinstance(curve.target, Decimal) or curve.prorate != "none":
        raise ValueError("a target of a person's own is explained for one person")
    return Fraction(curve.target)


def _ratio(curve: RatioCurve, value: Decimal, basis: Basis) -> tuple[Fraction, Message]:
    target = _target(curve, basis)
    words = {"value": value, "target": from_micros(to_micros(target)), "size": from_micros(to_micros(abs(target) or 1))}
    share = (Fraction(value) - target) / (abs(target) or 1)
    if target <= 0 and isinstance(curve.zero_target, Decimal):
        return Fraction(curve.zero_target), msg("the target {target} is not above zero", **words)
    match curve.mode:
        case "higher" if target > 0:
            return 100 * (1 + share), msg("100 × {value} / {target}", **words)
        case "higher":
            return 100 * (1 + share), msg("100 × (1 + ({value} − ({target})) / {size})", **words)
        case "lower" if target > 0:
            return 100 * (1 - share), msg("100 × (1 − ({value} − {target}) / {target})", **words)
        case "lower":
            return 100 * (1 - share), msg("100 × (1 − ({value} − ({target})) / {size})", **words)
        case "on_target" if target > 0:
            return 100 * (1 - abs(share)), msg("100 × (1 − |{value} − {target}| / {target})", **words)
        case _:
            return 100 * (1 - abs(share)), msg("100 × (1 − |{value} − ({target})| / {size})", **words)


def _per_unit(curve: PerUnitCurve, value: Decimal, basis: Basis) -> tuple[Fraction, Message]:
    target = _target(curve, basis)
    units = (Fraction(value) - target) / Fraction(curve.unit)
    units = Fraction(int(units)) if curve.whole else units
    added = units * Fraction(curve.points)
    words = {
        "value": value,
        "target": from_micros(to_micros(target)),
        "unit": shorten(curve.unit),
        "units": from_micros(to_micros(units)),
        "base": shorten(curve.base),
        "each": shorten(curve.points),
    }
    if curve.maximum is not None and added > curve.maximum:
        words["limit"] = shorten(curve.maximum)
        step = msg("{units} × {unit} from {target} to {value}, at most {limit}: {base} + {limit}", **words)
        return Fraction(curve.base + curve.maximum), step
    if curve.minimum is not None and added < curve.minimum:
        words["limit"] = shorten(curve.minimum)
        step = msg("{units} × {unit} from {target} to {value}, at least {limit}: {base} + {limit}", **words)
        return Fraction(curve.base + curve.minimum), step
    return Fraction(curve.base) + added, msg(
        "{units} × {unit} from {target} to {value}: {base} + {units} × {each}", **words
    )
