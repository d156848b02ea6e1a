"""Plans: what fuses, which files a scan needs, and the SQL that comes of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.engine.golden_sql import (
    CASES,
    FOLDER,
    JOINED_CASES,
    PASS_CASES,
    ROW_CASES,
    executed,
    joined_sql,
    pass_sql,
    row_sql,
    sql,
)
from tests.unit.engine.scan_kit import CUSTOMER, Q1_WINDOWS, TICKET, day, local, request, snapshot

from kaohe.engine import OnDay, Request, fuse
from kaohe.engine.passes import passes
from kaohe.engine.plan import measures, needed
from kaohe.records import Partition


@pytest.mark.parametrize("case", CASES)
def test_the_sql_of_a_scan_is_the_one_kept(case: str) -> None:
    renew = "after a change that is meant: python -m tests.unit.engine.golden_sql"
    assert sql(CASES[case]) == (FOLDER / f"{case}.sql").read_text("utf-8"), renew


@pytest.mark.parametrize("case", ROW_CASES)
def test_the_sql_that_finds_rows_is_the_one_kept(case: str) -> None:
    renew = "after a change that is meant: python -m tests.unit.engine.golden_sql"
    assert row_sql(ROW_CASES[case]) == (FOLDER / f"{case}.sql").read_text("utf-8"), renew


@pytest.mark.parametrize("case", PASS_CASES)
def test_the_sql_of_one_reading_for_several_is_the_one_kept_in_every_dialect(case: str) -> None:
    renew = "after a change that is meant: python -m tests.unit.engine.golden_sql"
    assert pass_sql(PASS_CASES[case]) == (FOLDER / f"{case}.sql").read_text("utf-8"), renew


@pytest.mark.parametrize("case", JOINED_CASES)
def test_the_sql_with_joins_is_the_one_kept_in_every_dialect(case: str) -> None:
    renew = "after a change that is meant: python -m tests.unit.engine.golden_sql"
    assert joined_sql(JOINED_CASES[case]) == (FOLDER / f"{case}.sql").read_text("utf-8"), renew


def test_no_golden_file_is_left_over() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == {*CASES, *JOINED_CASES, *PASS_CASES, *ROW_CASES}


def test_what_is_joined_alike_shares_a_scan_and_what_sees_all_times_is_apart() -> None:
    covered = (OnDay("covered", "owner", "since", required=True),)
    asked = [
        replace(request(key, value, CUSTOMER), joins=covered)
        for key, value in (("a", "count()"), ("b", "previous(count())"), ("c", "count(where=at_start())"))
    ]
    assert [(len(scan.measures), *scan.joins) for scan in fuse([*asked, request("d", "count()", CUSTOMER)])] == [
        (2, covered[0]),
        (1, replace(covered[0], drawn_to="period")),
        (1,),
    ]


def test_the_sql_that_runs_differs_from_the_one_kept_in_its_spaces_only() -> None:
    def bare(text: str) -> str:
        return "".join(text.split()).replace(";", "")

    for requests in CASES.values():
        assert bare("".join(executed(requests))) == bare(sql(requests))


def test_indicators_of_the_same_records_and_person_share_one_scan() -> None:
    scans = fuse([request("a", "count()"), request("b", "sum(cost)", when="due"), request("c", "previous(count())")])
    assert [(scan.records.name, scan.who, len(scan.measures)) for scan in scans] == [("ticket", "owner", 3)]


def test_another_record_type_or_another_person_is_another_scan() -> None:
    asked = [
        request("a", "count()"),
        request("b", "count()", who="helper"),
        request("c", "count()", CUSTOMER),
        request("d", "sum(cost)"),
    ]
    assert [(scan.records.name, scan.who) for scan in fuse(asked)] == [
        ("ticket", "owner"),
        ("ticket", "helper"),
        ("customer", "owner"),
    ]


def test_equal_measures_are_computed_once() -> None:
    same = [
        request("a", 'count(where=kind == "repair") / count()'),
        request("b", "count()"),
        request("c", 'count(where=kind  ==  "repair")'),
    ]
    (scan,) = fuse(same)
    assert len(scan.measures) == 2
    assert measures(same[2])[0] == measures(same[0])[0]


def test_the_same_aggregate_under_another_condition_or_date_is_another_measure() -> None:
    asked = [
        request("a", "count()"),
        request("b", "count()", where="urgent"),
        request("c", "count()", when="due"),
    ]
    (scan,) = fuse(asked)
    assert len(scan.measures) == 3


def test_people_and_teams_share_a_reading_and_what_others_alone_are_asked_for_does_not() -> None:
    def read_by(*asked: Request) -> list[tuple[int, ...]]:
        partition = Partition(Path("x"), None, 10, "", "", {})
        return [one.numbers for one in passes(fuse(asked), lambda _name: [partition], Q1_WINDOWS)]

    team = OnDay("everybody", "owner", "opened_at", (("_team", "team.owner"),), nearest=True)
    own = [request("a", "count()"), request("b", "sum(cost)"), request("c", "mean(rating)")]
    teams = [replace(each, who="team.owner", joins=(team,)) for each in own]
    other = [request(str(number), f"count(where=cost > {number})", who="helper") for number in range(9)]
    assert read_by(*own, *teams) == [(0, 1)]
    assert read_by(*own, *other) == [(0,), (1,)]
    assert read_by(*own, request("d", "count()", CUSTOMER), *teams) == [(0, 2), (1,)]
    assert read_by(request("a", "median(cost)"), request("b", "count()", who="helper")) == [(0,), (1,)]


def files(tmp_path: Path) -> list[list[dict[str, int | str | None]]]:
    """Tickets by file: long ago, the quarter before, January, none dated, closed this year though opened before."""
    return [
        [{"no": "1", "owner": "P1", "opened_at": local("2024-05-01 09:00")}],
        [{"no": "2", "owner": "P1", "opened_at": local("2025-12-31 23:59"), "due": day("2026-01-05")}],
        [{"no": "3", "owner": "P1", "opened_at": local("2026-01-01 00:00"), "closed_at": local("2026-04-01 00:00")}],
        [{"no": "4", "owner": "P1", "opened_at": None}],
        [{"no": "5", "owner": "P1", "opened_at": local("2025-03-31 12:00"), "closed_at": local("2026-03-31 23:59")}],
    ]


@pytest.mark.parametrize(
    ("asked", "needed_files"),
    [
        (["count()"], [2]),
        (["previous(count())"], [1]),
        (["count() - previous(count())"], [1, 2]),
        (["same_period_last_year(count())"], [4]),
        (["count(where=in_period(due))"], [0, 1, 2, 3, 4]),
    ],
)
def test_only_files_that_a_window_touches_are_read(asked: list[str], needed_files: list[int], tmp_path: Path) -> None:
    taken = snapshot(tmp_path, {"ticket": (TICKET, files(tmp_path))})
    (scan,) = fuse([request(str(position), value) for position, value in enumerate(asked)])
    partitions = taken.partitions("ticket")
    assert [partitions.index(partition) for partition in needed(scan, partitions, Q1_WINDOWS)] == needed_files


def test_an_indicators_own_date_decides_which_files_are_read(tmp_path: Path) -> None:
    partitions = snapshot(tmp_path, {"ticket": (TICKET, files(tmp_path))}).partitions("ticket")
    for when, expected in (("closed_at", [4]), ("due", [1])):
        (scan,) = fuse([request("a", "count()", when=when)])
        assert [partitions.index(partition) for partition in needed(scan, partitions, Q1_WINDOWS)] == expected


def test_a_condition_about_the_period_needs_every_file(tmp_path: Path) -> None:
    partitions = snapshot(tmp_path, {"ticket": (TICKET, files(tmp_path))}).partitions("ticket")
    (scan,) = fuse([request("a", "count()", where="in_period(closed_at)")])
    assert needed(scan, partitions, Q1_WINDOWS) == [*partitions]
