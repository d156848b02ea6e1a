"""Tiers by score or by quota (forced distribution), and the rules that move people between them.

Order: seats by quota and floors (``min_score``), whichever the scheme puts first, ties at a cut, rules on tiers as
written, a veto last. A tier is a position in the scheme's levels, best first; −1 stands for none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

import numpy as np

from kaohe.appraise.columns import magnitude, narrow, room_for, round_half_up
from kaohe.appraise.decisions import noted, told
from kaohe.appraise.facts import Facts, evaluate
from kaohe.appraise.grades import grades_of_groups, shares_of
from kaohe.appraise.model import Decision, Note
from kaohe.appraise.quota import seats
from kaohe.appraise.ranking import Contest
from kaohe.appraise.rules import Ruled
from kaohe.appraise.seating import Seating, by_floors, by_seats, cut_notes, heads
from kaohe.appraise.standing import Groups
from kaohe.exact import MICRO, Flags, Ints, shorten, to_micros
from kaohe.scheme.model import Rule, Scheme, Tiers
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


def place(scheme: Scheme, ruled: Ruled, divided: Groups, contests: Sequence[Contest], seen: Facts) -> Placed:
    """Everybody's tier. The contests are sorted by the ranking's tie-breakers and, where ties are broken, then by the
    tiers' own; ``seen`` holds the total. The scheme has tiers."""
    tiers = tiers_of(scheme)
    level = np.where(ruled.graded, by_score(tiers, ruled.total), NONE)
    notes: list[Note] = []
    if tiers.kind == "quota":
        names = _key_names(scheme)
        for contest in contests:
            seating = seat(scheme, contest, ruled, seen)
            standing = contest.standing
            takes = contest.takes[standing.rows]
            large = takes & seating.large
            rows = standing.rows[large]
            given = seating.given[large]
            level[rows] = by_score(tiers, ruled.total[rows], given)
            notes += _grade_notes(seating, large)
            notes += cut_notes(seating, large, names)
            notes += _floor_notes(tiers, rows, given, level[rows])
            notes += _uncounted_notes(seating, large)
            notes += _no_quota_notes(seating, takes & ~large)
        what = msg("unranked: no quota, tier by score")
        notes += told(np.flatnonzero(divided.unranked), Decision("quota", "", what))
    notes += _apply_rules(tiers, ruled, level)
    level[ruled.vetoed] = len(tiers.levels) - 1
    return Placed(level, tuple(notes))


def seat(scheme: Scheme, contest: Contest, ruled: Ruled, seen: Facts) -> Seating:
    """The seats over a contest: who is counted, each group's shares, and the cuts in the order the scheme states.

    Raises KaoheError where quotas cannot be met, and where a group does not agree in its grade.
    """
    tiers, standing = tiers_of(scheme), contest.standing
    rows = standing.rows
    counted = np.ones(len(rows), np.bool_)
    if tiers.not_counted is not None:
        counted = evaluate(tiers.not_counted, seen, rows).flags(lambda answer: answer is not True)
    head = heads(standing, counted)
    grades: Sequence[str | None] = (None,) * len(head.begins)
    if tiers.by_grade is not None and not contest.everybody:
        grades = grades_of_groups(tiers.by_grade, standing, head, ruled.total, seen, scheme.decimals, contest.names)
    count = len(tiers.levels)
    listed = [
        seats(tiers.levels, size, shares_of(tiers.by_grade, grade), group) if size >= tiers.min_group else [0] * count
        for size, grade, group in zip(head.size.tolist(), grades, contest.names, strict=True)
    ]
    table = np.array(listed, np.int64).reshape(len(listed), count)
    if tiers.order == "quota_first":
        cuts = by_seats(table)
    else:
        reaches = np.where(ruled.vetoed[rows], count - 1, by_score(tiers, ruled.total[rows]))
        cuts = by_floors(table, head, reaches)
    return Seating(tiers, standing, head, tuple(grades), table, cuts, len(scheme.ranking.tie_breakers))


def tiers_of(scheme: Scheme) -> Tiers:
    """The tiers of a scheme that has some."""
    if scheme.tiers is None:
        raise ValueError(scheme.id)
    return scheme.tiers


def keys_of(scheme: Scheme) -> tuple[str, ...]:
    """The indicators that tell equals apart: those of the ranking, then, where ties are broken, those of the tiers."""
    further = scheme.tiers.tie_breakers if scheme.tiers and scheme.tiers.ties == "break" else ()
    return (*scheme.ranking.tie_breakers, *further)


def coefficients(tiers: Tiers | None, level: Ints, factor: Ints, graded: Flags) -> Ints:
    """The bonus coefficient in millionths: the tier's (1 without tiers) times the factor of the rules, rounded."""
    if tiers is None:
        return np.where(graded, factor, 0)
    of_level = np.array([*(to_micros(one.coefficient) for one in tiers.levels), 0])
    bound = 2 * magnitude(of_level) * magnitude(factor) + 2 * MICRO
    return narrow(round_half_up(room_for(of_level, bound)[level] * factor, MICRO))


def _key_names(scheme: Scheme) -> tuple[Text, ...]:
    of = {used.key: used.indicator.name for used in scheme.indicators}
    return tuple(of[key] for key in keys_of(scheme))


def _apply_rules(tiers: Tiers, ruled: Ruled, level: Ints) -> Iterator[Note]:
    """Move people within ``level``, rule by rule."""
    numbers = {one.id: number for number, one in enumerate(tiers.levels)}
    for rule, meant in ruled.tier_rules:
        rows = meant[ruled.graded[meant] & ~ruled.vetoed[meant]]
        limit = numbers[rule.tier or ""]
        before = level[rows]
        level[rows] = np.maximum(before, limit) if rule.action == "tier_at_most" else np.minimum(before, limit)
        yield from noted(rows, (before, level[rows]), partial(_moved, tiers, rule, before, level[rows]))


def _moved(tiers: Tiers, rule: Rule, before: Ints, after: Ints, at: int) -> Decision:
    """What is said where a rule on tiers applies."""
    words = {"reason": rule.reason, "limit": rule.tier, "tier": tiers.levels[before[at]].id}
    what: Message
    if before[at] == after[at]:
        what = msg("{reason}: tier {tier} stays", **words)
    elif rule.action == "tier_at_most":
        what = msg("{reason}: tier at most {limit}, was {tier}", **words)
    else:
        what = msg("{reason}: tier at least {limit}, was {tier}", **words)
    return Decision("rule", rule.id, what)


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


def _no_quota_notes(seating: Seating, takes: Flags) -> Iterator[Note]:
    for at in np.flatnonzero(takes):
        what = msg(
            "{count} graded in the group, {needed} needed for quotas: tier by score",
            count=int(seating.heads.size[seating.heads.which[at]]),
            needed=seating.tiers.min_group,
        )
        yield int(seating.standing.rows[at]), Decision("quota", "", what)


def _uncounted_notes(seating: Seating, takes: Flags) -> Iterator[Note]:
    what = msg("not counted in the quota: takes the tier of those counted at the same place, but no seat")
    yield from told(seating.standing.rows[takes & ~seating.heads.counted], Decision("quota", "", what))


def _grade_notes(seating: Seating, takes: Flags) -> Iterator[Note]:
    tiers = seating.tiers
    if tiers.by_grade is None:
        return
    decisions = []
    for grade in seating.grades:
        own = [level.share or Decimal(0) for level in tiers.levels]
        shares = shares_of(tiers.by_grade, grade) or own
        listed = ", ".join(f"{level.id} {_percent(share)} %" for level, share in zip(tiers.levels, shares, strict=True))
        what = (
            msg("the group has no grade of its own quotas: {shares}", shares=listed)
            if grade is None
            else msg("the group's grade is {grade}: {shares}", grade=grade, shares=listed)
        )
        decisions.append(Decision("quota", grade or "", what))
    for at in np.flatnonzero(takes):
        yield int(seating.standing.rows[at]), decisions[seating.heads.which[at]]


def _percent(share: Decimal) -> Decimal:
    return shorten(share * 100)
