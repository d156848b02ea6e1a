"""Columns as bytes: what many share is written once, and the bytes are those of the whole list."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kaohe.appraise import columns
from kaohe.appraise.coded import Coded, Lists
from kaohe.records.canonical import canonical
from kaohe.run.listing import Column, listing

SAID = ("", "北区", None, 7, ["a", {"b": 1}], True)
PLACES = st.lists(st.integers(0, len(SAID) - 1), max_size=9)


def written(column: Column) -> str:
    size, pieces = listing(column)
    whole = b"".join(pieces)
    assert len(whole) == size
    return whole.decode()


@given(PLACES, st.integers(1, 4), st.data())
def test_many_alike_are_written_like_a_list_of_all(places: list[int], block: int, data: st.DataObject) -> None:
    usual, columns.BLOCK = columns.BLOCK, block
    try:
        which = np.array(places, np.int64)
        listed: list[Any] = [SAID[place] for place in places]
        assert written(Coded(which, SAID)) == written(listed) == written(tuple(listed)) == canonical(listed)
        ends = sorted(data.draw(st.lists(st.integers(0, len(places)), max_size=4)))
        begins = [0, *ends, len(places)]
        own = [listed[begin:end] for begin, end in pairwise(begins)]
        assert written(Lists(np.array(begins), which, SAID)) == canonical(own)
    finally:
        columns.BLOCK = usual


def test_numbers_are_eight_bytes_each() -> None:
    size, pieces = listing(np.array([True, False]))
    assert (size, b"".join(pieces)) == (16, bytes([1, *[0] * 15]))
