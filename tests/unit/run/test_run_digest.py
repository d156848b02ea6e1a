"""The digest: the same for the same facts however they came in, another one for any other fact or rule."""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from tests.scenarios.desk import Desk
from tests.tiny import PEOPLE, SCHEME, TICKETS, add_tickets, evaluated, make_desk, ticket_lines, write

from kaohe.run.digest import digest_of


@pytest.fixture
def digest(tiny: Desk) -> str:
    return evaluated(tiny)[0].digest


def test_order_and_batches_of_the_import_do_not_matter(tmp_path: Path, digest: str) -> None:
    lines = ticket_lines()[::-1]
    lines = lines[1::2] + lines[::2]
    other = make_desk(tmp_path / "other")
    for number, part in enumerate((lines[:3], lines[3:4], lines[4:])):
        add_tickets(other, part, f"part-{number}.csv")
    assert evaluated(other)[0].digest == digest


def test_what_was_undone_leaves_no_trace(tiny: Desk, digest: str) -> None:
    add_tickets(tiny, ["T99,repair,P2,2026-02-01 09:00,2026-02-05 09:00,1"], "slip.csv")
    assert evaluated(tiny)[0].digest != digest
    tiny.do("records", "undo", str(tiny.batches()[0]["batch"]))
    assert evaluated(tiny)[0].digest == digest


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_the_number_of_threads_does_not_matter(
    threads: int, tiny: Desk, digest: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect, counted = duckdb.connect, []

    def with_threads(database: str, config: dict[str, Any]) -> Any:
        connection = connect(database, config={**config, "threads": threads})
        counted.append(connection.sql("SELECT current_setting('threads')").fetchall()[0][0])
        return connection

    monkeypatch.setattr(duckdb, "connect", with_threads)
    shutil.rmtree(tiny.workspace / ".kaohe" / "values")
    assert evaluated(tiny)[0].digest == digest
    assert counted == [threads]


def test_comments_and_spacing_of_the_scheme_do_not_matter(tiny: Desk, digest: str) -> None:
    write(tiny, "schemes/tiny.toml", "# considered again\n" + SCHEME.replace(" = ", "="))
    assert evaluated(tiny)[0].digest == digest


def test_language_time_of_day_and_folder_do_not_matter(tiny: Desk, digest: str) -> None:
    moved = Desk(tiny.workspace.rename(tiny.workspace.parent / "别处"))
    assert f"摘要 {digest[:16]}" in moved.do("evaluate", "tiny", "--period", "2026-Q1", "--lang", "zh").out
    assert evaluated(moved)[0].digest == digest


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("weight = 60", "weight = 59").replace("weight = 40", "weight = 41"),
        lambda text: text.replace("min_score = 85", "min_score = 84"),
        lambda text: text.replace("[1, 100]", "[1, 99]"),
        lambda text: text.replace("hours(24)", "hours(23)"),
        lambda text: text.replace('prorate = "days"', 'prorate = "none"'),
        lambda text: text.replace('role == "agent"', 'role != "lead"'),
    ],
    ids=["weight", "tier", "curve", "indicator", "proration", "population"],
)
def test_another_rule_is_another_digest(change: Callable[[str], str], tiny: Desk, digest: str) -> None:
    text = change(SCHEME)
    assert text != SCHEME
    write(tiny, "schemes/tiny.toml", text)
    run, number = evaluated(tiny)
    assert run.digest != digest
    assert number == 2


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("records", "T02,repair,P1,2026-01-10 09:00", "T02,repair,P1,2026-01-10 09:01"),
        ("records", "T06,consult,P2", "T06,consult,P1"),
        # Nothing in the scheme looks at a ticket of April; the facts are others nevertheless.
        ("records", "T12,repair,P1,2026-04-01 00:00", "T12,repair,P1,2026-04-01 00:01"),
        ("people", "P1,张三,北一队,agent,华东,5000", "P1,张三,北一队,agent,华东,5000.01"),
        ("people", "P1,张三", "P1,张叁"),
        ("people", "P5,钱七,南一队,lead", "P5,钱七,南一队,agent"),
    ],
)
def test_another_fact_is_another_digest(name: str, old: str, new: str, tiny: Desk, digest: str, tmp_path: Path) -> None:
    text = TICKETS if name == "records" else PEOPLE
    changed = text.replace(old, new)
    assert changed != text
    path = tmp_path / "changed.csv"
    path.write_text(changed, "utf-8")
    tiny.do(*(["records", "import", "ticket"] if name == "records" else ["people", "import"]), path, "--update")
    assert evaluated(tiny)[0].digest != digest


def test_another_period_and_another_zone_are_another_digest(tiny: Desk, digest: str) -> None:
    assert evaluated(tiny, period="2026-01-01..2026-03-31")[0].digest != digest
    settings = tiny.workspace / "kaohe.toml"
    settings.write_text(settings.read_text("utf-8").replace("Asia/Shanghai", "Asia/Singapore"), "utf-8")
    assert evaluated(tiny)[0].digest != digest


def test_any_figure_takes_part_in_the_digest(tiny: Desk) -> None:
    run, _number = evaluated(tiny)
    parts = (run.scheme, run.period, run.timezone, run.snapshot)
    assert digest_of(*parts, run.appraisal, run.counts) == run.digest
    for name in ("total", "rank", "bonus", "coefficient"):
        column = getattr(run.appraisal, name).copy()
        column[0] += 1
        assert digest_of(*parts, replace(run.appraisal, **{name: column}), run.counts) != run.digest, name
    tiers = replace(run.appraisal, tier=("A", *run.appraisal.tier[1:]))
    assert digest_of(*parts, tiers, run.counts) != run.digest


def test_evaluating_again_gives_the_same_run_and_doubles_nothing(tiny: Desk) -> None:
    first, number = evaluated(tiny)
    before = everything(tiny)
    again, same = evaluated(tiny)
    assert (again.digest, same) == (first.digest, number)
    assert everything(tiny) == before
    assert before["runs"] == 1
    assert before["run_results"] == 4
    assert before["schemes"] == 1


def test_a_run_is_stored_with_what_it_rests_on(tiny: Desk) -> None:
    run, number = evaluated(tiny)
    with stored(tiny) as connection:
        row = connection.execute("SELECT digest, scheme_digest, period, snapshot, evidence FROM runs").fetchone()
        results = connection.execute(
            "SELECT person, name, graded, total, rank, tier, bonus FROM run_results WHERE run = ? ORDER BY person",
            [number],
        ).fetchall()
        (text,) = connection.execute("SELECT text FROM schemes").fetchone()
    assert row[:4] == (run.digest, run.scheme.digest, "2026-Q1", run.snapshot)
    evidence = json.loads(row[4])
    assert evidence["engine"] == "duckdb"
    assert [name for name, _version, _digest in evidence["plugins"]] == ["crm"]
    assert [each["key"] for each in evidence["indicators"]] == ["in_time", "rating", "growth"]
    assert [each[0] for each in evidence["left_out"]] == ["P5", "P6", "P7"]
    assert results[0] == ("P1", "张三", 1, 82_000_000, 2, "B", 500_000)
    assert results[2][:4] == ("P3", "王五", 0, 0)
    assert text == SCHEME


def test_what_is_kept_of_a_run_can_be_read_back_column_by_column(tiny: Desk) -> None:
    run, _number = evaluated(tiny)
    with stored(tiny) as connection:
        (content,) = connection.execute("SELECT columns FROM runs").fetchone()
    table = pa.ipc.open_file(pa.py_buffer(content)).read_all()
    assert table.column("names").to_pylist() == list(run.names)
    assert table.column("total").to_pylist() == run.appraisal.total.tolist()
    assert table.column("values in_time micros").to_pylist() == run.appraisal.values["in_time"].micros.tolist()
    assert table.column("counts in_time 0 parts hits").to_pylist() == [3, 2, 0, 1]


def stored(desk: Desk) -> Any:
    return contextlib.closing(sqlite3.connect(desk.workspace / "kaohe.db"))


def everything(desk: Desk) -> dict[str, int]:
    """Rows per table."""
    with stored(desk) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in names}
