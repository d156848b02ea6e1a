"""Whole teams in a run, by hand: people get their teams' points, teams are appraised, explanations go down to counts.

Tickets in time in the quarter: 北一队 P1 3 of 4, P2 2 of 2 → 5 of 6; 南一队 P3 0 of 0 known and one open and late,
P4 1 of 3, P5 1 of 1 → 2 of 4 known. P5 is a lead whom the scheme about people does not cover.
"""

from __future__ import annotations

from fractions import Fraction

import pytest
from tests.scenarios.desk import Desk
from tests.tiny import PEOPLE, SCHEME, evaluated, write

from kaohe.exact import from_micros
from kaohe.report.data import run_data
from kaohe.report.tree import tree_lines
from kaohe.run import Run
from kaohe.run.explain import explain, find_person

AT_TEAMS = SCHEME.replace('  use    = "in_time"\n', '  use    = "in_time"\n  level  = "team"\n')
OF_TEAMS = (
    SCHEME.replace("population = 'role == \"agent\"'", 'subject    = "team"')
    .replace("person.bonus_base", "size * 1000")
    .replace('[bonus]\nkind    = "coefficient"', '[bonus]\nkind    = "pool"\npool    = 9000')
)


@pytest.fixture
def moved(tiny: Desk) -> Desk:
    """P2 is in the other team from the first of March, half of the time of full."""
    text = PEOPLE.replace("bonus_base,from,to\n", "bonus_base,from,to,fraction\n")
    lines = [f"{line}," for line in text.splitlines()[1:]]
    lines[1] = "P2,李四,北一队,agent,华东,6000,2025-01-01,2026-02-28,1"
    lines.append("P2,李四,南一队,agent,华东,6000,2026-03-01,,0.5")
    written = "\n".join([text.splitlines()[0], *lines]) + "\n"
    tiny.do("people", "import", write(tiny, "people.csv", written), "--update")
    return tiny


def run_of(desk: Desk, text: str) -> Run:
    write(desk, "schemes/tiny.toml", text)
    return evaluated(desk)[0]


def points(run: Run, key: str) -> dict[str, str | None]:
    found = zip(run.appraisal.people.code, run.appraisal.points[key], run.appraisal.counted[key], strict=True)
    return {code: str(from_micros(each)) if counted else None for code, each, counted in found}


def told(run: Run, who: str) -> str:
    return "\n".join(tree_lines(explain(run, find_person(run, who)), "en"))


def test_everybody_has_the_points_of_the_team_which_is_measured_once(tiny: Desk) -> None:
    run = run_of(tiny, AT_TEAMS)
    # 5 of 6; the mean of 3 of 4 and 2 of 2 would be 87.5. And 2 of 4, with the lead's.
    assert points(run, "in_time") == {"P1": "83.3333", "P2": "83.3333", "P3": "50", "P4": "50"}
    assert points(run, "rating")["P1"] == "90"


def test_an_explanation_goes_down_to_the_teams_counts(tiny: Desk) -> None:
    run = run_of(tiny, AT_TEAMS)
    text = told(run, "P1")
    assert "team 北一队: 83.3333 % → 83.3333 points" in text
    assert "5 of 6 records" in text
    assert "2 of 4 records" in told(run, "P3")
    (person,) = [each for each in run_data(run, "en")["people"] if each["code"] == "P1"]
    (team,) = person["indicators"]["in_time"]["teams"]
    assert (team["team"], team["points"], team["sample"]) == ("北一队", "83.3333", 6)


def test_who_was_in_two_teams_has_the_mean_by_days_and_fraction(moved: Desk) -> None:
    run = run_of(moved, AT_TEAMS)
    # All of P2's tickets were dealt with in the first team. 59 days of it, 31 at half time in the other.
    mean = (59 * Fraction("83.3333") + Fraction("15.5") * 50) / Fraction("74.5")
    earned = Fraction(str(points(run, "in_time")["P2"]))
    assert abs(earned - mean) < Fraction(1, 10**6)
    text = told(run, "P2")
    assert "by full-time days in each team: (83.3333 × 59 + 50 × 15.5) / 74.5" in text
    assert "team 北一队" in text
    assert "team 南一队" in text


def test_without_data_of_the_team_the_policy_holds(tiny: Desk) -> None:
    run = run_of(tiny, AT_TEAMS.replace('  level  = "team"\n', '  level  = "team"\n  min_sample = 5\n'))
    assert points(run, "in_time")["P3"] is None
    assert points(run, "in_time")["P1"] is not None
    assert "only 4 of the 5 records needed" in told(run, "P4")


def test_teams_are_compared_with_teams_each_once(tiny: Desk) -> None:
    curve = 'curve  = { kind = "percentile_rank", neutral = 60 }'
    run = run_of(tiny, AT_TEAMS.replace('curve  = { kind = "points", at = [[0, 0], [1, 100]] }', curve, 1))
    assert points(run, "in_time") == {"P1": "100", "P2": "100", "P3": "0", "P4": "0"}
    assert "among 2:" in told(run, "P1")


def test_a_rule_sees_the_teams_value(tiny: Desk) -> None:
    rule = '\n[[rules]]\nid = "slow"\nwhen = \'value("in_time") < 0.6\'\nthen = { deduct = 5 }\nreason = "slow team"\n'
    run = run_of(tiny, AT_TEAMS + rule)
    struck = [any(each.about == "slow" for each in decisions) for decisions in run.appraisal.decisions]
    assert struck == [False, False, True, True]


def test_the_digest_rests_on_the_teams_only_where_they_are_looked_at(tiny: Desk) -> None:
    before = run_of(tiny, SCHEME).digest
    teams = run_of(tiny, AT_TEAMS).digest
    assert before != teams == run_of(tiny, AT_TEAMS).digest


def test_a_scheme_about_teams_ranks_and_pays_teams(tiny: Desk) -> None:
    run = run_of(tiny, OF_TEAMS)
    appraisal = run.appraisal
    assert run.names == ("北一队", "南一队")
    assert appraisal.people.attribute("size") == (2, 4)
    assert points(run, "in_time") == {"北一队": "83.3333", "南一队": "50"}
    # Satisfaction: 8, 9, 10, 7 → 8.5; 6, 9, 1 → 16/3.
    assert points(run, "rating") == {"北一队": "85", "南一队": "53.33333"}
    assert list(appraisal.rank) == [1, 2]
    assert int(appraisal.bonus.sum()) == 900_000
    text = told(run, "南一队")
    assert "2 of 4 records" in text
    out = tiny.do("evaluate", "tiny", "--period", "2026-Q1").out
    assert "team" in out
    assert "people" in out
    assert "张三" not in out
    csv = tiny.do("evaluate", "tiny", "--period", "2026-Q1", "--format", "csv").out
    assert csv.splitlines()[0].startswith("rank,team,code,people")
    assert "no team of this code" in tiny.try_("evaluate", "tiny", "--period", "2026-Q1", "--explain", "P1").err


def test_a_population_of_teams_is_judged_by_their_attributes(tiny: Desk) -> None:
    run = run_of(tiny, OF_TEAMS.replace('subject    = "team"', 'subject    = "team"\npopulation = "size > 3"'))
    assert run.names == ("南一队",)
    assert [(each.code, str(each.reason)) for each in run.left_out] == [
        ("北一队", "the scheme does not cover this team")
    ]
