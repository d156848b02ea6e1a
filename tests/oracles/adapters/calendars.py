"""Working calendars as cases describe them, in words or in parts, as the product's calendar files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from tests.oracles.case import Case, NotRunnable
from tests.oracles.reading import number

from kaohe.language import HOUR
from kaohe.worktime import WEEKDAYS, Clock

_SHORT = {day[:3]: day for day in WEEKDAYS}
_CHINESE = dict(zip("一二三四五六日天", (*WEEKDAYS, WEEKDAYS[6]), strict=True))
_DAY = r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*"
_SPAN = rf"{_DAY}(?:\s*[-–]\s*{_DAY})?"
_INTERVAL = r"\d[\d:]*\s*[-–]\s*\d[\d:]*"
_HOURS = re.compile(
    rf"(?P<days>{_SPAN}(?:\s*(?:,|and|/)\s*{_SPAN})*)\s+(?P<hours>{_INTERVAL}(?:\s*(?:,|and|/)\s*{_INTERVAL})*)"
)
_CLOCK = re.compile(r"(\d{1,2})(?::(\d\d))?")
_NOON = re.compile(r"(\d{1,2})(?::(\d\d))?\s*([ap])\.?m\.?")
_ZONE = re.compile(r"[A-Z][A-Za-z]+/[A-Z][A-Za-z_/]+")
_LUNCH = re.compile(rf"(?:lunch|break|午休)\D*(?P<hours>{_INTERVAL})")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
WORKDAYS = ("workdays", "makeup_days", "make_up_days", "makeup", "working_days", "extra_workdays", "adjusted_workdays")
_MIDNIGHT = "24:00"


def time_zone(given: Mapping[str, Any]) -> ZoneInfo:
    named = _ZONE.search(str(given.get("calendar", "")))
    return ZoneInfo(given.get("timezone") or given.get("tz") or given.get("zone") or (named[0] if named else "UTC"))


def day_length(clock: Clock, case: Case) -> int:
    """The working time of a business day: as the case says, else of the first weekday on which work is done."""
    said = case.inputs.get("hours_per_day") or case.inputs.get("day_hours")
    if said is not None:
        return int(number(said) * HOUR)
    if named := re.search(r"day\s*=\s*(\d+(?:\.\d+)?)\s*h", case.rounding):
        return int(number(named[1]) * HOUR)
    for intervals in clock.calendar.week:
        if intervals:
            return sum(each.closes - each.opens for each in intervals) * (HOUR // 3600)
    raise NotRunnable("no weekday has working hours")


def calendar(given: Mapping[str, Any], zone: str) -> str:
    """The case's calendar, ``Mon-Fri 09:00-17:00; holidays 2014-01-01`` or in parts, as a calendar's file."""
    written = given.get("calendar", given.get("business_hours", given.get("working_hours", given.get("schedule"))))
    days = {"holidays": list(_dates(given.get("holidays", []))), "workdays": []}
    for name in WORKDAYS:
        days["workdays"] += _dates(given.get(name, []))
    if isinstance(written, Mapping):
        week = list(_of_mapping(written))
        for key in days:
            days[key] += _dates(written.get(key, []))
    else:
        if written is None:
            written = _in_parts(given)
        words, *sections = re.split(r";|(?=holiday|make-?up|workday|节假日|调休)", _plain(str(written)))
        for section in sections:
            days["holidays" if re.search("holiday|节假日", section) else "workdays"] += _DATE.findall(section)
        lunch = given.get("lunch") or given.get("break")
        named = "" if lunch is None else f" lunch {'-'.join(lunch) if isinstance(lunch, list) else lunch}"
        rest = "".join(section for section in sections if _LUNCH.search(section))
        week = list(_week(f"{words} {rest}{named}"))
    holidays = ", ".join(f"{{ day = {day} }}" for day in dict.fromkeys(days["holidays"]))
    like = next((line.split(".")[1].split(" ")[0] for line in week if line.startswith("hours.")), "monday")
    workdays = ", ".join(f"{{ day = {day}, as = '{like}' }}" for day in dict.fromkeys(days["workdays"]))
    lines = ["format = 1", f'timezone = "{zone}"', f"holidays = [{holidays}]", f"workdays = [{workdays}]"]
    return "\n".join([*lines, *week])


def _dates(written: Any) -> Iterator[str]:
    """Days by date, also as {date, name}."""
    for each in (
        written.values() if isinstance(written, Mapping) else [written] if isinstance(written, str) else written
    ):
        yield from _DATE.findall(str(list(each.values()) if isinstance(each, Mapping) else each))


def _in_parts(given: Mapping[str, Any]) -> str:
    """Days and hours apart from each other."""
    days, hours = given.get("days", given.get("weekdays", "Mon-Fri")), given.get("hours")
    if hours is None and {"open", "close"} <= set(given):
        hours = f"{given['open']}-{given['close']}"
    if hours is None:
        raise NotRunnable("the case gives no 'calendar'")
    day = ",".join(days) if isinstance(days, list) else days
    if isinstance(hours, list):
        hours = ",".join("-".join(each) if isinstance(each, list) else each for each in hours)
    return f"{day} {hours}"


def _plain(words: str) -> str:
    """Chinese weekdays and the twelve-hour clock in the plainest form."""
    text = re.sub("(?:周|星期|礼拜)([一二三四五六日天])", lambda found: _CHINESE[found[1]][:3], words).lower()
    text = re.sub(r"(?<=[a-z\d])\s*(?:至|到|through| to )\s*(?=[a-z\d])", "-", text)
    return _NOON.sub(_twenty_four, re.sub("every day|daily|每天", "mon-sun", text))


def _twenty_four(found: re.Match[str]) -> str:
    hour = {("a", 12): 0, ("p", 12): 12}.get((found[3], int(found[1])), int(found[1]) + (12 if found[3] == "p" else 0))
    return f"{hour:02}:{found[2] or '00'}"


def _of_mapping(written: Mapping[str, Any]) -> Iterator[str]:
    """Hours by weekday."""
    week: dict[str, list[str]] = {}
    for name, each in written.items():
        for day in _days(_plain(name)) if re.match(_DAY, _plain(name)) else ():
            listed = each if isinstance(each, list) else [] if each is None else [each]
            if len(listed) == 2 and all(isinstance(end, str) and "-" not in end for end in listed):
                listed = [listed]
            spans = ["-".join(span) if isinstance(span, list) else str(span) for span in listed]
            week.setdefault(day, []).extend(spans)
    yield from _lines({day: [_ends(", ".join(spans), None)] for day, spans in week.items() if spans})


def _week(words: str) -> Iterator[str]:
    if re.search(r"24\s*[x/*×]\s*7", words):
        yield from (f'hours.{day} = ["00:00-24:00"]' for day in WEEKDAYS)
        return
    spans = list(_HOURS.finditer(words))
    if not spans:
        raise NotRunnable(f"the calendar is not read: {words}")
    lunch = _LUNCH.search(words)
    hours: dict[str, list[list[str]]] = {}
    for span in spans:
        for day in _days(span["days"]):
            hours.setdefault(day, []).append(_ends(span["hours"], lunch))
    yield from _lines(hours)


def _days(words: str) -> Iterator[str]:
    for part in re.split(r"\s*(?:,|and|/)\s*", words):
        ends = [WEEKDAYS.index(_SHORT[name[:3]]) for name in re.findall(_DAY, part)]
        first, last = ends[0], ends[-1]
        yield from WEEKDAYS[first : last + 1] if last >= first else (*WEEKDAYS[first:], *WEEKDAYS[: last + 1])


def _ends(words: str, lunch: re.Match[str] | None) -> list[str]:
    """Opening and closing times in turn, without lunch where it lies within."""
    ends = _times(words)
    if lunch is not None:
        rest = _times(lunch["hours"])
        if len(ends) == 2 and ends[0] < rest[0] and rest[1] < ends[1]:
            ends[1:1] = rest
    return ends


def _times(words: str) -> list[str]:
    return [f"{hour.zfill(2)}:{minute or '00'}" for hour, minute in _CLOCK.findall(words)]


def _lines(hours: Mapping[str, list[list[str]]]) -> Iterator[str]:
    """Intervals by weekday; one past midnight goes on at the beginning of the next day."""
    intervals: dict[str, list[str]] = {}
    for day, listed in hours.items():
        for opens, closes in ((a, b) for ends in listed for a, b in zip(ends[::2], ends[1::2], strict=True)):
            if closes > opens:
                intervals.setdefault(day, []).append(f"{opens}-{closes}")
                continue
            intervals.setdefault(day, []).append(f"{opens}-{_MIDNIGHT}")
            if closes != "00:00":
                following = WEEKDAYS[(WEEKDAYS.index(day) + 1) % 7]
                intervals.setdefault(following, []).append(f"00:00-{closes}")
    for day in WEEKDAYS:
        if day in intervals:
            yield f"hours.{day} = [{', '.join(f'{chr(34)}{each}{chr(34)}' for each in sorted(intervals[day]))}]"
