"""The frame of the command line: language, workspace and options before any command is loaded."""

from __future__ import annotations

import contextlib
import io
import subprocess
import sys
from pathlib import Path

import pytest
from tests.scenarios.desk import Desk

from kaohe.cli.main import COMMANDS, run, take_global_options
from kaohe.cli.words import choose
from kaohe.errors import Exit


@pytest.mark.parametrize(
    ("option", "environment", "workspace", "language"),
    [
        ("en", {"KAOHE_LANG": "zh_CN"}, "zh_CN", "en"),
        (None, {"KAOHE_LANG": "en_US.UTF-8", "LANG": "zh_CN.UTF-8"}, "zh_CN", "en"),
        (None, {"LANG": "zh_CN.UTF-8"}, "en", "en"),
        (None, {"LANG": "en_GB.UTF-8"}, None, "en"),
        (None, {"LANG": "de_DE.UTF-8"}, None, "zh_CN"),
        (None, {}, None, "zh_CN"),
    ],
)
def test_the_language_is_that_of_the_first_who_names_one(
    option: str | None, environment: dict[str, str], workspace: str | None, language: str
) -> None:
    assert choose(option, environment, workspace) == language


def test_a_language_that_there_is_not_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--lang", "fr", "--help"], {"LANG": "en"}) == Exit.USAGE
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "--lang: error [usage.language]: unknown language" in printed.err
    assert "expected: zh_CN, en" in printed.err


def test_global_options_may_stand_anywhere_before_the_double_dash() -> None:
    arguments = ["evaluate", "--lang", "en", "x", "--workspace=w", "--", "--lang", "zh"]
    taken = {"--lang": "en", "--workspace": "w", "--as": None}
    assert take_global_options(arguments) == (["evaluate", "x", "--", "--lang", "zh"], taken)


def test_help_loads_none_of_the_heavy_libraries() -> None:
    code = (
        "import sys; from kaohe.cli.main import run; run(['--help'], {}); "
        "heavy = {'sqlmodel', 'sqlalchemy', 'pydantic', 'jsonschema', 'duckdb', 'numpy', 'pyarrow', 'rich', 'pluggy'}; "
        "sys.exit(repr(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "evaluate" in done.stdout


def test_an_evaluation_loads_nothing_that_it_does_not_use(tiny: Desk) -> None:
    code = (
        "import sys; from kaohe.cli.main import run; "
        f"run(['evaluate', 'tiny', '--period', '2026-Q1', '--workspace', {str(tiny.workspace)!r}], {{}}); "
        "idle = {'alembic', 'xlsxwriter', 'python_calamine', 'psycopg', 'tomlkit', 'pyspark', 'chinese_calendar', "
        "'sqlalchemy.dialects.postgresql', 'pyarrow.dataset', 'kaohe.run.explanation', 'kaohe.run.statement'}; "
        "sys.exit(repr(idle & set(sys.modules)) if idle & set(sys.modules) else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_command_of_the_table_exists_and_has_help_in_both_languages(tmp_path: Path) -> None:
    for name in COMMANDS:
        for language, usage in (("zh_CN", "用法"), ("en", "Usage")):
            done = subprocess.run(
                [sys.executable, "-m", "kaohe", name, "--help", "--lang", language],
                capture_output=True,
                text=True,
                encoding="utf-8",
                cwd=tmp_path,
                check=False,
            )
            assert done.returncode == 0, done.stderr
            assert done.stdout.startswith(usage), name


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["targets", "list", "--format", "xlsx"], "'xlsx' 不在可选值 'table', 'json' 之列。"),
        (["targets", "break-dwn"], "是不是 'break-down'？"),
        (["targets", "list", "--period"], "选项 '--period' 需要一个取值。"),
        (["calendar", "holidays", "CN", "abc"], "'abc' 不是有效的数（integer）。"),
        (["assessment", "open", "x", "--period", "2026", "--due", "2026-13-01"], "'2026-13-01' 不符合格式 '%Y-%m-%d'"),
        (["assessment", "open", "x", "--period", "2026", "--peers", "-1"], "-1 不在范围 x>=0 内。"),
    ],
)
def test_a_mistyped_command_is_answered_in_chinese_alone(words: list[str], said: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kaohe", *words, "--lang", "zh_CN"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=tmp_path,
        check=False,
    )
    assert (done.returncode, said in done.stderr) == (2, True), done.stderr


class Closed(io.StringIO):
    """A pipe whose reader has gone."""

    def write(self, text: str) -> int:
        raise BrokenPipeError


def test_a_reader_who_has_gone_does_not_make_a_mistake_a_success(tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text("[scheme]\nid = 3\n", "utf-8")
    with contextlib.redirect_stderr(Closed()):
        assert run(["scheme", "check", str(bad)], {}) == Exit.MISTAKE
