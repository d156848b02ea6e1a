"""A pool of money split in proportion to claims, to the last fen.

One common ratio scales the claims to the pool; floors and caps are re-applied until nothing moves; what rounding
leaves over goes by largest remainder, the earlier row first among equal ones. The parts sum to the pool exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from kaohe.appraise.columns import Wide, magnitude, narrow, room_for
from kaohe.errors import Problem, fail
from kaohe.exact import Flags, Ints, format_fen
from kaohe.text import Message, msg


@dataclass(frozen=True)
class Split:
    """Everybody's part in fen, and who was raised to the floor or held at the cap.

    ``ratio`` is the common one of all others: fen of the pool for one of a claim, before rounding; None where there
    are no others.
    """

    parts: Ints
    raised: Flags
    held: Flags
    ratio: Fraction | None


def split(claims: Wide, pool: int, floor: int | None = None, cap: int | None = None) -> Split:
    """The pool in fen over one or more claims, all above zero, with each part between floor and cap.

    A negative pool mirrors a positive one.

    Raises KaoheError where floors need more, or caps allow less, than the pool holds.
    """
    _refuse_impossible(len(claims), pool, floor, cap)
    if pool < 0:
        mirrored = _split(claims, -pool, None if cap is None else -cap, None if floor is None else -floor)
        ratio = None if mirrored.ratio is None else -mirrored.ratio
        return Split(-mirrored.parts, mirrored.held, mirrored.raised, ratio)
    return _split(claims, pool, floor, cap)


def _split(claims: Wide, pool: int, floor: int | None, cap: int | None) -> Split:
    shared = int(np.gcd.reduce(claims))
    claims = claims // shared
    claims = room_for(claims, magnitude(claims) * len(claims))
    raised, held = np.zeros(len(claims), np.bool_), np.zeros(len(claims), np.bool_)
    rest = pool
    while (free := ~(raised | held)).any():
        whole = int(claims[free].sum())
        low = free & _less(claims, floor, rest, whole)
        high = free & _more(claims, cap, rest, whole)
        # How much more (or less) than the rest the free parts would take, if all of them were held to their limits.
        excess = (
            int(low.sum()) * (floor or 0) * whole
            - rest * int(claims[low].sum())
            - rest * int(claims[high].sum())
            + int(high.sum()) * (cap or 0) * whole
        )
        # Only one side is settled at a time: settling it moves the ratio, and the other side may come free.
        low, high = (low if excess >= 0 else low & False), (high if excess <= 0 else high & False)
        if not (low | high).any():
            break
        raised, held = raised | low, held | high
        rest = pool - int(raised.sum()) * (floor or 0) - int(held.sum()) * (cap or 0)
    parts = np.zeros(len(claims), np.int64)
    parts[raised], parts[held] = floor or 0, cap or 0
    parts[free] = _by_largest_remainder(claims[free], rest)
    ratio = Fraction(rest, int(claims[free].sum()) * shared) if free.any() else None
    return Split(parts, raised, held, ratio)


def _less(claims: Wide, floor: int | None, rest: int, whole: int) -> Flags:
    """Where claim · rest / whole < floor."""
    if floor is None:
        return np.zeros(len(claims), np.bool_)
    if rest == 0:
        return np.full(len(claims), floor > 0)
    return np.asarray(claims < -(-floor * whole // rest), np.bool_)


def _more(claims: Wide, cap: int | None, rest: int, whole: int) -> Flags:
    """Where claim · rest / whole > cap."""
    if cap is None:
        return np.zeros(len(claims), np.bool_)
    if rest == 0:
        return np.full(len(claims), cap < 0)
    return np.asarray(claims > cap * whole // rest, np.bool_)


def _by_largest_remainder(claims: Wide, pool: int) -> Ints:
    if not claims.size:
        return np.zeros(0, np.int64)
    whole = int(claims.sum())
    product = room_for(claims, magnitude(claims) * pool) * pool
    parts = product // whole
    remainders = product - parts * whole
    left_over = pool - int(parts.sum())
    if left_over:
        least = np.partition(remainders, -left_over)[-left_over]
        above = remainders > least
        parts[above] += 1
        parts[np.flatnonzero(remainders == least)[: left_over - int(above.sum())]] += 1
    return narrow(parts)


def _refuse_impossible(people: int, pool: int, floor: int | None, cap: int | None) -> None:
    words = {"people": people, "pool": format_fen(pool)}
    if floor is not None and people * floor > pool:
        words |= {"limit": format_fen(floor), "sum": format_fen(people * floor)}
        raise fail(_impossible(msg("{people} × {limit} at least = {sum}, more than {pool}", **words)))
    if cap is not None and people * cap < pool:
        words |= {"limit": format_fen(cap), "sum": format_fen(people * cap)}
        raise fail(_impossible(msg("{people} × {limit} at most = {sum}, less than {pool}", **words)))


def _impossible(arithmetic: Message) -> Problem:
    return Problem(
        "appraise.pool-impossible",
        msg("the pool cannot be split within the limits of the bonus"),
        found=arithmetic,
        fix=msg("change the pool, or the floor or cap of the bonus"),
    )
