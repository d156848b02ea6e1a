"""Four people whose bonus is 6,000 yuan by their tier: the best of four is A (1.5), the last C (0.5), two are B (1).

Each is ranked by the mean of the ratings of the quarter's tickets. So a quarter pays 9,000, 6,000, 6,000 and 3,000.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.scenarios.desk import Answer, Desk

PEOPLE = """\
code,name,team,role,bonus_base,from,to
P1,张三,北队,agent,6000,2025-01-01,
P2,李四,北队,agent,6000,2025-01-01,
P3,王五,南队,agent,6000,2025-01-01,
P4,赵六,南队,agent,6000,2025-01-01,
"""

HEAD = """\
format = 1

[scheme]
id        = "four"
version   = "1"
name      = { zh = "四人考核", en = "Four" }
cycle     = "quarter"
effective = { from = 2026-01-01, to = 2026-12-31 }
missing   = { policy = "zero" }
population = 'role == "agent"'

[[dimensions]]
id     = "satisfaction"
name   = { zh = "满意", en = "Satisfaction" }
weight = 100

  [[dimensions.indicators]]
  use    = "rating"
  weight = 100
  curve  = { kind = "points", at = [[0, 0], [10, 100]] }

[[indicators]]
id      = "rating"
name    = { zh = "平均评分", en = "Mean rating" }
records = "ticket"
value   = "mean(satisfaction)"
unit    = "points"
"""
TIERS = """\
[tiers]
kind   = "quota"
ties   = "break"
levels = [
  { id = "A", share = 0.25, coefficient = 1.5 },
  { id = "B", share = 0.50, coefficient = 1 },
  { id = "C", share = 0.25, coefficient = 0.5 },
]
"""
BONUS = """\
[bonus]
kind    = "coefficient"
base    = "person.bonus_base"
prorate = "none"
"""
THIRTY = """\
[recovery]
cap = "30%"
"""
_HEADER = "no,kind,owner,opened_at,resolved_at,satisfaction"
_MONTHS = {"2026-Q1": "02", "2026-Q2": "05", "2026-Q3": "08", "2026-Q4": "11"}


class Four:
    """The workspace, and its year in steps."""

    def __init__(self, folder: Path) -> None:
        self.desk = Desk(folder / "four")
        self.said = ""

    def start(self, scheme: str = HEAD + TIERS + BONUS + THIRTY, *, database: str | None = None) -> None:
        """Make the workspace with its people and its scheme."""
        self.desk.do("init", self.desk.workspace, *(() if database is None else ("--database", database)))
        self.write("people.csv", PEOPLE)
        self.desk.do("people", "import", self.desk.workspace / "people.csv")
        self.write("schemes/four.toml", scheme)

    def rate(self, quarter: str, ratings: Mapping[str, int | Sequence[int]], *, update: bool = False) -> None:
        """A ticket for each rating, called after its quarter, its owner and its place: Q1-P2-1."""
        rows = [_HEADER]
        for person, given in ratings.items():
            for place, rating in enumerate((given,) if isinstance(given, int) else given, start=1):
                day = f"2026-{_MONTHS[quarter]}-{place:02d} 09:00"
                rows.append(f"{quarter[-2:]}-{person}-{place},repair,{person},{day},{day},{rating}")
        file = self.write("tickets.csv", "\n".join(rows) + "\n")
        self.desk.do("records", "import", "ticket", file, *(("--update",) if update else ()))

    def lead(self, quarter: str, *, close: bool = False) -> dict[str, tuple[str, str, str]]:
        """The quarter from opened to paid; what each person earned, was paid and has carried on."""
        for step in ("open", "freeze", "calculate", "submit"):
            self.desk.do("period", step, "four", quarter, "--as", "chen")
        for name in ("wang", "zhao"):
            self.desk.do("period", "approve", "four", quarter, "--as", name)
        self.said = self.desk.do("period", "pay", "four", quarter, "--as", "li").err
        if close:
            self.desk.do("period", "close", "four", quarter, "--as", "li")
        return self.paid(quarter)

    def paid(self, quarter: str) -> dict[str, tuple[str, str, str]]:
        lines = self.read("payments", "four", quarter)
        return {line["code"]: (line["earned"], line["paid"], line["carried"]) for line in lines}

    def restate(self, quarter: str, *options: str) -> dict[str, Any]:
        """Prepare; what it says."""
        words = ("period", "restate", "four", quarter, "--reason", "late facts", "--as", "chen", "--format", "json")
        return json.loads(self.desk.do(*words, *options).out)

    def approve(self, number: int) -> Answer:
        self.desk.do("period", "restate", "--approve", number, "--as", "wang")
        return self.desk.do("period", "restate", "--approve", number, "--as", "zhao")

    def outstanding(self) -> dict[str, str]:
        return {each["code"]: each["outstanding"] for each in self.read("balances", "four")}

    def read(self, command: str, *words: str) -> Any:
        return json.loads(self.desk.do("period", command, *words, "--format", "json").out)

    def write(self, name: str, text: str) -> Path:
        path = self.desk.workspace / name
        path.write_text(text, "utf-8")
        return path


def moved(said: Mapping[str, Any]) -> dict[str, str]:
    """Who gains or loses how much."""
    return {each["code"]: each["difference"] for each in said["people"] if each["difference"] != "0.00"}


def why(said: Mapping[str, Any], code: str) -> list[str]:
    return next(each["why"] for each in said["people"] if each["code"] == code)
