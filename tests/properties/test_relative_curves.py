"""Curves that look at the group or at a target of the person's own, against the slow reference."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.reference.appraisal import rounded
from tests.reference.relative import percentile_points, ratio_points, z_score_points
from tests.unit.appraise.builder import dimension, expression, people, scheme, table, used

from kaohe.appraise import appraise, explain_curve
from kaohe.appraise.earning import basis
from kaohe.exact import MICRO, to_micros
from kaohe.scheme.model import PercentileRankCurve, Ranking, RatioCurve, ZScoreCurve

NUMBERS = st.sampled_from([Decimal(text) for text in ("-3", "0", "0.5", "1", "2", "3.333333", "7")]) | st.decimals(
    -(10**9), 10**9, places=6
)


@st.composite
def relative_curves(draw):
    mode = draw(st.sampled_from(["higher", "lower"]))
    low, high = draw(st.sampled_from([(None, None), (Decimal(0), Decimal(100)), (None, Decimal("66.6"))]))
    if draw(st.booleans()):
        ties = draw(st.sampled_from(["min", "average", "max"]))
        return PercentileRankCurve(draw(st.decimals(0, 100, places=6)), mode, ties, low, high)
    points = draw(st.decimals("0.000001", 50, places=6))
    spread = draw(st.sampled_from(["population", "sample"]))
    return ZScoreCurve(draw(st.decimals(0, 100, places=6)), points, mode, spread, low, high)


@settings(max_examples=200, deadline=None)
@given(
    relative_curves(),
    st.lists(st.tuples(st.none() | NUMBERS, st.sampled_from("NSE")), max_size=12),
    st.integers(1, 4),
    st.sampled_from(["merge", "unranked"]),
)
def test_the_group_gives_what_the_slow_reference_gives(curve, drawn, min_group, small_groups):
    numbers, regions = [number for number, _ in drawn], [region for _, region in drawn]
    staff = people(len(drawn), region=regions)
    ranking = Ranking(within=("region",), min_group=min_group, small_groups=small_groups)
    made = scheme(dimension("d", used("a", curve)), ranking=ranking)
    columns = table(a=numbers)
    result = appraise(made, staff, columns)
    by_hand = percentile_points if isinstance(curve, PercentileRankCurve) else z_score_points
    for row, (number, region) in enumerate(drawn):
        if number is None:
            assert not result.counted["a"][row]
            continue
        field = [Fraction(each) for each, other in drawn if other == region and each is not None]
        if len(field) < min_group:
            everybody = [Fraction(each) for each in numbers if each is not None]
            field = everybody if small_groups == "merge" else []
        expected = rounded(by_hand(curve, Fraction(number), field), 6)
        expected = expected if curve.floor is None else max(expected, Fraction(curve.floor))
        expected = expected if curve.cap is None else min(expected, Fraction(curve.cap))
        assert Fraction(int(result.points["a"][row]), MICRO) == expected
        own = basis(made, staff, columns, made.weighted[0], row)
        said = explain_curve(curve, int(columns["a"].micros[row]), own).arguments["points"]
        assert to_micros(said) == result.points["a"][row]


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["higher", "lower", "on_target"]),
    st.sampled_from(["absolute", Decimal(60)]),
    st.lists(st.tuples(NUMBERS, st.none() | st.decimals(-(10**5), 10**5, places=2)), max_size=8),
)
def test_targets_of_any_sign_give_what_the_slow_reference_gives(mode, zero_target, drawn):
    curve = RatioCurve(expression("bonus_base"), mode, zero_target=zero_target)
    staff = people(len(drawn), bonus_base=[target for _, target in drawn])
    columns = table(a=[value for value, _ in drawn])
    made = scheme(dimension("d", used("a", curve)))
    result = appraise(made, staff, columns)
    for row, (value, target) in enumerate(drawn):
        assert bool(result.counted["a"][row]) == (target is not None)
        if target is not None:
            exact = ratio_points(curve, Fraction(value), Fraction(target))
            assert Fraction(int(result.points["a"][row]), MICRO) == rounded(exact, 6)


@settings(max_examples=100, deadline=None)
@given(relative_curves(), st.lists(NUMBERS, min_size=2, max_size=9), st.data())
def test_more_of_a_good_thing_never_lowers_relative_points(curve, numbers, data):
    # Of z-scores too: the spread grows by less than the distance from the others' mean.
    curve = replace(curve, mode="higher", floor=None, cap=None)
    made, staff = scheme(dimension("d", used("a", curve))), people(len(numbers))
    row = data.draw(st.integers(0, len(numbers) - 1))
    better = list(numbers)
    better[row] += data.draw(st.decimals(0, 5, places=2))
    assume(len(set(numbers)) > 1 and len(set(better)) > 1)
    before = appraise(made, staff, table(a=numbers)).points["a"]
    after = appraise(made, staff, table(a=better)).points["a"]
    assert after[row] >= before[row]
