"""What docs/what-if.md shows is what the command prints; ``python -m tests.docs.test_what_if`` renews it."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest
from tests.scenarios.desk import Desk
from tests.tiny import add_tickets, make_desk, ticket_lines, write
from tests.unit.run.what_if_kit import APPRAISED, changed

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {"what-if.md": "en", "what-if.zh-CN.md": "zh"}
_SHOWN = re.compile(r"(?<=```\n)\$ kaohe (what-if [^\n]*)\n.*?(?=```)", re.DOTALL)


def desk_of(folder: Path) -> Desk:
    """The workspace of the page: a tiny one, evaluated, and then other weights."""
    desk = make_desk(folder)
    add_tickets(desk, ticket_lines())
    desk.do("evaluate", "tiny", "--period", "2026-Q1")
    write(desk, "schemes/tiny.toml", changed(APPRAISED["weights"]))
    return desk


def renewed(text: str, desk: Desk, language: str) -> str:
    """The page with what its command prints now."""
    return _SHOWN.sub(lambda shown: f"$ kaohe {shown[1]}\n{desk.do(*shown[1].split(), '--lang', language).out}", text)


def test_both_pages_show_what_the_command_prints(tmp_path: Path) -> None:
    desk = desk_of(tmp_path)
    for page, language in PAGES.items():
        text = (DOCS / page).read_text("utf-8")
        assert len(_SHOWN.findall(text)) == 1
        assert renewed(text, desk, language) == text, "python -m tests.docs.test_what_if renews it"


@pytest.mark.parametrize("page", PAGES)
def test_each_option_and_setting_is_told(page: str) -> None:
    text = (DOCS / page).read_text("utf-8")
    told = ("--people", "--format json", "--format csv", "--mask", "--against", 'limit = "1GB"', ".kaohe/values")
    assert [each for each in told if each not in text] == []


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        made = desk_of(Path(name))
        for each, spoken in PAGES.items():
            path = DOCS / each
            path.write_text(renewed(path.read_text("utf-8"), made, spoken), "utf-8")
