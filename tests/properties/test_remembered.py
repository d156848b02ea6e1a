"""An engine that remembers gives what an engine that does not would give, whatever was measured before it."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.unit.engine.remembered_kit import Remembering, figures, snapshot
from tests.unit.engine.scan_kit import CUSTOMER, Q1, TICKET, day, local, period_windows, request

from kaohe.engine import DuckEngine, OnDay, Request

_NUMBERS = count()
MOMENTS = [f"{day} {clock}" for day in ("2025-12-31", "2026-01-01", "2026-02-14", "2026-03-31", "2026-04-01")
           for clock in ("00:00", "23:59")]  # fmt: skip
TICKETS = st.lists(
    st.fixed_dictionaries(
        {
            "owner": st.sampled_from(["P1", "P2", "gone", None]),
            "helper": st.sampled_from(["P1", None]),
            "kind": st.sampled_from(["repair", "advice", None]),
            "opened_at": st.sampled_from(MOMENTS).map(local),
            "cost": st.sampled_from([None, 0, 1, 100]),
        }
    ),
    max_size=3,
)
CUSTOMERS = st.lists(
    st.fixed_dictionaries({"owner": st.sampled_from(["P1", "P2"]), "since": st.sampled_from([day("2026-01-01")])}),
    max_size=2,
)


def _joined(one: Request) -> Request:
    return replace(one, joins=(OnDay("covered", one.who, one.when, required=True),))


PLAIN = st.builds(
    lambda value, where, who: request("x", value, where=where, who=who),
    st.sampled_from(
        [
            "count()",
            "sum(cost)",
            "mean(cost)",
            "median(cost)",
            "previous(count())",
            "share(cost > 0)",
            "share(cost > 1)",
            "count_distinct(kind)",
        ]
    ),
    st.sampled_from([None, 'kind == "repair"', 'kind == "advice"']),
    st.sampled_from(["owner", "helper"]),
)
THERE = st.sampled_from(["count()", "count(where=at_start())"]).map(lambda value: request("c", value, CUSTOMER))
REQUESTS = st.lists(st.one_of(PLAIN, PLAIN.map(_joined), THERE), max_size=3).map(
    lambda asked: [_joined(request("j", "sum(cost)")), *asked]
)
EVER = [{"owner": "P1", "helper": "P1", "kind": "repair", "opened_at": local(each), "cost": 7} for each in MOMENTS]
COVERED = st.sampled_from(["2026-01-01", "2026-02-14", "2027-01-01"])
PEOPLE = st.sampled_from([("P1", "P2"), ("P1",), ("P1", "P3")])
PERIODS = st.sampled_from([period_windows(Q1), period_windows(Q1.previous)])


@pytest.fixture(scope="module")
def remembering(tmp_path_factory: pytest.TempPathFactory) -> Remembering:
    """One for all examples: each finds what all those before it left."""
    return Remembering(tmp_path_factory.mktemp("values"))


FACTS = st.tuples(REQUESTS, TICKETS.map(lambda rows: [EVER, rows]), CUSTOMERS, COVERED, PEOPLE, PERIODS)


@settings(
    max_examples=6, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(FACTS, FACTS)
def test_whatever_was_measured_before_the_figures_are_those_of_a_fresh_engine(
    remembering: Remembering, tmp_path: Path, first: tuple[Any, ...], other: tuple[Any, ...]
) -> None:
    """Each part alone is exchanged for another, then all of them: what is kept of the first must not pass for it."""
    exchanged = [(*first[:part], other[part], *first[part + 1 :]) for part in range(len(first))]
    for asked, files, customers, end, people, windows in (first, *exchanged, other, first):
        tickets = [
            [{"no": f"{file}-{row}", **each} for row, each in enumerate(rows)] for file, rows in enumerate(files)
        ]
        numbered = [{"code": str(row), "left_on": None, **each} for row, each in enumerate(customers)]
        tables = {"ticket": (TICKET, tickets), "customer": (CUSTOMER, [numbered])}
        taken = snapshot(tmp_path / str(next(_NUMBERS)), tables)
        rows = {"_person": ["P1", "P2"], "_first": [day("2026-01-01")] * 2, "_end": [day(end)] * 2}
        joined = {"relations": {"covered": pa.table(rows)}}
        fresh = figures(DuckEngine(), asked, taken, windows, people, **joined)
        assert figures(remembering, asked, taken, windows, people, **joined) == fresh
