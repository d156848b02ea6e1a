"""The whole appraisal, stage by stage: points, totals, rules, ranks, tiers, bonus, outcomes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from kaohe.appraise.adjustments import adjust, together
from kaohe.appraise.bonus import Paid, pay
from kaohe.appraise.decisions import by_person
from kaohe.appraise.facts import Facts, facts
from kaohe.appraise.model import Appraisal, People, Values
from kaohe.appraise.outcomes import outcomes
from kaohe.appraise.ranking import Ranked, contests_of, rank
from kaohe.appraise.rules import Ruled, apply_rules
from kaohe.appraise.standing import Groups, groups, key_of
from kaohe.appraise.teams import Teams
from kaohe.appraise.tiers import NONE, Placed, coefficients, keys_of, place
from kaohe.appraise.weighting import score, total
from kaohe.errors import Problem, fail
from kaohe.exact import FEN, MICRO, Ints
from kaohe.scheme.model import Scheme
from kaohe.text import Text, msg


def appraise(scheme: Scheme, people: People, values: Mapping[str, Values], teams: Teams | None = None) -> Appraisal:
    """Score, rank, place and pay everybody by the scheme. Pure: the same inputs give the same appraisal.

    ``values`` has a column for every weighted and measured indicator of the scheme. ``teams``: what whole teams came
    to, where their points flow to people; left out, indicators at the level of teams are scored like all others.
    Raises KaoheError where figures are too large to be exact, where a tie-breaker has no direction, and where a pool
    cannot be paid.
    """
    try:
        return _appraise(scheme, people, values, teams)
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


def _appraise(scheme: Scheme, people: People, values: Mapping[str, Values], teams: Teams | None) -> Appraisal:
    count = len(people)
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
    seen = seen.numbers("total", ruled.total, ruled.graded)
    keys = [key_of(scheme, key, values, scores.known) for key in keys_of(scheme)]
    ranked, placed = _rank_and_place(scheme, ruled, divided, keys, seen)
    names = np.array([*(one.id for one in (scheme.tiers.levels if scheme.tiers else ())), None], object)
    tier = tuple(names[placed.level].tolist())
    coefficient = coefficients(scheme.tiers, placed.level, ruled.factor, ruled.graded)
    seen = seen.counts("rank", ranked.rank, ranked.rank > 0).words("tier", tier)
    paid = Paid(np.zeros(count, np.int64), None, ())
    if scheme.bonus is not None:
        paid = pay(scheme.bonus, people, ruled, coefficient, seen)
    notes = (scores.notes, adjustment_notes, cap_notes, ruled.notes, *ranked.notes, placed.notes, paid.notes)
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
        tier=tier,
        coefficient=coefficient,
        bonus=paid.bonus,
        money=paid.money,
        outcomes=outcomes(scheme.outcomes, seen, count),
        decisions=by_person(notes, count),
        data_weights=scores.data_weights,
        teams=teams,
        compared=None if scheme.total_by.method == "weighted_sum" else scores.graded,
    )


def _rank_and_place(
    scheme: Scheme, ruled: Ruled, divided: Groups, keys: Sequence[Ints], seen: Facts
) -> tuple[Ranked, Placed]:
    """Everybody's rank and tier. ``keys`` tell equals apart: the ranking's first, then those of the tiers alone."""
    breakers = scheme.ranking.tie_breakers
    contests = contests_of(ruled.total, ruled.graded, ruled.vetoed, divided, keys[: len(breakers)])
    ranked = rank(scheme.ranking, divided, contests, _names(scheme, breakers))
    if scheme.tiers is None:
        return ranked, Placed(np.full(len(ruled.total), NONE), ())
    if len(keys) > len(breakers):
        contests = contests_of(ruled.total, ruled.graded, ruled.vetoed, divided, keys)
    return ranked, place(scheme, ruled, divided, contests, seen)


def _names(scheme: Scheme, keys: Iterable[str]) -> tuple[Text, ...]:
    of = {used.key: used.indicator.name for used in scheme.indicators}
    return tuple(of[key] for key in keys)
