"""Dated targets in a whole run: whose they are, which period's, what lacks them, derived figures down to their parts.

Sales in the quarter: P1 60,000 and 30,000, P2 30,000, P4 20,000, and P5, a lead whom the scheme does not cover, 50,000.
"""

from __future__ import annotations

import pytest
from tests.scenarios.desk import Desk
from tests.tiny import evaluated, write

from kaohe.exact import from_micros
from kaohe.period import parse_period
from kaohe.report.tree import tree_lines
from kaohe.run.explanation import explain
from kaohe.run.targets.dated import in_period

CONTRACTS = """\
no,owner,kind,signed_on,amount
1,P1,new,2026-01-05,60000
2,P1,new,2026-02-05,30000
3,P2,new,2026-02-05,30000
4,P4,new,2026-03-05,20000
5,P5,new,2026-03-31,50000
6,P1,new,2026-04-01,99999
"""
TARGETS = """\
scope,who,indicator,period,value
person,P1,crm.sales_amount,2026-Q1,120000
person,P2,crm.sales_amount,2026-01,10000
person,李四,crm.sales_amount,2026-02,20000
person,P2,crm.sales_amount,2026-03,20000
person,P4,crm.sales_amount,2026,100000
team,北一队,crm.sales_amount,2026-Q1,150000
team,南一队,crm.sales_amount,2026-q1,100000
company,,crm.sales_amount,2026-01-01..2026-03-31,400000
"""
SCHEME = """\
format = 1

[scheme]
id         = "tiny"
version    = "1"
name       = "Goals"
cycle      = "quarter"
population = 'role == "agent"'
missing    = { policy = "renormalise" }

[[dimensions]]
id     = "sales"
name   = "Sales"
weight = 100

  [[dimensions.indicators]]
  use    = "crm.sales_amount"
  weight = 50
  curve  = { kind = "ratio", target = "target()" }

  [[dimensions.indicators]]
  use    = "crm.team_goal"
  weight = 30

  [[dimensions.indicators]]
  use    = "of_company"
  weight = 20
  curve  = { kind = "points", at = [[0, 0], [1, 100]] }

[[indicators]]
id      = "of_company"
name    = "Share of the company's target"
derived = 'value("crm.sales_amount") / target("crm.sales_amount", "company")'
unit    = "share"

[[adjustments]]
id     = "reached"
name   = "Reached"
points = 'attainment("crm.sales_amount")'
"""


@pytest.fixture
def goals(tiny: Desk) -> Desk:
    tiny.do("records", "import", "contract", write(tiny, "contracts.csv", CONTRACTS))
    tiny.do("targets", "import", write(tiny, "targets.csv", TARGETS))
    write(tiny, "schemes/tiny.toml", SCHEME)
    return tiny


def column(desk: Desk, key: str) -> dict[str, str | None]:
    run, _ = evaluated(desk)
    values = run.appraisal.values[key]
    return {
        code: str(from_micros(micros)) if known else None
        for code, micros, known in zip(run.appraisal.people.code, values.micros, values.known, strict=True)
    }


def earned(desk: Desk, key: str) -> dict[str, str | None]:
    run, _ = evaluated(desk)
    return {
        code: str(from_micros(points)) if counted else None
        for code, points, counted in zip(
            run.appraisal.people.code, run.appraisal.points[key], run.appraisal.counted[key], strict=True
        )
    }


def test_a_target_is_the_persons_own_and_of_the_period_or_the_sum_of_all_its_months(goals: Desk) -> None:
    # 90,000 of 120,000; 30,000 of 10,000 + 20,000 + 20,000; P3 and P4 have no target of the quarter.
    assert earned(goals, "crm.sales_amount") == {"P1": "75", "P2": "60", "P3": None, "P4": None}


def test_the_goal_of_a_team_is_reached_by_everybody_in_it_appraised_or_not(goals: Desk) -> None:
    # 120,000 of 150,000; 20,000 + 50,000 of 100,000.
    assert column(goals, "crm.team_goal") == {"P1": "0.8", "P2": "0.8", "P3": "0.7", "P4": "0.7"}


def test_a_derived_figure_is_exact_and_rounded_once(goals: Desk) -> None:
    assert column(goals, "of_company") == {"P1": "0.225", "P2": "0.075", "P3": "0", "P4": "0.05"}
    goals.do("targets", "set", "crm.sales_amount", "70000", "--period", "2026-Q1", "--company")
    assert column(goals, "of_company")["P1"] == "1.285714"


def test_who_lacks_a_target_is_told_and_the_run_counts_them(goals: Desk) -> None:
    run, _ = evaluated(goals)
    (note,) = [note for note in run.notes if note.code == "evaluate.no-target"]
    assert (str(note.what), note.found) == ("2 people have no target of Sales in 2026-Q1", "P3, P4")
    assert "targets of 2026;" in str(note.fix)
    (told,) = [each for each in run.appraisal.decisions[3] if each.about == "crm.sales_amount"]
    assert str(told.what).startswith("Sales: there is no dated target: crm.sales_amount; left out")


def test_an_explanation_goes_down_to_both_parts_of_a_derived_figure(goals: Desk) -> None:
    run, _ = evaluated(goals)
    text = "\n".join(tree_lines(explain(run, 3), "en"))
    assert "Sales of the team: 70,000.00" in text
    assert "the team's target of Sales: 100,000.00" in text
    assert "the company's target of Sales: 400,000.00" in text
    assert explain(run, 0).children


def test_the_digest_rests_on_the_targets_and_on_no_others(goals: Desk) -> None:
    before = evaluated(goals)[0]
    assert evaluated(goals)[0].digest == before.digest
    goals.do("targets", "set", "crm.sales_amount", "120001", "--period", "2026-Q1", "--person", "P1")
    changed = evaluated(goals)[0]
    assert changed.digest != before.digest
    goals.do("records", "undo", str(goals.batches()[0]["batch"]))
    assert evaluated(goals)[0].digest == before.digest


def test_a_scheme_that_asks_for_no_target_does_not_notice_them(tiny: Desk) -> None:
    before = evaluated(tiny)[0]
    tiny.do("targets", "import", write(tiny, "targets.csv", TARGETS))
    after = evaluated(tiny)[0]
    assert (after.snapshot, after.digest) == (before.snapshot, before.digest)


def test_a_curve_per_unit_takes_the_dated_target(goals: Desk) -> None:
    curve = 'curve  = { kind = "per_unit", base = 100, target = "target()", unit = 10000, points = 2 }'
    write(goals, "schemes/tiny.toml", SCHEME.replace('curve  = { kind = "ratio", target = "target()" }', curve))
    # 3 units of 10,000 short, 2 units short: two points each.
    assert earned(goals, "crm.sales_amount") == {"P1": "94", "P2": "96", "P3": None, "P4": None}
    run, _ = evaluated(goals)
    text = "\n".join(tree_lines(explain(run, 0), "en"))
    assert "-3 × 10000 from 120000 to 90000: 100 + -3 × 2 = 94 points" in text


def test_months_make_a_quarter_only_where_all_are_there_and_the_figure_adds_up() -> None:
    quarter = parse_period("2026-Q1")
    months = {"2026-01": 1, "2026-02": 2, "2026-03": 4}
    assert in_period(months, quarter, adds_up=True) == 7
    assert in_period(months, quarter, adds_up=False) is None
    assert in_period({"2026-01": 1, "2026-02": 2}, quarter, adds_up=True) is None
    assert in_period({**months, "2026-Q1": 9}, quarter, adds_up=True) == 9
    assert in_period({"2026": 12}, quarter, adds_up=True) is None
    halves = {"2026-H1": 5, "2026-H2": 6, "2026-Q1": 1}
    assert in_period(halves, parse_period("2026"), adds_up=True) == 11
    assert in_period({"2026-Q1": 3}, parse_period("2026-01-01..2026-03-31"), adds_up=False) == 3


def test_a_team_without_target_and_nobodys_team_have_no_goal(goals: Desk) -> None:
    text = TARGETS.replace("team,南一队,crm.sales_amount,2026-q1,100000\n", "")
    goals.do("records", "undo", str(goals.batches()[0]["batch"]))
    goals.do("targets", "import", write(goals, "fewer.csv", text))
    assert column(goals, "crm.team_goal") == {"P1": "0.8", "P2": "0.8", "P3": None, "P4": None}
    notes = [str(note.what) for note in evaluated(goals)[0].notes if note.code == "evaluate.no-target"]
    assert "the teams of 2 people have no target of Sales in 2026-Q1" in notes
