"""Periods: their names, their neighbours, their days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaohe.errors import KaoheError
from kaohe.period import Period, parse_period


@pytest.mark.parametrize(
    ("name", "start", "end", "previous", "last_year"),
    [
        ("2026-03", date(2026, 3, 1), date(2026, 4, 1), "2026-02", "2025-03"),
        ("2026-01", date(2026, 1, 1), date(2026, 2, 1), "2025-12", "2025-01"),
        ("2026-Q1", date(2026, 1, 1), date(2026, 4, 1), "2025-Q4", "2025-Q1"),
        ("2026-H2", date(2026, 7, 1), date(2027, 1, 1), "2026-H1", "2025-H2"),
        ("2026", date(2026, 1, 1), date(2027, 1, 1), "2025", "2025"),
        (
            "2026-01-11..2026-01-20",
            date(2026, 1, 11),
            date(2026, 1, 21),
            "2026-01-01..2026-01-10",
            "2025-01-11..2025-01-20",
        ),
        (
            "2024-02-29..2024-02-29",
            date(2024, 2, 29),
            date(2024, 3, 1),
            "2024-02-28..2024-02-28",
            "2023-02-28..2023-02-28",
        ),
    ],
)
def test_a_period_knows_its_days_and_its_neighbours(
    name: str, start: date, end: date, previous: str, last_year: str
) -> None:
    period = parse_period(name)
    assert (period.start, period.end, period.name) == (start, end, name)
    assert (period.previous.name, period.last_year.name) == (previous, last_year)
    assert period.previous.following == period


@pytest.mark.parametrize(
    "name",
    ["2026-13", "2026-Q5", "26-Q1", "2026-Q1x", "", "2026-02-30..2026-03-01", "2026-02-02..2026-02-01", "9999"],
)
def test_what_is_no_period_is_named_with_what_would_be_one(name: str) -> None:
    with pytest.raises(KaoheError) as raised:
        parse_period(name)
    (problem,) = raised.value.problems
    assert problem.code == "period.unreadable"
    assert problem.found == name


def test_names_are_read_in_lower_case_and_with_spaces_around() -> None:
    assert parse_period(" 2026-q1 ").name == "2026-Q1"


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 400), st.integers(-500, 500), st.integers(0, 500))
def test_an_overlap_counts_the_days_that_lie_in_both(start: date, days: int, offset: int, length: int) -> None:
    period = Period(start, start + timedelta(days=days), "dates")
    first = start + timedelta(days=offset)
    last = first + timedelta(days=length)
    both = sum(period.start <= first + timedelta(days=n) < period.end for n in range(length))
    assert period.overlap(first, last) == both
