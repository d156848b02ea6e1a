"""Weights out of the data, and totals by TOPSIS and VIKOR, by hand."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from tests.unit.appraise.builder import (
    ABC,
    adjustment,
    dimension,
    measured,
    people,
    points_curve,
    quota,
    rule,
    said,
    scheme,
    table,
    totals,
    used,
)

from kaohe.appraise import appraise
from kaohe.appraise.alternatives import topsis, vikor
from kaohe.appraise.criteria import criteria, losses
from kaohe.appraise.entropy import _gathered, divergence, entropy_weights
from kaohe.exact import MICRO
from kaohe.precise import exact_matrix
from kaohe.scheme.model import TotalBy

ROWS = [(10, 90), (40, 60), (100, 50)]
COLUMNS = {"a": [row[0] for row in ROWS], "b": [row[1] for row in ROWS]}
METHODS = [TotalBy("topsis"), TotalBy("vikor")]


def entropy(*dimensions, **settings):
    return replace(scheme(*dimensions, **settings), weights="entropy")


def by(total, *dimensions, **settings):
    made = dimensions or (dimension("d", used("a", weight=60), used("b", weight=40)),)
    return replace(scheme(*made, **settings), total_by=total)


def test_weights_out_of_data_are_those_of_the_published_method():
    found = appraise(entropy(dimension("d", used("a"), used("b"))), people(3), table(**COLUMNS)).data_weights
    expected = entropy_weights(exact_matrix(ROWS), 8)
    assert list(found.weights.values()) == [100 * weight for weight in expected]
    assert sum(found.weights.values()) == 100
    assert (found.people, found.told_apart) == (3, True)


def test_a_dimension_weighs_what_its_indicators_weigh_together():
    made = entropy(dimension("x", used("a")), dimension("y", used("b"), used("c")))
    result = appraise(made, people(3), table(**COLUMNS, c=[1, 2, 3]))
    weights = {key: Fraction(weight) for key, weight in result.data_weights.weights.items()}
    for row, (a, b) in enumerate(ROWS):
        exact = (weights["a"] * a + weights["b"] * b + weights["c"] * (row + 1)) / 100
        # The points of a dimension are rounded at six decimals before they are added up.
        assert abs(Fraction(int(result.total[row]), MICRO) - exact) <= Fraction(5001, MICRO)


def test_an_indicator_that_is_alike_for_all_weighs_nothing():
    result = appraise(entropy(dimension("d", used("a"), used("b"))), people(2), table(a=[10, 90], b=[50, 50]))
    assert result.data_weights.weights == {"a": 100, "b": 0}
    # 1 − (0.1·ln 0.1 + 0.9·ln 0.9) / −ln 2
    assert result.data_weights.divergence == {"a": Decimal("0.531004"), "b": 0}
    assert totals(result) == [10, 90]


def test_who_lacks_data_has_no_part_in_the_weights_and_is_scored_by_them():
    made = entropy(dimension("d", used("a", missing="neutral", neutral=60), used("b")))
    complete = appraise(made, people(3), table(**COLUMNS))
    result = appraise(made, people(4), table(a=[*COLUMNS["a"], None], b=[*COLUMNS["b"], 0]))
    assert result.data_weights == complete.data_weights
    weight = Fraction(result.data_weights.weights["a"])
    assert result.total[3] == round(weight * 60 / 100, 2) * MICRO


@pytest.mark.parametrize(
    ("columns", "count"), [({"a": [], "b": []}, 0), ({"a": [5], "b": [70]}, 1), ({"a": [5, 5], "b": [7, 7]}, 2)]
)
def test_where_nothing_tells_anybody_apart_all_weigh_the_same(columns, count):
    result = appraise(entropy(dimension("x", used("a")), dimension("y", used("b"))), people(count), table(**columns))
    assert result.data_weights.weights == {"a": 50, "b": 50}
    assert not result.data_weights.told_apart
    assert totals(result) == [Decimal(str((a + b) / 2)) for a, b in zip(columns["a"], columns["b"], strict=True)]


def test_nobody_with_all_data_leaves_equal_weights():
    result = appraise(entropy(dimension("d", used("a"), used("b"))), people(2), table(a=[1, None], b=[None, 9]))
    assert (result.data_weights.people, result.data_weights.weights) == (0, {"a": 50, "b": 50})


def test_points_below_zero_count_as_zero_in_the_weights():
    made = entropy(dimension("d", used("a"), used("b")))
    below = appraise(made, people(3), table(a=[-40, 20, 30], b=[1, 2, 3])).data_weights
    assert below == appraise(made, people(3), table(a=[0, 20, 30], b=[1, 2, 3])).data_weights


def test_very_many_different_points_weigh_as_each_by_itself_would():
    column = np.arange(1, 60_000, 7, dtype=np.int64) * 1_999
    values, counts = np.unique(column, return_counts=True)
    exact = entropy_weights(tuple((Fraction(int(each)), Fraction(1 + row % 3)) for row, each in enumerate(column)), 30)
    other = divergence(np.array([1 + row % 3 for row in range(len(column))]))
    mine = divergence(column)
    assert len(values) == len(counts) > 5_000
    assert abs(Fraction(mine) / Fraction(mine + other) - Fraction(exact[0])) < Fraction(1, 10**25)
    assert _gathered(np.array([1, 2]), np.array([3, 1])) == pytest.approx(2 * Decimal(2).ln(), abs=Decimal("1e-40"))


@pytest.mark.parametrize("normalisation", ["vector", "linear", "minmax", "sum", "none"])
def test_topsis_gives_the_closeness_of_the_published_method(normalisation):
    result = appraise(by(TotalBy("topsis", normalisation), decimals=6), people(3), table(**COLUMNS))
    expected = topsis(exact_matrix(ROWS), exact_matrix([["0.6", "0.4"]])[0], ["max", "max"], normalisation, 8)
    assert totals(result) == [100 * each for each in expected.closeness]


@pytest.mark.parametrize("v", ["0", "0.5", "1"])
def test_vikor_turns_q_round(v):
    result = appraise(by(TotalBy("vikor", v=Decimal(v)), decimals=6), people(3), table(**COLUMNS))
    expected = vikor(exact_matrix(ROWS), exact_matrix([["0.6", "0.4"]])[0], ["max", "max"], Fraction(v), 8)
    assert totals(result) == [100 - 100 * each for each in expected.Q]


@pytest.mark.parametrize(("method", "alone"), [*zip(METHODS, [50, 100], strict=True)])
def test_one_person_and_everybody_alike_have_a_defined_total(method, alone):
    assert totals(appraise(by(method), people(1), table(a=[7], b=[8]))) == [alone]
    assert totals(appraise(by(method), people(3), table(a=[7] * 3, b=[0] * 3))) == [alone] * 3
    assert totals(appraise(by(method), people(0), table(a=[], b=[]))) == []
    assert totals(appraise(by(method), people(1), table(a=[None], b=[None]))) == [None]


@pytest.mark.parametrize("method", METHODS)
def test_the_best_of_all_in_everything_has_a_hundred_and_the_worst_none(method):
    assert totals(appraise(by(method), people(2), table(a=[90, 10], b=[80, 20]))) == [100, 0]


@pytest.mark.parametrize("method", METHODS)
def test_missing_data_comes_first_stand_ins_count_and_the_ungraded_are_not_compared(method):
    neutral = by(method, dimension("d", used("a", weight=60, missing="neutral", neutral=40), used("b", weight=40)))
    stood_in = appraise(neutral, people(3), table(a=[10, None, 100], b=COLUMNS["b"]))
    assert totals(stood_in) == totals(appraise(by(method), people(3), table(**COLUMNS)))
    strict = by(method, dimension("d", used("a", weight=60, missing="not_graded"), used("b", weight=40)))
    left_out = appraise(strict, people(4), table(a=[*COLUMNS["a"], None], b=[*COLUMNS["b"], 1000]))
    assert totals(left_out) == [*totals(appraise(by(method), people(3), table(**COLUMNS))), None]


def test_what_does_not_count_leaves_the_other_weights():
    # Of the third only b is known, and there they are best: nothing lost, no distance to the best.
    for method in METHODS:
        assert totals(appraise(by(method), people(3), table(a=[0, 100, None], b=[50, 60, 90])))[2] == 100


def test_weight_that_went_to_another_indicator_counts_there():
    # 80 of the first one's weight is on b, where they are worst, and 20 on c, where they are best.
    a = used("a", weight=60, missing="redistribute", shares={"b": "1"})
    indicators = dimension("d", a, used("b", weight=20), used("c", weight=20))
    columns = table(a=[None, 0, 100], b=[0, 0, 100], c=[100, 0, 100])
    # To the best 0.8 · 100/100, to the worst 0.2 · 100/√(2 · 100²)
    assert totals(appraise(by(METHODS[0], indicators), people(3), columns)) == [Decimal("15.02"), 0, 100]
    # S 0.8, 1, 0 and R 0.8, 0.6, 0
    assert totals(appraise(by(METHODS[1], indicators), people(3), columns)) == [10, Decimal("12.5"), 100]


@pytest.mark.parametrize("method", METHODS)
def test_additions_rules_and_tiers_act_as_usual(method):
    made = by(
        method,
        decimals=2,
        measured=[measured("c")],
        adjustments=[adjustment('value("c")')],
        rules=[rule('value("c") > 3', "deduct", 10)],
        tiers=quota(*ABC),
    )
    result = appraise(made, people(2), table(a=[90, 10], b=[80, 20], c=["1.005", 4]))
    assert totals(result) == [Decimal("101.01"), -6]
    assert result.tier == ("A", "B")
    assert said(result, 1, "rule") != []


def test_points_too_large_for_squares_of_64_bits_are_still_exact():
    far = 10**12
    result = appraise(by(TotalBy("topsis")), people(3), table(a=[0, 500, 1000], b=[0, 500, 1000]))
    assert totals(result) == [0, 50, 100]
    wide = by(TotalBy("topsis"), dimension("d", reaching(used("a"), far)))
    assert totals(appraise(wide, people(3), table(a=[0, far // 2, far]))) == [0, 50, 100]

    bounded = dimension("d", *(replace(used(key), curve=points_curve((-5000, -5000), (5000, 5000))) for key in "ab"))
    columns = {"a": [-5000, 2500, 5000], "b": [4500, 3000, -2500]}
    small = {key: [Decimal(each) / 1000 for each in column] for key, column in columns.items()}
    for how in ("vector", "minmax", "sum"):
        made = by(TotalBy("topsis", how), bounded)
        assert totals(appraise(made, people(3), table(**columns))) == totals(appraise(made, people(3), table(**small)))


def reaching(indicator, most):
    return replace(indicator, curve=points_curve((0, 0), (most, most)))


def test_what_tells_nobody_apart_leaves_the_criteria_after_it_to_decide():
    made = by(TotalBy("topsis", "minmax"))
    assert totals(appraise(made, people(2), table(a=[5, 5], b=[10, 90]))) == [0, 100]


@pytest.mark.parametrize("method", METHODS)
def test_weights_of_very_many_digits_compare_exactly(method):
    third, rest = "0.333333333333333333333333", "0.666666666666666666666667"
    long = by(method, dimension("d", used("a", weight=third), used("b", weight=rest)))
    short = by(method, dimension("d", used("a", weight=1), used("b", weight=2)))
    assert totals(appraise(long, people(3), table(**COLUMNS))) == totals(appraise(short, people(3), table(**COLUMNS)))


@pytest.mark.parametrize("method", METHODS)
def test_very_large_additions_keep_their_last_millionth(method):
    made = by(method, decimals=6, measured=[measured("c")], adjustments=[adjustment('value("c")')])
    result = appraise(made, people(2), table(a=[90, 10], b=[80, 20], c=["1000000000000.000001", 0]))
    assert totals(result) == [Decimal("1000000000100.000001"), 0]


def lost(**columns):
    """S and R of everybody."""
    made = by(METHODS[1])
    result = appraise(made, people(3), table(**columns))
    found = losses(criteria(made, result.points, result.counted, result.graded))
    return [[Fraction(each) / found.whole for each in column] for column in (found.utility, found.regret)]


def test_losses_are_parts_of_the_weight_that_each_person_has():
    # a weighs 0.6 and goes from 10 to 100, b 0.4 from 50 to 90
    six, four = Fraction(6, 10), Fraction(4, 10)
    assert lost(**COLUMNS) == [[six, Fraction(7, 10), four], [six, four, four]]
    # Of the third only b counts, with all the weight; a goes from 10 to 40.
    assert lost(a=[10, 40, None], b=COLUMNS["b"]) == [[six, Fraction(3, 10), 1], [six, Fraction(3, 10), 1]]
