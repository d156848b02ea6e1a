"""``kaohe targets``: what the commands say, store and return."""

from __future__ import annotations

import json

import pytest
from tests.scenarios.desk import Desk
from tests.tiny import write

CONTRACTS = """\
no,owner,kind,signed_on,amount
1,P1,new,2025-01-05,300
2,P2,new,2025-06-05,100
3,P5,new,2025-07-05,600
"""


@pytest.fixture
def desk(tiny: Desk) -> Desk:
    """The company is to sell for 1,000.01 yuan in 2026."""
    tiny.do("targets", "set", "crm.sales_amount", "1,000.01", "--period", "2026", "--company")
    return tiny


def broken_down(desk: Desk, *words: str) -> dict[str, str]:
    """The parts by owner, or by period where they are all the company's."""
    done = desk.do("targets", "break-down", "crm.sales_amount", "--period", "2026", *words, "--format", "json")
    return {part["who"] or part["period"]: part["value"] for part in json.loads(done.out)["parts"]}


def test_a_template_filled_in_is_imported(tiny: Desk) -> None:
    tiny.do("targets", "template", "--output", tiny.workspace / "t.xlsx")
    again = tiny.try_("targets", "template", "--output", tiny.workspace / "t.xlsx")
    assert (again.code, "file.exists" in again.err) == (1, True)
    empty = tiny.try_("targets", "import", tiny.workspace / "t.xlsx")
    assert "0 targets" in empty.err


def test_a_list_is_a_file_that_changes_nothing(desk: Desk) -> None:
    listed = json.loads(desk.do("targets", "list", "--format", "json").out)
    assert listed == [
        {"scope": "company", "who": "", "indicator": "crm.sales_amount", "period": "2026", "value": "1000.01"}
    ]
    assert json.loads(desk.do("targets", "list", "--period", "2026-Q1", "--format", "json").out) == []
    lines = [",".join(listed[0]), ",".join(listed[0].values())]
    assert "nothing changed" in desk.do("targets", "import", write(desk, "again.csv", "\n".join(lines) + "\n")).err


def test_a_file_with_a_mistake_keeps_nothing(desk: Desk) -> None:
    rows = "scope,who,indicator,period,value\nperson,P1,crm.nps,2026,1\nperson,P9,crm.nps,2026-13,1\n"
    answer = desk.try_("targets", "import", write(desk, "bad.csv", rows))
    assert answer.code == 1
    assert "bad.csv:3 (who): error [targets.unknown-owner]" in answer.err
    assert "bad.csv:3 (period): error [period.unreadable]" in answer.err
    assert len(json.loads(desk.do("targets", "list", "--format", "json").out)) == 1


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("crm.nps", "1", "--period", "2026"), 2),
        (("crm.nps", "1", "--period", "2026", "--company", "--person", "P1"), 2),
        (("crm.nps", "many", "--period", "2026", "--company"), 1),
        (("crm.nps", "1.1234567", "--period", "2026", "--company"), 1),
        (("crm.nope", "1", "--period", "2026", "--company"), 1),
        (("crm.nps", "1", "--period", "2026-99", "--company"), 1),
        (("crm.nps", "1", "--period", "2026", "--team", "西"), 1),
    ],
)
def test_a_target_that_cannot_be_is_not_set(tiny: Desk, words: tuple[str, ...], code: int) -> None:
    assert tiny.try_("targets", "set", *words).code == code
    assert tiny.do("targets", "list", "--format", "json").out.strip() == "[]"


def test_equal_parts_and_nothing_kept_without_write(desk: Desk) -> None:
    assert broken_down(desk, "--from", "company", "--by", "equal") == {"北一队": "500.01", "南一队": "500"}
    quarters = broken_down(desk, "--from", "company", "--to", "quarters", "--by", "equal")
    assert quarters == {"2026-Q1": "250.01", "2026-Q2": "250", "2026-Q3": "250", "2026-Q4": "250"}
    assert len(json.loads(desk.do("targets", "list", "--format", "json").out)) == 1


def test_who_is_in_two_teams_at_once_is_a_part_of_the_one_with_the_greater_fraction(desk: Desk) -> None:
    people = (
        "code,name,team,role,from,fraction\nP1,张三,南一队,agent,2026-03-01,0.2\nP2,李四,南一队,agent,2026-03-01,1\n"
    )
    desk.do("people", "import", write(desk, "more.csv", people))
    desk.do("targets", "set", "crm.sales_amount", "100", "--period", "2026", "--team", "北一队")
    assert broken_down(desk, "--from", "team:北一队", "--by", "equal") == {"P1": "100"}


def test_parts_by_shares(desk: Desk) -> None:
    shares = write(desk, "s.csv", "对象,份额\n南一队,0.3\n北一队,70%\n")
    parts = broken_down(desk, "--from", "company", "--by", "shares", "--shares", str(shares), "--write")
    assert parts == {"北一队": "700.01", "南一队": "300"}
    assert desk.do("targets", "check", "--period", "2026").code == 0


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ("南一队,1\n", "targets.no-share"),
        ("南一队,1\n北一队,1\n南一队,2\n", "targets.twice"),
        ("南一队,1\n北一队,1\n西,2\n", "targets.no-part"),
        ("南一队,0\n北一队,0\n", "targets.no-share"),
        ("南一队,-1\n北一队,2\n", "targets.cell"),
    ],
)
def test_shares_are_of_all_the_parts_and_no_others(desk: Desk, rows: str, code: str) -> None:
    shares = write(desk, "s.csv", "who,share\n" + rows)
    words = ("--period", "2026", "--from", "company", "--by", "shares", "--shares", shares)
    answer = desk.try_("targets", "break-down", "crm.sales_amount", *words)
    assert (answer.code, f"[{code}]" in answer.err) == (1, True)


def test_parts_by_what_was_reached_a_year_before(desk: Desk) -> None:
    nothing = ("--period", "2026", "--from", "company", "--by", "last-year")
    assert "targets.no-actuals" in desk.try_("targets", "break-down", "crm.sales_amount", *nothing).err
    desk.do("records", "import", "contract", write(desk, "c.csv", CONTRACTS))
    # 400 of 1,000 by the north, 600 by the south; in the year 300, 100 and 600 by three people.
    assert broken_down(desk, "--from", "company", "--by", "last-year") == {"北一队": "400", "南一队": "600.01"}
    people = broken_down(desk, "--from", "company", "--to", "people", "--by", "last-year")
    assert people == {"P1": "300", "P2": "100", "P3": "0", "P5": "600.01", "P7": "0"}
    halves = broken_down(desk, "--from", "company", "--to", "halves", "--by", "last-year")
    assert halves == {"2026-H1": "400", "2026-H2": "600.01"}


def test_check_says_by_how_much_parts_do_not_sum(desk: Desk) -> None:
    desk.do(
        "targets", "break-down", "crm.sales_amount", "--period", "2026", "--from", "company", "--by", "equal", "--write"
    )
    desk.do("targets", "set", "crm.sales_amount", "499", "--period", "2026", "--team", "北一队")
    desk.do("targets", "set", "crm.sales_amount", "499", "--period", "2026", "--person", "P1")
    answer = desk.try_("targets", "check", "--period", "2026", "--format", "json")
    assert answer.code == 1
    found = [
        (each["whole"]["who"], each["parts"], each["difference"], each["without"]) for each in json.loads(answer.out)
    ]
    assert found == [("", "999", "-1.01", []), ("北一队", "499", "0", ["P2"])]
    assert "1 differ" in answer.err
    table = desk.try_("targets", "check", "--period", "2026")
    assert "-1.01" in table.out


def test_a_period_without_targets_is_nothing_to_check(desk: Desk) -> None:
    assert desk.try_("targets", "check", "--period", "2025").code == 4


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("crm.retention_rate", "--period", "2026", "--from", "company", "--by", "equal"), 1, "does not add up"),
        (("crm.deal_size", "--period", "2026", "--from", "company", "--by", "equal"), 1, "there is no target"),
        (("crm.sales_amount", "--period", "2027", "--from", "company", "--by", "equal"), 1, "there is no target"),
        (("crm.sales_amount", "--period", "2026", "--from", "team", "--by", "equal"), 1, "there is no target"),
        (("crm.sales_amount", "--period", "2026", "--from", "region:华东", "--by", "equal"), 2, "--from"),
        (("crm.sales_amount", "--period", "2026", "--from", "company", "--by", "shares"), 2, "--shares"),
    ],
)
def test_what_cannot_be_broken_down_is_refused(desk: Desk, words: tuple[str, ...], code: int, said: str) -> None:
    answer = desk.try_("targets", "break-down", *words)
    assert (answer.code, said in answer.err) == (code, True), answer.err
