"""Where missing weight goes, and what becomes of it where nobody is there to take it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from tests.unit.appraise.builder import dimension, people, said, scheme, table, totals, used

from kaohe.appraise import appraise
from kaohe.appraise.redistribution import weights_of_one


def made(otherwise="not_graded", **more):
    a = used("a", missing="redistribute", shares={"b": "0.5", "c": "0.5"}, otherwise=otherwise)
    return scheme(dimension("x", a, used("b", **more), weight=50), dimension("y", used("c"), weight=50))


def test_without_anything_missing_nothing_moves():
    # a and b 25 each, c 50
    assert totals(appraise(made(), people(1), table(a=[100], b=[0], c=[40]))) == [45]


def test_weight_goes_across_dimensions_and_the_person_is_told():
    # b 37.5, c 62.5
    result = appraise(made(), people(1), table(a=[None], b=[80], c=[40]))
    assert totals(result) == [55]
    assert said(result, 0) == ["A: no data; its weight goes to b 50 %, c 50 %"]


def test_a_recipient_that_is_missing_too_leaves_the_person_ungraded():
    result = appraise(made(), people(1), table(a=[None], b=[None], c=[40]))
    assert totals(result) == [None]
    assert said(result, 0)[-1] == "A: its weight cannot go to B, which does not count either; not graded"
    assert (result.decisions[0][-1].kind, result.decisions[0][-1].about) == ("missing", "a")


def test_or_that_part_of_the_weight_is_left_out():
    # b is left out, a gives 12.5 to c; only c counts
    result = appraise(made("renormalise"), people(1), table(a=[None], b=[None], c=[40]))
    assert totals(result) == [40]
    assert said(result, 0)[-1] == "A: its weight cannot go to B, which does not count either; that part is left out"


def test_a_recipient_with_points_that_stand_in_does_count():
    # b counts with 0: 37.5 × 0 + 62.5 × 40
    assert totals(appraise(made(missing="zero"), people(1), table(a=[None], b=[None], c=[40]))) == [25]


def test_coverage_looks_at_the_weights_as_written():
    strict = replace(made(), min_coverage=made().min_coverage + 1)
    assert totals(appraise(strict, people(1), table(a=[None], b=[80], c=[40]))) == [None]


def test_weight_is_not_passed_on_a_second_time():
    a = used("a", missing="redistribute", shares={"b": 1})
    b = used("b", missing="redistribute", shares={"c": 1})
    chained = scheme(dimension("x", a, b, used("c")))
    result = appraise(chained, people(2), table(a=[None, 10], b=[None, None], c=[30, 40]))
    assert totals(result) == [None, 30]


def test_one_persons_weights_are_worked_out_once_more_from_what_counts():
    def held(a, b, c):
        return list(weights_of_one(made(), {"a": a, "b": b, "c": c}).values())

    assert held(a=True, b=True, c=True) == [25, 25, 50]
    assert held(a=False, b=True, c=True) == [0, Fraction("37.5"), Fraction("62.5")]
    assert held(a=False, b=False, c=True) == [Fraction("12.5"), 25, Fraction("62.5")]
    assert held(a=True, b=False, c=True) == [25, 25, 50]


def test_weights_of_very_many_digits_go_on_exactly():
    a = used("a", weight="0.333333333333333333333333", missing="redistribute", shares={"b": 1})
    long = scheme(dimension("x", a, used("b", weight="0.666666666666666666666667")))
    assert totals(appraise(long, people(2), table(a=[None, 30], b=[50, 60]))) == [50, 50]
