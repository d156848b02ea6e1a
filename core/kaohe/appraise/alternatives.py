"""Totals by other methods than weighted points: weighted sum, TOPSIS and VIKOR over a matrix of people × criteria.

Everything but TOPSIS's distances is rational and computed in fractions; those need one square root each, at fifty
digits. Figures are rounded half up once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Literal

from kaohe.precise import DECIMALS, FIFTY_DIGITS, Column, Matrix, all_rounded, digits, root, transposed

Direction = Literal["max", "min"]
"""Whether more (``max``) or less (``min``) of a criterion is better."""

Normalisation = Literal["none", "linear", "minmax", "sum", "vector", "max_complement", "vector_complement"]


@dataclass(frozen=True)
class Closeness:
    """TOPSIS's figures per alternative: distances to the best and to the worst there is, and the closeness 0 to 1."""

    to_best: tuple[Decimal, ...]
    to_worst: tuple[Decimal, ...]
    closeness: tuple[Decimal, ...]


@dataclass(frozen=True)
class Compromise:
    """VIKOR's figures per alternative, smaller is better, and the rows of the compromise, best first."""

    S: tuple[Decimal, ...]
    R: tuple[Decimal, ...]
    Q: tuple[Decimal, ...]
    advantage: bool
    stable: bool
    rows: tuple[int, ...]


def normalised(matrix: Matrix, directions: Sequence[Direction], how: Normalisation) -> Matrix:
    """The matrix with every criterion made comparable; but for ``none`` and ``vector`` more is then better everywhere.

    ``linear``: x / max, or min / x where less is better. ``minmax``: (x − min) / (max − min), or (max − x) /
    (max − min); 0 where all are equal. ``sum``: x / Σx, or (1/x) / Σ(1/x). ``vector``: x / √Σx² at fifty digits,
    whichever is better. ``max_complement`` and ``vector_complement``: x / max or x / √Σx², and 1 − that where less is
    better. Raises ZeroDivisionError where a criterion has no such figure.
    """
    columns = zip(transposed(matrix), directions, strict=True)
    return transposed([_normalised(column, direction, how) for column, direction in columns])


def weighted_sum(matrix: Matrix, weights: Sequence[Fraction], decimals: int = DECIMALS) -> tuple[Decimal, ...]:
    """Σ weight × figure per row (Fishburn 1967); over a ``linear`` matrix this is SAW."""
    return all_rounded((_dot(row, weights) for row in matrix), decimals)


def weighted_product(matrix: Matrix, weights: Sequence[Fraction], decimals: int = DECIMALS) -> tuple[Decimal, ...]:
    """Π figure^weight per row, at fifty digits (Bridgman 1922); a criterion to be kept low has a negative weight.

    ValueError unless all figures are above zero.
    """
    if any(figure <= 0 for row in matrix for figure in row):
        raise ValueError("a weighted product is of figures above zero")
    with localcontext(FIFTY_DIGITS):
        logs = [
            sum((digits(w) * digits(x).ln() for x, w in zip(row, weights, strict=True)), Decimal(0)) for row in matrix
        ]
        return all_rounded((each.exp() for each in logs), decimals)


def topsis(
    matrix: Matrix,
    weights: Sequence[Fraction],
    directions: Sequence[Direction],
    normalisation: Normalisation = "vector",
    decimals: int = DECIMALS,
) -> Closeness:
    """Closeness to the ideal, 0 to 1: d⁻ / (d⁺ + d⁻) with Euclidean distances to best and worst (Hwang & Yoon 1981).

    ``vector`` divides each criterion by √Σx². Where all alternatives are equal, each has 0.5.
    """
    if normalisation == "vector":
        norms = [sum((value**2 for value in column), Fraction(0)) for column in transposed(matrix)]
    else:
        norms = [Fraction(1)] * len(weights)
        if normalisation != "none":
            matrix = normalised(matrix, directions, normalisation)
            directions = ["max"] * len(weights)
    ends = _ends(matrix, directions)
    # A distance squared is rational even where the normalised figures are not: w²·(x − x*)² / Σx².
    factors = [weight**2 / norm if norm else Fraction(0) for weight, norm in zip(weights, norms, strict=True)]
    to_best, to_worst = (
        [root(_dot(factors, [(x - end) ** 2 for x, end in zip(row, of, strict=True)])) for row in matrix] for of in ends
    )
    with localcontext(FIFTY_DIGITS):
        pairs = zip(to_best, to_worst, strict=True)
        closeness = [near / (far + near) if far + near else Decimal("0.5") for far, near in pairs]
    return Closeness(*(all_rounded(figures, decimals) for figures in (to_best, to_worst, closeness)))


def vikor(
    matrix: Matrix,
    weights: Sequence[Fraction],
    directions: Sequence[Direction],
    v: Fraction = Fraction(1, 2),
    decimals: int = DECIMALS,
) -> Compromise:
    """S (group utility), R (largest regret), Q = v·S' + (1 − v)·R', and the compromise set (Opricovic & Tzeng 2004).

    A criterion in which all are equal adds nothing; so does an S or R that is equal for all. The best by Q stands
    alone where it leads by at least 1/(m − 1) (``advantage``) and is also best by S or R (``stable``). Without
    stability the second joins it, without the advantage all whose Q is less than 1/(m − 1) behind.
    """
    best, worst = _ends(matrix, directions)
    spans = [top - bottom for top, bottom in zip(best, worst, strict=True)]
    losses = [
        [
            weight * (top - x) / span if span else Fraction(0)
            for x, weight, top, span in zip(row, weights, best, spans, strict=True)
        ]
        for row in matrix
    ]
    utility, regret = [sum(row, Fraction(0)) for row in losses], [max(row) for row in losses]
    scores = [v * s + (1 - v) * r for s, r in zip(_stretched(utility), _stretched(regret), strict=True)]
    order = sorted(range(len(scores)), key=lambda row: (scores[row], utility[row], regret[row], row))
    behind = [scores[row] - scores[order[0]] for row in order]
    needed = Fraction(1, len(order) - 1) if len(order) > 1 else Fraction(0)
    advantage = len(order) == 1 or behind[1] >= needed
    stable = utility[order[0]] == min(utility) or regret[order[0]] == min(regret)
    close = sum(distance < needed for distance in behind) if not advantage else 1 if stable else 2
    return Compromise(
        S=all_rounded(utility, decimals),
        R=all_rounded(regret, decimals),
        Q=all_rounded(scores, decimals),
        advantage=advantage,
        stable=stable,
        rows=tuple(order[:close]),
    )


def _normalised(column: Column, direction: Direction, how: Normalisation) -> Column:
    most, least = max(column), min(column)
    match how:
        case "none":
            return column
        case "linear":
            return tuple(x / most if direction == "max" else least / x for x in column)
        case "minmax":
            span = most - least
            return tuple(((x - least) if direction == "max" else (most - x)) / span if span else span for x in column)
        case "sum":
            parts = column if direction == "max" else tuple(1 / x for x in column)
            return tuple(part / sum(parts) for part in parts)
        case "max_complement":
            return tuple(x / most if direction == "max" else 1 - x / most for x in column)
        case "vector" | "vector_complement":
            length = Fraction(root(_dot(column, column)))
            parts = tuple(x / length for x in column)
            return tuple(1 - x for x in parts) if how == "vector_complement" and direction == "min" else parts


def _ends(matrix: Matrix, directions: Sequence[Direction]) -> tuple[Column, Column]:
    """The best and the worst figure of each criterion."""
    pairs = [
        (max(column), min(column)) if direction == "max" else (min(column), max(column))
        for column, direction in zip(transposed(matrix), directions, strict=True)
    ]
    best, worst = zip(*pairs, strict=True)
    return best, worst


def _stretched(figures: Sequence[Fraction]) -> Column:
    """From 0 for the least to 1 for the most; 0 for all where they are equal."""
    least, span = min(figures), max(figures) - min(figures)
    return tuple((figure - least) / span if span else span for figure in figures)


def _dot(left: Iterable[Fraction], right: Iterable[Fraction]) -> Fraction:
    return sum((one * other for one, other in zip(left, right, strict=True)), Fraction(0))
