"""Calls about dates: what stood on a day or at the period's edges, what falls into the period or a season."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

from kaohe.language.builders import BOOLEAN, DATE, Build, Builder, day, field, one_kind
from kaohe.language.rules import Misfit, common
from kaohe.language.tree import Call, Constant, Field, Node, PeriodBound
from kaohe.language.types import Type, day_number
from kaohe.text import msg

_LEAP_YEAR = 2000


def at_edge_of_period(edge: Literal["start", "end"]) -> Builder:
    """when < edge and (until is missing or until >= edge), and the condition."""

    def build(given: Build) -> Node:
        when, until = _span(given, f"at_{edge}")
        begun = Call("<", (when, PeriodBound(edge, when.type)), BOOLEAN)
        missing = Call("not", (Call("known", (until,), BOOLEAN),), BOOLEAN)
        still = Call("or", (missing, Call(">=", (until, PeriodBound(edge, until.type)), BOOLEAN)), BOOLEAN)
        condition = given.get("condition")
        parts = (begun, still) if condition is None else (begun, still, condition)
        return Call(f"at_{edge}", (Call("and", parts, BOOLEAN),), BOOLEAN)

    return build


def in_period(given: Build) -> Node:
    moment = given["x"]
    after = Call(">=", (moment, PeriodBound("start", moment.type)), BOOLEAN)
    before = Call("<", (moment, PeriodBound("end", moment.type)), BOOLEAN)
    return Call("in_period", (Call("and", (after, before), BOOLEAN),), BOOLEAN)


def at_date(given: Build) -> Node:
    """date_of(when) < day and (until is missing or date_of(until) >= day), and the condition."""
    when, until = _span(given, "at_date")
    begun = Call("<", (day(when), given["day"]), BOOLEAN)
    missing = Call("not", (Call("known", (until,), BOOLEAN),), BOOLEAN)
    still = Call("or", (missing, Call(">=", (day(until), given["day"]), BOOLEAN)), BOOLEAN)
    condition = given.get("condition")
    parts = (begun, still) if condition is None else (begun, still, condition)
    return Call("at_date", (Call("and", parts, BOOLEAN),), BOOLEAN)


def _span(given: Build, name: str) -> tuple[Field, Field]:
    """The fields that say since when and until when a record lasts."""
    if given.scope.span is None:
        raise Misfit(
            "expression.span",
            msg("{name} asks for records that last: this record type does not say until when", name=name),
        )
    when, until = given.scope.span
    return field(given.scope, when), field(given.scope, until)


def in_season(given: Build) -> Node:
    return season(day(given["x"]), *(str(given.literal(name).value) for name in ("first", "last")))


def by_day(when: Field, usual: Node, spells: Sequence[tuple[str, str | None, Node]]) -> Node:
    """The value of the last spell (first day, last day, value) that holds the record's day, else the usual one."""
    found, that_day = usual, day(when)
    for first, last, value in spells:
        branches = one_kind((value, found))
        found = Call("if_", (_within(that_day, first, last), *branches), common(branches))
    return found


def _within(that_day: Node, first: str, last: str | None) -> Node:
    if len(first) == len("MM-DD"):
        return season(that_day, first, last or "")
    begun, lasting = (
        Call(sign, (that_day, Constant(day_number(datetime.date.fromisoformat(bound)), DATE)), BOOLEAN)
        for sign, bound in ((">=", first), ("<=", last or first))
    )
    return begun if last is None else Call("and", (begun, lasting), BOOLEAN)


def season(that_day: Node, first_day: str, last_day: str) -> Node:
    """Month and day between two days of the year, both included; from a later to an earlier one over New Year."""
    hundred = Constant(Decimal(100), Type("number"))
    month = Call("*", (Call("month_of", (that_day,), Type("number")), hundred), Type("number"))
    number = Call("+", (month, Call("day_of", (that_day,), Type("number"))), Type("number"))
    first, last = day_of_year(first_day), day_of_year(last_day)
    begun, lasting = (
        Call(sign, (number, Constant(Decimal(bound), Type("number"))), BOOLEAN)
        for sign, bound in ((">=", first), ("<=", last))
    )
    return Call("and" if first <= last else "or", (begun, lasting), BOOLEAN)


def day_of_year(written: str) -> int:
    """1115 for 11-15, the 15th of November. Raises Misfit."""
    try:
        found = datetime.date.fromisoformat(f"{_LEAP_YEAR}-{written}") if len(written) == len("MM-DD") else None
    except ValueError:
        found = None
    if found is None:
        raise Misfit(
            "expression.day-of-year",
            msg("this is not a day of the year"),
            found=written,
            expected=msg("11-15, month-day"),
        )
    return 100 * found.month + found.day
