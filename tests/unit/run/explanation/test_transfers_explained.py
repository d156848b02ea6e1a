"""Whole runs with transfers, splits and overrides: what the command explains, in both languages, and the digest."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.scenarios.desk import Desk
from tests.tiny import SCHEME, evaluated, write

from kaohe.run.digest import columns

PEOPLE = """\
code,name,team,role,manager,bonus_base,from,to
P1,张三,北一队,agent,P5,5000,2025-01-01,2026-02-14
P1,张三,南一队,agent,P6,6000,2026-02-15,
P2,李四,北一队,agent,P5,6000,2025-01-01,
P5,钱七,北一队,lead,,8000,2025-01-01,
P6,孙八,南一队,lead,,8000,2025-01-01,
"""
CONTRACTS = """\
no,owner,co_owner,co_owner_share,signed_on,amount
H1,P1,,,2026-01-10,1000
H2,P1,P2,0.25,2026-02-14,400
H3,P1,,,2026-02-15,50
H4,P2,,,2026-03-01,7
"""
TICKETS = """\
no,kind,owner,opened_at,resolved_at,satisfaction
T1,repair,P1,2026-02-14 23:59,2026-02-15 12:00,8
T2,repair,P1,2026-02-15 00:00,2026-02-15 12:00,9
"""
BY_DATE = SCHEME.replace('"quarter"\n', '"quarter"\nattribution = "event_date"\n')
NORTH = BY_DATE.replace('"tiny"', '"north"').replace("'role == \"agent\"'", "'team == \"北一队\"'")
SOUTH = BY_DATE.replace('"tiny"', '"south"').replace("'role == \"agent\"'", "'team == \"南一队\"'")
PAID = """\
format = 1
[scheme]
id = "paid"
version = "1"
name = "paid"
cycle = "quarter"
missing = { policy = "zero" }
[[dimensions]]
id = "d"
name = "d"
weight = 100
  [[dimensions.indicators]]
  use = "sales"
  weight = 60
  [[dimensions.indicators]]
  use = "crm.sales_amount"
  weight = 40
[[indicators]]
id = "sales"
name = { zh = "提成业绩", en = "Sales and override" }
records = "contract"
value = "sum(amount)"
unit = "money"
overlay = true
credit = [{ who = "owner", share = "1" }, { who = "manager(owner)", share = "0.1" }]
curve = { kind = "ratio", target = 1000 }
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path / "moves")
    made.do("init", made.workspace)
    for name, text in (("people", PEOPLE), ("contract", CONTRACTS), ("ticket", TICKETS)):
        path = write(made, f"{name}.csv", text)
        made.do(*(["people", "import"] if name == "people" else ["records", "import", name]), path)
    for name, text in (("north", NORTH), ("south", SOUTH), ("tiny", SCHEME), ("paid", PAID)):
        write(made, f"schemes/{name}.toml", text)
    return made


def test_who_moved_is_paid_by_both_schemes_for_the_days_in_each(desk: Desk) -> None:
    paid = {}
    for name in ("north", "south"):
        appraisal = evaluated(desk, name)[0].appraisal
        row = appraisal.people.code.index("P1")
        assert (appraisal.tier[row], int(appraisal.coefficient[row])) == ("A", 1_500_000)
        paid[name] = int(appraisal.bonus[row])
    assert paid == {"north": 375_000, "south": 450_000}


def test_who_moved_is_told_so_by_both_schemes(desk: Desk) -> None:
    words = ("--period", "2026-Q1", "--explain", "P1")
    north, south = (desk.do("evaluate", name, *words).out for name in ("north", "south"))
    assert "assignments: 45 of 90 days" in north
    assert "· records count that are dated from 2026-01-01 to 2026-02-14" in north
    assert "· records count that are dated from 2026-02-15 to 2026-03-31" in south
    assert "北一队 · agent: from 2026-01-01: 5,000.00 × 45 / 90 days × 1 = 2,500" in north
    assert "8.0 in total over 1 record" in north
    assert "9.0 in total over 1 record" in south
    chinese = desk.do("evaluate", "south", *words, "--lang", "zh").out
    assert "· 计入日期在 2026-02-15 至 2026-03-31 的记录" in chinese


def test_who_is_not_graded_is_told_which_records_were_looked_at(desk: Desk) -> None:
    write(
        desk, "schemes/idle.toml", NORTH.replace('"north"', '"idle"').replace("min_coverage = 0.5", "min_coverage = 1")
    )
    out = desk.do("evaluate", "idle", "--period", "2026-Q1", "--explain", "P2").out
    assert "not graded" in out
    assert "· records count that are dated from 2026-01-01 to 2026-03-31" in out


def test_overrides_and_splits_are_explained_by_share(desk: Desk) -> None:
    manager = desk.do("evaluate", "paid", "--period", "2026-Q1", "--explain", "P5").out
    assert "as manager(owner): 140.700 in total over 3 records" in manager
    assert "as owner" not in manager
    seller = desk.do("evaluate", "paid", "--period", "2026-Q1", "--explain", "P2").out
    assert "as co_owner: 100.000000 in total over 1 record" in seller
    chinese = desk.do("evaluate", "paid", "--period", "2026-Q1", "--explain", "P5", "--lang", "zh").out
    assert "作为 manager(owner): 3 条合计 140.700" in chinese


def test_where_everybody_matches_all_the_time_every_figure_is_the_same(desk: Desk) -> None:
    write(desk, "schemes/tiny_by_date.toml", BY_DATE)
    by_end, by_date = evaluated(desk)[0], evaluated(desk, "tiny_by_date")[0]
    these, those = (dict(columns(run.appraisal, run.counts)) for run in (by_end, by_date))
    days = those.pop("counted days")
    assert days == [[["2026-01-01", "2026-04-01"]], [["2026-01-01", "2026-04-01"]]]
    assert {name: list(column) for name, column in these.items()} == {name: list(each) for name, each in those.items()}


def test_the_default_written_out_changes_no_figure(desk: Desk) -> None:
    write(desk, "schemes/again.toml", BY_DATE.replace("event_date", "period_end"))
    these, those = (columns(run.appraisal, run.counts) for run in (evaluated(desk)[0], evaluated(desk, "again")[0]))
    assert [name for name, _ in these] == [name for name, _ in those]
