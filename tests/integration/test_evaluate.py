"""Evaluation on a real PostgreSQL server: the same runs as on SQLite, to the digest; and a server that says no."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from tests.integration.kit import contents, refused
from tests.scenarios.desk import Desk
from tests.tiny import SCHEME, add_tickets, evaluated, make_desk, ticket_lines, write

EVALUATE = ("evaluate", "tiny", "--period", "2026-Q1")
SESAME = "open-sesame-42"


@pytest.fixture
def served(postgresql_url: str, tmp_path: Path) -> Desk:
    """The tiny workspace with its records on the server, imported backwards and in three batches."""
    desk = make_desk(tmp_path / "served", database=postgresql_url)
    lines = ticket_lines()[::-1]
    for number, part in enumerate((lines[::3], lines[1::3], lines[2::3])):
        add_tickets(desk, part, f"part-{number}.csv")
    return desk


def test_the_run_has_the_digest_that_it_has_on_sqlite(served: Desk, tiny: Desk) -> None:
    here, there = evaluated(served)[0], evaluated(tiny)[0]
    assert here.snapshot == there.snapshot
    assert here.digest == there.digest
    assert not (served.workspace / "kaohe.db").exists()


def test_reports_and_explanations_say_the_same(served: Desk, tiny: Desk) -> None:
    for words in ((), ("--format", "csv"), ("--explain", "P1"), ("--explain", "赵六", "--lang", "zh")):
        assert served.do(*EVALUATE, *words).out == tiny.do(*EVALUATE, *words).out


def test_evaluating_again_gives_the_same_run_and_doubles_nothing(served: Desk, postgresql_url: str) -> None:
    first = evaluated(served)
    assert evaluated(served)[1] == first[1] == 1
    with psycopg.connect(postgresql_url) as connection:
        counted = connection.execute(
            "SELECT (SELECT count(*) FROM runs), (SELECT count(*) FROM run_results), (SELECT count(*) FROM schemes)"
        ).fetchone()
        stored = connection.execute("SELECT digest, octet_length(columns) > 100 FROM runs").fetchone()
    assert counted == (1, 4, 1)
    assert stored == (first[0].digest, True)
    write(served, "schemes/tiny.toml", SCHEME.replace("hours(24)", "hours(23)"))
    assert evaluated(served)[1] == 2


def test_the_demo_evaluates_alike_on_both(demo_copy: Path, postgresql_url: str) -> None:
    """The demo's own files once more, in another order, into the server."""
    with closing(sqlite3.connect(demo_copy / "kaohe.db")) as connection:
        told = connection.execute("SELECT scheme_id, period, digest FROM runs ORDER BY id").fetchall()
    settings = demo_copy / "kaohe.toml"
    settings.write_text(settings.read_text("utf-8").replace("sqlite:///kaohe.db", postgresql_url), "utf-8")
    desk = Desk(demo_copy)
    files = sorted((demo_copy / "samples").glob("*/*.csv"), reverse=True)
    people = [path for path in files if path.stem == "people"]
    for path in people:
        desk.do("people", "import", path)
    for path in files:
        if path not in people:
            desk.do("records", "import", path.stem, path)
    assert len(told) == 10, "five industries in two quarters"
    assert [(scheme, period, evaluated(desk, scheme, period)[0].digest) for scheme, period, _digest in told] == told


class TestRefused:
    def point_to(self, desk: Desk, url: str) -> None:
        settings = desk.workspace / "kaohe.toml"
        settings.write_text(settings.read_text("utf-8").replace("sqlite:///kaohe.db", url), "utf-8")

    def test_a_server_that_does_not_answer(self, tiny: Desk) -> None:
        before = contents(tiny)
        self.point_to(tiny, f"postgresql://kaohe:{SESAME}@127.0.0.1:1/kaohe")
        for answer in refused(
            tiny, *EVALUATE, code=3, en="the database server does not answer", zh="数据库服务器没有应答"
        ):
            assert "127.0.0.1:1/kaohe: " in answer.err
            assert SESAME not in answer.err
        assert contents(tiny) == before

    def test_a_wrong_password(self, tiny: Desk, postgresql_url: str) -> None:
        self.point_to(tiny, postgresql_url.replace("se%3Fcret", SESAME))
        for answer in refused(tiny, *EVALUATE, code=3, en="refused the user name or the password", zh="密码"):
            assert "[database.refused]" in answer.err
            assert SESAME not in answer.err
            assert "se?cret" not in answer.err

    @pytest.mark.parametrize(
        "url", ["postgresql://kaohe:open-sesame-42@:x/db", "postgres:open-sesame-42", "oracle://u:open-sesame-42@h/db"]
    )
    def test_an_address_that_is_none_is_not_repeated(self, url: str, tiny: Desk) -> None:
        self.point_to(tiny, url)
        for answer in refused(tiny, *EVALUATE, code=3, en="the database URL cannot be used", zh="数据库"):
            assert SESAME not in answer.err

    def test_a_password_in_broken_settings_is_not_printed(self, tiny: Desk) -> None:
        self.point_to(tiny, f'postgresql://kaohe:{SESAME}@h/db"\ncolour = "red')
        for answer in refused(tiny, "records", "batches", code=3, en="unknown setting colour", zh="colour"):
            assert SESAME not in answer.err
