"""Working calendars as data: on which days and between which hours a desk works, on the wall clock of one timezone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal
from zoneinfo import ZoneInfo

from kaohe.text import Text

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ALWAYS_FROM, ALWAYS_TO = date(1970, 1, 1), date(2060, 1, 1)
"""What a calendar covers that names no years."""


@dataclass(frozen=True, order=True)
class Interval:
    """Working time within a day: seconds of the wall clock since midnight, ``opens`` included, ``closes`` not."""

    opens: int
    closes: int

    def __str__(self) -> str:
        return f"{_clock(self.opens)}-{_clock(self.closes)}"


Intervals = tuple[Interval, ...]


@dataclass(frozen=True)
class SpecialDay:
    """A day that does not follow its weekday: a holiday, a make-up working day, or one with hours of its own."""

    day: date
    kind: Literal["holiday", "workday", "own"]
    intervals: Intervals
    name: Text | None = None


@dataclass(frozen=True, eq=False)
class Calendar:
    """Working hours for the days from ``first`` up to but not including ``end``; nothing is known of others.

    ``week`` holds the hours of Monday to Sunday, in order and without overlap, ``special`` the days that differ, by
    date. Two calendars are equal where they are called the same and say the same, whatever their days are called.
    """

    name: str
    label: Text
    zone: ZoneInfo
    week: tuple[Intervals, ...]
    special: tuple[SpecialDay, ...] = ()
    first: date = ALWAYS_FROM
    end: date = ALWAYS_TO

    def intervals(self, day: date) -> Intervals:
        """The working hours of a day that is covered; none on a day off."""
        found = self._by_day.get(day)
        return self.week[day.weekday()] if found is None else found.intervals

    def data(self) -> dict[str, Any]:
        """What the calendar says, as plain data: what a run rests on."""
        return {
            "name": self.name,
            "timezone": self.zone.key,
            "first": self.first.isoformat(),
            "end": self.end.isoformat(),
            "week": [[str(each) for each in intervals] for intervals in self.week],
            "special": [[each.day.isoformat(), [str(one) for one in each.intervals]] for each in self.special],
        }

    @cached_property
    def digest(self) -> str:
        """SHA-256 over ``data``."""
        return hashlib.sha256(json.dumps(self.data(), ensure_ascii=False, sort_keys=True).encode()).hexdigest()

    @cached_property
    def _by_day(self) -> Mapping[date, SpecialDay]:
        return {each.day: each for each in self.special}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Calendar) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)


_NOTHING: Mapping[str, Calendar] = MappingProxyType({})


@dataclass(frozen=True)
class Calendars:
    """The calendars that an expression may name. ``default``: which one is meant where none is named.

    ``any``: they are not at hand, so every name stands for one that covers no day; that is for checking only.
    """

    by_name: Mapping[str, Calendar] = field(default_factory=lambda: _NOTHING)
    default: str | None = None
    any: bool = False

    def find(self, name: str) -> Calendar | None:
        """The calendar of that name, or the default for an empty name; None where there is none.

        Raises KaoheError where the calendar is there but not sound.
        """
        wanted = name or self.default
        if self.any:
            return _nowhere(wanted or "default")
        return None if wanted is None or wanted not in self.by_name else self.by_name[wanted]


def _nowhere(name: str) -> Calendar:
    return Calendar(name, Text(name, name), ZoneInfo("UTC"), ((),) * 7, (), ALWAYS_FROM, ALWAYS_FROM)


ANY_CALENDAR = Calendars(any=True)
NO_CALENDARS = Calendars()


def _clock(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    text = f"{hours:02d}:{rest // 60:02d}"
    return f"{text}:{rest % 60:02d}" if rest % 60 else text
