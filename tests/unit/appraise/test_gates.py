"""Gates between indicators, and caps over all adjustments together: worked by hand and against the slow reference."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.properties.test_appraise import by_hand
from tests.unit.appraise.builder import (
    adjustment,
    dimension,
    gate,
    measured,
    people,
    rule,
    said,
    scheme,
    table,
    totals,
    used,
)

from kaohe.appraise import appraise
from kaohe.exact import MICRO

TWO = (dimension("x", used("a")), dimension("y", used("b")))


def test_if_one_misses_its_base_the_others_count_at_most_the_base():
    made = scheme(*TWO, rules=[gate("a", "b", base=60)])
    result = appraise(made, people(4), table(a=[59, 60, 40, 100], b=[100, 100, 30, 60]))
    assert totals(result) == [Decimal("59.5"), 80, 35, 80]
    assert result.points["b"].tolist() == [60 * MICRO, 100 * MICRO, 30 * MICRO, 60 * MICRO]
    assert said(result, 0) == ["the gate: one of a, b misses its base, the others count at most 60 points"]
    assert said(result, 2) == []


def test_a_gate_is_told_to_whom_is_not_graded_too_since_it_holds_their_points():
    made = scheme(*TWO, dimension("z", used("c", missing="not_graded")), rules=[gate("a", "b", base=60)])
    result = appraise(made, people(1), table(a=[59], b=[100], c=[None]))
    assert result.graded.tolist() == [False]
    assert result.points["b"].tolist() == [60 * MICRO]
    assert said(result, 0, "rule") == ["the gate: one of a, b misses its base, the others count at most 60 points"]


def test_a_gate_leaves_indicators_outside_it_alone():
    made = scheme(dimension("x", used("a"), used("b"), used("c")), rules=[gate("a", "b")])
    assert totals(appraise(made, people(1), table(a=[30], b=[90], c=[90]))) == [60]


def test_a_gate_acts_before_every_other_rule_and_under_its_condition():
    rules = [rule("total > 70", "add", 5), gate("a", "b", when="value('m') > 1")]
    made = scheme(*TWO, rules=rules, measured=[measured("m")])
    columns = table(a=[40, 40], b=[110, 110], m=[2, 1])
    assert totals(appraise(made, people(2), columns)) == [50, 80]


def test_a_gate_with_points_missing_does_what_unknown_says():
    columns = table(a=[None, None], b=[90, 30])
    assert totals(appraise(scheme(*TWO, rules=[gate("a", "b")]), people(2), columns)) == [90, 30]
    applied = appraise(scheme(*TWO, rules=[gate("a", "b", unknown="apply")]), people(2), columns)
    assert totals(applied) == [60, 30]
    assert said(applied, 0, "rule") == [
        "the gate: unknown whether it holds, applied",
        "the gate: one of a, b misses its base, the others count at most 60 points",
    ]


def test_points_that_stand_in_for_missing_data_pass_through_the_gate_too():
    made = scheme(dimension("x", used("a", missing="zero")), dimension("y", used("b")), rules=[gate("a", "b")])
    assert totals(appraise(made, people(1), table(a=[None], b=[90]))) == [30]


def test_additions_and_deductions_have_caps_of_their_own_over_all_together():
    extras = [adjustment("value('a') / 10", name="one"), adjustment("value('b')", name="two")]
    made = scheme(dimension("x", used("a")), dimension("y", used("b"), weight=0), adjustments=extras)
    columns = table(a=[50, 50, 50], b=[4, -30, -3])
    assert totals(appraise(made, people(3), columns)) == [59, 25, 52]
    capped = replace(made, max_added=Decimal(6), max_deducted=Decimal(20))
    result = appraise(capped, people(3), columns)
    assert totals(result) == [56, 35, 52]
    assert said(result, 0, "adjustment") == ["9 points added together, at most 6 count"]
    assert said(result, 1, "adjustment") == ["30 points deducted together, at most 20 count"]
    assert said(result, 2, "adjustment") == []


POINTS = st.none() | st.sampled_from([0, 30, 59, 60, 61, 100])


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(POINTS, POINTS, POINTS), max_size=6),
    st.lists(
        st.builds(
            lambda keys, base, when, unknown: gate(*keys, base=base, when=when, unknown=unknown),
            st.sampled_from([("a", "b"), ("b", "c"), ("a", "b", "c")]),
            st.sampled_from([60, 90]),
            st.sampled_from(["true", "value('a') > 10", "points('b') < 90"]),
            st.sampled_from(["ignore", "apply"]),
        ),
        max_size=2,
    ),
    st.sampled_from(["zero", "renormalise"]),
    st.none() | st.sampled_from([Decimal(0), Decimal(5)]),
    st.none() | st.sampled_from([Decimal(0), Decimal(5)]),
)
def test_gates_and_caps_give_what_the_slow_reference_gives(rows, rules, missing, max_added, max_deducted):
    rules = [replace(each, id=f"gate-{number}") for number, each in enumerate(rules)]
    extras = [adjustment("value('a') / 10 - 3", name="one"), adjustment("value('c') / 20 - 3", name="two")]
    made = scheme(
        dimension("x", used("a", missing=missing), used("b", weight=50)),
        dimension("y", used("c")),
        rules=[*rules, rule("total > 55", "deduct", 1)],
        adjustments=extras,
    )
    made = replace(made, max_added=max_added, max_deducted=max_deducted)
    staff = people(len(rows))
    columns = table(**{key: [row[at] for row in rows] for at, key in enumerate("abc")})
    result = appraise(made, staff, columns)
    for row, person in enumerate(by_hand(made, staff, columns)):
        for key, earned in person.points.items():
            assert Fraction(int(result.points[key][row]), MICRO) == (earned or 0)
        assert bool(result.graded[row]) == (person.total is not None)
        assert Fraction(int(result.total[row]), MICRO) == (person.total or 0)
