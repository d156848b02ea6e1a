"""Minimum payments, draws, and what is carried forward from period to period."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from tests.unit.appraise.builder import coefficient_bonus, measured, people, rule, said, scheme, table, yuan

from kaohe.appraise import appraise
from kaohe.appraise.reckon import reckon
from kaohe.appraise.settlement import Settled, settle
from kaohe.errors import KaoheError
from kaohe.scheme.model import Eligibility, Settlement

LEAST = Settlement(minimum=10_000)
DRAW = Settlement(draw=300_000)


def paid(by, earned, brought=None, **more):
    """People who have earned so many yuan."""
    bonus = replace(coefficient_bonus(), settlement=by, **more)
    staff = people(len(earned), bonus_base=[None if each is None else Decimal(each) for each in earned])
    staff = replace(staff, brought=None if brought is None else np.array(brought, np.int64))
    made = scheme(bonus=bonus, measured=[measured("m")], rules=[rule("value('m') > 0", "veto")])
    return bonus, appraise(made, staff, table(a=[80] * len(earned), m=[0] * len(earned)))


def test_too_little_waits_until_it_has_come_to_the_minimum():
    _bonus, result = paid(LEAST, [99, 60, 100, 0], [0, 4_000, 0, 0])
    assert yuan(result) == ["0.00", "100.00", "100.00", "0.00"]
    assert result.money.carried.tolist() == [9_900, 0, 0, 0]
    assert said(result, 0, "bonus") == ["99.00 are less than the minimum payment of 100.00: carried forward"]
    assert said(result, 1, "bonus") == []


def test_a_debt_waits_until_it_is_earned():
    _bonus, result = paid(LEAST, [-30, 200, 50], [0, -5_000, -8_000])
    assert yuan(result) == ["0.00", "150.00", "0.00"]
    assert result.money.carried.tolist() == [-3_000, 0, -3_000]
    assert said(result, 0, "bonus") == ["a debt of 30.00 is carried forward until it has been earned"]


def test_a_minimum_of_nothing_carries_debts_alone():
    _bonus, result = paid(Settlement(minimum=0), [-30, 1])
    assert (yuan(result), result.money.carried.tolist()) == (["0.00", "1.00"], [-3_000, 0])


def test_a_draw_is_paid_in_any_case_and_recovered_from_what_is_earned_beyond_it():
    # 2000 earned: 3000 paid, 1000 to recover; then 3500 less 1000 is 2500: 3000 paid, 500 to recover; then 4000.
    balance, months = 0, []
    for earned in (2000, 3500, 4000, 0):
        _bonus, result = paid(DRAW, [earned], [balance])
        balance = int(result.money.carried[0])
        months.append((yuan(result)[0], balance))
    assert months == [("3000.00", -100_000), ("3000.00", -50_000), ("3500.00", 0), ("3000.00", -300_000)]
    assert said(result, 0, "bonus") == ["a draw of 3,000.00 is paid: 3,000.00 of it are to be recovered"]


@pytest.mark.parametrize("by", [LEAST, DRAW])
def test_whoever_has_no_bonus_now_keeps_the_balance(by):
    bonus, result = paid(by, [None, 5_000], [-700, 700], eligible=Eligibility(min_days=1))
    assert yuan(result) == ["0.00", "5007.00"]
    assert result.money.carried.tolist() == [-700, 0]
    assert said(result, 0, "bonus")[-1] == "no bonus now: a balance of -7.00 is carried forward"
    assert reckon(bonus, result, [0]) == [None]


def test_limits_hold_for_what_is_earned_and_not_for_what_is_settled():
    _bonus, result = paid(LEAST, [500], [9_000], cap=20_000)
    assert yuan(result) == ["290.00"]


def test_the_steps_to_a_settled_bonus_recompute():
    bonus, result = paid(DRAW, [2000, 5000], [10_000, -20_000])
    first, second = (each for each in reckon(bonus, result, [0, 1]) if each)
    assert (first.earned, first.brought, first.carried, first.bonus) == (200_000, 10_000, -90_000, 300_000)
    assert (second.earned, second.bonus, second.carried) == (500_000, 480_000, 0)


def test_balances_beyond_64_bits_are_refused_not_wrapped():
    with pytest.raises(KaoheError, match=r"appraise\.too-large"):
        paid(LEAST, [Decimal("9999999999.99")], [2**63 - 1])


@pytest.mark.parametrize(
    ("earned", "carried", "settled"),
    [
        (200_000, 0, Settled(300_000, -100_000)),
        (350_000, -100_000, Settled(300_000, -50_000)),
        (300_000, 0, Settled(300_000, 0)),
        (0, 400_000, Settled(400_000, 0)),
    ],
)
def test_a_draw_by_hand(earned, carried, settled):
    assert settle(earned, carried, draw=300_000) == settled
