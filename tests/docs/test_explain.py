"""What docs/explain.md shows is what the command prints; ``python -m tests.docs.test_explain`` renews it."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest
from tests.scenarios.desk import Desk
from tests.tiny import add_tickets, make_desk, ticket_lines

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {"explain.md": "en", "explain.zh-CN.md": "zh"}
_SHOWN = re.compile(r"(?<=```\n)\$ kaohe (explain [^\n]*)\n.*?(?=```)", re.DOTALL)


def desk_of(folder: Path) -> Desk:
    """The workspace of the page: a tiny one, with a row that did not pass."""
    desk = make_desk(folder)
    add_tickets(desk, [*ticket_lines(), "T14,repair,P1,2026-03-05 09:00,soon,8"])
    desk.do("evaluate", "tiny", "--period", "2026-Q1")
    return desk


def renewed(text: str, desk: Desk, language: str) -> str:
    """The page with what its commands print now."""
    return _SHOWN.sub(lambda shown: f"$ kaohe {shown[1]}\n{desk.do(*shown[1].split(), '--lang', language).out}", text)


@pytest.mark.parametrize(("page", "language"), PAGES.items())
def test_the_page_shows_what_the_command_prints(page: str, language: str, tmp_path: Path) -> None:
    text = (DOCS / page).read_text("utf-8")
    assert len(_SHOWN.findall(text)) == 2
    assert renewed(text, desk_of(tmp_path), language) == text, "python -m tests.docs.test_explain renews it"


def test_both_pages_show_the_same_commands() -> None:
    english, chinese = (_SHOWN.findall((DOCS / page).read_text("utf-8")) for page in PAGES)
    assert english == chinese


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        made = desk_of(Path(name))
        for each, spoken in PAGES.items():
            path = DOCS / each
            path.write_text(renewed(path.read_text("utf-8"), made, spoken), "utf-8")
