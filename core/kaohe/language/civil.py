"""The calendar by integer arithmetic: days since 1970-01-01, counted on the workspace's wall clock.

Year and month follow from the day number by the civil-calendar formulas of Neri and Schneider ("Euclidean affine
functions and their application to calendar algorithms", 2022), with years that begin on 1 March. All divisions are of
non-negative numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo
from typing import Any

from sqlglot import exp

from kaohe.language import integers
from kaohe.language.integers import Lowered
from kaohe.language.tree import Call, Field
from kaohe.language.types import DAY, day_number, day_of_number, moment_of_number

Compute = Callable[..., Any]
DAYS_BOUND = 3_700_000
"""No date between the years 1 and 9999 is further from 1970, in days."""
LOCAL_SUFFIX = "__local"
_SHIFT = 719_468  # days from 0000-03-01 to 1970-01-01: the shifted count is never negative


def lower_date_of(call: Call, _arguments: tuple[Lowered, ...]) -> Lowered:
    field = call.arguments[0]
    assert isinstance(field, Field)  # noqa: S101 - the checker lets nothing else pass
    return local_day(field.name)


def local_day(field: str) -> Lowered:
    """The day of a field's moment on the wall clock."""
    local = integers.column(field + LOCAL_SUFFIX, DAYS_BOUND * DAY)
    days = integers.truncate(integers.add(local, integers.literal(_SHIFT * DAY)), integers.literal(DAY))
    shifted = integers.subtract(days, integers.literal(_SHIFT))
    return Lowered(shifted.sql, DAYS_BOUND, shifted.width)


def compute_date_of(_call: Call, zone: tzinfo) -> Compute:
    return lambda micros: day_number(moment_of_number(micros, zone).date())


def lower_month_of(_call: Call, arguments: tuple[Lowered, ...]) -> Lowered:
    month = integers.remainder(integers.subtract(_march_month(arguments[0]), integers.literal(1)), 12)
    return integers.add(month, integers.literal(1))


def compute_month_of(_call: Call, _zone: tzinfo) -> Compute:
    return lambda days: day_of_number(days).month


def lower_year_of(_call: Call, arguments: tuple[Lowered, ...]) -> Lowered:
    quarter_days = _quarter_days(arguments[0])
    century = integers.truncate(quarter_days, integers.literal(146_097))
    year = integers.truncate(_century_quarter_days(arguments[0]), integers.literal(1_461))
    next_year = integers.truncate(_march_month(arguments[0]), integers.literal(13))
    return integers.add(integers.add(integers.multiply(century, integers.literal(100)), year), next_year)


def compute_year_of(_call: Call, _zone: tzinfo) -> Compute:
    return lambda days: day_of_number(days).year


def lower_day_of(_call: Call, arguments: tuple[Lowered, ...]) -> Lowered:
    in_month = integers.truncate(integers.remainder(_scaled_day(arguments[0]), 153), integers.literal(5))
    return integers.add(in_month, integers.literal(1))


def compute_day_of(_call: Call, _zone: tzinfo) -> Compute:
    return lambda days: day_of_number(days).day


def lower_is_weekend(_call: Call, arguments: tuple[Lowered, ...]) -> Lowered:
    weekday = integers.remainder(_shifted(arguments[0], 2), 7)  # 0000-03-01 was a Wednesday: Monday is 0
    return Lowered(integers.binary(exp.GTE, weekday.sql, exp.Literal.number(5)))


def compute_is_weekend(_call: Call, _zone: tzinfo) -> Compute:
    return lambda days: day_of_number(days).weekday() >= 5


def _shifted(days: Lowered, more: int = 0) -> Lowered:
    return integers.add(days, integers.literal(_SHIFT + more))


def _quarter_days(days: Lowered) -> Lowered:
    """Quarters of a day since 0000-03-01, plus three: 146,097 of them make a mean century."""
    return integers.add(integers.multiply(_shifted(days), integers.literal(4)), integers.literal(3))


def _century_quarter_days(days: Lowered) -> Lowered:
    """The same within the century: 1,461 of them make a mean year."""
    day = integers.truncate(integers.remainder(_quarter_days(days), 146_097), integers.literal(4))
    return integers.add(integers.multiply(day, integers.literal(4)), integers.literal(3))


def _march_month(days: Lowered) -> Lowered:
    """3 for March up to 14 for February."""
    return integers.truncate(_scaled_day(days), integers.literal(153))


def _scaled_day(days: Lowered) -> Lowered:
    """Five times the day of the year that begins on 1 March, plus 461: 153 of them make a mean month."""
    day = integers.truncate(integers.remainder(_century_quarter_days(days), 1_461), integers.literal(4))
    return integers.add(integers.multiply(day, integers.literal(5)), integers.literal(461))
