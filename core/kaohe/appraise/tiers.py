"""Tiers by score or by quota (forced distribution), and the rules that move people between them.

Order: seats by quota, ties at a cut, floors (``min_score``), rules on tiers as written, a veto last. A tier is a
position in the scheme's levels, best first; −1 stands for none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from kaohe.appraise.columns import magnitude, narrow, room_for, round_half_up
from kaohe.appraise.model import Decision, Note
from kaohe.appraise.quota import by_seats, cut_notes, settle_ties
from kaohe.appraise.ranking import Contest
from kaohe.appraise.rules import Ruled
from kaohe.appraise.standing import Groups, Standing
from kaohe.exact import MICRO, Flags, Ints, shorten, to_micros
from kaohe.scheme.model import Ranking, Tiers
from kaohe.text import Message, Text, msg

NONE = -1


@dataclass(frozen=True)
class Placed:
    """The tier of each person, and the decisions behind it."""

    level: Ints
    notes: tuple[Note, ...]


def by_score(tiers: Tiers, total: Ints, best: Ints | int = 0) -> Ints:
    """The best tier, no better than ``best``, whose ``min_score`` a total reaches; the last where it reaches none."""
    level = np.full(total.shape, len(tiers.levels) - 1)
    for number, one in reversed(list(enumerate(tiers.levels))):
        if one.min_score is None:
            reached = np.ones(total.shape, np.bool_)
        elif tiers.boundary == "upper":
            reached = total >= to_micros(one.min_score)
        else:
            reached = total > to_micros(one.min_score)
        level = np.where(reached & (number >= best), number, level)
    return level


def place(
    tiers: Tiers, ranking: Ranking, ruled: Ruled, divided: Groups, contests: Sequence[Contest], names: Sequence[Text]
) -> Placed:
    """Everybody's tier. The contests are sorted by the tiers' own tie-breakers too where ties are broken; ``names``
    are those of the ranking's tie-breakers and then of these."""
    graded = ruled.graded
    level = np.where(graded, by_score(tiers, ruled.total), NONE)
    notes: list[Note] = []
    if tiers.kind == "quota":
        tie = len(ranking.tie_breakers)
        for contest in contests:
            standing = contest.standing
            takes = contest.takes[standing.rows]
            large = takes & (standing.size >= tiers.min_group)
            seat = by_seats(tiers.levels, standing)
            rows = standing.rows[large]
            given = settle_ties(tiers, standing, seat, tie)[large]
            level[rows] = by_score(tiers, ruled.total[rows], given)
            notes += cut_notes(tiers, standing, seat, large, tie, names)
            notes += _floor_notes(tiers, rows, given, level[rows])
            notes += _no_quota_notes(tiers, standing, takes & ~large)
        what = msg("unranked: no quota, tier by score")
        notes += [(int(row), Decision("quota", "", what)) for row in np.flatnonzero(divided.unranked)]
    notes += _apply_rules(tiers, ruled, level)
    level[ruled.vetoed] = len(tiers.levels) - 1
    return Placed(level, tuple(notes))


def coefficients(tiers: Tiers | None, level: Ints, factor: Ints, graded: Flags) -> Ints:
    """The bonus coefficient in millionths: the tier's (1 without tiers) times the factor of the rules, rounded."""
    if tiers is None:
        return np.where(graded, factor, 0)
    of_level = np.array([*(to_micros(one.coefficient) for one in tiers.levels), 0])
    bound = 2 * magnitude(of_level) * magnitude(factor) + 2 * MICRO
    return narrow(round_half_up(room_for(of_level, bound)[level] * factor, MICRO))


def _apply_rules(tiers: Tiers, ruled: Ruled, level: Ints) -> Iterator[Note]:
    """Move people within ``level``, rule by rule."""
    numbers = {one.id: number for number, one in enumerate(tiers.levels)}
    for rule, meant in ruled.tier_rules:
        rows = meant[ruled.graded[meant] & ~ruled.vetoed[meant]]
        limit = numbers[rule.tier or ""]
        before = level[rows]
        level[rows] = np.maximum(before, limit) if rule.action == "tier_at_most" else np.minimum(before, limit)
        for row, old, new in zip(rows.tolist(), before.tolist(), level[rows].tolist(), strict=True):
            words = {"reason": rule.reason, "limit": rule.tier, "tier": tiers.levels[old].id}
            what: Message
            if rule.action == "tier_at_most":
                what = msg("{reason}: tier at most {limit}, was {tier}", **words)
            else:
                what = msg("{reason}: tier at least {limit}, was {tier}", **words)
            if old == new:
                what = msg("{reason}: tier {tier} stays", **words)
            yield row, Decision("rule", rule.id, what)


def _floor_notes(tiers: Tiers, rows: Ints, given: Ints, final: Ints) -> Iterator[Note]:
    for at in np.flatnonzero(given != final):
        missed, reached = tiers.levels[given[at]], tiers.levels[final[at]]
        what = msg(
            "a seat in {missed} by rank, but its least score {least} is missed: {reached}",
            missed=missed.id,
            least=shorten(missed.min_score or Decimal(0)),
            reached=reached.id,
        )
        yield int(rows[at]), Decision("floor", missed.id, what)


def _no_quota_notes(tiers: Tiers, standing: Standing, takes: Flags) -> Iterator[Note]:
    for at in np.flatnonzero(takes):
        what = msg(
            "{count} graded in the group, {needed} needed for quotas: tier by score",
            count=int(standing.size[at]),
            needed=tiers.min_group,
        )
        yield int(standing.rows[at]), Decision("quota", "", what)
