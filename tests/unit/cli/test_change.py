"""``kaohe change``: proposed by one, approved by another, applied when the period is calculated."""

from __future__ import annotations

import csv
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.scenarios.desk import Answer, Desk
from tests.tiny import SCHEME, add_tickets, make_desk, ticket_lines, write
from tests.unit.cli.period_kit import NOON, WHOSE, add_settings, appeal, copied, insert, lead, take

from kaohe.records.evidence_tables import AppealRow

# P1 82.5 → B, P2 88 → A, P4 … → C; P3 has no data. Three are graded, and two of three may be changed.
LIMITS = """
[manual_changes]
points = 5
tiers  = 1
bonus  = "20%"
people = 2
"""


@pytest.fixture(scope="module")
def calculated(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = make_desk(tmp_path_factory.mktemp("changes"))
    write(desk, "schemes/tiny.toml", SCHEME + LIMITS)
    add_tickets(desk, ticket_lines())
    return lead(desk, "calculated")


@pytest.fixture
def desk(calculated: Desk, tmp_path: Path) -> Desk:
    return copied(calculated, tmp_path)


def propose(desk: Desk, person: str, *words: str, by: str = "chen", reason: str = "helped out") -> Answer:
    return desk.try_("change", "propose", *WHOSE, person, *words, "--reason", reason, "--as", by)


def decide(desk: Desk, what: str, *words: str, by: str = "wang") -> Answer:
    return desk.try_("change", what, *words, "--as", by)


def results(desk: Desk) -> dict[str, tuple[int, str, int]]:
    """Total, tier and bonus by person, as a new calculation gives them."""
    data = json.loads(desk.do("period", "calculate", *WHOSE, "--as", "chen", "--format", "json").out)
    return {each["code"]: (each["total"], each["tier"], each["bonus"]) for each in data["people"]}


def listed(desk: Desk) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(desk.do("change", "list", *WHOSE, "--format", "json").out)
    return found


class TestFromProposalToResult:
    def test_an_approved_change_counts_from_the_next_calculation_on(self, desk: Desk) -> None:
        before = results(desk)
        said = propose(desk, "张三", "--points", "+3")
        assert said.code == 0, said.err
        assert "1: P1, points +3 (helped out)" in said.err
        assert "→" in said.out.splitlines()[0]
        assert "→" not in said.err
        assert results(desk) == before
        assert decide(desk, "approve", "1").code == 0
        after = results(desk)
        assert float(after["P1"][0]) - float(before["P1"][0]) == 3
        assert {code: each for code, each in after.items() if code != "P1"} == {
            code: each for code, each in before.items() if code != "P1"
        }

    def test_the_list_tells_who_proposed_and_who_decided(self, desk: Desk) -> None:
        propose(desk, "P2", "--bonus", "-100.50")
        decide(desk, "reject", "1", "--reason", "not shown")
        (only,) = listed(desk)
        assert (only["value"], only["state"], only["proposed_by"], only["decided_by"], only["decision"]) == (
            "-100.50", "rejected", "chen", "wang", "not shown",
        )  # fmt: skip
        rows = list(csv.DictReader(desk.do("change", "list", "--format", "csv").out.splitlines()))
        assert [(row["Person"], row["Change"], row["State"]) for row in rows] == [("P2", "-100.50", "rejected")]

    def test_a_rehearsal_shows_the_effect_and_keeps_nothing(self, desk: Desk) -> None:
        answer = propose(desk, "P1", "--points", "+5", "--dry-run")
        assert (answer.code, "nothing was kept" in answer.err, listed(desk)) == (0, True, [])

    def test_several_kinds_are_proposed_at_once(self, desk: Desk) -> None:
        assert propose(desk, "P1", "--points", "-1", "--bonus", "100").code == 0
        assert [(each["kind"], each["value"]) for each in listed(desk)] == [("points", "-1"), ("bonus", "+100.00")]

    def test_evidence_is_kept_whole(self, desk: Desk) -> None:
        paper = write(desk, "letter.txt", "a letter of thanks")
        propose(desk, "P1", "--points", "1", "--evidence", str(paper))
        with closing(sqlite3.connect(desk.workspace / "kaohe.db")) as database:
            rows = database.execute("SELECT digest, name, content FROM attachments").fetchall()
        assert [(name, content) for _digest, name, content in rows] == [("letter.txt", b"a letter of thanks")]
        assert listed(desk)[0]["evidence"] == [rows[0][0]]

    def test_every_step_is_in_the_audit_log_with_the_row(self, desk: Desk) -> None:
        propose(desk, "P1", "--points", "1")
        decide(desk, "approve", "1")
        with closing(sqlite3.connect(desk.workspace / "kaohe.db")) as database:
            events = database.execute(
                "SELECT action, actor, subject, detail FROM audit_log WHERE action LIKE 'change.%' ORDER BY seq"
            ).fetchall()
        assert [event[:3] for event in events] == [
            ("change.propose", "chen", "tiny 2026-Q1"),
            ("change.approve", "wang", "tiny 2026-Q1"),
        ]
        (row,) = json.loads(events[1][3])["rows"]
        assert (row[2]["state"], row[3]["state"]) == ("proposed", "approved")


class TestRefusals:
    @pytest.mark.parametrize(
        ("words", "code"),
        [
            (("--points", "5.5"), "manual.points"),
            (("--points", "many"), "change.value"),
            (("--points", "0"), "change.value"),
            (("--bonus", "1.005"), "change.value"),
            (("--tier", "S"), "change.tier"),
            (("--bonus", "100000"), "manual.bonus"),
        ],
    )
    def test_what_goes_too_far_is_refused_and_nothing_is_kept(self, desk: Desk, words: Any, code: str) -> None:
        answer = propose(desk, "P1", *words)
        assert (answer.code, f"[{code}]" in answer.err, listed(desk)) == (1, True, [])

    def test_something_has_to_be_changed_and_a_reason_given(self, desk: Desk) -> None:
        assert propose(desk, "P1").code == 2
        assert "[change.no-reason]" in propose(desk, "P1", "--points", "1", reason="  ").err

    def test_proposals_count_together_with_those_before_them(self, desk: Desk) -> None:
        propose(desk, "P1", "--points", "3")
        answer = propose(desk, "P1", "--points", "2.5")
        assert "+3 +2.5 = +5.5 points" in answer.err

    def test_no_more_people_than_allowed(self, desk: Desk) -> None:
        assert propose(desk, "P1", "--points", "1").code == 0
        assert propose(desk, "P2", "--points", "1").code == 0
        assert "[manual.people]" in propose(desk, "P4", "--points", "1").err

    def test_somebody_who_is_not_graded(self, desk: Desk) -> None:
        assert "[manual.not-graded]" in propose(desk, "P3", "--points", "1").err

    def test_nobody_approves_what_they_proposed_unless_the_workspace_says_so(self, desk: Desk) -> None:
        propose(desk, "P1", "--points", "1")
        answer = decide(desk, "approve", "1", by="Chen")
        assert (answer.code, "[change.own-work]" in answer.err) == (1, True)
        assert "own_work = true in [roles]" in answer.err
        add_settings(desk, "[roles]\nown_work = true")
        assert decide(desk, "approve", "1", by="chen").code == 0

    @pytest.mark.parametrize("name", ["P1", "张三"])
    def test_nobody_decides_on_their_own_result(self, desk: Desk, name: str) -> None:
        propose(desk, "P1", "--points", "1")
        assert "[change.own-result]" in decide(desk, "approve", "1", by=name).err

    def test_only_those_with_the_role_approve(self, desk: Desk) -> None:
        propose(desk, "P1", "--points", "1")
        add_settings(desk, '[roles]\napprove = ["li"]')
        assert "[roles.refused]" in decide(desk, "approve", "1", by="wang").err
        assert decide(desk, "approve", "1", by="li").code == 0

    def test_what_is_decided_stays_decided(self, desk: Desk) -> None:
        propose(desk, "P1", "--points", "1")
        decide(desk, "reject", "1", "--reason", "no")
        for what in ("approve", "withdraw"):
            assert "[change.decided]" in decide(desk, what, "1").err

    def test_only_the_proposer_withdraws_a_proposal(self, desk: Desk) -> None:
        propose(desk, "P1", "--points", "1")
        assert "[change.not-proposer]" in decide(desk, "withdraw", "1").err
        assert decide(desk, "withdraw", "1", by="chen").code == 0
        assert listed(desk)[0]["state"] == "withdrawn"

    def test_an_approved_change_is_withdrawn_with_a_reason(self, desk: Desk) -> None:
        before = results(desk)
        propose(desk, "P1", "--points", "1")
        decide(desk, "approve", "1")
        assert "[change.no-reason]" in decide(desk, "withdraw", "1").err
        assert decide(desk, "withdraw", "1", "--reason", "a mistake").code == 0
        assert results(desk) == before

    def test_unknown_numbers_are_told(self, desk: Desk) -> None:
        assert "there is no manual change 7" in decide(desk, "approve", "7").err

    def test_a_scheme_without_the_table_allows_none(self, lives: dict[str, Desk]) -> None:
        answer = propose(lives["calculated"], "P1", "--points", "1")
        assert (answer.code, "[manual.not-allowed]" in answer.err) == (1, True)


class TestTime:
    @pytest.mark.parametrize(("state", "way"), [("frozen", "calculate it first"), ("none", "calculate it first")])
    def test_before_the_calculation_there_is_nothing_to_change(
        self, lives: dict[str, Desk], state: str, way: str
    ) -> None:
        answer = propose(lives[state], "P1", "--points", "1")
        assert (answer.code, way in answer.err) == (1, True)

    def test_after_approval_the_period_has_to_be_reopened(self, desk: Desk) -> None:
        for step, name in (("submit", "chen"), ("approve", "wang"), ("approve", "li")):
            take(desk, step, name)
        assert "reopen it first" in propose(desk, "P1", "--points", "1").err

    def test_after_the_payment_only_an_upheld_appeal_leads_to_a_change(self, desk: Desk) -> None:
        for step, name in (("submit", "chen"), ("approve", "wang"), ("approve", "li"), ("pay", "zhao")):
            take(desk, step, name)
        assert "only an appeal leads to a change" in propose(desk, "P1", "--points", "1").err
        insert(desk, AppealRow, appeal())
        assert "[change.appeal]" in propose(desk, "P2", "--points", "1", "--appeal", "1").err
        assert propose(desk, "P1", "--points", "1", "--appeal", "1").code == 0
        assert "[change.period]" in decide(desk, "approve", "1").err
        desk.do("appeal", "answer", "1", "--text", "A ticket was missed.", "--as", "li")
        desk.do("appeal", "uphold", "1", "--reason", "It counts.", "--change", "1", "--as", "wang")
        assert "kaohe period restate tiny 2026-Q1" in decide(desk, "approve", "1").err

    def test_after_the_payment_the_appeal_stands_for_one_person_and_is_not_over(self, desk: Desk) -> None:
        for step, name in (("submit", "chen"), ("approve", "wang"), ("approve", "li"), ("pay", "zhao")):
            take(desk, step, name)
        settled = {"decision": "no", "decided_by": "li", "decided_at": NOON}
        insert(desk, AppealRow, {**appeal("rejected"), **settled})
        assert "was rejected or withdrawn" in propose(desk, "P1", "--points", "1", "--appeal", "1").err
        assert "there is no appeal 2" in propose(desk, "P1", "--points", "1", "--appeal", "2").err


class TestCalibration:
    def test_a_sheet_is_proposed_whole(self, desk: Desk) -> None:
        file = write(desk, "sheet.csv", "人员,调分,等级,调奖金,理由\n张三,2.5,,,帮扶新人\nP2,,,-100,迟交报告\n")
        answer = desk.do("change", "import", *WHOSE, file, "--as", "chen")
        assert "proposed; somebody else approves: kaohe change approve 1 2" in answer.err
        assert [(each["person"], each["kind"], each["value"], each["reason"]) for each in listed(desk)] == [
            ("P1", "points", "+2.5", "帮扶新人"),
            ("P2", "bonus", "-100.00", "迟交报告"),
        ]

    def test_every_mistake_is_told_with_its_cell_and_nothing_is_kept(self, desk: Desk) -> None:
        lines = ["person,points,tier,bonus,reason", "P1,x,,,a", "P9,1,,,b", "P2,,S,,c", "P4,,,,d", "P1,1,,,"]
        answer = desk.try_("change", "import", *WHOSE, write(desk, "sheet.csv", "\n".join(lines) + "\n"))
        assert (answer.code, listed(desk)) == (1, [])
        found = [line for line in answer.err.splitlines() if ": error [" in line]
        assert [line.split(": error ")[1].split("]")[0] for line in found] == [
            "[change.cell", "[explain.person", "[change.tier", "[change.nothing", "[change.cell",
        ]  # fmt: skip
        assert all("sheet.csv" in line for line in found)

    def test_a_limit_is_told_at_the_cell_of_the_person(self, desk: Desk) -> None:
        file = write(desk, "sheet.csv", "person,points,reason\nP1,1,a\nP2,9,b\n")
        answer = desk.try_("change", "import", *WHOSE, file)
        assert (answer.code, "sheet.csv:3 (P2): error [manual.points]" in answer.err) == (1, True)

    def test_the_effect_is_shown_by_group_without_and_with_the_changes(self, desk: Desk) -> None:
        propose(desk, "P1", "--points", "5")
        words = ("change", "effect", *WHOSE, "--format", "json")
        computed, proposed = (json.loads(desk.do(*words, *more).out)[-1] for more in ((), ("--proposed",)))
        assert (computed["people"], computed["changed"], computed["mean_points"]) == (3, 0, "0")
        assert (proposed["changed"], proposed["mean_points"]) == (1, "1.666667")
        assert computed["tiers"]["B"]["computed"] == proposed["tiers"]["B"]["computed"]
        rows = list(csv.DictReader(desk.do(*words[:-1], "csv", "--proposed").out.splitlines()))
        assert [row["team"] for row in rows] == ["北一队", "南一队", "everybody"]


class TestExplained:
    def test_changed_figures_are_explained_and_recompute(self, desk: Desk) -> None:
        assert propose(desk, "P2", "--tier", "B", "--bonus", "-50", reason="late reports").code == 0
        assert propose(desk, "P1", "--points", "3").code == 0
        assert decide(desk, "approve", "1", "2", "3").code == 0
        results(desk)
        changed = desk.do("explain", "2", "P2").out
        assert "computed tier A, before changes by hand" in changed
        assert changed.count("late reports") >= 2
        assert "changed by hand: -50.00 CNY" in changed
        assert "by hand (no. 3): 3, helped out" in desk.do("explain", "2", "P1").out

    def test_money_given_to_somebody_who_is_not_eligible_is_explained(self, desk: Desk) -> None:
        # The quarter has 90 days: by the scheme itself nobody has a bonus.
        scheme = (
            (SCHEME + LIMITS)
            .replace('"20%"', "500")
            .replace("[[outcomes]]", "[bonus.eligible]\nmin_days = 92\n\n[[outcomes]]", 1)
        )
        write(desk, "schemes/tiny.toml", scheme)
        take(desk, "reopen", "chen", "--reason", "new rules")
        for step in ("freeze", "calculate"):
            take(desk, step, "chen")
        assert propose(desk, "P1", "--bonus", "200").code == 0
        assert decide(desk, "approve", "1").code == 0
        assert results(desk)["P1"][2] == "200.00"
        assert "changed by hand: 200.00 CNY" in desk.do("explain", "3", "P1").out


class TestFiles:
    def test_a_list_that_leaves_is_noted_as_an_export(self, desk: Desk, tmp_path: Path) -> None:
        propose(desk, "P1", "--points", "1")
        desk.do("change", "list", *WHOSE, "--output", tmp_path / "changes.csv")
        with (tmp_path / "changes.csv").open(encoding="utf-8-sig", newline="") as file:
            assert [row["Person"] for row in csv.DictReader(file)] == ["P1"]
        with closing(sqlite3.connect(desk.workspace / "kaohe.db")) as database:
            (detail,) = database.execute("SELECT detail FROM audit_log WHERE action = 'export'").fetchone()
        assert (json.loads(detail)["what"], json.loads(detail)["count"]) == ("changes", 1)

    def test_evidence_is_handed_out_again_as_it_was_handed_in(self, desk: Desk, tmp_path: Path) -> None:
        one, other = (write(desk, name, text) for name, text in (("a.txt", "one"), ("b.txt", "other")))
        propose(desk, "P1", "--points", "1", "--evidence", str(one), "--evidence", str(other))
        decide(desk, "approve", "1", "--reason", "seen")
        words = ("change", "show", "1", "--save", tmp_path / "files")
        shown = desk.do(*words).out
        for line in (
            "1: P1, points +1 (helped out)",
            "tiny 2026-Q1: approved",
            "proposed by chen",
            "by wang on",
            "seen",
        ):
            assert line in shown
        assert "attachment a.txt, 3 bytes" in shown
        assert {path.name: path.read_text() for path in (tmp_path / "files").iterdir()} == {
            "a.txt": "one", "b.txt": "other",
        }  # fmt: skip
        assert "[file.exists]" in desk.try_(*words).err
        with closing(sqlite3.connect(desk.workspace / "kaohe.db")) as database:
            (noted,) = database.execute("SELECT count(*) FROM audit_log WHERE action = 'export'").fetchone()
        assert noted == 2
        assert "there is no manual change 2" in desk.try_("change", "show", "2").err

    def test_an_attribute_that_nobody_has_is_told(self, desk: Desk) -> None:
        answer = desk.try_("change", "effect", *WHOSE, "--by", "floor")
        assert (answer.code, "nobody has the attribute floor" in answer.err) == (1, True)
