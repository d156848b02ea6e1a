"""Working time over a snapshot: the same as by hand, in one scan with the rest, and never on days not covered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.unit.engine.scan_kit import Q1_WINDOWS, TICKET, local, request, rows, snapshot

from kaohe.engine import DuckEngine, fuse, select
from kaohe.engine.plan import measures
from kaohe.errors import KaoheError

PEOPLE = ("P1", "P2")
TICKETS: list[dict[str, Any]] = [
    # Friday 16:00 to Monday 10:00: two hours of work.
    {"no": "1", "owner": "P1", "opened_at": local("2026-01-09 16:00"), "closed_at": local("2026-01-12 10:00")},
    # From New Year's holiday into the make-up Sunday: one hour.
    {"no": "2", "owner": "P1", "opened_at": local("2026-01-02 11:00"), "closed_at": local("2026-01-04 10:00")},
    {"no": "3", "owner": "P1", "opened_at": local("2026-03-31 15:30")},
    {"no": "4", "owner": "P2", "opened_at": local("2026-02-03 12:00"), "closed_at": local("2026-02-03 13:30")},
]


def measured(folder: Path, values: list[str], tickets: list[dict[str, Any]], **options: Any) -> list[Any]:
    """The parts of each value's first aggregate, person by person."""
    requests = [request(str(index), value, **options) for index, value in enumerate(values)]
    taken = snapshot(folder, {"ticket": (TICKET, [tickets[:2], tickets[2:]])})
    scans = fuse(requests)
    answered: dict[Any, Any] = {}
    for parts in DuckEngine().measure(scans, taken, Q1_WINDOWS, [PEOPLE] * len(scans)):
        answered |= parts
    found = [answered[measures(each)[0]] for each in requests]
    return [{name: column.tolist() for name, column in parts.items()} for parts in found]


def test_working_time_is_that_counted_by_hand(tmp_path: Path) -> None:
    hour = 3_600_000_000
    assert measured(
        tmp_path,
        [
            "sum(business_time(opened_at, closed_at))",
            "share(elapsed(opened_at, closed_at, 'business') <= hours(1))",
            "count(where=not known(closed_at) and business_time(opened_at, period_end) > hours(2))",
            "count(where=closed_at - opened_at > hours(24))",
        ],
        TICKETS,
    ) == [
        {"total": [3 * hour, 0], "n": [2, 1]},
        {"hits": [1, 1], "n": [2, 1]},
        {"n": [1, 0]},
        {"n": [2, 0]},
    ]


def test_a_condition_on_working_time_narrows_the_records(tmp_path: Path) -> None:
    found = measured(tmp_path, ["count()"], TICKETS, where="business_time(opened_at, closed_at) > hours(1)")
    assert found == [{"n": [1, 0]}]


def test_working_time_shares_the_scan_of_the_other_indicators() -> None:
    asked = [request("in_time", "share(business_time(opened_at, closed_at) <= hours(1))"), request("all", "count()")]
    (scan,) = fuse(asked)
    sql = select(scan, Q1_WINDOWS)[0].sql("duckdb")
    assert sql.count("LEFT JOIN") == 2  # one for each of the two moments
    assert 'FROM "calendar office"' in sql
    assert "calendar" not in select(fuse(asked[1:])[0], Q1_WINDOWS)[0].sql("duckdb")


def test_single_records_bring_their_working_time(tmp_path: Path) -> None:
    taken = snapshot(tmp_path, {"ticket": (TICKET, [TICKETS])})
    wanted = rows(TICKET, "no", "business_time(opened_at, closed_at)", where="known(closed_at)")
    found = DuckEngine().rows(wanted, taken, Q1_WINDOWS["period"], PEOPLE)
    hour = 3_600_000_000
    assert (found.texts(0), found.numbers(1).values.tolist()) == (("1", "2", "4"), [2 * hour, hour, 0])


LATE = {"no": "5", "owner": "P2", "opened_at": local("2026-03-01 12:00"), "closed_at": local("2027-01-04 10:00")}


def test_a_moment_that_the_calendar_does_not_cover_is_an_error_before_anything_runs(tmp_path: Path) -> None:
    values = ["mean(business_time(opened_at, closed_at))", "share(business_time(opened_at, closed_at) < hours(1))"]
    with pytest.raises(KaoheError, match="does not say when work is done") as caught:
        measured(tmp_path, values, [*TICKETS, LATE])
    (problem,) = caught.value.problems
    assert (problem.where.key, problem.found) == ("ticket.closed_at", "2027-01-04")
    assert problem.expected == "2025-01-01 … 2026-12-31"


def test_single_records_are_refused_likewise(tmp_path: Path) -> None:
    taken = snapshot(tmp_path, {"ticket": (TICKET, [[LATE]])})
    with pytest.raises(KaoheError, match="does not say when work is done"):
        DuckEngine().rows(rows(TICKET, "business_time(opened_at, closed_at)"), taken, Q1_WINDOWS["period"], PEOPLE)


def test_records_of_other_periods_need_no_calendar(tmp_path: Path) -> None:
    old = [{"no": str(no), "owner": "P1", "opened_at": local("2019-05-05 12:00"), "closed_at": None} for no in (7, 8)]
    found = measured(tmp_path, ["sum(business_time(opened_at, period_end))"], [*old, *TICKETS[2:]])
    assert found[0]["n"] == [1, 1]
