"""What expressions are about: kinds of values, the names an expression may use, one window of time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal

from kaohe.text import Message, msg
from kaohe.worktime import NO_CALENDARS, Calendars

Kind = Literal["number", "duration", "date", "datetime", "boolean", "text"]
_NOTHING: Mapping[str, Any] = MappingProxyType({})

SECOND = 1_000_000
"""Microseconds of a second; a duration counts microseconds."""
MINUTE, HOUR, DAY = 60 * SECOND, 3600 * SECOND, 86_400 * SECOND

KIND_NAMES: Mapping[Kind, Message] = {
    "number": msg("a number"),
    "duration": msg("a duration"),
    "date": msg("a date"),
    "datetime": msg("a moment (date and time)"),
    "boolean": msg("a condition (true or false)"),
    "text": msg("text"),
}


@dataclass(frozen=True)
class Type:
    """A kind of value; a number is stored as an integer that counts units of 10^-scale.

    ``choices``: the only texts that a field can hold, so that a misspelt one is found; empty where any text may stand.
    """

    kind: Kind
    scale: int = 0
    choices: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Keyed:
    """A function of one literal id, such as ``value("crm.nps")``: what it gives and the ids there are.

    ``own``: the id that is meant where none is written. ``whose``: what a second literal may say, as in
    ``target("crm.nps", "team")``, which is the keyed value ``crm.nps@team``. ``words``: any id without a dot will do.
    """

    type: Type
    ids: frozenset[str]
    own: str | None = None
    whose: tuple[str, ...] = ()
    words: bool = False


@dataclass(frozen=True)
class Spell:
    """A value from one day to another, both included: of every year (``11-15``, from a later to an earlier one over New
    Year) or of the calendar (``2026-03-01``); ``last`` None: from then on."""

    first: str
    last: str | None
    value: Decimal | int | str | bool

    @property
    def yearly(self) -> bool:
        return len(self.first) == len("MM-DD")


@dataclass(frozen=True)
class Dated:
    """A setting that depends on the day of each record, which its field ``when`` says: the value of the last of the
    ``spells`` that holds the day, else ``value``."""

    value: Decimal | int | str | bool
    spells: tuple[Spell, ...]
    when: str

    def __str__(self) -> str:
        spells = (f"{each.first}…{each.last or ''}: {each.value}" for each in self.spells)
        return "; ".join((str(self.value), *spells))


Setting = Decimal | int | str | bool | Dated
"""What a parameter is set to."""


@dataclass(frozen=True)
class Scope:
    """Everything an expression may name.

    ``fields``: names a row has; a name may contain dots (``person.bonus_base``). ``parameters`` are filled in as
    literals, or as a choice by the record's day where they are dated. ``keyed``: functions of one literal id; a bare
    or dotted name that is an id of ``keyed["value"]`` means ``value("that id")``. ``aggregates``: the expression
    aggregates records (and must); without it, it speaks of one row. ``period``: it may use period_start, period_end,
    in_period, at_start, at_end. ``span``: the record type's (when, until), for at_start and at_end. ``calendars``:
    those that business_time and elapsed may ask.
    """

    fields: Mapping[str, Type]
    parameters: Mapping[str, Setting] = field(default_factory=lambda: _NOTHING)
    keyed: Mapping[str, Keyed] = field(default_factory=lambda: _NOTHING)
    aggregates: bool = False
    period: bool = False
    span: tuple[str, str] | None = None
    calendars: Calendars = NO_CALENDARS


_EPOCH_DAY = date(1970, 1, 1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - _EPOCH_DAY).days


def day_of_number(days: int) -> date:
    """The date so many days after 1970-01-01; OverflowError beyond the years 1 to 9999."""
    return _EPOCH_DAY + timedelta(days=days)


def moment_number(moment: datetime) -> int:
    """UTC microseconds since 1970 of an aware datetime."""
    return (moment - _EPOCH) // _MICROSECOND


def moment_of_number(micros: int, zone: tzinfo) -> datetime:
    """The aware datetime so many UTC microseconds after 1970, in the zone; OverflowError beyond the years 1 to 9999."""
    return (_EPOCH + timedelta(microseconds=micros)).astimezone(zone)


@dataclass(frozen=True)
class Bounds:
    """One window: local days from ``start`` up to but not including ``end``, in the workspace's ``zone``."""

    start: date
    end: date
    zone: tzinfo

    @cached_property
    def moments(self) -> tuple[int, int]:
        """The local midnights that begin ``start`` and ``end``, as UTC microseconds since 1970."""
        first, last = (datetime.combine(day, time(), self.zone) for day in (self.start, self.end))
        return moment_number(first), moment_number(last)

    @cached_property
    def days(self) -> tuple[int, int]:
        """``start`` and ``end`` as days since 1970-01-01."""
        return day_number(self.start), day_number(self.end)
