"""Periods of appraisal: closed at the start, open at the end, in the workspace's calendar days."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Literal, cast

from kaohe.errors import KaoheError, Problem, fail
from kaohe.text import Message, msg

Cycle = Literal["month", "quarter", "half", "year", "dates"]
CYCLES: Mapping[Cycle, Message] = MappingProxyType(
    {
        "month": msg("a month"),
        "quarter": msg("a quarter"),
        "half": msg("half a year"),
        "year": msg("a year"),
        "dates": msg("days from … to"),
    }
)
"""As a person reads them."""
_FIRST_YEAR, _LAST_YEAR = 1900, 9000
_MONTHS: dict[str, int] = {"month": 1, "quarter": 3, "half": 6, "year": 12}
_NAME = re.compile(r"(?P<year>\d{4})(?:-(?:(?P<month>0[1-9]|1[0-2])|Q(?P<quarter>[1-4])|H(?P<half>[12])))?")
_DATES = re.compile(r"(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)")


@dataclass(frozen=True, order=True)
class Period:
    """Days from ``start`` up to but not including ``end``."""

    start: date
    end: date
    cycle: Cycle

    @property
    def name(self) -> str:
        """2026-03, 2026-Q1, 2026-H1, 2026, or 2026-01-01..2026-03-31 with the last day included."""
        year, month = self.start.year, self.start.month
        match self.cycle:
            case "month":
                return f"{year:04d}-{month:02d}"
            case "quarter":
                return f"{year:04d}-Q{(month + 2) // 3}"
            case "half":
                return f"{year:04d}-H{(month + 5) // 6}"
            case "year":
                return f"{year:04d}"
            case "dates":
                return f"{self.start}..{self.end - timedelta(days=1)}"

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    def overlap(self, first: date, last: date | None) -> int:
        """Days of the period from ``first`` up to but not including ``last`` (None: no end)."""
        return max(0, (min(self.end, last or self.end) - max(self.start, first)).days)

    @property
    def previous(self) -> Period:
        """The period of the same length just before; named dates move back by their number of days."""
        if self.cycle == "dates":
            return Period(self.start - timedelta(days=self.days), self.start, "dates")
        return Period(_add_months(self.start, -_MONTHS[self.cycle]), self.start, self.cycle)

    @property
    def following(self) -> Period:
        """The period of the same length just after."""
        if self.cycle == "dates":
            return Period(self.end, self.end + timedelta(days=self.days), "dates")
        return _of(self.cycle, self.end)

    def divided(self, cycle: Cycle) -> tuple[Period, ...]:
        """The months, quarters or halves that it consists of; none where they do not make it up exactly."""
        step = _MONTHS.get(cycle, 0)
        if not step or self.start.day > 1 or (self.start.month - 1) % step:
            return ()
        parts = []
        start = self.start
        while start < self.end:
            parts.append(_of(cycle, start))
            start = parts[-1].end
        return tuple(parts) if start == self.end and len(parts) > 1 else ()

    @property
    def last_year(self) -> Period:
        """The same period one year earlier; 29 February is the last of February there."""
        if self.cycle == "dates":
            return Period(_year_before(self.start, 28), _year_before(self.end, 29), "dates")
        return Period(_add_months(self.start, -12), _add_months(self.end, -12), self.cycle)


def year_start(day: date, month: int = 1) -> date:
    """The first day of the year that the day lies in, where years begin with that month."""
    return date(day.year if day.month >= month else day.year - 1, month, 1)


def parse_period(name: str) -> Period:
    """Read 2026-03, 2026-Q1, 2026-H1, 2026 or 2026-01-01..2026-03-31 (last day included)."""
    text = name.strip().upper()
    try:
        period = _read(text)
    except (ValueError, OverflowError):
        period = None
    if period is None or not _FIRST_YEAR <= period.start.year < period.end.year + 1 <= _LAST_YEAR:
        raise _unreadable(name)
    return period


def usual(period: Period) -> Period:
    """The same days as a month, quarter, half or year where they are one: 2026-01-01..2026-12-31 is 2026."""
    for cycle, months in _MONTHS.items():
        start = period.start
        if start.day == 1 and (start.month - 1) % months == 0 and _add_months(start, months) == period.end:
            return Period(start, period.end, cast(Cycle, cycle))
    return period


def _read(text: str) -> Period | None:
    if dates := _DATES.fullmatch(text):
        start, last = (date.fromisoformat(part) for part in dates.groups())
        return Period(start, last + timedelta(days=1), "dates") if last >= start else None
    match = _NAME.fullmatch(text)
    return _named(match) if match else None


def _named(match: re.Match[str]) -> Period:
    year = int(match["year"])
    if match["month"]:
        return _of("month", date(year, int(match["month"]), 1))
    if match["quarter"]:
        return _of("quarter", date(year, 3 * int(match["quarter"]) - 2, 1))
    if match["half"]:
        return _of("half", date(year, 6 * int(match["half"]) - 5, 1))
    return _of("year", date(year, 1, 1))


def _of(cycle: Cycle, start: date) -> Period:
    return Period(start, _add_months(start, _MONTHS[cycle]), cycle)


def _add_months(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def _year_before(day: date, leap_day: int) -> date:
    """The day a year earlier; 29 February as the 28th, or as the day after it where ``leap_day`` is 29."""
    if (day.month, day.day) == (2, 29):
        return date(day.year - 1, 2, 28) + timedelta(days=leap_day - 28)
    return day.replace(year=day.year - 1)


def _unreadable(name: str) -> KaoheError:
    return fail(
        Problem(
            "period.unreadable",
            msg("this is not a period"),
            found=name,
            expected=msg("2026-03, 2026-Q1, 2026-H1, 2026, or 2026-01-01..2026-03-31 with the last day included"),
        )
    )
