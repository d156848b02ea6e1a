"""Working hours as they are written, ``["09:00-12:00", "13:30-18:00"]``, checked; and the names of weekdays."""

from __future__ import annotations

import difflib
import re
from itertools import pairwise
from typing import Any

from kaohe.text import msg
from kaohe.toml import Path
from kaohe.worktime.calendar import WEEKDAYS, Interval, Intervals
from kaohe.worktime.sheet import Sheet

_INTERVAL = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d))?\s*[-–—~]\s*(\d{1,2}):(\d\d)(?::(\d\d))?")
_DAY = 86_400


def known_weekdays(sheet: Sheet, hours: dict[str, Any]) -> None:
    """Report keys of ``hours`` that are no weekdays."""
    for key in hours:
        if key not in WEEKDAYS:
            unknown_weekday(sheet, ("hours", key), key, key=True)


def unknown_weekday(sheet: Sheet, path: Path, found: Any, *, key: bool = False) -> None:
    """Report what is no weekday, a value or (``key``) a key, with the nearest one."""
    close = difflib.get_close_matches(str(found).lower(), WEEKDAYS, n=1)
    fix = msg("did you mean {name}?", name=close[0]) if close else None
    sheet.report(path, msg("there is no such weekday"), found=found, expected=", ".join(WEEKDAYS), fix=fix, key=key)


def read_intervals(sheet: Sheet, path: Path, value: Any) -> Intervals:
    """The day's hours in order; those that overlap, or end before they begin, are reported."""
    if not isinstance(value, list):
        sheet.report(path, msg("hours are a list of intervals"), found=value, expected='["09:00-12:00", "13:30-18:00"]')
        return ()
    read: list[tuple[Interval, Path]] = []
    for index, written in enumerate(value):
        here: Path = (*path, index)
        interval = _interval(sheet, here, written)
        if interval is not None:
            read.append((interval, here))
    read.sort(key=lambda each: each[0])
    for (earlier, _), (later, here) in pairwise(read):
        if later.opens < earlier.closes:
            sheet.report(
                here,
                msg("these hours overlap others of the same day"),
                found=msg("{one} and {other}", one=str(earlier), other=str(later)),
            )
    return tuple(interval for interval, _ in read)


def _interval(sheet: Sheet, path: Path, written: Any) -> Interval | None:
    match = _INTERVAL.fullmatch(written.strip()) if isinstance(written, str) else None
    if match is None:
        sheet.report(path, msg("this is not an interval of the clock"), found=written, expected='"09:00-12:00"')
        return None
    numbers = [int(part or 0) for part in match.groups()]
    ends = [hours * 3600 + minutes * 60 + seconds for hours, minutes, seconds in (numbers[:3], numbers[3:])]
    if any(minutes > 59 or seconds > 59 for _, minutes, seconds in (numbers[:3], numbers[3:])) or max(ends) > _DAY:
        sheet.report(path, msg("there is no such time of day"), found=written, expected=msg("00:00 to 24:00"))
        return None
    if ends[1] <= ends[0]:
        fix = msg("work past midnight is written as two intervals: until 24:00, and from 00:00 on the next day")
        sheet.report(path, msg("the interval does not end after it begins"), found=written, fix=fix)
        return None
    return Interval(*ends)
