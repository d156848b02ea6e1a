"""Head-counts of tiers by other roundings, by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaohe.appraise.tier_rounding import by_cumulation, each_by_itself, with_rest_to

SHARES = [20, 70, 10]


def test_cumulation_never_loses_anybody():
    assert by_cumulation(SHARES, 5) == (1, 4, 0)
    assert by_cumulation(SHARES, 7) == (1, 5, 1)


def test_the_rest_goes_to_one_tier():
    assert with_rest_to(SHARES, 14, 1) == (2, 11, 1)
    assert with_rest_to(SHARES, 14, 1, "half_up") == (3, 10, 1)
    with pytest.raises(ValueError, match="more people than there are"):
        with_rest_to(["0.5", "0.5", 0], 1, 2, "half_up")


def test_each_tier_by_itself_may_make_one_too_many():
    assert each_by_itself(SHARES, 5) == (1, 4, 1)
    assert each_by_itself(SHARES, 10) == (2, 7, 1)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=6).filter(any), st.integers(0, 99))
def test_cumulated_counts_sum_to_the_people(shares, people):
    counts = by_cumulation(shares, people)
    assert sum(counts) == people
    assert min(counts) >= 0
