"""What is joined to records means on PostgreSQL what it means in the embedded engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
from psycopg import sql
from tests.unit.engine.golden_sql import JOINED_CASES
from tests.unit.engine.scan_kit import CUSTOMER, Q1_WINDOWS, TICKET, day, local, snapshot
from tests.unit.run.transfer_kit import job

from kaohe.engine import DuckEngine, fuse, select
from kaohe.language import render
from kaohe.run.organisation.assignments import Assignment
from kaohe.run.organisation.staff import Member, staff_of
from kaohe.run.organisation.stints import relation, stints_of

PEOPLE = ("M1", "M2", "P1", "P2")
CODES = {
    "P1": [job("2025-01-01", "2026-02-15", manager="M1"), job("2026-02-15", None, manager="M2")],
    "P2": [job("2026-03-01", None, manager="M1")],
    "M1": [job("2025-01-01", "2026-01-20")],
    "M2": [job("2025-01-01", None)],
}
TICKETS: list[dict[str, Any]] = [
    {"no": str(number), "owner": owner, "opened_at": local(opened), "cost": 10**number, "due": due}
    for number, (owner, opened, due) in enumerate(
        [
            ("P1", "2026-01-19 23:59", day("2026-02-01")),
            ("P1", "2026-01-20 00:00", day("2026-02-14")),
            ("P1", "2026-02-15 00:00", None),
            ("P2", "2026-03-01 00:00", day("2026-02-28")),
            ("P2", "2026-02-28 23:59", day("2026-03-31")),
            (None, "2026-02-01 12:00", day("2026-03-31")),
        ]
    )
]
CUSTOMERS: list[dict[str, Any]] = [
    {"code": "C1", "owner": "P1", "since": day("2020-01-01"), "left_on": None},
    {"code": "C2", "owner": "P2", "since": day("2020-01-01"), "left_on": None},
    {"code": "C3", "owner": "P1", "since": None, "left_on": None},
]


def copy(connection: psycopg.Connection[Any], name: str, table: pa.Table) -> None:
    """A table of integers, booleans and texts."""
    kinds = {pa.int64(): "BIGINT", pa.bool_(): "BOOLEAN"}
    columns = [
        sql.SQL("{} " + kinds.get(field.type, "TEXT")).format(sql.Identifier(field.name)) for field in table.schema
    ]
    held = sql.Identifier(name)
    connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(held))
    connection.execute(sql.SQL("CREATE TABLE {} ({})").format(held, sql.SQL(", ").join(columns)))
    places = sql.SQL(", ").join([sql.Placeholder()] * table.num_columns)
    for row in table.to_pylist():
        connection.execute(sql.SQL("INSERT INTO {} VALUES ({})").format(held, places), list(row.values()))


def whose(assignments: Mapping[str, tuple[Assignment, ...]]) -> pa.Table:
    """Who worked where on a day."""
    staff = staff_of([Member(code, code, jobs) for code, jobs in assignments.items()])
    return relation(staff.code, stints_of(staff))


Figures = dict[str, list[int]]


def on_both(url: str, folder: Path, case: str, subjects: Sequence[str]) -> tuple[list[Figures], list[Figures]]:
    """What PostgreSQL finds for the scans of a golden case, and what DuckDB does, by subject."""
    taken = snapshot(folder, {"ticket": (TICKET, [TICKETS]), "customer": (CUSTOMER, [CUSTOMERS])})
    until_then = (replace(CODES["P1"][0], starts=date(2025, 1, 1), ends=date(2026, 2, 14)),)
    relations = {"everybody": whose(CODES), "covered": whose({**CODES, "P1": until_then})}
    scans = fuse(JOINED_CASES[case])
    embedded = DuckEngine().measure(scans, taken, Q1_WINDOWS, [subjects] * len(scans), relations)
    found: list[Figures] = []
    with psycopg.connect(url.replace("postgresql+psycopg", "postgresql")) as connection:
        for name, table in relations.items():
            copy(connection, name, table)
        for scan in scans:
            copy(connection, "records", pq.read_table(taken.partitions(scan.records.name)[0].path))
            rows = connection.execute(render(select(scan, Q1_WINDOWS)[0], "postgres").encode()).fetchall()
            found.append({row[0]: [int(value) for value in row[1:]] for row in rows})
    made: list[Figures] = []
    for parts, scan in zip(embedded, scans, strict=True):
        columns = [column for measure in scan.measures for column in parts[measure].values()]
        listed = {code: [int(column[row]) for column in columns] for row, code in enumerate(subjects)}
        made.append({code: figures for code, figures in listed.items() if any(figures)})
    return found, made


def test_both_engines_give_the_same_figures(postgresql_url: str, tmp_path: Path) -> None:
    found, made = on_both(postgresql_url, tmp_path, "joined", PEOPLE)
    assert found == [
        # Of the manager's own time the first ticket alone: the third is M2's, and P2's day has no covered manager.
        {"M1": [1, 1], "M2": [100, 1]},
        {"P1": [1], "P2": [1]},
        {"P1": [1]},
    ]
    assert made == found


def test_both_engines_group_by_team(postgresql_url: str, tmp_path: Path) -> None:
    found, made = on_both(postgresql_url, tmp_path, "by_team", ["A", "B", "question", "repair"])
    assert any(found)
    assert made == found
