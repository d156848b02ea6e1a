"""Quantiles by all nine definitions, beside what R and Excel publish."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaohe.appraise.quantiles import quantile, quartiles
from kaohe.precise import exact, exact_row

VALUES = exact_row([3, 6, 7, 8, 8, 10, 13, 15, 16, 20])


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (1, ["3", "7", "8", "15", "16"]),
        (2, ["4.5", "7", "9", "15", "18"]),
        (3, ["3", "6", "8", "15", "16"]),
        (4, ["3", "6.5", "8", "14", "16"]),
        (5, ["4.5", "7", "9", "15", "18"]),
        (6, ["3.3", "6.75", "9", "15.25", "19.6"]),
        (7, ["5.7", "7.25", "9", "14.5", "16.4"]),
        (8, ["4.1", "83/12", "9", "181/12", "278/15"]),
        (9, ["4.2", "6.9375", "9", "15.0625", "18.4"]),
    ],
)
def test_each_definition_by_hand(kind, expected):
    shares = exact_row(["0.1", "0.25", "0.5", "0.75", "0.9"])
    assert [quantile(VALUES, share, kind) for share in shares] == list(exact_row(expected))


def test_excel_exclusively():
    values = exact_row([1, 2, 3, 6, 6, 6, 7, 8, 9])
    assert quantile(values, exact("0.25"), 6, beyond=False) == Fraction(5, 2)
    assert quantile(values, exact("0.01"), 6, beyond=False) is None
    assert quantile(values, exact("0.01"), 6) == 1


def test_nothing_has_no_quantile_and_no_share_is_above_1():
    assert quantile([], exact("0.5")) is None
    with pytest.raises(ValueError, match="between 0 and 1"):
        quantile(VALUES, Fraction(2))


def test_quartiles_with_and_without_the_middle():
    values = exact_row([6, 7, 15, 36, 39, 40, 41, 42, 43, 47, 49])
    assert quartiles(values, middle=True) == exact_row(["25.5", 40, "42.5"])
    assert quartiles(values, middle=False) == exact_row([15, 40, 43])
    assert quartiles(values[:4], middle=True) == quartiles(values[:4], middle=False) == exact_row([6.5, 11, 25.5])
    assert quartiles(values[:1], middle=True) is None


@given(
    st.lists(st.integers(-50, 50), min_size=1, max_size=12),
    st.fractions(0, 1),
    st.fractions(0, 1),
    st.integers(1, 9),
)
def test_quantiles_rise_with_their_share_and_stay_within_the_values(values, one, other, kind):
    low, high = (quantile(exact_row(values), share, kind) for share in sorted((one, other)))
    assert min(values) <= low <= high <= max(values)
