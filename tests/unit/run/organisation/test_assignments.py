"""Time in the period: bases by days and fraction over every assignment, day by day as the slow way has it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.appraise.builder import coefficient_bonus, scheme, table

from kaohe.appraise import appraise
from kaohe.exact import MICRO
from kaohe.period import parse_period
from kaohe.run.organisation.assignments import Assignment, over_full_time
from kaohe.run.organisation.population import populate
from kaohe.run.organisation.service import attributes_in
from kaohe.run.organisation.staff import Member

Q1 = parse_period("2026-Q1")
START, HALF, END = date(2026, 1, 1), date(2026, 2, 15), date(2026, 4, 1)


def job(starts: date, ends: date | None, base: int | None, fraction: str = "1", team: str = "T1") -> Assignment:
    return Assignment(team, "agent", None, starts, ends, base, fraction=int(Decimal(fraction) * MICRO))


def base_of(*jobs: Assignment) -> object:
    return (attributes_in(Member("P1", "P1", jobs), Q1) or {})["bonus_base"]


def paid(*jobs: Assignment) -> int:
    """The bonus in fen at a coefficient of 1, prorated by days."""
    people = populate(scheme(), [Member("P1", "P1", jobs)], Q1).people
    made = scheme(bonus=coefficient_bonus(prorate="days"))
    return int(appraise(made, people, table(a=[80])).bonus[0])


def test_a_transfer_pays_each_base_for_its_days() -> None:
    assert paid(job(START, HALF, 600_000), job(HALF, None, 900_000)) == 750_000


def test_two_jobs_at_once_add_up_by_fraction() -> None:
    both = (job(START, None, 600_000, "0.6"), job(START, None, 900_000, "0.4", "T2"))
    assert paid(*both) == 720_000
    assert (attributes_in(Member("P1", "P1", both), Q1) or {})["full_time_days"] == 90


def test_half_of_full_time_is_half_of_the_base() -> None:
    assert base_of(job(START, None, 600_000, "0.5")) == Decimal(3000)


def test_joiners_and_leavers_are_paid_for_their_days() -> None:
    assert paid(job(HALF, None, 600_000)) == 300_000
    assert paid(job(date(2020, 1, 1), date(2026, 1, 2), 900_000)) == 10_000
    assert paid(job(date(2020, 1, 1), date(2026, 1, 11), 600_000), job(date(2026, 3, 22), None, 600_000)) == 133_333


def test_a_job_that_states_no_base_adds_none_beside_one_that_does_and_else_continues_the_newest() -> None:
    assert paid(job(START, None, 600_000), job(HALF, None, None, team="T2")) == 600_000
    assert paid(job(START, HALF, 600_000), job(HALF, None, None, team="T2")) == 600_000
    assert paid(job(START, HALF, 600_000), job(HALF, None, 300_000), job(HALF, None, None, "1", "T3")) == 450_000
    assert base_of(job(START, HALF, None), job(HALF, None, 600_000)) is None


def test_more_than_full_time_is_warned_of_by_name() -> None:
    twice = Member("P1", "P1", (job(START, None, 600_000), job(START, None, 600_000, team="T2")))
    once = Member("P2", "P2", (job(START, None, 600_000),))
    problem = over_full_time(populate(scheme(), [twice, once], Q1).people)
    assert problem is not None
    assert (problem.severity, problem.found) == ("warning", "P1 (180)")
    assert over_full_time(populate(scheme(), [once], Q1).people) is None


JOBS = st.lists(
    st.tuples(
        st.dates(date(2025, 12, 1), date(2026, 4, 30)),
        st.none() | st.integers(1, 120),
        st.integers(0, 10**7),
        st.sampled_from(["1", "0.5", "0.333333", "0.2"]),
    ),
    min_size=1,
    max_size=4,
)


def jobs_of(drawn: list[tuple[date, int | None, int, str]]) -> list[Assignment]:
    return [
        job(start, None if days is None else start + timedelta(days=days), base, fraction)
        for start, days, base, fraction in drawn
    ]


def day_by_day(jobs: list[Assignment]) -> Fraction:
    """The prorated base in yuan, every day of the period for itself."""
    days = [Q1.start + timedelta(days=number) for number in range(Q1.days)]
    earned = sum(
        Fraction(each.bonus_base or 0, 100) * Fraction(each.fraction, MICRO)
        for day in days
        for each in jobs
        if each.starts <= day and (each.ends is None or day < each.ends)
    )
    return Fraction(earned) / Q1.days


@given(JOBS)
def test_the_prorated_base_is_the_sum_over_the_days_exactly(drawn: list[tuple[date, int | None, int, str]]) -> None:
    jobs = jobs_of(drawn)
    attributes = attributes_in(Member("P1", "P1", tuple(jobs)), Q1)
    if attributes is None:
        assert day_by_day(jobs) == 0
        return
    assert Fraction(attributes["bonus_base"]) * attributes["days_in_period"] / Q1.days == day_by_day(jobs)


@given(JOBS, st.data())
def test_cutting_an_assignment_in_two_changes_nothing(
    drawn: list[tuple[date, int | None, int, str]], data: st.DataObject
) -> None:
    jobs = jobs_of(drawn)
    which = data.draw(st.integers(0, len(jobs) - 1))
    whole = jobs[which]
    last = whole.ends or date(2026, 6, 1)
    middle = data.draw(st.dates(whole.starts, last))
    if not whole.starts < middle < last:
        return
    halves = [
        replace(whole, ends=middle),
        replace(whole, starts=middle, bonus_base=data.draw(st.just(whole.bonus_base))),
    ]
    cut = [*jobs[:which], *halves, *jobs[which + 1 :]]
    keys = ("bonus_base", "days_in_period", "full_time_days", "joined_on", "left_on")
    one, other = (attributes_in(Member("P1", "P1", tuple(each)), Q1) for each in (jobs, cut))
    assert {key: (one or {}).get(key) for key in keys} == {key: (other or {}).get(key) for key in keys}


@pytest.mark.parametrize("order", [1, -1])
def test_the_order_of_assignments_changes_nothing(order: int) -> None:
    jobs = (job(START, HALF, 600_000), job(HALF, None, None, team="T2"), job(START, None, 100_000, "0.5", "T3"))
    assert base_of(*jobs[::order]) == Decimal(3500)
