"""``kaohe statement`` and ``kaohe improvement``: made, acknowledged, talked about, followed into the next period."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.scenarios.desk import Desk
from tests.tiny import TICKETS, add_tickets, make_desk, ticket_lines, write

from kaohe.cli.printing import find_browser
from kaohe.cli.statement_make import file_names
from kaohe.errors import KaoheError
from kaohe.run.statement import Statements

WHOSE = ("tiny", "2026-Q1")
NOW = datetime(2026, 4, 10, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai
Clock = Callable[[datetime], None]
EARLIER = [
    # 2025-Q3: P1 in time, rated 5: 60 + 20 + 0.5 for one repair more than before = 80.5.
    "E01,repair,P1,2025-07-10 09:00,2025-07-10 10:00,5",
    # 2025-Q4: T11 too, whose repair is rated 1; E02 is late and unrated. 1 of 2: 30 + 4 + (2 − 1) × 0.5 = 34.5.
    "E02,repair,P1,2025-11-10 09:00,2025-11-20 10:00,",
]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return lambda at: monkeypatch.setattr("kaohe.cli.clock.now", lambda: at)


@pytest.fixture(scope="module")
def evaluated_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs 1 to 3 of 2025-Q3, 2025-Q4 and 2026-Q1."""
    desk = make_desk(tmp_path_factory.mktemp("statements"))
    scheme = desk.workspace / "schemes" / "tiny.toml"
    scheme.write_text(scheme.read_text("utf-8").replace("from = 2026-01-01", "from = 2025-01-01"), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kaohe.cli.clock.now", lambda: NOW)
        add_tickets(desk, [*EARLIER, *ticket_lines()])
        for period in ("2025-Q3", "2025-Q4", "2026-Q1"):
            desk.do("evaluate", "tiny", "--period", period)
    return desk.workspace


@pytest.fixture
def desk(evaluated_folder: Path, tmp_path: Path, clock: Clock) -> Desk:
    clock(NOW)
    return Desk(shutil.copytree(evaluated_folder, tmp_path / "tiny"))


def made(desk: Desk, run: str, person: str) -> dict[str, Any]:
    return json.loads(desk.do("statement", "make", run, person, "--format", "json").out)


def test_the_trend_goes_over_the_periods_before(desk: Desk) -> None:
    told = made(desk, "3", "P1")
    assert [(each["period"], each["total"], each["tier"]) for each in told["trend"]] == [
        ("2025-Q3", "80.5", "B"),
        ("2025-Q4", "34.5", "C"),
    ]
    assert told["trend"][1]["dimensions"] == {"speed": "50", "satisfaction": "10"}
    assert made(desk, "2", "P1")["trend"] == told["trend"][:1]
    assert made(desk, "1", "P1")["trend"] == []


def test_the_trend_holds_the_run_that_stands_for_a_period(desk: Desk) -> None:
    """A later evaluation of a period is only a look at it, once the period has a run of its own."""
    for step in ("open", "freeze", "calculate"):
        desk.do("period", step, "tiny", "2025-Q4", "--as", "chen")
    add_tickets(desk, ["E03,repair,P1,2025-12-10 09:00,2025-12-10 10:00,10"], "more.csv")
    desk.do("evaluate", "tiny", "--period", "2025-Q4")
    assert [each["total"] for each in made(desk, "3", "P1")["trend"]] == ["80.5", "34.5"]
    desk.do("period", "reopen", "tiny", "2025-Q4", "--reason", "tickets were forgotten", "--as", "chen")
    assert [each["total"] for each in made(desk, "3", "P1")["trend"]] == ["80.5"], "no run stands for 2025-Q4 now"


def test_a_statement_is_acknowledged_by_the_person(desk: Desk) -> None:
    refused = desk.try_("statement", "acknowledge", "3", "P1", "--as", "P2")
    assert (refused.code, "only P1 does this" in refused.err) == (3, True)
    desk.do("statement", "acknowledge", "3", "P1", "--as", "张三", "--comment", "agreed")
    desk.do("statement", "acknowledge", "3", "P2", "--as", "chen", "--on-behalf", "signed on paper")
    seen = made(desk, "3", "P1")["acknowledged"]
    assert (seen["by"], seen["comment"], seen["current"]) == ("张三", "agreed", True)
    twice = desk.try_("statement", "acknowledge", "3", "P1", "--as", "P1")
    assert "acknowledged already, by 张三" in twice.err
    states = json.loads(desk.do("statement", "list", "3", "--format", "json").out)
    assert [(each["code"], each["state"]) for each in states] == [
        ("P1", "acknowledged"),
        ("P2", "acknowledged"),
        ("P3", "open"),
        ("P4", "open"),
    ]
    assert "signed on paper" in desk.do("audit", "show", "--format", "json").out


def test_the_list_makes_only_statements_that_were_acknowledged(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.do("statement", "acknowledge", "3", "P1", "--on-behalf", "signed on paper", "--as", "chen")
    whole = json.loads(desk.do("statement", "list", "3", "--format", "json").out)
    asked, of = [], Statements.of

    def counted(self: Statements, row: int, *others: Any, **named: Any) -> Any:
        asked.append(self.run.appraisal.people.code[row])
        return of(self, row, *others, **named)

    monkeypatch.setattr(Statements, "of", counted)
    assert json.loads(desk.do("statement", "list", "3", "--format", "json").out) == whole
    assert asked == ["P1"]
    assert {each["code"]: each["state"] for each in whole}["P1"] == "acknowledged"
    assert {each["state"] for each in whole if each["code"] != "P1"} == {"open"}


def test_a_later_run_has_to_be_acknowledged_anew(desk: Desk) -> None:
    desk.do("statement", "acknowledge", "3", "P1", "--as", "P1")
    corrected = write(desk, "c.csv", f"{TICKETS.splitlines()[0]}\nT04,repair,P1,2026-03-31 23:59,2026-04-01 12:00,\n")
    desk.do("records", "import", "ticket", corrected, "--update")
    desk.do("evaluate", *WHOSE[:1], "--period", WHOSE[1])
    new = made(desk, "4", "P1")
    assert (new["total"], new["acknowledged"]["current"]) == ("96.5", False)  # 60 + 36 + (3 − 2 repairs) × 0.5
    assert "that was an earlier statement" in desk.do("statement", "make", "4", "P1").out
    open_ = json.loads(desk.do("statement", "list", "4", "--open", "--format", "json").out)
    assert ("P1", "changed_since") in [(each["code"], each["state"]) for each in open_]
    desk.do("statement", "acknowledge", "4", "P1", "--as", "P1")
    assert made(desk, "4", "P1")["acknowledged"]["current"]


def test_only_the_run_that_stands_for_a_period_is_acknowledged(desk: Desk) -> None:
    """Run 3 was a look at the first quarter; the period's own run has one ticket more."""
    add_tickets(desk, ["T14,repair,P1,2026-03-10 09:00,2026-03-10 10:00,10"], "more.csv")
    for step in ("open", "freeze", "calculate"):
        desk.do("period", step, *WHOSE, "--as", "chen")
    refused = desk.try_("statement", "acknowledge", "3", "P1", "--as", "P1")
    assert refused.code == 1
    assert "error [statement.superseded]: this run does not stand for the period" in refused.err
    assert "→ make statements of run 4" in refused.err
    assert "warning [statement.superseded]" in desk.do("statement", "make", "3", "P1").err
    desk.do("statement", "acknowledge", "4", "P1", "--as", "P1")


def test_an_interview_is_part_of_what_is_acknowledged(desk: Desk) -> None:
    before = made(desk, "3", "P1")["digest"]
    notes = write(desk, "notes.txt", "Tickets wait over night.\n")
    desk.do("statement", "interview", *WHOSE, "P1", "--notes", notes, "--goals", "Answer by noon", "--as", "wang")
    told = made(desk, "3", "P1")
    assert told["interview"] == {
        "notes": "Tickets wait over night.",
        "goals": "Answer by noon",
        "by": "wang",
        "at": NOW.isoformat(),
    }
    assert told["digest"] != before
    desk.do("improvement", "add", *WHOSE, "P1", "Close at noon", "--due", "2026-05-01")
    assert made(desk, "3", "P1")["digest"] == told["digest"]  # items live on, and are not signed for


def test_items_are_followed_into_the_next_periods_until_they_are_settled(desk: Desk, clock: Clock) -> None:
    desk.do("improvement", "add", "tiny", "2025-Q3", "P1", "Learn the tool", "--owner", "wang", "--due", "2026-04-10")
    desk.do("improvement", "add", "tiny", "2025-Q4", "P1", "Call back", "--due", "2026-06-30")
    first, second = (each["text"] for each in made(desk, "3", "P1")["items"])
    assert (first, second) == ("Learn the tool", "Call back")
    assert [each["text"] for each in made(desk, "1", "P1")["items"]] == ["Learn the tool"]
    assert made(desk, "3", "P2")["items"] == []
    listed = json.loads(desk.do("improvement", "list", "--overdue", "--format", "json").out)
    assert listed == []  # due today
    clock(NOW + timedelta(hours=14))  # midnight in Shanghai
    overdue = json.loads(desk.do("improvement", "list", "--overdue", "--format", "json").out)
    assert [(each["number"], each["owner"]) for each in overdue] == [(1, "wang")]
    assert made(desk, "3", "P1")["items"][0]["overdue"]
    assert "overdue" in desk.do("statement", "make", "3", "P1").out
    desk.do("improvement", "update", "1", "--state", "done", "--outcome", "Passed", "--as", "wang")
    done = made(desk, "3", "P1")["items"][0]
    assert (done["state"], done["outcome"], done["overdue"]) == ("done", "Passed", False)
    for period in ("2026-Q2",):
        add_tickets(desk, ["N01,repair,P1,2026-05-10 09:00,2026-05-10 10:00,9"], "next.csv")
        desk.do("evaluate", "tiny", "--period", period)
    # Settled in the second quarter, it is told there for the last time.
    assert [each["state"] for each in made(desk, "4", "P1")["items"]] == ["done", "open"]


def test_a_settled_item_says_what_came_of_it(desk: Desk) -> None:
    desk.do("improvement", "add", *WHOSE, "张三", "Close at noon", "--due", "2026-05-01")
    refused = desk.try_("improvement", "update", "1", "--state", "dropped")
    assert "an item that is settled says what came of it" in refused.err
    assert desk.try_("improvement", "update", "1").code == 2
    desk.do("improvement", "update", "1", "--due", "2026-06-01")
    (item,) = json.loads(desk.do("improvement", "list", "--person", "P1", "--open", "--format", "json").out)
    assert (item["due"], item["state"], item["owner"]) == ("2026-06-01", "open", "P1")
    past = desk.try_("improvement", "add", *WHOSE, "P1", "x", "--due", "2026-04-09")
    assert "this day has passed" in past.err
    assert "there is no improvement item 9" in desk.try_("improvement", "update", "9", "--state", "open").err


def test_teams_have_talks_and_items_too(desk: Desk) -> None:
    desk.do("improvement", "add", *WHOSE, "南一队", "Answer by noon", "--due", "2026-05-01")
    (item,) = json.loads(desk.do("improvement", "list", "--format", "json").out)
    assert (item["person"], item["owner"]) == ("南一队", "南一队")
    unknown = desk.try_("statement", "interview", *WHOSE, "P77", "--notes", "a", "--goals", "b")
    assert "nobody is known by this code or name" in unknown.err
    empty = desk.try_("statement", "interview", *WHOSE, "P1", "--notes", " ", "--goals", "b")
    assert "--notes: error [usage.text]: a text is missing" in empty.err


def test_everybodys_statements_are_a_file_each_and_one_export(desk: Desk) -> None:
    folder = desk.workspace / "papers"
    desk.do("statement", "make", "3", "--all", "--format", "html", "--mask", "--output", folder)
    assert sorted(path.name for path in folder.iterdir()) == [f"P-00{number}.html" for number in (1, 2, 3, 4)]
    page = (folder / "P-001.html").read_text("utf-8")
    assert "张三" not in page
    assert "张*" in page
    (event,) = json.loads(desk.do("audit", "show", "--action", "export", "--format", "json").out)[-1:]
    assert (event["detail"]["what"], event["detail"]["files"], event["detail"]["masked"]) == ("statements", 4, True)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("make", "3"), "name people, or --all"),
        (("make", "3", "P1", "--all"), "name people, or --all"),
        (("make", "3", "P1", "P2"), "several statements, or one in PDF, need --output"),
        (("make", "3", "P1", "--format", "pdf"), "several statements, or one in PDF, need --output"),
    ],
)
def test_what_is_asked_for_has_to_be_whole(words: tuple[str, ...], told: str, desk: Desk) -> None:
    answer = desk.try_("statement", *words)
    assert (answer.code, told in answer.err) == (2, True)


def test_a_statement_reads_in_chinese(desk: Desk) -> None:
    told = desk.do("statement", "make", "3", "P4", "--lang", "zh").out
    assert told.startswith("绩效单：赵六（P4）\n")
    assert "2025-Q4：总分 —，等级 —" in told  # nothing was measured of P4 before
    assert "参加培训" in told
    assert "Training" not in told
    assert "尚未签收确认" in told


def test_a_browser_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(KaoheError, match="PDF needs Chromium or Chrome"):
        find_browser({"PATH": str(tmp_path)})
    with pytest.raises(KaoheError, match="found: no-such-browser"):
        find_browser({"KAOHE_CHROMIUM": "no-such-browser", "PATH": str(tmp_path)})


@given(st.lists(st.text(min_size=1, max_size=100), max_size=20, unique=True))
def test_files_are_named_safely_and_never_alike(codes: list[str]) -> None:
    names = file_names(codes, "html")
    assert len({name.casefold() for name in names}) == len(codes)
    for name in names:
        assert name.endswith(".html")
        assert not set('/\\:*?"<>|. \x00') & set(name.removesuffix(".html"))
        assert len(name) < 100


def test_codes_that_windows_keeps_for_itself_are_changed() -> None:
    assert file_names(["con", "E-1", "e-1", "a/b"], "txt") == ["con-2.txt", "E-1.txt", "e-1-2.txt", "a_b.txt"]
