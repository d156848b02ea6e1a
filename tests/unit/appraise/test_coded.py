"""Columns of few distinct values."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kaohe.appraise.coded import coded

FEW = st.lists(st.sampled_from([None, "north", "south", Decimal("1.5"), 7]))


@given(FEW)
def test_a_coded_column_reads_like_the_list_of_its_values(values: list[object]) -> None:
    column = coded(iter(values), len(values))
    assert list(column) == values
    assert [column[row] for row in range(len(column))] == values
    assert list(column[1:]) == values[1:]
    assert list(column.distinct) == list(dict.fromkeys(values))


@given(FEW)
def test_what_is_done_to_distinct_values_is_done_to_every_row(values: list[object]) -> None:
    column = coded(values, len(values))
    kept = column.flags(lambda value: value is not None)
    assert kept.tolist() == [value is not None for value in values]
    assert list(column.map(str)) == [str(value) for value in values]
    known = column.where(kept)
    assert list(known) == [value for value in values if value is not None]
    assert None not in known.distinct


def test_no_rows_hold_nothing() -> None:
    nothing = coded([], 0)
    assert (len(nothing), list(nothing.where(np.ones(0, np.bool_)))) == (0, [])
