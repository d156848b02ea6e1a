"""What stands in a period's way, how it is named, and what is only told."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.scenarios.desk import Desk
from tests.tiny import SCHEME, write
from tests.unit.cli.period_kit import WHOSE, appeal, change, insert, lead, shown, take
from tests.unit.run.test_balances import STARS, use

from kaohe.cli import clock
from kaohe.records.evidence_tables import AppealRow, ManualChangeRow


class TestWhatStandsInTheWay:
    def test_undecided_changes_hold_up_submission(self, at: Callable[[str], Desk]) -> None:
        desk = at("calculated")
        insert(desk, ManualChangeRow, change())
        answer = desk.try_("period", "submit", *WHOSE)
        assert answer.code == 1
        assert "[period.changes-undecided]: 1 manual changes are proposed and not decided on" in answer.err
        assert "found: 1 (P1)" in answer.err
        assert shown(desk)["blocked_by"][0]["code"] == "period.changes-undecided"

    def test_a_run_without_the_approved_changes_is_neither_submitted_nor_approved(
        self, at: Callable[[str], Desk]
    ) -> None:
        desk = at("calculated")
        insert(desk, ManualChangeRow, change("approved"))
        answer = desk.try_("period", "submit", *WHOSE)
        assert "[period.changes-not-in-run]" in answer.err
        assert "calculate again: kaohe period calculate tiny 2026-Q1" in answer.err

    def test_rejected_changes_hold_up_nothing(self, at: Callable[[str], Desk]) -> None:
        desk = at("calculated")
        insert(desk, ManualChangeRow, change("rejected"))
        insert(desk, ManualChangeRow, change("withdrawn"))
        take(desk, "submit", "chen")

    def test_open_appeals_hold_up_approval_unless_somebody_says_why_not(self, at: Callable[[str], Desk]) -> None:
        desk = at("in_review")
        insert(desk, AppealRow, appeal())
        for words in ((), ("--despite-appeals", " ")):
            answer = desk.try_("period", "approve", *WHOSE, "--as", "wang", *words)
            assert answer.code == 1
            assert "[period.appeals-undecided]: 1 appeals are not decided on" in answer.err
        assert "2026-04-20 (1)" in desk.do("period", "list").out
        assert "appeal 1 of P1 is due on 2026-04-20" in desk.do("period", "show", *WHOSE).err
        take(desk, "approve", "wang", "--despite-appeals", "it concerns another quarter")
        assert shown(desk)["steps"][-1]["reason"] == "it concerns another quarter"

    @pytest.mark.parametrize("state", ["upheld", "rejected", "withdrawn"])
    def test_decided_appeals_hold_up_nothing(self, state: str, at: Callable[[str], Desk]) -> None:
        desk = at("in_review")
        insert(desk, AppealRow, appeal(state))
        take(desk, "approve", "wang")

    def test_a_period_is_not_closed_over_an_open_appeal(self, at: Callable[[str], Desk]) -> None:
        desk = at("paid")
        insert(desk, AppealRow, appeal("answered"))
        assert "[period.appeals-undecided]" in desk.try_("period", "close", *WHOSE).err
        take(desk, "close", "zhao", "--despite-appeals", "left the company")

    @pytest.mark.parametrize(
        "harm", ["UPDATE runs SET columns = x'00'", "UPDATE runs SET digest = 'f' || substr(digest, 2)"]
    )
    @pytest.mark.parametrize(("state", "step", "name"), [("in_review", "approve", "wang"), ("approved", "pay", "zhao")])
    def test_a_run_that_does_not_verify_is_neither_approved_nor_paid(
        self, state: str, step: str, name: str, harm: str, at: Callable[[str], Desk]
    ) -> None:
        desk = at(state)
        with closing(sqlite3.connect(desk.workspace / "kaohe.db")) as connection:
            connection.execute(harm)
            connection.commit()
        answer = desk.try_("period", step, *WHOSE, "--as", name)
        assert answer.code == 3
        assert "[period.not-verified]" in answer.err
        assert "error [verify." in answer.err, "what differs is named"
        assert shown(desk)["state"] == state


class TestNames:
    def test_a_period_has_one_name(self, lives: dict[str, Desk]) -> None:
        for name in ("2026-01-01..2026-03-31", "2026-q1", " 2026-Q1 "):
            answer = lives["frozen"].do("period", "show", "tiny", name)
            assert "tiny 2026-Q1: frozen" in answer.out

    @pytest.mark.parametrize("command", ["open", "freeze", "show"])
    def test_what_is_no_period_is_told(self, command: str, lives: dict[str, Desk]) -> None:
        answer = lives["none"].try_("period", command, "tiny", "2026-Q5")
        assert answer.code == 1
        assert "[period.unreadable]" in answer.err

    def test_a_scheme_by_its_id_or_its_file(self, at: Callable[[str], Desk]) -> None:
        desk = at("none")
        file = desk.workspace / "schemes" / "tiny.toml"
        file.rename(file.with_name("mine.toml"))
        desk.do("period", "open", "mine", "2026-Q1")
        desk.do("period", "open", "tiny", "2026-Q2")
        desk.do("period", "freeze", str(file.with_name("mine.toml")), "2026-Q1")
        rows = json.loads(desk.do("period", "list", "--format", "json").out)
        assert [(row["scheme"], row["state"]) for row in rows] == [("tiny", "frozen"), ("tiny", "open")]

    def test_two_files_of_one_id_are_told(self, at: Callable[[str], Desk]) -> None:
        desk = at("none")
        for name in ("one", "two"):
            write(desk, f"schemes/{name}.toml", SCHEME)
        (desk.workspace / "schemes" / "tiny.toml").unlink()
        answer = desk.try_("period", "open", *WHOSE)
        assert "[period.scheme-twice]" in answer.err
        assert "found: one.toml, two.toml" in answer.err
        desk.do("period", "open", "one", "2026-Q1")

    def test_a_scheme_that_is_not_there(self, lives: dict[str, Desk]) -> None:
        for command in ("open", "freeze", "calculate", "show"):
            answer = lives["none"].try_("period", command, "nothing", "2026-Q1")
            assert answer.code == 1
            assert "[scheme.no-file]" in answer.err

    def test_a_file_that_now_holds_another_scheme(self, at: Callable[[str], Desk]) -> None:
        desk = at("open")
        write(desk, "schemes/tiny.toml", SCHEME.replace('"tiny"', '"other"'))
        answer = desk.try_("period", "freeze", *WHOSE)
        assert answer.code == 1
        assert "[period.another-scheme]" in answer.err


class TestTold:
    def test_a_period_the_scheme_is_not_in_force_in_is_not_opened(self, lives: dict[str, Desk]) -> None:
        answer = lives["none"].try_("period", "open", "tiny", "2027-Q1")
        assert answer.code == 1
        assert "[evaluate.not-in-force]" in answer.err

    def test_a_scheme_with_mistakes_is_not_opened(self, at: Callable[[str], Desk]) -> None:
        desk = at("none")
        write(desk, "schemes/tiny.toml", SCHEME.replace("weight = 60", "weight = 61"))
        assert desk.try_("period", "open", *WHOSE).code == 1
        assert json.loads(desk.do("period", "list", "--format", "json").out) == []

    def test_overlapping_periods_are_told(self, at: Callable[[str], Desk]) -> None:
        answer = at("open").do("period", "open", "tiny", "2026-01")
        assert "warning [period.overlap]: other periods of this scheme share days with 2026-01" in answer.err
        assert "found: 2026-Q1" in answer.err

    def test_a_clock_that_is_behind_is_told(self, at: Callable[[str], Desk], monkeypatch: pytest.MonkeyPatch) -> None:
        desk = at("open")
        monkeypatch.setattr(clock, "now", lambda: datetime(2026, 2, 1, tzinfo=UTC))
        answer = take(desk, "freeze", "chen")
        assert "warning [period.clock]" in answer.err
        assert "warning [period.not-over]: the period is not over: its last day is 2026-03-31" in answer.err
        assert shown(desk)["steps"][-1]["at"].startswith("2026-02-01")

    def test_a_scheme_that_pays_nothing_is_closed_after_approval(self, tiny: Desk) -> None:
        start, end = SCHEME.index("[bonus]"), SCHEME.index("[[outcomes]]")
        write(tiny, "schemes/tiny.toml", SCHEME[:start] + SCHEME[end:])
        lead_to_approved = lead(tiny, "approved")
        assert "next: kaohe period close tiny 2026-Q1" in lead_to_approved.do("period", "show", *WHOSE).err
        refused = tiny.try_("period", "pay", *WHOSE)
        assert "[period.order]: the scheme pays nothing" in refused.err
        take(tiny, "close", "zhao")

    def test_nobody_is_paid_where_the_list_cannot_be_written(self, at: Callable[[str], Desk], tmp_path: Path) -> None:
        desk = at("approved")
        for output in (tmp_path / "no such folder" / "list.csv", tmp_path / "file" / "list.csv"):
            (tmp_path / "file").touch()
            answer = desk.try_("period", "pay", *WHOSE, "--as", "zhao", "--output", str(output))
            assert "[file.unwritable]" in answer.err
            assert shown(desk)["state"] == "approved"
        assert [each.name for each in tmp_path.iterdir() if "new" in each.name] == []

    @pytest.mark.parametrize("form", ["csv", "xlsx"])
    def test_paying_can_be_rehearsed_and_listed(self, form: str, at: Callable[[str], Desk], tmp_path: Path) -> None:
        desk, file = at("approved"), tmp_path / f"list.{form}"
        answer = take(desk, "pay", "zhao", "--dry-run", "--output", str(file))
        assert "16,750.00 CNY in all" in answer.err
        assert shown(desk)["state"] == "approved"
        rehearsed = file.read_bytes()
        take(desk, "pay", "zhao", "--output", str(file))
        assert form == "xlsx" or file.read_bytes() == rehearsed
        with closing(sqlite3.connect(desk.workspace / "kaohe.db")) as connection:
            paid = connection.execute("SELECT person, run, earned, paid FROM payments ORDER BY person").fetchall()
        assert paid == [
            ("P1", 1, 500000, 500000),
            ("P2", 1, 900000, 900000),
            ("P3", 1, 0, 0),
            ("P4", 1, 275000, 275000),
        ]


class TestTimeForAppeals:
    """The scheme takes appeals for seven days after submission."""

    @pytest.fixture
    def desk(self, tiny: Desk) -> Desk:
        write(tiny, "schemes/tiny.toml", SCHEME + "\n[appeals]\ndays = 7\nanswer_days = 5\ndecide_days = 10\n")
        return lead(tiny, "calculated")

    def test_it_is_told_when_a_period_is_submitted_and_shown(self, desk: Desk) -> None:
        submitted = take(desk, "submit", "chen").err
        assert "appeals are taken until 20" in submitted
        assert submitted.splitlines()[0] in desk.do("period", "show", *WHOSE).err

    def test_approving_while_it_runs_is_warned_of(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        take(desk, "submit", "chen")
        assert "warning [period.appeals-time]: appeals can still be opened until" in take(desk, "approve", "wang").err
        later = clock.now() + timedelta(days=9)
        monkeypatch.setattr(clock, "now", lambda: later)
        assert "appeals-time" not in take(desk, "approve", "li").err


def test_a_history_is_shown_although_the_inputs_are_damaged(at: Callable[[str], Desk]) -> None:
    desk = at("calculated")
    with closing(sqlite3.connect(desk.workspace / "kaohe.db")) as connection:
        connection.execute("UPDATE kept_texts SET text = text || ' '")
        connection.commit()
    answer = desk.do("period", "show", *WHOSE)
    assert "calculate" in answer.out
    assert "[run.inputs-unreadable]" in answer.err
    assert desk.try_("period", "calculate", *WHOSE).code == 3


class TestMoneyThatSomebodyMoved:
    """Somebody writes SQL between the approval and the payment."""

    @pytest.mark.parametrize(
        ("harm", "table"),
        [
            ("INSERT INTO postings VALUES (1, 'P1', 'tiny', '2025-Q4', '2026-Q1', 100000)", "postings"),
            ("INSERT INTO payments VALUES ('tiny', '2025-Q4', 'P1', 1, 0, 0, 0, 100000, 0)", "payments"),
            ("DELETE FROM audit_log WHERE seq = 5", "audit_log"),
        ],
    )
    def test_nobody_pays_by_evidence_that_was_changed(self, at: Callable[[str], Desk], harm: str, table: str) -> None:
        desk = at("approved")
        past_kaohe(desk, "PRAGMA foreign_keys = OFF", harm)
        answer = desk.try_("period", "pay", *WHOSE, "--as", "zhao")
        assert answer.code == 3
        assert "error [period.evidence-changed]" in answer.err
        assert table in answer.err
        assert shown(desk)["state"] == "approved"
        take(desk, "pay", "zhao", "--despite-audit", "known, see the minutes")
        assert shown(desk)["steps"][-1]["reason"] == "known, see the minutes"

    def test_a_trigger_that_changes_payments_as_they_are_written_stops_them(self, at: Callable[[str], Desk]) -> None:
        desk = at("approved")
        past_kaohe(
            desk,
            "CREATE TRIGGER more AFTER INSERT ON payments BEGIN "
            "UPDATE payments SET earned = earned + 100, paid = paid + 100; END",
        )
        assert "[audit.trigger]" in desk.try_("period", "pay", *WHOSE, "--as", "zhao").err
        answer = desk.try_("period", "pay", *WHOSE, "--as", "zhao", "--despite-audit", "hush")
        assert "error [payments.changed]: the database changes payments as they are written" in answer.err
        assert shown(desk)["state"] == "approved"

    def test_of_two_who_pay_at_once_one_is_told_that_the_other_was_first(
        self, at: Callable[[str], Desk], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The other one pays while this one has looked at everything and has not written yet."""
        desk = at("approved")
        from kaohe.cli import period_payments

        checked = period_payments.log_sound

        def meanwhile(*words: Any) -> Any:
            monkeypatch.setattr(period_payments, "log_sound", checked)
            take(desk, "pay", "zhao")
            return checked(*words)

        monkeypatch.setattr(period_payments, "log_sound", meanwhile)
        answer = desk.try_("period", "pay", *WHOSE, "--as", "zhao")
        assert answer.code == 1
        assert "error [period.overtaken]: somebody else took a step in the meantime: pay by zhao" in answer.err


def past_kaohe(desk: Desk, *lines: str) -> None:
    with closing(sqlite3.connect(desk.workspace / "kaohe.db")) as connection:
        for line in lines:
            connection.execute(line)
        connection.commit()


def test_an_upheld_appeal_holds_up_approval_until_the_run_follows_it(at: Callable[[str], Desk]) -> None:
    desk = at("in_review")
    insert(desk, AppealRow, {**appeal("upheld"), "result": '{"batches":[99],"changes":[]}'})
    answer = desk.try_("period", "approve", *WHOSE, "--as", "wang")
    assert answer.code == 1
    assert (
        "error [period.appeals-not-followed]: 1 appeals were upheld, and what they led to is not in this" in answer.err
    )
    insert(desk, AppealRow, {**appeal("upheld"), "result": '{"batches":[1],"changes":[]}'})
    assert "found: 1 (P1)\n" in desk.try_("period", "approve", *WHOSE, "--as", "wang").err
    take(desk, "approve", "wang", "--despite-appeals", "the import was of another year")


class TestBalancesOfThePeriodBefore:
    """What the first quarter leaves is brought forward to the second, which is ahead of it."""

    @staticmethod
    def led(desk: Desk, period: str, *steps: str) -> None:
        for step in steps:
            name = "chen" if step != "approve" else "wang"
            desk.do("period", step, "tiny", period, "--as", name)

    def test_another_run_for_the_period_before_holds_up_what_rests_on_the_former_one(
        self, at: Callable[[str], Desk]
    ) -> None:
        desk = at("none")
        use(desk, STARS)
        self.led(desk, "2026-Q1", "open", "freeze", "calculate")
        self.led(desk, "2026-Q2", "open", "freeze", "calculate", "submit")
        desk.do("period", "reopen", *WHOSE, "--reason", "again", "--as", "chen")
        use(desk, STARS.replace("* 10", "* 8"))
        self.led(desk, "2026-Q1", "freeze", "calculate")
        answer = desk.try_("period", "approve", "tiny", "2026-Q2", "--as", "wang")
        assert answer.code == 1
        assert "error [period.balances-moved]" in answer.err
        desk.do("period", "reopen", "tiny", "2026-Q2", "--reason", "balances", "--as", "chen")
        self.led(desk, "2026-Q2", "freeze", "calculate", "submit", "approve")

    def test_what_rests_on_balances_is_paid_after_the_period_that_leaves_them(self, at: Callable[[str], Desk]) -> None:
        desk = at("none")
        use(desk, STARS)
        self.led(desk, "2026-Q1", "open", "freeze", "calculate")
        self.led(desk, "2026-Q2", "open", "freeze", "calculate", "submit", "approve")
        desk.do("period", "approve", "tiny", "2026-Q2", "--as", "li")
        answer = desk.try_("period", "pay", "tiny", "2026-Q2", "--as", "zhao")
        assert answer.code == 1
        assert "error [period.balances-open]" in answer.err
        assert "first: kaohe period pay tiny 2026-Q1" in answer.err
        self.led(desk, "2026-Q1", "submit", "approve")
        desk.do("period", "approve", *WHOSE, "--as", "li")
        desk.do("period", "pay", *WHOSE, "--as", "zhao")
        desk.do("period", "pay", "tiny", "2026-Q2", "--as", "zhao")


def test_an_approved_change_is_not_taken_back_once_the_period_is_approved(at: Callable[[str], Desk]) -> None:
    desk = at("approved")
    insert(desk, ManualChangeRow, {**change("approved"), "appeal": 1})
    answer = desk.try_("change", "withdraw", "1", "--reason", "no", "--as", "wang")
    assert answer.code == 1
    assert "error [change.period]" in answer.err
