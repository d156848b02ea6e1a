"""Whatever happened to the records before, what is kept of other months gives what counting all of them gives: after
imports, undone imports and late changes, for those who joined and those who left, in any window and credited by any
join, whichever date puts records into the window, and whether they have one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.properties.test_passes import CUSTOMERS, PEOPLE, RELATIONS, TEAMS, TICKETS, requests
from tests.unit.engine.remembered_kit import Remembering, snapshot
from tests.unit.engine.scan_kit import CUSTOMER, Q1, TICKET, period_windows, request

from kaohe.engine import DuckEngine, OnDay, fuse, remembered, settled
from kaohe.period import parse_period
from kaohe.run.credit.shares import of_its_team

_FOLDERS = count()
MONTHS = st.lists(TICKETS, min_size=3, max_size=5)
LATER = {name: table.slice(0, table.num_rows - 1) for name, table in RELATIONS.items()}
"""One person was assigned to nothing yet."""
MOVED = {name: table.slice(1) for name, table in RELATIONS.items()}
"""One was assigned to nothing at first."""
_NEW = st.tuples(st.just("import"), MONTHS)
_LATE = st.tuples(st.just("late"), st.tuples(st.integers(0, 9), MONTHS))
_RECORDS = st.one_of(
    _NEW,
    _LATE,
    st.tuples(st.just("undo"), st.integers(1, 2)),
    st.tuples(st.just("customers"), st.lists(CUSTOMERS, min_size=1, max_size=2)),
)
_REST = st.one_of(
    st.tuples(st.just("people"), st.sampled_from((PEOPLE, PEOPLE[:2], ("P0", *PEOPLE), PEOPLE[1:]))),
    st.tuples(st.just("period"), st.sampled_from((Q1, parse_period("2026"), parse_period("2026-02"), Q1.previous))),
    st.tuples(st.just("assignments"), st.sampled_from((RELATIONS, LATER, MOVED))),
)
STEPS = st.lists(st.tuples(st.one_of(_NEW, _LATE), _RECORDS, _REST), min_size=2, max_size=3)
ALWAYS = [
    request("s", "sum(cost, where=urgent) + nps(rating)"),
    request("x", "minimum(cost) - same_period_last_year(maximum(cost))", when="due"),
    of_its_team(request("t", "share(cost > 0)")),
    replace(request("c", "mean(cost)"), joins=(OnDay("covered", "owner", "opened_at", required=True),)),
]


@contextmanager
def worth(rows: float, moved: float) -> Iterator[None]:
    """New months are counted by themselves up to that share of rows; teams added up of people up to that share."""
    usual = remembered.WORTH, settled.MOVED_AT_MOST
    remembered.WORTH, settled.MOVED_AT_MOST = rows, moved
    try:
        yield
    finally:
        remembered.WORTH, settled.MOVED_AT_MOST = usual


class History:
    """What is there, step by step."""

    def __init__(self, months: list[list[Any]]) -> None:
        self.people, self.period, self.relations = PEOPLE, Q1, RELATIONS
        self.states: list[tuple[list[list[Any]], list[list[Any]]]] = [(months, [])]

    def step(self, what: str, given: Any) -> None:
        months, customers = self.states[-1]
        match what:
            case "import":
                self.states.append(([*months, given], customers))
            case "late":
                at, month = given
                at %= len(months)
                self.states.append(([*months[:at], month, *months[at + 1 :]], customers))
            case "undo":
                self.states = self.states[:-given] or self.states[:1]
            case "customers":
                self.states.append((months, [*customers, given]))
            case "people":
                self.people = given
            case "period":
                self.period = given
            case "assignments":
                self.relations = given

    def files(self) -> dict[str, Any]:
        months, customers = self.states[-1]
        tickets = [
            [{"no": f"{file}-{row}", **each} for row, each in enumerate(rows)] for file, rows in enumerate(months)
        ]
        return {"ticket": (TICKET, tickets), "customer": (CUSTOMER, customers)}


def figures(engine: Any, asked: Any, history: History, taken: Any) -> list[Any]:
    scans = [(scan, codes) for scan in fuse(asked) for codes in (history.people, TEAMS)]
    found = engine.measure(
        [scan for scan, _codes in scans],
        taken,
        period_windows(history.period),
        [codes for _scan, codes in scans],
        history.relations,
    )
    return [
        {each: {part: list(column) for part, column in parts.items()} for each, parts in one.items()} for one in found
    ]


@pytest.fixture(scope="module")
def remembering(tmp_path_factory: pytest.TempPathFactory) -> Remembering:
    """One for all examples: each finds what all those before it left."""
    return Remembering(tmp_path_factory.mktemp("values"))


@settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(requests(), max_size=3).map(lambda more: [*ALWAYS, *more]),
    st.lists(MONTHS, min_size=3, max_size=5),
    STEPS,
    st.sampled_from((1.0, remembered.WORTH)),
    st.sampled_from((settled.MOVED_AT_MOST, 1)),
)
def test_what_is_kept_of_other_months_gives_what_counting_everything_gives(
    remembering: Remembering, tmp_path: Path, asked: Any, months: Any, steps: Any, rows: float, moved: float
) -> None:
    history = History(months)
    with worth(rows, moved):
        for step in [(), *steps]:
            for what, given in step:
                history.step(what, given)
            taken = snapshot(tmp_path / str(next(_FOLDERS)), history.files())
            assert figures(remembering, asked, history, taken) == figures(DuckEngine(), asked, history, taken)
