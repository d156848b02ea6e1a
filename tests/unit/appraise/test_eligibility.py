"""Who may have a bonus, and what is carried forward."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from tests.unit.appraise.builder import coefficient_bonus, people, pool_bonus, said, scheme, table, yuan

from kaohe.appraise import appraise
from kaohe.appraise.reckon import reckon
from kaohe.appraise.settlement import Settled, settle
from kaohe.errors import KaoheError
from kaohe.scheme.model import Eligibility


def paid(bonus, asked, **attributes):
    made = scheme(bonus=replace(bonus, eligible=asked))
    return appraise(made, people(3, worked=[90, 29, 30], **attributes), table(a=[90, 90, 90]))


def test_whoever_served_too_few_days_has_no_bonus_and_learns_why():
    result = paid(coefficient_bonus(), Eligibility(min_days=30))
    assert yuan(result) == ["1000.00", "0.00", "1000.00"]
    assert said(result, 1, "bonus") == ["29 days in service, 30 needed: no bonus"]
    assert reckon(replace(coefficient_bonus(), eligible=Eligibility(30)), result, [0, 1])[1] is None


def test_whoever_left_before_the_end_has_no_bonus_and_learns_why():
    result = paid(coefficient_bonus(), Eligibility(at_end=True), at_period_end=[True, True, False])
    assert yuan(result) == ["1000.00", "1000.00", "0.00"]
    assert said(result, 2, "bonus") == ["not on the payroll at the period's end: no bonus"]


def test_a_pool_is_shared_among_the_eligible_alone():
    result = paid(pool_bonus(30_000), Eligibility(30, at_end=True), at_period_end=[True, False, True])
    assert yuan(result) == ["150.00", "0.00", "150.00"]
    assert len(said(result, 1, "bonus")) == 2


def test_a_pool_for_people_who_are_not_eligible_says_so_and_not_that_they_have_no_base():
    with pytest.raises(KaoheError) as caught:
        paid(pool_bonus(30_000), Eligibility(min_days=91), bonus_base=[Decimal(1), None, Decimal(1)])
    (problem,) = caught.value.problems
    assert str(problem.found) == (
        "of 3 people 0 are not graded, 0 vetoed, 3 not eligible, 0 without a base, 0 with a claim of zero"
    )
    assert "eligible" in str(problem.fix)
    assert "3 人不符合发放条件" in problem.found.in_("zh_CN")


@pytest.mark.parametrize(
    ("earned", "carried", "minimum", "settled"),
    [
        (5_000, 0, 10_000, Settled(0, 5_000)),
        (5_000, 5_000, 10_000, Settled(10_000, 0)),
        (4_999, 5_000, 10_000, Settled(0, 9_999)),
        (-3_000, 0, 10_000, Settled(0, -3_000)),
        (20_000, -3_000, 10_000, Settled(17_000, 0)),
        (-1, 0, 0, Settled(0, -1)),
        (0, 0, 0, Settled(0, 0)),
    ],
)
def test_what_is_less_than_the_minimum_is_carried_forward(earned, carried, minimum, settled):
    assert settle(earned, carried, minimum) == settled
    assert settled.paid + settled.carried == earned + carried
