"""How many seats each tier has in a group (forced distribution, 强制分布), or the arithmetic why it cannot be."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from kaohe.errors import KaoheError, Place, Problem, fail
from kaohe.exact import largest_remainder, to_micros
from kaohe.scheme.model import Level
from kaohe.text import Message, msg


def seats(
    levels: Sequence[Level], people: int, shares: Sequence[Decimal] | None = None, group: str | None = None
) -> list[int]:
    """How many of so many people each tier takes, by largest remainder, better tiers first among equal remainders.

    20/70/10 percent of 7 people are 1, 5 and 1. A tier that would fall short of its ``at_least`` or exceed its
    ``at_most`` has just that many, and the others share the rest in proportion, until nothing moves. ``shares``
    stand in for the levels' own. Raises KaoheError, with the arithmetic, where the limits cannot be met.
    """
    weights = [to_micros(share) for share in shares or [level.share or Decimal(0) for level in levels]]
    low = [level.at_least or 0 for level in levels]
    high = [people if level.at_most is None else level.at_most for level in levels]
    _refuse_impossible(levels, people, group)
    given: dict[int, int] = {}
    while True:
        free = [number for number in range(len(levels)) if number not in given]
        rest = people - sum(given.values())
        if rest and not any(weights[number] for number in free):
            raise _without_share(levels, people, rest, group)
        parts = dict(zip(free, largest_remainder([weights[number] for number in free], rest), strict=True))
        short = {number: low[number] for number in free if parts[number] < low[number]}
        over = {number: high[number] for number in free if parts[number] > high[number]}
        if not short and not over:
            given |= parts
            return [given[number] for number in range(len(levels))]
        # Only one side is settled at a time: settling it moves the rest, and the other side may come free.
        excess = sum(least - parts[number] for number, least in short.items())
        excess -= sum(parts[number] - most for number, most in over.items())
        given |= short if excess >= 0 else {}
        given |= over if excess <= 0 else {}


def _refuse_impossible(levels: Sequence[Level], people: int, group: str | None) -> None:
    least = [(level.id, level.at_least) for level in levels if level.at_least]
    most = [(level.id, level.at_most) for level in levels if level.at_most is not None]
    if sum(count for _, count in least) > people:
        words = {"sum": sum(count for _, count in least), "people": people, "terms": _terms(least)}
        raise _impossible(
            msg("at least {terms} = {sum} seats, for {people} people", **words),
            msg("lower at_least, or raise tiers.min_group so that smaller groups have no quota"),
            group,
        )
    if len(most) == len(levels) and sum(count for _, count in most) < people:
        words = {"sum": sum(count for _, count in most), "people": people, "terms": _terms(most)}
        raise _impossible(
            msg("at most {terms} = {sum} seats, for {people} people", **words),
            msg("leave out at_most in one tier, so that it takes everybody else"),
            group,
        )


def _terms(counts: Sequence[tuple[str, int]]) -> str:
    return " + ".join(f"{name} {count}" for name, count in counts)


def _without_share(levels: Sequence[Level], people: int, rest: int, group: str | None) -> KaoheError:
    most = [(level.id, level.at_most) for level in levels if level.at_most is not None]
    words = {"terms": _terms(most), "people": people, "rest": rest}
    return _impossible(
        msg("at most {terms}; of {people} people {rest} are left, and no other tier has a share of them", **words),
        msg("raise at_most, or give a tier without at_most a share above 0"),
        group,
    )


def _impossible(arithmetic: Message, fix: Message, group: str | None) -> KaoheError:
    what = msg("the quotas of the tiers cannot be met")
    return fail(Problem("appraise.quota-impossible", what, Place(key=group), found=arithmetic, fix=fix))
