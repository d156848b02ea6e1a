"""Who may read a workspace: nobody but its owner from the start, others where he lets them; and one that may only be
read."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.integration.conftest import mount
from tests.scenarios.desk import Desk
from tests.tiny import add_tickets, make_desk, ticket_lines

pytestmark = pytest.mark.skipif(os.name != "posix", reason="rights of POSIX")


@pytest.fixture(autouse=True)
def _usual_umask() -> Iterator[None]:
    former = os.umask(0o022)
    yield
    os.umask(former)


def open_to_others(desk: Desk) -> set[str]:
    """What anybody on the machine gets at, by its path in the workspace."""
    found, folders = set(), [desk.workspace]
    for folder in folders:
        for path in folder.iterdir():
            mode = path.stat().st_mode
            if mode & 0o066:
                found.add(path.relative_to(desk.workspace).as_posix())
            if path.is_dir() and mode & 0o011:
                folders.append(path)
    return found


def test_what_holds_peoples_data_is_the_owners_alone_from_the_start(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    with closing(sqlite3.connect(desk.workspace / "kaohe.db")) as open_one:
        open_one.execute("SELECT count(*) FROM people").fetchone()  # so that -wal and -shm are there
        add_tickets(desk, [*ticket_lines(), "X1,repair,nobody,2026-01-10 09:00,2026-01-10 10:00,5"])
        desk.do("evaluate", "tiny", "--period", "2026-Q1")
        assert {path.name for path in desk.workspace.glob("kaohe.db*")} == {"kaohe.db", "kaohe.db-shm", "kaohe.db-wal"}
        seen = open_to_others(desk)
    assert not [path for path in seen if path.startswith(("kaohe.db", ".kaohe", "quarantine"))], seen
    assert "kaohe.toml" in seen, "settings are no secret"
    assert any((desk.workspace / "quarantine").iterdir())
    assert rights(desk) == "well"


def rights(desk: Desk) -> str:
    return next(each["state"] for each in json.loads(desk.try_("doctor", "--format", "json").out)
                if each["check"] == "rights")  # fmt: skip


def test_settings_with_a_password_are_the_owners_alone(tmp_path: Path, postgresql_url: str) -> None:
    desk = make_desk(tmp_path, database=postgresql_url)
    assert (desk.workspace / "kaohe.toml").stat().st_mode & 0o777 == 0o600


def test_a_database_that_is_there_keeps_its_rights(tmp_path: Path) -> None:
    folder = tmp_path / "tiny"
    folder.mkdir()
    (folder / "kaohe.db").touch()
    (folder / "kaohe.db").chmod(0o664)
    (folder / ".kaohe").mkdir(mode=0o755)
    make_desk(tmp_path)
    assert (folder / "kaohe.db").stat().st_mode & 0o777 == 0o664
    assert (folder / ".kaohe").stat().st_mode & 0o777 == 0o755
    with closing(sqlite3.connect(folder / "kaohe.db")) as database:
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_team_that_was_let_in_stays_in(tmp_path: Path) -> None:
    """As docs/deployment.md has it: the group may, and whatever is made later is the group's too."""
    desk = make_desk(tmp_path)
    for path in (desk.workspace, *desk.workspace.rglob("*")):
        path.chmod(0o2770 if path.is_dir() else 0o660)
    os.umask(0o007)
    add_tickets(desk, ticket_lines())
    desk.do("evaluate", "tiny", "--period", "2026-Q1")
    kept = [desk.workspace / "kaohe.db", *(desk.workspace / ".kaohe").rglob("*")]
    assert [path.name for path in kept if path.stat().st_mode & 0o060 != 0o060] == []


def read_only(desk: Desk, disk: Path) -> None:
    assert mount("-o", "remount,ro", disk).returncode == 0
    assert not os.access(desk.workspace, os.W_OK)


def test_a_database_made_ready_to_be_read_is_read_where_nothing_can_be_written(small_disk: Path) -> None:
    desk = make_desk(small_disk)
    add_tickets(desk, ticket_lines())
    desk.do("evaluate", "tiny", "--period", "2026-Q1")
    with closing(sqlite3.connect(desk.workspace / "kaohe.db")) as database:
        assert database.execute("PRAGMA journal_mode = DELETE").fetchone() == ("delete",)
    read_only(desk, small_disk)
    for words in (("records", "batches"), ("snapshot", "list"), ("run", "show", "1"), ("run", "verify", "1")):
        assert desk.try_(*words).code == 0, words
    answer = desk.try_("people", "import", desk.workspace / "people.csv", "--update")
    assert (answer.code, "database.permission" in answer.err) == (3, True)
