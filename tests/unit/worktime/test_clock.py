"""Working time by the clock: ends of intervals, days off, make-up days, clock changes, work due."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from tests.unit.worktime.calendars import HOUR, OFFICE, SHANGHAI, at, calendar, every_day, shown

from kaohe.errors import KaoheError
from kaohe.worktime import clock_of, day_table
from kaohe.worktime.clock import midnight

MINUTE = 60_000_000
CLOCK = clock_of(calendar())


@pytest.mark.parametrize(
    ("first", "second", "hours"),
    [
        ("2026-01-05 09:00", "2026-01-05 18:00", 7.5),  # Monday, lunch is a gap
        ("2026-01-05 00:00", "2026-01-06 00:00", 7.5),
        ("2026-01-05 12:00", "2026-01-05 13:30", 0),
        ("2026-01-05 12:30", "2026-01-05 13:00", 0),
        ("2026-01-05 11:59", "2026-01-05 13:31", 1 / 30),
        ("2026-01-09 16:00", "2026-01-12 10:00", 2),  # over a weekend
        ("2026-01-10 08:00", "2026-01-11 20:00", 0),
        ("2025-12-31 17:00", "2026-01-05 09:00", 1 + 6.5),  # over the holiday; Sunday 4 January works as a Friday
        ("2026-01-04 09:00", "2026-01-04 18:00", 6.5),
        ("2026-02-16 09:00", "2026-02-16 18:00", 3),  # a day with hours of its own
        ("2025-10-01 00:00", "2025-10-09 00:00", 0),
        ("2026-01-05 18:00", "2026-01-05 09:00", -7.5),  # reversed, as plain durations are
        ("2026-01-05 10:00", "2026-01-05 10:00", 0),
    ],
)
def test_working_hours_between_two_moments(first, second, hours):
    assert CLOCK.between(at(first), at(second)) == round(hours * HOUR)


def test_a_microsecond_counts():
    assert CLOCK.between(at("2026-01-05 09:00"), at("2026-01-05 09:00") + 1) == 1
    assert CLOCK.between(at("2026-01-05 12:00") - 1, at("2026-01-05 13:30") + 1) == 2


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-01-05 09:00", 3, "2026-01-05 12:00:00"),  # due at closing time is due that day
        ("2026-01-05 09:00", 7.5, "2026-01-05 18:00:00"),
        ("2026-01-05 10:00", 3, "2026-01-05 14:30:00"),
        ("2026-01-05 20:00", 1, "2026-01-06 10:00:00"),
        ("2026-01-09 16:00", 4, "2026-01-12 12:00:00"),
        ("2025-12-31 17:00", 2, "2026-01-04 10:00:00"),
        ("2026-01-10 10:00", 0, "2026-01-10 10:00:00"),
        ("2026-01-12 10:00", -2, "2026-01-09 16:00:00"),
        ("2026-01-12 10:00", -1, "2026-01-12 09:00:00"),
        ("2026-01-11 10:00", -4, "2026-01-09 11:30:00"),
    ],
)
def test_when_work_is_due(start, hours, due):
    assert shown(CLOCK.due(at(start), round(hours * HOUR))) == due


@pytest.mark.parametrize("moment", ["2024-12-31 23:59", "2027-01-01 00:01"])
def test_a_day_outside_the_years_is_an_error_that_names_it(moment):
    with pytest.raises(KaoheError, match=r"office does not say .*on these days") as caught:
        CLOCK.worked(at(moment))
    (problem,) = caught.value.problems
    assert (problem.found, problem.expected) == (moment[:10], "2025-01-01 … 2026-12-31")


def test_the_ends_of_the_years_are_known():
    whole = CLOCK.between(at("2025-01-01 00:00"), at("2027-01-01 00:00"))
    assert whole == CLOCK.between(at("2025-01-01 00:00"), at("2026-07-01 00:00")) + CLOCK.between(
        at("2026-07-01 00:00"), at("2027-01-01 00:00")
    )


@pytest.mark.parametrize("amount", [10**6 * HOUR, -(10**6) * HOUR])
def test_work_due_beyond_the_years_is_an_error(amount):
    with pytest.raises(KaoheError, match="does not say"):
        CLOCK.due(at("2026-01-05 09:00"), amount)


@pytest.mark.parametrize(
    ("zone", "hours", "day", "worked"),
    [
        ("America/New_York", "00:00-08:00", "2026-03-08", 8 + 7 + 8),  # the clock skips 02:00 to 03:00
        ("America/New_York", "00:00-08:00", "2026-11-01", 8 + 9 + 8),  # and shows 01:00 to 02:00 twice
        ("America/New_York", "01:00-01:30", "2026-11-01", 0.5 + 1 + 0.5),  # what is shown twice is worked twice
        ("America/New_York", "02:00-03:00", "2026-03-08", 1 + 0 + 1),  # what is skipped is not worked
        ("America/New_York", "02:30-03:30", "2026-03-08", 1 + 0.5 + 1),
        ("America/New_York", "09:00-17:00", "2026-03-08", 24),
        ("Asia/Shanghai", "00:00-08:00", "1986-05-04", 8 + 7 + 8),  # summer time from 02:00
        ("Asia/Shanghai", "00:00-08:00", "1986-09-14", 8 + 9 + 8),
        ("Asia/Shanghai", "00:00-24:00", "1991-09-15", 24 + 25 + 24),
        ("America/St_Johns", "00:00-24:00", "2006-10-29", 73),  # changed at one minute past midnight
        ("Australia/Lord_Howe", "00:00-24:00", "2026-04-05", 24 + 24.5 + 24),
        ("Pacific/Apia", "00:00-24:00", "2011-12-30", 48),  # a day that never was
    ],
)
def test_time_is_physical_where_the_clock_changes(zone, hours, day, worked):
    before, after = (date.fromisoformat(day) + timedelta(days=step) for step in (-1, 2))
    clock = clock_of(every_day(hours, zone))
    assert clock.between(midnight(before, ZoneInfo(zone)), midnight(after, ZoneInfo(zone))) == round(worked * HOUR)


MOMENTS = st.integers(at("2025-01-01 00:00"), at("2027-01-01 00:00"))
ZONES = ["Asia/Shanghai", "America/New_York", "America/St_Johns", "Pacific/Apia", "Pacific/Kiritimati", "Etc/GMT+12"]


@given(MOMENTS)
@settings(deadline=None)
def test_minute_by_minute_the_wall_clock_says_what_is_worked(moment):
    """The same said another way: a minute is worked where the wall clock then reads working hours."""
    whole = moment // MINUTE * MINUTE
    read = datetime.fromtimestamp(whole // 1_000_000, SHANGHAI)
    seconds = read.hour * 3600 + read.minute * 60
    worked = any(each.opens <= seconds < each.closes for each in CLOCK.calendar.intervals(read.date()))
    assert CLOCK.between(whole, min(whole + MINUTE, CLOCK.end)) == (MINUTE if worked and whole < CLOCK.end else 0)


@given(MOMENTS, st.integers(-500 * HOUR, 500 * HOUR))
@settings(deadline=None)
def test_work_due_is_as_much_working_time_away(moment, amount):
    try:
        due = CLOCK.due(moment, amount)
    except KaoheError:
        reject()
    assert CLOCK.between(moment, due) == amount
    if amount > 0:
        assert CLOCK.between(moment, due - 1) == amount - 1
    if amount < 0:
        assert CLOCK.between(moment, due + 1) == amount + 1


@given(st.sampled_from(ZONES), st.sampled_from(ZONES), MOMENTS)
@settings(deadline=None, max_examples=200)
def test_the_table_of_days_gives_the_same_in_any_two_timezones(zone, workspace, moment):
    clock = clock_of(calendar(OFFICE.replace("Asia/Shanghai", zone)))
    if not clock.start <= moment <= clock.end:
        reject()
    table = day_table(clock.calendar, ZoneInfo(workspace))
    day = datetime.fromtimestamp(moment // 1_000_000, ZoneInfo(workspace)).date()
    (row,) = np.flatnonzero(table.day == (day - date(1970, 1, 1)).days)
    parts = [max(min(moment, int(closes[row])) - int(opens[row]), 0) for opens, closes in table.pairs]
    assert int(table.before[row]) + sum(parts) == clock.worked(moment)
