"""``kaohe period``: a whole life, and every command in every state."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from tests.integration.kit import contents
from tests.scenarios.desk import Desk
from tests.tiny import add_tickets
from tests.unit.cli.period_kit import (
    ALLOWED,
    LATE,
    STEPS,
    WHOSE,
    shown,
    take,
)

COMMANDS = ["open", "freeze", "calculate", "submit", "approve", "pay", "close", "reopen"]


class TestInOrder:
    def test_a_whole_life_and_what_each_step_says(self, tiny: Desk, tmp_path: Path) -> None:
        assert "no period was opened yet" in tiny.do("period", "list").err
        assert take(tiny, "open", "chen").err == (
            "tiny 2026-Q1: open\nnext, when the records are in: kaohe period freeze tiny 2026-Q1\n"
        )
        frozen = take(tiny, "freeze", "chen")
        assert [line.split() for line in frozen.out.splitlines() if line.startswith((" ticket", " people"))] == [
            ["ticket", "13", "11", "2"],
            ["people", "7", "1"],
        ]
        assert "next: kaohe period calculate tiny 2026-Q1" in frozen.err
        calculated = take(tiny, "calculate", "chen")
        assert "run 1" in calculated.out
        assert "bonuses in all: 16,750.00 CNY" in calculated.out
        assert "next, when the run has been looked at: kaohe period submit tiny 2026-Q1" in calculated.err
        submitted = take(tiny, "submit", "chen")
        assert "approvals wanted: 2, by others than chen: kaohe period approve tiny 2026-Q1 --as NAME" in submitted.err
        first = take(tiny, "approve", "wang")
        assert "tiny 2026-Q1: in review\napprovals wanted: 1, by others than chen, wang" in first.err
        second = take(tiny, "approve", "li")
        assert "tiny 2026-Q1: approved\nnext: kaohe period pay tiny 2026-Q1 --output FILE" in second.err
        paid = take(tiny, "pay", "zhao", "--output", str(tmp_path / "list.csv"))
        assert "3 people are paid 16,750.00 CNY in all" in paid.err
        assert (paid.out, "next: kaohe period close tiny 2026-Q1" in paid.err) == ("", True)
        assert "tiny 2026-Q1: closed" in take(tiny, "close", "zhao").err
        with (tmp_path / "list.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = {row["code"]: (row["bonus of the period"], row["amount paid"]) for row in csv.DictReader(file)}
        assert rows["P2"] == ("9000.00", "9000.00")
        assert sum(int(paid.replace(".", "")) for _bonus, paid in rows.values()) == 1_675_000

    def test_show_tells_every_step_with_who_and_by_which_login(self, lives: dict[str, Desk]) -> None:
        data = shown(lives["closed"])
        assert [(each["step"], each["state"], each["by"]) for each in data["steps"]] == [
            ("open", "open", "chen"),
            ("freeze", "frozen", "chen"),
            ("calculate", "calculated", "chen"),
            ("submit", "in_review", "chen"),
            ("approve", "in_review", "wang"),
            ("approve", "approved", "li"),
            ("pay", "paid", "zhao"),
            ("close", "closed", "zhao"),
        ]
        assert all(each["login"] for each in data["steps"])
        assert data["approvals"] == ["wang", "li"]
        assert (data["state"], data["run"], data["next"], data["blocked_by"]) == ("closed", 1, None, [])
        table = lives["closed"].do("period", "show", *WHOSE)
        assert "tiny 2026-Q1: closed" in table.out
        assert "later facts: kaohe period restate tiny 2026-Q1" in table.err

    @pytest.mark.parametrize(
        ("state", "following"), [("open", "freeze"), ("in_review", "approve"), ("approved", "pay")]
    )
    def test_list_tells_the_state_and_the_next_step(self, lives: dict[str, Desk], state: str, following: str) -> None:
        (row,) = json.loads(lives[state].do("period", "list", "--format", "json").out)
        assert (row["scheme"], row["period"], row["state"], row["next"]) == ("tiny", "2026-Q1", state, following)
        assert row["by"] == STEPS[state][1]
        assert following in lives[state].do("period", "list", "--scheme", "tiny").out

    def test_a_period_that_was_never_opened_is_shown_as_such(self, lives: dict[str, Desk]) -> None:
        assert (
            "tiny 2026-Q1: not opened\nnext: kaohe period open tiny 2026-Q1"
            in lives["none"].do("period", "show", *WHOSE).err
        )

    def test_the_frozen_run_is_the_one_that_evaluating_gives(self, at: Callable[[str], Desk]) -> None:
        desk = at("calculated")
        evaluated = desk.do("evaluate", "tiny", "--period", "2026-Q1")
        assert "run 1 " in evaluated.out
        assert "preview" not in evaluated.err


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("state", ["none", *STEPS])
def test_every_command_in_every_state(
    state: str, command: str, lives: dict[str, Desk], at: Callable[[str], Desk]
) -> None:
    reason = ("--reason", "an error") if command == "reopen" else ()
    if (state, command) in ALLOWED:
        at(state).do("period", command, *WHOSE, "--as", "sun", *reason)
        return
    desk = lives[state]
    before = contents(desk)
    answer = desk.try_("period", command, *WHOSE, "--as", "sun", *reason)
    assert (answer.code, answer.out) == (1, "")
    first, *rest = answer.err.splitlines()
    assert first.startswith("tiny 2026-Q1: error [period.order]: only a")
    assert rest[0].startswith("    found: ")
    assert rest[1].startswith("    expected: ")
    assert rest[2].startswith("    → ")
    assert " kaohe period " in rest[2]
    assert rest[2].endswith("tiny 2026-Q1") or "--reason WHY" in rest[2]
    assert contents(desk) == before


class TestReopened:
    def test_it_leaves_a_trace_and_the_run_stays(self, at: Callable[[str], Desk]) -> None:
        desk = at("approved")
        answer = take(desk, "reopen", "wang", "--reason", " two records were wrong ")
        assert "run 1 stays as it is, and stands for the period no longer" in answer.err
        data = shown(desk)
        assert (data["state"], data["run"], data["inputs"], data["approvals"]) == ("open", None, None, [])
        last = data["steps"][-1]
        assert (last["step"], last["by"], last["reason"]) == ("reopen", "wang", "two records were wrong")
        assert len(data["steps"]) == 7
        add_tickets(desk, LATE, "late.csv")
        take(desk, "freeze", "chen")
        calculated = take(desk, "calculate", "chen")
        assert "run 2 takes the place of run 1" in calculated.err
        with closing(sqlite3.connect(desk.workspace / "kaohe.db")) as connection:
            assert connection.execute("SELECT id, replaces FROM runs ORDER BY id").fetchall() == [(1, None), (2, 1)]

    @pytest.mark.parametrize("reason", ["", "  "])
    def test_it_takes_a_reason(self, lives: dict[str, Desk], reason: str) -> None:
        assert lives["frozen"].try_("period", "reopen", *WHOSE).code == 2
        assert lives["frozen"].try_("period", "reopen", *WHOSE, "--reason", reason).code == 2
