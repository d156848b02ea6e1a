"""``kaohe period restate``, ``payments`` and ``balances``: what they say, in which forms, and how they are misused."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from tests.scenarios.desk import Desk
from tests.scenarios.late_facts.four import Four


@pytest.fixture(scope="module")
def four(tmp_path_factory: pytest.TempPathFactory) -> Four:
    """The first quarter was paid, a restatement of it is approved, another one prepared."""
    made = Four(tmp_path_factory.mktemp("restate"))
    made.start()
    made.rate("2026-Q1", {"P1": 9, "P2": 8, "P3": 7, "P4": 6})
    made.lead("2026-Q1")
    made.rate("2026-Q1", {"P2": (8, 10, 10)})
    made.approve(made.restate("2026-Q1")["number"])
    made.rate("2026-Q1", {"P3": 1}, update=True)
    made.restate("2026-Q1")
    return made


@pytest.fixture
def desk(four: Four) -> Desk:
    return four.desk


def exports(desk: Desk) -> int:
    """How often anything of the first quarter left."""
    events = json.loads(desk.do("audit", "show", "--format", "json").out)
    return sum(each["action"] == "export" and each["subject"] == "four 2026-Q1" for each in events)


def test_what_is_outstanding_says_where_it_comes_from(desk: Desk) -> None:
    assert "2026-Q1 restated (number 1): -3,000.00" in desk.do("period", "balances", "four").out
    shown = desk.do("period", "balances", "four", "--lang", "zh").out
    assert "2026-Q1 重述（编号 1）：-3,000.00" in shown
    listed = [*csv.DictReader(io.StringIO(desk.do("period", "balances", "four", "--format", "csv").out))]
    assert [(each["code"], each["name"], each["outstanding"]) for each in listed] == [
        ("P1", "张三", "-3000.00"),
        ("P2", "李四", "3000.00"),
    ]


def test_names_and_codes_can_be_masked(desk: Desk) -> None:
    for words in (("balances", "four"), ("payments", "four", "2026-Q1")):
        for form in ("csv", "json", "table"):
            shown = desk.do("period", *words, "--mask", "--format", form).out
            assert "张三" not in shown
            assert "P1" not in shown
            assert "P-001" in shown


def test_a_file_is_written_in_the_form_of_its_name(desk: Desk, tmp_path: Path) -> None:
    for name in ("paid.csv", "paid.json", "paid.xlsx"):
        desk.do("period", "payments", "four", "2026-Q1", "--output", tmp_path / name)
    assert (tmp_path / "paid.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert json.loads((tmp_path / "paid.json").read_text("utf-8"))[0]["paid"] == "9000.00"
    assert zipfile.is_zipfile(tmp_path / "paid.xlsx")


def test_what_leaves_is_noted_and_what_is_looked_at_is_not(desk: Desk) -> None:
    before = exports(desk)
    desk.do("period", "payments", "four", "2026-Q1")
    assert exports(desk) == before
    desk.do("period", "payments", "four", "2026-Q1", "--format", "csv")
    assert exports(desk) == before + 1


def test_the_list_of_restatements(desk: Desk) -> None:
    shown = desk.do("period", "restate", "--list", "four", "2026-Q1").out
    assert "approved" in shown
    assert "wang, zhao" in shown
    assert "prepared" in shown
    assert json.loads(desk.do("period", "restate", "--list", "four", "2026-Q2", "--format", "json").out) == []


def test_it_can_be_shown_again_in_chinese(desk: Desk) -> None:
    answer = desk.do("period", "restate", "--show", 1, "--lang", "zh")
    assert "等级 A → B：名额归他人" in answer.out
    assert "ticket：新增 2，更正 0，消失 0" in answer.err


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ((), 2, "kaohe period restate SCHEME PERIOD"),
        (("four", "2026-Q1"), 2, "--reason says why"),
        (("four", "2026-Q1", "--reason", "  "), 2, "--reason says why"),
        (("--approve", 1, "--list"), 2, "one at a time"),
        (("--reject", 2), 2, "--reason says why it is rejected"),
        (("--approve", 99), 1, "there is no restatement 99"),
        (("--show", 99), 1, "there is no restatement 99"),
        (("nobody", "2026-Q1", "--reason", "why"), 1, "nobody"),
        (("four", "2026-Q9", "--reason", "why"), 1, "this is not a period"),
    ],
)
def test_what_is_missing_or_unknown_is_told(desk: Desk, words: tuple[object, ...], code: int, told: str) -> None:
    answer = desk.try_("period", "restate", *map(str, words))
    assert (answer.code, told in answer.err, "Traceback" in answer.err) == (code, True, False), answer.err


def test_what_was_not_paid_has_no_payments(desk: Desk) -> None:
    answer = desk.try_("period", "payments", "four", "2026-Q2")
    assert (answer.code, "period.not-paid" in answer.err) == (1, True)


def test_roles_say_who_prepares_who_approves_and_who_takes_back(four: Four) -> None:
    settings = four.desk.workspace / "kaohe.toml"
    before = settings.read_text("utf-8")
    settings.write_text(before + '\n[roles]\nprepare = ["chen"]\napprove = ["wang", "zhao"]\n', "utf-8")
    try:
        for words in (("--approve", "2"), ("--reject", "2", "--reason", "no"), ("four", "2026-Q1", "--reason", "why")):
            answer = four.desk.try_("period", "restate", *words, "--as", "sun")
            assert (answer.code, "roles.refused" in answer.err) == (3, True)
        four.desk.do("period", "restate", "--reject", "2", "--reason", "my own mistake", "--as", "chen")
    finally:
        settings.write_text(before, "utf-8")


def test_an_explanation_says_what_came_later(desk: Desk) -> None:
    """P1's 9,000 of run 1 are 6,000 by run 2, which stands; P3's figures moved in neither."""
    told = desk.do("explain", 1, "P1").out
    assert "run 2 stands for the period, and this one does not" in told
    assert "2026-Q1 restated (number 1): -3,000.00 CNY" in told
    assert "posted to 2026-Q2" in told
    assert "run 2 in the place of run 1: late facts" in told
    by_two = json.loads(desk.do("explain", 2, "P1", "--format", "json").out)["children"][-1]
    assert (by_two["kind"], "remarks" in by_two) == ("later", False)
    assert by_two["children"][0]["facts"] == {"period": "2026-Q1", "posted_to": "2026-Q2", "fen": "-300000"}
    assert "later facts" not in desk.do("explain", 2, "P3").out


@pytest.mark.parametrize("column", ["from_run", "to_run"])
def test_nobody_approves_a_difference_to_a_run_that_was_changed(four: Four, tmp_path: Path, column: str) -> None:
    """Somebody lowers what was paid in the run before, so that the difference grows."""
    desk = Desk(shutil.copytree(four.desk.workspace, tmp_path / "copy"))
    with closing(sqlite3.connect(desk.workspace / "kaohe.db")) as connection:
        number = connection.execute(f"SELECT {column} FROM restatements WHERE id = 2").fetchone()[0]
        connection.execute("UPDATE run_results SET bonus = 0 WHERE run = ? AND person = 'P1'", (number,))
        connection.commit()
    refused = desk.try_("period", "restate", "--approve", "2", "--as", "wang")
    assert refused.code == 3
    assert f"error [restate.not-verified]: run {number} does not verify" in refused.err
    assert f"run_results {number} bonus" in refused.err
