"""The embedded engine on small snapshots: figures by hand, zeros, overflow, and a connection that is locked in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from tests.unit.engine.scan_kit import CUSTOMER, Q1_WINDOWS, TICKET, day, local, request, snapshot

from kaohe.engine import DuckEngine, Measure, Request, fuse
from kaohe.engine.connection import connected
from kaohe.engine.plan import measures
from kaohe.errors import Exit, KaoheError
from kaohe.plugin import Field, RecordType, Text

PEOPLE = ("P1", "P2", "P3")
TICKETS: list[dict[str, Any]] = [
    # Two minutes into the quarter by the clock on the wall; in UTC it is still December.
    {"no": "1", "owner": "P1", "helper": "P2", "kind": "repair", "opened_at": local("2026-01-01 00:02"), "cost": 1000},
    {"no": "2", "owner": "P1", "kind": "repair", "opened_at": local("2026-03-31 23:59"), "cost": 250, "urgent": True},
    {"no": "3", "owner": "P1", "kind": "advice", "opened_at": local("2026-02-01 12:00"), "due": day("2026-02-03")},
    {"no": "4", "owner": "P1", "kind": "repair", "opened_at": local("2026-04-01 00:00"), "cost": 9999},
    {"no": "5", "owner": "P2", "kind": "advice", "opened_at": local("2025-12-31 23:59"), "cost": 40},
    {"no": "6", "owner": None, "kind": "repair", "opened_at": local("2026-02-01 12:00"), "cost": 7},
    {"no": "7", "owner": "gone", "kind": "repair", "opened_at": local("2026-02-01 12:00"), "cost": 8},
    {"no": "8", "owner": "P2", "kind": None, "opened_at": None, "due": day("2026-02-28"), "cost": 70, "urgent": False},
]


def measured(
    folder: Path,
    requests: list[Request],
    rows: list[dict[str, Any]],
    records: RecordType = TICKET,
    people: tuple[str, ...] = PEOPLE,
) -> dict[str, list[dict[str, list[int]]]]:
    """Per request, the parts of each of its aggregates for each person."""
    half = len(rows) // 2
    taken = snapshot(folder, {records.name: (records, [rows[:half], rows[half:]])})
    scans = fuse(requests)
    answered: dict[tuple[str, Measure], Any] = {}
    answers = DuckEngine().measure(scans, taken, Q1_WINDOWS, [people] * len(scans))
    for scan, parts in zip(scans, answers, strict=True):
        answered |= {(scan.who, measure): columns for measure, columns in parts.items()}
    return {
        one.key: [
            {part: column.tolist() for part, column in answered[one.who, measure].items()} for measure in measures(one)
        ]
        for one in requests
    }


def test_figures_are_those_counted_by_hand(tmp_path: Path) -> None:
    figures = measured(
        tmp_path,
        [
            request("tickets", "count()"),
            request("cost", "sum(cost)"),
            request("repairs", 'share(kind == "repair")'),
            request("before", "previous(sum(cost))"),
            request("helped", "count()", who="helper"),
            request("due", "count()", when="due"),
        ],
        TICKETS,
    )
    assert figures["tickets"] == [{"n": [3, 0, 0]}]
    assert figures["cost"] == [{"total": [1250, 0, 0], "n": [2, 0, 0]}]
    assert figures["repairs"] == [{"hits": [2, 0, 0], "n": [3, 0, 0]}]
    assert figures["before"] == [{"total": [0, 40, 0], "n": [0, 1, 0]}]
    assert figures["helped"] == [{"n": [0, 1, 0]}]
    assert figures["due"] == [{"n": [1, 1, 0]}]


def test_people_without_records_get_zeros_and_strangers_get_nothing(tmp_path: Path) -> None:
    figures = measured(tmp_path, [request("cost", "sum(cost)")], TICKETS, people=("P0", "P3", "P9"))
    assert figures["cost"] == [{"total": [0, 0, 0], "n": [0, 0, 0]}]


def test_a_scan_that_needs_no_file_gives_zeros(tmp_path: Path) -> None:
    figures = measured(tmp_path, [request("cost", "mean(cost)", when="closed_at")], TICKETS)
    assert figures["cost"] == [{"total": [0, 0, 0], "n": [0, 0, 0]}]


def test_a_condition_with_or_stays_inside_its_window(tmp_path: Path) -> None:
    """Fused with a measure of another window, each condition is said in the same breath as the window."""
    figures = measured(
        tmp_path,
        [request("due", "count()", where="urgent or cost > 0.3", when="due"), request("all", "count()")],
        TICKETS,
    )
    assert figures["due"] == [{"n": [0, 1, 0]}]
    assert figures["all"] == [{"n": [3, 0, 0]}]


def test_records_may_have_fields_that_are_called_like_the_sql_around_them(tmp_path: Path) -> None:
    labels = Text("字段", "Field")
    odd = RecordType(
        name="odd",
        label=labels,
        fields=(
            Field("owner", "person", labels),
            Field("subject", "text", labels),
            Field("records", "text", labels),
            Field("c0", "integer", labels),
            Field("day", "date", labels),
        ),
        key=("records",),
        when="day",
        who=("owner",),
    )
    rows = [
        {"owner": owner, "subject": subject, "records": str(number), "c0": number, "day": day("2026-02-01")}
        for number, (owner, subject) in enumerate([("P1", "x"), ("P1", "y"), ("P2", "x"), ("P1", "P2")])
    ]
    figures = measured(tmp_path, [request("n", "count_distinct(subject) + sum(c0)", odd)], rows, odd)
    assert figures["n"] == [{"n": [3, 1, 0]}, {"total": [4, 2, 0], "n": [3, 1, 0]}]


def test_who_was_there_at_the_start_and_at_the_end(tmp_path: Path) -> None:
    lasting: list[dict[str, Any]] = [
        {"code": "always", "owner": "P1", "since": day("2020-05-01"), "left_on": None},
        {"code": "left within", "owner": "P1", "since": day("2020-05-01"), "left_on": day("2026-02-01")},
        {"code": "left before", "owner": "P1", "since": day("2020-05-01"), "left_on": day("2025-12-31")},
        {"code": "new", "owner": "P1", "since": day("2026-01-01"), "left_on": None},
        {"code": "came and went", "owner": "P2", "since": day("2026-01-02"), "left_on": day("2026-03-31")},
        {"code": "later", "owner": "P2", "since": day("2026-04-01"), "left_on": None},
    ]
    figures = measured(
        tmp_path,
        [
            request("start", "count(where=at_start())", CUSTOMER),
            request("kept", "count(where=at_start() and at_end())", CUSTOMER),
            request("lost", "count(where=in_period(left_on))", CUSTOMER),
            request("new", "count()", CUSTOMER),
            request("before", "previous(count(where=at_start()))", CUSTOMER),
        ],
        lasting,
        CUSTOMER,
    )
    assert figures["start"] == [{"n": [2, 0, 0]}]
    assert figures["kept"] == [{"n": [1, 0, 0]}]
    assert figures["lost"] == [{"n": [1, 1, 0]}]
    assert figures["new"] == [{"n": [1, 1, 0]}]
    assert figures["before"] == [{"n": [3, 0, 0]}]


def test_a_sum_that_does_not_fit_is_the_users_mistake_and_names_the_records(tmp_path: Path) -> None:
    huge = [{**row, "owner": "P1", "cost": 2**62, "opened_at": local("2026-02-01 12:00")} for row in TICKETS]
    with pytest.raises(KaoheError) as caught:
        measured(tmp_path, [request("cost", "sum(cost)")], huge)
    (problem,) = caught.value.problems
    assert (problem.code, problem.where.key, caught.value.exit_code) == ("engine.overflow", "ticket", Exit.MISTAKE)


def test_sums_up_to_the_last_integer_are_exact(tmp_path: Path) -> None:
    edge = [
        {"owner": "P1", "opened_at": local("2026-02-01 12:00"), "cost": cost}
        for cost in (2**62, 2**62 - 1, -1, 1, -(2**62), 2**62)
    ]
    figures = measured(tmp_path, [request("cost", "sum(cost)")], edge)
    assert figures["cost"][0]["total"] == [2**63 - 1, 0, 0]


def test_the_number_of_threads_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = [request("m", "median(cost)"), request("l", "last(cost, by=opened_at)"), request("s", "sum(cost)")]
    answers = []
    connect = duckdb.connect
    for threads in (1, 2, 7):
        folder = tmp_path / str(threads)
        folder.mkdir()

        def with_threads(database: str, config: dict[str, Any], threads: int = threads) -> Any:
            return connect(database, config={**config, "threads": threads})

        monkeypatch.setattr(duckdb, "connect", with_threads)
        answers.append(measured(folder, asked, TICKETS))
    assert answers[0] == answers[1] == answers[2]


def test_a_lost_file_is_named(tmp_path: Path) -> None:
    taken = snapshot(tmp_path, {"ticket": (TICKET, [TICKETS])})
    taken.partitions("ticket")[0].path.unlink()
    with pytest.raises(KaoheError) as caught:
        DuckEngine().measure(fuse([request("n", "count()")]), taken, Q1_WINDOWS, (PEOPLE,))
    assert caught.value.problems[0].code == "engine.snapshot"
    assert caught.value.exit_code == Exit.ENVIRONMENT


@pytest.mark.parametrize("name", ["it's", 'a "folder"', "空 格; --"])
def test_folders_may_have_any_name(name: str, tmp_path: Path) -> None:
    folder = tmp_path / name
    folder.mkdir()
    assert measured(folder, [request("n", "count()")], TICKETS)["n"] == [{"n": [3, 0, 0]}]


class TestConnection:
    """What a query could do at worst."""

    @pytest.mark.parametrize(
        "sql",
        [
            "SELECT * FROM read_text('{outside}/secret.txt')",
            "SELECT * FROM read_csv('{outside}/secret.txt')",
            "SELECT * FROM '{inside}/../outside/secret.txt'",
            "SELECT * FROM glob('{outside}/*')",
            "COPY (SELECT 1) TO '{outside}/new.csv'",
            "ATTACH '{outside}/new.db'",
            "INSTALL httpfs",
            "LOAD httpfs",
            "SELECT * FROM read_parquet('https://127.0.0.1/x.parquet')",
        ],
    )
    def test_it_reaches_nothing_outside_the_snapshot(self, sql: str, tmp_path: Path) -> None:
        inside, outside = tmp_path / "inside", tmp_path / "outside"
        inside.mkdir()
        outside.mkdir()
        (outside / "secret.txt").write_text("secret")
        with connected(inside) as connection, pytest.raises(duckdb.Error):
            connection.execute(sql.format(inside=inside, outside=outside)).fetchall()
        assert [path.name for path in outside.iterdir()] == ["secret.txt"]

    @pytest.mark.parametrize(
        "sql",
        [
            "SET enable_external_access = true",
            "SET allowed_directories = ['/']",
            "SET lock_configuration = false",
            "RESET lock_configuration",
            "PRAGMA enable_external_access = true",
            "SET memory_limit = '1TB'",
        ],
    )
    def test_its_settings_stay(self, sql: str, tmp_path: Path) -> None:
        with connected(tmp_path) as connection, pytest.raises(duckdb.Error):
            connection.execute(sql)


def test_the_measures_are_arrays_of_64_bits(tmp_path: Path) -> None:
    taken = snapshot(tmp_path, {"ticket": (TICKET, [TICKETS])})
    (parts,) = DuckEngine().measure(fuse([request("n", "count()")]), taken, Q1_WINDOWS, (PEOPLE,))
    assert {column.dtype for columns in parts.values() for column in columns.values()} == {np.dtype(np.int64)}


def test_a_measure_gives_the_same_parts_alone_and_among_others(tmp_path: Path) -> None:
    alone = measured(tmp_path, [request("cost", "sum(cost)")], TICKETS)
    others = [replace(request("cost", "sum(cost)"), key="again"), request("x", "median(cost)", when="due")]
    assert measured(tmp_path, [*others, request("cost", "sum(cost)")], TICKETS)["cost"] == alone["cost"]
