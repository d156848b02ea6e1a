"""What a manager sees of an evaluation: their people with ranks in the whole, both summed up, and nobody else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.scenarios.desk import Desk
from tests.tiny import PEOPLE, SCHEME, write

# 吴总 manages P5 and P1; P5 manages P3 and P4; P2, P6 and P7 are other people's. And a circle: M8 ⇄ M9 above P2.
MANAGERS = {"P1": "M0", "P5": "M0", "P3": "P5", "P4": "P5", "P2": "M8"}
MORE = """\
M0,吴总,北一队,head,华东,9000,2025-01-01,
M8,郑八,北一队,head,华东,9000,2025-01-01,
M9,王九,北一队,head,华东,9000,2025-01-01,
"""
EVERYBODY = {f"P{number}" for number in range(1, 8)} | {"M0", "M8", "M9"}


@pytest.fixture
def managed(tiny: Desk) -> Desk:
    lines = PEOPLE.splitlines() + MORE.splitlines()
    above = {**MANAGERS, "M8": "M9", "M9": "M8"}
    text = "\n".join(
        f"{line},{above.get(line.split(',')[0], '') if index else 'manager'}" for index, line in enumerate(lines)
    )
    tiny.do("people", "import", write(tiny, "people.csv", text + "\n"), "--update")
    write(tiny, "schemes/tiny.toml", SCHEME)
    return tiny


def names(desk: Desk) -> dict[str, str]:
    return {line.split(",")[0]: line.split(",")[1] for line in (*PEOPLE.splitlines()[1:], *MORE.splitlines())}


def view(desk: Desk, manager: str, *more: str | Path) -> str:
    answer = desk.do("evaluate", "tiny", "--period", "2026-Q1", "--manager", manager, *more)
    return answer.out + answer.err


@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_nobody_elses_code_or_name_is_in_the_output(managed: Desk, form: str) -> None:
    seen = view(managed, "M0", "--format", form)
    others = EVERYBODY - {"P1", "P3", "P4", "M0"}
    assert [each for each in others if each in seen or names(managed)[each] in seen] == []
    assert [each for each in ("P1", "P3", "P4") if each not in seen] == []


def test_ranks_are_those_in_the_whole(managed: Desk) -> None:
    found = json.loads(view(managed, "P5", "--format", "json"))
    whole = managed.evaluate(Path("tiny"), "2026-Q1")
    ranks = {each["code"]: each["rank"] for each in whole["people"]}
    assert {each["code"]: each["rank"] for each in found["people"]} == {code: ranks[code] for code in ("P3", "P4")}
    assert [each["of"] for each in found["people"] if each["graded"]] == [3]
    assert found["team"]["heads"] == 2
    assert found["team"]["not_graded"] == 1
    # Two others are graded: what everybody comes to would tell theirs.
    assert found["everybody"] is None


def test_the_summary_is_exact_where_enough_others_are_graded(managed: Desk) -> None:
    everybody = SCHEME.replace("population = 'role == \"agent\"'\n", "").replace(
        "min_coverage = 0.5", "min_coverage = 0"
    )
    write(managed, "schemes/tiny.toml", everybody.replace("renormalise", "zero"))
    found = json.loads(view(managed, "M0", "--format", "json"))
    whole = managed.evaluate(Path("tiny"), "2026-Q1")
    totals = sorted(float(each["total"]) for each in whole["people"] if each["graded"])
    assert found["everybody"]["heads"] == len(whole["people"])
    assert found["everybody"]["graded"] == len(totals) == 9
    assert float(found["everybody"]["median"]) == totals[4]
    assert float(found["everybody"]["first_quartile"]) == totals[2]
    assert float(found["everybody"]["third_quartile"]) == totals[6]
    assert found["team"]["heads"] == 4
    text = view(managed, "吴总")
    assert "people of 吴总 (M0)" in text
    assert "third quartile" in text


def test_lines_that_run_in_a_circle_end(managed: Desk) -> None:
    write(managed, "schemes/tiny.toml", SCHEME)
    assert [each["code"] for each in json.loads(view(managed, "M9", "--format", "json"))["people"]] == ["P2"]


def test_a_workbook_and_mistakes(managed: Desk) -> None:
    path = managed.workspace / "team.xlsx"
    managed.do("evaluate", "tiny", "--period", "2026-Q1", "--manager", "M0", "--output", path)
    assert path.stat().st_size > 0
    unknown = managed.try_("evaluate", "tiny", "--period", "2026-Q1", "--manager", "X1")
    assert (unknown.code, "nobody is known" in unknown.err) == (1, True)
    nobody = managed.try_("evaluate", "tiny", "--period", "2026-Q1", "--manager", "P1")
    assert "nobody reports to 张三 at the end of 2026-Q1" in nobody.err
    both = managed.try_("evaluate", "tiny", "--period", "2026-Q1", "--manager", "M0", "--explain", "P2")
    assert (both.code, both.out) == (2, "")
