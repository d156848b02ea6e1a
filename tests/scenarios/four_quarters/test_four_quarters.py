"""A year of a desk by its commands, as its people live it: joiner, leaver, transfer, late records, two appeals, a
manual change, and what was paid too much recovered.

Worked out by hand. Total = 60 % of the share in time × 100 + 40 % of the mean rating × 10; A from 85 pays 1.5 × base,
B from 60 pays 1 ×, C pays 0.5 ×, by days. At most 30 % of a quarter's bonus is taken back in it.

Q1, 90 days      in time     rating   total                       tier   bonus
  P1 张三        4 of 4       9       60 + 36 = 96                A      5,000 × 1.5                    = 7,500.00
  P2 李四        3 of 3       8       60 + 32 = 92                A      6,000 × 1.5                    = 9,000.00
  P4 赵六        1 of 2       7       30 + 28 = 58                C      5,500 × 0.5                    = 2,750.00
  P5 钱七        2 of 4       8       30 + 32 = 62                B      45 days at 4,000, 45 at 8,000:
                                                                         mean 6,000 × 1                 = 6,000.00
  paid                                                                                                   25,250.00

Late, in April: three of P2's tickets, late and rated 2; one of P4's, in time and rated 10.
  P2             3 of 6    (24+6)/6=5   30 + 20 = 50              C      6,000 × 0.5 = 3,000.00:  −6,000.00
  P4             2 of 3    (14+10)/3=8  40 + 32 = 72              B      5,500 × 1   = 5,500.00:  +2,750.00

Q2, 91 days
  P1             3 of 4       7       45 + 28 = 73                B      (appeals: the fourth was in time)
  P1 corrected   4 of 4       7       60 + 28 = 88                A      5,000 × 1.5                    = 7,500.00
  P2             2 of 2       5       60 + 20 = 80                B      6,000 × 1                      = 6,000.00
  P3 王五        2 of 2      10       60 + 40 = 100               A      16 May – 30 June: 46 days:
                                                                         7,500 × 46/91 = 3,791.2087…    = 3,791.21
  P4             2 of 2       9       60 + 36 = 96                A      5,500 × 1.5                    = 8,250.00
  P5             1 of 2       6       30 + 24 = 54                C      (appeals too, and is rejected)
                                                                         8,000 × 0.5                    = 4,000.00
  P2 is to give back 6,000: at most 30 % of 6,000 = 1,800 now; 4,200 is paid, 4,200 carried on.
  P4 gets 8,250 + 2,750 = 11,000.
  paid: 7,500 + 4,200 + 3,791.21 + 11,000 + 4,000 = 30,491.21

Q3, 92 days
  P1             3 of 3       9       60 + 36 = 96                A                                       7,500.00
  P2             4 of 4      10       60 + 40 = 100               A      6,000 × 1.5                    = 9,000.00
  P3             0 of 2      10        0 + 40 = 40                C      5,000 × 0.5                    = 2,500.00
  P4             2 of 2       9       60 + 36 = 96                A      1 July – 31 August: 62 days:
                                                                         8,250 × 62/92 = 5,559.7826…    = 5,559.78
  P5             1 of 2       7       30 + 28 = 58, by hand + 3   C → B  computed 4,000.00, changed       8,000.00
  P2 is to give back 4,200: at most 30 % of 9,000 = 2,700 now; 6,300 is paid, 1,500 carried on.
  paid: 7,500 + 6,300 + 2,500 + 5,559.78 + 8,000 = 29,859.78

Late, in November: two of P4's tickets, late and rated 1. P4 has left.
  P4             2 of 4    (18+2)/4=5   30 + 20 = 50              C      2,750 × 62/92 = 1,853.2608…    = 1,853.26
                                                                         − 5,559.78                     = −3,706.52

Q4, 92 days
  P1             3 of 3       9       96                          A                                       7,500.00
  P2             2 of 2       5       80                          B                                       6,000.00
  P3             1 of 2       9       30 + 36 = 66                B                                       5,000.00
  P5             2 of 2       9       96                          A      8,000 × 1.5                    = 12,000.00
  P2 gives back the last 1,500, less than 30 % of 6,000: 4,500 is paid.
  paid: 7,500 + 4,500 + 5,000 + 12,000 = 29,000.00

The year: what the newest runs earn, 22,000 + 29,541.21 + 28,853.26 + 30,500 = 110,894.47, is what was paid, 25,250 +
30,491.21 + 29,859.78 + 29,000 = 114,600.99, and what P4 has to give back, −3,706.52.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.scenarios.desk import Answer, Desk
from tests.scenarios.four_quarters import story

from kaohe.cli import clock

SHANGHAI = ZoneInfo("Asia/Shanghai")
PREPARES, APPROVES, ALSO_APPROVES, PAYS = "陈", "王", "李", "赵"


@dataclass
class Office:
    """The desk with a calendar on the wall and several people at work."""

    desk: Desk
    explains: bool
    """Explanations rest on the run and its files, whichever the database is: one of them is asked for all."""

    def do(self, *words: str | Path, who: str = PREPARES) -> Answer:
        return self.desk.do(*words, "--as", who)

    def data(self, *words: str) -> Any:
        return json.loads(self.do(*words, "--format", "json").out)

    def load(self, lines: Sequence[str], name: str) -> int:
        """Import tickets; the number of the batch."""
        path = self.desk.workspace / f"{name}.csv"
        path.write_text("\n".join([story.HEADER, *lines]) + "\n", "utf-8")
        self.do("records", "import", "ticket", path, "--update")
        return int(self.desk.batches()[0]["batch"])

    def to_review(self, period: str) -> dict[str, Any]:
        self.do("period", "freeze", "desk", period)
        self.do("period", "calculate", "desk", period)
        self.do("period", "submit", "desk", period)
        return self.result(period)

    def to_the_end(self, period: str) -> dict[str, Decimal]:
        """Approved by two, paid, closed; what each was paid."""
        self.do("period", "approve", "desk", period, who=APPROVES)
        self.do("period", "approve", "desk", period, who=ALSO_APPROVES)
        self.do("period", "pay", "desk", period, who=PAYS)
        self.do("period", "close", "desk", period, who=PAYS)
        return self.column(self.data("period", "payments", "desk", period), "paid")

    def result(self, period: str) -> dict[str, Any]:
        """Everybody in the run that stands for the period, by code."""
        number = self.data("period", "show", "desk", period)["run"]
        return {each["code"]: each for each in self.data("run", "show", str(number))["people"]}

    def restate(self, period: str, number: int) -> dict[str, Decimal]:
        """Restated and approved by two; the differences."""
        self.do("period", "restate", "desk", period, "--reason", "late tickets")
        self.do("period", "restate", "desk", period, "--approve", str(number), who=APPROVES)
        self.do("period", "restate", "desk", period, "--approve", str(number), who=ALSO_APPROVES)
        return self.outstanding()

    def outstanding(self) -> dict[str, Decimal]:
        return self.column(self.data("period", "balances", "desk"), "outstanding")

    @staticmethod
    def column(rows: list[dict[str, Any]], name: str) -> dict[str, Decimal]:
        return {row["code"]: Decimal(row[name]) for row in rows}


def money(**amounts: str) -> dict[str, Decimal]:
    return {code: Decimal(amount.replace(",", "")) for code, amount in amounts.items()}


def bonuses(people: dict[str, Any]) -> dict[str, Decimal]:
    return {code: Decimal(each["bonus"]) for code, each in people.items()}


def standing(people: dict[str, Any]) -> dict[str, tuple[Decimal, str]]:
    return {code: (Decimal(each["total"]), each["tier"]) for code, each in people.items()}


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Office:
    desk = Desk(tmp_path / "desk")
    database = () if request.param == "sqlite" else ("--database", request.getfixturevalue("postgresql_url"))
    desk.do("init", desk.workspace, *database)
    (desk.workspace / "people.csv").write_text(story.PEOPLE, "utf-8")
    (desk.workspace / "schemes/desk.toml").write_text(story.SCHEME, "utf-8")
    desk.do("people", "import", desk.workspace / "people.csv")
    return Office(desk, explains=request.param == "sqlite")


def test_the_year(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def today(month: int, day: int, year: int = 2026) -> None:
        monkeypatch.setattr(clock, "now", lambda: datetime(year, month, day, 10, tzinfo=SHANGHAI))

    # Q1: closed as it was known.
    today(4, 3)
    office.load(story.ON_TIME["Q1"], "q1")
    office.do("period", "open", "desk", "2026-Q1")
    people = office.to_review("2026-Q1")
    assert standing(people) == {
        "P1": (96, "A"), "P2": (92, "A"), "P4": (58, "C"), "P5": (62, "B")}  # fmt: skip
    paid_q1 = office.to_the_end("2026-Q1")
    assert paid_q1 == bonuses(people) == money(P1="7500", P2="9000", P4="2750", P5="6000")

    # Late records of Q1 change its result and nothing that was paid.
    today(4, 20)
    office.load(story.LATE_OF_Q1, "late_q1")
    assert office.restate("2026-Q1", 1) == money(P2="-6000", P4="2750")
    assert standing(office.result("2026-Q1"))["P2"] == (50, "C")
    assert standing(office.result("2026-Q1"))["P4"] == (72, "B")
    assert office.column(office.data("period", "payments", "desk", "2026-Q1"), "paid") == paid_q1

    # Q2: two appeals; one leads to a corrected record and a new run, the other to nothing.
    today(7, 2)
    office.load(story.ON_TIME["Q2"], "q2")
    office.do("period", "open", "desk", "2026-Q2")
    people = office.to_review("2026-Q2")
    assert (standing(people)["P1"], standing(people)["P5"]) == ((73, "B"), (54, "C"))
    run = str(office.data("period", "show", "desk", "2026-Q2")["run"])
    today(7, 3)
    office.do("appeal", "open", run, "P1", "--figure", "in_time", "--text", "Q2-P1-4 当天已解决", who="P1")
    office.do("appeal", "open", run, "P5", "--figure", "tier", "--text", "我认为应为 B", who="P5")
    early = office.desk.try_("period", "approve", "desk", "2026-Q2", "--as", APPROVES)
    assert (early.code, "period.appeals-undecided" in early.err) == (1, True)
    today(7, 5)
    office.do("appeal", "answer", "1", "--text", "核对了工单系统")
    office.do("appeal", "answer", "2", "--text", "数据无误")
    batch = office.load(story.CORRECTED_OF_Q2, "corrected")
    office.do("appeal", "uphold", "1", "--reason", "录入有误", "--batch", str(batch), who=APPROVES)
    office.do("appeal", "reject", "2", "--reason", "及时率 50 %", who=APPROVES)
    office.do("period", "reopen", "desk", "2026-Q2", "--reason", "appeal 1")
    people = office.to_review("2026-Q2")
    assert standing(people) == {
        "P1": (88, "A"), "P2": (80, "B"), "P3": (100, "A"), "P4": (96, "A"), "P5": (54, "C")}  # fmt: skip
    assert bonuses(people) == money(P1="7500", P2="6000", P3="3791.21", P4="8250", P5="4000")
    paid_q2 = office.to_the_end("2026-Q2")
    assert paid_q2 == money(P1="7500", P2="4200", P3="3791.21", P4="11000", P5="4000")
    assert office.outstanding() == money(P2="-4200")

    # Q3: a change by hand beside what was computed.
    today(10, 3)
    office.load(story.ON_TIME["Q3"], "q3")
    office.do("period", "open", "desk", "2026-Q3")
    office.do("period", "freeze", "desk", "2026-Q3")
    office.do("period", "calculate", "desk", "2026-Q3")
    assert standing(office.result("2026-Q3"))["P5"] == (58, "C")
    office.do("change", "propose", "desk", "2026-Q3", "P5", "--points", "+3", "--reason", "带教新人")
    office.do("change", "approve", "1", "--reason", "属实", who=APPROVES)
    office.do("period", "calculate", "desk", "2026-Q3")
    office.do("period", "submit", "desk", "2026-Q3")
    people = office.result("2026-Q3")
    assert standing(people) == {
        "P1": (96, "A"), "P2": (100, "A"), "P3": (40, "C"), "P4": (96, "A"), "P5": (61, "B")}  # fmt: skip
    assert bonuses(people) == money(P1="7500", P2="9000", P3="2500", P4="5559.78", P5="8000")
    computed = people["P5"]["computed"]
    assert (Decimal(computed["total"]), computed["tier"], Decimal(computed["bonus"])) == (58, "C", 4000)
    paid_q3 = office.to_the_end("2026-Q3")
    assert paid_q3 == money(P1="7500", P2="6300", P3="2500", P4="5559.78", P5="8000")
    assert office.outstanding() == money(P2="-1500")

    # P4 has left when Q3 turns out to be too good: the debt stays in sight.
    today(11, 15)
    office.load(story.LATE_OF_Q3, "late_q3")
    assert office.restate("2026-Q3", 2) == money(P2="-1500", P4="-3706.52")
    assert Decimal(office.result("2026-Q3")["P5"]["bonus"]) == 8000  # the change by hand holds

    # Q4: the last of P2's debt.
    today(1, 5, 2027)
    office.load(story.ON_TIME["Q4"], "q4")
    office.do("period", "open", "desk", "2026-Q4")
    people = office.to_review("2026-Q4")
    assert bonuses(people) == money(P1="7500", P2="6000", P3="5000", P5="12000")
    paid_q4 = office.to_the_end("2026-Q4")
    assert paid_q4 == money(P1="7500", P2="4500", P3="5000", P5="12000") | (
        {"P4": paid_q4["P4"]} if "P4" in paid_q4 else {}
    )
    assert paid_q4.get("P4", 0) == 0
    assert office.outstanding() == money(P4="-3706.52")

    # The year adds up to the fen, verifies, and explains itself.
    quarters = [f"2026-Q{number}" for number in (1, 2, 3, 4)]
    earned = sum(sum(bonuses(office.result(quarter)).values()) for quarter in quarters)
    paid = sum(sum(each.values()) for each in (paid_q1, paid_q2, paid_q3, paid_q4))
    assert (earned, paid) == (Decimal("110894.47"), Decimal("114600.99"))
    assert earned == paid + sum(office.outstanding().values())
    office.do("audit", "verify")
    office.do("run", "verify", "--all")
    for quarter in quarters if office.explains else ():
        number = str(office.data("period", "show", "desk", quarter)["run"])
        for code in office.result(quarter):
            office.do("explain", number, code, "--records", "all")


def test_the_runs_of_the_year_do_not_depend_on_the_order_of_records_or_the_database(
    office: Office, tmp_path: Path
) -> None:
    """The first quarter in the order of the story, and backwards line by line in a workspace of its own."""
    office.load(story.ON_TIME["Q1"], "q1")
    digest = office.data("evaluate", "desk", "--period", "2026-Q1")["digest"]
    other = Desk(tmp_path / "other")
    other.do("init", other.workspace)
    shutil.copy(office.desk.workspace / "people.csv", other.workspace / "people.csv")
    shutil.copy(office.desk.workspace / "schemes/desk.toml", other.workspace / "schemes/desk.toml")
    other.do("people", "import", other.workspace / "people.csv")
    backwards = Office(other, explains=False)
    for number, line in enumerate(reversed(story.ON_TIME["Q1"])):
        backwards.load([line], f"line{number}")
    assert backwards.data("evaluate", "desk", "--period", "2026-Q1")["digest"] == digest
