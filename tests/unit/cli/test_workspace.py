"""kaohe.toml: read, checked, edited; a new workspace comes whole or not at all."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from tests.scenarios.desk import Desk

from kaohe.cli.workspace import load_workspace
from kaohe.errors import Exit, KaoheError
from kaohe.plugin.registry import AllowedPlugin

SOUND = """\
format = 1
name = "华东客服"
locale = "zh_CN" # our language
timezone = "Asia/Shanghai"
engine = "duckdb"

[database]
url = "sqlite:///kaohe.db"
"""


def refused(text: str | bytes, folder: Path) -> list[str]:
    """Every mistake as ``line:column: what (found)``."""
    (folder / "kaohe.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(KaoheError) as caught:
        load_workspace(folder, {})
    assert caught.value.exit_code == Exit.ENVIRONMENT
    return [
        f"{problem.where.line}:{problem.where.column}: {problem.what} ({problem.found})"
        for problem in caught.value.problems
    ]


def test_settings_are_read(tmp_path: Path) -> None:
    (tmp_path / "kaohe.toml").write_text(SOUND, "utf-8")
    workspace = load_workspace(tmp_path, {})
    assert (workspace.name, workspace.locale, workspace.timezone) == ("华东客服", "zh_CN", ZoneInfo("Asia/Shanghai"))
    assert (workspace.database_url, workspace.engine, workspace.plugins) == ("sqlite:///kaohe.db", "duckdb", ())
    assert workspace.schemes == tmp_path / "schemes"


def test_the_environment_may_name_another_database(tmp_path: Path) -> None:
    (tmp_path / "kaohe.toml").write_text(SOUND, "utf-8")
    there = load_workspace(tmp_path, {"KAOHE_DATABASE_URL": "postgresql://somewhere/db"})
    assert there.database_url == "postgresql://somewhere/db"
    assert load_workspace(tmp_path, {"KAOHE_DATABASE_URL": ""}).database_url == "sqlite:///kaohe.db"


def test_every_mistake_is_told_at_once_with_its_place(tmp_path: Path) -> None:
    text = """\
format = 2
name = 5
locale = "fr"
timezone = "Mars/Base"
engine = "hadoop"
colour = "red"

[database]
url = 3

[[plugins]]
name = "x"
"""
    assert refused(text, tmp_path) == [
        "1:10: the format of this file is not known (2)",
        "2:8: name has the wrong type (5)",
        "3:10: unknown locale (fr)",
        "4:12: unknown timezone (Mars/Base)",
        "5:10: unknown engine (hadoop)",
        "6:10: unknown setting colour (None)",
        "8:2: the database needs the setting url (None)",
        "11:3: an allowed plugin has a name, its sha256 and, for a wheel, its file (None)",
    ]


def test_an_unknown_setting_is_told_beside_the_nearest_one(tmp_path: Path) -> None:
    (tmp_path / "kaohe.toml").write_text(f'{SOUND}\n[valuse]\nlimit = "1GB"\n', "utf-8")
    with pytest.raises(KaoheError) as caught:
        load_workspace(tmp_path, {})
    (problem,) = caught.value.problems
    assert problem.fix is not None
    assert problem.fix.in_("en") == "did you mean values?"


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("", "1:1: the format of this file is not known (None)"),
        ("format = \nname = ", "1:10: this is not a value: text stands in quotes, a number or true/false does not"),
        ("format = 1\nformat = 1\n", "2:1: "),
        (b'format = 1\nname = "\xb7\xbd"\n', "2:None: this file is not UTF-8 (None)"),
        (SOUND.replace("Asia/Shanghai", "../../etc/passwd"), "4:12: unknown timezone (../../etc/passwd)"),
        (SOUND.replace("Asia/Shanghai", "/etc/passwd"), "4:12: unknown timezone (/etc/passwd)"),
        (SOUND.replace('"Asia/Shanghai"', '""'), "4:12: unknown timezone ()"),
        (SOUND.replace("[database]", "[database]\nuser = 1"), "8:8: unknown setting user (None)"),
        (SOUND.replace("[database]", "[database]\npatience = 0"), "8:12: this number of seconds is not possible (0)"),
        (SOUND.replace("[database]", "[database]\npool = 9"), "8:8: pool has the wrong type (9)"),
        (SOUND.replace("[database]", "[database]\npool = { size = 1 }"), "8:17: this number is not possible here (1)"),
        (SOUND.replace("[database]", "[database]\npool = { sise = 1 }"), "8:17: unknown setting sise (None)"),
        (SOUND.replace('url = "sqlite:///kaohe.db"', ""), "7:2: the database needs the setting url"),
        (f"{SOUND}plugins = 1\n", "9:11: unknown setting plugins (None)"),
        (
            f'{SOUND}[[plugins]]\nname = "x"\nsha256 = "00"\nengine = "spark"\n',
            "12:10: unknown setting engine, which stands below [[plugins]] (None)",
        ),
    ],
)
def test_files_that_are_no_settings_are_refused(text: str | bytes, first: str, tmp_path: Path) -> None:
    assert refused(text, tmp_path)[0].startswith(first)


def test_plugins_are_added_and_taken_out_while_comments_stay(tmp_path: Path) -> None:
    (tmp_path / "kaohe.toml").write_text(SOUND, "utf-8")
    first = AllowedPlugin("floor", "ab" * 32, "floor.whl")
    changed = load_workspace(tmp_path, {}).with_plugin(first).with_plugin(AllowedPlugin("other", "cd" * 32, None))
    assert load_workspace(tmp_path, {}).plugins == changed.plugins
    replaced = changed.with_plugin(AllowedPlugin("floor", "ef" * 32, None))
    assert [plugin.sha256[:2] for plugin in replaced.plugins] == ["cd", "ef"]
    assert 'locale = "zh_CN" # our language' in (tmp_path / "kaohe.toml").read_text("utf-8")
    emptied = replaced.without_plugin("floor").without_plugin("other")
    assert load_workspace(tmp_path, {}).plugins == emptied.plugins == ()


class TestInit:
    def test_a_new_workspace_stands_by_itself(self, tmp_path: Path) -> None:
        desk = Desk(tmp_path / "有 空格" / "new")
        said = desk.do("init", desk.workspace).err
        assert f"workspace made: {desk.workspace}" in said
        names = {path.name for path in desk.workspace.iterdir()}
        assert names >= {"kaohe.toml", "kaohe.db", "schemes", "imports", "plugins"}
        assert load_workspace(desk.workspace, {}).locale == "en"
        assert desk.batches() == []

    def test_an_existing_workspace_is_left_alone(self, tmp_path: Path) -> None:
        desk = Desk(tmp_path)
        (tmp_path / "kaohe.toml").write_text("mine")
        answer = desk.try_("init", tmp_path)
        assert (answer.code, answer.out) == (3, "")
        assert "there is a workspace here already; nothing was changed" in answer.err
        assert [path.name for path in tmp_path.iterdir()] == ["kaohe.toml"]
        assert (tmp_path / "kaohe.toml").read_text() == "mine"

    @pytest.mark.parametrize(
        ("options", "code", "told"),
        [
            (("--timezone", "Mars/Base"), 1, "unknown timezone"),
            (("--industry", "enterprise_transfer"), 1, "transfer (kaohe-enterprise-transfer)"),
            (("--database", "mysql://localhost/x"), 3, "the database URL cannot be used"),
            (("--database", "sqlite:///nowhere/deep/kaohe.db"), 3, "the folder of the database file does not exist"),
            (("--database", "postgresql://kaohe:open-sesame@127.0.0.1:1/x"), 3, "the database server does not answer"),
        ],
    )
    def test_what_cannot_be_made_leaves_nothing_behind(
        self, options: tuple[str, ...], code: int, told: str, tmp_path: Path
    ) -> None:
        desk = Desk(tmp_path / "new")
        answer = desk.try_("init", desk.workspace, *options)
        assert answer.code == code
        assert told in answer.err
        assert "sesame" not in answer.err
        assert not desk.workspace.exists()

    def test_a_folder_with_other_files_keeps_them_and_becomes_no_workspace(self, tmp_path: Path) -> None:
        (tmp_path / "mine.txt").write_text("mine")
        answer = Desk(tmp_path).try_("init", tmp_path, "--database", "mysql://localhost/x")
        assert answer.code == 3
        assert (tmp_path / "mine.txt").read_text() == "mine"
        assert not (tmp_path / "kaohe.toml").exists()

    def test_a_path_through_a_file_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        answer = Desk(tmp_path).try_("init", tmp_path / "file" / "new")
        assert answer.code == 3
        assert "this folder cannot be made or written" in answer.err


def test_a_database_that_is_not_there_is_made_and_that_is_said_once(tmp_path: Path) -> None:
    """Whoever mistypes its name, or lost it, must not take an empty one for his own."""
    desk = Desk(tmp_path / "desk")
    assert "database.new" not in desk.do("init", desk.workspace).err
    assert desk.do("people", "list").err == ""
    (desk.workspace / "kaohe.db").rename(tmp_path / "elsewhere.db")
    told = desk.do("people", "list").err
    assert f"{desk.workspace / 'kaohe.db'}: warning [database.new]" in told
    assert "a new one was made, in which there is nothing" in told
    assert "bring the file back from a backup" in told
    assert desk.do("people", "list").err == ""
