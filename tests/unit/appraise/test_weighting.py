"""Weights, missing data, coverage and adjustments."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from tests.unit.appraise.builder import (
    adjustment,
    dimension,
    measured,
    people,
    ratio_curve,
    said,
    scheme,
    table,
    totals,
    used,
    values,
)

from kaohe.appraise import Values, appraise
from kaohe.errors import KaoheError
from kaohe.exact import from_micros


def test_dimension_points_are_the_weighted_mean_and_the_total_is_the_mean_of_the_dimensions():
    made = scheme(
        dimension("x", used("a", weight=50), used("b", weight=50), weight=40),
        dimension("y", used("c"), weight=60),
    )
    result = appraise(made, people(1), table(a=[80], b=[91], c=[70]))
    assert from_micros(result.dimension_points["x"][0]) == Decimal("85.5")
    assert totals(result) == [Decimal("76.2")]  # 0.4 × 85.5 + 0.6 × 70


def test_dimensions_are_rounded_at_six_decimals_and_the_total_once_to_the_schemes():
    made = scheme(dimension("x", used("a", weight=1), used("b", weight=2)), decimals=2)
    result = appraise(made, people(2), table(a=[1, "0.005"], b=[0, "0.005"]))
    assert result.dimension_points["x"].tolist() == [333_333, 5_000]
    assert totals(result) == [Decimal("0.33"), Decimal("0.01")]  # 0.005 is rounded half up


@pytest.mark.parametrize(("decimals", "expected"), [(0, "67"), (1, "66.7"), (6, "66.666667")])
def test_totals_have_the_schemes_decimals(decimals, expected):
    made = scheme(dimension("x", used("a", ratio_curve(3))), decimals=decimals)
    assert totals(appraise(made, people(1), table(a=[2]))) == [Decimal(expected)]


def test_relative_weights_need_not_sum_to_a_hundred():
    made = scheme(dimension("x", used("a", weight=3), used("b", weight=1), weight=7))
    assert totals(appraise(made, people(1), table(a=[100], b=[0]))) == [Decimal(75)]


def test_an_indicator_of_weight_zero_is_scored_but_does_not_count():
    made = scheme(dimension("x", used("a", weight=0), used("b", weight=1)))
    result = appraise(made, people(1), table(a=[100], b=[50]))
    assert totals(result) == [Decimal(50)]
    assert result.points["a"].tolist() == [100_000_000]


def missing_a(policy, **more):
    made = scheme(dimension("x", used("a", weight=40, missing=policy, **more), used("b", weight=60)))
    return appraise(made, people(1), table(a=[None], b=[90]))


def test_missing_as_zero_counts_zero_points():
    result = missing_a("zero")
    assert totals(result) == [Decimal(54)]
    assert said(result, 0) == ["A: no data; counts with 0 points"]
    assert (result.counted["a"].tolist(), result.data["a"].tolist()) == ([True], [False])


def test_missing_as_neutral_counts_the_neutral_points():
    result = missing_a("neutral", neutral="60.5")
    assert totals(result) == [Decimal("78.2")]  # 0.4 × 60.5 + 0.6 × 90
    assert said(result, 0) == ["A: no data; counts with 60.5 points"]


def test_missing_renormalised_divides_by_the_weight_present():
    result = missing_a("renormalise")
    assert totals(result) == [Decimal(90)]
    assert result.counted["a"].tolist() == [False]
    assert said(result, 0) == ["A: no data; left out, the other weights count for it"]


def test_missing_without_which_nobody_is_graded():
    result = missing_a("not_graded")
    assert totals(result) == [None]
    assert said(result, 0) == ["A: no data; not graded without it"]
    assert (result.rank.tolist(), result.group, result.tier, result.bonus.tolist()) == ([0], (None,), (None,), [0])


def test_a_dimension_without_data_drops_out():
    made = scheme(dimension("x", used("a"), weight=40), dimension("y", used("b"), weight=60))
    result = appraise(made, people(2), table(a=[None, 50], b=[90, 100]))
    assert totals(result) == [Decimal(90), Decimal(80)]
    assert result.dimension_counted["x"].tolist() == [False, True]


def test_too_few_records_are_no_data():
    made = scheme(dimension("x", used("a", weight=50, min_sample=10), used("b", weight=50)))
    given = {"a": values(20, 20, samples=[9, 10]), "b": values(80, 80)}
    result = appraise(made, people(2), given)
    assert totals(result) == [Decimal(80), Decimal(50)]
    assert said(result, 0) == ["A: only 9 of the 10 records needed; left out, the other weights count for it"]
    assert said(result, 1) == []


def test_coverage_is_the_share_of_weight_with_data_and_its_floor_is_inclusive():
    # a: 40 % × 50 % = 20 %, b: 20 %, c: 60 %
    made = scheme(
        dimension("x", used("a", weight=50), used("b", weight=50), weight=40),
        dimension("y", used("c"), weight=60),
        min_coverage="0.8",
    )
    result = appraise(made, people(3), table(a=[None, None, 10], b=[10, None, 10], c=[20, 20, None]))
    assert result.graded.tolist() == [True, False, False]
    assert said(result, 1, "coverage") == ["data for 60.00 % of the weight, 80.00 % needed: not graded"]
    assert said(result, 2, "coverage") == ["data for 40.00 % of the weight, 80.00 % needed: not graded"]


def test_points_that_stand_in_for_data_do_not_raise_the_coverage():
    made = scheme(dimension("x", used("a", missing="zero", weight=50), used("b", weight=50)), min_coverage="0.6")
    assert totals(appraise(made, people(1), table(a=[None], b=[100]))) == [None]


def test_coverage_of_thirds_is_compared_exactly():
    made = scheme(dimension("x", *(used(key, weight=1) for key in "abc")), min_coverage="0.666667")
    assert totals(appraise(made, people(1), table(a=[1], b=[1], c=[None]))) == [None]
    made = scheme(dimension("x", *(used(key, weight=1) for key in "abc")), min_coverage="0.666666")
    assert totals(appraise(made, people(1), table(a=[1], b=[1], c=[None]))) == [Decimal(1)]


def test_nobody_is_graded_on_nothing_even_without_a_coverage_floor():
    result = appraise(scheme(), people(1), table(a=[None]))
    assert totals(result) == [None]
    assert said(result, 0) == ["A: no data; left out, the other weights count for it", "nothing counts: not graded"]


def test_adjustments_are_added_to_the_total_before_it_is_rounded():
    made = scheme(
        dimension("x", used("a")),
        adjustments=[adjustment("value('m') * 0.5", maximum=5)],
        measured=[measured("m")],
        decimals=0,
    )
    result = appraise(made, people(3), table(a=["80.3", "80.3", "80.3"], m=["0.4", 20, None]))
    assert totals(result) == [Decimal(81), Decimal(85), Decimal(80)]  # 80.3 + 0.2 = 80.5 → 81
    assert result.adjustment_points["extra"].tolist() == [200_000, 5_000_000, 0]
    assert said(result, 2) == ["extra points: unknown, no points"]


def test_deductions_have_a_limit_of_their_own():
    made = scheme(adjustments=[adjustment("0 - value('m')", minimum=-10)], measured=[measured("m")])
    assert totals(appraise(made, people(2), table(a=[80, 80], m=[3, 30]))) == [Decimal(77), Decimal(70)]


def test_adjustments_see_points_and_dimensions_and_unknown_ones_are_unknown():
    made = scheme(
        dimension("c", used("a", ratio_curve(50))),
        dimension("d", used("b")),
        adjustments=[adjustment("points('a') / 10 + dimension('d') / 10")],
    )
    result = appraise(made, people(2), table(a=[50, 50], b=[60, None]))
    assert result.adjustment_points["extra"].tolist() == [16_000_000, 0]


def test_values_too_large_to_be_exact_are_refused_with_the_indicator():
    too_large = Values(np.array([2**62]), np.array([True]), np.array([1]))
    with pytest.raises(KaoheError) as caught:
        appraise(scheme(), people(1), {"a": too_large})
    (problem,) = caught.value.problems
    assert (problem.code, problem.found) == ("appraise.value-too-large", "4611686018427.387904")
    assert "values of a" in str(caught.value)


def test_points_without_bounds_are_refused_with_the_indicator():
    made = scheme(dimension("x", used("a", ratio_curve("0.000001"))))
    with pytest.raises(KaoheError) as caught:
        appraise(made, people(1), {"a": values("4000000000000")})
    assert caught.value.problems[0].code == "appraise.points-too-large"


def test_huge_weights_and_points_stay_exact():
    made = scheme(
        dimension("x", used("a", ratio_curve("0.001"), weight="99999999.999999"), used("b", weight="0.000001")),
        decimals=6,
    )
    # (100000000 × 99999999.999999 + 0 × 0.000001) / 100000000 = 99999999.999999
    assert totals(appraise(made, people(1), table(a=[1000], b=[0]))) == [Decimal("99999999.999999")]


def test_the_reason_why_somebody_is_not_graded_comes_last():
    made = scheme(dimension("x", used("a", missing="not_graded"), used("b")))
    assert said(appraise(made, people(1), table(a=[None], b=[None])), 0) == [
        "B: no data; left out, the other weights count for it",
        "A: no data; not graded without it",
    ]
