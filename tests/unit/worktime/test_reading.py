"""A calendar's file: what it says, and every mistake in it at its line and column."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from tests.unit.worktime.calendars import OFFICE, SHANGHAI, calendar

from kaohe.text import Text
from kaohe.worktime import Interval, check_calendar


def told(text: str) -> list[str]:
    """Every problem as ``line:column: severity: what (found)``."""
    problems = check_calendar(text, "office.toml", "office", SHANGHAI).problems
    return [
        f"{each.where.line}:{each.where.column}: {each.severity}: {each.what.in_('en')} ({each.found})"
        for each in problems
    ]


def test_a_calendar_is_read():
    found = calendar()
    assert (found.label, found.zone, found.first) == (Text("办公时间", "Office hours"), SHANGHAI, date(2025, 1, 1))
    assert found.week[0] == (Interval(32_400, 43_200), Interval(48_600, 64_800))
    assert found.week[5:] == ((), ())
    assert [str(each) for each in found.intervals(date(2026, 1, 4))] == ["09:00-12:00", "13:30-17:00"]
    assert found.intervals(date(2026, 1, 2)) == ()
    assert sum(each.kind == "holiday" for each in found.special) == 11


def test_a_calendar_without_years_knows_every_day_and_takes_the_timezone_given():
    found = check_calendar('format = 1\nhours.monday = ["0:00-24:00"]\n', "x", "x", ZoneInfo("Europe/Berlin"))
    assert found.require().zone.key == "Europe/Berlin"
    assert (found.require().first.year, found.require().end.year) == (1970, 2060)


def test_hours_may_stand_in_any_order_and_touch():
    found = calendar('format = 1\nhours.monday = ["13:00-17:00", "09:00-13:00"]\n')
    assert [str(each) for each in found.week[0]] == ["09:00-13:00", "13:00-17:00"]


def test_what_days_are_called_does_not_change_the_calendar():
    renamed = calendar(OFFICE.replace("国庆节", "National Day"))
    assert (renamed, renamed.digest) == (calendar(), calendar().digest)
    assert calendar(OFFICE.replace("17:00", "17:30")) != calendar()


def test_every_mistake_is_told_at_once_at_its_place():
    text = """\
format = 2
nam = "x"
timezone = "Mars/Base"
years = [2024, 2026]
hours.mondy = ["09:00-12:00"]
hours.tuesday = ["09:00-12:00", "11:00-13:00", "18:00-09:00", "25:00-26:00", "nine to five", "10:00-10:00"]
holidays = [{ from = 2026-01-05, to = 2026-01-02 }, { day = 2026-01-04 }, { da = 2026-01-01 }, 5]
workdays = [{ day = 2026-01-04, as = "tuesday" }, { day = 2026-01-06 }, { day = 2026-01-07, as = "sunday" }]
days = [{ day = 2026-03-01, hours = "09:00-12:00" }, { day = 2026-03-01, hours = [] }]
"""
    assert told(text) == [
        "1:10: error: the format of this file is not known (2)",
        "2:1: error: unknown setting nam (None)",
        "3:12: error: unknown timezone (Mars/Base)",
        "4:16: error: the years do not follow one another: what lies between them is not covered (2024, 2026)",
        "5:7: error: there is no such weekday (mondy)",
        "6:33: error: these hours overlap others of the same day (09:00-12:00 and 11:00-13:00)",
        "6:48: error: the interval does not end after it begins (18:00-09:00)",
        "6:63: error: there is no such time of day (25:00-26:00)",
        "6:78: error: this is not an interval of the clock (nine to five)",
        "6:94: error: the interval does not end after it begins (10:00-10:00)",
        "7:39: error: the holiday does not end after it begins (2026-01-05 … 2026-01-02)",
        "7:75: error: from is missing (None)",
        "7:75: error: to is missing (None)",
        "7:77: error: unknown setting da (None)",
        "7:96: error: a day is listed by its date (5)",
        "8:13: error: a day cannot be both a holiday and a working day (2026-01-04)",
        "8:51: error: there is no such weekday (None)",
        "8:98: warning: a make-up day follows a weekday on which nobody works (sunday)",
        "9:37: error: hours are a list of intervals (09:00-12:00)",
        "9:54: error: this day is listed twice (2026-03-01)",
    ]


def test_a_day_that_is_listed_twice_names_the_first_line():
    (problem,) = check_calendar(OFFICE + "\n", "x", "x", SHANGHAI).problems or (None,)
    assert problem is None
    text = OFFICE.replace("workdays = [", "workdays = [{ day = 2026-01-01, as = 'friday' }, ")
    (problem,) = check_calendar(text, "x", "x", SHANGHAI).problems
    assert problem.fix.in_("en") == "it is already listed in line 12"


@pytest.mark.parametrize("years", ["2026", "[]", '["2026"]', "[26]"])
def test_years_are_a_list_of_years(years):
    assert told(f'format = 1\nyears = {years}\nhours.monday = ["09:00-12:00"]\n')[0].startswith("2:9: error: the years")


def test_a_year_without_any_special_day_is_a_warning():
    text = OFFICE.replace("years = [2025, 2026]", "years = [2025, 2026, 2027]")
    assert told(text) == ["4:22: warning: no holiday and no other special day is entered for 2027 (None)"]


def test_no_working_hours_at_all_is_a_mistake():
    assert told("format = 1\n") == ["1:1: error: no working hours are given (None)"]


def test_what_is_no_toml_is_told_with_its_place():
    assert told("format = 1\nhours.monday = [\n")[0].startswith("3:1: error")
