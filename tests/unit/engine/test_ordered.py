"""Values in one order: what is found in it are the same two values as in each person's own list."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.unit.engine.scan_kit import Q1_WINDOWS, TICKET, local, request, snapshot

from kaohe.engine import DuckEngine, fuse, ordered
from kaohe.engine.passes import Pass, pass_query
from kaohe.engine.resources import Resources
from kaohe.language import aggregates, gather
from kaohe.language.aggregation import AGGREGATIONS

INT64 = st.integers(-(2**63), 2**63 - 1)
VALUES = ("count()", "median(cost)", "percentile(cost, 0.9)", 'percentile(number(kind), 0.25, where=kind != "x")')


@given(
    st.lists(st.tuples(st.integers(0, 4), st.one_of(st.integers(-3, 3), INT64)), max_size=40),
    st.sampled_from(["0", "0.25", "0.5", "0.9", "0.999999", "1"]),
)
@example([(0, -(2**63)), (0, 2**63 - 1), (4, 0)], "0.5")
def test_the_two_values_are_those_of_each_list(found, share):
    places, values = (np.array([each[at] for each in found], np.int64) for at in (0, 1))
    parts = ordered.order_statistics(Fraction(share), places, values, 5)
    (aggregate,) = aggregates(request("x", f"percentile(cost, {share})").value)
    assert aggregate.option == Decimal(share)
    for place in range(5):
        own = [(value, None) for at, value in found if at == place]
        by_hand = AGGREGATIONS["percentile"].gather(aggregate, own)
        assert {name: column[place] for name, column in parts.items()} == by_hand


def test_figures_are_the_same_in_order_and_by_lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        {"owner": f"P{number % 3}", "opened_at": local("2026-02-01 12:00"), "kind": str(number), "cost": cost}
        for number, cost in enumerate([3, None, -7, 2**62, -(2**62), 5, 5, 0, None, 1])
    ]
    taken = snapshot(tmp_path, {"ticket": (TICKET, [rows])})
    scans = fuse([request(value, value) for value in VALUES])
    figures = []
    for worth in (ordered.WORTH, 0):
        monkeypatch.setattr(ordered, "WORTH", worth)
        (parts,) = DuckEngine().measure(scans, taken, Q1_WINDOWS, [("P0", "P1", "P2", "P3")])
        figures.append([{name: column.tolist() for name, column in each.items()} for each in parts.values()])
    assert figures[0] == figures[1]
    (median,) = aggregates(request("x", "median(cost)").value)
    for place in range(3):
        own = [{"cost": Decimal(row["cost"]) / 100} for row in rows[place::3] if row["cost"] is not None]
        by_hand = gather(median, own, Q1_WINDOWS["period"])
        assert {name: column[place] for name, column in figures[1][1].items()} == by_hand


def test_what_may_need_128_bits_stays_in_the_query() -> None:
    scans = fuse([request(value, value) for value in VALUES])
    query, columns = pass_query(Pass(scans, (0,)), Q1_WINDOWS)
    rest, found = ordered.taken_out(query, columns)
    assert [each.share for each in found] == [Fraction(1, 2), Fraction(9, 10)]
    assert [name for each in found for name in each.columns.values()] == [f"c{number}" for number in range(1, 7)]
    assert rest.named_selects == ["subject", "c0", "c7", "c8", "c9"]


def test_values_are_not_put_in_order_where_they_take_too_much_memory_or_are_few() -> None:
    one = Pass(fuse([request("x", "median(cost)")]), (0,))
    memory = Resources().memory
    most = memory // 2 // ordered.BYTES
    assert [ordered.is_worth_it(one, rows, memory) for rows in (ordered.WORTH - 1, ordered.WORTH, most, most + 1)] == [
        False,
        True,
        True,
        False,
    ]
