"""Every case of ``cases/`` on every back end. A case is data: see ``cases/README.md``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest
from tests.conformance.back_ends import Database, Interpreter, Table

from kaohe.errors import KaoheError
from kaohe.language import Bounds, Scope, Type, compile_expression
from kaohe.period import parse_period
from kaohe.worktime import Calendars, check_calendar

CASES = Path(__file__).parent / "cases"
CALENDARS = {
    path.stem: check_calendar(path.read_text("utf-8"), path.name, path.stem, ZoneInfo("Asia/Shanghai")).require()
    for path in (CASES / "calendars").glob("*.toml")
}
_DURATION = re.compile(r"(-?)(\d+)h(?:(\d+)m)?(?:([\d.]+)s)?")


@dataclass(frozen=True)
class Case:
    """One expression over one row (or several) and what must come of it."""

    name: str
    expression: str
    fields: Mapping[str, Type]
    rows: tuple[Mapping[str, Any], ...]
    expect: Any
    zone: str
    period: str
    when: str | None
    span: tuple[str, str] | None
    parameters: Mapping[str, Any]
    calendars: Calendars
    aggregate: bool

    def scope(self) -> Scope:
        return Scope(
            self.fields,
            parameters=self.parameters,
            aggregates=self.aggregate,
            period=True,
            span=self.span,
            calendars=self.calendars,
        )

    def table(self) -> Table:
        period, zone = parse_period(self.period), ZoneInfo(self.zone)
        windows = {"period": period, "previous": period.previous, "last_year": period.last_year}
        bounds = {name: Bounds(window.start, window.end, zone) for name, window in windows.items()}
        rows = [{name: typed(value, self.fields[name].kind) for name, value in row.items()} for row in self.rows]
        return Table(self.fields, rows, bounds, self.when)


def load() -> Iterator[Case]:
    for path in sorted(CASES.glob("*.toml")):
        document = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
        fields = {name: _type(word) for name, word in document["fields"].items()}
        for case in document["case"]:
            span = case.get("span", document.get("span"))
            yield Case(
                f"{path.stem}: {case.get('name', case['expression'])}",
                case["expression"],
                fields,
                tuple(case["rows"] if "rows" in case else [case.get("row", {})]),
                case.get("expect"),
                case.get("zone", document.get("zone", "Asia/Shanghai")),
                case.get("period", document.get("period", "2026-Q1")),
                case.get("when", document.get("when")),
                tuple(span) if span else None,
                case.get("parameters", {}),
                Calendars(CALENDARS, document.get("calendar")),
                "rows" in case,
            )


def _type(word: str) -> Type:
    kind, _, scale = word.partition(":")
    return Type(kind, int(scale or 0))


def typed(value: Any, kind: str) -> Any:
    """A value as the file writes it → as a row holds it."""
    match kind:
        case "number":
            return Decimal(str(value))
        case "date":
            return date.fromisoformat(value) if isinstance(value, str) else value
        case "datetime":
            return datetime.fromisoformat(value) if isinstance(value, str) else value
        case "duration":
            return duration(value)
        case _:
            return value


def duration(word: str) -> int:
    """26h, -1h30m or 0h0m1.5s as microseconds."""
    match = _DURATION.fullmatch(word)
    assert match, word
    sign, hours, minutes, seconds = match.groups()
    length = timedelta(hours=int(hours), minutes=int(minutes or 0), seconds=float(seconds or 0))
    return (-1 if sign else 1) * (length // timedelta(microseconds=1))


ALL = list(load())


@pytest.fixture(scope="module")
def duck():
    with duckdb.connect(":memory:") as connection:
        yield Database("duckdb", lambda sql: connection.execute(sql).fetchone())


@pytest.fixture(scope="module")
def postgresql(postgresql_server):
    import psycopg

    with psycopg.connect(f"{postgresql_server}/postgres", autocommit=True) as connection:
        yield Database("postgres", lambda sql: connection.execute(sql).fetchone())


@pytest.mark.parametrize("back_end", ["interpreter", "duck", "postgresql"])
@pytest.mark.parametrize("case", ALL, ids=[case.name for case in ALL])
def test_every_back_end_gives_what_the_case_expects(case, back_end, request):
    machine = Interpreter() if back_end == "interpreter" else request.getfixturevalue(back_end)
    expression = compile_expression(case.expression, case.scope())
    if case.aggregate:
        expected = None if case.expect is None else figure(case.expect)
        assert machine.figure(expression, case.table()) == expected
    else:
        expected = None if case.expect is None else typed(case.expect, expression.type.kind)
        assert machine.value(expression, case.table()) == expected


def figure(expected: Any) -> Decimal:
    """A number, or a duration as its microseconds."""
    return Decimal(duration(expected)) if isinstance(expected, str) and "h" in expected else Decimal(str(expected))


def test_there_are_enough_cases_and_no_two_of_one_name():
    assert len(ALL) >= 150
    assert len({case.name for case in ALL}) == len(ALL)


def test_a_wrong_expectation_is_noticed():
    case = replace(next(case for case in ALL if case.expect is True), expect=False)
    with pytest.raises(AssertionError):
        test_every_back_end_gives_what_the_case_expects(case, "interpreter", None)


def test_a_case_with_an_unknown_field_is_refused():
    with pytest.raises(KaoheError, match="unknown-name"):
        compile_expression("no_such_field", ALL[0].scope())
