"""A calendar in words and numbers for tables: weekdays, hours, years, months."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from kaohe.text import Language, Text, msg

if TYPE_CHECKING:
    from kaohe.worktime import Calendar, Intervals

_WEEKDAYS = (
    msg("Monday"),
    msg("Tuesday"),
    msg("Wednesday"),
    msg("Thursday"),
    msg("Friday"),
    msg("Saturday"),
    msg("Sunday"),
)
_HOUR, _MINUTE = 3_600, 60


def weekday(index: int, language: Language) -> str:
    """The name of a weekday; 0 is Monday."""
    return _WEEKDAYS[index].in_(language)


def intervals(listed: Intervals, language: Language) -> str:
    return ", ".join(map(str, listed)) or msg("day off").in_(language)


def named(name: Text | None, language: Language) -> str:
    return "" if name is None else name.in_(language)


def years(calendar: Calendar) -> str:
    """The years covered: 2025–2026, or one."""
    first, last = calendar.first.year, (calendar.end - timedelta(days=1)).year
    return str(first) if first == last else f"{first}–{last}"


def seconds(listed: Intervals) -> int:
    """Working time by the wall clock."""
    return sum(each.closes - each.opens for each in listed)


def hours(amount: int) -> str:
    """Seconds as hours and minutes: 37:30."""
    return f"{amount // _HOUR}:{amount % _HOUR // _MINUTE:02d}"


def month(calendar: Calendar, year: int, number: int) -> tuple[int, int]:
    """Working days of a month, and the seconds worked."""
    day, worked = date(year, number, 1), []
    while day.month == number:
        worked.append(seconds(calendar.intervals(day)))
        day += timedelta(days=1)
    return sum(each > 0 for each in worked), sum(worked)
