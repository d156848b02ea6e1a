"""Working time by the clock: how much of it lies before a moment, between two moments, or until a moment is due.

A moment is working time where the wall clock of the calendar's timezone then reads working hours; what is counted is
the time that really passes. So where the clock is put forward the hours it skips are not worked, and where it is put
back the hours it shows twice are worked twice: a shift from 00:00 to 08:00 lasts seven hours on one night of the year
and nine on another. Moments are UTC microseconds since 1970, amounts are microseconds; both are integers.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from kaohe.errors import KaoheError, Problem, fail
from kaohe.text import msg
from kaohe.worktime.calendar import Calendar

SECOND = 1_000_000
_DAY_SECONDS = 86_400
_EPOCH = date(1970, 1, 1)
_EPOCH_MOMENT = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Clock:
    """A calendar's working intervals one after the other; ``before`` is the working time before each of them.

    It knows the moments from ``start`` to ``end``, both included.
    """

    calendar: Calendar
    opens: tuple[int, ...]
    closes: tuple[int, ...]
    before: tuple[int, ...]
    start: int
    end: int

    def worked(self, moment: int) -> int:
        """The working time from the calendar's first day to the moment. Raises KaoheError for a moment not covered."""
        if not self.start <= moment <= self.end:
            raise self.not_covered(moment)
        index = bisect_right(self.opens, moment) - 1
        if index < 0:
            return 0
        return self.before[index] + min(moment, self.closes[index]) - self.opens[index]

    def between(self, first: int, second: int) -> int:
        """The working time from one moment to another; negative where the second is earlier."""
        return self.worked(second) - self.worked(first)

    def due(self, moment: int, amount: int) -> int:
        """The moment by which so much working time has passed: the first such moment, so that work due at closing
        time is due that day. A negative amount goes back, to the last such moment. Nothing leaves the moment as it
        is. Raises KaoheError where that lies beyond the calendar's days.
        """
        wanted = self.worked(moment) + amount
        if amount == 0:
            return moment
        if amount > 0:
            index = bisect_left(self.before, wanted) - 1
            past = index < 0 or wanted > self.before[index] + self.closes[index] - self.opens[index]
        else:
            index = bisect_right(self.before, wanted) - 1
            past = index < 0
        if past:
            raise self.not_covered(self.end if amount > 0 else self.start - SECOND)
        return self.opens[index] + wanted - self.before[index]

    def not_covered(self, *moments: int) -> KaoheError:
        """The error for moments that lie outside the calendar's days."""
        days = [_wall(moment, self.calendar.zone).date().isoformat() for moment in moments]
        calendar = self.calendar
        return fail(
            Problem(
                "calendar.not-covered",
                msg("the calendar {name} does not say when work is done on these days", name=calendar.name),
                found=" … ".join(dict.fromkeys(days)),
                expected=f"{calendar.first} … {calendar.end - timedelta(days=1)}",
                fix=msg(
                    "enter the holidays of the year, then the year: kaohe calendar holidays CN YEAR --write {name}",
                    name=calendar.name,
                ),
            )
        )


@lru_cache(maxsize=64)
def clock_of(calendar: Calendar) -> Clock:
    """The calendar's working intervals, worked out once."""
    opens: list[int] = []
    closes: list[int] = []
    before: list[int] = []
    total = 0
    for first, last in _pieces(calendar):
        opens.append(first)
        closes.append(last)
        before.append(total)
        total += last - first
    start, end = (midnight(day, calendar.zone) for day in (calendar.first, calendar.end))
    return Clock(calendar, tuple(opens), tuple(closes), tuple(before), start, end)


def midnight(day: date, zone: tzinfo, *, fold: int = 0) -> int:
    """The moment at which the wall clock reads the day's 00:00, the first or the second (``fold`` 1) time."""
    return (datetime.combine(day, time(fold=fold), zone) - _EPOCH_MOMENT) // timedelta(microseconds=1)


def _pieces(calendar: Calendar) -> Iterator[tuple[int, int]]:
    """The working intervals in order of time, each as moments; cut where the clock changes."""
    for start, end, offset in _steady(calendar):
        day, last = (start + offset) // _DAY_SECONDS, (end + offset - 1) // _DAY_SECONDS
        while day <= last:
            date_ = _EPOCH + timedelta(days=day)
            if calendar.first <= date_ < calendar.end:
                for interval in calendar.intervals(date_):
                    opens = max(start, day * _DAY_SECONDS + interval.opens - offset)
                    closes = min(end, day * _DAY_SECONDS + interval.closes - offset)
                    if opens < closes:
                        yield opens * SECOND, closes * SECOND
            day += 1


def _steady(calendar: Calendar) -> Iterator[tuple[int, int, int]]:
    """Stretches of time in which the zone's clock does not change: start and end in UTC seconds, and the offset."""
    zone = calendar.zone
    last = ((calendar.end - _EPOCH).days + 1) * _DAY_SECONDS
    start = now = ((calendar.first - _EPOCH).days - 1) * _DAY_SECONDS
    offset = _offset(now, zone)
    while now < last:
        later = now + _DAY_SECONDS
        if _offset(later, zone) != offset:
            change = _change(now, later, zone)
            yield start, change, offset
            start, offset = change, _offset(change, zone)
        now = later
    yield start, last, offset


def _change(before: int, after: int, zone: tzinfo) -> int:
    """The second at which the zone's clock changes between two moments."""
    old = _offset(before, zone)
    while after - before > 1:
        middle = (before + after) // 2
        if _offset(middle, zone) == old:
            before = middle
        else:
            after = middle
    return after


def _offset(seconds: int, zone: tzinfo) -> int:
    """Seconds by which the wall clock is ahead of UTC."""
    offset = _wall(seconds * SECOND, zone).utcoffset()
    return 0 if offset is None else offset // timedelta(seconds=1)


def _wall(moment: int, zone: tzinfo) -> datetime:
    return (_EPOCH_MOMENT + timedelta(microseconds=moment)).astimezone(zone)
