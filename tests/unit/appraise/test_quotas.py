"""Quotas: what comes first, who is counted, a group's own grade, limits of seats, and the cuts in hindsight."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from tests.unit.appraise.builder import (
    by_score,
    expression,
    group_expression,
    level,
    people,
    quota,
    rule,
    scheme,
    table,
)

from kaohe.appraise import appraise
from kaohe.appraise.cuts import Cuts, Hindsight, cuts_of
from kaohe.appraise.quota import seats
from kaohe.errors import KaoheError
from kaohe.exact import to_micros
from kaohe.scheme.model import GradedShares, Level, Ranking


def limited(one: Level, at_least: int | None = None, at_most: int | None = None) -> Level:
    return replace(one, at_least=at_least, at_most=at_most)


A, B, C = level("A", "0.2"), level("B", "0.7"), level("C", "0.1")
FLOORED = (level("A", "0.4", 85), level("B", "0.2", 60), level("C", "0.4"))


def placed(tiers, staff=None, ranking=None, rules=(), **columns):
    made = scheme(tiers=tiers, ranking=ranking, rules=rules)
    return made, appraise(made, staff or people(len(columns["a"])), table(**columns))


def letters(result):
    return "".join(tier or "-" for tier in result.tier)


def test_with_floors_first_no_tier_but_the_last_exceeds_its_seats():
    column = [90, 80, 75, 70, 50]  # seats 2, 1, 2
    _, seats_first = placed(quota(*FLOORED), a=column)
    assert letters(seats_first) == "ABBCC"
    _, floors_first = placed(replace(quota(*FLOORED), order="floors_first"), a=column)
    assert letters(floors_first) == "ABCCC"


def test_with_floors_first_a_full_tier_sends_its_surplus_on():
    _, result = placed(replace(quota(*FLOORED), order="floors_first"), a=[95, 90, 88, 86, 50])
    assert letters(result) == "AABCC"


def test_with_floors_first_the_vetoed_reach_no_floor():
    tiers = replace(quota(level("A", "0.5", -10), level("B", "0.5")), order="floors_first")
    _, result = placed(tiers, rules=[rule("value('a') == 7", "veto")], a=[7, -5, -6, -20])
    assert letters(result) == "BAAB"


def test_who_is_not_counted_takes_nobodys_seat_and_the_tier_of_their_place():
    tiers = replace(quota(level("A", "0.5"), level("B", "0.5")), not_counted=expression("days_in_period < 30"))
    staff = people(6, days_in_period=[90, 10, 90, 10, 90, 90])
    _, result = placed(tiers, staff, a=[90, 85, 80, 75, 70, 60])
    assert letters(result) == "AAABBB"  # two seats of four counted people: 90 and 80
    assert [str(each.what) for each in result.decisions[1]] == [
        "not counted in the quota: takes the tier of those counted at the same place, but no seat"
    ]
    assert result.rank.tolist() == [1, 2, 3, 4, 5, 6]


def test_whoever_cannot_be_told_is_counted():
    tiers = replace(quota(level("A", "0.5"), level("B", "0.5")), not_counted=expression("days_in_period < 30"))
    _, result = placed(tiers, people(2), a=[90, 80])
    assert letters(result) == "AB"


def test_behind_the_last_who_counts_nobody_gets_a_worse_tier_for_not_being_counted():
    tiers = replace(quota(A, B, C), not_counted=expression("days_in_period < 30"))
    _, result = placed(tiers, people(4, days_in_period=[90, 90, 90, 10]), a=[90, 80, 70, 10])
    assert letters(result) == "ABBB"


@pytest.mark.parametrize(("ties", "expected"), [("promote", "AAAA"), ("demote", "AAAB"), ("break", "AAAB")])
def test_an_equal_who_is_not_counted_moves_nobody_at_a_cut(ties, expected):
    tiers = quota(level("A", "0.5"), level("B", "0.5"), ties=ties)
    tiers = replace(tiers, not_counted=expression("days_in_period < 30"))
    column = [90, 80, 80, 80 if ties == "promote" else 70]
    _, result = placed(tiers, people(4, days_in_period=[90, 10, 90, 90]), a=column)
    # Of three counted people two are in A by largest remainder (1.5 each, the better tier first).
    assert letters(result) == expected


def test_where_nobody_counts_scores_decide():
    tiers = replace(quota(*FLOORED), not_counted=expression("total > 0"))
    _, result = placed(tiers, a=[90, 70, 10])
    assert letters(result) == "ABC"


GRADES = GradedShares(
    expression("role"),
    {"甲": (Decimal("0.5"), Decimal("0.5"), Decimal(0)), "丙": (Decimal(0), Decimal("0.5"), Decimal("0.5"))},
)


def test_a_groups_grade_shifts_its_quotas():
    tiers = replace(quota(A, B, C), by_grade=GRADES)
    staff = people(12, team=["T1"] * 4 + ["T2"] * 4 + ["T3"] * 4, role=["甲"] * 4 + ["丙"] * 4 + ["?"] * 4)
    _, result = placed(tiers, staff, Ranking(within=("team",)), a=[9, 8, 7, 6] * 3)
    assert letters(result) == "AABB" + "BBCC" + "ABBB"
    assert [str(each.what) for each in result.decisions[0]] == ["the group's grade is 甲: A 50 %, B 50 %, C 0 %"]
    assert [str(each.what) for each in result.decisions[11]] == [
        "the group has no grade of its own quotas: A 20 %, B 70 %, C 10 %"
    ]


def test_a_group_that_does_not_agree_in_its_grade_is_an_error():
    tiers = replace(quota(A, B, C), by_grade=GRADES)
    with pytest.raises(KaoheError) as caught:
        placed(tiers, people(3, role=["甲", "丙", "甲"]), a=[9, 8, 7])
    (problem,) = caught.value.problems
    assert (problem.code, problem.found) == ("appraise.grade-torn", "甲: 2, 丙: 1")


def test_grades_that_differ_are_counted_the_unknown_first_among_equals():
    tiers = replace(quota(A, B, C), by_grade=GRADES)
    with pytest.raises(KaoheError) as caught:
        placed(tiers, people(5, team=["T"] * 5, role=["B", "A", None, "B", None]), Ranking(within=("team",)), a=[1] * 5)
    (problem,) = caught.value.problems
    assert (problem.found, problem.where.key) == ("—: 2, B: 2, A: 1", "T")


def test_a_groups_grade_may_come_from_its_mean_total_rounded_like_a_total():
    by_mean = replace(GRADES, grade=group_expression('if_(group_mean >= 6.67 and group_size == 3, "甲", "丙")'))
    tiers = replace(quota(A, B, C), by_grade=by_mean)
    staff = people(6, team=["T1"] * 3 + ["T2"] * 3)
    _, result = placed(tiers, staff, Ranking(within=("team",)), a=[8, 7, 5, 8, 7, "4.98"])
    assert letters(result) == "AAB" + "BBC"  # means 6.666… → 6.67 and 6.66; halves of three: the better tier first


def test_seats_are_held_to_their_limits_and_the_rest_shared_on():
    levels = (limited(A, at_least=1), B, limited(C, at_least=1))
    assert seats(levels, 3) == [1, 1, 1]
    assert seats(levels, 4) == [1, 2, 1]
    assert seats((limited(A, at_most=2), B, C), 30) == [2, 25, 3]  # 28 in the proportion 7 : 1 is 24.5 and 3.5
    assert seats((limited(A, at_most=0), B, limited(C, at_most=0)), 10) == [0, 10, 0]


@pytest.mark.parametrize(
    ("levels", "count", "told", "fix"),
    [
        ((limited(A, 2), B, limited(C, 1)), 2, "at least A 2 + C 1 = 3 seats, for 2 people", "lower at_least"),
        (
            (limited(A, None, 1), limited(B, None, 1)),
            5,
            "at most A 1 + B 1 = 2 seats, for 5 people",
            "leave out at_most",
        ),
        (
            (limited(level("A", "1"), None, 3), level("B", "0")),
            5,
            "at most A 3; of 5 people 2 are left, and no other tier has a share of them",
            "raise at_most",
        ),
    ],
)
def test_quotas_that_cannot_be_met_show_their_arithmetic_and_a_way_out(levels, count, told, fix):
    with pytest.raises(KaoheError) as caught:
        placed(quota(*levels), a=list(range(count)))
    (problem,) = caught.value.problems
    assert (problem.code, str(problem.found), problem.where.key) == ("appraise.quota-impossible", told, "*")
    assert str(problem.fix).startswith(fix)


def test_a_group_too_small_for_quotas_is_not_asked_for_seats():
    tiers = quota(limited(level("A", "0.5", 85), 2), level("B", "0.5"), min_group=2)
    assert letters(placed(tiers, a=[80])[1]) == "B"


def test_hindsight_tells_the_last_total_and_what_was_enough():
    made, result = placed(quota(level("A", "0.4"), level("B", "0.6")), a=["95", "91.20", 80, 70, 60])
    cuts = cuts_of(made, result, 3)
    assert (cuts.seats, cuts.counted, cuts.level) == ((2, 3), 5, 1)
    assert cuts.last == (to_micros("91.20"), to_micros(60))
    assert cuts.enough == to_micros("91.20")  # equals at a cut are promoted
    assert cuts_of(made, result, 0).enough is None
    made, result = placed(quota(level("A", "0.4"), level("B", "0.6"), ties="demote"), a=["95", "91.20", 80, 70, 60])
    assert cuts_of(made, result, 3).enough == to_micros("91.21")


def test_hindsight_after_ties_were_demoted_names_the_seat_that_stayed_empty():
    made, result = placed(quota(level("A", "0.4"), level("B", "0.6"), ties="demote"), a=[90, 80, 80, 80, 70])
    assert letters(result) == "ABBBB"
    cuts = cuts_of(made, result, 4)
    assert (cuts.last[0], cuts.enough) == (to_micros(90), to_micros("80.01"))


def test_hindsight_knows_the_floor():
    made, result = placed(quota(*FLOORED), a=[90, 84, 70, 59, 50])
    assert cuts_of(made, result, 1).enough == to_micros(85)
    assert cuts_of(made, result, 3).enough == to_micros(70)  # the last of the three seats of A and B has 70


def test_hindsight_without_quotas_knows_the_floor_alone():
    made, result = placed(by_score(level("A", min_score=85), level("B")), a=[90, 70])
    assert cuts_of(made, result, 1) == Cuts(None, 0, (None, None), 1, to_micros(85))


def test_what_would_have_been_enough_has_the_decimals_of_a_total():
    made, result = placed(by_score(level("A", min_score="84.995"), level("B")), a=[70])
    assert cuts_of(made, result, 0).enough == to_micros(85)


def test_hindsight_promises_the_vetoed_nothing():
    made, result = placed(
        by_score(level("A", min_score=85), level("B")), rules=[rule("value('a') == 70", "veto")], a=[70]
    )
    assert cuts_of(made, result, 0).enough is None


def test_hindsight_looks_at_the_persons_own_group():
    staff = people(8, team=["T1"] * 4 + ["T2"] * 4)
    quarters = quota(level("A", "0.25"), level("B", "0.75"))
    made, result = placed(quarters, staff, Ranking(within=("team",)), a=[90, 80, 70, 60, 50, 40, 30, 20])
    for row, best, worst in ((1, 90, 60), (6, 50, 20)):
        ends = (to_micros(best), to_micros(worst))
        assert cuts_of(made, result, row) == Cuts((1, 3), 4, ends, 1, ends[0])


@pytest.mark.parametrize("ties", ["promote", "demote", "break"])
@pytest.mark.parametrize("small", ["merge", "unranked"])
def test_hindsight_says_the_same_of_everybody_whomever_it_was_asked_for_before(ties, small):
    team = ["T1"] * 7 + ["T2"] * 6 + ["T3"]
    thirds = quota(level("A", "0.3", 60), level("B", "0.4"), level("C", "0.3"), ties=ties)
    column = [90, 80, 80, 80, 60, 60, 20, 95, 70, 70, 55, 55, 30, 65]
    ranking = Ranking(within=("team",), min_group=2, small_groups=small)
    made, result = placed(thirds, people(14, team=team), ranking, a=column)
    alone = [cuts_of(made, result, row) for row in range(14)]
    for order in (range(14), reversed(range(14))):
        hindsight = Hindsight(made, result)
        assert {row: hindsight.cuts(row) for row in order} == dict(enumerate(alone))
    assert alone[6].enough == to_micros({"promote": 60, "demote": "60.01", "break": "60.01"}[ties])


def test_hindsight_gives_the_vetoed_no_seat_of_a_better_tier():
    halves = quota(level("A", "0.5"), level("B", "0.5"))
    made, result = placed(halves, rules=[rule("value('a') == 7", "veto")], a=[7, -5, -6, -20])
    assert letters(result) == "BAAB"  # though a vetoed total is 0
    assert cuts_of(made, result, 3).enough == to_micros(-6)


def test_hindsight_asks_anew_who_counts_by_their_total():
    tiers = replace(quota(level("A", "0.5"), level("B", "0.5")), not_counted=expression("total < 50"))
    made, result = placed(tiers, a=[90, 80, 40, 30])
    cuts = cuts_of(made, result, 1)
    assert (cuts.seats, cuts.counted, cuts.last) == ((1, 1), 2, (to_micros(90), to_micros(80)))


@pytest.mark.parametrize("ties", ["promote", "demote", "break"])
@pytest.mark.parametrize("order", ["quota_first", "floors_first"])
def test_what_was_enough_is_enough_and_a_hundredth_less_is_not(ties, order):
    column = [95, 91, 91, 88, 84, 84, 70, 61, 61, 59, 40]
    made, result = placed(replace(quota(*FLOORED, ties=ties), order=order), a=column)
    names = "ABC"
    for row in range(len(column)):
        enough = cuts_of(made, result, row).enough
        if enough is None:
            assert result.tier[row] == "A"
            continue
        for step, better in ((0, True), (-10_000, False)):
            changed = table(a=column)["a"]
            micros = changed.micros.copy()
            micros[row] = enough + step
            again = appraise(made, people(len(column)), {"a": replace(changed, micros=np.array(micros))})
            if step == 0 or micros[row] > to_micros(column[row]):
                assert (names.index(again.tier[row]) < names.index(result.tier[row])) == better
