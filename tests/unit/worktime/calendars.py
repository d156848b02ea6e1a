"""Calendars in a few words, and moments on their wall clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from kaohe.language.types import moment_number
from kaohe.worktime import Calendar, check_calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOUR = 3_600_000_000
OFFICE = """\
format = 1
name = { zh = "办公时间", en = "Office hours" }
timezone = "Asia/Shanghai"
years = [2025, 2026]
hours.monday = ["09:00-12:00", "13:30-18:00"]
hours.tuesday = ["09:00-12:00", "13:30-18:00"]
hours.wednesday = ["09:00-12:00", "13:30-18:00"]
hours.thursday = ["09:00-12:00", "13:30-18:00"]
hours.friday = ["09:00-12:00", "13:30-17:00"]
holidays = [
  { from = 2025-10-01, to = 2025-10-08, name = "国庆节" },
  { from = 2026-01-01, to = 2026-01-03, name = "元旦" },
]
workdays = [{ day = 2026-01-04, as = "friday", name = "元旦调休" }]
days = [{ day = 2026-02-16, hours = ["09:00-12:00"], name = { zh = "除夕", en = "New Year's Eve" } }]
"""


def calendar(text: str = OFFICE, zone: str = "Asia/Shanghai") -> Calendar:
    return check_calendar(text, "office.toml", "office", ZoneInfo(zone)).require()


def every_day(hours: str, zone: str) -> Calendar:
    """The same hours on each day of the week, in all years."""
    week = "\n".join(f'hours.{day} = ["{hours}"]' for day in ("monday", "tuesday", "wednesday", "thursday", "friday"))
    ends = "\n".join(f'hours.{day} = ["{hours}"]' for day in ("saturday", "sunday"))
    return calendar(f"format = 1\n{week}\n{ends}\n", zone)


def at(text: str, zone: str = "Asia/Shanghai", *, fold: int = 0) -> int:
    """The moment at which the zone's wall clock reads ``2026-01-05 09:00``."""
    return moment_number(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold))


def shown(moment: int, zone: str = "Asia/Shanghai") -> str:
    """The wall clock at a moment."""
    epoch = datetime(1970, 1, 1, tzinfo=ZoneInfo("UTC"))
    return str((epoch + timedelta(microseconds=moment)).astimezone(ZoneInfo(zone)).replace(tzinfo=None))
