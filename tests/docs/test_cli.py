"""docs/cli.md and its Chinese twin: every command with the help it really prints, every exit code and variable."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.docs.command_help import DOCS, PAGES, RENEW, real, renewed, shown

import kaohe
from kaohe.errors import Exit

CORE = Path(kaohe.__file__).parent


@pytest.mark.parametrize("page", PAGES)
def test_the_page_shows_the_help_of_every_command(page: str) -> None:
    assert shown(page) == real(PAGES[page]), RENEW


@pytest.mark.parametrize("page", PAGES)
def test_the_commands_stand_in_the_order_of_the_command_line(page: str) -> None:
    assert [*shown(page)] == [*real(PAGES[page])]


@pytest.mark.parametrize("page", PAGES)
def test_the_help_that_is_collected_is_the_one_that_a_user_sees(page: str) -> None:
    command = [sys.executable, "-m", "kaohe", "records", "import", "--help", "--lang", PAGES[page]]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
    assert done.stdout.split() == shown(page)["kaohe records import"].split()


def test_renewing_a_page_puts_the_real_help_into_its_blocks() -> None:
    page = "a\n<!-- help: kaohe x -->\n```text\nold\n```\nb\n<!-- help: kaohe gone -->\n```text\nkept\n```\n"
    new = page.replace("old", "new\n\nlines")
    assert renewed(page, {"kaohe x": "new\n\nlines\n"}) == new


@pytest.mark.parametrize("page", PAGES)
def test_every_exit_code_is_explained(page: str) -> None:
    rows = re.findall(r"^\| (\d+) \| ([A-Z]+) \| (\S.*) \|$", (DOCS / page).read_text("utf-8"), re.MULTILINE)
    assert [(int(code), name) for code, name, _meaning in rows] == [(int(code), code.name) for code in Exit]


@pytest.mark.parametrize("page", PAGES)
def test_every_environment_variable_that_is_read_is_explained(page: str) -> None:
    read = set()
    for path in CORE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                read |= set(re.findall(r"\bKAOHE_[A-Z_]+\b", node.value))
    text = (DOCS / page).read_text("utf-8")
    assert read == set(re.findall(r"`(KAOHE_[A-Z_]+)`", text))
    assert "`COLUMNS`" in text


def test_in_chinese_no_command_is_described_by_half_a_sentence() -> None:
    """The command line ends a short description at the first full stop, and knows none but the English one."""
    listed = [line for line in (DOCS / "cli.zh-CN.md").read_text("utf-8").splitlines() if line[:2] == "  "]
    assert [line for line in listed if line.endswith("...")] == []
