"""Targets in proportion to days in service, or to full-time days: by hand, explained, and against the plain curve."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.reference import appraisal as reference
from tests.unit.appraise.builder import dimension, expression, people, per_unit_curve, ratio_curve, scheme, table, used
from tests.unit.appraise.test_relative_curves import formula

from kaohe.appraise import appraise, explain_curve
from kaohe.appraise.earning import basis
from kaohe.errors import KaoheError
from kaohe.exact import from_micros, to_micros
from kaohe.scheme.model import RatioCurve

WORKED = [90, 45, 30]


def points(curve, values, **attributes):
    """What everybody earns, and how it is explained."""
    of = used("a", curve)
    made = scheme(dimension("d", of))
    staff = people(len(values), **attributes)
    columns = table(a=values)
    result = appraise(made, staff, columns)
    micros = result.points["a"].tolist()
    said = []
    for row, value in enumerate(values):
        if result.data["a"][row] and result.counted["a"][row]:
            step = explain_curve(curve, to_micros(value), basis(made, staff, columns, of, row))
            assert to_micros(Fraction(step.arguments["points"])) == micros[row]
            said.append(str(step))
    return [from_micros(each) for each in micros], said


def test_a_ratio_to_half_the_target_on_half_the_days_is_full():
    curve = replace(ratio_curve(1000), prorate="days")
    found, said = points(curve, [1000, 500, 500], worked=WORKED)
    assert found == [100, 100, 150]
    assert "by days" not in said[0]
    assert said[1] == "100 × 500 / 500 (the target × 1/2 by days) = 100 points"
    assert said[2].startswith("100 × 500 / 333.333333 (the target × 1/3 by days)")


def test_full_time_days_halve_the_target_of_half_a_job():
    curve = replace(ratio_curve(1000), prorate="full_time_days")
    days = [Decimal(90), Decimal(45), None]
    found, _said = points(curve, [900, 450, 450], full_time_days=days, worked=[90, 90, 90])
    assert found == [90, 90, 0]


def test_a_target_by_attribute_is_prorated_too():
    curve = RatioCurve(expression("region"), prorate="days")
    found, _said = points(curve, [1000, 500, 500], worked=WORKED, region=["2000", "2000", "3000"])
    assert found == [50, 50, 50]


def test_what_is_no_number_is_refused_whether_prorated_or_not():
    with pytest.raises(KaoheError, match=r"appraise\.target-unfit"):
        points(RatioCurve(expression("region"), prorate="days"), [1], region=["many"])


def test_units_are_counted_from_the_prorated_target():
    curve = replace(per_unit_curve(100, 90, 10, 2), prorate="days")
    found, said = points(curve, [90, 65, 30], worked=WORKED)
    assert found == [100, 104, 100]
    assert said[1] == "2 × 10 from 45 to 65: 100 + 2 × 2 (the target × 1/2 by days) = 104 points"


def test_a_formula_sees_the_prorated_target():
    curve = replace(formula("100 * value / target", Decimal(100)), prorate="days")
    found, said = points(curve, [100, 50, 20], worked=[90, 45, 45])
    assert found == [100, 100, 40]
    assert said[2] == "100 * value / target with value = 20, target = 50 (the target × 1/2 by days) = 40 points"


def test_no_day_in_service_is_a_target_of_zero_and_names_the_person():
    with pytest.raises(KaoheError, match=r"(?s)appraise\.zero-target.*p0001"):
        points(replace(ratio_curve(10), prorate="days"), [1, 1], worked=[90, 0])


def test_points_that_stand_for_no_day_in_service_are_explained():
    curve = replace(ratio_curve(10, zero_target=80), prorate="days")
    found, said = points(curve, [1], worked=[0])
    assert (found, said) == ([80], ["the target 0 is not above zero (the target × 0 by days) = 80 points"])


def test_a_prorated_curve_is_explained_for_one_person_only():
    with pytest.raises(ValueError, match=r"^a target of a person's own"):
        explain_curve(replace(ratio_curve(10), prorate="days"), to_micros(1))


@given(st.integers(1, 10**6), st.integers(-(10**6), 10**6), st.integers(1, 90), st.sampled_from(["higher", "lower"]))
def test_a_prorated_ratio_is_the_ratio_to_the_prorated_target(target, value, days, mode):
    goal = Fraction(target * days, 90)
    plain = ratio_curve(from_micros(to_micros(goal)), mode)
    found, _said = points(replace(ratio_curve(target, mode), prorate="days"), [value], worked=[days])
    assert found == [from_micros(to_micros(reference.curve_points(plain, Fraction(value))))]
