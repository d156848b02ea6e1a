"""``kaohe run`` as people use it: listed, shown, compared, taken elsewhere, verified without the plugin."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest
from tests.scenarios.desk import Desk
from tests.tiny import SCHEME, TICKETS, add_tickets, evaluated, write

HEADER = TICKETS.splitlines()[0]


def test_runs_are_listed_and_found_by_number_and_by_the_beginning_of_their_digest(tiny: Desk) -> None:
    first, _number = evaluated(tiny)
    second, _number = evaluated(tiny, period="2026-Q2")
    heads = json.loads(tiny.do("run", "list", "--format", "json").out)
    assert [(each["run"], each["period"], each["digest"]) for each in heads] == [
        (1, "2026-Q1", first.digest),
        (2, "2026-Q2", second.digest),
    ]
    assert (heads[0]["people"], heads[0]["graded"], heads[0]["scheme"]) == (4, 3, "tiny")
    assert heads[0]["bonus"] == f"{sum(first.appraisal.bonus.tolist()) / 100:.2f}"
    assert [each["run"] for each in json.loads(tiny.do("run", "list", "--period", "2026Q2".replace("Q", "-Q"),
                                                       "--format", "json").out)] == [2]  # fmt: skip
    write(tiny, "schemes/mine.toml", SCHEME)
    assert len(json.loads(tiny.do("run", "list", "--scheme", "mine", "--format", "json").out)) == 2
    assert json.loads(tiny.do("run", "list", "--scheme", "another", "--format", "json").out) == []
    table = tiny.do("run", "list").out
    assert first.digest[:12] in table
    for named in ("2", second.digest[:6], second.digest, second.digest[:8].upper()):
        assert json.loads(tiny.do("run", "show", named, "--format", "json").out)["run"]["number"] == 2


@pytest.mark.parametrize("named", ["3", "abc", "ffffffffff", "", "1 OR 1=1", "²"])
def test_a_run_that_is_not_there_is_refused(tiny: Desk, named: str) -> None:
    evaluated(tiny)
    answer = tiny.try_("run", "show", named)
    assert (answer.code, "run.unknown" in answer.err) == (1, True)


def test_a_stored_run_is_shown_as_it_was_evaluated_with_what_it_rests_on(tiny: Desk) -> None:
    fresh = tiny.do("evaluate", "tiny", "--period", "2026-Q1").out
    shown = tiny.do("run", "show", "1").out
    head, _blank, rest = shown.partition("\n\n")
    assert rest == fresh
    run, _number = evaluated(tiny)
    assert run.digest in head
    assert run.snapshot in head
    assert "crm" in head
    data = json.loads(tiny.do("run", "show", "1", "--format", "json").out)
    assert data.pop("run")["number"] == 1
    assert data == {**json.loads(tiny.do("evaluate", "tiny", "--period", "2026-Q1", "--format", "json").out),
                    "created_at": data["created_at"]}  # fmt: skip
    for form in ("csv", "xlsx"):
        assert (tiny.workspace / f"r.{form}").exists() is False
        tiny.do("run", "show", "1", "--output", tiny.workspace / f"r.{form}")
        assert (tiny.workspace / f"r.{form}").stat().st_size > 100


def test_a_manager_sees_their_own_people_of_a_stored_run(demo_copy: Path) -> None:
    desk = Desk(demo_copy)
    people = json.loads(desk.do("people", "list", "--format", "json").out)
    manager = next(one["manager"] for one in each["assignments"] if one["manager"]) if (
        each := next(each for each in people if any(one["manager"] for one in each["assignments"]))
    ) else None  # fmt: skip
    heads = json.loads(desk.do("run", "list", "--format", "json").out)
    answers = [
        desk.try_("run", "show", str(head["run"]), "--manager", str(manager), "--format", "json") for head in heads
    ]
    shown = [json.loads(answer.out) for answer in answers if answer.code == 0]
    assert shown
    assert all(each["manager"]["code"] == manager and each["people"] for each in shown)


def test_what_went_in_otherwise_and_who_is_moved_by_it(tiny: Desk) -> None:
    evaluated(tiny)
    add_tickets(tiny, ["T20,repair,P2,2026-02-01 09:00,2026-02-04 09:00,3"], "late.csv")
    evaluated(tiny)
    answer = tiny.do("run", "compare", "1", "2")
    assert "ticket: 13 rows → 14; 1 new, 0 changed, 0 gone" in answer.out
    assert "李四 (P2)" in answer.out
    data = json.loads(tiny.do("run", "compare", "1", "2", "--format", "json").out)
    assert [each["kind"] for each in data["inputs"]] == ["records"]
    moved = {each["code"]: each for each in data["people"]}
    assert moved["P2"]["before"]["total"] == "88.000000" or moved["P2"]["before"]["total"].startswith("88")
    assert any("In time" in why for why in moved["P2"]["why"])
    rows = [*csv.DictReader(tiny.do("run", "compare", "1", "2", "--format", "csv").out.splitlines())]
    assert {row["code"] for row in rows} == moved.keys()
    assert all(row["why"] for row in rows)


def test_a_changed_scheme_is_shown_line_by_line(tiny: Desk) -> None:
    evaluated(tiny)
    write(tiny, "schemes/tiny.toml", SCHEME.replace("min_score = 85", "min_score = 80"))
    evaluated(tiny)
    answer = tiny.do("run", "compare", "1", "2").out
    assert "the scheme differs" in answer
    assert '    -  { id = "A", min_score = 85, coefficient = 1.5 },' in answer
    assert '    +  { id = "A", min_score = 80, coefficient = 1.5 },' in answer
    assert "the runs are identical" in tiny.do("run", "compare", "1", "1").out
    assert "nobody is moved" in tiny.do("run", "compare", "2", "2").out


def test_an_indicator_that_came_or_went_with_the_scheme_is_among_the_reasons(tiny: Desk) -> None:
    evaluated(tiny)
    second = SCHEME[SCHEME.index('[[dimensions]]\nid     = "satisfaction"') : SCHEME.index("[[indicators]]")]
    write(tiny, "schemes/tiny.toml", SCHEME.replace(second, "").replace("weight = 60", "weight = 100"))
    evaluated(tiny)
    for pair in (("1", "2"), ("2", "1")):
        people = json.loads(tiny.do("run", "compare", *pair, "--format", "json").out)["people"]
        assert any("Mean rating" in why for each in people for why in each["why"])


def test_a_run_in_a_file_is_verified_elsewhere(tiny: Desk, tmp_path: Path) -> None:
    evaluated(tiny)
    whole, bare = tmp_path / "whole.json", tmp_path / "bare.json"
    tiny.do("run", "export", "1", "--output", whole, "--records")
    tiny.do("run", "export", "1", "--output", bare)
    nowhere = Desk(tmp_path / "nowhere")
    nowhere.workspace.mkdir()
    write(nowhere, "kaohe.toml", (tiny.workspace / "kaohe.toml").read_text("utf-8"))
    assert ": identical" in nowhere.do("run", "verify", "--file", whole).out
    assert ": identical" in tiny.do("run", "verify", "--file", bare).out
    shutil.rmtree(next(tiny.workspace.rglob("snapshots")))
    answer = tiny.try_("run", "verify", "--file", bare)
    assert (answer.code, "it cannot be computed again" in answer.out) == (1, True)
    data = json.loads(whole.read_text("utf-8"))
    for path, other in (("results", 0), ("texts", 1), ("snapshot", 2)):
        changed = json.loads(whole.read_text("utf-8"))
        part = changed[path]
        if other == 0:
            part[0]["bonus"] += 1
        else:
            name = sorted(part)[0]
            part[name] = ("B" if part[name][0] != "B" else "C") + part[name][1:]
        file = tmp_path / "changed.json"
        file.write_text(json.dumps(changed), "utf-8")
        assert nowhere.try_("run", "verify", "--file", file).code == 1
    for text in ("", "[]", "{}", '{"format": "kaohe-run 1"}', json.dumps({**data, "run": {}})):
        file.write_text(text, "utf-8")
        answer = nowhere.try_("run", "verify", "--file", file)
        assert (answer.code, "run.no-file" in answer.err) == (1, True)


def test_an_export_is_noted(tiny: Desk, tmp_path: Path) -> None:
    evaluated(tiny)
    tiny.do("run", "export", "1", "--output", tmp_path / "run.json")
    assert "export" in tiny.do("audit", "show").out


def test_a_run_is_verified_shown_and_compared_without_its_plugin(demo_copy: Path) -> None:
    desk = Desk(demo_copy)
    heads = json.loads(desk.do("run", "list", "--format", "json").out)
    numbers = [str(each["run"]) for each in heads if each["scheme"] == "floor-heating"]
    assert len(numbers) == 2
    before = desk.do("run", "show", numbers[0], "--format", "json").out
    desk.do("plugin", "remove", "floor_heating")
    shutil.rmtree(demo_copy / "schemes")
    answer = desk.do("run", "verify", *numbers)
    assert answer.out.count(": identical") == 2
    assert desk.do("run", "show", numbers[0], "--format", "json").out == before
    assert "nothing" not in desk.do("run", "compare", *numbers).out
