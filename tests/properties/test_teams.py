"""Whole teams against a slow reference: counts, sums and medians by the team of each record's day, points that flow."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.properties.test_attribution import CODES, DAYS, PLAIN, RECORDS, jobs, main_on, opened_on
from tests.unit.appraise.builder import dimension, scheme, used
from tests.unit.engine.scan_kit import CUSTOMER, Q1, Q1_WINDOWS, TICKET, snapshot
from tests.unit.run.transfer_kit import TYPES, each_day, member

from kaohe.appraise.model import People, Span, Values
from kaohe.appraise.teams import score_teams
from kaohe.engine import DuckEngine
from kaohe.exact import MICRO, from_micros, to_micros
from kaohe.run.credit.attribution import relations
from kaohe.run.measuring.measure import measure
from kaohe.run.organisation.population import populate
from kaohe.run.organisation.staff import Member
from kaohe.run.teams.whole import Team, as_people, teams_in
from kaohe.scheme import load_scheme
from kaohe.scheme.teams import of_teams

VALUES = {
    "tickets": ("ticket", "count()"),
    "cost": ("ticket", "sum(cost)"),
    "middle": ("ticket", "median(cost)"),
    "before": ("ticket", "previous(count())"),
    "kept": ("customer", "count(where=at_start())"),
}
SCHEME = """format = 1
[scheme]
id = "s"
version = "1"
name = "s"
cycle = "quarter"
weights = "relative"
missing = { policy = "zero" }
[[dimensions]]
id = "d"
name = "d"
weight = 1
level = "team"
""" + "".join(
    f'[[dimensions.indicators]]\nuse = "{key}"\nweight = 1\ncurve = {{ kind = "points", at = [[0, 0], [1, 1]] }}\n'
    for key in VALUES
) + "".join(
    f'[[indicators]]\nid = "{key}"\nname = "{key}"\nrecords = "{records}"\nvalue = "{value}"\n'
    for key, (records, value) in VALUES.items()
)  # fmt: skip


def of_teams_in(
    folder: Path, members: Sequence[Member], rows: Sequence[Any], customers: Sequence[Any] = ()
) -> dict[str, dict[str, Fraction | None]]:
    """What the engine finds for each team that anybody was in, by its name."""
    folder.mkdir(exist_ok=True)
    scheme = load_scheme(SCHEME, "s.toml", TYPES, {}).require()
    part = of_teams(scheme)
    assert part is not None
    numbered = [{"no": str(number), **row} for number, row in enumerate(rows)]
    taken = snapshot(folder, {"ticket": (TICKET, [numbered]), "customer": (CUSTOMER, [customers])})
    teams = as_people(teams_in(members, Q1, {}), Q1)
    joined = relations(scheme, members, populate(scheme, members, Q1))
    values, _counts = measure(part, TYPES, taken, DuckEngine(), Q1_WINDOWS, teams.code, joined, "team")
    return {
        team: {
            key: Fraction(from_micros(int(each.micros[row]))) if each.known[row] else None
            for key, each in values.items()
        }
        for row, team in enumerate(teams.code)
    }


def some(teams: Sequence[str | None]) -> People:
    """People, or teams, with these teams."""
    codes = tuple(f"{number:03}" for number in range(len(teams)))
    return People(codes, {"team": tuple(teams)}, np.full(len(teams), Q1.days), Q1.days)


def team_on(members: Sequence[Member], owner: str | None, day: date) -> str | None:
    found = [main_on(each.assignments, day) for each in members if each.code == owner]
    return found[0].team if found and found[0] is not None else None


@PLAIN
@given(st.lists(st.lists(jobs(), max_size=3), min_size=3, max_size=3), RECORDS, st.lists(DAYS, max_size=4))
def test_a_teams_figures_are_those_of_its_people_on_each_records_day(
    tmp_path: Path, all_jobs: list[Any], rows: list[Any], since: list[date]
) -> None:
    members = [member(code, *held) for code, held in zip(CODES, all_jobs, strict=True)]
    customers = [
        {"code": str(number), "owner": CODES[number % 3], "since": (day - date(1970, 1, 1)).days, "left_on": None}
        for number, day in enumerate(since)
    ]
    found = of_teams_in(tmp_path / "s", members, rows, customers)
    for team, figures in found.items():
        theirs = [row for row in rows if team_on(members, row["owner"], opened_on(row)) == team]
        now = [row["cost"] for row in theirs if Q1.start <= opened_on(row) < Q1.end]
        assert figures["tickets"] == len(now)
        assert figures["cost"] == Fraction(sum(now), 100)
        middle = Fraction(str(statistics.median(now))) / 100 if now else None
        assert figures["middle"] == (None if middle is None else Fraction(to_micros(middle), MICRO))
        assert figures["before"] == sum(Q1.previous.start <= opened_on(row) < Q1.start for row in theirs)
        # A customer is there since before: taken as of the first day of the quarter.
        first = [each for each, day in zip(customers, since, strict=True) if day < Q1.start]
        assert figures["kept"] == sum(team_on(members, each["owner"], Q1.start) == team for each in first)


@given(
    st.lists(st.tuples(st.integers(0, 100 * MICRO), st.booleans()), min_size=1, max_size=4),
    st.lists(
        st.lists(st.tuples(st.sampled_from(["t0", "t1", "t2", "t3", None]), st.integers(1, 92), st.integers(1, MICRO))),
        min_size=1,
        max_size=4,
    ),
)
def test_points_flow_by_days_and_fraction_and_teams_without_data_are_left_out(
    teams: list[tuple[int, bool]], lives: list[list[tuple[str | None, int, int]]]
) -> None:
    about_people = scheme(dimension("d", replace(used("k"), level="team")))
    names = tuple(f"t{number}" for number in range(len(teams)))
    known = np.array([there for _points, there in teams])
    values = Values(np.array([points for points, _there in teams]) * known, known, np.ones(len(teams), np.int64))
    spans = tuple(tuple(Span(team, None, Q1.start, days, part, None) for team, days, part in life) for life in lives)
    people = replace(some([None] * len(lives)), spans=spans)
    part = of_teams(about_people)
    assert part is not None
    found = score_teams(part, some(names), {"k": values}, people)
    earned, there = found.flow("k")
    for row, life in enumerate(lives):
        counted = [
            (int(found.points["k"][names.index(team)]), days * part)
            for team, days, part in life
            if team in names and known[names.index(team)]
        ]
        assert there[row] == bool(counted)
        if counted:
            mean = Fraction(sum(points * time for points, time in counted), sum(time for _points, time in counted))
            assert int(earned[row]) == (2 * mean + 1) // 2


@PLAIN
@given(st.lists(st.lists(st.tuples(jobs(), st.sampled_from((None, *CODES))), max_size=3), min_size=3, max_size=3))
def test_a_teams_days_and_heads_and_manager_are_those_told_day_by_day(all_jobs: list[Any]) -> None:
    held = [[replace(job, manager=manager) for job, manager in each] for each in all_jobs]
    members = [Member(code, code, tuple(each)) for code, each in zip(CODES, held, strict=True)]
    days, last = each_day(Q1.start, Q1.end), Q1.end - timedelta(days=1)
    expected = []
    for team in "ABC":
        spent = sum(any(job.holds_on(day) for each in held for job in each if job.team == team) for day in days)
        mains = [main for each in held if (main := main_on(each, last)) and main.team == team]
        above = sorted(main.manager for main in mains if main.manager is not None)
        if spent:
            expected.append(Team(f"T{team}", team, spent, len(mains), max(above, key=above.count, default=None)))
    assert teams_in(members, Q1, {team: f"T{team}" for team in "ABC"}) == tuple(expected)
