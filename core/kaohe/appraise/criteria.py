"""Points as a decision matrix: totals by TOPSIS and VIKOR over whole columns, exact but for TOPSIS's two roots.

The alternatives are everybody graded, the criteria the weighted indicators; more points are better. A criterion that
does not count for a person adds nothing for them. ``alternatives.py`` has the same methods over small matrices.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt, lcm

import numpy as np

from kaohe.appraise.columns import LIMIT, Wide, magnitude, narrow, proportions, room_for, round_half_up
from kaohe.appraise.missing import shares
from kaohe.appraise.redistribution import redistributes, weights
from kaohe.exact import DECIMALS, MICRO, Flags, Ints, divide
from kaohe.scheme.model import Normalisation, Scheme

_DIGITS = 10**100
"""Squared distances are kept in this fraction, so that their roots have some forty digits."""

CLOSENESS = 10**16
"""Closeness is rounded half up to this fraction before it becomes a total: a root's last digit decides nothing."""


@dataclass(frozen=True)
class Criterion:
    """One indicator over everybody graded: ``points`` in millionths, where they are ``counted``, each person's
    ``weight`` in whole numbers (0 where not counted), and the ends and the square that divides (0: nothing does)."""

    points: Ints
    counted: Flags
    weight: Wide
    best: int
    worst: int
    square: int


def criteria(
    scheme: Scheme, points: Mapping[str, Ints], counted: Mapping[str, Flags], graded: Flags
) -> tuple[Criterion, ...]:
    """The decision matrix of everybody graded, in the order of the scheme; without indicators that count for nobody."""
    rows = np.flatnonzero(graded)
    held: Mapping[str, Wide]
    if redistributes(scheme):
        held = {key: each[rows] for key, each in weights(scheme, counted, len(graded)).indicators.items()}
    else:
        share = shares(scheme)
        parts = zip(share, proportions(list(share.values())), strict=True)
        held = {key: np.full(len(rows), part, np.int64 if part <= LIMIT else object) for key, part in parts}
    found = []
    for used in scheme.weighted:
        column, there = points[used.key][rows], counted[used.key][rows]
        if there.any():
            present = column[there]
            best, worst = int(present.max()), int(present.min())
            square = _square(scheme.total_by.normalisation, present, best, worst)
            weight = np.where(there, held[used.key], 0)
            found.append(Criterion(column, there, weight, best, worst, square))
    return tuple(found)


def topsis_total(scheme: Scheme, matrix: Sequence[Criterion], added: Ints) -> Ints:
    """Closeness to the best there is × 100, plus what is added outside the weighting, rounded once (millionths)."""
    to_best, to_worst = distances(matrix)
    unit = CLOSENESS // (100 * MICRO) * 10 ** (DECIMALS - scheme.decimals)
    exact = closeness(to_best, to_worst) + added.astype(object) * (CLOSENESS // (100 * MICRO))
    return narrow(round_half_up(exact, unit) * 10 ** (DECIMALS - scheme.decimals))


def distances(matrix: Sequence[Criterion]) -> tuple[Wide, Wide]:
    """Everybody's Euclidean distance to the best and to the worst there is, in one same small unit.

    Whoever is compared has something that counts: there is a criterion, and somebody.
    """
    rows = len(matrix[0].points)
    to_best, to_worst = np.zeros(rows, object), np.zeros(rows, object)
    for each in matrix:
        if not each.square:
            continue
        # One weight for all: a number is much faster to multiply by than a column.
        alike = magnitude(each.weight) == int(each.weight.min())
        weight: Wide | int = int(each.weight[0]) if alike else each.weight.astype(object)
        factor = weight**2 * (_DIGITS // each.square)
        most = max(each.best - each.worst, 1) ** 2
        to_best += _squared(each, each.best, most) * factor
        to_worst += _squared(each, each.worst, most) * factor
    return _roots(to_best), _roots(to_worst)


def _squared(each: Criterion, end: int, most: int) -> Wide:
    gap = room_for(np.where(each.counted, each.points - end, 0), most)
    return (gap * gap).astype(object)


def closeness(to_best: Wide, to_worst: Wide) -> Wide:
    """d⁻ / (d⁺ + d⁻) in parts of ``CLOSENESS``; one half where both are zero."""
    both = to_best + to_worst
    level = both == 0
    near = np.where(level, 1, to_worst)
    return round_half_up(near * CLOSENESS, np.where(level, 2, both))


@dataclass(frozen=True)
class Losses:
    """VIKOR's S and R of everybody, as whole numbers over ``whole`` where all have the same weight to share, else as
    fractions over 1."""

    utility: Wide
    regret: Wide
    whole: int


def losses(matrix: Sequence[Criterion]) -> Losses:
    """What everybody loses against the best there is: the weighted sum (S) and the largest part (R).

    A criterion in which all are equal loses nobody anything.
    """
    spans = [each.best - each.worst for each in matrix]
    common = lcm(*(span for span in spans if span))
    rows = len(matrix[0].points)
    utility, regret, weight = (np.zeros(rows, object) for _ in range(3))
    for each, span in zip(matrix, spans, strict=True):
        weight = weight + each.weight
        if span:
            gap = np.where(each.counted, each.best - each.points, 0).astype(object)
            lost = gap * each.weight * (common // span)
            utility = utility + lost
            regret = np.maximum(regret, lost)
    if weight.min() == weight.max():
        return Losses(utility, regret, common * int(weight[0]))
    by_row = [common * each for each in weight.tolist()]
    return Losses(_fractions(utility, by_row), _fractions(regret, by_row), 1)


def compromise(found: Losses, v: Fraction) -> tuple[Wide, int | Fraction]:
    """Q = v·S′ + (1 − v)·R′ of everybody, as numerators and their one denominator; 0 is best.

    S′ and R′ go from 0 for the least to 1 for the most there is; they are 0 for all where all are equal.
    """
    parts = []
    for column in (found.utility, found.regret):
        least = column.min()
        parts.append((column - least, (column.max() - least) or 1))
    (utility, most), (regret, worst) = parts
    mine, other = v.numerator, v.denominator - v.numerator
    return utility * (mine * worst) + regret * (other * most), most * worst * v.denominator


def vikor_total(scheme: Scheme, matrix: Sequence[Criterion], added: Ints) -> Ints:
    """100 × (1 − Q), plus what is added outside the weighting, rounded once (millionths)."""
    numerators, denominator = compromise(losses(matrix), Fraction(scheme.total_by.v))
    step = 10 ** (DECIMALS - scheme.decimals)
    exact = (denominator - numerators) * (100 * MICRO) + added.astype(object) * denominator
    whole = Fraction(denominator * step)
    totals = [Fraction(each) / whole for each in exact.tolist()]
    return np.array([divide(each.numerator, each.denominator) * step for each in totals], np.int64)


def _square(how: Normalisation, present: Ints, best: int, worst: int) -> int:
    """The square of what a criterion's points are divided by; 0 where there is no such figure."""
    match how:
        case "vector":
            column = room_for(present, magnitude(present) ** 2 * present.size)
            return int(np.dot(column, column))
        case "linear":
            return best**2
        case "minmax":
            return (best - worst) ** 2
        case "sum":
            return int(room_for(present, magnitude(present) * present.size).sum()) ** 2
        case "none":
            return 1


def _roots(squares: Wide) -> Wide:
    roots = np.empty(len(squares), object)
    roots[:] = [isqrt(each) for each in squares.tolist()]
    return roots


def _fractions(column: Wide, wholes: Sequence[int]) -> Wide:
    made = np.empty(len(column), object)
    made[:] = [Fraction(each, whole) for each, whole in zip(column.tolist(), wholes, strict=True)]
    return made
