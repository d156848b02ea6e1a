"""Stored runs on a real PostgreSQL server: the same bytes as on SQLite, and the same eyes for what was changed."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest
from tests.same import difference
from tests.scenarios.desk import Desk
from tests.tiny import add_tickets, evaluated, make_desk, ticket_lines

from kaohe.cli.context import App
from kaohe.run.stored.repository import read_run
from kaohe.run.stored.rows import Rows, rows_in


def rows_of(desk: Desk, number: int = 1) -> Rows:
    app = App("en", desk.workspace, {})
    with app.store.reading() as connection:
        rows = rows_in(connection, number)
    assert rows is not None
    return rows


def imported(folder: Path, database: str | None, step: int) -> Desk:
    """The tiny workspace, its tickets in an order of its own (each ``step``-th after the other) and in two files."""
    desk = make_desk(folder, database=database)
    lines = ticket_lines()
    lines = [lines[place * step % len(lines)] for place in range(len(lines))]
    add_tickets(desk, lines[:5], "first.csv")
    add_tickets(desk, lines[5:], "second.csv")
    return desk


def test_both_databases_hold_the_same_run_whatever_the_order_of_the_import(postgresql_url: str, tmp_path: Path) -> None:
    served, own = imported(tmp_path / "served", postgresql_url, 5), imported(tmp_path / "own", None, 8)
    one, other = evaluated(served)[0], evaluated(own)[0]
    assert one.digest == other.digest
    there, here = rows_of(served), rows_of(own)
    assert there.run["columns"] == here.run["columns"]
    assert there.results == here.results
    assert there.texts == here.texts, "even the inputs are the same, to the letter"
    apart = {"created_at", "evidence"}
    assert {name: each for name, each in there.run.items() if name not in apart} == {
        name: each for name, each in here.run.items() if name not in apart
    }
    read = [read_run(App("en", desk.workspace, {}).store, 1).run for desk in (served, own)]
    assert difference(read[0].appraisal, read[1].appraisal) is None


@pytest.mark.parametrize(
    ("sql", "where"),
    [
        ("UPDATE runs SET created_at = created_at + interval '1 second'", "runs 1 created_at"),
        ("UPDATE runs SET evidence = replace(evidence, 'duckdb', 'abacus')", "runs 1 evidence"),
        ("UPDATE runs SET columns = set_byte(columns, 99, get_byte(columns, 99) # 7)", "runs 1 columns"),
        ("UPDATE runs SET actor = 'nobody'", "runs 1 actor"),
        ("UPDATE run_results SET total = total + 1 WHERE person = 'P1'", "run_results 1 total"),
        ("UPDATE run_results SET graded = NOT graded WHERE person = 'P3'", "run_results 1 graded"),
        ("DELETE FROM run_results WHERE person = 'P1'", "run_results 1"),
        ("UPDATE schemes SET recorded_at = recorded_at - interval '1 day'", "schemes {scheme} recorded_at"),
        ("UPDATE schemes SET text = text || ' '", "schemes {scheme} text"),
        ("UPDATE kept_texts SET text = text || ' ' WHERE digest = '{inputs}'", "kept_texts {inputs}"),
    ],
)
def test_what_is_changed_on_the_server_is_named(sql: str, where: str, postgresql_url: str, tmp_path: Path) -> None:
    desk = imported(tmp_path / "served", postgresql_url, 3)
    evaluated(desk)
    assert ": identical" in desk.do("run", "verify", "--all").out
    run = rows_of(desk).run
    words = {"scheme": run["scheme_digest"], "inputs": run["inputs"]}
    with psycopg.connect(postgresql_url.replace("postgresql+psycopg", "postgresql")) as connection:
        assert connection.execute(sql.format(**words).encode()).rowcount > 0
    answer = desk.try_("run", "verify", "1", "--format", "json")
    assert answer.code == 1
    (found,) = json.loads(answer.out)["runs"]
    assert where.format(**words) in [each["where"] for each in found["findings"]]
