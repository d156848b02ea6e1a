"""Records by their date against a slow reference, and two schemes that together cover everybody make the whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.engine.scan_kit import Q1
from tests.unit.run.transfer_kit import each_day, evaluated, job, member, ticket

from kaohe.exact import MICRO
from kaohe.run.organisation.assignments import Assignment
from kaohe.run.organisation.staff import Member
from kaohe.run.organisation.stints import main_stints

FIRST, LAST = date(2025, 9, 1), date(2026, 5, 1)
DAYS = st.dates(FIRST, LAST)
CODES = ("P1", "P2", "P3")
NAMES = ("tickets", "cost", "before")


@st.composite
def jobs(draw: Any) -> Assignment:
    starts = draw(DAYS)
    ends = draw(st.none() | DAYS)
    last = None if ends is None else max(starts, ends)
    fraction = draw(st.sampled_from(("1", "0.5", "0.3")))
    base = draw(st.integers(0, 2_000_000))
    team = draw(st.sampled_from("ABC"))
    return job(str(starts), None if last is None else str(last), team, base=base, fraction=fraction)


@st.composite
def sequences(draw: Any) -> list[Assignment]:
    """Assignments one after another, with gaps."""
    edges = sorted(draw(st.lists(DAYS, min_size=2, max_size=6, unique=True)))
    found = []
    for start, end in pairwise(edges):
        if draw(st.booleans()):
            base = draw(st.integers(0, 2_000_000))
            found.append(job(str(start), str(end), draw(st.sampled_from("ABC")), base=base))
    return found


RECORDS = st.lists(
    st.builds(
        ticket,
        st.sampled_from((*CODES, None)),
        DAYS.map(lambda day: f"{day} 23:59") | DAYS.map(lambda day: f"{day} 00:00"),
        st.integers(-(10**6), 10**9),
    ),
    max_size=8,
)
PLAIN = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def main_on(jobs: Sequence[Assignment], day: date) -> Assignment | None:
    """The main assignment of a day, asked day by day."""
    there = [each for each in jobs if each.holds_on(day)]
    return max(there, key=lambda each: (each.fraction, each.order)) if there else None


def opened_on(row: dict[str, Any]) -> date:
    return date(1970, 1, 1) + timedelta(days=row["opened_at"] // 86_400_000_000)


def by_hand(members: Sequence[Member], rows: Sequence[dict[str, Any]], teams: str) -> dict[str, tuple[Any, ...]]:
    """Days, prorated base and figures of everybody who works in one of the teams on a day of the quarter."""
    found = {}
    quarter, before = each_day(Q1.start, Q1.end), each_day(Q1.previous.start, Q1.start)
    for each in members:
        theirs = [one for one in each.assignments if one.team in teams]
        days = [day for day in quarter if any(one.holds_on(day) for one in theirs)]
        if not days:
            continue
        base = sum(Fraction(one.bonus_base or 0) * one.fraction * sum(map(one.holds_on, quarter)) for one in theirs) / (
            100 * MICRO * Q1.days
        )
        counted = [
            row
            for row in rows
            if row["owner"] == each.code
            and (main := main_on(each.assignments, opened_on(row))) is not None
            and main.team in teams
        ]
        now = [row for row in counted if opened_on(row) in quarter]
        then = [row for row in counted if opened_on(row) in before]
        cost = Fraction(sum(row["cost"] for row in now), 100)
        found[each.code] = (len(days), base, {"tickets": len(now), "cost": cost, "before": len(then)})
    return found


@PLAIN
@given(st.lists(st.lists(jobs(), max_size=4), min_size=3, max_size=3), RECORDS, st.sampled_from(("A", "AB", "ABC")))
def test_days_bases_and_records_are_those_counted_day_by_day(
    tmp_path_factory: pytest.TempPathFactory,
    assignments: list[list[Assignment]],
    rows: list[dict[str, Any]],
    teams: str,
) -> None:
    members = [member(code, *each) for code, each in zip(CODES, assignments, strict=True)]
    condition = " or ".join(f'team == "{team}"' for team in teams)
    _, found = evaluated(tmp_path_factory.mktemp("by-day"), members, rows, condition, names=NAMES)
    made = {code: (each.days, each.prorated, dict(each.figures)) for code, each in found.items()}
    assert made == by_hand(members, rows, teams)


@PLAIN
@given(st.lists(sequences(), min_size=3, max_size=3), RECORDS)
def test_two_schemes_that_cover_everybody_add_up_to_the_whole(
    tmp_path_factory: pytest.TempPathFactory, assignments: list[list[Assignment]], rows: list[dict[str, Any]]
) -> None:
    members = [member(code, *each) for code, each in zip(CODES, assignments, strict=True)]
    folder = tmp_path_factory.mktemp("both")
    _, whole = evaluated(folder / "whole", members, rows, None, names=NAMES)
    _, ours = evaluated(folder / "ours", members, rows, 'team == "A"', names=NAMES)
    _, theirs = evaluated(folder / "theirs", members, rows, 'team != "A"', names=NAMES)
    assert set(whole) == {*ours, *theirs}
    for code, each in whole.items():
        parts = [part[code] for part in (ours, theirs) if code in part]
        assert each.days == sum(part.days for part in parts)
        assert each.prorated == sum(part.prorated for part in parts)
        for name, figure in each.figures.items():
            # A record of the quarter before counts where the person is still covered; else nobody asks.
            known = sum(part.figures[name] for part in parts)
            assert figure == known or (name == "before" and len(parts) == 1)


@given(st.lists(jobs(), max_size=5))
def test_stints_say_of_every_day_who_is_the_main_one(assignments: list[Assignment]) -> None:
    stints = main_stints(assignments)
    for day in each_day(FIRST, LAST + timedelta(days=2)):
        (*there,) = (
            each.assignment for each in stints if each.starts <= day and (each.ends is None or day < each.ends)
        )
        main = main_on(assignments, day)
        assert there == ([] if main is None else [main])
    assert all(one.starts < (one.ends or date.max) for one in stints)
