"""Rate tables: marginal, whole, interpolated, retroactive; per period, per record, year to date."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from kaohe.appraise.rates import (
    accumulated,
    deductions,
    each,
    earned,
    earned_in_columns,
    parts,
    rate_at,
    rate_table,
    year_to_date,
)

THREE = rate_table([(0, "0.06"), (3000, "0.08"), (8000, "0.10")])
FOUR = rate_table([(0, "0.1"), (5000, "0.15"), (10000, "0.25"), (50000, "0.3")])
RECORDS = rate_table([(0, "0.01"), (1000, "0.02"), (3000, "0.03"), (8000, "0.05")])


def test_a_marginal_table_counts_each_rate_inside_its_band():
    assert earned(THREE, 9000) == 680
    assert earned(rate_table([(0, "0.05"), (10000, "0.07"), (25000, "0.1")]), 30000) == 2050
    assert [int(part.earned) for part in parts(FOUR, 80000)] == [500, 750, 10000, 9000]
    assert earned(FOUR, 80000) == 20250


def test_quick_deductions_give_the_same():
    assert deductions(FOUR) == (0, 250, 1250, 3750)
    for amount, rate, deduction in ((4000, "0.1", 0), (7000, "0.15", 250), (30000, "0.25", 1250), (80000, "0.3", 3750)):
        assert earned(FOUR, amount) == amount * Fraction(rate) - deduction


def test_half_open_bands_leave_no_gap():
    table = rate_table([(0, "0.25"), (500, "0.3"), (3000, "0.4")])
    assert each(table, [400, 100, 1500, 5000]) == (100, 25, 425, 1675)


def test_each_record_by_itself_begins_at_the_bottom():
    found = each(RECORDS, [200, 300, 1500, 1200, 2000, 4500])
    assert (found, sum(found)) == ((2, 3, 20, 14, 30, 95), 164)


def test_a_record_that_crosses_a_band_is_split_by_what_was_reached_before():
    table = rate_table([(0, "0.04"), (150000, "0.06"), (250000, "0.08")])
    assert accumulated(table, [20000], before=145000) == (1100,)
    assert accumulated(table, [145000, 20000])[1] == 1100
    assert Fraction(1100, 20000) == Fraction("0.055")


def test_the_whole_amount_gets_the_rate_of_the_band_that_is_reached():
    table = rate_table([(0, "0.01"), (10000, "0.02"), (50000, "0.03"), (100000, "0.04")], "whole")
    assert each(table, [5000, 15000, 60000]) == (50, 300, 1800)
    assert [rate_at(table, amount) for amount in (5000, 15000)] == [Fraction("0.01"), Fraction("0.02")]


def test_a_figure_on_a_boundary_belongs_to_the_side_that_is_chosen():
    rows = [(0, "0.01"), (10000, "0.02")]
    assert earned(rate_table(rows, "whole"), 10000) == 200
    assert earned(rate_table(rows, "whole", boundary="lower"), 10000) == 100


def test_a_band_whose_rate_falls_to_zero_is_a_cap():
    table = rate_table([(0, 0), (1, "0.1"), (2, "0.2"), (3, 0)])
    amounts = [1, Fraction(3, 2), 2, Fraction(5, 2), 3, 4]
    assert each(table, amounts) == tuple(Fraction(text) for text in ("0", "0.05", "0.1", "0.2", "0.3", "0.3"))


def test_a_retroactive_band_applies_its_rate_to_everything_below():
    table = rate_table([(0, "0.06"), (3000, "0.08"), (8000, "0.10")], retroactive=[1])
    assert earned(table, 2999) == 2999 * Fraction("0.06")
    assert earned(table, 3000) == 240
    assert earned(table, 9000) == 640 + 100
    assert [(part.band, part.amount) for part in parts(table, 9000)] == [(1, 8000), (2, 1000)]


def test_interpolated_factors_jump_only_where_the_ends_differ():
    rows = [(None, 0), (80, "0.40", "0.50"), (100, "0.50", "0.80"), (120, "0.80")]
    table = rate_table(rows, "interpolated", "factor")
    achievements = [Decimal("79.99"), 80, 90, 100, 110, 120, 130]
    assert [earned(table, figure) * 100 for figure in achievements] == [0, 40, 45, 50, 65, 80, 80]


def test_performance_pay_by_score():
    rows = [(None, 0), (60, "0.6", "0.9"), (90, 1, 1), (100, 1, 3), (200, 3)]
    table = rate_table(rows, "interpolated", "factor")
    assert [earned(table, score) * 1500 for score in (95, 80, 110, 59)] == [1500, 1200, 1800, 0]


def test_interpolated_rates_are_of_the_whole_amount():
    table = rate_table([(0, "0.1"), (100, "0.2"), (200, "0.2")], "interpolated")
    assert [rate_at(table, amount) for amount in (0, 50, 100, 300)] == [
        Fraction(1, 10),
        Fraction(15, 100),
        Fraction(1, 5),
        Fraction(1, 5),
    ]
    assert earned(table, 50) == Fraction("7.5")
    assert earned(table, 300) == 60


def test_fixed_amounts():
    table = rate_table([(0, 0), (60, 500), (90, 1000)], "whole", "amount")
    assert each(table, [59, 60, 90, 200]) == (0, 500, 1000, 1000)


def test_less_than_nothing_takes_the_lowest_rate_back():
    assert earned(THREE, -1000) == -60
    assert accumulated(THREE, [4000, -2000]) == (260, -140)


def test_year_to_date_pays_the_difference_to_what_was_paid():
    assert year_to_date(THREE, 3000, 0) == 180
    assert year_to_date(THREE, 9000, 180) == 500
    assert year_to_date(THREE, 2000, 680) == -560


@pytest.mark.parametrize("mode", ["marginal", "whole", "interpolated"])
def test_columns_give_what_one_by_one_gives_even_at_great_amounts(mode):
    table = rate_table([(None, "0.0333"), ("3000.5", "0.08"), (8000, "0.10")], mode)
    figures = [0, Decimal("3000.5"), Fraction(8000), Fraction(10, 3), -5, 10**15, Fraction(10**20, 7)]
    given = earned_in_columns(table, figures)
    exact = [Fraction(int(numerator), int(given.denominator)) for numerator in given.numerators]
    assert exact == [earned(table, figure) for figure in figures]


def test_the_parts_of_a_deal_begin_where_the_ones_before_ended():
    assert [(part.band, int(part.amount)) for part in parts(THREE, 2000, before=2500)] == [(0, 500), (1, 1500)]
    assert [(part.band, int(part.amount)) for part in parts(THREE, 100, before=8000)] == [(2, 100)]
    retroactive = rate_table([(0, "0.06"), (3000, "0.08")], retroactive=[1])
    with pytest.raises(ValueError, match="retroactive"):
        parts(retroactive, 2000, before=2500)
