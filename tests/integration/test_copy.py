"""A workspace on SQLite moves to PostgreSQL with everything that it knows: the same evidence under the same head."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import psycopg
import pytest
from tests.scenarios.desk import Desk
from tests.tiny import add_tickets, evaluated
from tests.unit.cli.period_kit import LATE, WHOSE, lead, take


def point_to(desk: Desk, url: str) -> None:
    settings = desk.workspace / "kaohe.toml"
    text = settings.read_text("utf-8").replace("sqlite:///kaohe.db", url)
    settings.write_text(text, "utf-8")


def head_of(desk: Desk) -> str:
    (line,) = [line for line in desk.do("audit", "verify").out.splitlines() if line.startswith("head: ")]
    return line.split()[-1]


def tables(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
        assert row is not None
        return int(row[0])


def test_a_period_that_began_in_a_file_ends_on_a_server(tiny: Desk, postgresql_url: str) -> None:
    lead(tiny, "approved")
    digest = evaluated(tiny)[0].digest
    said = tiny.do("database", "copy", postgresql_url)
    head = head_of(tiny)
    assert head in said.err
    assert "se?cret" not in said.err + said.out
    records = tiny.stored("ticket")
    point_to(tiny, postgresql_url)
    tiny.do("audit", "verify", "--head", head)
    tiny.do("run", "verify", "--all")
    assert tiny.stored("ticket") == records
    assert evaluated(tiny)[0].digest == digest
    take(tiny, "pay", "zhao")
    take(tiny, "close", "zhao")
    add_tickets(tiny, LATE, "late.csv")
    before = tiny.batches()
    assert before[0]["batch"] == max(batch["batch"] for batch in before), "numbers go on"
    tiny.do("records", "undo", str(before[0]["batch"]))
    tiny.do("audit", "verify", "--head", head)
    shown = tiny.do("period", "show", *WHOSE, "--format", "json").out
    assert '"closed"' in shown
    again = tiny.try_("database", "copy", postgresql_url)
    assert again.code == 3, "it is not empty any more"
    assert "there is a database of kaohe already\n    found: audit_log: " in again.err


def test_records_of_a_plugin_that_is_gone_come_along(tiny: Desk, postgresql_url: str) -> None:
    with sqlite3.connect(tiny.workspace / "kaohe.db") as connection:
        before = connection.execute("SELECT count(*) FROM record_ticket").fetchone()[0]
    tiny.do("database", "copy", postgresql_url)
    with psycopg.connect(postgresql_url) as connection:
        assert connection.execute("SELECT count(*) FROM record_ticket").fetchone() == (before,)


@pytest.mark.parametrize("what", ["TABLE orders (no INT)", "VIEW orders AS SELECT 1 AS no"])
def test_what_is_others_is_not_joined(what: str, tiny: Desk, postgresql_url: str) -> None:
    with psycopg.connect(postgresql_url) as connection:
        connection.execute(f"CREATE {what}")
    answer = tiny.try_("database", "copy", postgresql_url)
    assert answer.code == 3
    assert "[copy.not-empty]: this database holds tables that are not kaohe's\n    found: orders\n" in answer.err
    assert "不属于 kaohe 的数据表" in tiny.try_("database", "copy", postgresql_url, "--lang", "zh").err
    assert tables(postgresql_url) == what.startswith("TABLE"), "nothing was made beside it"


def test_one_that_kaohe_made_and_nobody_used_is_as_good_as_empty(
    tiny: Desk, postgresql_url: str, tmp_path: Path
) -> None:
    other = Desk(tmp_path / "other")
    other.do("init", other.workspace, "--database", postgresql_url)
    tiny.do("database", "copy", postgresql_url)
    head = head_of(tiny)
    point_to(tiny, postgresql_url)
    tiny.do("audit", "verify", "--head", head)
    assert len(tiny.stored("ticket")) > 1


def test_a_database_that_keeps_no_utf8_is_not_copied_to(tiny: Desk, postgresql_server: str) -> None:
    with psycopg.connect(f"{postgresql_server}/postgres", autocommit=True) as connection:
        connection.execute(
            "CREATE DATABASE ascii ENCODING 'SQL_ASCII' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0"
        )
    answer = tiny.try_("database", "copy", f"{postgresql_server}/ascii")
    assert (answer.code, "[database.encoding]" in answer.err) == (3, True), answer.err


@pytest.mark.parametrize("where", ["sqlite:///other.db", "oracle://x", "", "kaohe"])
def test_only_a_server_is_copied_to(where: str, tiny: Desk) -> None:
    answer = tiny.try_("database", "copy", where)
    assert (answer.code, "[copy.target]" in answer.err) == (2, True)
    assert "kaohe.toml" not in answer.err, "the address that was given is wrong, and not the workspace's"
    assert not (Path.cwd() / "other.db").exists()


def test_what_is_not_the_same_is_not_kept(tiny: Desk, postgresql_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that changes what it is given."""

    def meddle(new, _tables) -> None:
        new.exec_driver_sql("UPDATE people SET name = 'x' WHERE code = 'P1'")

    head = head_of(tiny)
    with monkeypatch.context() as patched:
        patched.setattr("kaohe.records.copying._count_on", meddle)
        answer = tiny.try_("database", "copy", postgresql_url)
    assert (answer.code, "people: error [copy.differs]" in answer.err) == (3, True), answer.err
    assert tables(postgresql_url) == 0
    assert head_of(tiny) == head
    tiny.do("database", "copy", postgresql_url)
