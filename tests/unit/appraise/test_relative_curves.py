"""Curves that look beyond the value: at the group, at a target of the person's own, at a formula. Worked by hand."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from tests.unit.appraise.builder import (
    dimension,
    expression,
    measured,
    people,
    rule,
    said,
    scheme,
    table,
    totals,
    used,
    values,
)

from kaohe.appraise import appraise, explain_curve
from kaohe.appraise.curves import points
from kaohe.appraise.earning import basis
from kaohe.errors import KaoheError, Place
from kaohe.exact import MICRO, from_micros, to_micros
from kaohe.language import Keyed, Scope, Type, compile_expression
from kaohe.scheme.model import FormulaCurve, PercentileRankCurve, Ranking, RatioCurve, ZScoreCurve

NUMBER = Type("number", 6)


def formula(text, target=None, **limits):
    own = dict.fromkeys(("value", "target", "previous", "bonus_base"), NUMBER)
    keyed = {"value": Keyed(NUMBER, frozenset({"a", "b"}))}
    return FormulaCurve(compile_expression(text, Scope(own, keyed=keyed)), target, **limits)


def z(neutral=60, each=10, **more):
    return ZScoreCurve(Decimal(neutral), Decimal(each), **more)


def percentile(neutral=60, **more):
    return PercentileRankCurve(Decimal(neutral), **more)


def looked_up(text):
    keyed = {name: Keyed(NUMBER, frozenset({"a", "b", "c"})) for name in ("value", "target")}
    return compile_expression(text, Scope({"value": NUMBER, "target": NUMBER}, keyed=keyed))


def derived(of, text):
    return replace(of, indicator=replace(of.indicator, records=None, value=None, derived=text), value=looked_up(text))


def earned(curve, *numbers, staff=None, ranking=None, missing="renormalise"):
    """Points as text, None where there are none; every explanation must come to the same figure."""
    staff = staff or people(len(numbers))
    made = scheme(dimension("d", used("a", curve, missing=missing)), ranking=ranking)
    columns = table(a=numbers)
    result = appraise(made, staff, columns)
    for row in np.flatnonzero(result.data["a"]):
        own = basis(made, staff, columns, made.weighted[0], int(row))
        step = explain_curve(curve, int(columns["a"].micros[row]), own)
        assert to_micros(step.arguments["points"]) == result.points["a"][row]
    return [
        str(from_micros(figure)) if there else None
        for figure, there in zip(result.points["a"], result.counted["a"], strict=True)
    ]


def test_a_z_score_counts_standard_deviations_from_the_mean():
    # 2 4 4 4 5 5 7 9: mean 5, standard deviation 2 over the population
    assert earned(z(), 2, 4, 4, 4, 5, 5, 7, 9) == ["45", "55", "55", "55", "60", "60", "70", "80"]


def test_a_sample_divides_by_one_less():
    # 1 2 3: √(2/3) over the population, 1 of the sample; 10 / √(2/3) = 12.247448713…
    assert earned(z(), 1, 2, 3) == ["47.752551", "60", "72.247449"]
    assert earned(z(spread="sample"), 1, 2, 3) == ["50", "60", "70"]


def test_a_lower_z_score_rewards_what_lies_below_the_mean():
    assert earned(z(mode="lower"), 1, 2, 3) == ["72.247449", "60", "47.752551"]


def test_floor_and_cap_hold_a_z_score():
    assert earned(z(floor=Decimal(50), cap=Decimal(70)), 1, 2, 3) == ["50", "60", "70"]


def test_no_spread_and_nobody_else_give_neutral_points():
    assert earned(z(), 5, 5, 5) == ["60", "60", "60"]
    assert earned(z(), 5) == ["60"]
    assert earned(percentile(), 5, 5) == ["60", "60"]
    assert earned(percentile(), 5) == ["60"]


def test_who_has_no_data_is_no_part_of_the_group():
    assert earned(z(spread="sample"), 1, 2, None, 3) == ["50", "60", None, "70"]
    assert earned(percentile(), None, 1, 3) == [None, "0", "100"]


def test_percentile_ranks_count_from_the_worst():
    assert earned(percentile(), 10, 40, 20, 30) == ["0", "100", "33.333333", "66.666667"]
    assert earned(percentile(mode="lower"), 10, 40, 20, 30) == ["100", "0", "66.666667", "33.333333"]


@pytest.mark.parametrize(("ties", "middle"), [("min", "25"), ("average", "50"), ("max", "75")])
def test_equals_share_a_percentile_rank(ties, middle):
    assert earned(percentile(ties=ties), 1, 2, 2, 2, 3) == ["0", middle, middle, middle, "100"]


def test_people_are_measured_within_their_ranking_group():
    staff = people(5, region=["N", "N", "S", "S", "S"])
    ranking = Ranking(within=("region",))
    assert earned(percentile(), 1, 2, 7, 8, 9, staff=staff, ranking=ranking) == ["0", "100", "0", "50", "100"]


def test_small_groups_are_measured_against_everybody_or_not_at_all():
    staff = people(5, region=["N", "N", "S", "S", "S"])
    merged = Ranking(within=("region",), min_group=3)
    # 8 and 2 stand among 2 3 5 7 8; the three of the south among themselves
    assert earned(percentile(), 8, 2, 3, 5, 7, staff=staff, ranking=merged) == ["100", "0", "0", "50", "100"]
    alone = replace(merged, small_groups="unranked")
    assert earned(percentile(), 8, 2, 3, 5, 7, staff=staff, ranking=alone) == ["60", "60", "0", "50", "100"]


def test_huge_values_leave_no_digit_out_of_a_z_score():
    base = 10**12
    assert earned(z(), base + 1, base + 2, base + 3) == earned(z(), 1, 2, 3)
    assert earned(z(), 4 * base, -4 * base, -4 * base) == earned(z(), 4, -4, -4)
    assert earned(z(), *[base // 20] * 93, -base // 20) == earned(z(), *[5] * 93, -5)


def test_neutral_points_stay_exact_beside_those_of_a_compared_group():
    staff = people(3, region=["N", "S", "S"])
    ranking = Ranking(within=("region",), min_group=2, small_groups="unranked")
    curve = percentile(neutral="9007199254.740993")
    assert earned(curve, 1, 1, 2, staff=staff, ranking=ranking) == ["9007199254.740993", "0", "100"]


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("higher", ["150", "100", "50", "-50"]),  # 100·(1 + (v + 2) / 2)
        ("lower", ["50", "100", "150", "250"]),
        ("on_target", ["50", "100", "50", "-50"]),
    ],
)
def test_a_negative_target_counts_by_its_absolute_value(mode, expected):
    curve = RatioCurve(Decimal(-2), mode, zero_target="absolute")
    assert earned(curve, -1, -2, -3, -5) == expected


def test_a_target_of_zero_divides_by_one():
    # Infor: 1 − (A − T) / |T|, and 1 − A where T = 0
    curve = RatioCurve(Decimal(0), "lower", zero_target="absolute")
    assert earned(curve, 0, 1, 3, "-0.5") == ["100", "0", "-200", "150"]
    assert earned(RatioCurve(Decimal(0), "higher", zero_target="absolute"), 1) == ["200"]


@pytest.mark.parametrize(
    ("mode", "target", "told"),
    [
        ("higher", "0.5", "100 × 1 / 0.5 = 200 points"),
        ("lower", "0.5", "100 × (1 − (1 − 0.5) / 0.5) = 0 points"),
        ("on_target", "0.5", "100 × (1 − |1 − 0.5| / 0.5) = 0 points"),
        ("higher", "0", "100 × (1 + (1 − (0)) / 1) = 200 points"),
        ("lower", "0", "100 × (1 − (1 − (0)) / 1) = 0 points"),
        ("on_target", "0", "100 × (1 − |1 − (0)| / 1) = 0 points"),
        ("higher", "-2", "100 × (1 + (1 − (-2)) / 2) = 250 points"),
        ("lower", "-2", "100 × (1 − (1 − (-2)) / 2) = -50 points"),
        ("on_target", "-2", "100 × (1 − |1 − (-2)| / 2) = -50 points"),
    ],
)
def test_a_target_of_any_sign_is_explained_with_what_it_divides_by(mode, target, told):
    assert str(explain_curve(RatioCurve(Decimal(target), mode, zero_target="absolute"), MICRO)) == told


def test_points_may_stand_for_a_target_of_zero_or_less():
    curve = RatioCurve(expression("bonus_base"), zero_target=Decimal(80), cap=Decimal(120))
    staff = people(4, bonus_base=[Decimal(0), Decimal(-5), Decimal(10), Decimal("0.000001")])
    assert earned(curve, 9, 9, 9, "0.000001", staff=staff) == ["80", "80", "90", "100"]


def test_a_target_of_zero_that_is_not_spoken_of_names_person_and_indicator():
    made = scheme(dimension("d", written_at(used("a", RatioCurve(expression("bonus_base"))))))
    staff = people(3, bonus_base=[Decimal(0), Decimal("0.000001"), Decimal(-5)])
    with pytest.raises(KaoheError) as caught:
        appraise(made, staff, table(a=[1, 2, 3]))
    (problem,) = caught.value.problems
    assert problem.code == "appraise.zero-target"
    assert str(problem.what) == "the target of A is zero or less"
    assert problem.found == "p0000 (0), p0002 (-5)"
    assert problem.where == Place("sales.toml", 7, 3, key="a")
    assert str(problem.fix).startswith("say in the curve what such a target means")


@pytest.mark.parametrize(("count", "more"), [(20, ""), (21, " and 1 more")])
def test_of_very_many_people_with_the_same_mistake_twenty_are_named(count, more):
    made = scheme(dimension("d", used("a", RatioCurve(expression("region")))))
    with pytest.raises(KaoheError) as caught:
        appraise(made, people(count, region=["?"] * count), table(a=[1] * count))
    (problem,) = caught.value.problems
    assert str(problem.found) == ", ".join(f"p{row:04} (?)" for row in range(20)) + more
    assert str(problem.fix).startswith("mend the attribute of these people")


def written_at(of):
    return replace(of, place=Place("sales.toml", 7, 3))


def test_an_attribute_is_read_as_a_number_and_without_one_there_is_no_target():
    staff = people(3, region=["200", " 50.5 ", None])
    curve = RatioCurve(expression("region"))
    assert earned(curve, 100, "50.5", 3, staff=staff) == ["50", "100", None]
    result = appraise(scheme(dimension("d", used("a", curve))), staff, table(a=[100, 1, 3]))
    assert said(result, 2, "missing") == ["A: no target; left out, the other weights count for it"]
    assert basis(scheme(), staff, table(a=[100, 1, 3]), used("a", curve), 2).target is None


@pytest.mark.parametrize(
    "of",
    [
        used("a", RatioCurve(looked_up('target("a")'))),
        used("a", FormulaCurve(looked_up('100 * value / target("a") + target("b") + value("c")'))),
        derived(used("a"), 'value("c") / target("a")'),
    ],
)
def test_the_dated_target_that_is_lacking_is_named_and_no_other(of):
    # c has a target too, which nobody asks for: only its value is looked at.
    staff = replace(people(1), targets={"a": (None,), "b": (MICRO,), "c": (None,)})
    made = scheme(dimension("d", of), measured=[measured("c")])
    result = appraise(made, staff, table(a=[None if of.indicator.derived else 1], c=[1]))
    assert said(result, 0, "missing") == [
        "A: there is no dated target: a; left out, the other weights count for it",
    ]


@pytest.mark.parametrize(
    "written", ["many", "1e20", "1e999999999", "1e-30", "1152921504606.846976", "NaN", "Infinity", ""]
)
def test_an_attribute_that_is_no_number_names_the_person(written):
    made = scheme(dimension("d", used("a", RatioCurve(expression("region")))))
    with pytest.raises(KaoheError) as caught:
        appraise(made, people(2, region=["7", written]), table(a=[1, 2]))
    (problem,) = caught.value.problems
    assert (problem.code, problem.found) == ("appraise.target-unfit", f"p0001 ({written})")


def test_only_people_with_data_need_a_target():
    made = scheme(dimension("d", used("a", RatioCurve(expression("region")), missing="zero")))
    result = appraise(made, people(2, region=["10", "?"]), table(a=[5, None]))
    assert totals(result) == [50, 0]


def test_a_ratio_by_itself_refuses_a_target_by_expression():
    with pytest.raises(TypeError, match="one for each person"):
        points(RatioCurve(expression("bonus_base")), np.zeros(1, np.int64), np.ones(1, np.bool_))


def test_a_formula_sees_value_target_and_person():
    curve = formula("if_(value >= target, 100, 100 * value / target) + bonus_base / 1000", expression("bonus_base"))
    staff = people(2, bonus_base=[Decimal(10), Decimal(40)])
    assert earned(curve, 12, 10, staff=staff) == ["100.01", "25.04"]
    assert earned(formula("value / target", Decimal(3)), 1, 2) == ["0.333333", "0.666667"]


def test_a_formula_counts_large_points_to_the_last_millionth():
    assert earned(formula("value"), "9007199254.740993", 1) == ["9007199254.740993", "1"]


def test_a_formula_that_is_unknown_is_no_data():
    curve = formula("100 / value", cap=Decimal(60), floor=Decimal(10))
    assert earned(curve, 0, 1, 4, 50) == [None, "60", "25", "10"]
    made = scheme(dimension("d", used("a", curve, missing="not_graded")))
    result = appraise(made, people(2), table(a=[0, 4]))
    assert result.graded.tolist() == [False, True]
    assert said(result, 0, "missing") == ["A: its formula comes to nothing known; not graded without it"]
    own = basis(made, people(2), table(a=[0, 4]), made.weighted[0], 0)
    assert (own.formula, own.previous) == (None, None)
    with pytest.raises(ValueError, match=r"^a formula is explained for a person"):
        explain_curve(curve, 0, own)


def test_a_formula_sees_the_previous_value_and_other_values():
    made = scheme(dimension("d", used("a", formula("60 + 100 * (value / previous - 1) + value('b')")), used("b")))
    columns = table(a=[110, 100, 100], b=[1, 2, 3]) | {"a@previous": values(100, 0, None)}
    made = replace(made, measured=(replace_key(made.weighted[0]),))
    result = appraise(made, people(3), columns)
    assert result.points["a"].tolist() == [71 * MICRO, 0, 0]
    assert result.data["a"].tolist() == [True, False, False]
    own = basis(made, people(3), columns, made.weighted[0], 0)
    assert str(explain_curve(made.weighted[0].curve, 110 * MICRO, own)) == (
        "60 + 100 * (value / previous - 1) + value('b') with value = 110, previous = 100 = 71 points"
    )


def replace_key(weighted):
    return replace(measured("a"), key=f"{weighted.key}@previous")


def test_the_value_stays_known_to_rules_where_only_its_target_is_missing():
    made = scheme(
        dimension("d", used("a", RatioCurve(expression("region")), missing="zero")),
        rules=[rule("value('a') > 2", "add", 5)],
    )
    assert totals(appraise(made, people(1), table(a=[3]))) == [5]


def test_explanations_name_the_field():
    made = scheme(dimension("d", used("a", z())))
    columns = table(a=[1, 2, 3])
    own = basis(made, people(3), columns, made.weighted[0], 2)
    assert str(explain_curve(z(), 3 * MICRO, own)) == (
        "among 3 with mean 2 and standard deviation 0.816496580928, 3 has z = 1.224745: "
        "60 + 10 × (3 − 2) / 0.816496580928 = 72.247449 points"
    )
    assert round(60 + 10 / Decimal("0.816496580928"), 6) == Decimal("72.247449")
    made = scheme(dimension("d", used("a", percentile())))
    own = basis(made, people(3), columns, made.weighted[0], 1)
    assert str(explain_curve(percentile(), 2 * MICRO, own)) == (
        "rank 2 from the worst among 3: 100 × (2 − 1) / (3 − 1) = 50 points"
    )
    own = basis(made, people(3), table(a=[1, 2, 2]), made.weighted[0], 1)
    assert str(explain_curve(percentile(), 2 * MICRO, own)) == (
        "rank 2 from the worst among 3, 2 of them equal: 100 × (2 − 1) / (3 − 1) = 50 points"
    )
