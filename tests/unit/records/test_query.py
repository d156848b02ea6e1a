"""Cells of a query's columns in which a database without strict types mixes what it likes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from kaohe.records import query
from kaohe.records.cell_text import cell_of
from kaohe.records.query import Query, extract


def test_text_beside_bytes_stays_text(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "crm.db")) as other, other:
        other.execute("CREATE TABLE ticket (no)")
        other.executemany("INSERT INTO ticket VALUES (?)", [("A1",), (b"\x01",), ("=1",), (None,)])
    asked = Query("SQL", "SELECT no FROM ticket", "crm", "sqlite:///crm.db")
    assert extract(asked, tmp_path / "x.parquet", tmp_path) == 4
    assert pq.read_table(tmp_path / "x.parquet").column("no").to_pylist() == ["A1", "01", "=1", ""]


@pytest.mark.parametrize(
    "values",
    [
        (b"a", "b"),
        (date(2026, 1, 5), datetime.fromisoformat("2026-01-05T08:30")),
        (datetime.fromisoformat("2026-01-05T08:30"), datetime(2026, 1, 5, 8, 30, tzinfo=UTC)),
        (2**53 + 1, 0.5, None),
        (True, 1),
        (Decimal("0.10"), 0.1),
    ],
)
def test_each_of_several_kinds_says_what_it_says_alone(values: tuple[Any, ...]) -> None:
    assert query._cells(values).to_pylist() == [cell_of(value) for value in values]
