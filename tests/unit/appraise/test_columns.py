"""Whole columns against the same figures worked out one by one with fractions."""

from __future__ import annotations

from decimal import Decimal
from itertools import accumulate

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kaohe.appraise.columns import BLOCK, blocks, round_half_up, weighted_mean
from kaohe.appraise.lines import lines
from kaohe.exact import divide

WHOLE = st.integers(-(10**9), 10**9)


@given(st.lists(WHOLE, min_size=1), st.integers(1, 1000))
def test_columns_are_rounded_half_away_from_zero(numerators: list[int], denominator: int) -> None:
    expected = [divide(numerator, denominator) for numerator in numerators]
    for kind in (np.int64, object):
        column = np.array(numerators, kind)
        assert round_half_up(column, denominator).tolist() == expected
        assert round_half_up(column, np.full(len(column), denominator)).tolist() == expected


def test_a_tie_is_rounded_away_from_zero_on_both_sides() -> None:
    assert round_half_up(np.array([-5, -3, -1, 1, 3, 5]), 2).tolist() == [-3, -2, -1, 1, 2, 3]


@given(
    start=WHOLE,
    steps=st.lists(st.integers(0, 10**6), min_size=1, max_size=5),
    pieces=st.lists(st.tuples(WHOLE, WHOLE, st.integers(1, 10**4)), min_size=7, max_size=7),
    values=st.lists(WHOLE, min_size=1),
    times=st.sampled_from([1, 10**9]),
)
def test_every_value_meets_the_line_of_its_piece(
    start: int, steps: list[int], pieces: list[tuple[int, int, int]], values: list[int], times: int
) -> None:
    edges = list(accumulate(steps, initial=start))
    used = [(a * times, b * times, d) for a, b, d in pieces[: len(edges) + 1]]
    for outer in (0, -1):
        used[outer] = (used[outer][0], 0, used[outer][2])
    chosen = [used[sum(edge <= value for edge in edges)] for value in values]
    expected = [divide(a + b * value, d) for (a, b, d), value in zip(chosen, values, strict=True)]
    assert lines(edges, used).at(np.array(values)).tolist() == expected


def test_blocks_hold_every_row_once() -> None:
    for rows in (0, 1, BLOCK, BLOCK + 1, 3 * BLOCK - 1):
        assert [row for block in blocks(rows) for row in range(rows)[block]] == list(range(rows))


def test_a_block_whose_sums_need_more_than_64_bits_changes_no_other() -> None:
    rows = BLOCK + 2
    column = np.arange(rows)
    column[-1] = 2**61
    mean, known = weighted_mean([column, column], [Decimal(10**9), Decimal(1)], [np.ones(rows, np.bool_)] * 2, rows)
    assert mean.tolist() == column.tolist()
    assert known.all()


def test_weights_by_row_may_be_wider_than_64_bits() -> None:
    rows = BLOCK + 1
    first, second = np.full(rows, 1, object), np.full(rows, 3, object)
    first[-1] = 10**30
    columns = [np.full(rows, 10), np.full(rows, 20)]
    mean, known = weighted_mean(columns, [first, second], [np.ones(rows, np.bool_)] * 2, rows)
    assert (mean[0], mean[-1]) == (18, 10)
    assert known.all()
    absent = np.zeros(rows, np.bool_)
    mean, known = weighted_mean(columns, [first, second], [absent, absent], rows)
    assert not known.any()
    assert not mean.any()


def test_a_steep_piece_near_zero_stays_exact_far_from_it() -> None:
    steep = lines([0, 10**3, 10**18], [(0, 0, 1), (0, 10**8, 7), (10**9, 1, 10**9 + 7), (5, 0, 1)])
    values = [-(2**62), -1, 0, 999, 10**3, 10**18 - 1, 10**18, 2**62]
    expected = [0, 0, 0, divide(999 * 10**8, 7), 1, divide(10**9 + 10**18 - 1, 10**9 + 7), 5, 5]
    assert steep.at(np.array(values)).tolist() == expected
