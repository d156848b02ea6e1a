"""Who is appraised: attributes in the period, days, and why people are left out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from kaohe.period import parse_period
from kaohe.run.population import Assignment, Member, attributes_in, days_covered

Q1 = parse_period("2026-Q1")


def assignment(starts: str, ends: str | None, team: str = "T1", role: str = "agent") -> Assignment:
    return Assignment(team, role, "M1", date.fromisoformat(starts), None if ends is None else date.fromisoformat(ends))


def member(*assignments: Assignment) -> Member:
    return Member("P1", "王芳", 600_000, {"region": "华东"}, assignments)


def test_days_count_once_however_many_assignments_cover_them() -> None:
    both = [assignment("2026-01-01", "2026-02-01"), assignment("2026-01-15", "2026-03-01")]
    assert days_covered(both, Q1) == 59


def test_days_outside_the_period_do_not_count() -> None:
    assert days_covered([assignment("2020-01-01", None)], Q1) == 90
    assert days_covered([assignment("2026-03-31", "2026-05-01")], Q1) == 1


def test_after_a_transfer_the_last_team_counts() -> None:
    moved = member(assignment("2025-01-01", "2026-02-15", "北区"), assignment("2026-02-15", None, "南区"))
    attributes = attributes_in(moved, Q1)
    assert attributes is not None
    assert attributes["team"] == "南区"
    assert attributes["days_in_period"] == 90
    assert attributes["joined_on"] == date(2025, 1, 1)
    assert attributes["left_on"] is None
    assert attributes["region"] == "华东"
    assert attributes["bonus_base"] == Decimal("6000")


def test_who_left_during_the_period_has_a_last_day_and_fewer_days() -> None:
    attributes = attributes_in(member(assignment("2025-06-01", "2026-01-31")), Q1)
    assert attributes is not None
    assert attributes["left_on"] == date(2026, 1, 31)
    assert attributes["days_in_period"] == 30


def test_nobody_is_in_a_period_without_an_assignment() -> None:
    assert attributes_in(member(assignment("2025-01-01", "2026-01-01")), Q1) is None
    assert attributes_in(member(), Q1) is None
