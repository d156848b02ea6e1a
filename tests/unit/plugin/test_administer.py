"""``kaohe plugin`` as an administrator uses it: look, allow, take back; and what stays when something is refused."""

from __future__ import annotations

import json
import os

import pytest

from kaohe.cli import words
from kaohe.cli.main import run
from kaohe.errors import Exit

SETTINGS = """\
# Settings of the branch
format = 1
name = "branch"
locale = "en"
timezone = "Asia/Shanghai"

[database]
url = "sqlite:///kaohe.db"
"""


@pytest.fixture
def kaohe(workshop, capsys, monkeypatch):
    """Run a command in a workspace; its exit code, output and messages."""
    (workshop.folder.parent / "kaohe.toml").write_text(SETTINGS)
    before = words.language()
    monkeypatch.setenv("LANGUAGE", "")  # put back afterwards: settling a language sets it

    def command(*arguments: str, language: str = "en"):
        code = run(["--lang", language, "--workspace", str(workshop.folder.parent), "plugin", *arguments], {})
        return code, *capsys.readouterr()

    yield command
    words.settle(before)


@pytest.fixture
def settings(workshop):
    return (workshop.folder.parent / "kaohe.toml").read_text


@pytest.fixture
def outside(workshop, tmp_path):
    """A wheel as it comes: not yet in the workspace."""
    folder = tmp_path / "downloads"
    folder.mkdir()
    return lambda name="fine", **changes: workshop.wheel(name, workshop.pack(name, **changes), folder=folder)


class TestAdd:
    def test_a_wheel_is_copied_locked_and_runs(self, workshop, kaohe, settings, outside):
        path = outside()
        code, out, err = kaohe("add", str(path))
        assert (code, out) == (Exit.OK, "")
        assert "plugin fine is allowed, locked by SHA-256" in err
        copy = workshop.folder / path.name
        assert copy.read_bytes() == path.read_bytes()
        assert copy.stat().st_mode & 0o777 == 0o644
        assert workshop.entry("fine", path).sha256 in settings()
        assert "# Settings of the branch" in settings()
        assert "fine.visits" in kaohe("show", "fine")[1]

    def test_a_generous_umask_does_not_make_the_folder_writable_for_others(self, workshop, kaohe, outside):
        workshop.folder.rmdir()
        before = os.umask(0o002)
        try:
            path = outside()
            assert kaohe("add", str(path))[0] == Exit.OK
        finally:
            os.umask(before)
        assert workshop.folder.stat().st_mode & 0o022 == 0

    def test_an_installed_plugin_is_locked_as_it_is(self, workshop, kaohe, settings):
        folder = workshop.install("fine", workshop.pack("fine"))
        assert kaohe("add", "fine")[0] == Exit.OK
        assert workshop.installed_entry("fine").sha256 in settings()
        (folder / "pack.toml").write_text("format = 1")
        code, out, err = kaohe("list")
        assert code == Exit.OK
        assert "[plugin.changed]" in err
        assert "refused" in out

    @pytest.mark.parametrize("change", [{'"count()"': '"count("'}, {"fine_visit": "ticket"}, {"format = 1": ""}])
    def test_a_plugin_that_would_be_refused_leaves_nothing_behind(self, workshop, kaohe, settings, outside, change):
        path = outside(**change)
        code, _out, err = kaohe("add", str(path))
        assert code == Exit.ENVIRONMENT
        assert "kt_fine/pack.toml:" in err
        assert list(workshop.folder.iterdir()) == []
        assert settings() == SETTINGS

    def test_a_second_plugin_of_the_name_is_not_added(self, workshop, kaohe, settings, outside):
        kaohe("add", str(outside()))
        before = settings()
        code, _out, err = kaohe("add", str(outside()))
        assert code == Exit.MISTAKE
        assert "a plugin of this name is allowed already" in err
        assert "kaohe plugin remove fine" in err
        assert settings() == before

    def test_another_file_of_the_name_is_not_overwritten(self, workshop, kaohe, outside):
        path = outside()
        (workshop.folder / path.name).write_text("mine")
        assert "[plugin.file-exists]" in kaohe("add", str(path))[2]
        assert (workshop.folder / path.name).read_text() == "mine"

    def test_a_wheel_that_lies_in_the_folder_already_is_allowed_where_it_is(self, workshop, kaohe):
        path = workshop.wheel("fine", workshop.pack("fine"))
        assert "[plugin.unlocked]" in kaohe("list")[2]
        assert kaohe("add", str(path))[0] == Exit.OK
        assert "unlocked" not in kaohe("list")[2]

    def test_the_name_of_the_base_pack_cannot_be_added(self, workshop, kaohe, outside):
        code, _out, err = kaohe("add", str(outside("crm")))
        assert code == Exit.ENVIRONMENT
        assert "the name crm belongs to the base pack" in err
        assert list(workshop.folder.iterdir()) == []

    def test_settings_that_cannot_be_written_leave_no_file_behind(self, workshop, kaohe, outside, monkeypatch):
        monkeypatch.setattr("kaohe.cli.workspace.write_whole", lambda *_: (_ for _ in ()).throw(OSError("full")))
        assert kaohe("add", str(outside()))[0] != Exit.OK
        assert list(workshop.folder.iterdir()) == []


class TestRemove:
    def test_a_wheel_goes_with_its_entry(self, workshop, kaohe, settings, outside):
        kaohe("add", str(outside()))
        code, _out, err = kaohe("remove", "fine")
        assert code == Exit.OK
        assert "plugin fine is no longer allowed; its records stay in the database" in err
        assert list(workshop.folder.iterdir()) == []
        assert "fine" not in settings()

    def test_an_unknown_plugin_is_answered_with_the_allowed_ones(self, kaohe, outside):
        kaohe("add", str(outside()))
        code, _out, err = kaohe("remove", "fin")
        assert code == Exit.MISTAKE
        assert "expected: fine" in err


class TestCheck:
    def test_a_pack_shows_what_it_brings_and_nothing_of_it_is_run(self, workshop, kaohe, outside):
        code, out, err = kaohe("check", str(outside()))
        assert code == Exit.OK
        assert "fine.visits" in out
        assert "kt_fine/__init__.py" in out
        assert "nothing of it was run" in err
        assert workshop.trace == []

    def test_python_is_listed_to_be_read_and_nothing_of_it_is_run(self, workshop, kaohe, tmp_path):
        path = workshop.wheel("fine", workshop.python("import sys; sys.exit(9)"), folder=tmp_path)
        code, out, _err = kaohe("check", str(path))
        assert code == Exit.OK
        assert "kt_fine/__init__.py" in out
        assert workshop.trace == []

    def test_a_pack_that_would_be_refused_says_why(self, workshop, kaohe, outside):
        code, _out, err = kaohe("check", str(outside(**{'"count()"': '"sum(nothing)"', '["number"]': '["nr"]'})))
        assert code == Exit.MISTAKE
        assert "key names a field that does not exist" in err

    def test_a_pack_is_held_against_the_running_plugins(self, kaohe, outside):
        code, _out, err = kaohe("check", str(outside(fine_visit="ticket")))
        assert code == Exit.MISTAKE
        assert "the record type ticket is brought by two plugins, crm and fine" in err

    def test_an_installed_plugin_is_checked_by_its_name(self, workshop, kaohe):
        folder = workshop.install("fine", workshop.pack("fine"))
        code, out, _err = kaohe("check", "fine")
        assert code == Exit.OK
        assert workshop.installed_entry("fine").sha256 in out
        (folder / "pack.toml").chmod(0o666)
        assert "[plugin.writable]" in kaohe("check", "fine")[2]
        assert workshop.trace == []

    def test_a_broken_wheel(self, workshop, kaohe, tmp_path):
        path = tmp_path / "kt-1.0-py3-none-any.whl"
        path.write_text("no zip")
        code, _out, err = kaohe("check", str(path))
        assert code == Exit.MISTAKE
        assert "[wheel.broken]" in err


class TestListAndShow:
    def test_every_state_is_listed(self, workshop, kaohe):
        workshop.install("waiting", workshop.pack("waiting"))
        workshop.wheel("unlocked", workshop.pack("unlocked"))
        code, out, err = kaohe("list")
        assert code == Exit.OK
        rows = [line.split() for line in out.splitlines() if line.strip()]
        assert rows[2][0] == "crm"
        assert {"kt_unlocked-1.0-py3-none-any.whl", "waiting"} <= {row[0] for row in rows}
        assert "not allowed" in out
        assert "[plugin.unlocked]" in err

    def test_the_list_is_data_when_asked_for(self, kaohe):
        states = json.loads(kaohe("list", "--format", "json")[1])
        assert states[0]["name"] == "crm"
        assert "ticket" in states[0]["record_types"]

    def test_a_plugin_is_shown_as_data(self, kaohe, outside):
        kaohe("add", str(outside()))
        shown = json.loads(kaohe("show", "fine", "--format", "json")[1])
        assert shown["indicators"][0]["value"] == "count()"
        assert shown["record_types"][0]["fields"] == ["number", "day"]

    def test_in_chinese(self, kaohe):
        out = kaohe("list", language="zh_CN")[1]
        assert "名称" in out
        assert "客户关系" in out
