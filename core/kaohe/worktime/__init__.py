"""Working time: calendars as data, their files, and how much working time lies between two moments. Pure."""

from kaohe.worktime.calendar import (
    ANY_CALENDAR,
    NO_CALENDARS,
    WEEKDAYS,
    Calendar,
    Calendars,
    Interval,
    Intervals,
    SpecialDay,
)
from kaohe.worktime.clock import Clock, clock_of
from kaohe.worktime.days import DayTable, day_table, most_pairs
from kaohe.worktime.reading import Checked, check_calendar

__all__ = [
    "ANY_CALENDAR",
    "NO_CALENDARS",
    "WEEKDAYS",
    "Calendar",
    "Calendars",
    "Checked",
    "Clock",
    "DayTable",
    "Interval",
    "Intervals",
    "SpecialDay",
    "check_calendar",
    "clock_of",
    "day_table",
    "most_pairs",
]
