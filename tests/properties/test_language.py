"""Random well-typed expressions over random rows mean the same on both back ends; random text never gets through."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from tests.conformance.back_ends import Database, Interpreter, Table

from kaohe.errors import KaoheError
from kaohe.exact import to_micros
from kaohe.language import (
    DAY,
    Bounds,
    Expression,
    Scope,
    Type,
    aggregates,
    compile_expression,
    evaluate_columns,
    gather,
    interpret_records,
)

FIELDS = {
    "n": Type("number"),
    "amount": Type("number", 2),
    "rate": Type("number", 4),
    "signed_on": Type("date"),
    "due_on": Type("date"),
    "opened_at": Type("datetime"),
    "closed_at": Type("datetime"),
    "kind": Type("text"),
    "done": Type("boolean"),
}
SHANGHAI, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")
SCOPE = Scope(FIELDS, period=True)
RECORDS = Scope(FIELDS, period=True, aggregates=True, span=("signed_on", "due_on"))


def _decimals(scale: int) -> st.SearchStrategy[Decimal]:
    return st.integers(-(10**9), 10**9).map(lambda units: Decimal(units).scaleb(-scale))


days = st.dates(date(1890, 1, 1), date(2110, 1, 1))
moments = st.builds(
    lambda day, micros: datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(microseconds=micros),
    days,
    st.integers(0, DAY - 1),
)
texts = st.sampled_from(["new", "New", "续约", "it's", "a\\b", "", "12.5", "1,000", "٣"])
rows = st.fixed_dictionaries(
    {},
    optional={
        "n": st.one_of(st.integers(-5, 5), st.integers(-(2**62), 2**62)),
        "amount": _decimals(2),
        "rate": _decimals(4),
        "signed_on": days,
        "due_on": days,
        "opened_at": moments,
        "closed_at": moments,
        "kind": texts,
        "done": st.booleans(),
    },
)


LEAVES = {
    "number": ["n", "amount", "rate", "0", "3", "-2.5", "0.0001"],
    "duration": ["hours(24)", "days(-2)", "(closed_at - opened_at)", "(due_on - signed_on)"],
    "date": ["signed_on", "due_on", 'date("2026-01-31")', "period_start"],
    "datetime": ["opened_at", "closed_at"],
    "text": ["kind", '"new"', "'续约'"],
    "boolean": ["done", "true", "(n > 0)", "(amount >= 100.5)"],
}
GROWN = {
    "number": [
        "({number} + {number})",
        "({number} - {number})",
        "round({number} * rate, 3)",
        "({number} * 0.5)",
        "({number} / {number})",
        "({duration} / {duration})",
        "min({number}, {number})",
        "max({number}, {number}, 2)",
        "abs({number})",
        "-{number}",
        "round({number}, 0)",
        "round({number}, 4)",
        "if_({boolean}, {number}, {number})",
        "month_of(opened_at)",
        "year_of({date})",
        "number({text})",
    ],
    "duration": [
        "({date} - {date})",
        "({datetime} - {datetime})",
        "({duration} + {duration})",
        "({duration} - {duration})",
        "({duration} * 1.25)",
        "(-3 * {duration})",
        "({duration} / 7)",
        "({duration} / n)",
        "({duration} / -0.3)",
        "max({duration}, {duration})",
    ],
    "date": [
        "date_of(opened_at)",
        "({date} + days(3))",
        "({date} - days(40))",
        "min({date}, {date})",
        "if_({boolean}, {date}, {date})",
    ],
    "datetime": ["({datetime} + hours(36))", "({datetime} - minutes(1.5))", "if_({boolean}, {datetime}, {datetime})"],
    "text": ["lower({text})", "if_({boolean}, {text}, kind)"],
    "boolean": [
        "({number} < {number})",
        "({duration} <= {duration})",
        "({date} == {date})",
        "({datetime} != {datetime})",
        "({number} > {number} >= {number})",
        "({text} == {text})",
        "({text} not in ('new', '续约', 'it\\'s'))",
        "({number} in (1, 2.5, {number}))",
        "({boolean} and {boolean} or {boolean})",
        "({boolean} == {boolean})",
        "(not {boolean})",
        "known({number})",
        "known({text})",
        "contains({text}, {text})",
        "is_weekend(opened_at)",
        "is_weekend({date})",
        "in_period({date})",
        "in_period(opened_at)",
    ],
}


def expressions(kind: str, depth: int = 3) -> st.SearchStrategy[str]:
    """The text of a random expression of the kind."""
    if depth == 0:
        return st.sampled_from(LEAVES[kind])
    return st.sampled_from(LEAVES[kind] + GROWN[kind] * 3).flatmap(lambda pattern: _filled(pattern, depth - 1))


def _filled(pattern: str, depth: int) -> st.SearchStrategy[str]:
    """The pattern with a random expression in every place."""
    parts = re.split(r"\{(\w+)\}", pattern)
    drawn = [st.just(part) if index % 2 == 0 else expressions(part, depth) for index, part in enumerate(parts)]
    return st.tuples(*drawn).map("".join)


@pytest.fixture(scope="module")
def duck():
    with duckdb.connect(":memory:") as connection:
        yield Database("duckdb", lambda sql: connection.execute(sql).fetchone())


def _windows(zone: ZoneInfo) -> dict[str, Bounds]:
    window = Bounds(date(2026, 1, 1), date(2026, 4, 1), zone)
    return {"period": window, "previous": Bounds(date(2025, 10, 1), date(2026, 1, 1), zone), "last_year": window}


_patient = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def _compiled(text: str, scope: Scope) -> Expression:
    """The expression; a random product may have too many decimals, but nothing else may be wrong with it."""
    try:
        return compile_expression(text, scope)
    except KaoheError as error:
        if {problem.code for problem in error.problems} <= {"expression.decimals", "expression.too-large"}:
            reject()
        raise


@_patient
@given(st.data(), rows, st.sampled_from([SHANGHAI, NEW_YORK]))
def test_a_row_means_the_same_to_the_interpreter_and_to_duckdb(duck, data, row, zone):
    kind = data.draw(st.sampled_from(["number", "duration", "date", "boolean", "text"]))
    text = data.draw(expressions(kind))
    expression = _compiled(text, SCOPE)
    table = Table(FIELDS, [row], _windows(zone))
    assert Interpreter().value(expression, table) == duck.value(expression, table), text


AGGREGATES = [
    "count(where={boolean})",
    "count_distinct({number})",
    "sum({number})",
    "mean({duration})",
    "share({boolean}, where={boolean})",
    "median({number})",
    "percentile({number}, 0.9)",
    "minimum({number}) - maximum({duration}) / hours(1)",
    "nps({number})",
    "first(amount, by=signed_on)",
    "last(amount, by=opened_at)",
    "sum(amount) / count(where={boolean}) - 1",
    "round(mean({number}) * 3, 2) + max(sum(n), 0)",
    "if_(share({boolean}) > 0.5, mean(amount), -sum(rate))",
    "count(where=at_start({boolean})) / count(where=at_end())",
]


@_patient
@given(st.data(), st.lists(rows, max_size=6))
def test_records_mean_the_same_by_hand_and_in_duckdb(duck, data, records):
    pattern = data.draw(st.sampled_from(AGGREGATES))
    text = pattern.format(**{kind: data.draw(expressions(kind, depth=2)) for kind in ("number", "duration", "boolean")})
    table = Table(FIELDS, records, _windows(SHANGHAI))
    expression = _compiled(text, RECORDS)
    by_hand = Interpreter().figure(expression, table)
    if by_hand is not None and abs(by_hand) > 2**42:  # beyond what columns of 64 bits can hold at six decimals
        return
    assert by_hand == duck.figure(expression, table), text


counts = st.lists(st.integers(-(10**11), 10**11), min_size=1, max_size=5)


@given(counts, st.sampled_from([1, 3, 3_600_000_000]))
def test_columns_are_the_exact_fractions_rounded_once(numerators, divisor):
    expression = compile_expression("sum(n) / (count() + 1) - 7 * mean(n)", RECORDS)
    window = _windows(SHANGHAI)["period"]
    people = [[{"n": number}, {"n": 2 * number + 1}] for number in numerators]
    parts = {
        aggregate: {
            name: np.array([gather(aggregate, records, window)[name] for records in people])
            for name in gather(aggregate, people[0], window)
        }
        for aggregate in aggregates(expression)
    }
    micros, known, sample = evaluate_columns(expression, parts, divisor=divisor)
    exact = [interpret_records(expression, records, window) for records in people]
    assert known.all()
    assert micros.tolist() == [to_micros(Fraction(value) / divisor) for value in exact]
    assert sample.tolist() == [2] * len(people)


WORDS = re.findall(
    r"\S+",
    "n kind not and or in if else lambda for ( ) , == < + sum if_ 1 'a' . * ** = := await [ ] yield None #",
)
ALPHABET = "abn().,+-*/<>=!\"' \n\\0123456789_[]{}:;@#&|~^%华，（）“０\u200b\x00\ud800"


@settings(max_examples=400, deadline=None)
@given(
    st.one_of(
        st.text(alphabet=ALPHABET, max_size=60),
        st.lists(
            st.sampled_from(WORDS),
            max_size=25,
        ).map(" ".join),
    )
)
def test_any_text_is_an_expression_or_a_mistake_with_a_place(text):
    try:
        kind = compile_expression(text, SCOPE).type.kind
        problems = ()
    except KaoheError as error:
        kind, problems = None, error.problems
    assert kind or problems
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for problem in problems:
        assert 1 <= problem.where.line <= len(lines)
        assert 1 <= problem.where.column <= len(lines[problem.where.line - 1]) + 1


@given(days, st.integers(0, 86_399))
def test_the_calendar_of_the_lowered_sql_is_that_of_the_standard_library(day, second):
    moment = datetime(day.year, day.month, day.day, tzinfo=NEW_YORK) + timedelta(seconds=second)
    table = Table(FIELDS, [{"opened_at": moment}], _windows(NEW_YORK))
    with duckdb.connect(":memory:") as connection:
        machine = Database("duckdb", lambda sql: connection.execute(sql).fetchone())
        found = machine.value(compile_expression("year_of(opened_at) * 100 + month_of(opened_at)", SCOPE), table)
    local = moment.astimezone(UTC).astimezone(NEW_YORK)
    assert found == local.year * 100 + local.month
