"""Divisor methods and Droop's quota, by published examples."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaohe.appraise.apportion import apportion
from kaohe.appraise.divisors import by_divisors, by_droop_quota

# Five states and 26 seats: every method differs (Balinski & Young, Fair Representation, 1982).
STATES = [9061, 7179, 5259, 3319, 1182]


@pytest.mark.parametrize(
    ("method", "parts"),
    [
        ("adams", (9, 7, 5, 3, 2)),
        ("dean", (9, 7, 5, 4, 1)),
        ("hill", (9, 7, 6, 3, 1)),
        ("webster", (9, 8, 5, 3, 1)),
        ("jefferson", (10, 7, 5, 3, 1)),
    ],
)
def test_five_methods_give_five_results(method, parts):
    result = by_divisors(STATES, 26, method)
    assert (result.parts, result.tie) == (parts, False)
    assert result.quotas == apportion(STATES, 26).quotas


def test_equal_claims_are_a_tie_only_where_the_total_ends_between_them():
    assert (by_divisors([1, 1], 3, "webster").parts, by_divisors([1, 1], 3, "webster").tie) == ((2, 1), True)
    assert not by_divisors([1, 1], 4, "webster").tie
    assert not by_divisors([1, 1], 0, "jefferson").tie


def test_who_has_weight_comes_first_where_the_divisor_is_0_and_who_has_none_gets_nothing():
    assert by_divisors([1000, 10, 10], 5, "hill").parts == (3, 1, 1)
    assert by_divisors([5, 0, 1], 3, "adams").parts == (2, 0, 1)


def test_a_minimum_is_had_to_begin_with():
    assert by_divisors([98, 1, 1], 5, "jefferson", minimum=1).parts == (3, 1, 1)
    with pytest.raises(ValueError, match="minimums exceed"):
        by_divisors([98, 1, 1], 2, "jefferson", minimum=1)


def test_droops_quota_favours_the_larger():
    votes = [47_000, 16_000, 15_800, 12_000, 6_100, 3_100]
    assert by_droop_quota(votes, 10).parts == (5, 2, 2, 1, 0, 0)
    assert apportion(votes, 10).parts == (5, 2, 1, 1, 1, 0)
    assert by_droop_quota([1, 1], 3).tie
    with pytest.raises(ValueError, match="no votes"):
        by_droop_quota([0, 0], 3)


@given(
    st.lists(st.integers(0, 99), min_size=1, max_size=6).filter(any),
    st.integers(0, 40),
    st.sampled_from(["adams", "dean", "hill", "webster", "jefferson"]),
)
def test_parts_sum_to_the_total_and_never_fall_when_it_rises(weights, total, method):
    parts, more = (by_divisors(weights, each, method).parts for each in (total, total + 1))
    assert sum(parts) == total
    assert all(one <= other for one, other in zip(parts, more, strict=True))
