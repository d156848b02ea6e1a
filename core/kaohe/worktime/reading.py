"""A calendar's file → a checked calendar, or every mistake in it at once with line and column."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kaohe.errors import KaoheError, Problem, refuse_if_any
from kaohe.text import msg
from kaohe.toml import Path, load_toml
from kaohe.worktime.calendar import ALWAYS_FROM, ALWAYS_TO, WEEKDAYS, Calendar, Intervals, SpecialDay
from kaohe.worktime.hours import known_weekdays, read_intervals, unknown_weekday
from kaohe.worktime.sheet import Sheet

KEYS = ("format", "name", "timezone", "years", "hours", "holidays", "workdays", "days")
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_LONGEST = timedelta(days=366)


@dataclass(frozen=True)
class Checked:
    """``calendar`` is None where any problem is an error; ``problems`` with their places, warnings included."""

    calendar: Calendar | None
    problems: tuple[Problem, ...]

    def require(self) -> Calendar:
        """The calendar, or KaoheError with every problem."""
        if self.calendar is None:
            raise KaoheError(self.problems)
        return self.calendar


def check_calendar(text: str, file: str, name: str, zone: ZoneInfo) -> Checked:
    """Check a calendar file whole; never raises for a mistake in it.

    ``name`` is what the calendar is called by, ``file`` the name that places carry, ``zone`` the timezone where the
    file names none.
    """
    try:
        reader = _Reader(load_toml(text, file))
        calendar = reader.read(name, zone)
        refuse_if_any(reader.problems)
    except KaoheError as error:
        return Checked(None, error.problems)
    return Checked(calendar, tuple(reader.problems))


class _Reader(Sheet):
    def read(self, name: str, zone: ZoneInfo) -> Calendar:
        """The calendar; parts that are not sound are reported and left out."""
        self.known_keys((), self.data, KEYS)
        if self.data.get("format") != 1:
            self.report(
                ("format",), msg("the format of this file is not known"), found=self.data.get("format"), expected="1"
            )
        zone = self.zone(zone)
        first, end = self.years()
        week = self.week()
        special = self.special(week)
        if not any(week) and not any(each.intervals for each in special) and not self.problems:
            self.report(
                ("hours",), msg("no working hours are given"), expected='hours.monday = ["09:00-12:00", "13:30-18:00"]'
            )
        self.note_empty_years(special)
        return Calendar(name, self.text(("name",), self.data.get("name"), name), zone, week, special, first, end)

    def zone(self, default: ZoneInfo) -> ZoneInfo:
        name = self.data.get("timezone", default.key)
        try:
            return ZoneInfo(str(name))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.report(("timezone",), msg("unknown timezone"), found=name, expected="Asia/Shanghai, Europe/Berlin, …")
            return default

    def years(self) -> tuple[date, date]:
        """The days covered: those of the years listed, which follow one another, or all where none are."""
        years = self.data.get("years")
        if years is None:
            return ALWAYS_FROM, ALWAYS_TO
        fit = isinstance(years, list) and years and all(_is_year(each) for each in years)
        if not fit:
            self.report(("years",), msg("the years are a list of years"), found=years, expected="years = [2025, 2026]")
            return ALWAYS_FROM, ALWAYS_TO
        for index, (year, following) in enumerate(pairwise(years), 1):
            if following != year + 1:
                what = msg("the years do not follow one another: what lies between them is not covered")
                self.report(("years", index), what, found=f"{year}, {following}", expected=f"{year}, {year + 1}")
        return date(min(years), 1, 1), date(max(years) + 1, 1, 1)

    def week(self) -> tuple[Intervals, ...]:
        hours = self.data.get("hours", {})
        if not isinstance(hours, dict):
            self.report(
                ("hours",), msg("working hours are given for each weekday"), expected='hours.monday = ["09:00-18:00"]'
            )
            return ((),) * 7
        known_weekdays(self, hours)
        return tuple(read_intervals(self, ("hours", day), hours.get(day, [])) for day in WEEKDAYS)

    def special(self, week: tuple[Intervals, ...]) -> tuple[SpecialDay, ...]:
        """Holidays, make-up days and single days by date; a day that is listed twice is reported."""
        found: dict[date, tuple[SpecialDay, Path]] = {}
        for path, row in self.rows("holidays", ("day", "from", "to", "name")):
            name = self.text((*path, "name"), row.get("name"), "") if "name" in row else None
            for day in self.span(path, row):
                self.keep(found, SpecialDay(day, "holiday", (), name), path)
        for path, row in self.rows("workdays", ("day", "as", "name")):
            name = self.text((*path, "name"), row.get("name"), "") if "name" in row else None
            weekday = row.get("as")
            if weekday not in WEEKDAYS:
                unknown_weekday(self, (*path, "as"), weekday)
            elif (single := self.day(path, row, "day")) is not None:
                intervals = week[WEEKDAYS.index(weekday)]
                if not intervals:
                    what = msg("a make-up day follows a weekday on which nobody works")
                    self.report((*path, "as"), what, found=weekday, warning=True)
                self.keep(found, SpecialDay(single, "workday", intervals, name), path)
        for path, row in self.rows("days", ("day", "hours", "name")):
            name = self.text((*path, "name"), row.get("name"), "") if "name" in row else None
            intervals = read_intervals(self, (*path, "hours"), row.get("hours"))
            if (single := self.day(path, row, "day")) is not None:
                self.keep(found, SpecialDay(single, "own", intervals, name), path)
        return tuple(special for special, _ in sorted(found.values(), key=lambda each: each[0].day))

    def keep(self, found: dict[date, tuple[SpecialDay, Path]], special: SpecialDay, path: Path) -> None:
        if special.day in found:
            other, there = found[special.day]
            what = (
                msg("a day cannot be both a holiday and a working day")
                if {other.kind, special.kind} == {"holiday", "workday"}
                else msg("this day is listed twice")
            )
            line = self.document.place(there).line
            self.report(path, what, found=special.day, fix=msg("it is already listed in line {line}", line=line))
            return
        found[special.day] = special, path

    def rows(self, key: str, known: tuple[str, ...]) -> Iterable[tuple[Path, dict[str, Any]]]:
        listed = self.data.get(key, [])
        if not isinstance(listed, list):
            self.report((key,), msg("{key} is a list", key=key), expected=f"{key} = [{{ day = 2026-01-01 }}]")
            return
        for index, row in enumerate(listed):
            if isinstance(row, dict):
                self.known_keys((key, index), row, known)
                yield (key, index), row
            else:
                self.report(
                    (key, index), msg("a day is listed by its date"), found=row, expected="{ day = 2026-01-01 }"
                )

    def span(self, path: Path, row: dict[str, Any]) -> list[date]:
        """The days of a holiday: one day, or from a day to a day, both included."""
        if "day" in row:
            single = self.day(path, row, "day")
            return [] if single is None else [single]
        first, last = self.day(path, row, "from"), self.day(path, row, "to")
        if first is None or last is None:
            return []
        if last < first or last - first > _LONGEST:
            what = msg("the holiday does not end after it begins") if last < first else msg("the holiday is too long")
            self.report((*path, "to"), what, found=f"{first} … {last}")
            return []
        return [first + timedelta(days=index) for index in range((last - first).days + 1)]

    def day(self, path: Path, row: dict[str, Any], key: str) -> date | None:
        value = row.get(key)
        if isinstance(value, date) and not isinstance(value, datetime) and _is_year(value.year):
            return value
        what = msg("{key} is missing", key=key) if value is None else msg("this is not a day of the calendar")
        self.report((*path, key), what, found=value, expected=f"{key} = 2026-01-31")
        return None

    def note_empty_years(self, special: tuple[SpecialDay, ...]) -> None:
        """A year for which nothing is entered is probably one whose holidays were forgotten."""
        years, entered = self.data.get("years"), {each.day.year for each in special}
        for index, year in enumerate(years if isinstance(years, list) and not self.problems else ()):
            if year not in entered:
                what = msg("no holiday and no other special day is entered for {year}", year=year)
                self.report(("years", index), what, warning=True)


def _is_year(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and _FIRST_YEAR <= value <= _LAST_YEAR
