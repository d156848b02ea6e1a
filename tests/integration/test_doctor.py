"""``kaohe doctor`` on deployments that are well and on some that are not."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import psycopg
import pytest
from tests.scenarios.desk import Desk
from tests.tiny import make_desk

from kaohe.errors import KaoheError
from kaohe.records.condition import examine
from kaohe.records.schema import VERSIONS


def checked(desk: Desk) -> tuple[int, dict[str, str]]:
    answer = desk.try_("doctor", "--format", "json")
    assert "Traceback" not in answer.err
    return answer.code, {finding["check"]: finding["state"] for finding in json.loads(answer.out)}


def test_a_workspace_of_ones_own_is_well(tiny: Desk) -> None:
    tiny.workspace.chmod(0o750)
    _code, found = checked(tiny)
    assert {name for name, state in found.items() if state == "error"} <= {"disk.workspace", "disk.temporary"}
    assert [found[name] for name in ("rights", "database.file", "database.audit", "plugins")] == ["well"] * 4


def test_what_is_wrong_is_told_in_both_languages_and_mended_as_it_says(tiny: Desk) -> None:
    snapshots = tiny.workspace / ".kaohe/snapshots"
    tiny.do("evaluate", "tiny", "--period", "2026-Q1")
    victim = next(snapshots.glob("people/*.parquet"))
    victim.write_bytes(victim.read_bytes()[:-1])
    (snapshots / ".people.parquet.999999999").touch()
    code, found = checked(tiny)
    assert (code, found["snapshots"], found["leftovers"]) == (3, "error", "note")
    shown = tiny.try_("doctor")
    assert f"people/{victim.name}" in shown.out
    assert "snapshots: kaohe snapshot verify names them" in shown.err
    assert "快照" in tiny.try_("doctor", "--lang", "zh").out
    (snapshots / ".people.parquet.999999999").unlink()
    assert checked(tiny)[1]["leftovers"] == "well"


def test_a_folder_of_snapshots_that_is_gone_is_no_empty_one(tiny: Desk) -> None:
    assert checked(tiny)[1]["snapshots.runs"] == "well"
    tiny.do("evaluate", "tiny", "--period", "2026-Q1")
    assert checked(tiny)[1]["snapshots.runs"] == "well"
    shutil.rmtree(tiny.workspace / ".kaohe")
    code, found = checked(tiny)
    assert (code, found["snapshots"], found["snapshots.runs"]) == (3, "well", "error")
    tiny.do("evaluate", "tiny", "--period", "2026-Q1")
    assert checked(tiny)[1]["snapshots.runs"] == "well"


def test_a_mistake_in_the_settings_is_told_as_by_every_other_command(tiny: Desk) -> None:
    settings = tiny.workspace / "kaohe.toml"
    text = settings.read_text("utf-8")
    settings.write_text(
        text.replace('engine = "duckdb"', 'engine = "duck"').replace("format = 1", "format = 2"), "utf-8"
    )
    doctor, other = tiny.try_("doctor"), tiny.try_("run", "list")
    assert doctor.code == 3
    assert doctor.err.endswith(other.err)
    assert other.err
    assert "    found: duck\n    expected: duckdb, spark\n" in doctor.err
    told = [each for each in json.loads(tiny.try_("doctor", "--format", "json").out) if each["check"] == "workspace"]
    assert [each["problem"]["found"] for each in told] == ["2", "duck"]
    assert told[1]["problem"]["expected"] == "duckdb, spark"
    assert "应为：duckdb, spark" in tiny.try_("doctor", "--lang", "zh").err


def test_a_plugin_that_is_refused_is_named(tiny: Desk) -> None:
    settings = tiny.workspace / "kaohe.toml"
    settings.write_text(settings.read_text("utf-8") + f'\n[[plugins]]\nname = "gone"\nsha256 = "{"0" * 64}"\n', "utf-8")
    found = [each for each in json.loads(tiny.try_("doctor", "--format", "json").out) if each["check"] == "plugins"]
    assert next(each["found"] for each in found if each["state"] == "error").startswith("gone: ")


@pytest.mark.parametrize(
    ("statement", "check"),
    [
        ("UPDATE kaohe_core_version SET version_num = '9999'", "database.tables"),
        ("UPDATE audit_head SET seq = seq - 1", "database.audit"),
        ("DROP TRIGGER people_insert_changes", "database.triggers"),
    ],
)
def test_a_database_that_somebody_meddled_with_is_told(tiny: Desk, statement: str, check: str) -> None:
    import sqlite3

    with sqlite3.connect(tiny.workspace / "kaohe.db") as connection:
        connection.execute(statement)
    code, found = checked(tiny)
    assert (code, found[check]) == (3, "error")


def test_without_a_workspace_or_with_broken_settings_the_rest_is_checked(tmp_path: Path) -> None:
    assert checked(Desk(tmp_path))[1]["workspace"] == "error"
    (tmp_path / "kaohe.toml").write_text("format = 2")
    code, found = checked(Desk(tmp_path))
    assert (code, found["workspace"], found["versions"]) == (3, "error", "well")


def test_looking_makes_and_upgrades_nothing(tmp_path: Path) -> None:
    assert examine("sqlite:///none.db", {}, folder=tmp_path).version is None
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(KaoheError):
        examine("sqlite:///nowhere/none.db", {}, folder=tmp_path)


def test_a_database_that_cannot_hold_every_letter_is_refused_before_anything_is_made(
    postgresql_url: str, tmp_path: Path
) -> None:
    name = "western_letters"
    url = f"{postgresql_url.rpartition('/')[0]}/{name}"
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        how = "ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0"
        if connection.info.server_version < 150000:
            how = how.replace("LOCALE_PROVIDER libc ", "")
        connection.execute(f"CREATE DATABASE {name} {how}")
        try:
            answer = Desk(tmp_path / "new").try_("init", tmp_path / "new", "--database", url)
            assert (answer.code, "error [database.encoding]" in answer.err) == (3, True), answer.err
            facts = examine(url, {}, folder=tmp_path)
            assert facts.server is not None
            assert (facts.version, facts.server.settings["server_encoding"]) == (None, "LATIN1")
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_a_server_and_its_role_are_looked_at(postgresql_url: str, tmp_path: Path) -> None:
    before = examine(postgresql_url, {}, folder=tmp_path)
    assert (before.version, before.server is not None) == (None, True)
    with psycopg.connect(postgresql_url) as connection:
        assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)
    desk = make_desk(tmp_path, database=postgresql_url)
    _code, found = checked(desk)
    assert found["database.role"] == found["database.durability"] == "warning", "a superuser, on a server without fsync"
    assert [found[f"database.{name}"] for name in ("tables", "text", "clock", "triggers", "audit")] == ["well"] * 5
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        connection.execute('ALTER TABLE people ALTER COLUMN name TYPE text COLLATE "default"')
        connection.execute("ALTER TABLE people DISABLE TRIGGER kaohe_changed")
    after = checked(desk)[1]
    assert (after["database.text"], after["database.triggers"]) == ("error", "error")
    assert examine(postgresql_url, {}, folder=tmp_path).version == VERSIONS[-1]
