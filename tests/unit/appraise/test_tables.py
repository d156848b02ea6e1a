"""Bonuses by rate table and by formula, and accelerators."""

from __future__ import annotations

from decimal import Decimal

from tests.unit.appraise.builder import by_score, expression, level, measured, people, said, scheme, table, yuan

from kaohe.appraise import appraise
from kaohe.appraise.rates import rate_table
from kaohe.scheme.model import Accelerator, Bonus

SALES = rate_table([(0, "0.06"), (3000, "0.08"), (8000, "0.10")])
TIERS = by_score(level("A", min_score=85, coefficient="1.5"), level("B"))


def by_table(rates=SALES, over="value('m')", base=None, prorate="none", **more):
    return Bonus(
        "table", None if base is None else expression(base), prorate, over=expression(over), table=rates, **more
    )


def paid(bonus, *, m, a=None, tiers=None, **attributes):
    made = scheme(tiers=tiers, bonus=bonus, measured=[measured("m")])
    return appraise(made, people(len(m), **attributes), table(a=a or [80] * len(m), m=m))


def test_a_commission_is_what_the_table_gives():
    assert yuan(paid(by_table(), m=[9000, 3000, 0, -100])) == ["680.00", "180.00", "0.00", "-6.00"]


def test_it_is_rounded_once_after_coefficient_and_proration():
    # 6% of 1000.01 = 60.0006; × 1.5 × 1/3 = 30.0003
    result = paid(by_table(prorate="days"), m=["1000.01"], a=[90], tiers=TIERS, worked=[30])
    assert yuan(result) == ["30.00"]
    assert (result.money.base.tolist(), result.money.claim.tolist()) == ([6000], [3000])


def test_an_unknown_figure_pays_nothing_and_is_said():
    result = paid(by_table(), m=[None, 1000])
    assert yuan(result) == ["0.00", "60.00"]
    assert said(result, 0, "bonus") == ["the figure that the bonus table asks for is unknown: no bonus"]


def test_a_table_of_factors_multiplies_the_base():
    factors = rate_table([(None, 0), (60, "0.6", "0.9"), (90, 1, 1), (100, 1, 3), (200, 3)], "interpolated", "factor")
    bonus = by_table(factors, over="total", base="bonus_base")
    result = paid(bonus, m=[0] * 4, a=[95, 80, 110, 59], bonus_base=[Decimal(1500)] * 4)
    assert yuan(result) == ["1500.00", "1200.00", "1800.00", "0.00"]


def test_marginal_rates_of_an_attainment_multiply_what_the_target_is_worth():
    rates = rate_table([(0, 1), (1, "1.5"), ("1.2", 2)])
    bonus = by_table(rates, over="value('m') / 150000", base="bonus_base")
    assert yuan(paid(bonus, m=[195000], bonus_base=[Decimal(12000)])) == ["18000.00"]


def test_an_unknown_base_of_a_table_is_told_once_and_touches_nobody_else():
    bonus = by_table(base="bonus_base")
    result = paid(bonus, m=[None, 1000, 1000], bonus_base=[None, None, Decimal(2)])
    assert yuan(result) == ["0.00", "0.00", "120.00"]
    assert said(result, 0, "bonus") == said(result, 1, "bonus") == ["the base of the bonus is unknown: no bonus"]


def test_a_formula_names_base_and_coefficient_itself_and_is_rounded_once():
    bonus = Bonus("formula", expression("bonus_base"), "none", formula=expression("max(base * coefficient / 3, 400)"))
    result = paid(bonus, m=[0, 0], a=[90, 80], tiers=TIERS, bonus_base=[Decimal("1000.01"), Decimal(1000)])
    assert yuan(result) == ["500.01", "400.00"]  # 1000.01 × 1.5 / 3 = 500.005


def test_a_formula_may_do_without_a_base_that_is_unknown():
    bonus = Bonus("formula", expression("bonus_base"), "none", formula=expression("if_(value('m') > 0, 100, base)"))
    result = paid(bonus, m=[1, 0], bonus_base=[None, None])
    assert yuan(result) == ["100.00", "0.00"]
    assert said(result, 1, "bonus") == ["the bonus by formula is unknown: no bonus"]


def test_accelerators_multiply_by_the_band_of_attainment():
    attained = rate_table([(None, 1), (1, "1.5"), ("1.2", 2)], "whole", "factor")
    faster = Accelerator("attainment", expression("value('m') / 100"), attained)
    bonus = Bonus("coefficient", expression("bonus_base"), "none", accelerators=(faster,))
    result = paid(bonus, m=[99, 100, 130, None])
    assert yuan(result) == ["1000.00", "1500.00", "2000.00", "1000.00"]
    assert said(result, 3, "bonus") == ["accelerator attainment: unknown, not applied"]


def test_accelerators_change_shares_of_a_pool():
    faster = Accelerator("x", expression("value('m')"), rate_table([(None, 1), (1, 2)], "whole", "factor"))
    bonus = Bonus("pool", expression("bonus_base"), "none", 30000, accelerators=(faster,))
    assert yuan(paid(bonus, m=[0, 1])) == ["100.00", "200.00"]
