"""What another scheme would change, in sentences and as data; who is moved is told by ``report.comparison``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kaohe.exact import format_fen, format_micros, from_micros, plain_fen
from kaohe.run.model import Run
from kaohe.run.what_if.differences import Differences, Money, Pair
from kaohe.text import Message, msg


def difference_lines(found: Differences, after: Run) -> Iterator[Message]:
    """How many are moved, in totals, ranks and tiers, and what becomes of the money."""
    of_teams, decimals = after.scheme.subject == "team", after.scheme.decimals
    yield (
        msg("teams appraised: {before} → {after}; graded: {graded} → {graded_now}", **_counts(found))
        if of_teams
        else msg("people appraised: {before} → {after}; graded: {graded} → {graded_now}", **_counts(found))
    )
    if not found.moved:
        yield msg("nobody is moved")
        return
    yield msg("moved in total, rank, tier or bonus: {count}", count=len(found.moved))
    mean = {
        name: "–" if side is None else format_micros(side, decimals)
        for name, side in (("before", found.mean.before), ("after", found.mean.after))
    }
    yield msg(
        "totals: {up} rise, {down} fall; mean {before} → {after}", up=found.totals.up, down=found.totals.down, **mean
    )
    yield msg("ranks: {up} move up, {down} move down", up=found.ranks.up, down=found.ranks.down)
    yield from _tier_lines(found)
    if found.money is not None:
        yield from _money_lines(found.money, after.scheme.currency)


def _counts(found: Differences) -> dict[str, Any]:
    return {
        "before": found.people.before,
        "after": found.people.after,
        "graded": found.graded.before,
        "graded_now": found.graded.after,
    }


def _tier_lines(found: Differences) -> Iterator[Message]:
    for each in found.levels:
        yield msg("tier {tier}: {before} → {after}", tier=each.tier, before=each.count.before, after=each.count.after)
    if found.tiers is not None and found.tier_moves:
        yield msg("tiers: {up} gain a higher one, {down} lose theirs", up=found.tiers.up, down=found.tiers.down)
    for move in found.tier_moves:
        words = {"before": move.before or "–", "after": move.after or "–"}
        yield msg("from tier {before} to {after}: {count}", count=move.count, **words)


def _money_lines(money: Money, currency: str) -> Iterator[Message]:
    yield msg(
        "bonuses in all: {before} → {after} {currency} ({difference})",
        before=format_fen(money.given.before or 0),
        after=format_fen(money.given.after or 0),
        currency=currency,
        difference=_signed(money.given.difference or 0),
    )
    yield msg("{count} get more, {amount} in all", count=money.more[0], amount=format_fen(money.more[1]))
    yield msg("{count} get less, {amount} in all", count=money.less[0], amount=format_fen(money.less[1]))


def _signed(fen: int) -> str:
    """With its sign, written as in the table of people."""
    return f"+{format_fen(fen)}" if fen >= 0 else format_fen(fen)


def difference_data(found: Differences) -> dict[str, Any]:
    """The same as JSON data; points and money as text, exactly."""
    return {
        "people": _pair(found.people),
        "graded": _pair(found.graded),
        "moved": len(found.moved),
        "mean_total": {"before": _points(found.mean.before), "after": _points(found.mean.after)},
        "totals": {"rise": found.totals.up, "fall": found.totals.down},
        "ranks": {"up": found.ranks.up, "down": found.ranks.down},
        "tiers": {
            "gain": None if found.tiers is None else found.tiers.up,
            "lose": None if found.tiers is None else found.tiers.down,
            "levels": [{"tier": each.tier, **_pair(each.count)} for each in found.levels],
            "moves": [{"before": each.before, "after": each.after, "count": each.count} for each in found.tier_moves],
        },
        "bonus": None if found.money is None else _money(found.money),
    }


def _pair(pair: Pair) -> dict[str, int | None]:
    return {"before": pair.before, "after": pair.after}


def _points(micros: int | None) -> str | None:
    return None if micros is None else str(from_micros(micros))


def _money(money: Money) -> dict[str, Any]:
    given = money.given
    return {
        "before": plain_fen(given.before or 0),
        "after": plain_fen(given.after or 0),
        "difference": plain_fen(given.difference or 0),
        "more": {"count": money.more[0], "amount": plain_fen(money.more[1])},
        "less": {"count": money.less[0], "amount": plain_fen(money.less[1])},
    }
