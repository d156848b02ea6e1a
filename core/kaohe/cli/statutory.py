"""Statutory holidays and make-up working days of a country and year, from a maintained package. They are written into
a calendar's file once, where they can be read and corrected; no evaluation asks the package."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from kaohe.errors import Problem, fail
from kaohe.text import Text, msg
from kaohe.worktime import WEEKDAYS

COUNTRIES = ("CN",)


@dataclass(frozen=True)
class Holiday:
    """Days off in a row, both included."""

    first: date
    last: date
    name: Text


@dataclass(frozen=True)
class MakeUpDay:
    """A weekend day that is worked, with the hours of the weekday that is off instead."""

    day: date
    weekday: str
    name: Text


@dataclass(frozen=True)
class Statutory:
    """What the government announced for one year."""

    holidays: tuple[Holiday, ...]
    workdays: tuple[MakeUpDay, ...]


def known_years() -> range:
    """The years whose arrangements are known."""
    from chinese_calendar import holidays

    return range(min(holidays).year, max(holidays).year + 1)


def statutory(country: str, year: int) -> Statutory:
    """The arrangements of a year. Raises KaoheError for a country or a year that is not known: nothing is guessed."""
    if country not in COUNTRIES:
        what = msg("no statutory holidays are known for {country}", country=country)
        raise fail(Problem("calendar.country", what, expected=", ".join(COUNTRIES)))
    years = known_years()
    if year not in years:
        raise fail(
            Problem(
                "calendar.year",
                msg("the holidays of {year} are not known", year=year),
                expected=f"{years[0]} … {years[-1]}",
                fix=msg("once they are announced, update the package chinesecalendar, or enter them by hand"),
            )
        )
    return Statutory(_holidays(year), _make_up_days(year))


def _holidays(year: int) -> tuple[Holiday, ...]:
    from chinese_calendar import holidays

    found: list[Holiday] = []
    for day, name in sorted(holidays.items()):
        if day.year != year:
            continue
        last = found[-1] if found else None
        if last is not None and last.last + timedelta(days=1) == day and last.name.en == name:
            found[-1] = Holiday(last.first, day, last.name)
        else:
            found.append(Holiday(day, day, _name(name)))
    return tuple(found)


def _make_up_days(year: int) -> tuple[MakeUpDay, ...]:
    """Each with the weekday that is off for it: the n-th make-up day of a holiday goes with its n-th day in lieu."""
    from chinese_calendar import in_lieu_days, workdays

    found = []
    lieu: dict[str, list[date]] = {}
    for day, name in sorted(in_lieu_days.items()):
        if day.year == year:
            lieu.setdefault(name, []).append(day)
    for day, name in sorted(workdays.items()):
        if day.year == year:
            off = lieu[name].pop(0) if lieu.get(name) else None
            weekday = "monday" if off is None else WEEKDAYS[off.weekday()]
            made_up = _name(name)
            found.append(MakeUpDay(day, weekday, Text(f"{made_up.zh}调休", f"Made up for {made_up.en}")))
    return tuple(found)


def _name(english: str) -> Text:
    from chinese_calendar import Holiday as Named

    return Text(Named(english).chinese, english)
