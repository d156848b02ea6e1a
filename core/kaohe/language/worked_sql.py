"""Working time as SQL: arithmetic on what an equi-join on a field's local day gives, the working time before that day
and the day's intervals. The relation that is joined is a calendar's table of days (``kaohe.worktime.days``)."""

from __future__ import annotations

from datetime import tzinfo

from sqlglot import exp

from kaohe.exact import Ints
from kaohe.language import integers
from kaohe.language.civil import DAYS_BOUND, local_day
from kaohe.language.integers import Lowered
from kaohe.language.tree import Field
from kaohe.language.types import DAY
from kaohe.language.worktime import Need
from kaohe.worktime import Calendar, day_table, most_pairs


def relation(calendar: Calendar) -> str:
    """What the calendar's table of days is called; its columns are those of ``DayTable``, with an underscore before."""
    return f"calendar {calendar.name}"


def lower_worked(field: Field, calendar: Calendar, zone: tzinfo) -> Lowered:
    """The working time before a field's moment, from what ``joined`` gives."""
    bound = DAYS_BOUND * DAY
    moment, total = integers.column(field.name), _given(field.name, calendar, "before")
    for index in range(most_pairs(calendar, zone)):
        opens, closes = (_given(field.name, calendar, f"{end}{index}") for end in ("opens", "closes"))
        reached = exp.Least(this=moment.sql, expressions=[closes.sql], ignore_nulls=True)
        passed = integers.subtract(Lowered(reached, bound, "int64"), opens)
        part = exp.Greatest(this=passed.sql, expressions=[exp.Literal.number(0)], ignore_nulls=True)
        total = integers.add(total, Lowered(part, bound, "int64"))
    return Lowered(total.sql, bound, "int64")


def joined(query: exp.Select, need: Need, zone: tzinfo) -> exp.Select:
    """The query with the calendar's row of the field's local day beside each record; it never makes two of one."""
    name, calendar = need
    alias = f"{calendar.name} of {name}"
    columns = [
        "before",
        *(f"{end}{index}" for index in range(most_pairs(calendar, zone)) for end in ("opens", "closes")),
    ]
    given = [exp.column(f"_{each}", quoted=True).as_(_name(name, calendar, each), quoted=True) for each in columns]
    days = exp.select(exp.column("_day", quoted=True), *given).from_(exp.to_identifier(relation(calendar), quoted=True))
    same_day = exp.EQ(this=exp.column("_day", table=alias, quoted=True), expression=exp.Paren(this=local_day(name).sql))
    return query.join(days.subquery(exp.to_identifier(alias, quoted=True)), on=same_day, join_type="left")


def days_columns(calendar: Calendar, zone: tzinfo) -> dict[str, Ints]:
    """The columns of the calendar's relation, as int64 arrays."""
    return {f"_{name}": column for name, column in day_table(calendar, zone).columns().items()}


def _given(field: str, calendar: Calendar, column: str) -> Lowered:
    return integers.column(_name(field, calendar, column), DAYS_BOUND * DAY)


def _name(field: str, calendar: Calendar, column: str) -> str:
    """A dot keeps it apart from every field."""
    return f"{field}.{calendar.name}.{column}"
