"""Personal data purged on a real PostgreSQL server: no table holds them, and everything goes on proving itself."""

from __future__ import annotations

from pathlib import Path

import psycopg
from tests.unit.run.purging.purge_kit import NAME, SECRETS, make_workspace


def contents(url: str) -> str:
    """Every row of every table as text."""
    with psycopg.connect(url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        rows = (connection.execute(f'SELECT t.*::text FROM "{table}" t').fetchall() for (table,) in tables)
        return "\n".join(str(each) for each in rows)


def test_nothing_is_left_and_the_log_and_the_runs_still_prove_themselves(postgresql_url: str, tmp_path: Path) -> None:
    desk = make_workspace(tmp_path, database=postgresql_url)
    before = contents(postgresql_url)
    assert [secret for secret in SECRETS if secret not in before] == []
    words = ("people", "purge", NAME, "--before", "2026-05-01", "--reason", "over", "--as", "王")
    number = desk.do(*words).err.split("proposal ")[1].split(":")[0]
    desk.do("people", "purge", "--confirm", number, "--as", "李")
    after = contents(postgresql_url)
    assert [secret for secret in SECRETS if secret in after] == []
    assert "nothing was changed outside kaohe" in desk.do("audit", "verify").out
    assert "because of the purge of event" in desk.do("run", "verify", "--all").out
