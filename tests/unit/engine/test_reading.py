"""What is read of files: the columns that are asked for, the parts that a window touches, and how large figures are."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.unit.engine.scan_kit import Q1_WINDOWS, TICKET, local, request, snapshot

from kaohe.engine import DuckEngine, OnDay, Request, fuse
from kaohe.engine.connection import connected, execute, give, read
from kaohe.engine.magnitudes import is_wide, largest_in
from kaohe.engine.passes import Pass, pass_query
from kaohe.engine.resources import Resources
from kaohe.engine.source import RECORDS
from kaohe.language import render
from kaohe.records import Partition
from kaohe.text import Message

TEAM = OnDay("everybody", "owner", "opened_at", (("_team", "team.owner"),), nearest=True)
EVERYBODY = {
    "everybody": pa.table(
        {
            **{name: pa.array(["x"]) for name in ("_person", "_team", "_manager")},
            **{name: pa.array([1], pa.int64()) for name in ("_first", "_end")},
        }
    )
}
COST = [request("cost", "sum(cost) - previous(sum(cost))"), request("n", "count(where=urgent)")]


def row(**fields: Any) -> dict[str, Any]:
    return {"no": "1", "owner": "P1", "opened_at": local("2026-02-01 12:00"), **fields}


def scanned(folder: Path, asked: list[Request]) -> dict[str, Any]:
    """What DuckDB says of how it reads the file."""
    (partition,) = snapshot(
        folder, {"ticket": (TICKET, [[row(cost=1), row(opened_at=local("2020-01-01 12:00"))]])}
    ).partitions("ticket")
    scans = fuse(asked)
    query, _columns = pass_query(Pass(scans, tuple(range(len(scans)))), Q1_WINDOWS)
    with connected(folder) as connection:
        give(connection, EVERYBODY)
        read(connection, RECORDS, [partition])
        plan = connection.execute(f"EXPLAIN (FORMAT json) {render(query, 'duckdb')}").fetchall()[0][1]
    (found,) = [each for each in _operators(json.loads(plan)) if each["name"].strip() == "READ_PARQUET"]
    return dict(found["extra_info"])


def _operators(nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [each for node in nodes for each in (node, *_operators(node["children"]))]


@pytest.mark.parametrize("asked", [COST, [*COST, *(replace(one, who="team.owner", joins=(TEAM,)) for one in COST)]])
def test_only_columns_that_are_asked_for_are_read_and_only_parts_of_files_that_a_window_touches(
    asked: list[Request], tmp_path: Path
) -> None:
    said = scanned(tmp_path, asked)
    assert sorted(said["Projections"]) == ["cost", "opened_at__local", "owner", "urgent"]
    assert "opened_at__local>=1759276800000000" in str(said["Filters"]).replace(" ", "")


def partitions(folder: Path, *columns: pa.Array, **options: Any) -> list[Partition]:
    found = []
    for number, column in enumerate(columns):
        path = folder / f"{number}.parquet"
        pq.write_table(pa.table({"cost": column, "kind": ["x"] * len(column)}), path, **options)
        found.append(Partition(path, None, len(column), "", "", {}))
    return found


def test_files_say_how_large_their_figures_are(tmp_path: Path) -> None:
    (scan,) = fuse([request("m", "mean(cost / rating)", where='kind != "x"')])
    query, _columns = pass_query(Pass((scan,), (0,)), Q1_WINDOWS)
    some, none = pa.array([3, None, -70, 5], pa.int64()), pa.array([None, None], pa.int64())
    assert is_wide(query)
    assert largest_in(partitions(tmp_path, some, none, row_group_size=2), query) == {"cost": 70}
    assert largest_in(partitions(tmp_path, none), query) == {}
    assert largest_in(partitions(tmp_path, some, some, write_statistics=False), query) == {}


def test_128_bits_are_taken_where_64_do_not_hold_a_figure_and_nowhere_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, said = fuse([request("m", "mean(cost / rating)")]), []

    def noted(cursor: Any, sql: str, records: str, *what: Message) -> pa.Table:
        said.append("INT128" in sql)
        return execute(cursor, sql, records, *what)

    monkeypatch.setattr("kaohe.engine.embedded.execute", noted)
    found = []
    for number, cost in enumerate((700, 2**50, 2**51)):
        (tmp_path / str(number)).mkdir()
        rows = [row(cost=cost, rating=30), row(cost=-cost, rating=70), row(cost=5, rating=0), row(rating=10)]
        taken = snapshot(tmp_path / str(number), {"ticket": (TICKET, [rows])})
        (parts,) = DuckEngine().measure(asked, taken, Q1_WINDOWS, [("P1",)])
        found += [{name: int(column[0]) for name, column in columns.items()} for columns in parts.values()]
    assert said == [False, True, True]
    # In millionths of a yuan for each point, rounded half up: 7 / 3 − 7 / 7, and the like.
    assert found[0] == {"total": 2_333_333 - 1_000_000, "n": 2}
    assert [each["n"] for each in found] == [2, 2, 2]


def test_where_the_memory_does_not_suffice_for_several_passes_at_once_they_run_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = snapshot(tmp_path, {"ticket": (TICKET, [[row(cost=750, helper="P2")]])})
    asked, calls = (
        fuse(
            [request("c", "sum(cost)"), *(request(f"{n}", f"count(where=cost > {n})", who="helper") for n in range(9))]
        ),
        [],
    )

    def full_at_first(cursor: Any, sql: str, records: str, *what: Message) -> pa.Table:
        calls.append(sql)
        if len(calls) == 1:
            raise duckdb.OutOfMemoryException("full")
        return execute(cursor, sql, records, *what)

    monkeypatch.setattr("kaohe.engine.embedded.execute", full_at_first)
    own, helped = DuckEngine(Resources(threads=2)).measure(asked, taken, Q1_WINDOWS, [("P1",), ("P2",)])
    assert [int(columns["total"][0]) for columns in own.values()] == [750]
    assert [int(columns["n"][0]) for columns in helped.values()] == [1, 1, 1, 1, 1, 1, 1, 1, 0]
    # The second may have begun beside the first or not; after the failure both are asked, each once.
    tried, alone = calls[:-2], calls[-2:]
    assert len(set(alone)) == 2
    assert 1 <= len(tried) <= 2
    assert set(tried) <= set(alone)
