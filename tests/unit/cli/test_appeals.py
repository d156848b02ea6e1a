"""``kaohe appeal``: three appeals against one run, by hand: corrected records, a manual change, a rejection.

P1 was in time with 3 of 4 tickets (75 points, weight 60), is rated 9 (90 points, weight 40) and has one repair more
than before (+1): 82. T04 was closed in time after all: 4 of 4, 60 + 36 + 1 = 97, tier A, 5,000 × 1.5 = 7,500.
P2 has 88.5 and gets 2 points more by hand: 90.5. P4 has 51 and keeps it.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.scenarios.desk import Answer, Desk
from tests.tiny import SCHEME, TICKETS, add_tickets, make_desk, ticket_lines, write

LATE = "T99,repair,P1,2026-02-01 00:00,2026-02-01 01:00,8"
APPEALS = "\n[appeals]\ndays = 7\nanswer_days = 3\ndecide_days = 5\n\n[manual_changes]\npoints = 5\n"
WHOSE = ("tiny", "2026-Q1")
SUBMITTED = datetime(2026, 4, 10, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai
CORRECTED = "T04,repair,P1,2026-03-31 23:59,2026-04-01 12:00,"
Clock = Callable[[datetime], None]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return lambda at: monkeypatch.setattr("kaohe.cli.clock.now", lambda: at)


@pytest.fixture(scope="module")
def in_review(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A period in review, prepared by chen; made once, and copied for each test."""
    desk = make_desk(tmp_path_factory.mktemp("appeals"))
    write(desk, "schemes/tiny.toml", SCHEME + APPEALS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kaohe.cli.clock.now", lambda: SUBMITTED - timedelta(hours=2))
        add_tickets(desk, ticket_lines())
        for step in ("open", "freeze", "calculate"):
            desk.do("period", step, *WHOSE, "--as", "chen")
        patch.setattr("kaohe.cli.clock.now", lambda: SUBMITTED)
        desk.do("period", "submit", *WHOSE, "--as", "chen")
    return desk.workspace


@pytest.fixture
def submitted(in_review: Path, tmp_path: Path, clock: Clock) -> Desk:
    clock(SUBMITTED)
    return Desk(shutil.copytree(in_review, tmp_path / "tiny"))


def appeal(desk: Desk, person: str, figure: str, *more: str | Path) -> Answer:
    words = ("--text", f"{person} does not agree") if "--file" not in more else ()
    return desk.try_("appeal", "open", "1", person, "--figure", figure, "--as", person, *words, *more)


def listed(desk: Desk, *words: str) -> list[dict[str, Any]]:
    return json.loads(desk.do("appeal", "list", "--format", "json", *words).out)


def results(desk: Desk, run: str) -> dict[str, tuple[str | None, str | None, str | None]]:
    data = json.loads(desk.do("run", "show", run, "--format", "json").out)
    people = data.get("people") or data["result"]["people"]
    return {each["code"]: (each["total"], each["tier"], each["bonus"]) for each in people}


def test_two_appeals_are_upheld_and_a_third_is_rejected(submitted: Desk, clock: Clock) -> None:
    desk = submitted
    letter = write(desk, "letter.txt", "T04 was closed on the next day; the form shows it.\n")
    form = write(desk, "form.csv", "T04,2026-04-01 12:00\n")
    opened = appeal(desk, "P1", "in_time", "--file", letter, "--evidence", form)
    assert opened.code == 0
    assert "appeal 1: an answer is due by 2026-04-13, a decision by 2026-04-15" in opened.err
    assert appeal(desk, "P2", "rating").code == 0
    assert appeal(desk, "P4", "total").code == 0
    clock(SUBMITTED + timedelta(days=1))
    for number in ("1", "2", "3"):
        desk.do("appeal", "answer", number, "--text", "We looked at it.", "--as", "chen")
    # The first: the ticket is corrected.
    corrected = write(desk, "corrected.csv", f"{TICKETS.splitlines()[0]}\n{CORRECTED}\n")
    desk.do("records", "import", "ticket", corrected, "--update")
    batch = str(desk.batches()[0]["batch"])
    upheld = desk.do("appeal", "uphold", "1", "--reason", "The form is right.", "--batch", batch, "--as", "wang")
    assert "frozen before they were corrected; next: kaohe period reopen tiny 2026-Q1" in upheld.err
    # The second: nothing is wrong with the records, but two points are given.
    desk.do("change", "propose", *WHOSE, "P2", "--points", "2", "--reason", "Consults", "--appeal", "2", "--as", "chen")
    desk.do("appeal", "uphold", "2", "--reason", "Consults count too.", "--change", "1", "--as", "wang")
    desk.do("change", "approve", "1", "--as", "wang", "--reason", "as decided")
    # The third is wrong.
    desk.do("appeal", "reject", "3", "--reason", "The figures are right.", "--as", "wang")
    assert [each["result"] for each in listed(desk)] == [
        {"changes": [], "batches": [int(batch)], "run": None},
        {"changes": [1], "batches": [], "run": None},
        None,
    ]
    desk.do("period", "reopen", *WHOSE, "--reason", "appeal 1", "--as", "chen")
    for step in ("freeze", "calculate"):
        desk.do("period", step, *WHOSE, "--as", "chen")
    assert [(each["state"], (each["result"] or {}).get("run")) for each in listed(desk)] == [
        ("upheld", 2),
        ("upheld", 2),
        ("rejected", None),
    ]
    new = results(desk, "2")
    assert new["P1"] == ("97", "A", "7500.00")
    assert new["P2"] == ("90.5", "A", "9000.00")
    assert new["P4"] == ("51", "C", "2750.00")
    shown = desk.do("appeal", "show", "1").out
    assert "In time (weight 100): 75 % → 75 points" in shown  # as it was when it was appealed against
    assert "attachment form.csv" in shown
    assert "it led to run 2" in shown
    assert desk.try_("audit", "verify").code == 0


def test_appeals_are_taken_within_the_window_only(submitted: Desk, clock: Clock) -> None:
    desk = submitted
    clock(datetime(2026, 4, 17, 15, 59, 59, tzinfo=UTC))
    assert appeal(desk, "P1", "total").code == 0
    clock(datetime(2026, 4, 17, 16, 0, tzinfo=UTC))
    late = appeal(desk, "P2", "total")
    assert late.code == 1
    assert "the time for appeals against this run is over" in late.err
    assert "found: 2026-04-18" in late.err
    assert "expected: from 2026-04-10 to 2026-04-17" in late.err


def test_before_the_submission_no_appeal_is_taken(tmp_path: Path, clock: Clock) -> None:
    desk = make_desk(tmp_path)
    write(desk, "schemes/tiny.toml", SCHEME + APPEALS)
    add_tickets(desk, ticket_lines())
    desk.do("evaluate", "tiny", "--period", "2026-Q1")
    assert "once the results were submitted for review" in appeal(desk, "P1", "total").err


def test_without_the_table_no_appeals_are_taken(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    add_tickets(desk, ticket_lines())
    desk.do("evaluate", "tiny", "--period", "2026-Q1")
    answer = appeal(desk, "P1", "total")
    assert answer.code == 1
    assert "the scheme takes no appeals" in answer.err
    assert "[appeals]" in answer.err


@pytest.mark.parametrize(
    ("person", "figure", "told"),
    [
        ("P1", "retention", "expected: total, rank, tier, bonus, in_time, rating, growth"),
        ("P3", "rank", "expected: total, in_time, rating, growth"),  # is not graded, and has no rank
        ("P9", "total", "nobody of this code or name is in the run"),
    ],
)
def test_an_appeal_is_against_a_figure_that_is_there(person: str, figure: str, told: str, submitted: Desk) -> None:
    answer = appeal(submitted, person, figure)
    assert answer.code == 1
    assert told in answer.err


def test_a_figure_is_appealed_against_once_unless_that_was_withdrawn(submitted: Desk) -> None:
    assert appeal(submitted, "P1", "total").code == 0
    again = appeal(submitted, "P1", "total")
    assert "there is an appeal about this figure already: waits for an answer" in again.err
    submitted.do("appeal", "withdraw", "1", "--as", "张三")
    assert appeal(submitted, "P1", "total").code == 0


def test_nobody_speaks_for_another_without_a_reason(submitted: Desk) -> None:
    words = ("appeal", "open", "1", "P1", "--figure", "total", "--text", "wrong", "--as", "P2")
    refused = submitted.try_(*words)
    assert (refused.code, "only P1 does this" in refused.err) == (3, True)
    submitted.do(*words, "--on-behalf", "P1 is ill")
    assert listed(submitted)[0]["opened_by"] == "P2"
    log = submitted.do("audit", "show", "--format", "json").out
    assert "P1 is ill" in log


def test_steps_out_of_order_are_refused(submitted: Desk) -> None:
    assert appeal(submitted, "P1", "total").code == 0
    early = submitted.try_("appeal", "reject", "1", "--reason", "no", "--as", "wang")
    assert (early.code, "→ first: kaohe appeal answer 1" in early.err) == (1, True)
    submitted.do("appeal", "answer", "1", "--text", "seen", "--as", "chen")
    twice = submitted.try_("appeal", "answer", "1", "--text", "seen", "--as", "chen")
    assert "expected: waits for an answer" in twice.err
    submitted.do("appeal", "reject", "1", "--reason", "no", "--as", "wang")
    for words in (("uphold", "1", "--reason", "yes", "--change", "1"), ("withdraw", "1")):
        answer = submitted.try_("appeal", *words, "--as", "P1")
        assert answer.code == 1
        assert "it is settled; see it: kaohe appeal show 1" in answer.err


def test_who_prepared_results_and_whose_they_are_do_not_decide(submitted: Desk) -> None:
    assert appeal(submitted, "P1", "total").code == 0
    own = submitted.try_("appeal", "answer", "1", "--text", "I am right", "--as", "P1")
    assert "nobody answers or decides on an appeal of their own" in own.err
    submitted.do("appeal", "answer", "1", "--text", "seen", "--as", "chen")
    prepared = submitted.try_("appeal", "reject", "1", "--reason", "no", "--as", "Chen")
    assert "nobody decides on appeals against their own work" in prepared.err
    assert listed(submitted)[0]["state"] == "answered"


def test_the_role_approve_decides(submitted: Desk) -> None:
    settings = submitted.workspace / "kaohe.toml"
    settings.write_text(settings.read_text("utf-8") + '\n[roles]\napprove = ["wang"]\n', "utf-8")
    assert appeal(submitted, "P1", "total").code == 0
    submitted.do("appeal", "answer", "1", "--text", "seen", "--as", "chen")
    refused = submitted.try_("appeal", "reject", "1", "--reason", "no", "--as", "li")
    assert (refused.code, "li does not have the role" in refused.err) == (3, True)
    submitted.do("appeal", "reject", "1", "--reason", "no", "--as", "wang")


def test_an_upheld_appeal_leads_to_something_that_fits(submitted: Desk) -> None:
    desk = submitted
    assert appeal(desk, "P1", "total").code == 0
    desk.do("appeal", "answer", "1", "--text", "seen", "--as", "chen")
    uphold = ("appeal", "uphold", "1", "--reason", "yes", "--as", "wang")
    assert desk.try_(*uphold).code == 2
    older = desk.batches()[0]["batch"]
    refused = desk.try_(*uphold, "--batch", str(older), "--batch", "99", "--change", "5")
    assert "this import is older than the appeal" in refused.err
    assert "there is no such import" in refused.err
    assert "there is no such manual change" in refused.err
    with closing(sqlite3.connect(desk.workspace / "kaohe.db")) as connection:
        connection.execute(
            "INSERT INTO import_batches SELECT 77, 'visit', file_name, file_sha256, mapping_digest, '2099-01-01', "
            "read, 1, 0, 0, 0, NULL FROM import_batches LIMIT 1"
        )
        connection.commit()
    refused = desk.try_(*uphold, "--batch", "77")
    assert "these results do not rest on what this import holds" in refused.err
    desk.do("change", "propose", *WHOSE, "P2", "--points", "1", "--reason", "x", "--as", "chen")
    assert "about somebody or something else" in desk.try_(*uphold, "--change", "1").err
    assert listed(desk)[0]["state"] == "answered"


def test_deadlines_are_listed_and_overdue_ones_marked(submitted: Desk, clock: Clock) -> None:
    desk = submitted
    assert appeal(desk, "P1", "total").code == 0
    assert appeal(desk, "P2", "tier").code == 0
    desk.do("appeal", "answer", "2", "--text", "seen", "--as", "chen")
    clock(datetime(2026, 4, 13, 15, 0, tzinfo=UTC))  # the 13th in Shanghai: due, not overdue
    assert listed(desk, "--overdue") == []
    clock(datetime(2026, 4, 13, 16, 0, tzinfo=UTC))  # the 14th
    assert [each["number"] for each in listed(desk, "--overdue")] == [1]
    clock(datetime(2026, 4, 15, 16, 0, tzinfo=UTC))  # the 16th: the decision was due on the 15th
    assert [each["number"] for each in listed(desk, "--overdue")] == [1, 2]
    assert desk.do("appeal", "list").out.count("overdue") == 2
    desk.do("appeal", "withdraw", "1", "--as", "P1")
    assert [each["number"] for each in listed(desk, "--open")] == [2]
    assert [each["number"] for each in listed(desk, "--person", "P1")] == [1]
    assert listed(desk, "--scheme", "tiny", "--period", "2026-Q2") == []


def test_working_days_are_those_of_the_workspaces_calendar(submitted: Desk) -> None:
    desk = submitted
    settings = desk.workspace / "kaohe.toml"
    usual = settings.read_text("utf-8")
    settings.write_text(usual.replace('calendar = "office"', ""), "utf-8")
    write(desk, "schemes/tiny.toml", SCHEME + APPEALS.replace("days = 7", "days = 7\nworking_days = true"))
    assert "the workspace names none" in desk.do("scheme", "check", "tiny").err
    desk.do("period", "reopen", *WHOSE, "--reason", "rules", "--as", "chen")
    for step in ("freeze", "calculate", "submit"):
        desk.do("period", step, *WHOSE, "--as", "chen")
    words = ("appeal", "open", "2", "P1", "--figure", "total", "--text", "wrong", "--as", "P1")
    refused = desk.try_(*words)
    assert (refused.code, "the workspace names none" in refused.err) == (3, True)
    settings.write_text(usual, "utf-8")
    # Friday 10 April; three and five working days later are Wednesday and Friday.
    assert "an answer is due by 2026-04-15, a decision by 2026-04-17" in desk.do(*words).err


def test_after_payment_an_appeal_leads_to_a_restatement_with_a_window_of_its_own(
    submitted: Desk, clock: Clock, tmp_path: Path
) -> None:
    """P1 was paid 5,000 for 82 points, B; with T04 in time it is 97, A, 7,500: 2,500 are posted to the next quarter."""
    desk = submitted
    assert appeal(desk, "P1", "in_time").code == 0
    desk.do("appeal", "answer", "1", "--text", "We look at it.", "--as", "chen")
    for name in ("wang", "li"):
        desk.do("period", "approve", *WHOSE, "--despite-appeals", "the day of payment", "--as", name)
    desk.do("period", "pay", *WHOSE, "--as", "zhao")
    clock(SUBMITTED + timedelta(days=20))
    corrected = write(desk, "corrected.csv", f"{TICKETS.splitlines()[0]}\n{CORRECTED}\n")
    desk.do("records", "import", "ticket", corrected, "--update")
    batch = str(desk.batches()[0]["batch"])
    upheld = desk.do("appeal", "uphold", "1", "--reason", "The form is right.", "--batch", batch, "--as", "wang")
    assert "next: kaohe period restate tiny 2026-Q1" in upheld.err
    desk.do("period", "open", "tiny", "2026-Q2", "--as", "chen")
    without = Desk(shutil.copytree(desk.workspace, tmp_path / "without"))
    assert "warning [records.appeal]: appeals were upheld by this import" in without.do("records", "undo", batch).err
    without.do("records", "import", "ticket", write(without, "late.csv", f"{TICKETS.splitlines()[0]}\n{LATE}\n"))
    told = without.do("period", "restate", *WHOSE, "--dry-run", "--as", "chen").err
    assert "warning [period.appeals-not-followed]: 1 appeals were upheld" in told
    desk.do("period", "restate", *WHOSE, "--reason", "appeal 1", "--as", "chen")
    assert listed(desk)[0]["result"]["run"] is None  # prepared, not approved
    clock(SUBMITTED + timedelta(days=21))  # 1 May
    for name in ("wang", "li"):
        if "approved" not in desk.do("period", "restate", *WHOSE, "--list", "--format", "json").out:
            desk.do("period", "restate", *WHOSE, "--approve", "1", "--as", name)
    assert listed(desk)[0]["result"]["run"] == 2
    made = json.loads(desk.do("statement", "make", "2", "P1", "--format", "json").out)
    assert (made["total"], made["bonus"]) == ("97", "7500.00")
    assert made["payment"]["paid"] == "5000.00"  # nothing that was paid is rewritten
    assert [(each["amount"], each["posted_to"]) for each in made["postings"]] == [("2500.00", "2026-Q2")]
    assert (made["appeal"]["first"], made["appeal"]["last"]) == ("2026-05-01", "2026-05-08")
    old = appeal(desk, "P2", "total")
    assert "appeal against run 2" in old.err
    words = ("--figure", "total", "--text", "wrong", "--as", "P2")
    desk.do("appeal", "open", "2", "P2", *words)


def test_an_appeal_reads_in_chinese(submitted: Desk) -> None:
    assert appeal(submitted, "P1", "in_time").code == 0
    shown = submitted.do("appeal", "show", "1", "--lang", "zh").out
    assert shown.startswith("P1 对in_time的申诉 1：待答复\n")
    assert "及时率" in shown


@pytest.mark.parametrize("name", ["answer.txt", "答复 二.MD", "folder/reply.docx"])
def test_the_name_of_a_file_that_is_not_there_is_no_text(submitted: Desk, name: str) -> None:
    appeal(submitted, "P1", "total")
    mistyped = submitted.try_("appeal", "answer", "1", "--text", name, "--as", "chen")
    assert (mistyped.code, "error [file.missing]: there is no such file" in mistyped.err) == (1, True)
    submitted.do("appeal", "answer", "1", "--text", f"as {name} says, it is right", "--as", "chen")
