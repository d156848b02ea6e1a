"""Who is appraised: attributes in the period, days, the scheme's population, and why people are left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.appraise.builder import scheme
from tests.unit.records.store_kit import SHANGHAI, TYPES, hire

from kaohe.language import Scope, Type, compile_expression
from kaohe.period import parse_period
from kaohe.records import open_store, take_snapshot
from kaohe.run.organisation.assignments import Assignment, days_covered
from kaohe.run.organisation.members import read_members
from kaohe.run.organisation.population import populate
from kaohe.run.organisation.service import attributes_in
from kaohe.run.organisation.staff import Member

Q1 = parse_period("2026-Q1")


def assignment(
    starts: str, ends: str | None, team: str = "T1", *, base: int | None = None, **attributes: str
) -> Assignment:
    last = None if ends is None else date.fromisoformat(ends)
    return Assignment(team, "agent", "M1", date.fromisoformat(starts), last, base, attributes)


def member(*assignments: Assignment) -> Member:
    return Member("P1", "王芳", assignments)


def known(*assignments: Assignment, period: str = "2026-Q1") -> dict[str, Any]:
    attributes = attributes_in(member(*assignments), parse_period(period))
    assert attributes is not None
    return attributes


def test_days_count_once_however_many_assignments_cover_them() -> None:
    both = [assignment("2026-01-01", "2026-02-01"), assignment("2026-01-15", "2026-03-01")]
    assert days_covered(both, Q1) == 59


def test_days_outside_the_period_do_not_count() -> None:
    assert days_covered([assignment("2020-01-01", None)], Q1) == 90
    assert days_covered([assignment("2026-03-31", "2026-05-01")], Q1) == 1


DAYS = st.dates(date(2025, 10, 1), date(2026, 6, 30))


@given(st.lists(st.tuples(DAYS, st.none() | DAYS).filter(lambda span: span[1] is None or span[0] < span[1])))
def test_days_are_those_of_the_period_on_which_any_assignment_holds(spans: list[tuple[date, date | None]]) -> None:
    days = [Q1.start + timedelta(days=number) for number in range(Q1.days)]
    expected = sum(any(start <= day and (end is None or day < end) for start, end in spans) for day in days)
    touching = [Assignment(None, None, None, start, end) for start, end in spans if Q1.overlap(start, end) > 0]
    assert days_covered(touching, Q1) == expected


def test_after_a_transfer_the_last_team_counts() -> None:
    attributes = known(assignment("2025-01-01", "2026-02-15", "北区"), assignment("2026-02-15", None, "南区"))
    assert attributes["team"] == "南区"
    assert attributes["days_in_period"] == 90
    assert attributes["joined_on"] == date(2025, 1, 1)
    assert attributes["left_on"] is None


MOVES = (
    assignment("2025-01-01", "2026-02-15", base=600_000, region="华东", grade="7"),
    assignment("2026-02-15", "2026-05-01", region="华南"),
    assignment("2026-05-01", None, base=700_000, grade="8", mentor="M2"),
)


@pytest.mark.parametrize(
    ("period", "region", "grade", "base"),
    [
        ("2025-Q4", "华东", "7", "6000"),
        ("2026-Q1", "华南", "7", "6000"),  # of base and grade the row of the move says nothing
        ("2026-Q2", "华南", "8", Fraction(6000 * 30 + 7000 * 61, 91)),  # 30 days before the move, 61 after
        ("2026-Q3", "华南", "8", "7000"),
    ],
)
def test_attributes_and_base_follow_a_transfer(period: str, region: str, grade: str, base: str | Fraction) -> None:
    for order in (MOVES, MOVES[::-1]):
        attributes = known(*order, period=period)
        assert (attributes["region"], attributes["grade"], attributes["bonus_base"]) == (
            region,
            grade,
            Decimal(base) if isinstance(base, str) else base,
        )


def test_what_only_a_later_assignment_says_is_unknown_before_it() -> None:
    assert "mentor" not in known(*MOVES)
    assert known(assignment("2026-01-01", "2026-04-01"), *MOVES[2:])["bonus_base"] is None
    assert known(*MOVES[2:], period="2026-Q2")["mentor"] == "M2"


def test_a_transfer_is_read_back_from_a_snapshot(tmp_path: Path) -> None:
    store = open_store("sqlite:///kaohe.db", TYPES, folder=tmp_path)
    rows = (
        {"team": "北区", "from": date(2025, 1, 1), "to": date(2026, 2, 14), "region": "华东", "bonus_base": 600_000},
        {"team": "南区", "from": date(2026, 2, 15), "region": "华南"},
    )
    hire(store, [{"code": "P1", **row} for row in rows])
    (moved,) = read_members(take_snapshot(store, [], tmp_path / "snapshots", SHANGHAI))
    store.close()
    assert [dict(each.attributes) for each in moved.assignments] == [{"region": "华东"}, {"region": "华南"}]
    found = [attributes_in(moved, parse_period(period)) or {} for period in ("2025-Q4", "2026-Q1")]
    assert [each["region"] for each in found] == ["华东", "华南"]
    assert [each["bonus_base"] for each in found] == [Decimal("6000"), Decimal("6000")]


def test_a_base_of_nothing_is_not_an_unknown_base() -> None:
    assert known(MOVES[0], assignment("2026-04-01", None, base=0), period="2026-Q2")["bonus_base"] == 0
    assert known(MOVES[0], assignment("2026-02-15", None, base=0))["bonus_base"] == 3000


def test_who_left_during_the_period_has_a_last_day_and_fewer_days() -> None:
    attributes = attributes_in(member(assignment("2025-06-01", "2026-01-31")), Q1)
    assert attributes is not None
    assert attributes["left_on"] == date(2026, 1, 31)
    assert attributes["days_in_period"] == 30


def test_nobody_is_in_a_period_without_an_assignment() -> None:
    assert attributes_in(member(assignment("2025-01-01", "2026-01-01")), Q1) is None
    assert attributes_in(member(), Q1) is None


NAMES = {
    "role": Type("text"),
    "region": Type("text"),
    "grade": Type("text"),
    "days_in_period": Type("number"),
    "bonus_base": Type("number", 2),
    "joined_on": Type("date"),
    "left_on": Type("date"),
}


def covered(population: str | None, *members: Member) -> tuple[list[str], dict[str, str]]:
    """The codes that a scheme of this population covers, and why the others are left out."""
    names = {**NAMES, **{f"person.{name}": kind for name, kind in NAMES.items()}}
    compiled = None if population is None else compile_expression(population, Scope(names))
    found = populate(replace(scheme(), population=compiled), members, Q1)
    return list(found.people.code), {each.code: each.kind for each in found.left_out}


def person(
    code: str, *assignments: Assignment, attributes: Mapping[str, str] | None = None, base: int | None = 100
) -> Member:
    first, *rest = assignments or (assignment("2025-01-01", None),)
    return Member(code, code, (replace(first, bonus_base=base, attributes=attributes or {}), *rest))


def test_without_a_population_everybody_with_an_assignment_is_covered() -> None:
    gone = person("P0", assignment("2025-01-01", "2025-12-31"))
    assert covered(None, person("P2"), gone, person("P1")) == (["P1", "P2"], {"P0": "assignment"})


@pytest.mark.parametrize(
    ("population", "kinds"),
    [
        ('region == "华东"', {"south": "population", "none": "unknown"}),
        ('person.region == "华东"', {"south": "population", "none": "unknown"}),
        ('region != "华南"', {"south": "population", "none": "unknown"}),
        ('known(region) and region != "华南"', {"south": "population", "none": "population"}),
        ('region == "华东" or role == "agent"', {}),
        ('not (region == "华东")', {"east": "population", "none": "unknown"}),
        ("bonus_base >= 1", {"none": "unknown"}),
        ("days_in_period >= 91", {"east": "population", "south": "population", "none": "population"}),
    ],
)
def test_what_is_not_known_of_a_person_is_neither_yes_nor_no(population: str, kinds: dict[str, str]) -> None:
    members = (
        person("east", attributes={"region": "华东"}),
        person("south", attributes={"region": "华南"}),
        person("none", base=None),
    )
    codes, left_out = covered(population, *members)
    assert left_out == kinds
    assert codes == sorted({"east", "south", "none"} - set(kinds))


def test_an_attribute_that_nobody_has_leaves_everybody_unknown() -> None:
    assert covered('grade == "7"', person("P1"), person("P2")) == ([], {"P1": "unknown", "P2": "unknown"})


def test_when_people_came_and_left_can_be_asked() -> None:
    members = (
        person("new", assignment("2026-02-01", None)),
        person("old", assignment("2020-01-01", "2025-06-01"), assignment("2025-07-01", None)),
        person("left", assignment("2020-01-01", "2026-03-01")),
    )
    assert covered("days_in_period >= 60", *members)[0] == ["old"]
    assert covered("not known(left_on)", *members)[0] == ["new", "old"]


def test_columns_are_in_the_order_of_the_codes_whatever_the_order_of_the_members() -> None:
    members = [person(code, base=int(code[1:])) for code in ("P3", "P10", "P1")]
    found = populate(scheme(), members, Q1)
    assert found.people.code == ("P1", "P10", "P3")
    assert found.people.attribute("bonus_base") == (Decimal("0.01"), Decimal("0.1"), Decimal("0.03"))
    assert found.people.worked.tolist() == [90, 90, 90]
