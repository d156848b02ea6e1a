"""Exact numbers for published methods, by hand."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaohe.precise import digits, exact, exact_matrix, root, rounded


def test_texts_are_read_as_they_stand():
    assert [exact(text) for text in ("1/9", "0.1", 3)] == [Fraction(1, 9), Fraction(1, 10), 3]


@pytest.mark.parametrize("rows", [[], [[]], [[1, 2], [3]]])
def test_a_matrix_has_rows_of_one_length(rows):
    with pytest.raises(ValueError, match="rows of one length"):
        exact_matrix(rows)


@pytest.mark.parametrize(
    ("number", "decimals", "shown"),
    [("2.5", 0, "3"), ("-2.5", 0, "-3"), ("0.1234565", 6, "0.123457"), ("-0.0000004", 6, "0.000000"), ("7", 2, "7.00")],
)
def test_rounding_is_half_up_away_from_zero(number, decimals, shown):
    assert str(rounded(Fraction(number), decimals)) == shown


def test_long_numbers_are_not_cut_to_the_precision_of_the_context():
    with localcontext(prec=5):
        assert rounded(Fraction(10**20 + 1, 3), 3) == Decimal("33333333333333333333.667")
        assert digits(Fraction(1, 3)) == Decimal("0." + "3" * 50)


@given(st.fractions(min_value=0, max_value=10**9))
def test_a_root_squared_is_the_number_at_fifty_digits(number):
    squared = Fraction(root(number)) ** 2
    assert abs(squared - number) <= number / Fraction(10**48)
