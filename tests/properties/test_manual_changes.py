"""What holds of changes by hand, for every scheme and every group of people."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.properties.test_appraise import by_hand, payable, schemes, staffs
from tests.unit.appraise.builder import coefficient_bonus, pool_bonus

from kaohe.appraise import ManualChange, appraise
from kaohe.errors import KaoheError
from kaohe.exact import MICRO
from kaohe.run.digest import columns
from kaohe.scheme.model import ManualLimits

WIDE = ManualLimits(points=Decimal(1000), tiers=2, bonus=10**9, quota="report")
POINTS = st.integers(-9 * MICRO, 9 * MICRO).filter(bool)
LEFT_OUT = ("manual.vetoed", "manual.rule", "manual.not-graded", "manual.below-zero")


@st.composite
def changes(draw, codes, kinds=("points", "tier", "bonus")):
    listed = []
    for number in range(1, draw(st.integers(1, 5)) + 1):
        kind = draw(st.sampled_from(kinds))
        value = {"points": POINTS, "tier": st.sampled_from("ABC"), "bonus": st.integers(1, 10**6)}[kind]
        listed.append(ManualChange(number, draw(st.sampled_from(codes)), kind, draw(value), "calibration"))
    return listed


def allowed(made, staff, values, listed):
    """The appraisal with those changes that no veto, rule or missing grade forbids, and these changes."""
    while True:
        try:
            return appraise(made, staff, values, manual=listed), listed
        except KaoheError as error:
            if not {problem.code for problem in error.problems} <= set(LEFT_OUT):
                raise
            about = {problem.where.key for problem in error.problems}
            listed = [each for each in listed if each.person not in about]


def sound(made, bonus=None):
    return replace(made, manual=WIDE, bonus=bonus or coefficient_bonus())


def names_of(result):
    """Every column by name, as plain lists."""
    found = columns(result, dict.fromkeys(result.values, ()))
    return {name: column.tolist() if isinstance(column, np.ndarray) else list(column) for name, column in found}


@settings(max_examples=80, deadline=None)
@given(schemes(), staffs(1), st.data())
def test_the_columns_give_what_the_slow_reference_gives(made, people_and_values, data):
    staff, values = people_and_values
    made = sound(made)
    result, listed = allowed(made, staff, values, data.draw(changes(staff.code)))
    for row, person in enumerate(by_hand(made, staff, values, listed)):
        assert Fraction(int(result.total[row]), MICRO) == (person.total or 0)
        assert (int(result.rank[row]), result.tier[row]) == (person.rank, person.tier)
        assert Fraction(int(result.coefficient[row]), MICRO) == person.coefficient
        assert int(result.bonus[row]) == person.bonus


@settings(max_examples=80, deadline=None)
@given(schemes(), staffs(1), st.data())
def test_what_was_computed_is_what_comes_out_without_changes(made, people_and_values, data):
    staff, values = people_and_values
    made = sound(made)
    result, listed = allowed(made, staff, values, data.draw(changes(staff.code)))
    assume(listed)
    without, kept = appraise(made, staff, values), result.computed
    for name in ("total", "rank", "coefficient", "bonus"):
        assert np.array_equal(getattr(kept, name), getattr(without, name))
    assert kept.tier == without.tier
    one, other = names_of(without), names_of(result)
    same = [name for name in one if name.startswith(("points ", "dimension ", "adjustment ", "data ", "group"))]
    assert [one[name] for name in same] == [other[name] for name in same]


@settings(max_examples=80, deadline=None)
@given(schemes(), staffs(1))
def test_no_changes_give_the_same_columns_as_a_scheme_that_allows_none(made, people_and_values):
    staff, values = people_and_values
    made = replace(made, bonus=coefficient_bonus())
    plain, allowing = appraise(made, staff, values), appraise(replace(made, manual=WIDE), staff, values, manual=())
    assert str(names_of(plain)) == str(names_of(allowing))


@settings(max_examples=80, deadline=None)
@given(schemes(), staffs(1), st.data())
def test_points_given_never_lower_anything_and_leave_the_others_totals(made, people_and_values, data):
    staff, values = people_and_values
    made = sound(made)
    row = data.draw(st.integers(0, len(staff) - 1))
    gift = ManualChange(1, staff.code[row], "points", data.draw(st.integers(1, 50 * MICRO)), "calibration")
    before = appraise(made, staff, values)
    assume(int(before.coefficient.min(initial=0)) >= 0)
    after, _ = allowed(made, staff, values, [gift])
    assert after.total[row] >= before.total[row]
    assert after.rank[row] <= before.rank[row]
    assert (after.tier[row] or "") <= (before.tier[row] or "")
    assert after.bonus[row] >= before.bonus[row]
    others = np.arange(len(staff)) != row
    assert np.array_equal(after.total[others], before.total[others])


@settings(max_examples=80, deadline=None)
@given(schemes(), staffs(1), st.data())
def test_a_pool_sums_to_the_fen_beside_what_is_given_by_hand(made, people_and_values, data):
    staff, values = people_and_values
    made = sound(made, pool_bonus(data.draw(st.integers(0, 10**6))))
    assume(payable(made, staff, values))
    result, listed = allowed(made, staff, values, data.draw(changes(staff.code, kinds=("bonus", "points"))))
    by_scheme = int(result.bonus_by_scheme.sum())
    assert by_scheme == sum(pool.fen for pool in result.money.pools)
    assert int(result.bonus.sum()) - by_scheme == sum(each.value for each in listed if each.kind == "bonus")


@settings(max_examples=80, deadline=None)
@given(schemes(), staffs(1), st.data())
def test_the_order_in_which_changes_are_handed_in_does_not_matter(made, people_and_values, data):
    staff, values = people_and_values
    made = sound(made)
    result, listed = allowed(made, staff, values, data.draw(changes(staff.code)))
    one = names_of(result)
    other = names_of(appraise(made, staff, values, manual=data.draw(st.permutations(listed))))
    assert str(one) == str(other)
