"""Who acts, and who may: --as, KAOHE_ACTOR, the login, and the table [roles] of kaohe.toml."""

from __future__ import annotations

from pathlib import Path

import pytest

from kaohe.cli.context import App
from kaohe.cli.login import login
from kaohe.cli.main import run
from kaohe.cli.workspace import load_workspace
from kaohe.errors import Exit, KaoheError

SOUND = 'format = 1\nlocale = "en"\ntimezone = "Asia/Shanghai"\n\n[database]\nurl = "sqlite:///kaohe.db"\n'


def workspace(folder: Path, roles: str = "") -> Path:
    (folder / "kaohe.toml").write_text(f"{SOUND}\n{roles}", "utf-8")
    return folder


def test_whoever_is_named_acts_and_the_login_is_known_besides(tmp_path: Path) -> None:
    here = workspace(tmp_path)
    assert App("en", here, {}).actor.name == login()
    assert App("en", here, {"KAOHE_ACTOR": "王"}).actor.name == "王"
    named = App("en", here, {"KAOHE_ACTOR": "王"}, " 陈 ").actor
    assert (named.name, named.login) == ("陈", login())


def test_a_name_can_be_refused_where_people_are_known_by_their_login(tmp_path: Path) -> None:
    here = workspace(tmp_path, '[roles]\nidentity = "login"\n')
    assert App("en", here, {}).actor.name == login()
    with pytest.raises(KaoheError, match="nobody acts under another name"):
        _ = App("en", here, {}, "陈").actor
    with pytest.raises(KaoheError, match="nobody acts under another name"):
        _ = App("en", here, {"KAOHE_ACTOR": "陈"}).actor


@pytest.mark.parametrize("name", ["", "  ", "a\nb"])
def test_nobody_is_called_nothing(tmp_path: Path, name: str) -> None:
    with pytest.raises(KaoheError, match="this is not a person's name"):
        _ = App("en", workspace(tmp_path), {}, name).actor


def test_a_role_is_held_by_those_who_are_named_and_others_are_refused(tmp_path: Path) -> None:
    here = workspace(tmp_path, '[roles]\napprove = ["王", "李"]\n')
    App("en", here, {}, "王").require("approve")
    App("en", here, {}, "陈").require("prepare")  # a role that is not named is everybody's
    with pytest.raises(KaoheError) as caught:
        App("en", here, {}, "陈").require("approve")
    (problem,) = caught.value.problems
    assert (problem.code, problem.expected, caught.value.exit_code) == ("roles.refused", "王, 李", Exit.ENVIRONMENT)


def test_every_mistake_in_the_roles_is_told_with_its_place(tmp_path: Path) -> None:
    here = workspace(
        tmp_path, '[roles]\napprove = "王"\npay = [""]\nidentity = "face"\napprovals = 0\nown_work = 1\nboss = []\n'
    )
    with pytest.raises(KaoheError) as caught:
        load_workspace(here, {})
    assert [(each.where.line, str(each.what)) for each in caught.value.problems] == [
        (9, "a role is a list of names"),
        (10, "a role is a list of names"),
        (11, "unknown way to know people"),
        (12, "the number of people who approve is not possible"),
        (13, "own_work has the wrong type"),
        (14, "unknown setting boss"),
    ]


def test_two_different_people_approve_unless_the_workspace_says_otherwise(tmp_path: Path) -> None:
    roles = load_workspace(workspace(tmp_path), {}).roles
    assert (roles.approvals, roles.own_work) == (2, False)
    roles = load_workspace(workspace(tmp_path, "[roles]\napprovals = 1\nown_work = true\n"), {}).roles
    assert (roles.approvals, roles.own_work) == (1, True)


def test_the_option_stands_anywhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    here = workspace(tmp_path, '[roles]\nidentity = "login"\n')
    arguments = ["--lang", "en", "records", "batches", "--as", "陈", "--workspace", str(here)]
    assert run(arguments, {}) == Exit.ENVIRONMENT
    assert "error [roles.identity]" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ("records", "import", "ticket", "FILE"),
        ("records", "undo", "1"),
        ("people", "import", "FILE"),
        ("targets", "import", "FILE"),
        ("targets", "set", "in_time", "100", "--period", "2026", "--company"),
        ("targets", "break-down", "in_time", "--period", "2026", "--from", "company", "--by", "equal", "--write"),
        ("assessment", "open", "r", "--period", "2026-Q1", "--items", "a"),
        ("assessment", "collect", "r", "FILE"),
        ("assessment", "assignments", "r", "--import", "FILE"),
        ("assessment", "close", "r"),
        ("assessment", "reopen", "r", "--reason", "why"),
        ("assessment", "drop", "r", "--reason", "why"),
    ],
)
def test_facts_are_loaded_and_taken_back_by_those_who_prepare_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    here = workspace(tmp_path, '[roles]\nprepare = ["chen"]\n')
    file = tmp_path / "file.csv"
    file.write_text("code,name,from\nP1,Chen,2026-01-01\n", "utf-8")
    named = [str(file) if word == "FILE" else word for word in words]
    arguments = ["--lang", "en", *named, "--as", "mallory", "--workspace", str(here)]
    assert run(arguments, {}) == Exit.ENVIRONMENT
    assert "error [roles.refused]: mallory does not have the role" in capsys.readouterr().err
