"""Who may take which step of a period: two people approve, and roles say who may."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
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

from kaohe.cli.context import App
from kaohe.records.audit import detail_of
from kaohe.records.evidence_tables import AuditRow, ManualChangeRow
from kaohe.records.tables import table_of

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


def test_one_login_for_two_people_is_told_noted_and_refused_where_people_are_their_logins(
    at: Callable[[str], Desk],
) -> None:
    """Anybody can call themselves two names: only the account tells."""
    desk = at("in_review")
    said = take(desk, "approve", "wang").err
    assert (
        "warning [roles.same-login]: wang acts under the same login as chen before: only trust separates them" in said
    )
    assert noted(desk, "period.approve") == ["chen"]
    take(desk, "approve", "li")
    assert noted(desk, "period.approve") == ["chen", "wang"]
    take(desk, "pay", "zhao")
    assert noted(desk, "period.pay") == ["chen", "li", "wang"]


def test_accounts_of_their_own_are_said_nothing_of(at: Callable[[str], Desk], monkeypatch: pytest.MonkeyPatch) -> None:
    desk = at("in_review")
    for name in ("wang", "li"):
        monkeypatch.setattr("kaohe.cli.login.login", lambda name=name: name)
        assert "same-login" not in take(desk, "approve", name).err
    assert noted(desk, "period.approve") is None


def test_where_people_are_their_logins_one_that_acted_for_somebody_else_before_decides_on_nothing(
    at: Callable[[str], Desk],
) -> None:
    desk = at("in_review")
    add_settings(desk, '[roles]\nidentity = "login"\n')
    refused = desk.try_("period", "approve", *WHOSE)
    assert refused.code != 0
    assert "error [roles.same-login]" in refused.err
    assert "under which chen acted before" in refused.err


def test_who_approves_a_manual_change_under_the_proposers_login_is_noted(at: Callable[[str], Desk]) -> None:
    desk = at("in_review")
    insert(desk, ManualChangeRow, change(by="chen"))
    answer = desk.try_("change", "approve", "1", "--as", "wang")
    assert "warning [roles.same-login]: wang acts under the same login as chen before" in answer.err


def noted(desk: Desk, action: str) -> Any:
    """Under which other names the account of the newest such event acted before, as the log has it."""
    with App("en", desk.workspace, {}).store.reading() as connection:
        log = table_of(AuditRow)
        newest = select(log.c.detail).where(log.c.action == action).order_by(log.c.seq.desc()).limit(1)
        return detail_of(connection.scalar(newest)).get("same_login")
