"""Agreement of ratings and evenness of shares, by hand."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from kaohe.appraise.agreement import alpha_of_variances, cronbach_alpha, gini, intraclass_correlation
from kaohe.precise import exact_matrix, exact_row


def test_raters_who_agree_exactly_have_full_agreement():
    result = intraclass_correlation(exact_matrix([[1, 1], [2, 2], [4, 4]]))
    assert {result.icc1, result.icc2, result.icc3, result.icc1k, result.icc2k, result.icc3k} == {1}


def test_a_rater_who_is_always_harsher_is_consistent_but_does_not_agree():
    result = intraclass_correlation(exact_matrix([[1, 2], [2, 3], [3, 4]]))
    # MSB = 2, MSJ = 1.5, MSE = 0: (2 − 0) / (2 + 0 + 2 · 1.5 / 3)
    assert (result.icc3, result.icc2) == (1, Decimal("0.666667"))
    assert (result.between, result.judges, result.residual) == (2, Decimal("1.5"), 0)


def test_agreement_about_people_who_are_all_the_same_is_no_data():
    assert intraclass_correlation(exact_matrix([[3, 3], [3, 3]])).icc1 is None


@pytest.mark.parametrize("rows", [[[1, 2]], [[1], [2]]])
def test_agreement_needs_two_of_each(rows):
    with pytest.raises(ValueError, match="at least two"):
        intraclass_correlation(exact_matrix(rows))
    with pytest.raises(ValueError, match="at least two"):
        cronbach_alpha(exact_matrix(rows))


def test_alpha_is_full_for_items_that_go_together_and_nothing_for_items_that_do_not():
    assert cronbach_alpha(exact_matrix([[1, 2], [2, 3], [5, 6]])).alpha == 1
    assert cronbach_alpha(exact_matrix([[1, 1], [1, 2], [2, 1], [2, 2]])).alpha == 0
    assert cronbach_alpha(exact_matrix([[1, 2], [2, 1]])).alpha is None


def test_alpha_does_not_depend_on_the_kind_of_variance_but_the_variances_do():
    rows = exact_matrix([[4, 5], [3, 4], [5, 3]])
    sample, population = cronbach_alpha(rows), cronbach_alpha(rows, "population")
    assert sample.alpha == population.alpha
    assert (sample.item_variances, population.item_variances) == ((1, 1), (Decimal("0.666667"),) * 2)


def test_gini_is_nought_for_equal_shares_and_the_most_where_one_has_all():
    assert gini(exact_row([5, 5, 5])) == 0
    assert gini(exact_row([0, 0, 0, 8])) == Decimal("0.75")
    assert gini(exact_row([0, 0, 0, 8]), unbiased=True) == 1
    assert gini(exact_row([0, 0])) is None
    assert gini([]) is None
    assert gini(exact_row([3]), unbiased=True) is None


def test_agreement_of_the_published_example():
    # Shrout & Fleiss (1979): six targets, four judges.
    rows = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    result = intraclass_correlation(exact_matrix(rows))
    figures = (result.icc1, result.icc2, result.icc3, result.icc1k, result.icc2k, result.icc3k)
    expected = ("0.165742", "0.289764", "0.714841", "0.442797", "0.620051", "0.909316")
    assert figures == tuple(map(Decimal, expected))
    squares = (result.between, result.within, result.judges, result.residual)
    assert squares == tuple(map(Decimal, ("11.241667", "6.263889", "32.486111", "1.019444")))


def test_alpha_follows_from_variances_alone():
    assert alpha_of_variances(exact_row(["1.2", "0.8", 1]), Fraction(15, 2)) == Decimal("0.9")
    assert alpha_of_variances(exact_row([0, 0]), Fraction(0)) is None


def test_figures_of_agreement_are_rounded_to_the_decimals_asked_for():
    one, two = Decimal("0.1"), Decimal("0.01")
    icc = intraclass_correlation(exact_matrix([[9, 2, 5], [6, 1, 3], [8, 4, 6], [7, 1, 2]]), decimals=1)
    assert {
        figure == figure.quantize(one) for figure in (icc.icc2, icc.between, icc.within, icc.judges, icc.residual)
    } == {True}
    alpha = cronbach_alpha(exact_matrix([[4, 5, 1], [3, 4, 2], [5, 3, 2], [1, 1, 2]]), decimals=2)
    assert alpha.alpha is not None
    for figure in (alpha.alpha, *alpha.item_variances, alpha.total_variance):
        assert figure == figure.quantize(two)
    assert gini(exact_row([1, 2, 4]), decimals=2) == Decimal("0.29")
