"""Several pools, pools by expression, and what cannot be paid."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from tests.unit.appraise.builder import expression, measured, people, pool_bonus, scheme, table, yuan

from kaohe.appraise import appraise
from kaohe.appraise.model import Pool
from kaohe.errors import KaoheError
from kaohe.language import Expression, Keyed, Scope, Type, compile_expression
from kaohe.scheme.model import Bonus

NUMBER = Type("number", 6)
REGIONS = ("N", "S", "N", None)


def together(text: str) -> Expression:
    """An expression over the people of a pool."""
    keyed = {"value": Keyed(NUMBER, frozenset({"a", "m"}))}
    return compile_expression(text, Scope({"total": NUMBER, "region": Type("text")}, keyed=keyed, aggregates=True))


def pool_of(pool: int | Expression, within: tuple[str, ...] = ()) -> Bonus:
    return replace(pool_bonus(0), pool=pool, pool_within=within)


def paid(bonus, *, m=(100, 200, 300, 400), a=(80, 90, 100, 70), region=REGIONS, **attributes):
    made = scheme(bonus=bonus, measured=[measured("m")])
    return appraise(made, people(len(m), region=region, **attributes), table(a=a, m=m))


def test_each_group_has_a_pool_of_its_own():
    result = paid(pool_of(30_001, ("region",)))
    assert yuan(result) == ["150.01", "300.01", "150.00", "300.01"]
    assert [(pool.group, pool.fen) for pool in result.money.pools] == [("N", 30_001), ("S", 30_001), ("—", 30_001)]
    assert result.money.pool.tolist() == [0, 1, 0, 2]


def test_a_pool_is_a_share_of_the_teams_sales_times_the_teams_score():
    # 2% × 1000 × mean of 80, 90, 100, 70 = 85 % → 17.00 yuan
    result = paid(pool_of(together("sum(value('m')) * 0.02 * mean(total) / 100")))
    assert int(result.bonus.sum()) == 1700
    # N: 2% × 400 × 90 % = 7.20; S: 2% × 200 × 90 % = 3.60; no region: 2% × 400 × 70 % = 5.60
    result = paid(pool_of(together("sum(value('m')) * 0.02 * mean(total) / 100"), ("region",)))
    assert yuan(result) == ["3.60", "3.60", "3.60", "5.60"]


def test_an_amount_by_expression_is_rounded_once_to_the_fen():
    assert int(paid(pool_of(together("sum(value('m')) * 0.0000055"))).bonus.sum()) == 1  # 0.0055 yuan
    assert int(paid(pool_of(together("sum(value('m')) * 0.000015"))).bonus.sum()) == 2  # 0.015 yuan, half up


def test_a_pool_below_zero_is_borne_in_proportion():
    result = paid(pool_of(together("sum(value('m')) - 2000")), bonus_base=[Decimal(n) for n in (1, 2, 3, 4)])
    assert yuan(result) == ["-100.00", "-200.00", "-300.00", "-400.00"]
    assert result.money.pools[0].ratio is not None
    assert result.money.pools[0].ratio < 0


def test_one_person_takes_the_whole_pool_and_nobody_takes_none():
    assert yuan(paid(pool_of(10**15), m=[1], a=[90], region=["N"])) == ["10000000000000.00"]
    assert paid(pool_of(10**15), m=[], a=[], region=[]).money.pools == ()


def test_everybody_at_zero_cannot_share_a_pool_and_the_group_is_named():
    with pytest.raises(KaoheError) as caught:
        paid(pool_of(100, ("region",)), bonus_base=[Decimal(n) for n in (1, 0, 1, 1)])
    (problem,) = caught.value.problems
    assert problem.code == "appraise.pool-without-claims"
    assert str(problem.what) == "there is a pool of 1.00 for S, but nobody to pay it to"
    assert "of 1 people 0 are not graded, 0 vetoed, 0 not eligible, 0 without a base, 1 with a claim of zero" in str(
        problem.found
    )


def test_a_pool_of_zero_needs_no_claims():
    result = paid(pool_of(together("sum(value('m')) * 0"), ("region",)), bonus_base=[Decimal(0)] * 4)
    assert result.bonus.tolist() == [0] * 4
    assert result.money.pools[0] == Pool("N", 0, None)


def test_a_pool_that_is_unknown_is_a_mistake_and_not_nothing():
    with pytest.raises(KaoheError) as caught:
        paid(pool_of(together("mean(value('m'))"), ("region",)), m=[1, None, 1, 1])
    (problem,) = caught.value.problems
    assert (problem.code, problem.found) == ("appraise.pool-unknown", "S")


def test_limits_are_reapplied_inside_each_pool():
    bonus = replace(pool_of(100_000, ("region",)), cap=60_000, floor=None)
    result = paid(bonus, region=("N", "N", "S", "S"), bonus_base=[Decimal(n) for n in (9, 1, 1, 1)])
    assert yuan(result) == ["600.00", "400.00", "500.00", "500.00"]


def test_an_expression_over_one_person_still_names_that_person():
    assert yuan(paid(replace(pool_of(40_000), base=expression("bonus_base * rank")))) == [
        "120.00",
        "80.00",
        "40.00",
        "160.00",
    ]
