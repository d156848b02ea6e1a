"""Records and people straight from a query in another database."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from tests.unit.cli.test_records import PEOPLE, Desk

from kaohe.cli.main import run
from kaohe.errors import Exit

ROWS = [
    ("1", "repair", "P1", "2026-01-05 08:00", 7),
    ("2", "repair", "Wang", "2026-01-06", None),
    ("3", "repair", "P9", "2026-01-07", "x"),
]
QUERY = "SELECT no, kind, owner, opened_at, satisfaction FROM t"


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    folder = tmp_path / "work"
    assert run(["--lang", "en", "init", str(folder)], {}) == Exit.OK
    made = Desk(folder, capsys)
    made("people", "import", made.file("people.csv", PEOPLE))
    with sqlite3.connect(folder / "crm.db") as database:
        database.execute("CREATE TABLE t (no, kind, owner, opened_at, satisfaction)")
        database.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?)", ROWS)
        database.execute("CREATE TABLE people (code, name, role, since)")
        database.execute("INSERT INTO people VALUES ('P9', 'Zhao', 'engineer', '2026-01-01')")
    database.close()
    _say(folder, '[sources]\ncrm = { url = "sqlite:///crm.db" }\n')
    return made


def _say(folder: Path, more: str) -> None:
    settings = folder / "kaohe.toml"
    settings.write_text(settings.read_text("utf-8") + more, "utf-8")


def test_the_rows_of_a_query_are_imported_as_those_of_a_file(desk: Desk) -> None:
    assert desk("records", "import", "ticket", "--from-sql", QUERY) == Exit.OK
    assert "crm: SQL: 3 rows read: 2 added, 0 replaced, 0 unchanged, 1 quarantined" in desk.err
    (quarantine,) = (desk.folder / "quarantine").iterdir()
    assert ":" not in quarantine.name
    desk("records", "export", "ticket")
    assert [line.split(",")[0] for line in desk.out.splitlines()] == ["no", "1", "2"]
    assert (
        desk("records", "import", "ticket", "--from-sql", QUERY.replace("SELECT ", "SELECT 1 AS spare, ", 1)) == Exit.OK
    )
    assert "0 added, 0 replaced, 2 unchanged, 1 quarantined" in desk.err
    assert "crm-SQL: note [records.unused-column]" in desk.err, "no file that nobody knows is named"


def test_a_query_in_a_file_and_its_rows_kept(desk: Desk) -> None:
    query = desk.file("tickets.sql", QUERY + " WHERE no < '3'")
    kept = desk.folder / "rows.parquet"
    assert desk("records", "import", "ticket", "--from-sql", query, "--source", "crm", "--keep", kept) == Exit.OK
    desk("records", "batches", "--format", "json")
    newest = json.loads(desk.out)[0]
    assert newest["file"] == "crm: tickets.sql"
    # What was handed in can be handed in again, and is known by its hash.
    assert desk("records", "import", "ticket", kept) == Exit.OK
    assert "2 rows read: 0 added, 0 replaced, 2 unchanged" in desk.err
    assert desk("records", "import", "ticket", "--from-sql", query, "--keep", kept) == Exit.MISTAKE
    assert "this file is there already" in desk.err


def test_people_come_from_a_query_too(desk: Desk) -> None:
    asked = 'SELECT code, name, role, since AS "from" FROM people'
    assert desk("people", "import", "--from-sql", asked) == Exit.OK
    assert "1 added" in desk.err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--from-sql", "DELETE FROM t"), Exit.ENVIRONMENT, "readonly database"),
        (("--from-sql", "SELEC 1"), Exit.ENVIRONMENT, "syntax error"),
        (("--from-sql", "nowhere.sql"), Exit.MISTAKE, "there is no such file with a query"),
        (("--from-sql", "  "), Exit.MISTAKE, "the query is empty"),
        (("--from-sql", QUERY, "--source", "erp"), Exit.MISTAKE, "there is no source erp"),
        (("--from-sql", QUERY, "--source", "crmm"), Exit.MISTAKE, "did you mean crm?"),
        ((), Exit.USAGE, "give a FILE, or a query with --from-sql, and not both"),
        (("crm.db", "--source", "crm"), Exit.USAGE, "--source and --keep belong to --from-sql"),
    ],
)
def test_what_cannot_be_asked_is_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], code: Exit, said: str
) -> None:
    monkeypatch.chdir(desk.folder)
    assert desk("records", "import", "ticket", *words) == code
    assert said in desk.err
    assert "Traceback" not in desk.err


@pytest.mark.parametrize("twice", ["SELECT no, kind, kind FROM t", "SELECT no, kind, 1 AS Kind FROM t"])
def test_a_column_that_comes_twice_is_named_and_how_to_rename_it(desk: Desk, twice: str) -> None:
    assert desk("records", "import", "ticket", "--from-sql", twice) == Exit.ENVIRONMENT
    assert "the query gives more than one column of the same name" in desk.err
    assert "found: kind, " in desk.err
    assert "with AS" in desk.err


def test_a_query_of_one_column_is_told_what_it_lacks_and_nothing_of_titles(desk: Desk) -> None:
    assert desk("records", "import", "ticket", "--from-sql", "SELECT no FROM t") == Exit.MISTAKE
    assert "title" not in desk.err
    assert "which row" not in desk.err, "no row of a query holds names"
    assert "no column is the required field kind" in desk.err
    assert "Name a column kind (in a query, with AS)" in desk.err


def test_a_database_that_is_not_there_is_not_made(desk: Desk) -> None:
    (desk.folder / "crm.db").unlink()
    assert desk("records", "import", "ticket", "--from-sql", QUERY) == Exit.ENVIRONMENT
    assert "there is no such database file" in desk.err
    assert "it begins in the workspace's folder" in desk.err
    assert not (desk.folder / "crm.db").exists()


def test_passwords_and_strange_sources(desk: Desk) -> None:
    settings = desk.folder / "kaohe.toml"
    text = settings.read_text("utf-8")
    settings.write_text(text.replace("sqlite:///crm.db", "nosuch://me:secret@host/db"), "utf-8")
    assert desk("records", "import", "ticket", "--from-sql", QUERY) == Exit.ENVIRONMENT
    assert "the driver for this database is not installed" in desk.err
    assert "secret" not in desk.err
    settings.write_text(text.replace("sqlite:///crm.db", "postgresql://me:secret@127.0.0.1:1/crm"), "utf-8")
    assert desk("records", "import", "ticket", "--from-sql", QUERY) == Exit.ENVIRONMENT
    assert "this database cannot be reached" in desk.err
    assert "secret" not in desk.err
    settings.write_text(text.replace("{ url =", "{ password = 'secret', url ="), "utf-8")
    assert desk("records", "types") == Exit.ENVIRONMENT
    assert "a source has exactly one setting, url" in desk.err
    assert "secret" not in desk.err


def test_the_environment_goes_before_the_settings(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--lang", "en", "--workspace", str(desk.folder), "records", "import", "ticket", "--from-sql", QUERY]
    assert run(words, {"KAOHE_SOURCE_CRM_URL": "sqlite:///other.db"}) == Exit.ENVIRONMENT
    assert "other.db" in capsys.readouterr().err
