"""Parameters that depend on a record's day: what they mean, how they are read aloud, and which cannot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conformance.back_ends import Database, Table
from tests.unit.scheme.conftest import INDICATORS, TICKET

from kaohe.language import Bounds, Dated, Scope, Spell, Type, compile_expression, interpret
from kaohe.plugin import Indicator, Parameter, Text
from kaohe.run.digest import definition
from kaohe.scheme import Checked, load_scheme
from kaohe.scheme.describe import describe
from kaohe.text import render

Check = Callable[..., Checked]
ZONE = ZoneInfo("Asia/Shanghai")
WINDOW = Bounds(date(2026, 1, 1), date(2026, 4, 1), ZONE)
HEAD = """format = 1
[scheme]
id = "s"
version = "1"
name = "s"
cycle = "quarter"
missing = { policy = "renormalise" }
[[dimensions]]
id = "d"
name = "d"
weight = 100
[[dimensions.indicators]]
use = "crm.response"
weight = 100
"""
SEASON = '{ value = 8, from = "11-15", to = "03-15" }'


def used(check: Check, *rows: str) -> Any:
    return check(f"{HEAD}params = {{ hours_allowed = [{', '.join(rows)}] }}\n").require().indicators[0]


@pytest.mark.parametrize(
    ("opened", "hours", "expected"),
    [
        ("2026-01-10 09:00", 9, False),  # eight hours in the season
        ("2026-01-10 09:00", 8, True),
        ("2026-03-15 23:59", 9, False),  # both days are included, by the clock on the wall
        ("2026-03-16 00:00", 9, True),
        ("2025-11-14 23:59", 24, True),
        ("2025-11-15 00:00", 24, False),
        ("2024-02-29 12:00", 9, False),  # a leap day lies in the season as well
        ("2026-02-03 12:00", 12, True),  # twelve in the first week of that February, written later
        ("2026-02-08 12:00", 12, False),
        ("2027-02-03 12:00", 12, False),
    ],
)
def test_the_value_is_that_of_the_records_day(check: Check, opened: str, hours: int, expected: bool) -> None:
    exception = "{ value = 12, from = 2026-02-01, to = 2026-02-07 }"
    value = used(check, "{ value = 24 }", SEASON, exception).value
    condition = replace(value, tree=value.tree.argument, type=Type("boolean"))
    begun = datetime.fromisoformat(opened).replace(tzinfo=ZONE)
    row = {"opened_at": begun, "responded_at": begun + timedelta(hours=hours)}
    assert interpret(condition, row, WINDOW) is expected


def test_without_a_last_day_it_holds_from_then_on(check: Check) -> None:
    setting = used(check, "{ value = 24 }", "{ value = 12, from = 2026-02-01 }").parameters["hours_allowed"]
    assert setting == Dated(24, (Spell("2026-02-01", None, 12),), "opened_at")
    scope = Scope({"opened_at": Type("datetime")}, parameters={"h": setting})
    found = compile_expression("h", scope)
    moments = [datetime(2026, 1, 31, 15, 59, tzinfo=UTC), datetime(2026, 1, 31, 16, 0, tzinfo=UTC)]
    assert [interpret(found, {"opened_at": moment}, WINDOW) for moment in moments] == [24, 12]
    assert interpret(found, {}, WINDOW) is None


DAYS = st.dates(date(2023, 12, 1), date(2026, 3, 1))


@given(
    day=DAYS,
    seasons=st.lists(st.tuples(DAYS, DAYS, st.integers(0, 9)), max_size=3),
    spans=st.lists(st.tuples(DAYS, st.integers(0, 90), st.integers(10, 19)), max_size=3),
)
def test_every_back_end_gives_the_last_row_that_holds_the_day(
    day: date, seasons: list[tuple[date, date, int]], spans: list[tuple[date, int, int]]
) -> None:
    spells = [Spell(f"{first:%m-%d}", f"{last:%m-%d}", value) for first, last, value in seasons]
    spells += [Spell(f"{first}", f"{first + timedelta(days=more)}", value) for first, more, value in spans]
    expected: int | Decimal = Decimal("0.5")
    for each in spells:
        now, last = (f"{day:%m-%d}" if each.yearly else f"{day}"), each.last or ""
        held = each.first <= now <= last if each.first <= last else now >= each.first or now <= last
        expected = int(each.value) if held else expected
    fields = {"on": Type("date")}
    found = compile_expression("h", Scope(fields, parameters={"h": Dated(Decimal("0.5"), tuple(spells), "on")}))
    assert interpret(found, {"on": day}, WINDOW) == expected
    database = Database("duckdb", lambda query: duckdb.sql(query).fetchone() or ())
    assert database.value(found, Table(fields, [{"on": day}], {"period": WINDOW})) == expected


def test_it_is_read_aloud_and_part_of_the_runs_definition(check: Check) -> None:
    scheme = check(f"{HEAD}params = {{ hours_allowed = [{{ value = 24 }}, {SEASON}] }}\n").require()
    cells = [str(render(cell, "en")) for section in describe(scheme) for row in section.rows for cell in row]
    assert "Hours: 24, 8 every year from 11-15 to 03-15" in cells
    assert definition(scheme.indicators[0])["parameters"] == {"hours_allowed": "24; 11-15…03-15: 8"}


LIST = "dimensions[0].indicators[0].params.hours_allowed"
USUAL = "{ value = 24 }, "


@pytest.mark.parametrize(
    ("rows", "code", "column", "what"),
    [
        ("{ value = 24 }", "wrong-length", 28, f"the list {LIST} is too short"),
        (USUAL + "{ value = 8 }", "dated-parameter", 45, "from which day on does this value hold?"),
        (
            '{ value = 24, from = "01-01" }, ' + SEASON,
            "dated-parameter",
            43,
            "the first row holds on all days that no other holds",
        ),
        (USUAL + '{ value = 8, from = "11-15" }', "dated-parameter", 45, "a season of the year has a last day"),
        (USUAL + '{ value = 8, from = "02-30", to = "03-15" }', "dated-parameter", 65, "there is no such date"),
        (
            USUAL + '{ value = 8, from = "02-01", to = 2026-03-15 }',
            "dated-parameter",
            79,
            "both are days of every year, as in 11-15, or both are dates, as in 2026-03-01",
        ),
        (
            USUAL + "{ value = 8, from = 2026-02-01, to = 2026-01-31 }",
            "dated-parameter",
            82,
            "it ends before it begins",
        ),
        (USUAL + "{ value = 800, from = 2026-02-01 }", "out-of-range", 55, f"{LIST}[1].value is out of range"),
        (USUAL + "{ value = 8, form = 2026-02-01 }", "unknown-key", 58, f"unknown key {LIST}[1].form"),
    ],
)
def test_mistakes_are_told_where_they_stand(check: Check, rows: str, code: str, column: int, what: str) -> None:
    problems = check(f"{HEAD}params = {{ hours_allowed = [{rows}] }}\n").problems
    found = [(each.code, each.where.line, each.where.column, str(each.what)) for each in problems]
    assert found == [(f"scheme.{code}", 15, column, what)]


@pytest.mark.parametrize(
    ("rows", "row"),
    [
        ([SEASON, '{ value = 9, from = "03-15", to = "04-01" }'], 2),
        ([SEASON, '{ value = 9, from = "04-01", to = "05-01" }'], None),
        ([SEASON, "{ value = 9, from = 2026-02-01, to = 2026-02-07 }"], None),
        (["{ value = 9, from = 2026-02-01, to = 2026-02-07 }", SEASON], 2),
        (["{ value = 9, from = 2026-04-01, to = 2026-05-07 }", SEASON], None),
        (["{ value = 9, from = 2026-04-01 }", "{ value = 9, from = 2027-04-01 }"], 2),
        (["{ value = 9, from = 2026-04-01, to = 2027-03-31 }", "{ value = 9, from = 2027-04-01 }"], None),
    ],
)
def test_a_row_that_takes_days_of_another_is_warned_of(check: Check, rows: list[str], row: int | None) -> None:
    checked = check(f"{HEAD}params = {{ hours_allowed = [{{ value = 24 }}, {', '.join(rows)}] }}\n")
    told = [f"on some of these days row {row} holds too: the later row counts"] if row else []
    assert [(each.severity, str(each.what)) for each in checked.problems] == [("warning", what) for what in told]
    assert checked.scheme is not None


def _with_share(value: str, **parameters: Parameter) -> dict[str, Indicator]:
    one = Indicator(
        "crm.odd", Text("怪", "Odd"), Text("怪", "Odd"), "ticket", value, unit="hours", parameters=parameters
    )
    return {each.id: each for each in (*INDICATORS, one)}


def test_a_parameter_that_speaks_of_no_single_record_is_refused() -> None:
    number = Parameter({"type": "number"}, Decimal("0.9"), Text("份额", "Share"))
    for value, reason in (
        ("percentile(responded_at - opened_at, p)", "p is written out, it cannot be computed"),
        ("mean(responded_at - opened_at) * p", "a value of each record stands beside an aggregate over all"),
    ):
        text = HEAD.replace("crm.response", "crm.odd") + (
            "params = { p = [{ value = 0.9 }, { value = 0.5, from = 2026-01-01 }] }\n"
            'curve = { kind = "points", at = [[0, 0], [10, 100]] }\n'
        )
        checked = load_scheme(text, "s.toml", {"ticket": TICKET}, _with_share(value, p=number))
        told = [(each.code, each.where.line, each.where.column, str(each.what)) for each in checked.problems]
        assert told == [("scheme.dated-parameter", 15, 16, f"p of Odd cannot depend on a record's day: {reason}")]
