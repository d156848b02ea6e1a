"""What was frozen is what is calculated, whatever becomes of records, schemes, plugins and files."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from tests.integration.kit import contents
from tests.scenarios.desk import Desk
from tests.tiny import SCHEME, add_tickets, ticket_lines, write
from tests.unit.cli.period_kit import LATE, STEPS, WHOSE, shown, take


class TestFrozen:
    """What is calculated is what was frozen."""

    @pytest.fixture
    def digest(self, lives: dict[str, Desk]) -> str:
        return str(self.calculated(lives["calculated"]))

    def calculated(self, desk: Desk) -> str:
        with closing(sqlite3.connect(desk.workspace / "kaohe.db")) as connection:
            return str(connection.execute("SELECT digest FROM runs ORDER BY id DESC").fetchone()[0])

    def test_later_records_do_not_touch_it_and_are_told(self, digest: str, at: Callable[[str], Desk]) -> None:
        desk = at("frozen")
        add_tickets(desk, LATE, "late.csv")
        took = desk.do("period", "show", *WHOSE)
        assert "came after the freeze: import 3 of ticket, 2 rows, 1 in the period, on " in took.err
        take(desk, "calculate", "chen")
        assert self.calculated(desk) == digest
        evaluated = desk.do("evaluate", "tiny", "--period", "2026-Q1")
        assert "note [evaluate.preview]: this run is a preview: run 1 stands for the period" in evaluated.err
        assert "run 2 " in evaluated.out
        assert shown(desk)["run"] == 1

    def test_an_import_undone_since_is_told(self, digest: str, at: Callable[[str], Desk]) -> None:
        desk = at("frozen")
        desk.do("records", "undo", "2")
        assert "undone since the freeze: import 2 of ticket, 13 rows, on " in desk.do("period", "show", *WHOSE).err
        assert shown(desk)["came_later"][0]["undone"] is True
        take(desk, "calculate", "chen")
        assert self.calculated(desk) == digest

    def test_the_same_rows_brought_back_before_the_freeze_are_not_told(self, at: Callable[[str], Desk]) -> None:
        """The snapshot of the former freeze is found again; what stands behind it by now are other imports."""
        desk = at("frozen")
        desk.do("records", "undo", "2")
        add_tickets(desk, ticket_lines(), "again.csv")
        assert len(shown(desk)["came_later"]) == 2
        take(desk, "reopen", "chen", "--reason", "brought back")
        assert take(desk, "freeze", "chen").out.split()[-7:-3] == ["ticket", "13", "11", "3"]
        assert shown(desk)["came_later"] == []
        desk.do("records", "undo", "3")
        assert [(each["import"], each["undone"]) for each in shown(desk)["came_later"]] == [(3, True)]

    def test_an_import_that_changed_nothing_is_not_told(self, at: Callable[[str], Desk]) -> None:
        desk = at("frozen")
        add_tickets(desk, ticket_lines(), "again.csv")
        assert shown(desk)["came_later"] == []

    def test_people_who_came_later_are_told(self, at: Callable[[str], Desk]) -> None:
        desk = at("frozen")
        people = "code,name,team,role,region,bonus_base,from,to\nP8,吴十,南一队,agent,华南,5000,2026-01-01,\n"
        desk.do("people", "import", write(desk, "more.csv", people))
        (late,) = shown(desk)["came_later"]
        assert (late["import"], late["of"], late["in_period"]) == (3, "people", None)

    @pytest.mark.parametrize("damage", ["edited", "broken", "gone", "renamed"])
    def test_what_becomes_of_the_scheme_does_not_touch_it(
        self, damage: str, digest: str, at: Callable[[str], Desk]
    ) -> None:
        desk = at("frozen")
        file = desk.workspace / "schemes" / "tiny.toml"
        match damage:
            case "edited":
                file.write_text(SCHEME.replace("hours(24)", "hours(1)"), "utf-8")
            case "broken":
                file.write_text("format = ", "utf-8")
            case "gone":
                file.unlink()
            case _:
                file.rename(file.with_name("other.toml"))
        take(desk, "calculate", "chen")
        assert self.calculated(desk) == digest
        for state in ("in_review", "approved", "paid", "closed"):
            if state == "approved":
                take(desk, "approve", "wang")
            take(desk, *STEPS[state])
        assert shown(desk)["state"] == "closed"

    def test_a_plugin_taken_away_does_not_touch_it(self, demo_copy: Path) -> None:
        desk = Desk(demo_copy)
        whose = ("floor-heating", "2026-Q1")
        for step in ("open", "freeze"):
            desk.do("period", step, *whose)
        before = json.loads(desk.do("evaluate", whose[0], "--period", whose[1], "--format", "json").out)
        desk.do("plugin", "remove", "floor_heating")
        assert desk.try_("evaluate", whose[0], "--period", whose[1]).code != 0
        after = json.loads(desk.do("period", "calculate", *whose, "--format", "json").out)
        assert after["digest"] == before["digest"]

    @pytest.mark.parametrize("harm", ["changed", "removed"])
    def test_a_damaged_snapshot_is_refused_and_the_period_stays(self, harm: str, at: Callable[[str], Desk]) -> None:
        desk = at("frozen")
        for file in (desk.workspace / ".kaohe" / "snapshots").rglob("*.parquet"):
            if harm == "removed":
                file.unlink()
            else:
                file.write_bytes(file.read_bytes()[:-8] + b"12345678")
        answer = desk.try_("period", "calculate", *WHOSE)
        assert answer.code == 3
        assert ("[snapshot.missing]" if harm == "removed" else "[snapshot.damaged]") in answer.err
        assert shown(desk)["state"] == "frozen"

    def test_a_rehearsal_keeps_nothing(self, at: Callable[[str], Desk]) -> None:
        desk = at("open")
        before = contents(desk)
        assert "rehearsal" in take(desk, "freeze", "chen", "--dry-run").err
        assert contents(desk) == before
        take(desk, "freeze", "chen")
        before = contents(desk)
        rehearsed = take(desk, "calculate", "chen", "--dry-run").out
        assert "16,750.00" in rehearsed
        assert " run " not in rehearsed
        assert contents(desk) == before
