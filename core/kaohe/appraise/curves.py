"""Curves that turn a value into points by themselves: exact, rounded half up once at six decimals.

What looks at other people, at the person or at a target of the person's own is in ``earning``.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from itertools import pairwise
from math import gcd

import numpy as np

from kaohe.appraise.columns import Wide, between, blocks, line, narrow, where
from kaohe.appraise.lines import Lines, lines
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
    compute = _computation(curve)
    earned = np.empty(len(micros), np.int64)
    for rows in blocks(len(micros)):
        there = known[rows]
        found = between(compute(where(micros[rows], there)), curve.floor, curve.cap)
        earned[rows] = where(narrow(found), there)
    return earned


def _computation(curve: PlainCurve) -> Callable[[Ints], Wide]:
    match curve:
        case PointsCurve():
            return _lines(curve).at
        case BandsCurve():
            return partial(_by_band, curve)
        case RatioCurve():
            return partial(_by_ratio, curve)
        case PerUnitCurve():
            return partial(_per_unit, curve)


def _lines(curve: PointsCurve) -> Lines:
    at = [(to_micros(value), to_micros(earned)) for value, earned in curve.at]
    first, last = at[0], at[-1]
    below = first[1] if curve.below is None else to_micros(curve.below)
    above = last[1] if curve.above is None else to_micros(curve.above)
    pieces = [(below, 0, 1)]
    for (left, low), (right, high) in pairwise(at):
        if left == right:
            # The points jump: the value belongs to the upper step, and no value to this piece.
            pieces.append((low, 0, 1))
            continue
        shared = gcd(high - low, right - left)
        rise, run = (high - low) // shared, (right - left) // shared
        pieces.append((low * run - left * rise, rise, run))
    pieces += [(last[1], 0, 1), (above, 0, 1)]
    # Values are whole numbers: the first one above the last point is the next.
    return lines([*(value for value, _ in at), last[0] + 1], pieces)


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
    if isinstance(curve.target, Expression):
        raise TypeError("a target by expression is one for each person: see earning")
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
