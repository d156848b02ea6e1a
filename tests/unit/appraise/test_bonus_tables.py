"""Bonus tables that add up over the year, whose thresholds follow the days in service, that give an amount for reaching
a band, or that a formula names."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from tests.unit.appraise.builder import expression, measured, people, said, scheme, table, yuan
from tests.unit.appraise.test_tables import SALES, by_table

from kaohe.appraise import appraise
from kaohe.appraise.model import Records
from kaohe.appraise.rates import deductions, earned, parts, rate_table
from kaohe.appraise.reckon import reckon
from kaohe.scheme.model import Bonus, RateTable, YearToDate


def year(over: str = "value('{key}')") -> YearToDate:
    """Over the year: ``m`` is the figure to date, ``n`` that before the period."""
    return YearToDate(expression(over.format(key="m")), expression(over.format(key="n")))


def paid(bonus: Bonus, *, m, n=None, **attributes):
    made = scheme(bonus=bonus, measured=[measured("m"), measured("n")])
    return appraise(made, people(len(m), **attributes), table(a=[80] * len(m), m=m, n=n or [None] * len(m)))


def with_lumps(table: RateTable, *lumps: int) -> RateTable:
    bands = zip(table.bands, lumps, strict=True)
    return replace(table, bands=tuple(replace(band, lump=Decimal(lump)) for band, lump in bands))


def test_a_year_so_far_pays_what_is_due_beyond_the_year_before():
    # 9000 so far: 180 + 400 + 100 = 680; 3500 before: 180 + 40 = 220.
    result = paid(by_table(year=year()), m=[9000, 9000, 3000, 4000], n=[3500, None, 5000, 4000])
    assert yuan(result) == ["460.00", "680.00", "-160.00", "0.00"]
    (steps, *_) = reckon(by_table(year=year()), result, range(4))
    assert steps is not None
    assert steps.table is not None
    assert (steps.table.over, steps.table.before, steps.table.given) == (9000, 3500, 460)


def test_each_record_by_itself_begins_at_the_bottom_of_the_table():
    # 4000 gives 180 + 80, 3500.5 gives 180 + 40.04; together 7500.5 would give 180 + 360.04.
    bonus = by_table(per_record="m")
    records = Records(np.array([0, 2, 2, 3]), np.array([40_000, 35_005, -1_000]), 10)
    staff = replace(people(3), records=records)
    made = scheme(bonus=bonus, measured=[measured("m")])
    result = appraise(made, staff, table(a=[80] * 3, m=["7500.5", 0, -100]))
    assert yuan(result) == ["480.04", "0.00", "-6.00"]
    (steps, nothing, _last) = reckon(bonus, result, range(3))
    assert steps is not None
    assert nothing is not None
    assert steps.table is not None
    assert steps.table.records == (4000, Fraction("3500.5"))
    assert nothing.bonus == 0


def test_single_records_add_up_exactly_however_large():
    # 10% of what exceeds 8000, and 580 for that
    records = Records(np.array([0, 1, 2]), np.array([10**16 + 1, 1_000]), 10)
    made = scheme(bonus=by_table(per_record="m"), measured=[measured("m")])
    result = appraise(made, replace(people(2), records=records), table(a=[80, 80], m=[1, 1]))
    assert yuan(result) == ["99999999999780.01", "6.00"]


def test_without_single_records_a_figure_counts_as_one():
    assert yuan(paid(by_table(per_record="m"), m=[9000])) == ["680.00"]


def test_reaching_a_retroactive_band_over_the_year_pays_the_difference_for_all_before():
    rates = rate_table([(0, "0.05"), (10_000, "0.08")], retroactive=[1])
    # 12,000 × 8% − 9,000 × 5% = 960 − 450
    assert yuan(paid(by_table(rates, year=year()), m=[12_000], n=[9_000])) == ["510.00"]


def test_an_unknown_year_so_far_pays_nothing_and_is_said():
    result = paid(by_table(year=year()), m=[None, 1000], n=[500, 500])
    assert yuan(result) == ["0.00", "30.00"]
    assert said(result, 0, "bonus") == ["the figure that the bonus table asks for is unknown: no bonus"]


def test_a_base_multiplies_what_the_year_gives():
    factors = rate_table([(0, 0, 1), (100, 1)], "interpolated", "factor")
    result = paid(by_table(factors, base="bonus_base", year=year()), m=[60], n=[20])
    assert yuan(result) == ["400.00"]


def test_thresholds_in_proportion_to_days_pay_half_for_half_the_sales_on_half_the_days():
    bonus = by_table(prorate_bands=True)
    result = paid(bonus, m=[9000, 4500, 4500, 100], worked=[90, 45, 90, 0])
    assert yuan(result) == ["680.00", "340.00", "300.00", "0.00"]
    assert said(result, 3, "bonus") == ["the figure that the bonus table asks for is unknown: no bonus"]


def test_thresholds_of_fixed_amounts_move_and_the_amounts_stay():
    fixed = rate_table([(None, 0), (100, 500)], "whole", "amount")
    assert yuan(paid(by_table(fixed, prorate_bands=True), m=[50, 49, 50], worked=[45, 45, 90])) == [
        "500.00",
        "0.00",
        "0.00",
    ]


def test_amounts_for_reaching_bands_add_up_in_a_marginal_table():
    lumps = with_lumps(SALES, 0, 200, 300)
    assert [earned(lumps, amount) for amount in (2999, 3000, 5000, 9000)] == [
        Fraction("179.94"),
        180 + 200,
        180 + 160 + 200,
        180 + 400 + 100 + 500,
    ]
    assert [part.lump for part in parts(lumps, 9000)] == [0, 200, 300]
    assert deductions(lumps)[1] == 60 - 200
    assert yuan(paid(by_table(lumps), m=[9000])) == ["1180.00"]


def test_a_retroactive_band_leaves_what_was_given_for_reaching_bands():
    rates = with_lumps(rate_table([(0, "0.05"), (100, "0.08"), (200, "0.1")], retroactive=[2]), 0, 7, 9)
    assert earned(rates, 300) == 30 + 7 + 9
    assert sum(part.earned for part in parts(rates, 300)) == 46


def test_a_whole_table_gives_the_amount_of_the_band_reached_alone():
    whole = with_lumps(rate_table([(None, "0.01"), (100, "0.02"), (200, "0.03")], "whole"), 1, 7, 9)
    assert [earned(whole, amount) for amount in (50, 100, 200)] == [Fraction("1.5"), 9, 15]


def test_a_formula_names_what_its_table_gives():
    bonus = Bonus(
        "formula",
        expression("bonus_base"),
        "none",
        over=expression("value('m')"),
        table=SALES,
        formula=expression("base * 0.1 + if_(known(table), table, 7) * coefficient"),
    )
    result = paid(bonus, m=[9000, None])
    assert yuan(result) == ["780.00", "107.00"]
    assert [steps.bonus for steps in reckon(bonus, result, range(2)) if steps] == [78_000, 10_700]


@pytest.mark.parametrize("name", ["year", "prorate_bands"])
def test_a_formula_may_name_a_table_of_the_year_or_by_days(name):
    more = {"year": year()} if name == "year" else {"prorate_bands": True}
    bonus = Bonus(
        "formula", None, "none", over=expression("value('m')"), table=SALES, formula=expression("table * 2"), **more
    )
    assert yuan(paid(bonus, m=[4500], n=[3000], worked=[45])) == ["240.00" if name == "year" else "680.00"]
