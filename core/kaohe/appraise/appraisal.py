"""The whole appraisal, stage by stage: points, totals, rules, ranks, tiers, bonus, outcomes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from kaohe.appraise.adjustments import adjust, together
from kaohe.appraise.bonus import Paid, pay
from kaohe.appraise.decisions import by_person
from kaohe.appraise.facts import Facts, facts
from kaohe.appraise.manual import Asked, Computed, ManualChange, QuotaCheck, gather
from kaohe.appraise.manual_limits import below_zero, beyond, unfit
from kaohe.appraise.manual_notes import bonus_notes, changed_totals, points_notes, tier_notes
from kaohe.appraise.manual_people import Before
from kaohe.appraise.model import Appraisal, Note, People, Values
from kaohe.appraise.outcomes import outcomes
from kaohe.appraise.quota_check import check_quotas, quota_problems
from kaohe.appraise.ranking import Contest, Ranked, contests_of, rank
from kaohe.appraise.rules import Ruled, apply_rules
from kaohe.appraise.standing import Groups, groups, key_of
from kaohe.appraise.teams import Teams
from kaohe.appraise.tiers import NONE, Placed, coefficients, keys_of, place
from kaohe.appraise.weighting import score, total
from kaohe.errors import Problem, fail, refuse_if_any
from kaohe.exact import FEN, MICRO, Ints
from kaohe.scheme.model import Scheme
from kaohe.text import Text, msg


@dataclass(frozen=True)
class _Stage:
    """What points and rules have come to, once for all: people, groups and tie-breakers, facts without a total."""

    scheme: Scheme
    people: People
    divided: Groups
    keys: Sequence[Ints]
    seen: Facts


@dataclass(frozen=True)
class _Figures:
    """From totals to money. ``level`` is the position of everybody's tier after changes by hand, ``placed`` before."""

    ruled: Ruled
    ranked: Ranked
    placed: Placed
    level: Ints
    tier: tuple[str | None, ...]
    coefficient: Ints
    paid: Paid
    seen: Facts
    quotas: tuple[QuotaCheck, ...] = ()


def appraise(
    scheme: Scheme,
    people: People,
    values: Mapping[str, Values],
    teams: Teams | None = None,
    manual: Sequence[ManualChange] = (),
) -> Appraisal:
    """Score, rank, place and pay everybody by the scheme. Pure: the same inputs give the same appraisal.

    ``values`` has a column for every weighted and measured indicator of the scheme. ``teams``: what whole teams came
    to, where their points flow to people; left out, indicators at the level of teams are scored like all others.
    ``manual``: changes by hand, in any order. Raises KaoheError where figures are too large to be exact, where a
    tie-breaker has no direction, where a pool cannot be paid, and where changes by hand go too far.
    """
    try:
        return _appraise(scheme, people, values, teams, manual)
    except OverflowError:
        raise fail(
            Problem(
                "appraise.too-large",
                msg("points or money come to more than can be computed exactly"),
                expected=msg(
                    "less than {limit} points, less than {amount} of money", limit=2**63 // MICRO, amount=2**63 // FEN
                ),
                fix=msg("give curves, adjustments and the bonus a cap and a floor"),
            )
        ) from None


def _appraise(
    scheme: Scheme,
    people: People,
    values: Mapping[str, Values],
    teams: Teams | None,
    manual: Sequence[ManualChange],
) -> Appraisal:
    scores = score(scheme, people, values, teams)
    seen = facts(
        people,
        values,
        scores.known,
        scores.points,
        scores.counted,
        scores.dimension_points,
        scores.dimension_counted,
    )
    added, adjustment_notes = adjust(scheme.adjustments, seen, scores.graded)
    extra, cap_notes = together(scheme, added, scores.graded)
    ruled = apply_rules(scheme, seen, total(scores, extra), scores.graded)
    divided = groups(scheme.ranking, people, ruled.graded)
    keys = [key_of(scheme, key, values, scores.known) for key in keys_of(scheme)]
    stage = _Stage(scheme, people, divided, keys, seen)
    figures, computed, by_hand = _figures(stage, ruled), None, _NO_NOTES
    if manual:
        figures, computed, by_hand = _changed(stage, figures, manual)
    ruled, ranked, paid = figures.ruled, figures.ranked, figures.paid
    notes = (*scores.notes, adjustment_notes, cap_notes, ruled.notes, by_hand[0], *ranked.notes, figures.placed.notes)
    return Appraisal(
        people=people,
        values=values,
        data=scores.data,
        points=scores.points,
        counted=scores.counted,
        dimension_points=scores.dimension_points,
        dimension_counted=scores.dimension_counted,
        adjustment_points=added,
        total=ruled.total,
        graded=ruled.graded,
        vetoed=ruled.vetoed,
        group=ranked.group,
        group_size=ranked.group_size,
        rank=ranked.rank,
        percentile=ranked.percentile,
        tier=figures.tier,
        coefficient=figures.coefficient,
        bonus=paid.bonus,
        money=paid.money,
        outcomes=outcomes(scheme.outcomes, figures.seen, len(people)),
        decisions=by_person((*notes, by_hand[1], paid.notes, by_hand[2]), len(people)),
        data_weights=scores.data_weights,
        teams=teams,
        compared=None if scheme.total_by.method == "weighted_sum" else scores.graded,
        computed=computed,
    )


_NO_NOTES: tuple[tuple[Note, ...], ...] = ((), (), ())


def _figures(stage: _Stage, ruled: Ruled, given: Ints | None = None) -> _Figures:
    """Rank, tier, coefficient and bonus from totals; ``given``: the position of tiers set by hand, −1 of others."""
    scheme, people = stage.scheme, stage.people
    seen = stage.seen.numbers("total", ruled.total, ruled.graded)
    ranked, placed, contests = _rank_and_place(stage, ruled, seen)
    level: Ints = placed.level
    quotas: tuple[QuotaCheck, ...] = ()
    if given is not None:
        level = np.where(given >= 0, given, level)
        quotas = check_quotas(scheme, contests, ruled, seen, placed.level, level)
        refuse_if_any(each for each in quota_problems(scheme, quotas) if each.severity == "error")
    names = np.array([*_tier_ids(scheme), None], object)
    tier = tuple(names[level].tolist())
    coefficient = coefficients(scheme.tiers, level, ruled.factor, ruled.graded)
    seen = seen.counts("rank", ranked.rank, ranked.rank > 0).words("tier", tier)
    paid = Paid(np.zeros(len(people), np.int64), None, ())
    if scheme.bonus is not None:
        paid = pay(scheme.bonus, people, ruled, coefficient, seen)
    return _Figures(ruled, ranked, placed, level, tier, coefficient, paid, seen, quotas)


def _changed(
    stage: _Stage, before: _Figures, manual: Sequence[ManualChange]
) -> tuple[_Figures, Computed, tuple[tuple[Note, ...], ...]]:
    """The figures with changes by hand, those without, and what is said of points, tiers and money."""
    scheme, people = stage.scheme, stage.people
    refuse_if_any(unfit(scheme, people, manual))
    asked = gather(manual, people.code, _tier_ids(scheme))
    refuse_if_any(beyond(scheme, people, asked, Before(before.ruled, stage.divided, before.level, before.paid.bonus)))
    ruled = replace(before.ruled, total=changed_totals(asked, before.ruled.total, scheme.decimals))
    after = _figures(stage, ruled, asked.level)
    refuse_if_any(below_zero(people, asked, after.paid.bonus))
    computed = Computed(
        changes=asked.changes,
        points=asked.points,
        fen=asked.fen,
        total=before.ruled.total,
        rank=before.ranked.rank,
        tier=before.tier,
        coefficient=before.coefficient,
        bonus=before.paid.bonus,
        quotas=after.quotas,
    )
    with_money = replace(after, paid=replace(after.paid, bonus=after.paid.bonus + asked.fen))
    return with_money, computed, tuple(map(tuple, _said(stage, asked, before, after)))


def _said(stage: _Stage, asked: Asked, before: _Figures, after: _Figures) -> Iterator[Iterable[Note]]:
    codes, decimals = stage.people.code, stage.scheme.decimals
    yield points_notes(asked, codes, before.ruled.total, after.ruled.total, decimals)
    yield tier_notes(asked, codes, _tier_ids(stage.scheme), after.placed.level, after.level)
    yield bonus_notes(asked, codes)


def _tier_ids(scheme: Scheme) -> tuple[str, ...]:
    return () if scheme.tiers is None else tuple(level.id for level in scheme.tiers.levels)


def _rank_and_place(stage: _Stage, ruled: Ruled, seen: Facts) -> tuple[Ranked, Placed, Sequence[Contest]]:
    """Everybody's rank and tier, and the contests for tiers. The keys tell equals apart: the ranking's first, then
    those of the tiers alone."""
    scheme, keys, divided = stage.scheme, stage.keys, stage.divided
    breakers = scheme.ranking.tie_breakers
    contests = contests_of(ruled.total, ruled.graded, ruled.vetoed, divided, keys[: len(breakers)])
    ranked = rank(scheme.ranking, divided, contests, _names(scheme, breakers))
    if scheme.tiers is None:
        return ranked, Placed(np.full(len(ruled.total), NONE), ()), contests
    if len(keys) > len(breakers):
        contests = contests_of(ruled.total, ruled.graded, ruled.vetoed, divided, keys)
    return ranked, place(scheme, ruled, divided, contests, seen), contests


def _names(scheme: Scheme, keys: Iterable[str]) -> tuple[Text, ...]:
    of = {used.key: used.indicator.name for used in scheme.indicators}
    return tuple(of[key] for key in keys)
