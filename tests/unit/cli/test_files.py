"""Files are written whole or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from kaohe.cli.files import write_whole
from kaohe.errors import Exit, KaoheError
from kaohe.system import said_by_system
from kaohe.text import Message


def test_a_file_is_replaced_by_the_new_content(tmp_path: Path) -> None:
    path = tmp_path / "报表.csv"
    path.write_text("old and longer")
    write_whole(path, "新")
    assert path.read_text("utf-8") == "新"
    write_whole(path, b"\x00\xff")
    assert path.read_bytes() == b"\x00\xff"
    assert [*tmp_path.iterdir()] == [path]


@pytest.mark.skipif(os.name != "posix", reason="rights of POSIX")
def test_who_may_read_a_file_stays_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "kaohe.toml"
    path.touch()
    for mode in (0o600, 0o664):
        path.chmod(mode)
        write_whole(path, "new")
        assert path.stat().st_mode & 0o777 == mode


@pytest.mark.parametrize("failing", ["fsync", "replace"])
@pytest.mark.parametrize("interruption", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_what_was_there_stays_when_writing_breaks_off(
    failing: str, interruption: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.csv"
    path.write_text("old")

    def broken(*_arguments: object) -> None:
        raise interruption

    if failing == "fsync":
        monkeypatch.setattr(os, "fsync", broken)
    else:
        monkeypatch.setattr(Path, "replace", broken)
    with pytest.raises((KaoheError, KeyboardInterrupt)) as caught:
        write_whole(path, "new")
    if isinstance(caught.value, KaoheError):
        assert caught.value.exit_code == Exit.ENVIRONMENT
        assert str(caught.value.problems[0].found) == "No space left on device"
        assert caught.value.problems[0].where.file == str(path)
    monkeypatch.undo()
    assert path.read_text() == "old"
    assert [*tmp_path.iterdir()] == [path]


@pytest.mark.parametrize("name", ["nowhere/report.csv", "file/report.csv", "folder"])
def test_a_path_that_cannot_be_a_file_is_no_fault_of_ours(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    with pytest.raises(KaoheError) as caught:
        write_whole(tmp_path / name, "x")
    assert caught.value.problems[0].code == "file.unwritable"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]


def test_the_system_speaks_the_readers_language(tmp_path: Path) -> None:
    with pytest.raises(KaoheError) as caught:
        write_whole(tmp_path / "没有" / "报表.csv", "新")
    (problem,) = caught.value.problems
    found = problem.found
    assert isinstance(found, Message)
    assert (found.in_("en"), found.in_("zh_CN")) == ("No such file or directory", "没有这个文件或文件夹")
    assert said_by_system(OSError(errno.EIO, "Input/output error")) == "Input/output error"
