"""Money: claims, limits, pools, outcomes."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from tests.unit.appraise.builder import (
    by_score,
    coefficient_bonus,
    level,
    measured,
    outcome,
    people,
    pool_bonus,
    quota,
    rule,
    said,
    scheme,
    table,
    yuan,
)

from kaohe.appraise import appraise
from kaohe.appraise.pool import split
from kaohe.appraise.reckon import reckon
from kaohe.errors import KaoheError

TIERS = by_score(level("A", min_score=85, coefficient="1.5"), level("B", coefficient=1), level("C", coefficient=0))


def paid(bonus, *, a=(90, 80), tiers=TIERS, rules=(), m=None, **attributes):
    made = scheme(tiers=tiers, bonus=bonus, rules=rules, measured=[measured("m")])
    return appraise(made, people(len(a), **attributes), table(a=a, m=m or [0] * len(a)))


def test_a_claim_is_base_times_coefficient_times_days():
    result = paid(coefficient_bonus(prorate="days"), worked=[45, 30], bonus_base=[Decimal(10000), Decimal(9000)])
    assert yuan(result) == ["7500.00", "3000.00"]


def test_a_claim_is_rounded_once_to_the_fen():
    # 10000.01 × 1.5 × 1/3 = 5000.005 → 5000.01; rounding 10000.01 / 3 first would give 5000.00
    result = paid(coefficient_bonus(prorate="days"), a=[90], worked=[30], bonus_base=[Decimal("10000.01")])
    assert yuan(result) == ["5000.01"]
    result = paid(
        coefficient_bonus(prorate="days"),
        a=[90],
        tiers=None,
        worked=[184],
        period_days=365,
        bonus_base=[Decimal(10000)],
    )
    assert yuan(result) == ["5041.10"]


def test_without_proration_days_do_not_matter():
    assert yuan(paid(coefficient_bonus(), worked=[1, 0])) == ["1500.00", "1000.00"]


def test_bases_may_be_exact_fractions():
    assert yuan(paid(coefficient_bonus("bonus_base / 3"), a=[80, 80], bonus_base=[Decimal(100), Decimal(200)])) == [
        "33.33",
        "66.67",
    ]


def test_the_base_sees_total_and_tier():
    assert yuan(paid(coefficient_bonus("total * 10"), a=[90, 80])) == ["1350.00", "800.00"]
    assert yuan(paid(coefficient_bonus("if_(tier == 'A', 200, 100)"), a=[90, 80])) == ["300.00", "100.00"]


def test_an_unknown_base_pays_nothing_and_is_said():
    result = paid(coefficient_bonus(), bonus_base=[None, Decimal(500)])
    assert yuan(result) == ["0.00", "500.00"]
    assert said(result, 0) == ["the base of the bonus is unknown: no bonus"]


def test_floor_and_cap_bound_a_bonus_and_are_said():
    result = paid(
        coefficient_bonus(floor=90_000, cap=120_000),
        a=[90, 80, 80],
        bonus_base=[Decimal(1000), Decimal(500), Decimal(1000)],
    )
    assert yuan(result) == ["1200.00", "900.00", "1000.00"]
    assert said(result, 0) == ["the bonus is held at its cap of 1,200.00"]
    assert said(result, 1, "bonus") == ["the bonus is raised to its floor of 900.00"]
    assert said(result, 2, "bonus") == []


def test_a_claim_of_zero_is_not_raised_to_the_floor():
    nothing = by_score(level("A", min_score=85), level("C", coefficient=0))
    assert yuan(paid(coefficient_bonus(floor=90_000), tiers=nothing)) == ["1000.00", "0.00"]


def test_the_not_graded_and_the_vetoed_are_unpaid_and_take_no_part_in_a_pool():
    result = paid(pool_bonus(100_000), a=[90, None, 90, 90], m=[0, 0, 1, 0], rules=[rule("value('m') > 0", "veto")])
    assert yuan(result) == ["500.00", "0.00", "0.00", "500.00"]


def test_a_pool_is_shared_in_proportion_to_claims_and_sums_exactly():
    result = paid(
        pool_bonus(5_000_000), a=[80] * 5, bonus_base=[Decimal(c) for c in ("1.8", "1.5", "1.5", "1.5", "1.2")]
    )
    assert yuan(result) == ["12000.00", "10000.00", "10000.00", "10000.00", "8000.00"]


def test_what_rounding_leaves_goes_to_the_largest_remainder_then_by_code():
    assert split(np.array([1, 1, 1]), 100).parts.tolist() == [34, 33, 33]
    assert split(np.array([1, 1, 1]), 101).parts.tolist() == [34, 34, 33]
    assert split(np.array([3, 7]), 5).parts.tolist() == [2, 3]
    assert split(np.array([7, 3]), 5).parts.tolist() == [4, 1]


def test_a_negative_pool_mirrors_a_positive_one():
    assert split(np.array([1, 1, 1]), -100).parts.tolist() == [-34, -33, -33]
    assert split(np.array([3, 1]), -100, floor=-60).parts.tolist() == [-60, -40]


def test_a_cap_gives_what_it_holds_back_to_the_others_until_nothing_moves():
    # ratio 20: 1000/600/400 → 500 cap; then 1500 over 30+20: 900 → 500 too; the last takes 1000 − 500
    parts = split(np.array([50, 30, 20]), 1500, cap=500)
    assert parts.parts.tolist() == [500, 500, 500]
    parts = split(np.array([50, 30, 20]), 1000, cap=400)
    assert parts.parts.tolist() == [400, 360, 240]
    assert parts.held.tolist() == [True, False, False]


def test_floors_and_caps_together_reach_the_one_common_ratio():
    # at ratio 10: 100 → floor 150; 200; 700 → cap 600: 950, 50 are left; ratio 12.5 gives 150 + 250 + 600
    parts = split(np.array([10, 20, 70]), 1000, floor=150, cap=600)
    assert parts.parts.tolist() == [150, 250, 600]
    assert (parts.raised.tolist(), parts.held.tolist()) == ([True, False, False], [False, False, True])
    # a floor that only bites before the cap has given back does not bind in the end
    parts = split(np.array([9, 11, 80]), 1000, floor=95, cap=500)
    assert parts.parts.tolist() == [225, 275, 500]
    assert parts.raised.tolist() == [False, False, False]


@pytest.mark.parametrize(
    ("bases", "limits", "expected"),
    [
        ([10, 20, 70], {"floor": 150, "cap": 600}, [("floor", 0, 150), (None, 0, 250), ("cap", 0, 600)]),
        ([40, 60], {"floor": 400, "cap": 600}, [(None, 0, 400), (None, 0, 600)]),
        ([50, 30], {"cap": 500}, [("cap", 0, 500), (None, 0, 500)]),
        ([20, 10], {"floor": 500}, [(None, 0, 500), ("floor", 0, 500)]),
        ([90, 1], {"floor": 300, "cap": 700}, [("cap", 0, 700), ("floor", 0, 300)]),
        ([20, 10], {}, [(None, 1, 667), (None, 0, 333)]),
    ],
)
def test_a_share_of_a_pool_is_reckoned_with_the_limit_that_changed_it(bases, limits, expected):
    bonus = pool_bonus(1000, **limits)
    staff = people(len(bases), bonus_base=list(map(Decimal, bases)))
    result = appraise(scheme(bonus=bonus), staff, table(a=[80] * len(bases)))
    steps = [each for each in reckon(bonus, result, range(len(bases))) if each]
    assert [(each.limit, each.extra, each.bonus) for each in steps] == expected


def test_limits_that_cannot_meet_the_pool_are_refused_with_the_arithmetic():
    with pytest.raises(KaoheError, match=r"3 × 40\.00 at least = 120\.00, more than 100\.00"):
        split(np.array([1, 1, 1]), 10_000, floor=4_000)
    with pytest.raises(KaoheError, match=r"3 × 30\.00 at most = 90\.00, less than 100\.00"):
        split(np.array([1, 1, 1]), 10_000, cap=3_000)


def test_a_pool_with_nobody_to_pay_is_a_clear_problem():
    with pytest.raises(KaoheError) as caught:
        paid(pool_bonus(100_000), a=[90, None], bonus_base=[None, Decimal(1)])
    assert caught.value.problems[0].code == "appraise.pool-without-claims"
    assert "of 2 people 1 are not graded, 0 vetoed, 0 not eligible, 1 without a base, 0 with a claim of zero" in str(
        caught.value
    )


def test_an_empty_pool_or_nobody_at_all_needs_no_claims():
    assert yuan(paid(pool_bonus(0), a=[None])) == ["0.00"]
    assert yuan(paid(pool_bonus(0), a=[90])) == ["0.00"]
    assert yuan(paid(pool_bonus(100), a=[])) == []


def test_a_pool_refuses_negative_claims():
    with pytest.raises(KaoheError) as caught:
        paid(pool_bonus(100_000), bonus_base=[Decimal(-1), Decimal(1)])
    assert caught.value.problems[0].code == "appraise.negative-claims"


def test_amounts_of_ten_to_the_fifteen_fen_stay_exact():
    parts = split(np.array([10**15 - 1, 10**15, 1]), 10**15).parts
    assert int(parts.sum()) == 10**15
    assert parts.tolist() == [500_000_000_000_000, 500_000_000_000_000, 0]  # …999.5, …000, 0.5
    result = paid(coefficient_bonus(), a=[90], tiers=None, bonus_base=[Decimal("9999999999999.99")])
    assert result.bonus.tolist() == [999_999_999_999_999]


def test_equal_remainders_in_a_pool_go_by_code_not_by_rank():
    result = paid(pool_bonus(100), a=[10, 20, 30], tiers=quota(level("B", 1)))
    assert result.bonus.tolist() == [34, 33, 33]


def test_outcomes_follow_where_their_condition_holds():
    made = scheme(
        tiers=TIERS,
        measured=[measured("m")],
        outcomes=[outcome("points('a') < 85"), outcome("value('m') > 0"), outcome("tier == 'A' and rank == 1")],
    )
    result = appraise(made, people(4), table(a=[90, 80, None, 70], m=[1, 0, 5, None]))
    assert result.outcomes == ((1, 2), (0,), (1,), (0,))


def test_money_and_points_beyond_64_bits_are_refused_not_wrapped():
    for bonus in (coefficient_bonus("bonus_base * 100000000"), pool_bonus(2**63, cap=None)):
        with pytest.raises(KaoheError) as caught:
            paid(bonus, a=[90], bonus_base=[Decimal("9999999999.99")])
        assert caught.value.problems[0].code == "appraise.too-large"
