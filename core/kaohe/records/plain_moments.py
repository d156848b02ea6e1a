"""Whole columns of dates and times, as far as they are written plainly: year, month, day and clock in digits.

What is written otherwise, does not exist, lies outside the plausible years, or falls on a day on which the clock was
set, is left to ``moments``, which knows what it means or what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from functools import cache

import numpy as np
import pyarrow as pa

from kaohe.exact import Flags, Ints
from kaohe.plugin.types import Field
from kaohe.records.cell_bytes import Bytes, Cells, distinct
from kaohe.records.moments import FIRST_YEAR, LAST_YEAR, Clock

_DAY = 86_400_000_000
_EPOCH = date(1970, 1, 1)
_MONTH_DAYS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
_DIGITS = frozenset("YMDhmsfHN")


@dataclass(frozen=True)
class _Form:
    """One way to write a moment, a letter for each character: Y M D h m s f (fraction) and ± H N (offset) are digits,
    T a space or a T, | a mark between the parts of a date, anything else itself."""

    text: str

    def positions(self, letter: str) -> list[int]:
        return [index for index, one in enumerate(self.text) if one == letter]

    def read(self, table: Bytes) -> tuple[Flags, dict[str, Ints]]:
        """Which rows of the table are written so, and the number behind each letter."""
        digits = [index for index, letter in enumerate(self.text) if letter in _DIGITS]
        values = table - np.uint8(ord("0"))
        fits: Flags = np.logical_and.reduce(values[:, digits] <= 9, axis=1)
        marks = self.positions("|")
        for index, letter in enumerate(self.text):
            column = table[:, index]
            if letter == "T":
                fits &= (column == ord(" ")) | (column == ord("T")) | (column == ord("t"))
            elif letter == "±":
                fits &= (column == ord("+")) | (column == ord("-"))
            elif letter == "|":
                fits &= np.isin(column, _MARKS) & (column == table[:, marks[0]])
            elif letter not in _DIGITS:
                fits &= column == ord(letter)
        numbers: dict[str, Ints] = {}
        for letter in dict.fromkeys(self.text):
            if letter in _DIGITS:
                number = np.zeros(len(table), np.int64)
                for index in self.positions(letter):
                    number = number * 10 + values[:, index]
                numbers[letter] = number
        if "±" in self.text:
            numbers["±"] = np.where(table[:, self.text.index("±")] == ord("-"), -1, 1)
        return fits, numbers


_MARKS = np.frombuffer(b"-/.", np.uint8)


@cache
def _forms(*, moments: bool) -> dict[int, tuple[_Form, ...]]:
    """The forms by their length; ``moments``: also those with an offset, which dates leave to the general way."""
    listed = ["YYYYMMDD", *_loose()]
    clocks = ["hh:mm", "hh:mm:ss", "hh:mm:ss.fff", "hh:mm:ss.ffffff"]
    offsets = ["", "Z", "±HH:NN"] if moments else [""]
    listed += [f"YYYY-MM-DDT{clock}{offset}" for clock in clocks for offset in offsets]
    by_length: dict[int, list[_Form]] = {}
    for text in dict.fromkeys(listed):
        by_length.setdefault(len(text), []).append(_Form(text))
    return {length: tuple(forms) for length, forms in by_length.items()}


def _loose() -> Iterator[str]:
    """2026/1/5, 2026-01-05, 2026.1.5 8:30 and the like."""
    for month in ("MM", "M"):
        for day in ("DD", "D"):
            for clock in ("", "Thh:mm", "Th:mm", "Thh:mm:ss", "Th:mm:ss"):
                yield f"YYYY|{month}|{day}{clock}"


def read_dates(cells: Cells, _field: Field) -> tuple[pa.Array, Flags]:
    """The days of a date field, without the time of day, and which cells were understood."""
    understood = np.zeros(len(cells), np.bool_)
    days = np.zeros(len(cells), np.int64)
    for rows, form in _by_form(cells, understood, moments=False):
        fits, numbers = form.read(rows.table)
        rows.keep(_exists(fits, numbers), _day(numbers), days)
    return pa.array(days.astype(np.int32), pa.date32(), mask=~understood), understood


@dataclass(frozen=True)
class _Rows:
    """The cells of one length that no form was found for so far."""

    index: Ints
    table: Bytes
    understood: Flags

    def keep(self, fits: Flags, found: Ints, values: Ints) -> None:
        """Put what was found in the cells that fit in its place among the values of the column."""
        rows = self.index[fits]
        values[rows] = found[fits]
        self.understood[rows] = True


def _by_form(cells: Cells, understood: Flags, *, moments: bool) -> Iterator[tuple[_Rows, _Form]]:
    """Every form beside the cells of its length that are not understood yet."""
    present = np.bincount(np.minimum(cells.lengths, 64), minlength=65)
    for length, forms in _forms(moments=moments).items():
        if not present[length]:
            continue
        index, table = cells.of_length(length)
        for form in forms:
            open_ones = ~understood[index]
            if not open_ones.all():
                index, table = index[open_ones], table[open_ones]
            if len(index):
                yield _Rows(index, table, understood), form


def moment_reader(zone: tzinfo) -> Callable[[Cells, Field], tuple[pa.Array, Flags]]:
    """A reader of a datetime field into UTC; without an offset a time is the zone's."""
    clock = _Days(zone)

    def read(cells: Cells, _field: Field) -> tuple[pa.Array, Flags]:
        understood = np.zeros(len(cells), np.bool_)
        moments = np.zeros(len(cells), np.int64)
        for rows, form in _by_form(cells, understood, moments=True):
            fits, numbers = form.read(rows.table)
            fits = _exists(fits, numbers)
            days = _day(numbers)
            of_day = _time_of_day(numbers, form)
            if "Z" in form.text:
                before_utc: Ints | int = 0
            elif "±" in numbers:
                fits &= (numbers["H"] < 24) & (numbers["N"] < 60)
                before_utc = numbers["±"] * (numbers["H"] * 60 + numbers["N"]) * 60_000_000
            else:
                before_utc, even = clock.offsets(np.where(fits, days, 0))
                fits &= even
            rows.keep(fits, days * _DAY + of_day - before_utc, moments)
        return pa.array(moments, pa.timestamp("us", "UTC"), mask=~understood), understood

    return read


class _Days:
    """How far the wall clock of a zone is ahead of UTC on a day, where it runs evenly all day."""

    def __init__(self, zone: tzinfo) -> None:
        self._clock = Clock(zone)
        self._known: dict[int, int | None] = {}

    def offsets(self, days: Ints) -> tuple[Ints, Flags]:
        """Microseconds ahead of UTC, and whether the day is even, for days since 1970."""
        known, which = distinct(days)
        found = [self._of(day) for day in known.tolist()]
        even = np.array([each is not None for each in found], np.bool_)
        return np.array([each or 0 for each in found], np.int64)[which], even[which]

    def _of(self, day: int) -> int | None:
        if day not in self._known:
            ahead = self._clock.ahead_on(_EPOCH + timedelta(days=day))
            self._known[day] = None if ahead is None else ahead // timedelta(microseconds=1)
        return self._known[day]


def _exists(fits: Flags, numbers: dict[str, Ints]) -> Flags:
    """Which of the fitting rows are a day and a time that exist, in a plausible year."""
    year, month, day = numbers["Y"], numbers["M"], numbers["D"]
    fits = fits & (year >= FIRST_YEAR) & (year <= LAST_YEAR) & (month >= 1) & (month <= 12) & (day >= 1)
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0)) & (month == 2)
    fits &= day <= _MONTH_DAYS[np.where(fits, month, 0)] + leap
    for letter, limit in (("h", 24), ("m", 60), ("s", 60)):
        if letter in numbers:
            fits &= numbers[letter] < limit
    return fits


def _day(numbers: dict[str, Ints]) -> Ints:
    """Days since 1970 of dates in the Gregorian calendar."""
    month = numbers["M"]
    year = numbers["Y"] - (month <= 2)
    in_year = (153 * (month + np.where(month > 2, -3, 9)) + 2) // 5 + numbers["D"] - 1
    return year * 365 + year // 4 - year // 100 + year // 400 + in_year - 719_468


def _time_of_day(numbers: dict[str, Ints], form: _Form) -> Ints | int:
    """Microseconds since midnight."""
    if "h" not in numbers:
        return 0
    seconds = (numbers["h"] * 60 + numbers["m"]) * 60 + numbers.get("s", np.int64(0))
    fraction = numbers["f"] * 10 ** (6 - form.text.count("f")) if "f" in numbers else 0
    return seconds * 1_000_000 + fraction
