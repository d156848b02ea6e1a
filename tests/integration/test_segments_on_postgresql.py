"""Reading through a field of customers, and grouping by it, on PostgreSQL: what the embedded engine gives."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pyarrow.parquet as pq
from tests.integration.test_joins_on_postgresql import copy
from tests.unit.engine.described_kit import CLIENT, READ_THROUGH, TYPES, VISIT
from tests.unit.engine.scan_kit import Q1_WINDOWS, snapshot
from tests.unit.engine.test_described import CLIENTS, PEOPLE, VISITS

from kaohe.engine import DuckEngine, Grouping, fuse, select
from kaohe.engine.groups import group_query
from kaohe.language import compile_expression, render
from kaohe.plugin.scope import record_scope


def test_both_engines_give_the_same_figures(postgresql_url: str, tmp_path: Path) -> None:
    taken = snapshot(tmp_path, {"visit": (VISIT, [VISITS]), "client": (CLIENT, [CLIENTS])})
    (scan,) = fuse(READ_THROUGH)
    scope = record_scope(VISIT, {}, aggregates=False, record_types=TYPES)
    by = tuple(compile_expression(text, scope) for text in ("client.segment", "month_of(at)"))
    grouping = Grouping(by, whose=True)
    with psycopg.connect(postgresql_url.replace("postgresql+psycopg", "postgresql")) as connection:
        copy(connection, "every client", pq.read_table(taken.partitions("client")[0].path))
        copy(connection, "records", pq.read_table(taken.partitions("visit")[0].path))
        by_person = connection.execute(render(select(scan, Q1_WINDOWS)[0], "postgres").encode()).fetchall()
        query, columns = group_query(scan, grouping, Q1_WINDOWS)
        by_group = connection.execute(render(query, "postgres").encode()).fetchall()
    (parts,) = DuckEngine().measure((scan,), taken, Q1_WINDOWS, (PEOPLE,))
    made = [column for measure in scan.measures for column in parts[measure].values()]
    assert sorted(by_person) == [(code, *(int(column[row]) for column in made)) for row, code in enumerate(PEOPLE)]
    groups = DuckEngine().grouped(scan, grouping, taken, Q1_WINDOWS)
    figures = [groups.parts[measure][part] for measure, part in columns]
    there = {key: [int(column[row]) for column in figures] for row, key in enumerate(groups.keys)}
    assert {(row[0], row[1], row[2]): [int(cell) for cell in row[3:]] for row in by_group} == there
    assert len(there) == 4
