"""Ranks of plain figures: every way of counting equals, numbers that others published."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from kaohe.appraise.tie_ranks import (
    buckets,
    cumulative_share,
    excel_percent_rank,
    percent_rank,
    percentile_of,
    tie_ranks,
)
from kaohe.exact import from_micros


def shown(column):
    return [str(from_micros(figure)) for figure in column]


@pytest.mark.parametrize(
    ("method", "ranks"),
    [
        ("average", ["1", "2.5", "4", "2.5"]),
        ("min", ["1", "2", "4", "2"]),
        ("max", ["1", "3", "4", "3"]),
        ("dense", ["1", "2", "3", "2"]),
        ("ordinal", ["1", "2", "4", "3"]),
    ],
)
def test_five_ways_of_ranking_equals(method, ranks):
    # SciPy's rankdata, from its documentation
    assert shown(tie_ranks(np.array([0, 2, 3, 2]), method)) == ranks


def test_descending_gives_the_largest_the_first_rank():
    assert shown(tie_ranks(np.array([0, 2, 3, 2]), "average", descending=True)) == ["4", "2.5", "1", "2.5"]
    assert shown(tie_ranks(np.array([1, 1, 0]), "ordinal", descending=True)) == ["1", "2", "3"]


def test_percent_rank_and_cumulative_share_are_those_of_sql():
    # MariaDB's documentation of PERCENT_RANK and CUME_DIST
    figures = np.array([0, 0, 1, 1, 2, 2, 2, 2, 4, 4])
    assert shown(percent_rank(figures)) == ["0"] * 2 + ["0.222222"] * 2 + ["0.444444"] * 4 + ["0.888889"] * 2
    assert shown(cumulative_share(figures)) == ["0.2"] * 2 + ["0.4"] * 2 + ["0.8"] * 4 + ["1"] * 2
    # Oracle's EMP table, salaries of department 20 from the highest
    assert shown(percent_rank(np.array([3000, 3000, 2975, 1100, 800]), descending=True)) == [
        "0",
        "0",
        "0.5",
        "0.75",
        "1",
    ]


def test_the_cumulative_share_counts_from_the_side_that_is_chosen():
    assert shown(cumulative_share(np.array([1, 2, 2, 5]))) == ["0.25", "0.75", "0.75", "1"]
    assert shown(cumulative_share(np.array([1, 2, 2, 5]), descending=True)) == ["1", "0.75", "0.75", "0.25"]


def test_a_single_figure_has_percent_rank_zero_and_nothing_has_none():
    assert shown(percent_rank(np.array([7]))) == ["0"]
    assert shown(cumulative_share(np.array([7]))) == ["1"]
    nothing = np.zeros(0, np.int64)
    assert percent_rank(nothing).tolist() == cumulative_share(nothing).tolist() == []
    assert tie_ranks(nothing, "average").tolist() == []


def test_excels_percentrank_cuts_and_does_not_round():
    data = [13, 12, 11, 8, 4, 3, 2, 1, 1, 1]
    found = [excel_percent_rank(data, probe) for probe in (2, 4, 8, 5)]
    assert [str(each) for each in found] == ["0.333", "0.555", "0.666", "0.583"]
    assert str(excel_percent_rank(data, 4, digits=5)) == "0.55555"
    # Two of the four steps from 4 to 8: 5/9 + 1/9 · 2/4
    assert str(excel_percent_rank(data, 6)) == "0.611"
    assert excel_percent_rank(data, Decimal("0.5")) is None
    assert excel_percent_rank(data, 14) is None
    assert excel_percent_rank([], 1) is None
    assert excel_percent_rank([3], 3) == 1


def test_excel_exclusively_counts_one_step_more_at_each_end():
    data = [1, 2, 3, 6, 6, 6, 7, 8, 9]
    shares = [excel_percent_rank(data, figure, exclusive=True) for figure in (1, 7, Decimal("5.43"), 10)]
    assert shares == [Decimal("0.1"), Decimal("0.7"), Decimal("0.381"), None]
    assert excel_percent_rank([5], 5, exclusive=True) == Decimal("0.5")


def test_percentiles_count_equals_in_four_ways():
    data = [1, 2, 3, 3, 4]
    found = {kind: percentile_of(data, 3, kind) for kind in ("strict", "weak", "mean", "rank")}
    assert found == {
        "strict": Fraction(2, 5),
        "weak": Fraction(4, 5),
        "mean": Fraction(3, 5),
        "rank": Fraction(7, 10),
    }
    assert percentile_of([], 3) is None


def test_buckets_are_as_equal_as_may_be_with_the_larger_ones_first():
    figures = np.arange(10)
    assert buckets(figures, 4).tolist() == [1, 1, 1, 2, 2, 2, 3, 3, 4, 4]
    assert buckets(figures, 5, descending=True).tolist() == [5, 5, 4, 4, 3, 3, 2, 2, 1, 1]
    assert buckets(figures[:2], 4).tolist() == [1, 2]
