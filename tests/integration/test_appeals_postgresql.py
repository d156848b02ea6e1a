"""Appeals, statements and improvement items on PostgreSQL: the same as on SQLite, and nothing is decided twice."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from tests.tiny import SCHEME, add_tickets, make_desk, ticket_lines, write

from kaohe.cli.context import App
from kaohe.errors import KaoheError
from kaohe.run.appeals import reject_appeal

WHOSE = ("tiny", "2026-Q1")


def test_an_appeal_and_a_statement_go_their_way(tmp_path: Path, postgresql_url: str) -> None:
    desk = make_desk(tmp_path, database=postgresql_url)
    write(desk, "schemes/tiny.toml", f"{SCHEME}\n[appeals]\ndays = 7\n")
    add_tickets(desk, ticket_lines())
    for step in ("open", "freeze", "calculate", "submit"):
        desk.do("period", step, *WHOSE, "--as", "chen")
    form = write(desk, "form.csv", "T04,2026-04-01\n")
    desk.do("appeal", "open", "1", "P1", "--figure", "in_time", "--text", "late", "--evidence", form, "--as", "P1")
    desk.do("appeal", "answer", "1", "--text", "seen", "--as", "chen")
    app = App("en", desk.workspace, {}, "wang")

    def reject(_number: int) -> str:
        try:
            return reject_appeal(app.store, 1, "no", ("P1",), datetime.now(UTC)).state
        except KaoheError as error:
            return error.problems[0].code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(reject, range(4))) == ["appeal.order"] * 3 + ["rejected"]
    assert "attachment form.csv" in desk.do("appeal", "show", "1").out
    desk.do("improvement", "add", *WHOSE, "P1", "Close at noon", "--due", "2099-05-01")
    desk.do("improvement", "update", "1", "--state", "done", "--outcome", "yes")
    desk.do("statement", "interview", *WHOSE, "P1", "--notes", "talk", "--goals", "goals")
    desk.do("statement", "acknowledge", "1", "P1", "--as", "P1")
    told = json.loads(desk.do("statement", "make", "1", "P1", "--format", "json").out)
    assert (told["total"], told["acknowledged"]["current"], told["items"][0]["state"]) == ("82", True, "done")
    assert told["appeal"]["appeals"][0]["state"] == "rejected"
    assert desk.try_("audit", "verify").code == 0
