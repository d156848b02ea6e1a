"""Appraisal by hand, in plain Python with exact fractions: what the scenarios compare kaohe's figures with.

Nothing here imports kaohe. Values and points are rounded half up at six decimals, totals at the scheme's decimals,
money at the fen, as docs/scheme.md says.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

Number = int | Fraction


def exact(written: str | None) -> Fraction | None:
    """A number as JSON carries it."""
    return None if written is None else Fraction(written)


def half_up(number: Number, decimals: int = 6) -> Fraction:
    """Rounded half away from zero."""
    scaled = abs(Fraction(number)) * 10**decimals
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Fraction(whole if number >= 0 else -whole, 10**decimals)


def share(hits: int, of: int) -> Fraction | None:
    """A rate; no data of nothing."""
    return half_up(Fraction(hits, of)) if of else None


def mean(numbers: Sequence[Number]) -> Fraction | None:
    return half_up(Fraction(sum(numbers)) / len(numbers)) if numbers else None


def percentile(numbers: Sequence[Number], part: Fraction) -> Fraction | None:
    """Type 7: linear between the two neighbours, as Excel's PERCENTILE.INC."""
    if not numbers:
        return None
    ordered = sorted(numbers)
    place = (len(ordered) - 1) * part
    below = place.numerator // place.denominator
    above = min(below + 1, len(ordered) - 1)
    return half_up(ordered[below] + (ordered[above] - ordered[below]) * (place - below))


def on_lines(value: Fraction, at: Sequence[tuple[str, str]]) -> Fraction:
    """Points on the straight line between neighbouring (value, points); the ends hold."""
    steps = [(Fraction(x), Fraction(y)) for x, y in at]
    if value <= steps[0][0]:
        return steps[0][1]
    for (left, low), (right, high) in pairwise(steps):
        if value <= right:
            return half_up(low + (high - low) * (value - left) / (right - left))
    return steps[-1][1]


def weighted(parts: Sequence[tuple[int, Fraction | None]]) -> Fraction | None:
    """The mean by weight of what has points, over the weight present."""
    there = [(weight, points) for weight, points in parts if points is not None]
    return sum(weight * points for weight, points in there) / sum(w for w, _ in there) if there else None


def seats(shares: Sequence[str], people: int) -> list[int]:
    """Seats per tier by largest remainder (Hamilton), the better tier first among equal remainders."""
    quotas = [Fraction(share) * people for share in shares]
    given = [quota.numerator // quota.denominator for quota in quotas]
    by_remainder = sorted(range(len(shares)), key=lambda tier: (given[tier] - quotas[tier], tier))
    for tier in by_remainder[: people - sum(given)]:
        given[tier] += 1
    return given


def ranks(keys: Mapping[str, tuple[Number, ...]]) -> dict[str, int]:
    """Competition ranks (1224): one more than the number of people who are better."""
    return {code: 1 + sum(other > key for other in keys.values()) for code, key in keys.items()}


def tiers_by_seat(
    keys: Mapping[str, tuple[Number, ...]], shares: Mapping[str, str], ties: str = "break"
) -> dict[str, str]:
    """The tier of each person, best first. Equals at a cut: all get the better tier (``promote``), all the worse one
    (``demote``), or they are separated by their code (``break``)."""
    order = sorted(keys, key=lambda code: (tuple(-part for part in keys[code]), code))
    row = [
        tier for tier, count in zip(shares, seats([*shares.values()], len(order)), strict=True) for _ in range(count)
    ]
    given = dict(zip(order, row, strict=True))
    if ties == "break":
        return given
    chosen = min if ties == "promote" else max
    best_first = [*shares]
    equals = {code: [given[other] for other in order if keys[other] == keys[code]] for code in order}
    return {code: chosen(tiers, key=best_first.index) for code, tiers in equals.items()}


def grouped(members: Mapping[str, Hashable]) -> dict[Hashable, list[str]]:
    """Group → the codes in it."""
    groups: dict[Hashable, list[str]] = {}
    for code, group in sorted(members.items()):
        groups.setdefault(group, []).append(code)
    return groups


def split(pool: int, claims: Mapping[str, Fraction], cap: int | None = None) -> dict[str, int]:
    """A pool in fen by claims, to the fen by largest remainder, ties by code; who would pass the cap is held at it.

    Those held leave the division with their cap until nobody passes it any more.
    """
    held: dict[str, int] = {}
    while True:
        free = {code: claim for code, claim in claims.items() if code not in held}
        rest, whole = pool - sum(held.values()), sum(free.values())
        over = [code for code, claim in free.items() if cap is not None and claim * rest > cap * whole]
        if not over:
            break
        held |= dict.fromkeys(over, cap or 0)
    parts = {code: claim * rest / whole for code, claim in free.items()}
    given = {code: part.numerator // part.denominator for code, part in parts.items()}
    for code in sorted(parts, key=lambda code: (given[code] - parts[code], code))[: rest - sum(given.values())]:
        given[code] += 1
    return held | given


def fen(yuan: str | None) -> int | None:
    """An amount in yuan with two decimals, as fen."""
    return None if yuan is None else int(Decimal(yuan).scaleb(2))
