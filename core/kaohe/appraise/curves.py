"""Curves that turn a value into points by themselves: exact, rounded half up once at six decimals.

What looks at other people, at the person or at a target of the person's own is in ``earning``.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np

from kaohe.appraise.columns import Wide, between, line, narrow
from kaohe.appraise.targets import attainment
from kaohe.exact import MICRO, Flags, Ints, to_micros
from kaohe.language import Expression
from kaohe.scheme.model import BandsCurve, PerUnitCurve, PointsCurve, RatioCurve

FULL = 100 * MICRO
"""A hundred points: the target of a ratio met exactly."""


PlainCurve = PointsCurve | BandsCurve | RatioCurve | PerUnitCurve


def points(curve: PlainCurve, micros: Ints, known: Flags) -> Ints:
    """Points in millionths for every value in millionths; 0 where the value is not known.

    Raises OverflowError where points do not fit into 64 bits: a curve without a cap and a value far off its target.
    """
    earned = _earned(curve, np.where(known, micros, 0))
    return np.where(known, narrow(between(earned, curve.floor, curve.cap)), 0)


def _earned(curve: PlainCurve, values: Ints) -> Wide:
    match curve:
        case PointsCurve():
            return _between_points(curve, values)
        case BandsCurve():
            return _by_band(curve, values)
        case RatioCurve():
            return _by_ratio(curve, values)
        case PerUnitCurve():
            return _per_unit(curve, values)


def _between_points(curve: PointsCurve, values: Ints) -> Wide:
    at = [(to_micros(value), to_micros(earned)) for value, earned in curve.at]
    first, last = at[0], at[-1]
    # At a value that is written twice the points jump: it belongs to the upper step.
    step = np.zeros(values.shape, np.int64)
    for value, _ in at:
        step += values >= value
    earned: Wide = np.full(values.shape, last[1])
    for number, ((left, low), (right, high)) in enumerate(pairwise(at), start=1):
        inside = np.flatnonzero(step == number)
        if inside.size:
            part = line(values[inside] - left, Fraction(high - low, right - left), low)
            earned = earned.astype(np.result_type(earned, part))
            earned[inside] = part
    below = first[1] if curve.below is None else to_micros(curve.below)
    above = last[1] if curve.above is None else to_micros(curve.above)
    return np.where(values < first[0], below, np.where(values > last[0], above, earned))


def band_number(curve: BandsCurve, values: Ints) -> Ints:
    """Which band each value in millionths falls into, counted from 0; the outer bands reach to infinity."""
    edges = np.array([to_micros(band.upper) for band in curve.bands[:-1] if band.upper is not None], np.int64)
    return np.searchsorted(edges, values, side="right" if curve.boundary == "upper" else "left")


def _by_band(curve: BandsCurve, values: Ints) -> Wide:
    return np.array([to_micros(band.points) for band in curve.bands])[band_number(curve, values)]


def _by_ratio(curve: RatioCurve, values: Ints) -> Wide:
    if isinstance(curve.target, Expression):
        raise TypeError("a target by expression is one for each person: see earning")
    if curve.target <= 0 and curve.zero_target is None:
        raise ValueError("a ratio needs a target above zero, or to be told what another means")
    if curve.target <= 0:
        return attainment(curve, values, np.full(values.shape, to_micros(curve.target)))
    slope = 100 / Fraction(curve.target)
    match curve.mode:
        case "higher":
            return line(values, slope, 0)
        case "lower":
            return line(values, -slope, 2 * FULL)
        case "on_target":
            return line(np.abs(values - to_micros(curve.target)), -slope, FULL)


def _per_unit(curve: PerUnitCurve, values: Ints) -> Wide:
    beyond = values - to_micros(curve.target)
    base = to_micros(curve.base)
    if curve.whole:
        units = np.sign(beyond) * (np.abs(beyond) // to_micros(curve.unit))
        earned = line(units, Fraction(curve.points) * MICRO, base)
    else:
        earned = line(beyond, Fraction(curve.points) / Fraction(curve.unit), base)
    least = None if curve.minimum is None else curve.base + curve.minimum
    most = None if curve.maximum is None else curve.base + curve.maximum
    return between(earned, least, most)
