"""Service levels on a working calendar: when work is due, how much working time has passed, and what that means."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from tests.oracles.adapters.calendars import calendar, day_length, time_zone
from tests.oracles.case import Case, NotRunnable
from tests.oracles.language import computed
from tests.oracles.reading import number

from kaohe.language import HOUR, MINUTE, SECOND
from kaohe.language.types import moment_number, moment_of_number
from kaohe.worktime import Clock, check_calendar, clock_of
from kaohe.worktime.pauses import Pause, between, due, next_opening

UNITS = {"seconds": SECOND, "minutes": MINUTE, "hours": HOUR, "second": SECOND, "minute": MINUTE, "hour": HOUR}
START = ("start", "created", "created_at", "opened", "opened_at", "from", "begin", "received", "moment", "at")
END = (
    "end",
    "resolved",
    "resolved_at",
    "closed",
    "closed_at",
    "to",
    "responded",
    "responded_at",
    "finished",
    "completed",
)
PAUSES = ("pauses", "paused", "pause", "on_hold", "hold", "holds", "waiting")
ELAPSED = ("", "elapsed", "working", "business", "worked", "net", "duration", "total", "used")
DUE = ("due", "result", "deadline", "due_at", "due_date", "target", "response_due", "resolution_due")


def run(case: Case) -> dict[str, Any]:
    given = case.inputs
    if {"met", "total"} <= set(given) or {"within", "total"} <= set(given):
        return _compliance(case)
    zone = time_zone(given)
    clock = clock_of(check_calendar(calendar(given, zone.key), case.id, "case", zone).require())
    written = case.first(*START)
    if written is None:
        raise NotRunnable(f"no moment is given among {', '.join(given)}")
    start, last = moment(written, zone), case.first(*END)
    end = None if last is None else moment(last, zone)
    pauses = list(_pauses(case, zone))
    return {key: _figure(case, key, clock, (start, end), pauses) for key in case.expected}


def _figure(case: Case, key: str, clock: Clock, moments: tuple[int, int | None], pauses: Sequence[Pause]) -> Any:
    start, end = moments
    name = key.casefold()
    doing, _, unit = name.rpartition("_")
    if name in DUE:
        return _shown(_due(case, clock, start, pauses), clock)
    if name in ("next_opening", "next_open", "next_start", "opens", "next_working_time", "advance_to_working_time"):
        return _shown(next_opening(clock, start), clock)
    if re.search(r"is_working|in_working|open_now|working_time$|is_open|in_business", name) and end is None:
        return next_opening(clock, start) == start
    if end is None:
        raise NotRunnable(f"no function is known for the figure {key!r}")
    elapsed = between(clock, start, end, pauses)
    if name in ("breached", "breach", "violated", "overdue", "late"):
        return end > _due(case, clock, start, pauses)
    if name in ("met", "within_sla", "on_time", "within", "in_time"):
        return end <= _due(case, clock, start, pauses)
    if unit in UNITS and doing in ("overdue", "remaining", "over", "left", "late"):
        # Working time from when it was due to when it was done, or the other way round.
        late = between(clock, _due(case, clock, start, ()), end) if not pauses else elapsed - amount(case, clock)
        return Fraction(max(late if doing in ("overdue", "over", "late") else -late, 0), UNITS[unit])
    if unit in UNITS and doing.removesuffix("_time") in (*ELAPSED, "elapsed_business", "business_time"):
        return Fraction(elapsed, UNITS[unit])
    if unit in UNITS and doing in ("gross", "calendar", "wall"):
        return Fraction(end - start, UNITS[unit])
    if name in ("business_days", "working_days", "days", "elapsed_days"):
        return Fraction(elapsed, day_length(clock, case))
    if name in ("elapsed", "duration", "working_time", "business_time", "result_time"):
        return _as_published(case.expected[key], elapsed)
    raise NotRunnable(f"no function is known for the figure {key!r}")


def _as_published(published: Any, elapsed: int) -> Any:
    """As hours and minutes where it is published so, else in hours."""
    if isinstance(published, str) and (clock := re.fullmatch(r"(\d+):(\d\d)(:\d\d)?", published)):
        minutes, seconds = divmod(elapsed // SECOND, 60)
        hours, minutes = divmod(minutes, 60)
        text = f"{hours:0{len(clock[1])}}:{minutes:02}"
        return f"{text}:{seconds:02}" if clock[3] else text
    return Fraction(elapsed, HOUR)


def _due(case: Case, clock: Clock, start: int, pauses: Sequence[Pause]) -> int:
    """Work due at closing time is due that day, unless the case asks for the next opening."""
    found = due(clock, start, amount(case, clock), pauses)
    if re.search(r"next.(opening|open|morning|day)", case.said("convention", "at_closing", "rounding", "boundary")):
        return next_opening(clock, found)
    return found


def _shown(there: int, clock: Clock) -> datetime:
    return moment_of_number(there, clock.calendar.zone)


def moment(written: Any, zone: ZoneInfo) -> int:
    if not isinstance(written, str):
        raise NotRunnable(f"a moment is written as {written!r}")
    read = datetime.fromisoformat(written)
    return moment_number(read if read.tzinfo is not None else read.replace(tzinfo=zone))


def amount(case: Case, clock: Clock) -> int:
    """``target_hours``, ``add_seconds``, ``subtract_minutes``, ``sla_days`` …; a day is a day's working time."""
    for key, value in case.inputs.items():
        if isinstance(value, list | Mapping) or (isinstance(value, str) and ":" in value):
            continue
        doing, _, unit = key.rpartition("_")
        if re.search(r"target|add|subtract|sla|limit|allowed|duration|response|resolution", doing) or key in UNITS:
            back = -1 if "subtract" in doing else 1
            if key in UNITS or unit in UNITS:
                return int(back * Fraction(number(value)) * UNITS[key if key in UNITS else unit])
            if unit in ("days", "day"):
                return int(back * Fraction(number(value)) * day_length(clock, case))
    raise NotRunnable(f"no amount of time is given among {', '.join(case.inputs)}")


def _pauses(case: Case, zone: ZoneInfo) -> Iterator[Pause]:
    for each in case.first(*PAUSES, default=[]):
        ends = list(each.values()) if isinstance(each, Mapping) else each
        if len(ends) < 2:
            raise NotRunnable(f"a pause is written as {each!r}")
        yield moment(ends[0], zone), moment(ends[1], zone)


def _compliance(case: Case) -> dict[str, Any]:
    """How much of the work was within its service level."""
    met = case.first("met", "within")
    record = [{"met": number(met), "total": number(case.inputs["total"])}]
    names = ("compliance", "sla", "within_sla", "attainment", "sla_compliance")
    return dict.fromkeys(names, computed("sum(met) / sum(total)", record))
