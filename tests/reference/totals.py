"""Weights out of data and totals by TOPSIS and VIKOR once more: row by row, with fractions and sixty digits."""

from __future__ import annotations

from decimal import Context, Decimal, localcontext
from fractions import Fraction

from tests.reference.appraisal import rounded

SIXTY = Context(prec=60)
Points = dict[str, Fraction]


def decimal(number: Fraction) -> Decimal:
    return Decimal(number.numerator) / Decimal(number.denominator)


def entropy_weights(keys: list[str], people: list[Points]) -> dict[str, Fraction]:
    """In percent, six decimals, the largest remainders rounded up until they sum to 100."""
    whole = [person for person in people if set(person) >= set(keys)]
    with localcontext(SIXTY):
        spread = {key: _divergence([max(person[key], Fraction(0)) for person in whole]) for key in keys}
        if not sum(spread.values()):
            spread = dict.fromkeys(keys, Decimal(1))
        exact = {key: Fraction(spread[key] / sum(spread.values())) * 100 * 10**6 for key in keys}
    units = {key: int(part) for key, part in exact.items()}
    left = 100 * 10**6 - sum(units.values())
    for key in sorted(keys, key=lambda key: exact[key] - units[key], reverse=True)[:left]:
        units[key] += 1
    return {key: Fraction(unit, 10**6) for key, unit in units.items()}


def _divergence(column: list[Fraction]) -> Decimal:
    if len(set(column)) < 2:
        return Decimal(0)
    shares = [decimal(points / sum(column)) for points in column if points]
    return 1 + sum(share * share.ln() for share in shares) / Decimal(len(column)).ln()


def topsis(weights: dict[str, Fraction], people: list[Points], normalisation: str = "vector") -> list[Fraction]:
    """100 × closeness, rounded at fourteen decimals; whatever a person has no points for adds nothing."""
    columns = {key: [person[key] for person in people if key in person] for key in weights}
    square = {key: _square(column, normalisation) for key, column in columns.items() if column}
    totals = []
    with localcontext(SIXTY):
        for person in people:
            terms = [key for key in person if square[key]]
            far, near = (
                decimal(
                    sum(
                        ((weights[key] * (person[key] - end(columns[key]))) ** 2 / square[key] for key in terms),
                        Fraction(0),
                    )
                ).sqrt()
                for end in (max, min)
            )
            closeness = near / (far + near) if far + near else Decimal("0.5")
            totals.append(100 * rounded(Fraction(closeness), 16))
    return totals


def _square(column: list[Fraction], how: str) -> Fraction:
    return {
        "vector": sum((points**2 for points in column), Fraction(0)),
        "linear": max(column) ** 2,
        "minmax": (max(column) - min(column)) ** 2,
        "sum": sum(column, Fraction(0)) ** 2,
        "none": Fraction(1, 10**12),
    }[how]


def vikor(weights: dict[str, Fraction], people: list[Points], v: Fraction) -> list[Fraction]:
    """100 × (1 − Q); a person's weights are shares of those that they have points for."""
    columns = {key: [person[key] for person in people if key in person] for key in weights}
    utility, regret = [], []
    for person in people:
        whole = sum((weights[key] for key in person), Fraction(0))
        losses = [Fraction(0)]
        for key, points in person.items():
            best, worst = max(columns[key]), min(columns[key])
            if best > worst:
                losses.append(weights[key] / whole * (best - points) / (best - worst))
        utility.append(sum(losses))
        regret.append(max(losses))
    stretched = []
    for figures in (utility, regret):
        span = max(figures) - min(figures)
        stretched.append([(figure - min(figures)) / span if span else Fraction(0) for figure in figures])
    return [100 * (1 - v * s - (1 - v) * r) for s, r in zip(*stretched, strict=True)]
