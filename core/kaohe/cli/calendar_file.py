"""The text of a calendar's file: a new one, and statutory holidays entered into one that is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

import tomlkit
from tomlkit.items import Array

from kaohe.cli.statutory import Holiday, MakeUpDay, Statutory
from kaohe.text import Text

_HEAD = """\
# 工作日历：哪些日子、哪些时段算工作时间。改动后运行 kaohe calendar check
# A working calendar: what counts as working time. After a change: kaohe calendar check
format = 1
name = { zh = "办公时间", en = "Office hours" }
"""
_ZONE = "timezone = {zone}   # 时段按此时区的钟表 the hours are read on this timezone's clock\n"
_YEARS = """\
# 已录入节假日的年份；其他年份的记录会被拒绝，而不是猜测。新的一年：kaohe calendar holidays CN 年份 --write 日历名
# Years whose holidays are entered; records of other years are refused, not guessed.
years = []
"""
_NO_YEARS = """\
# 写出已录入节假日的年份后，其他年份的记录会被拒绝。Once years are listed, records of other years are refused:
# years = [2026]
"""
_HOURS = """\

# 每周的工作时间，可有多个时段（午休是空隙）；没写的星期不上班。
# Hours of each weekday, several intervals a day; the break between them does not count. Other weekdays are off.
hours.monday    = ["09:00-12:00", "13:30-18:00"]
hours.tuesday   = ["09:00-12:00", "13:30-18:00"]
hours.wednesday = ["09:00-12:00", "13:30-18:00"]
hours.thursday  = ["09:00-12:00", "13:30-18:00"]
hours.friday    = ["09:00-12:00", "13:30-18:00"]

# 放假的日子，首尾都算。Days off, both ends included: { from = 2026-10-01, to = 2026-10-07, name = "国庆节" }
holidays = []

# 调休上班的日子，按所写星期的时间上班。Make-up days, with the hours of that weekday.
# { day = 2026-10-10, as = "wednesday", name = "国庆节调休" }
workdays = []

# 单独规定时间的日子。Single days with hours of their own: { day = 2026-02-16, hours = ["09:00-12:00"], name = "除夕" }
days = []
"""


def new_calendar(zone: str, years: Iterable[tuple[int, Statutory]]) -> str:
    """A calendar of ordinary office hours, with the statutory holidays of these years."""
    entered = list(years)
    text = _HEAD + _ZONE.format(zone=tomlkit.item(zone).as_string()) + (_YEARS if entered else _NO_YEARS) + _HOURS
    for year, arrangements in entered:
        text, _added = with_holidays(text, year, arrangements)
    return text


def with_holidays(text: str, year: int, arrangements: Statutory) -> tuple[str, int]:
    """The text of a calendar with a year and its holidays entered, and how many entries were added.

    A day that the file lists already stays as it is: what was corrected by hand is not undone.
    """
    document = tomlkit.parse(text)
    listed = set(_listed(document.unwrap()))
    years = document.get("years")
    if years is None:
        document.add("years", tomlkit.item([year]))
    elif year not in years:
        _in_order(years, year)
    added = 0
    for holiday in arrangements.holidays:
        for part in _unlisted(holiday, listed):
            _list(document, "holidays").add_line(_holiday(part), indent="  ")
            added += 1
    for made_up in arrangements.workdays:
        if made_up.day not in listed:
            _list(document, "workdays").add_line(_make_up(made_up), indent="  ")
            added += 1
    for key in ("holidays", "workdays"):
        if document.get(key):
            _end_on_a_line(_list(document, key))
    return tomlkit.dumps(document), added


def _list(document: tomlkit.TOMLDocument, key: str) -> Array:
    if key not in document:
        document.add(key, tomlkit.array())
    found = document[key]
    assert isinstance(found, Array)  # noqa: S101 - the file was checked before
    return found


def _end_on_a_line(listed: Array) -> None:
    if not listed.as_string().rstrip("]").endswith("\n"):
        listed.add_line(indent="")


def _in_order(years: Any, year: int) -> None:
    listed = sorted([*years, year])
    years.clear()
    years.extend(listed)


def _listed(data: dict[str, Any]) -> Iterator[date]:
    for key in ("holidays", "workdays", "days"):
        for row in data.get(key, []):
            first, last = row.get("from", row.get("day")), row.get("to", row.get("day"))
            yield from (first + timedelta(days=index) for index in range((last - first).days + 1))


def _unlisted(holiday: Holiday, listed: set[date]) -> Iterator[Holiday]:
    """The stretches of the holiday that the file does not speak of yet."""
    start: date | None = None
    day = holiday.first
    while day <= holiday.last + timedelta(days=1):
        free = day <= holiday.last and day not in listed
        if free and start is None:
            start = day
        elif not free and start is not None:
            yield Holiday(start, day - timedelta(days=1), holiday.name)
            start = None
        day += timedelta(days=1)


def _holiday(holiday: Holiday) -> Any:
    row = tomlkit.inline_table()
    if holiday.first == holiday.last:
        row["day"] = holiday.first
    else:
        row["from"], row["to"] = holiday.first, holiday.last
    row["name"] = _name(holiday.name)
    return row


def _make_up(made_up: MakeUpDay) -> Any:
    row = tomlkit.inline_table()
    row["day"], row["as"] = made_up.day, made_up.weekday
    row["name"] = _name(made_up.name)
    return row


def _name(name: Text) -> Any:
    row = tomlkit.inline_table()
    row["zh"], row["en"] = name.zh, name.en
    return row
