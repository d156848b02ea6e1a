"""Whole parts of a total by divisor methods (除数法), and by largest remainder with Droop's quota.

A scheme's tiers and pools go by largest remainder (``apportion``); these are the other published ways.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Literal

from kaohe.appraise.apportion import Apportionment
from kaohe.precise import Number, exact_row

DivisorMethod = Literal["adams", "dean", "hill", "webster", "jefferson"]
"""The divisor after s parts: s (``adams``), the harmonic mean of s and s + 1 (``dean``), their geometric mean
(``hill``, Huntington–Hill), their mean (``webster``, Sainte-Laguë), or s + 1 (``jefferson``, D'Hondt)."""

Claim = tuple[bool, Fraction]

# Squares, so that the geometric mean stays rational.
_SQUARED: Mapping[DivisorMethod, Callable[[int], Fraction]] = {
    "adams": lambda s: Fraction(s * s),
    "dean": lambda s: Fraction(2 * s * (s + 1), 2 * s + 1) ** 2,
    "hill": lambda s: Fraction(s * (s + 1)),
    "webster": lambda s: Fraction(2 * s + 1, 2) ** 2,
    "jefferson": lambda s: Fraction((s + 1) ** 2),
}


def by_divisors(weights: Sequence[Number], total: int, method: DivisorMethod, minimum: int = 0) -> Apportionment:
    """Parts given one by one to the largest weight / divisor, the earlier position first (Balinski & Young 1982).

    ``minimum``: what everybody has to begin with. Where a divisor is 0 the first part comes before all others. A
    weight of 0 gets no more than the minimum. ValueError where the minimums are more than the total, or nobody has
    weight.
    """
    exact = exact_row(weights)
    parts = [minimum] * len(exact)
    if sum(parts) > total or not sum(exact) or min(exact) < 0:
        raise ValueError("the minimums exceed the total, or there is no weight to go by")
    most: Claim | None = None
    tie = False
    for _ in range(total - sum(parts)):
        claims = [_claim(weight, part, method) for weight, part in zip(exact, parts, strict=True)]
        most = max(claims)
        tie = claims.count(most) > 1
        parts[claims.index(most)] += 1
    # Equal claims are a tie only where the total ends between them: the last part decides.
    left = [_claim(weight, part, method) for weight, part in zip(exact, parts, strict=True)]
    tie = tie and max(left) == most
    return Apportionment(tuple(parts), tuple(weight * total / sum(exact) for weight in exact), tie)


def by_droop_quota(votes: Sequence[int], seats: int) -> Apportionment:
    """Largest remainders of votes over Droop's quota ⌊votes / (seats + 1)⌋ + 1; ``quotas`` are those quotients.

    The earlier position first among equal remainders. ValueError where there are no votes.
    """
    if min(votes, default=0) < 0 or not sum(votes):
        raise ValueError("there are no votes to go by")
    quota = sum(votes) // (seats + 1) + 1
    parts = [each // quota for each in votes]
    order = sorted(range(len(votes)), key=lambda place: -(votes[place] % quota))
    left = seats - sum(parts)
    for place in order[:left]:
        parts[place] += 1
    tie = 0 < left < len(order) and votes[order[left - 1]] % quota == votes[order[left]] % quota
    return Apportionment(tuple(parts), tuple(Fraction(each, quota) for each in votes), tie)


def _claim(weight: Fraction, part: int, method: DivisorMethod) -> Claim:
    """Larger for whoever comes first; one who has nothing yet and a divisor of 0 comes before all others."""
    divisor = _SQUARED[method](part)
    if not divisor:
        return bool(weight), weight
    return False, weight * weight / divisor
