"""Whole teams in a run, by hand: people get their teams' points, teams are appraised, explanations go down to counts.

Tickets in time in the quarter: 北一队 P1 3 of 4, P2 2 of 2 → 5 of 6; 南一队 P3 0 of 0 known and one open and late,
P4 1 of 3, P5 1 of 1 → 2 of 4 known. P5 is a lead whom the scheme about people does not cover.
"""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from tests.reference import run_data as plainly
from tests.scenarios.desk import Desk
from tests.tiny import PEOPLE, SCHEME, evaluated, write

from kaohe.exact import from_micros
from kaohe.report.data import run_data
from kaohe.report.tree import tree_lines
from kaohe.run import Run
from kaohe.run.explanation import explain, find_person

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
    assert run_data(run, "en") == json.loads(json.dumps(plainly.run_data(run, "en")))


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
    assert "rank: 2 of 2 teams" in text
    out = tiny.do("evaluate", "tiny", "--period", "2026-Q1").out
    assert "team" in out
    assert "people" in out
    assert "张三" not in out
    csv = tiny.do("evaluate", "tiny", "--period", "2026-Q1", "--format", "csv").out
    assert csv.splitlines()[0].startswith("rank,team,team code,people")
    assert "no team of this code" in tiny.try_("evaluate", "tiny", "--period", "2026-Q1", "--explain", "P1").err


def test_a_population_of_teams_is_judged_by_their_attributes(tiny: Desk) -> None:
    run = run_of(tiny, OF_TEAMS.replace('subject    = "team"', 'subject    = "team"\npopulation = "size > 3"'))
    assert run.names == ("南一队",)
    assert [(each.code, str(each.reason)) for each in run.left_out] == [
        ("北一队", "the scheme does not cover this team")
    ]


HONOURS = """\
no,person,team,level,awarded_on
H1,,北一队,company,2026-01-05
H2,P1,,city,2026-02-05
H3,P4,北一队,department,2026-02-05
"""
PULSES = "no,team,item,score,scale,asked_on\n" + "".join(
    f"{number},北一队,climate,{score},5,2026-02-01\n" for number, score in enumerate((4, 4, 5))
)
CONTRACTS = """\
no,owner,kind,signed_on,amount
1,P1,new,2026-01-05,60000
2,P2,new,2026-02-05,60000
3,P5,new,2026-03-31,50000
"""
TARGETS = "scope,who,indicator,period,value\nteam,北一队,crm.sales_amount,2026-Q1,150000\n"
WHAT_TEAMS_HAVE = """\
format = 1
[scheme]
id      = "tiny"
version = "1"
name    = "Teams"
cycle   = "quarter"
weights = "relative"
missing = { policy = "renormalise" }

[[dimensions]]
id     = "team"
name   = "Team"
weight = 1
level  = "team"
  [[dimensions.indicators]]
  use    = "crm.honour_points"
  weight = 1
  curve  = { kind = "points", at = [[0, 0], [100, 100]] }
  [[dimensions.indicators]]
  use    = "crm.team_climate"
  weight = 1
  curve  = { kind = "points", at = [[0, 0], [100, 100]] }
  [[dimensions.indicators]]
  use    = "crm.sales_amount"
  weight = 1
  curve  = { kind = "ratio", target = "target()", cap = 200 }
  [[dimensions.indicators]]
  use    = "share_of_goal"
  weight = 1
  curve  = { kind = "points", at = [[0, 0], [1, 100]] }

[[indicators]]
id      = "share_of_goal"
name    = "Share of the goal"
derived = 'attainment("crm.sales_amount", "team")'
unit    = "share"
"""


@pytest.fixture
def rich(tiny: Desk) -> Desk:
    for name, text in (("honour", HONOURS), ("pulse", PULSES), ("contract", CONTRACTS)):
        tiny.do("records", "import", name, write(tiny, f"{name}.csv", text))
    tiny.do("targets", "import", write(tiny, "targets.csv", TARGETS))
    return tiny


def test_a_records_own_team_comes_before_that_of_the_person(rich: Desk) -> None:
    run = run_of(rich, WHAT_TEAMS_HAVE)
    # 3 of the team's, 5 of P1's, and 1 that names the team beside somebody of the other.
    assert [*points(run, "crm.honour_points").values()] == ["9", "9", "0", "0", "0", "0"]


def test_what_only_teams_have_is_the_points_of_their_people(rich: Desk) -> None:
    run = run_of(rich, WHAT_TEAMS_HAVE)
    climate = points(run, "crm.team_climate")
    assert climate["P1"] == climate["P2"] == "86.666667"
    assert climate["P3"] is None


def test_a_target_at_the_level_of_teams_is_the_teams_and_derived_figures_are_too(rich: Desk) -> None:
    run = run_of(rich, WHAT_TEAMS_HAVE)
    assert points(run, "crm.sales_amount")["P2"] == "80"
    assert points(run, "crm.sales_amount")["P5"] is None
    assert points(run, "share_of_goal")["P1"] == "80"
    text = told(run, "P1")
    assert "the team's target of Sales: 150,000.00" in text
    assert "120,000.000000 in total over 2 records" in text
    teams = run_of(
        rich, WHAT_TEAMS_HAVE.replace('level  = "team"\n', "").replace("weights =", 'subject = "team"\nweights =')
    )
    assert points(teams, "share_of_goal") == {"北一队": "80", "南一队": None}
    assert [note.found for note in teams.notes if note.code == "evaluate.no-target"] == ["南一队", "南一队"]
    assert told(teams, "北一队").count("150,000.00") >= 1


def test_a_case_of_a_scheme_about_teams_gives_what_teams_have(tiny: Desk) -> None:
    case = (
        '\n[[cases]]\nname = "small"\ngiven = { in_time = 0.5, rating = 10, growth = 0 }\n'
        "person = { size = 2 }\nexpect = { total = 70 }\n"
    )
    write(tiny, "schemes/tiny.toml", OF_TEAMS + case)
    assert "passed: small" in tiny.do("scheme", "test", "tiny").out
