"""Cells that hold dates and times: the forms people and spreadsheets write, and the workspace's timezone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from typing import TypeVar

from kaohe.records.rows import Unfit
from kaohe.text import Message, msg

D = TypeVar("D", bound=date)

FIRST_YEAR, LAST_YEAR = 1900, 2199
_LONGEST = 64
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - day 0 of the 1900 system for every date after February 1900
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_ISO_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*", re.ASCII)
_SERIAL = re.compile(r"\d{5}(?:\.\d{1,15})?", re.ASCII)
_DATE = (
    r"(?:(?P<year>\d{4})(?:(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})"
    r"|年(?P<m>\d{1,2})月(?P<d>\d{1,2})[日号](?:\s*星期[一二三四五六日天])?)|(?P<whole>\d{8}))"
)
_TIME = (
    r"(?P<half>上午|下午|am|pm)?\s*(?P<hour>\d{1,2}):(?P<minute>\d{1,2})"
    r"(?::(?P<second>\d{1,2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"\s*(?P<half_after>am|pm)?\s*(?P<zone>z|utc|[+-]\d{2}:?\d{2})?"
)
_MOMENT = re.compile(rf"{_DATE}(?:(?:t|\s+|(?<=[日号一二三四五六天])){_TIME})?", re.ASCII | re.IGNORECASE)
_CHINESE_CLOCK = str.maketrans({"时": ":", "点": ":", "分": ":", "秒": None})
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:\D.*)?", re.ASCII | re.DOTALL)
_TIME_ONLY = re.compile(r"\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?", re.ASCII)


def date_parser(formats: Sequence[str], zone: tzinfo) -> Callable[[str], date]:
    """A parser of a date field; ``formats`` (of ``strptime``) come first. A time of day is dropped."""

    def parse(cell: str) -> date:
        if not formats and _ISO_DATE.fullmatch(cell):
            try:
                day = date.fromisoformat(cell)
            except ValueError:
                raise _no_such_date() from None
            return _plausible(day)
        moment = _plausible(_read(cell, formats))
        if isinstance(moment, datetime):
            moment = (moment.astimezone(zone) if moment.tzinfo else moment).date()
        return _plausible(moment)

    return parse


def datetime_parser(formats: Sequence[str], zone: tzinfo, note: Callable[[Message], None]) -> Callable[[str], datetime]:
    """A parser of a datetime field into UTC. Without an offset a time is the zone's; a date alone is its midnight.

    ``note`` is told where the clock showed the same time twice.
    """

    clock = Clock(zone)

    def parse(cell: str) -> datetime:
        moment = _plausible(_read(cell, formats))
        if not isinstance(moment, datetime):
            return datetime.combine(moment, time(), zone).astimezone(UTC)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
        moment, doubtful = clock.to_utc(moment)
        if doubtful:
            note(msg("the clock showed this time twice that night; the earlier one was taken"))
        return moment

    return parse


class Clock:
    """The wall clock of a zone. On most days it runs evenly, which is looked up once a day instead of once a cell."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._midnights: dict[date, tuple[datetime, datetime] | None] = {}

    def to_utc(self, moment: datetime) -> tuple[datetime, bool]:
        """The moment in UTC, and whether the clock showed it twice (the earlier is taken). Raises Unfit in a gap."""
        day = moment.date()
        if day not in self._midnights:
            self._midnights[day] = self._even_day(day)
        if midnights := self._midnights[day]:
            local, absolute = midnights
            return absolute + (moment - local), False
        first = moment.replace(tzinfo=self._zone)
        early, late = first.utcoffset(), first.replace(fold=1).utcoffset()
        if early is not None and late is not None and early < late:
            raise Unfit(
                msg("this time did not exist: the clock of {zone} was set forward over it", zone=str(self._zone)),
                msg(
                    "Correct the time, or write it with its offset, such as {example}.",
                    example="2026-03-29 02:30+01:00",
                ),
            )
        return first.astimezone(UTC), early != late

    def ahead_on(self, day: date) -> timedelta | None:
        """How far the wall clock is ahead of UTC all day long; None where it is set during the day."""
        midnights = self._even_day(day)
        return midnights and midnights[0].replace(tzinfo=UTC) - midnights[1]

    def _even_day(self, day: date) -> tuple[datetime, datetime] | None:
        """The day's midnight by the wall clock and in UTC; None where the clock is set during the day."""
        ends = [
            datetime.combine(day, end, self._zone).replace(fold=fold) for end in (time(), time.max) for fold in (0, 1)
        ]
        if len({end.utcoffset() for end in ends}) > 1:
            return None
        return datetime.combine(day, time()), ends[0].astimezone(UTC)


def _read(cell: str, formats: Sequence[str]) -> date | datetime:
    """A date, or a datetime with the offset it was written with (none: naive)."""
    if len(cell) > _LONGEST:  # the forms below would try every way to divide a long run of spaces
        raise _unreadable("")
    text = cell if cell.isascii() else unicodedata.normalize("NFKC", cell).strip()
    for form in formats:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - the zone, if any, is in the format
        except ValueError:
            continue
    if _ISO_MOMENT.fullmatch(cell):
        try:
            return datetime.fromisoformat(cell)
        except ValueError:
            pass  # the general form below reads more, or says what is wrong
    if _SERIAL.fullmatch(text):
        return _from_serial(text)
    match = _MOMENT.fullmatch(text if text.isascii() else _plain_clock(text))
    if match is None:
        raise _unreadable(text)
    try:
        return _from_match(match)
    except ValueError:
        raise _no_such_date() from None


def _from_serial(text: str) -> datetime:
    milliseconds = int((Decimal(text) * 86_400_000).to_integral_value())
    return _EPOCH + timedelta(milliseconds=milliseconds)


def _plain_clock(text: str) -> str:
    """14时30分 as 14:30, 14时 as 14:00."""
    clock = text.translate(_CHINESE_CLOCK)
    return clock + "00" if text.endswith(("时", "点")) else clock.rstrip(":")


def _from_match(match: re.Match[str]) -> date | datetime:
    if whole := match["whole"]:
        day = date(int(whole[:4]), int(whole[4:6]), int(whole[6:]))
    else:
        day = date(int(match["year"]), int(match["month"] or match["m"]), int(match["day"] or match["d"]))
    if match["hour"] is None:
        return day
    hour = _hour(int(match["hour"]), (match["half"] or match["half_after"] or "").lower())
    microsecond = int((match["fraction"] or "0")[:6].ljust(6, "0"))
    clock = time(hour, int(match["minute"] or 0), int(match["second"] or 0), microsecond)
    return datetime.combine(day, clock, _zone(match["zone"]))


def _hour(hour: int, half: str) -> int:
    if not half:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError(hour)
    return hour % 12 + (12 if half in ("pm", "下午") else 0)


def _zone(offset: str | None) -> tzinfo | None:
    if offset is None:
        return None
    if offset.lower() in ("z", "utc"):
        return UTC
    sign = -1 if offset[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(offset[1:3]), minutes=int(offset[-2:])))


def _plausible(day: D) -> D:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Unfit(
            msg("the year {year} is not plausible", year=day.year),
            msg("Correct the year; a date that stands for no value goes into the mapping's missing list."),
        )
    return day


def _no_such_date() -> Unfit:
    return Unfit(msg("there is no such date or time"), msg("Correct the date or time."))


def _unreadable(text: str) -> Unfit:
    if match := _YEAR_LAST.fullmatch(text):
        return _year_last(int(match[1]), int(match[2]), int(match[3]))
    if _TIME_ONLY.fullmatch(text):
        return Unfit(
            msg("this is a time without a date"),
            msg('Join two columns in the mapping: from = ["Date", "Time"].'),
        )
    return Unfit(
        msg("this is not a date"),
        msg(
            "Write it like {example}, or give its format in the mapping; words for no value go into missing.",
            example="2026-01-05",
        ),
    )


def _year_last(first: int, second: int, year: int) -> Unfit:
    fix = msg('Say in the mapping which comes first: format = "%d/%m/%Y" or "%m/%d/%Y", with the marks of the file.')
    readings = [f"{year:04d}-{month:02d}-{day:02d}" for day, month in {(first, second): 0, (second, first): 0}]
    readings = [reading for reading in readings if _exists(reading)]
    if len(readings) == 2:
        return Unfit(msg("this date can be {one} or {other}", one=readings[0], other=readings[1]), fix)
    if readings:
        return Unfit(msg("this date has its year last; it can only be {one}", one=readings[0]), fix)
    return _no_such_date()


def _exists(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False
