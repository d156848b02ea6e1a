"""Kappa, concordance, correlation, selection rates and concentration, by published examples and by hand."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from kaohe.appraise.concordance import cohen_kappa, correlation, fleiss_kappa, kendall_w, spearman_brown
from kaohe.appraise.fairness import adverse_impact, concentration
from kaohe.precise import exact_matrix, exact_row


def test_two_raters_beyond_chance():
    result = cohen_kappa(exact_matrix([[20, 5], [10, 15]]))
    assert (result.kappa, result.observed, result.expected) == (Decimal("0.4"), Decimal("0.7"), Decimal("0.5"))
    assert cohen_kappa(exact_matrix([[3]])).kappa is None


def test_far_disagreements_weigh_more_where_wanted():
    """12 of 16 in step. Disagreement observed and expected: 4/16 and 170/256, 5/16 and 236/256, 7/16 and 368/256."""
    table = exact_matrix([[4, 1, 0], [1, 3, 1], [1, 0, 5]])
    assert cohen_kappa(table).kappa == Decimal("0.623529")
    assert cohen_kappa(table, "linear").kappa == Decimal("0.661017")
    assert cohen_kappa(table, "quadratic").kappa == Decimal("0.695652")


def test_many_raters_beyond_chance():
    """Fourteen raters, ten subjects, five categories."""
    counts = exact_matrix(
        [
            [0, 0, 0, 0, 14],
            [0, 2, 6, 4, 2],
            [0, 0, 3, 5, 6],
            [0, 3, 9, 2, 0],
            [2, 2, 8, 1, 1],
            [7, 7, 0, 0, 0],
            [3, 2, 6, 3, 0],
            [2, 5, 3, 2, 2],
            [6, 5, 2, 1, 0],
            [0, 2, 2, 3, 7],
        ]
    )
    result = fleiss_kappa(counts, 3)
    assert (result.kappa, result.observed, result.expected) == (Decimal("0.210"), Decimal("0.378"), Decimal("0.213"))
    with pytest.raises(ValueError, match="same number of raters"):
        fleiss_kappa(exact_matrix([[1, 1], [2, 1]]))


def test_rankings_agree_wholly_or_not_at_all():
    assert kendall_w(exact_matrix([[1, 2, 3], [1, 2, 3]])) == 1
    assert kendall_w(exact_matrix([[1, 2, 3], [3, 2, 1]])) == 0
    assert kendall_w(exact_matrix([["1.5", "1.5", 3], ["1.5", "1.5", 3]])) == 1
    assert kendall_w(exact_matrix([[2, 2, 2], [2, 2, 2]])) is None


def test_correlation_and_a_test_twice_as_long():
    assert correlation(exact_row([1, 2, 3, 4]), exact_row([2, 1, 4, 3])) == Decimal("0.6")
    assert correlation(exact_row([1, 2]), exact_row([5, 5])) is None
    assert spearman_brown(Fraction(7, 10)) == Fraction(14, 17)


def test_a_group_selected_half_as_often_is_below_four_fifths():
    result = adverse_impact({"white": (48, 80), "black": (12, 40)})
    assert result.rates == {"white": Fraction(3, 5), "black": Fraction(3, 10)}
    assert (result.ratio, result.adverse) == (Fraction(1, 2), ("black",))
    assert adverse_impact({"a": (4, 5), "b": (5, 5)}).adverse == ()
    with pytest.raises(ValueError, match="somebody selected"):
        adverse_impact({"a": (0, 5)})


def test_shares_are_concentrated_in_one_hand_or_spread():
    assert concentration(exact_row([50, 30, 20])) == Fraction(38, 100)
    assert concentration(exact_row([0, 0])) is None
