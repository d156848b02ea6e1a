"""What is measured together is what is measured alone, whoever is credited, by whatever date, window and function; and
what the interpreter makes of the records one by one."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.engine.scan_kit import CUSTOMER, Q1_WINDOWS, SHANGHAI, TICKET, day, request, snapshot

from kaohe.engine import DuckEngine, OnDay, Request, Scan, fuse, ordered
from kaohe.engine import passes as planning
from kaohe.engine import settled as settling
from kaohe.language import interpret
from kaohe.language.interpret import gather
from kaohe.records import Snapshot
from kaohe.run.credit.shares import of_its_team

PEOPLE, TEAMS = ("P1", "P2", "P3", "P4"), ("north", "repair", "south")
WHOSE = (PEOPLE, TEAMS, ("P2",))
_DAYS = [day(each) for each in ("2025-02-01", "2025-11-11", "2025-12-31", "2026-01-01", "2026-02-15", "2026-03-31")]
_STINTS = [
    ("P1", _DAYS[0], day("2026-02-01"), "P2", "north"),
    ("P1", day("2026-02-01"), day("2027-01-01"), "P3", "south"),
    ("P2", _DAYS[2], day("2026-03-01"), None, "north"),
    ("P3", day("2020-01-01"), day("2030-01-01"), "P4", "south"),
    ("P4", day("2025-01-01"), day("2026-04-01"), "P2", None),
]
RELATIONS = {
    name: pa.table(
        {
            column: pa.array(
                [each[index] for each in stints], pa.int64() if column in ("_first", "_end") else pa.string()
            )
            for index, column in enumerate(("_person", "_first", "_end", "_manager", "_team"))
        }
    )
    for name, stints in (("everybody", _STINTS), ("covered", _STINTS[1:]))
}
VALUES = (
    "count()",
    "sum(cost)",
    "sum(cost, where=urgent) / previous(sum(cost)) - 1",
    "share(closed_at - opened_at <= days(3))",
    "median(cost)",
    "percentile(rating, 0.9)",
    "median(closed_at - opened_at, where=known(closed_at))",
    "minimum(cost) - same_period_last_year(maximum(cost))",
    "count_distinct(kind)",
    "last(cost, by=opened_at)",
    "nps(rating)",
    "mean(cost / rating)",
    "count(where=in_period(due))",
)
LASTING = ("count()", "count(where=at_start())", "previous(count(where=at_end()))", "count_distinct(code)")


@st.composite
def requests(draw: st.DrawFn) -> Request:
    """An indicator of tickets or customers, credited to a person, who stood above, or the team of one of them."""
    lasting = draw(st.booleans())
    records = CUSTOMER if lasting else TICKET
    when = draw(st.sampled_from(("since",) if lasting else ("opened_at", "closed_at", "due")))
    where = None if lasting else draw(st.sampled_from((None, "urgent", 'kind != "repair"')))
    value = draw(st.sampled_from(LASTING if lasting else VALUES))
    who = draw(st.sampled_from(("owner",) if lasting else ("owner", "helper")))
    one = request(value, value, records, where=where, when=when, who=who)
    above = OnDay("everybody", who, when, (("_manager", f"manager.{who}"),))
    match draw(st.sampled_from(("field", "covered", "above", "above and covered", "team", "team or kind"))):
        case "covered":
            return replace(one, joins=(OnDay("covered", who, when, required=True),))
        case "above":
            return replace(one, who=f"manager.{who}", joins=(above,))
        case "above and covered":
            there = OnDay("covered", f"manager.{who}", when, required=True)
            return replace(one, who=f"manager.{who}", joins=(above, there))
        case "team":
            return of_its_team(one)
        case "team or kind":
            return replace(of_its_team(one), rather=None if lasting else "kind")
        case _:
            return one


_MOMENTS = st.none() | st.builds(
    lambda each, hours: each * 86_400_000_000 + hours * 3_600_000_000, st.sampled_from(_DAYS), st.integers(0, 23)
)
TICKETS = st.fixed_dictionaries(
    {
        "owner": st.sampled_from((None, *PEOPLE)),
        "helper": st.sampled_from((None, *PEOPLE)),
        "kind": st.sampled_from((None, "repair", "south")),
        "opened_at": _MOMENTS,
        "closed_at": _MOMENTS,
        "due": st.none() | st.sampled_from(_DAYS),
        "cost": st.none() | st.integers(-500, 500),
        "rating": st.none() | st.integers(0, 100),
        "urgent": st.none() | st.booleans(),
    }
)
CUSTOMERS = st.fixed_dictionaries(
    {
        "code": st.sampled_from(("A", "B")),
        "owner": st.sampled_from((None, *PEOPLE)),
        "since": st.none() | st.sampled_from(_DAYS),
        "left_on": st.none() | st.sampled_from(_DAYS),
    }
)


@contextmanager
def planned(reading: int, moved_at_most: float, worth: int) -> Iterator[None]:
    """Scans share a reading as soon as they can where it is dear, and never where it costs less than nothing; teams
    are added up of people where as many moved at most; values are put in order here from so many records on."""
    usual = planning.READING, settling.MOVED_AT_MOST, ordered.WORTH
    planning.READING, settling.MOVED_AT_MOST, ordered.WORTH = reading, moved_at_most, worth
    try:
        yield
    finally:
        planning.READING, settling.MOVED_AT_MOST, ordered.WORTH = usual


def measured(scans: Sequence[Scan], whose: Sequence[Sequence[str]], taken: Snapshot) -> list[Any]:
    found = DuckEngine().measure(scans, taken, Q1_WINDOWS, whose, RELATIONS)
    return [
        {measure: {name: column.tolist() for name, column in columns.items()} for measure, columns in parts.items()}
        for parts in found
    ]


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.tuples(st.lists(requests(), min_size=1, max_size=5), st.sampled_from(WHOSE)), min_size=1, max_size=3),
    st.lists(TICKETS, max_size=8),
    st.lists(CUSTOMERS, max_size=4),
    st.sampled_from((planning.READING, 10**9)),
    st.sampled_from((settling.MOVED_AT_MOST, 1)),
    st.sampled_from((ordered.WORTH, 0)),
)
def test_together_is_alone(
    asked: Any, tickets: list[Any], customers: list[Any], reading: int, moved: float, worth: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        taken = snapshot(
            Path(folder), {"ticket": (TICKET, [tickets[:4], tickets[4:]]), "customer": (CUSTOMER, [customers])}
        )
        scans = [(scan, codes) for several, codes in asked for scan in fuse(several)]
        with planned(reading, moved, worth):
            found = measured([scan for scan, _codes in scans], [codes for _scan, codes in scans], taken)
        apart = [(replace(scan, measures=(each,)), codes) for scan, codes in scans for each in scan.measures]
        with planned(-(10**9), -1, 10**9):
            alone = iter(measured([scan for scan, _codes in apart], [codes for _scan, codes in apart], taken))
    for (scan, codes), parts in zip(scans, found, strict=True):
        assert list(parts) == list(scan.measures)
        for each in scan.measures:
            assert parts[each] == next(alone)[each]
        if scan.records is TICKET and not scan.joins:
            _as_interpreted(scan, codes, parts, list(map(_typed, tickets)))


def _as_interpreted(scan: Scan, codes: Sequence[str], parts: Any, rows: Sequence[Any]) -> None:
    """The same integers by hand, record by record."""
    for each in scan.measures:
        window = Q1_WINDOWS[each.aggregate.shift]
        days = (window.start, window.end)
        seen = rows if each.everything else [row for row in rows if _falls(row[each.when], *days)]
        if each.where is not None:
            seen = [row for row in seen if interpret(each.where, row, window) is True]
        for place, code in enumerate(codes):
            by_hand = gather(each.aggregate, [row for row in seen if row[scan.who] == code], window)
            assert {name: column[place] for name, column in parts[each].items()} == by_hand


def _falls(moment: Any, first: date, end: date) -> bool:
    if moment is None:
        return False
    return first <= (moment.astimezone(SHANGHAI).date() if isinstance(moment, datetime) else moment) < end


def _typed(row: dict[str, Any]) -> dict[str, Any]:
    """A row as people write it."""
    clock = datetime(1970, 1, 1, tzinfo=SHANGHAI)
    return {
        name: None
        if value is None
        else (clock + timedelta(microseconds=value)).replace(tzinfo=SHANGHAI)
        if name.endswith("_at")
        else date(1970, 1, 1) + timedelta(days=value)
        if name == "due"
        else Decimal(value) / {"cost": 100, "rating": 10}[name]
        if name in ("cost", "rating")
        else value
        for name, value in row.items()
    }
