"""From forms to figures: what a round's answers come to in an evaluation, and the warning before they are complete."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.scenarios.desk import Desk
from tests.tiny import write
from tests.unit.cli.round_kit import ROUND, answer, company, forms, open_round, rows_of

SCHEME = """\
format = 1
[scheme]
id = "views"
version = "1"
name = { zh = "评价", en = "Views" }
cycle = "quarter"
missing = { policy = "renormalise", min_coverage = 0.5 }
[[dimensions]]
id = "views"
name = { zh = "评价", en = "Views" }
weight = 100
  [[dimensions.indicators]]
  use = "crm.assessment"
  weight = 100
  curve = { kind = "points", at = [[0, 0], [100, 100]] }
"""
OTHER = SCHEME.replace("views", "sales").replace('"crm.assessment"', '"crm.sales_amount"')
CONTRACTS = "no,owner,kind,signed_on,amount\n1,A1,new,2026-01-05,300\n"


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    desk = company(tmp_path_factory.mktemp("use"))
    write(desk, "schemes/views.toml", SCHEME)
    write(desk, "schemes/sales.toml", OTHER)
    desk.do("records", "import", "contract", write(desk, "c.csv", CONTRACTS))
    open_round(desk)
    return desk.workspace


@pytest.fixture
def desk(original: Path, tmp_path: Path) -> Desk:
    """A company with an open round of one item from 1 to 5, and two schemes: only one uses ratings."""
    return Desk(shutil.copytree(original, tmp_path / "company"))


def warned(desk: Desk, scheme: str = "views", *words: str) -> str:
    return desk.do("evaluate", scheme, "--period", "2026-Q1", "--format", "json", *words).err


def evaluated(desk: Desk) -> dict[str, Any]:
    return desk.evaluate(Path("views"), "2026-Q1")


def answered(desk: Desk) -> list[Path]:
    """Everybody's forms, filled in whole: the boss gives 4, peers give 3, everybody else 5."""
    given = {"supervisor": 4, "peer": 3}
    written = forms(desk).values()
    return [answer(form, {who: (given.get(who[1], 5),) for who in rows_of(form)}) for form in written]


def test_what_forms_say_is_what_an_evaluation_counts(desk: Desk) -> None:
    desk.do("assessment", "collect", ROUND, *answered(desk))
    out = evaluated(desk)
    totals = {each["code"]: each["total"] for each in out["people"]}
    # The boss 4 of 5 = 80 with weight 50, peers 3 of 5 = 60 with weight 30: 72.5. S1 has the boss alone.
    assert {code: float(totals[code]) for code in ("A1", "A2", "A3", "A4", "S1")} == {
        "A1": 72.5, "A2": 72.5, "A3": 72.5, "A4": 72.5, "S1": 80.0
    }  # fmt: skip


def test_an_evaluation_says_that_a_round_is_open_with_its_counts(desk: Desk) -> None:
    filled = answered(desk)
    desk.do("assessment", "collect", ROUND, filled[0], filled[-1])
    said = warned(desk)
    assert "Q1: warning [evaluate.assessment-open]: the assessment round Q1 is open" in said
    assert "6 of 25 assessments are complete; 0 have some scores, 19 none, 0 were left" in said
    assert "kaohe assessment status Q1 --missing" in said
    chinese = warned(desk, "views", "--lang", "zh")
    assert "评估轮次 Q1 尚未关闭" in chinese
    assert "25 项评估中 6 项已完成" in chinese


def test_closed_before_it_is_complete_is_another_warning_and_complete_is_none(desk: Desk) -> None:
    filled = answered(desk)
    desk.do("assessment", "collect", ROUND, *filled[:-1])
    desk.do("assessment", "close", ROUND)
    assert "[evaluate.assessment-incomplete]: the assessment round Q1 was closed before it was complete" in warned(desk)
    desk.do("assessment", "reopen", ROUND, "--reason", "one was late")
    desk.do("assessment", "collect", ROUND, filled[-1])
    assert "[evaluate.assessment-open]" in warned(desk)
    said = desk.do("assessment", "close", ROUND).err
    assert "closed Q1: 25 of 25 assessments are complete" in said
    assert "warning" not in said
    assert "evaluate.assessment" not in warned(desk)


def test_whoever_has_left_does_not_hold_a_closed_round_up(desk: Desk) -> None:
    filled = answered(desk)
    desk.do("assessment", "collect", ROUND, *(path for path in filled if "_S1_" not in path.name))
    gone = "code,name,team,role,manager,from,to\nS1,单一,独队,agent,M1,2025-01-01,2026-04-05\n"
    desk.do("people", "import", write(desk, "gone.csv", gone), "--update")
    desk.do("assessment", "close", ROUND)
    assert "evaluate.assessment" not in warned(desk)


def test_schemes_without_ratings_and_other_periods_hear_nothing(desk: Desk) -> None:
    assert "evaluate.assessment" not in warned(desk, "sales")
    desk.do("assessment", "drop", ROUND, "--reason", "another quarter")
    desk.do("assessment", "open", "Q2", "--period", "2026-Q2")
    ratings = "no,subject,relation,item,score,scale,rated_on\n1,A1,customer,overall,4,5,2026-02-01\n"
    desk.do("records", "import", "assessment", write(desk, "r.csv", ratings))
    assert "evaluate.assessment" not in warned(desk)


def test_a_round_changes_no_run(desk: Desk) -> None:
    desk.do("assessment", "collect", ROUND, *answered(desk))
    digests = []
    for step in (("list",), ("close", ROUND), ("reopen", ROUND, "--reason", "x")):
        desk.do("assessment", *step)
        digests.append(evaluated(desk)["digest"])
    assert len(set(digests)) == 1
