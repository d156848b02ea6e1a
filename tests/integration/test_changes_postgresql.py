"""Changes by hand on a real PostgreSQL server: proposed, decided and applied as on SQLite, to the run's digest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.scenarios.desk import Desk
from tests.tiny import SCHEME, add_tickets, make_desk, ticket_lines, write
from tests.unit.cli.period_kit import WHOSE, lead

LIMITS = '\n[manual_changes]\npoints = 5\ntiers = 1\nbonus = "20%"\n'


def told(desk: Desk) -> list[Any]:
    """What a calculation with changes gives, and what is said of them."""
    write(desk, "schemes/tiny.toml", SCHEME + LIMITS)
    add_tickets(desk, ticket_lines())
    lead(desk, "calculated")
    sheet = write(desk, "sheet.csv", "person,points,tier,bonus,reason\nP1,2.5,,,帮扶\nP2,,B,-100.50,迟交\n")
    desk.do("change", "import", *WHOSE, sheet, "--as", "chen")
    desk.do("change", "approve", "1", "2", "--as", "wang")
    desk.do("change", "reject", "3", "--reason", "no", "--as", "wang")
    refused = desk.try_("change", "propose", *WHOSE, "P1", "--points", "3", "--reason", "more", "--as", "chen")
    run = json.loads(desk.do("period", "calculate", *WHOSE, "--as", "chen", "--format", "json").out)
    changes = json.loads(desk.do("change", "list", *WHOSE, "--format", "json").out)
    kept = [{name: value for name, value in each.items() if not name.endswith("_at")} for each in changes]
    verified = desk.do("audit", "verify")
    return [run["digest"], run["people"], kept, refused.err, verified.code]


def test_changes_mean_what_they_mean_on_sqlite(postgresql_url: str, tmp_path: Path) -> None:
    one = told(make_desk(tmp_path / "server", database=postgresql_url))
    other = told(make_desk(tmp_path / "file"))
    assert one == other
    assert "+2.5 +3 = +5.5 points" in one[3]
    assert [each["state"] for each in one[2]] == ["approved", "approved", "rejected"]
