"""Until when people may appeal, and by when they are answered: all days, or the working days of a calendar.

National Day 2026 (国庆): 1 to 7 October are off, and Saturday 10 October is worked. Mid-Autumn (中秋): Friday 25
September is off, and Sunday 20 September was worked.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaohe.errors import KaoheError
from kaohe.run.appeals import Terms, Window
from kaohe.run.appeals.model import days_after
from kaohe.run.appeals.refusals import outside
from kaohe.scheme.model import AppealRules
from kaohe.text import Text
from kaohe.worktime import Calendar, Interval, SpecialDay

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOURS = (Interval(9 * 3600, 18 * 3600),)
OFF = [date(2026, 9, 25), *(date(2026, 10, day) for day in range(1, 8))]
WORKED = [date(2026, 9, 20), date(2026, 10, 10)]
CALENDAR = Calendar(
    "office",
    Text("办公室", "Office"),
    SHANGHAI,
    (*(HOURS,) * 5, (), ()),
    (*(SpecialDay(day, "holiday", ()) for day in OFF), *(SpecialDay(day, "workday", HOURS) for day in WORKED)),
    date(2026, 1, 1),
    date(2027, 1, 1),
)


@pytest.mark.parametrize(
    ("start", "count", "last"),
    [
        (date(2026, 9, 22), 2, date(2026, 9, 24)),  # Wednesday, Thursday
        (date(2026, 9, 22), 3, date(2026, 9, 28)),  # over Mid-Autumn and the weekend
        (date(2026, 9, 22), 5, date(2026, 9, 30)),
        (date(2026, 9, 22), 6, date(2026, 10, 8)),  # over the whole of National Day
        (date(2026, 9, 22), 7, date(2026, 10, 9)),
        (date(2026, 9, 22), 8, date(2026, 10, 10)),  # the Saturday that is worked
        (date(2026, 9, 22), 9, date(2026, 10, 12)),
        (date(2026, 10, 3), 1, date(2026, 10, 8)),  # begun within the holiday
        (date(2026, 9, 19), 1, date(2026, 9, 20)),  # the Sunday that is worked
    ],
)
def test_working_days_are_counted_over_national_day(start: date, count: int, last: date) -> None:
    assert days_after(start, count, CALENDAR) == last


@given(st.dates(date(2026, 1, 1), date(2026, 6, 30)), st.integers(1, 60))
def test_the_last_day_is_worked_and_so_many_are_up_to_it(start: date, count: int) -> None:
    last = days_after(start, count, CALENDAR)
    days = [start + timedelta(days=each) for each in range(1, (last - start).days + 1)]
    assert sum(bool(CALENDAR.intervals(day)) for day in days) == count
    assert CALENDAR.intervals(last)


def test_without_a_calendar_every_day_counts() -> None:
    assert days_after(date(2026, 9, 28), 7, None) == date(2026, 10, 5)


def test_a_calendar_that_ends_too_early_is_not_guessed_beyond() -> None:
    assert days_after(date(2026, 12, 30), 1, CALENDAR) == date(2026, 12, 31)
    with pytest.raises(KaoheError, match="the calendar office does not cover 2027-01-01"):
        days_after(date(2026, 12, 30), 2, CALENDAR)


TERMS = Terms(AppealRules(days=7), None, SHANGHAI)
BEGINS = datetime(2026, 9, 28, 1, 30, tzinfo=UTC)  # 09:30 in Shanghai
WINDOW = Window(3, BEGINS, TERMS.last_day(BEGINS, 7))


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2026, 9, 28, 1, 29, 59, tzinfo=UTC), "has not begun"),
        (BEGINS, None),
        (datetime(2026, 10, 5, 15, 59, 59, tzinfo=UTC), None),  # a second before midnight in Shanghai
        (datetime(2026, 10, 5, 16, 0, tzinfo=UTC), "is over"),
    ],
)
def test_the_window_is_open_from_the_moment_to_the_end_of_its_last_day(at: datetime, said: str | None) -> None:
    found = outside(3, WINDOW, TERMS, at)
    assert (None if found is None else found.what.in_("en")) == (
        None if said is None else f"the time for appeals against this run {said}"
    )
    if found is not None:
        assert str(found.expected) == "from 2026-09-28 to 2026-10-05"


def test_a_day_begins_where_the_workspace_is() -> None:
    """Submitted late in the evening of UTC it is the next day in Shanghai, from which is counted."""
    late = datetime(2026, 9, 28, 17, 0, tzinfo=UTC)
    assert TERMS.last_day(late, 7) == date(2026, 10, 6)


def test_only_the_run_that_stands_can_be_appealed_against() -> None:
    found = outside(2, WINDOW, TERMS, BEGINS)
    assert found is not None
    assert (found.code, found.found, found.expected) == ("appeal.not-official", "2", "3")
    nothing = outside(2, Window(None, None, None), TERMS, BEGINS)
    assert nothing is not None
    assert "submitted for review" in nothing.what.in_("en")
