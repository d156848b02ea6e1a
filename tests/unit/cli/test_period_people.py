"""Who may take which step of a period: two people approve, and roles say who may."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.scenarios.desk import Desk
from tests.unit.cli.period_kit import (
    ALLOWED,
    WHOSE,
    add_settings,
    change,
    insert,
    shown,
    take,
)

from kaohe.records.evidence_tables import ManualChangeRow

ROLES = '[roles]\nprepare = ["chen"]\napprove = ["wang", "li"]\npay = ["zhao"]\n'
WHO = {
    **dict.fromkeys(("open", "freeze", "calculate", "submit"), "chen"),
    "approve": "wang",
    "pay": "zhao",
    "close": "zhao",
}


class TestTwoPeople:
    @pytest.mark.parametrize("name", ["chen", "CHEN"])
    def test_whoever_prepared_it_is_refused(self, lives: dict[str, Desk], name: str) -> None:
        answer = lives["in_review"].try_("period", "approve", *WHOSE, "--as", name)
        assert answer.code == 1
        assert "[period.own-work]" in answer.err
        assert "own_work = true in [roles]" in answer.err

    def test_the_same_person_does_not_count_twice(self, at: Callable[[str], Desk]) -> None:
        desk = at("in_review")
        take(desk, "approve", "wang")
        answer = desk.try_("period", "approve", *WHOSE, "--as", "wang")
        assert answer.code == 1
        assert "[period.approved-already]" in answer.err
        assert shown(desk)["approvals"] == ["wang"]

    def test_the_workspace_may_ask_for_one(self, at: Callable[[str], Desk]) -> None:
        desk = at("in_review")
        add_settings(desk, "[roles]\napprovals = 1\n")
        assert "tiny 2026-Q1: approved" in take(desk, "approve", "wang").err

    def test_the_workspace_may_let_people_approve_their_own_work(self, at: Callable[[str], Desk]) -> None:
        desk = at("in_review")
        add_settings(desk, "[roles]\nown_work = true\n")
        take(desk, "approve", "chen")
        assert desk.try_("period", "approve", *WHOSE, "--as", "chen").code == 1
        assert "tiny 2026-Q1: approved" in take(desk, "approve", "wang").err

    def test_whoever_proposed_an_approved_change_is_refused(self, at: Callable[[str], Desk]) -> None:
        desk = at("in_review")
        insert(desk, ManualChangeRow, change("approved", by="wang"))
        answer = desk.try_("period", "approve", *WHOSE, "--as", "wang")
        assert "wang proposed manual changes in it" in answer.err
        assert "[period.own-work]" in answer.err

    def test_what_was_approved_before_a_new_calculation_does_not_count(self, at: Callable[[str], Desk]) -> None:
        desk = at("in_review")
        take(desk, "approve", "wang")
        again = take(desk, "calculate", "chen")
        assert "the period is no longer in review: submit it again" in again.err
        take(desk, "submit", "chen")
        assert "approvals wanted: 1" in take(desk, "approve", "li").err


class TestRoles:
    @pytest.mark.parametrize(
        ("state", "command"),
        sorted(pair for pair in ALLOWED if pair[1] != "reopen" and pair not in {("calculated", "calculate")}),
    )
    def test_each_step_takes_its_role(self, state: str, command: str, at: Callable[[str], Desk]) -> None:
        desk = at(state)
        add_settings(desk, ROLES)
        for other in {"chen", "wang", "zhao"} - {WHO[command]}:
            answer = desk.try_("period", command, *WHOSE, "--as", other)
            assert answer.code == 3
            assert "[roles.refused]" in answer.err
        desk.do("period", command, *WHOSE, "--as", WHO[command])

    @pytest.mark.parametrize(
        ("state", "name"), [("frozen", "chen"), ("calculated", "chen"), ("in_review", "wang"), ("approved", "li")]
    )
    def test_what_others_look_at_is_reopened_by_those_who_approve(
        self, state: str, name: str, at: Callable[[str], Desk]
    ) -> None:
        desk = at(state)
        add_settings(desk, ROLES)
        other = "wang" if name == "chen" else "chen"
        assert desk.try_("period", "reopen", *WHOSE, "--as", other, "--reason", "x").code == 3
        take(desk, "reopen", name, "--reason", "x")

    @pytest.mark.parametrize(
        ("names", "told"), [('"wang"', "wang"), ('"wang", "chen"', "wang"), ("", "nobody"), ('"wang", "li"', None)]
    )
    def test_too_few_who_could_approve_are_told_at_submission(
        self, names: str, told: str | None, at: Callable[[str], Desk]
    ) -> None:
        desk = at("calculated")
        add_settings(desk, f"[roles]\napprove = [{names}]\n")
        answer = take(desk, "submit", "chen").err
        assert ("warning [period.few-approvers]" in answer) is (told is not None)
        assert told is None or f"found: {told}\n    expected: 2 different people" in answer
