"""Teams whose people stayed are added up of them; the records of those who moved are looked at day by day."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.unit.engine.scan_kit import Q1_WINDOWS, TICKET, day, local, request, snapshot

from kaohe.engine import DuckEngine, OnDay, Relations, Request, fuse
from kaohe.engine.settled import settled
from kaohe.errors import KaoheError
from kaohe.language import compile_expression
from kaohe.plugin.credit import with_people_above
from kaohe.plugin.scope import record_scope

TEAM = OnDay("everybody", "owner", "opened_at", (("_team", "team.owner"),), nearest=True)
TEAMS = ("north", "south")
ALWAYS = ("2025-01-01", "2027-01-01")


def everybody(*stints: tuple[str, str, str, str | None]) -> Relations:
    columns: dict[str, pa.Array] = {
        "_person": pa.array([person for person, *_rest in stints]),
        "_first": pa.array([day(first) for _person, first, _end, _team in stints]),
        "_end": pa.array([day(end) for _person, _first, end, _team in stints]),
        "_team": pa.array([team for *_rest, team in stints], pa.string()),
    }
    return {"everybody": pa.table(columns)}


def of_teams(key: str, value: str) -> Request:
    return replace(request(key, value), who="team.owner", joins=(TEAM,))


STAYED = everybody(*((f"P{number:02}", *ALWAYS, "south") for number in range(30)), ("P30", *ALWAYS, None))
ONE_MOVED = everybody(
    *((f"P{number:02}", *ALWAYS, "south") for number in range(1, 30)),
    ("P00", "2025-01-01", "2026-02-01", "south"),
    ("P00", "2026-02-01", "2027-01-01", "north"),
)


def ticket(owner: str | None, month: int, cost: int) -> dict[str, Any]:
    return {"owner": owner, "opened_at": local(f"2026-0{month}-15 12:00"), "cost": cost, "no": f"{owner}{month}"}


TICKETS = [ticket("P00", 1, 1), ticket("P00", 2, 10), ticket("P01", 3, 100), ticket("P30", 1, 1000), ticket(None, 1, 9)]


def measured(folder: Path, tickets: list[dict[str, Any]], relations: Relations) -> Any:
    taken = snapshot(folder, {"ticket": (TICKET, [tickets])})
    (parts,) = DuckEngine().measure(
        fuse([of_teams("c", "sum(cost)"), of_teams("m", "median(cost)")]), taken, Q1_WINDOWS, [TEAMS], relations
    )
    return [{name: column.tolist() for name, column in columns.items()} for columns in parts.values()]


def test_figures_are_those_of_the_team_on_each_records_day(tmp_path: Path) -> None:
    assert measured(tmp_path, TICKETS, STAYED) == [
        {"total": [0, 111], "n": [0, 3]},
        {"n": [0, 3], "low": [0, 10], "high": [0, 10]},
    ]
    assert measured(tmp_path, TICKETS, ONE_MOVED)[0] == {"total": [10, 101], "n": [1, 2]}


def test_only_the_days_of_those_who_moved_are_looked_at() -> None:
    def asked(relations: Relations, *values: str) -> list[tuple[str, tuple[Any, ...], int]]:
        scans = fuse([of_teams(value, value) for value in values])
        made = settled(scans, [TEAMS], Q1_WINDOWS, relations)
        return [(scan.who, scan.joins, len(scan.measures)) for scan in made.scans]

    moved = replace(TEAM, relation="everybody moved 0")
    assert asked(STAYED, "count()") == [("owner", (), 1)]
    assert asked(STAYED, "count()", "median(cost)") == [("team.owner", (TEAM,), 1), ("owner", (), 1)]
    assert asked(ONE_MOVED, "count()") == [("owner", (), 1), ("team.owner", (moved,), 1)]
    assert asked(everybody(("P1", "2026-01-01", "2026-02-01", "north")), "count()") == [("team.owner", (TEAM,), 1)]
    # Somebody who came within the year before did not stay all the time that is compared.
    came = everybody(*((f"P{number:02}", "2025-03-01", "2027-01-01", "south") for number in range(9)))
    assert asked(came, "count()") == [("owner", (), 1)]
    assert asked(came, "count() - same_period_last_year(count())") == [("team.owner", (TEAM,), 2)]
    # What is seen whenever it is dated may have no date, and then belongs to no team.
    assert asked(STAYED, "count(where=in_period(due))")[0][0] == "team.owner"


@pytest.mark.parametrize("relations", [STAYED, ONE_MOVED])
def test_what_looks_at_who_stands_above_is_joined_for_everybody(relations: Relations, tmp_path: Path) -> None:
    above = replace(TEAM, gives=(("_team", "manager.owner"),), nearest=False)
    scope = with_people_above(record_scope(TICKET, {}, aggregates=True), ["manager(owner)"])
    value = compile_expression("count(where=known(manager.owner))", scope)
    asked = replace(request("c", "count()"), value=value, who="manager.owner", joins=(above,))
    taken = snapshot(tmp_path, {"ticket": (TICKET, [TICKETS])})
    ((parts,),) = (each.values() for each in DuckEngine().measure(fuse([asked]), taken, Q1_WINDOWS, [TEAMS], relations))
    assert parts["n"].tolist() == ([0, 3] if relations is STAYED else [1, 2])


def test_a_sum_of_a_team_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    huge = [ticket("P00", 1, 2**62), ticket("P01", 1, 2**62)]
    with pytest.raises(KaoheError) as caught:
        measured(tmp_path, huge, STAYED)
    assert [problem.code for problem in caught.value.problems] == ["engine.overflow"]
    fits = [*huge[:1], ticket("P01", 1, 2**62 - 1), ticket("P02", 1, -(2**62)), ticket("P03", 1, 2**62)]
    assert measured(tmp_path, fits, STAYED)[0]["total"] == [0, 2**63 - 1]
