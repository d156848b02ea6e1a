"""Weights from judgement and from data, by hand."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaohe.appraise.entropy import entropy_weights
from kaohe.errors import KaoheError
from kaohe.precise import all_rounded, exact_matrix
from kaohe.scheme.group_judgement import incomplete_weights, joint
from kaohe.scheme.judgement import RANDOM_INDEX, judge, judge_hierarchy, measured_weights, row_geometric_means
from kaohe.scheme.matrices import comparisons

CONSISTENT = [["1", "2", "4"], ["1/2", "1", "2"], ["1/4", "1/2", "1"]]
CIRCLE = [["1", "3", "1/3"], ["1/3", "1", "3"], ["3", "1/3", "1"]]
METHODS = ["eigenvector", "geometric_mean", "column_mean"]


def codes(rows, **options):
    with pytest.raises(KaoheError) as caught:
        comparisons(rows, **options)
    return [problem.code for problem in caught.value.problems]


@pytest.mark.parametrize("method", METHODS)
def test_consistent_judgements_give_back_the_ratios_they_were_made_of(method):
    result = judge(comparisons(CONSISTENT), method)
    assert result.rounded() == (Decimal("0.571429"), Decimal("0.285714"), Decimal("0.142857"))
    assert (result.lambda_max, result.consistency_index, result.consistency_ratio) == (3, 0, 0)


@pytest.mark.parametrize("method", METHODS)
def test_a_circle_of_preferences_weighs_all_the_same_and_is_inconsistent(method):
    result = judge(comparisons(CIRCLE), method, "saaty_1980")
    assert result.rounded(3) == (Decimal("0.333"),) * 3
    # λmax = 1 + 3 + 1/3; CI = (13/3 − 3) / 2 = 2/3; CR = 2/3 / 0.58
    assert result.lambda_max == Decimal("4.333333")
    assert result.consistency_index == Decimal("0.666667")
    assert result.consistency_ratio == Decimal("1.149425")
    assert not result.consistent


def test_the_table_decides_the_ratio_and_is_named():
    ratios = {table: judge(comparisons(CIRCLE), table=table).consistency_ratio for table in RANDOM_INDEX}
    assert ratios == {
        "saaty_1980": Decimal("1.149425"),
        "saaty_2005": Decimal("1.282051"),
        "gong_xu_1986": Decimal("1.282051"),
        "donegan_dodd_1991": Decimal("1.356668"),
    }
    assert judge(comparisons(CIRCLE), table="saaty_2005").table == "saaty_2005"


@pytest.mark.parametrize("rows", [[["1"]], [["1", "9"], ["1/9", "1"]]])
def test_one_or_two_things_are_always_consistent(rows):
    result = judge(comparisons(rows))
    assert (result.consistency_index, result.consistency_ratio) == (0, 0)
    assert sum(result.rounded()) == 1


def test_the_eigenvector_of_wild_judgements_settles():
    rows = [[1] * 12 for _ in range(12)]
    for i in range(12):
        for j in range(i + 1, 12):
            # The judgements go round in circles.
            rows[i][j], rows[j][i] = ("9", "1/9") if (i + j) % 3 else ("1/9", "9")
    matrix = comparisons(rows)
    weights = judge(matrix).weights
    products = [sum(Fraction(w) * a for a, w in zip(row, weights, strict=True)) for row in matrix]
    ratios = [product / Fraction(weight) for product, weight in zip(products, weights, strict=True)]
    assert max(ratios) - min(ratios) < Fraction(1, 10**30)


def test_totals_of_a_hierarchy_are_weighted_local_weights():
    two = comparisons([["1", "3"], ["1/3", "1"]])
    even = comparisons([["1", "1"], ["1", "1"]])
    result = judge_hierarchy(two, [even, two])
    # 0.75 · 0.5 + 0.25 · 0.75
    assert result.totals == (Decimal("0.562500"), Decimal("0.437500"))


def test_more_things_than_the_table_knows_are_refused():
    rows = [["1"] * 16 for _ in range(16)]
    with pytest.raises(KaoheError, match="up to 15 things"):
        judge(comparisons(rows), table="saaty_1980")
    assert judge(comparisons(rows), table="donegan_dodd_1991").consistency_ratio == 0
    fifteen = [row[:15] for row in rows[:15]]
    assert judge(comparisons(fifteen), table="saaty_1980").random_index == Decimal("1.59")


def test_every_mistake_in_comparisons_is_found_at_once():
    rows = [["2", "3", "-1"], ["1/2", "1", "4"], ["-1", "1/4", "1"]]
    assert codes(rows) == ["judgement.diagonal", "judgement.reciprocal", "judgement.sign"]


@pytest.mark.parametrize(
    ("rows", "code"),
    [([], "judgement.shape"), ([["1", "2"], ["1/2"]], "judgement.shape"), ([["1/0"]], "judgement.number")],
)
def test_comparisons_that_are_none_are_refused(rows, code):
    assert codes(rows) == [code]


def test_reciprocals_printed_as_decimals_pass_with_a_tolerance():
    rows = [["1", "3"], ["0.33", "1"]]
    assert codes(rows) == ["judgement.reciprocal"]
    assert comparisons(rows, tolerance=Fraction(1, 50))[1][0] == Fraction(33, 100)


def test_measurements_weigh_in_proportion():
    assert measured_weights([0, 5]) == (0, 1)
    assert measured_weights(["1", "1", "2"]) == (Decimal("0.25"), Decimal("0.25"), Decimal("0.5"))
    for none in ([], [0, 0], [2, -1]):
        with pytest.raises(ValueError, match="at least zero"):
            measured_weights(none)


def test_entropy_gives_no_weight_to_what_is_alike_for_everybody():
    assert entropy_weights(exact_matrix([[1, 5], [3, 5], [9, 5]])) == (1, 0)


def test_entropy_counts_nought_as_nought():
    # All of a column in one row: e = 0, the most that can be told apart; the other column has e = 1.
    assert entropy_weights(exact_matrix([[4, 1], [0, 1]])) == (1, 0)


@pytest.mark.parametrize("rows", [[[2, 2], [2, 2]], [[3, 7]]])
def test_entropy_of_people_who_are_all_alike_weighs_all_the_same(rows):
    assert entropy_weights(exact_matrix(rows)) == (Decimal("0.5"), Decimal("0.5"))


@pytest.mark.parametrize("rows", [[[1, -1], [1, 1]], [[0, 1], [0, 1]]])
def test_entropy_refuses_what_has_no_logarithm(rows):
    with pytest.raises(ValueError, match=r"^entropy needs"):
        entropy_weights(exact_matrix(rows))


def test_a_ratio_of_a_tenth_is_still_acceptable():
    result = judge(comparisons(CONSISTENT))
    assert result.consistent
    assert replace(result, consistency_ratio=Decimal("0.10")).consistent
    assert not replace(result, consistency_ratio=Decimal("0.100001")).consistent


JUDGEMENTS = st.sampled_from([Fraction(each) for each in ("1/9", "1/5", "1/3", "1/2", "1", "2", "3", "5", "9")])


@given(st.data(), st.integers(1, 5), st.sampled_from(METHODS))
def test_the_order_of_things_changes_no_weight_and_weights_sum_to_1(data, size, method):
    rows = [[Fraction(1)] * size for _ in range(size)]
    for i in range(size):
        for j in range(i + 1, size):
            rows[i][j] = data.draw(JUDGEMENTS)
            rows[j][i] = 1 / rows[i][j]
    order = data.draw(st.permutations(range(size)))
    turned = [[rows[i][j] for j in order] for i in order]
    straight, moved = judge(comparisons(rows), method), judge(comparisons(turned), method)
    assert moved.rounded(12) == tuple(straight.rounded(12)[place] for place in order)
    assert moved.consistency_ratio == straight.consistency_ratio >= 0
    assert abs(sum(straight.weights) - 1) < Decimal("1e-25")


def test_the_geometric_mean_of_a_row_is_the_root_of_its_product():
    assert row_geometric_means(comparisons([["1", "4"], ["1/4", "1"]])) == (2, Decimal("0.5"))


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([["1", "0"], ["1/2", "1"]], "above zero (row 1, column 2)\n    found: 0"),
        ([["1", "2"], ["0", "1"]], "above zero (row 1, column 2)\n    found: 0"),
        ([["1", "2"], ["-1/2", "1"]], "above zero (row 1, column 2)\n    found: -1/2"),
        ([["1", "2"], ["1/2", "3"]], "itself is 1 (row 2, column 2)\n    found: 3"),
        ([["1", "2"], ["x", "1"]], "a number or a fraction (row 2, column 1)\n    found: x"),
        ([["1", "2"], ["1/3", "1"]], "(row 1, column 2)\n    found: 2 / 1/3\n    expected: 1/2"),
        ([["1", "2"], ["1/2"]], "found: row 2 has 1 judgements\n    expected: 2"),
    ],
)
def test_a_mistake_names_its_place_and_what_was_found(rows, said):
    with pytest.raises(KaoheError) as caught:
        comparisons(rows)
    assert said in str(caught.value)


def test_entropy_by_hand():
    # Shares 0.2/0.8: e = 0.721928; 1/9 and 8/9: e = 0.503258. Weights 0.278072 and 0.496742 over 0.774814.
    assert entropy_weights(exact_matrix([[1, 2], [4, 16]])) == (Decimal("0.358889"), Decimal("0.641111"))
    # 0.25/0.75 has e = 0.811278, so d = 0.188722; nothing and all has d = 1.
    assert entropy_weights(exact_matrix([[1, 0], [3, 1]])) == (Decimal("0.158760"), Decimal("0.841240"))


def test_chinese_textbooks_have_a_table_of_their_own_and_anybody_may_bring_an_index():
    assert judge(comparisons(CIRCLE), table="gong_xu_1986").random_index == Decimal("0.52")
    own = judge(comparisons(CIRCLE), table=Decimal("0.5"))
    assert own.table == own.random_index == Decimal("0.5")
    assert own.consistency_ratio == Decimal("1.333333")


def test_judgements_of_several_people_are_their_geometric_mean():
    found = joint([exact_matrix([[1, 2], ["1/2", 1]]), exact_matrix([[1, 8], ["1/8", 1]])])
    assert judge(found).rounded() == (Decimal("0.8"), Decimal("0.2"))


def test_what_was_never_compared_follows_from_the_rest():
    rows = [[1, 2, None], [Fraction(1, 2), 1, 2], [None, Fraction(1, 2), 1]]
    assert all_rounded(incomplete_weights(rows)) == all_rounded([Fraction(4, 7), Fraction(2, 7), Fraction(1, 7)])
    with pytest.raises(ValueError, match="hang together"):
        incomplete_weights([[1, None], [None, 1]])
