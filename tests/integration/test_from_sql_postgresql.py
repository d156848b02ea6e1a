"""A query asked of PostgreSQL: its types arrive as they are meant, and nothing is changed there."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
import pytest
from tests.unit.records.reading_kit import read

from kaohe.errors import KaoheError
from kaohe.records.query import Query, extract

DEALS = """
CREATE TABLE deals (deal_id text, signed_on date, opened_at timestamptz, amount numeric(12, 2), visits int,
    renewed boolean, note jsonb, rate float8);
INSERT INTO deals VALUES ('D1', '2026-01-06', '2026-01-05 08:00:00.000001+08', 1234.5, 3, true, '{"a": 1}', 0.1),
    ('D2', '2026-01-07', NULL, NULL, NULL, NULL, NULL, NULL)
"""


def test_typed_values_and_missing_ones(postgresql_url: str, tmp_path: Path) -> None:
    with psycopg.connect(postgresql_url) as connection:
        connection.execute(DEALS)
    target = tmp_path / "deals.parquet"
    asked = "SELECT *, '100%' AS done FROM deals ORDER BY deal_id"
    assert extract(Query("deals.sql", asked, "crm", postgresql_url), target, tmp_path) == 2
    first, second = read(target).rows
    assert first.values["opened_at"] == datetime(2026, 1, 5, 0, 0, 0, 1, tzinfo=UTC)
    assert (first.values["signed_on"], first.values["amount"]) == (date(2026, 1, 6), 123_450)
    assert (first.values["visits"], first.values["renewed"], first.values["rate"]) == (3, True, 1_000)
    assert {name for name, value in second.values.items() if value is not None} == {"deal_id", "signed_on"}


@pytest.mark.parametrize("text", ["DELETE FROM deals", "SELECT 1; DELETE FROM deals", "COMMIT; DELETE FROM deals"])
def test_nothing_is_changed(postgresql_url: str, tmp_path: Path, text: str) -> None:
    with psycopg.connect(postgresql_url) as connection:
        connection.execute(DEALS)
    with pytest.raises(KaoheError) as caught:
        extract(Query("q", text, "crm", postgresql_url), tmp_path / "q.parquet", tmp_path)
    assert [problem.code for problem in caught.value.problems] == ["records.query"]
    with psycopg.connect(postgresql_url) as connection:
        found = connection.execute("SELECT count(*) FROM deals").fetchone()
    assert found == (2,)
