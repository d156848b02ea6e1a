"""Largest remainders with quotas and ties."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaohe.appraise.apportion import apportion


def test_the_quota_is_what_the_part_would_be_if_it_need_not_be_whole():
    result = apportion([20, 70, 10], 7)
    assert result.parts == (1, 5, 1)
    assert result.quotas == (Fraction(7, 5), Fraction(49, 10), Fraction(7, 10))
    assert not result.tie


def test_equal_remainders_at_the_last_part_are_a_tie_and_the_earlier_one_wins():
    assert apportion([1, 1, 1], 1) == apportion(["1/3", "1/3", "1/3"], 1)
    assert (apportion([1, 1, 1], 1).parts, apportion([1, 1, 1], 1).tie) == ((1, 0, 0), True)
    # Two equal remainders that both win are no tie.
    assert not apportion(["0.45", "0.45", "0.1"], 4).tie


def test_nothing_is_shared_without_a_tie_and_a_debt_mirrors_a_sum():
    assert apportion([1, 1], 0).parts == (0, 0)
    assert not apportion([1, 1], 0).tie
    assert (apportion([7, 3], -5).parts, apportion([7, 3], -5).tie) == ((-4, -1), True)


def test_weights_of_nothing_cannot_share_something():
    with pytest.raises(ZeroDivisionError):
        apportion([0, 0], 5)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=8).filter(any), st.integers(-200, 200))
def test_parts_sum_to_the_total_and_keep_their_quota(weights, total):
    result = apportion(weights, total)
    assert sum(result.parts) == sum(result.quotas) == total
    assert all(abs(part - quota) < 1 for part, quota in zip(result.parts, result.quotas, strict=True))


def test_quotas_come_apart_into_what_is_sure_and_the_remainder():
    result = apportion([20, 70, 10], 7)
    assert result.lower == (1, 4, 0)
    assert result.remainders == (Fraction(2, 5), Fraction(9, 10), Fraction(7, 10))
