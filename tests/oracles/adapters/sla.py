"""Service levels on a working calendar: when work is due, and how much working time has passed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from tests.oracles.case import Case, NotRunnable

from kaohe.language import HOUR, MINUTE, SECOND
from kaohe.language.types import moment_number, moment_of_number
from kaohe.worktime import WEEKDAYS, check_calendar, clock_of

UNITS = {"seconds": SECOND, "minutes": MINUTE, "hours": HOUR}
_SHORT = {day[:3]: day for day in WEEKDAYS}
_DAYS = r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*"
_HOURS = re.compile(
    rf"(?P<first>{_DAYS})(?:\s*[-–]\s*(?P<last>{_DAYS}))?\s+(?P<hours>\d[\d:]*\s*[-–]\s*\d[\d:]*(?:\s*(?:,|and)\s*\d[\d:]*\s*[-–]\s*\d[\d:]*)*)"
)
_CLOCK = re.compile(r"(\d{1,2})(?::(\d\d))?")
_ZONE = re.compile(r"[A-Z][A-Za-z]+/[A-Z][A-Za-z_/]+")
_LUNCH = re.compile(r"(?:lunch|break)\D*(?P<hours>\d[\d:]*\s*[-–]\s*\d[\d:]*)")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def run(case: Case) -> dict[str, Any]:
    given = case.inputs
    if paused := [key for key in given if "paus" in key or "hold" in key]:
        raise NotRunnable(f"the clock does not stop: {', '.join(paused)}")
    named = _ZONE.search(str(given["calendar"]))
    zone = ZoneInfo(given.get("timezone") or given.get("tz") or (named[0] if named else "UTC"))
    clock = clock_of(check_calendar(calendar(given, zone.key), case.id, "case", zone).require())
    start = moment(given["start"], zone)
    found: dict[str, Any] = {}
    for key in case.expected:
        if key in UNITS and "end" in given:
            found[key] = Fraction(clock.between(start, moment(given["end"], zone)), UNITS[key])
        elif key in ("due", "result"):
            there = moment_of_number(clock.due(start, amount(given)), zone)
            found[key] = there.replace(tzinfo=None).isoformat() if "T" in given["start"] else str(there)
        else:
            raise NotRunnable(f"no function is known for the figure {key!r}")
    return found


def moment(text: str, zone: ZoneInfo) -> int:
    read = datetime.fromisoformat(text)
    return moment_number(read if read.tzinfo is not None else read.replace(tzinfo=zone))


def amount(given: Any) -> int:
    """``target_hours``, ``add_seconds`` …"""
    for key, value in given.items():
        doing, _, unit = key.rpartition("_")
        if doing in ("target", "add") and unit in UNITS:
            return int(value * UNITS[unit])
    raise NotRunnable(f"no amount of time is given among {', '.join(given)}")


def calendar(given: Any, zone: str) -> str:
    """The case's calendar in words, ``Mon-Fri 09:00-17:00; holidays 2014-01-01``, as a calendar's file."""
    week, *sections = re.split(r";|(?=holiday|make-?up|workday)", str(given["calendar"]).lower())
    days = {"holidays": [str(day) for day in given.get("holidays", [])], "workdays": []}
    for section in sections:
        days["holidays" if "holiday" in section else "workdays"] += _DATE.findall(section)
    holidays = ", ".join(f"{{ day = {day} }}" for day in days["holidays"])
    workdays = ", ".join(f"{{ day = {day}, as = 'monday' }}" for day in days["workdays"])
    lines = ["format = 1", f'timezone = "{zone}"', f"holidays = [{holidays}]", f"workdays = [{workdays}]"]
    return "\n".join([*lines, *_week(week)])


def _week(words: str) -> Iterator[str]:
    if "24x7" in words or "24/7" in words:
        yield from (f'hours.{day} = ["00:00-24:00"]' for day in WEEKDAYS)
        return
    spans = list(_HOURS.finditer(re.sub("every day|daily", "mon-sun", words)))
    if not spans:
        raise NotRunnable(f"the calendar is not read: {words}")
    lunch = _LUNCH.search(words)
    for span in spans:
        first = WEEKDAYS.index(_SHORT[span["first"][:3]])
        last = WEEKDAYS.index(_SHORT[span["last"][:3]]) if span["last"] else first
        days = WEEKDAYS[first : last + 1] if last >= first else (*WEEKDAYS[first:], *WEEKDAYS[: last + 1])
        ends = [(hour.zfill(2), minute or "00") for hour, minute in _CLOCK.findall(span["hours"])]
        if lunch is not None:
            ends[1:1] = [(hour.zfill(2), minute or "00") for hour, minute in _CLOCK.findall(lunch["hours"])]
        written = [":".join(end) for end in ends]
        intervals = ", ".join(f'"{opens}-{closes}"' for opens, closes in zip(written[::2], written[1::2], strict=True))
        yield from (f"hours.{day} = [{intervals}]" for day in days)
