"""Exact numbers: rounding half up, quotients over columns, whole parts of a total."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaohe.exact import (
    divide,
    divide_columns,
    format_fen,
    format_micros,
    from_micros,
    largest_remainder,
    plain_fen,
    round_micros,
    to_fen,
    to_micros,
)

BIG = 2**63 - 1


@pytest.mark.parametrize(
    ("numerator", "denominator", "quotient"),
    [(5, 2, 3), (-5, 2, -3), (5, -2, -3), (-5, -2, 3), (7, 3, 2), (-7, 3, -2), (1, 2, 1), (-1, 2, -1), (0, 9, 0)],
)
def test_a_half_rounds_away_from_zero_as_excel_does(numerator: int, denominator: int, quotient: int) -> None:
    assert divide(numerator, denominator) == quotient


@given(st.integers(-BIG, BIG), st.integers(1, BIG), st.sampled_from([1, 100, 10**6]))
def test_columns_divide_as_single_numbers_do(numerator: int, denominator: int, scale: int) -> None:
    expected = divide(numerator * scale, denominator)
    if abs(expected) > BIG:
        with pytest.raises(OverflowError):
            divide_columns(np.array([numerator]), np.array([denominator]), scale)
    else:
        assert divide_columns(np.array([numerator]), np.array([denominator]), scale).tolist() == [expected]


@given(st.fractions(min_value=-(10**9), max_value=10**9))
def test_micros_are_within_half_a_millionth(number: Fraction) -> None:
    assert abs(Fraction(to_micros(number), 10**6) - number) <= Fraction(1, 2 * 10**6)


def test_micros_read_back_without_trailing_zeros() -> None:
    assert str(from_micros(1_500_000)) == "1.5"
    assert str(from_micros(100_000_000)) == "100"
    assert str(from_micros(-1)) == "-0.000001"


def test_scores_round_to_the_decimals_asked_for() -> None:
    assert round_micros(84_995_000, 2) == 85_000_000
    assert round_micros(-84_995_000, 2) == -85_000_000
    assert format_micros(84_994_999, 2) == "84.99"


def test_money_reads_with_separators() -> None:
    assert format_fen(123_456_789) == "1,234,567.89"
    assert format_fen(-5) == "-0.05"
    assert (plain_fen(123_456_789), plain_fen(-5)) == ("1234567.89", "-0.05")
    assert to_fen("12.345") == 1235


def test_the_textbook_quota_of_seven_people_is_one_five_one() -> None:
    assert largest_remainder([20, 70, 10], 7) == [1, 5, 1]


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=30), st.integers(-(10**12), 10**12))
def test_parts_sum_to_the_total_and_stay_within_one_of_their_quota(weights: list[int], total: int) -> None:
    if sum(weights) == 0:
        weights[0] = 1
    parts = largest_remainder(weights, total)
    assert sum(parts) == total
    assert all(
        abs(part - Fraction(total * weight, sum(weights))) < 1 for part, weight in zip(parts, weights, strict=True)
    )


@given(st.lists(st.integers(1, 1000), min_size=2, max_size=10), st.integers(0, 10**6))
def test_a_larger_weight_never_gets_a_smaller_part(weights: list[int], total: int) -> None:
    parts = largest_remainder(weights, total)
    by_weight = sorted(zip(weights, parts, strict=True))
    for (lighter, less), (heavier, more) in itertools.pairwise(by_weight):
        assert lighter == heavier or less <= more


def test_nothing_to_share_by_is_an_error_and_nothing_to_share_is_not() -> None:
    assert largest_remainder([0, 0], 0) == [0, 0]
    with pytest.raises(ZeroDivisionError):
        largest_remainder([0, 0], 5)
