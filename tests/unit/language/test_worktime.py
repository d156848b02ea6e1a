"""Working time in expressions: which moments have one, which calendar is meant, what is joined for it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlglot import exp
from tests.unit.worktime.calendars import OFFICE, SHANGHAI, calendar

from kaohe.errors import KaoheError
from kaohe.language import Bounds, Scope, Type, aggregates, compile_expression, interpret, render, row_sql
from kaohe.language.tree import Call, Worked, walk
from kaohe.language.worked_sql import days_columns, joined, relation
from kaohe.language.worktime import calendars, needs
from kaohe.worktime import ANY_CALENDAR, Calendars, check_calendar

FIELDS = {
    "n": Type("number"),
    "kind": Type("text"),
    "opened_at": Type("datetime"),
    "closed_at": Type("datetime"),
    "due_on": Type("date"),
}
OFFICE_CALENDAR = calendar()
SHOP = check_calendar('format = 1\nhours.sunday = ["08:00-20:00"]\n', "shop.toml", "shop", SHANGHAI).require()
KNOWN = {"office": OFFICE_CALENDAR, "shop": SHOP}
SCOPE = Scope(FIELDS, period=True, calendars=Calendars(KNOWN, "office"))
BOUNDS = Bounds(date(2026, 1, 1), date(2026, 4, 1), SHANGHAI)


def compiled(text, scope=SCOPE, **options):
    return compile_expression(text, scope, **options)


@pytest.mark.parametrize(
    ("text", "code", "column", "found"),
    [
        ("business_time(opened_at, due_on)", "expression.kind", 26, "a date"),
        ("business_time(due_on, due_on)", "expression.kind", 15, "a date"),
        ("business_time(opened_at + hours(1), closed_at)", "expression.computed-moment", 15, None),
        ("business_time(opened_at, max(closed_at, opened_at + days(1)))", "expression.computed-moment", 26, None),
        ('business_time(opened_at, closed_at, "ofice")', "expression.unknown-calendar", 1, "ofice"),
        ("business_time(opened_at, closed_at, kind)", "expression.not-literal", 37, "kind"),
        ("business_time(opened_at)", "expression.missing-argument", 1, "business_time(opened_at)"),
        ('elapsed(opened_at, closed_at, "busines")', "expression.clock", 31, "busines"),
        ("elapsed(opened_at, due_on)", "expression.kinds", 20, "a date"),
    ],
)
def test_what_has_no_working_time_is_refused_at_its_place(text, code, column, found):
    with pytest.raises(KaoheError) as caught:
        compiled(text)
    (problem,) = caught.value.problems
    said = problem.found if isinstance(problem.found, str | None) else problem.found.in_("en")
    assert (problem.code, problem.where.column, said) == (code, column, found)


def test_where_no_calendar_is_named_and_there_is_no_default_it_says_how_to_name_one():
    with pytest.raises(KaoheError, match="no calendar is named") as caught:
        compiled("business_time(opened_at, closed_at)", Scope(FIELDS, calendars=Calendars(KNOWN)))
    assert caught.value.problems[0].expected == "office, shop"


def test_where_there_are_no_calendars_none_can_be_named():
    with pytest.raises(KaoheError, match="there is no calendar office"):
        compiled('business_time(opened_at, closed_at, "office")', Scope(FIELDS))


def test_a_calendar_that_is_not_at_hand_can_be_checked_and_never_be_computed_with():
    expression = compiled('business_time(opened_at, closed_at, "any")', Scope(FIELDS, calendars=ANY_CALENDAR))
    moment = datetime(2026, 1, 5, 9, tzinfo=SHANGHAI)
    with pytest.raises(KaoheError, match="the calendar any does not say"):
        interpret(expression, {"opened_at": moment, "closed_at": moment}, BOUNDS)


def test_an_empty_name_is_the_default_calendar():
    assert (
        compiled('business_time(opened_at, closed_at, "")').tree
        == compiled('business_time(opened_at, closed_at, "office")').tree
    )


def test_a_choice_of_clock_by_a_parameter_leaves_no_trace_of_the_other():
    text = "elapsed(opened_at, closed_at, clock, calendar)"
    of_day = compiled(text, Scope(FIELDS, parameters={"clock": "calendar", "calendar": ""}))
    assert of_day.tree == compiled("closed_at - opened_at").tree
    at_work = compiled(
        text, Scope(FIELDS, parameters={"clock": "business", "calendar": "shop"}, calendars=SCOPE.calendars)
    )
    assert at_work.tree == compiled('business_time(opened_at, closed_at, "shop")').tree


def test_equal_calendars_make_equal_measures():
    text = "mean(business_time(opened_at, closed_at))"
    twin = check_calendar(OFFICE, "elsewhere.toml", "office", SHANGHAI).require()
    one, other = (
        aggregates(compiled(text, Scope(FIELDS, aggregates=True, calendars=Calendars({"office": each}, "office"))))
        for each in (OFFICE_CALENDAR, twin)
    )
    assert one == other
    assert hash(one) == hash(other)


def test_a_field_is_joined_once_and_a_calendar_given_once():
    twice = "business_time(opened_at, closed_at) + business_time(opened_at, period_end)"
    text = f'{twice} + business_time(opened_at, closed_at, "shop")'
    tree = compiled(text).tree
    asked = [(name, each.name) for name, each in needs([tree, tree])]
    assert asked == [("closed_at", "office"), ("opened_at", "office"), ("closed_at", "shop"), ("opened_at", "shop")]
    assert [each.name for each in calendars([tree])] == ["office", "shop"]


def test_the_earlier_of_two_moments_has_the_lesser_working_time():
    tree = compiled("business_time(min(opened_at, closed_at), closed_at)").tree
    assert any(
        isinstance(node, Call) and node.function == "min" and node.type.kind == "duration" for node in walk(tree)
    )
    assert all(isinstance(node.moment.name, str) for node in walk(tree) if isinstance(node, Worked))


def test_a_bound_of_the_period_that_the_calendar_does_not_cover_is_told_before_anything_runs():
    late = Bounds(date(2027, 1, 1), date(2027, 4, 1), SHANGHAI)
    with pytest.raises(KaoheError, match="office does not say"):
        row_sql(compiled("business_time(opened_at, period_end)"), late)


@pytest.fixture(scope="module")
def duck():
    with duckdb.connect(":memory:") as connection:
        for each in KNOWN.values():
            connection.register(relation(each), pa.table(days_columns(each, SHANGHAI)))
        yield connection


FIRST = datetime(2025, 1, 1, tzinfo=SHANGHAI)
moments = st.integers(0, (datetime(2027, 1, 1, tzinfo=SHANGHAI) - FIRST) // timedelta(microseconds=1)).map(
    lambda micros: FIRST + timedelta(microseconds=micros)
)


@given(moments, moments, st.sampled_from(["office", "shop"]))
@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_sql_and_interpreter_agree_on_any_two_moments(duck, first, second, name):
    expression = compiled(f'business_time(opened_at, closed_at, "{name}")')
    names = ("opened_at", "closed_at")
    epoch = datetime(1970, 1, 1, tzinfo=SHANGHAI)
    cells = []
    for each in (first, second):
        local = (each - epoch) // timedelta(microseconds=1)
        cells += [local - 8 * 3_600_000_000, local]
    columns = ", ".join(
        f'{cell} AS "{column}"'
        for cell, column in zip(cells, (f"{n}{s}" for n in names for s in ("", "__local")), strict=True)
    )
    query = exp.select(row_sql(expression, BOUNDS)).from_("records")
    for need in needs([expression.tree]):
        query = joined(query, need, SHANGHAI)
    (found,) = duck.execute(f"WITH records AS (SELECT {columns}) {render(query, 'duckdb')}").fetchone()
    assert found == interpret(expression, {"opened_at": first, "closed_at": second}, BOUNDS)


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "spark"])
def test_the_join_in_every_dialect(dialect):
    expression = compiled('business_time(opened_at, period_end, "shop") <= hours(8)')
    query = exp.select(row_sql(expression, BOUNDS).as_("in_time")).from_("records")
    for need in needs([expression.tree]):
        query = joined(query, need, SHANGHAI)
    # 2,935 Sundays of twelve hours lie between the calendar's first day and the period's end.
    mark = "`" if dialect == "spark" else '"'
    moment = "(opened_at__local + 62162035200000000)"
    day = {"duckdb": f"({moment} // 86400000000)", "postgres": f"(DIV({moment}, 86400000000))"}
    said = render(query, dialect).replace(mark, "")
    assert said == (
        f"SELECT ({2935 * 12 * 3_600_000_000} - "
        "(opened_at.shop.before + GREATEST(LEAST(opened_at, opened_at.shop.closes0) - "
        "opened_at.shop.opens0, 0))) <= 28800000000 AS in_time FROM records LEFT JOIN (SELECT _day, "
        "_before AS opened_at.shop.before, _opens0 AS opened_at.shop.opens0, _closes0 AS opened_at.shop.closes0 "
        "FROM calendar shop) AS shop of opened_at ON shop of opened_at._day = "
        f"({day.get(dialect, f'({moment} DIV 86400000000)')} - 719468)"
    )
