"""Decisions kept as columns read like one tuple for each person."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaohe.appraise.columns import ascending, told_apart
from kaohe.appraise.decisions import Notes, by_person
from kaohe.appraise.model import Decision
from kaohe.text import msg

A, B, C = (Decision("rule", name, msg("because")) for name in "abc")


def test_everybody_has_their_decisions_in_the_order_they_arose() -> None:
    tied = Notes(np.array([3, 1]), np.array([0, 1]), [B, C])
    decisions = by_person([[(1, A), (3, C)], tied, iter([(3, A)])], 5)
    assert list(decisions) == [(), (A, C), (), (C, B, A), ()]
    assert [decisions[row] for row in range(5)] == list(decisions)
    assert list(tied) == [(3, B), (1, C)]


def test_they_are_read_from_the_end_and_in_slices_as_those_of_a_tuple() -> None:
    decisions = by_person([[(0, A), (2, B)]], 3)
    assert (len(decisions), decisions[-1], decisions[:2]) == (3, (B,), [(A,), ()])
    with pytest.raises(IndexError):
        decisions[3]


def test_nobody_has_none() -> None:
    assert list(by_person([], 0)) == []
    assert list(by_person([()], 2)) == [(), ()]


@given(st.lists(st.integers(-(2**63), 2**63 - 1) | st.integers(-3, 3)))
def test_positions_are_sorted_by_keys_of_any_size_and_equals_stay_in_order(keys: list[int]) -> None:
    assert ascending(np.array(keys, np.int64)).tolist() == sorted(range(len(keys)), key=keys.__getitem__)


FIGURES = st.integers(-(2**63), 2**63 - 1) | st.integers(-3, 3)


@given(st.lists(st.tuples(FIGURES, st.integers(0, 2**70), st.booleans(), FIGURES)))
def test_rows_equal_in_all_columns_and_no_others_have_one_number(rows: list[tuple[int, int, bool, int]]) -> None:
    kinds = (np.int64, object, np.bool_, np.int64)
    columns = [np.array([row[place] for row in rows], kind) for place, kind in enumerate(kinds)]
    number, first = told_apart(columns, len(rows))
    assert [rows.index(row) for row in rows] == first[number].tolist()
    assert sorted(set(number.tolist())) == list(range(len(first)))
