"""A calendar as a table of days, for engines: joined on a record's local day, it gives the working time to a moment.

The working time before a moment t of day d is ``before`` of that day plus, for each of its pairs,
``greatest(least(t, closes) - opens, 0)``. The days are those of the workspace's timezone, whatever the calendar's is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from functools import lru_cache

import numpy as np

from kaohe.exact import Ints
from kaohe.worktime.calendar import Calendar
from kaohe.worktime.clock import clock_of, midnight

_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class DayTable:
    """One entry for each day: its number since 1970, the working time before it, and its pairs as UTC microseconds.

    Where a day has fewer pairs than another the rest is 0 and 0, which add nothing.
    """

    day: Ints
    before: Ints
    pairs: tuple[tuple[Ints, Ints], ...]

    def columns(self) -> dict[str, Ints]:
        """The table's columns by name: day, before, opens0, closes0, opens1 …"""
        named = {"day": self.day, "before": self.before}
        for index, (opens, closes) in enumerate(self.pairs):
            named |= {f"opens{index}": opens, f"closes{index}": closes}
        return named


def most_pairs(calendar: Calendar, zone: tzinfo) -> int:
    """How many pairs the calendar's fullest day of that timezone has."""
    return len(day_table(calendar, zone).pairs)


@lru_cache(maxsize=64)
def day_table(calendar: Calendar, zone: tzinfo) -> DayTable:
    """The calendar by the days of a timezone. A pair that began the day before, or goes on the day after, stands whole
    in both days, so that a table of days is exact in any timezone and across any change of clocks."""
    clock = clock_of(calendar)
    # Two timezones are at most 26 hours apart.
    first = calendar.first - timedelta(days=2)
    days = [first + timedelta(days=index) for index in range((calendar.end - first).days + 3)]
    once, again = (np.array([midnight(day, zone, fold=fold) for day in days], np.int64) for fold in (0, 1))
    starts, ends = np.minimum(once, again)[:-1], np.maximum(once, again)[1:]
    opens, closes, before = (np.array(each, np.int64) for each in (clock.opens, clock.closes, clock.before))
    # From the first pair that closes after the day begins to the last one that opens before it ends.
    low, high = np.searchsorted(closes, starts, side="right"), np.searchsorted(opens, ends, side="left")
    total = before[-1:] + closes[-1:] - opens[-1:]
    upto = np.concatenate([before, total if len(total) else np.zeros(1, np.int64)])[low]
    pairs = []
    for index in range(int(np.max(high - low, initial=0))):
        there = low + index < high
        spot = np.where(there, low + index, 0)
        pairs.append((np.where(there, opens[spot], 0), np.where(there, closes[spot], 0)))
    numbers = np.arange(len(starts), dtype=np.int64) + (first - _EPOCH).days
    return DayTable(numbers, upto, tuple(pairs))
