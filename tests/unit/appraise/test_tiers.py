"""Tiers by score and by quota."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.unit.appraise.builder import (
    ABC,
    by_score,
    coefficient_bonus,
    level,
    measured,
    people,
    quota,
    rule,
    said,
    scheme,
    table,
)

from kaohe.appraise import appraise
from kaohe.appraise.quota import seats
from kaohe.scheme.model import Ranking


def placed(tiers, *, staff=None, ranking=None, more=(), rules=(), **columns):
    made = scheme(tiers=tiers, ranking=ranking, measured=more, rules=rules)
    return appraise(made, staff or people(len(columns["a"])), table(**columns))


def letters(result):
    return "".join(tier or "-" for tier in result.tier)


SCORES = (level("A", min_score=85), level("B", min_score=60), level("C"))


def test_tiers_by_score_reach_their_threshold_by_default():
    assert letters(placed(by_score(*SCORES), a=[85, "84.99", 60, "59.99", -5])) == "ABBCC"


def test_with_the_lower_boundary_a_threshold_belongs_to_the_tier_below():
    assert letters(placed(by_score(*SCORES, boundary="lower"), a=["85.01", 85, "60.01", 60])) == "ABBC"


def test_who_reaches_no_threshold_is_in_the_last_tier():
    assert letters(placed(by_score(level("A", min_score=85), level("B", min_score=60)), a=[10])) == "B"


def test_thresholds_meet_the_rounded_score():
    assert letters(placed(by_score(*SCORES), a=["84.995", "84.994"])) == "AB"


def test_seats_are_given_by_largest_remainder():
    assert seats(ABC, 7) == [1, 5, 1]
    assert seats(ABC, 5) == [1, 4, 0]
    assert seats(ABC, 8) == [2, 5, 1]
    assert seats(ABC, 0) == [0, 0, 0]


def test_a_quota_takes_the_best_first():
    result = placed(quota(), a=[10, 20, 30, 40, 50, 60, 70])
    assert letters(result) == "CBBBBBA"
    assert said(result, 0) == []


def test_quotas_are_counted_per_group_over_graded_people():
    staff = people(8, region=["S", "S", "S", "S", "N", "N", "N", "N"])
    halves = quota(level("A", "0.5"), level("B", "0.5"))
    result = placed(halves, staff=staff, ranking=Ranking(within=("region",)), a=[1, 2, 3, 4, 9, 8, None, None])
    assert letters(result) == "BBAAAB--"


TIED = [90, 80, 80, 80, 70]
HALVES = (level("A", "0.4"), level("B", "0.6"))


def test_ties_at_a_cut_are_promoted():
    result = placed(quota(*HALVES, ties="promote"), a=TIED)
    assert letters(result) == "AAAAB"
    assert said(result, 3, "tie")[-1] == "3 equal people at the cut of A and B: all A"
    assert said(result, 0) == []


def test_ties_at_a_cut_are_demoted():
    result = placed(quota(*HALVES, ties="demote"), a=TIED)
    assert letters(result) == "ABBBB"
    assert said(result, 1, "tie")[-1] == "3 equal people at the cut of A and B: all B"


def test_ties_at_a_cut_are_broken_by_tie_breakers_then_by_code():
    more = [measured("m")]
    result = placed(quota(*HALVES, ties="break", tie_breakers=("m",)), more=more, a=TIED, m=[0, 1, 3, 2, 0])
    assert letters(result) == "ABABB"
    assert said(result, 2, "tie")[-1] == "3 equal people at the cut of A and B: decided by M"
    result = placed(quota(*HALVES, ties="break", tie_breakers=("m",)), more=more, a=TIED, m=[0, 1, 3, 3, 0])
    assert letters(result) == "ABABB"
    assert said(result, 1, "tie")[-1] == "3 equal people at the cut of A and B: decided by M"
    assert said(result, 3, "tie")[-1] == "3 equal people at the cut of A and B: decided by the order of their codes"
    result = placed(quota(*HALVES, ties="break"), a=TIED)
    assert letters(result) == "AABBB"


def test_tie_breakers_of_the_ranking_come_before_those_of_the_tiers():
    more = [measured("m"), measured("n")]
    tiers, ranking = quota(*HALVES, ties="break", tie_breakers=("n",)), Ranking(tie_breakers=("m",))
    result = placed(tiers, more=more, ranking=ranking, a=TIED, m=[0, 5, 5, 1, 0], n=[0, 1, 2, 9, 0])
    assert letters(result) == "ABABB"
    assert result.rank.tolist() == [1, 2, 2, 4, 5]


def test_equals_within_one_tier_leave_no_decision_about_a_cut():
    result = placed(quota(*HALVES), a=[90, 90, 80, 80, 70])
    assert letters(result) == "AABBB"
    assert [decision.about for decision in result.decisions[0]] == ["rank"]


def test_everybody_tied_is_all_the_best_all_the_last_or_by_code():
    assert letters(placed(quota(ties="promote"), a=[50] * 7)) == "AAAAAAA"
    assert letters(placed(quota(ties="demote"), a=[50] * 7)) == "CCCCCCC"
    assert letters(placed(quota(ties="break"), a=[50] * 7)) == "ABBBBBC"


FLOORED = (level("A", "0.4", min_score=85), level("B", "0.4", min_score=60), level("C", "0.2"))


def test_a_seat_below_the_floor_of_its_tier_moves_down_and_stays_empty():
    result = placed(quota(*FLOORED), a=[90, 84, 70, 59, 50])
    assert letters(result) == "ABBCC"
    assert said(result, 1) == ["a seat in A by rank, but its least score 85 is missed: B"]
    assert letters(placed(quota(*FLOORED), a=[59, 58, 57, 56, 55])) == "CCCCC"


def test_in_groups_too_small_for_quotas_tiers_go_by_score():
    result = placed(quota(*FLOORED, min_group=6), a=[90, 86, 85, 59, 60])
    assert letters(result) == "AAACB"
    assert said(result, 0) == ["5 graded in the group, 6 needed for quotas: tier by score"]


def test_people_of_merged_groups_take_their_tier_from_the_distribution_over_everybody():
    staff = people(5, region=["S", "S", "S", "S", "N"])
    ranking = Ranking(within=("region",), min_group=2)
    result = placed(quota(level("A", "0.4"), level("B", "0.6")), staff=staff, ranking=ranking, a=[90, 70, 60, 50, 80])
    assert letters(result) == "AABBA"  # S: 2 of 4 (1.6); N is second of all five, of whom two are in A


def test_the_unranked_have_no_quota_and_go_by_score():
    staff = people(3, region=["S", "S", "N"])
    ranking = Ranking(within=("region",), min_group=2, small_groups="unranked")
    result = placed(quota(*FLOORED), staff=staff, ranking=ranking, a=[90, 80, 90])
    assert letters(result)[2] == "A"
    assert said(result, 2)[-1] == "unranked: no quota, tier by score"


def test_the_vetoed_hold_a_seat_of_the_last_tier_and_count_in_the_base():
    result = placed(
        quota(level("A", "0.5"), level("B", "0.5")), rules=[rule("value('a') > 85", "veto")], a=[90, 80, 70, 60]
    )
    assert letters(result) == "BAAB"


@pytest.mark.parametrize("tiers", [quota(), by_score(*SCORES), None])
@pytest.mark.parametrize("column", [[], [80], [None], [None, None, None], [70, 70, 70]])
def test_bare_rows_work(tiers, column):
    made = scheme(tiers=tiers, bonus=coefficient_bonus())
    result = appraise(made, people(len(column)), table(a=column))
    graded = [number is not None for number in column]
    assert result.graded.tolist() == graded
    assert [rank > 0 for rank in result.rank.tolist()] == graded
    assert [tier is not None for tier in result.tier] == [there and tiers is not None for there in graded]
    assert len(result.decisions) == len(result.outcomes) == len(result.bonus) == len(column)


def test_one_person_takes_the_seat_with_the_largest_remainder():
    assert letters(placed(quota(), a=[80])) == "B"


def test_without_tiers_the_coefficient_is_one():
    made = scheme(bonus=coefficient_bonus(), rules=[rule("total > 50", "coefficient", "1.2")])
    result = appraise(made, people(2, bonus_base=[Decimal(100), Decimal(100)]), table(a=[60, 40]))
    assert result.coefficient.tolist() == [1_200_000, 1_000_000]
    assert result.bonus.tolist() == [12_000, 10_000]
