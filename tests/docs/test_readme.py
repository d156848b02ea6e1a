"""The READMEs and the industries' pages show real output: each block is what the command prints for the demo.

``python tests/docs/test_readme.py`` writes the blocks anew.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
READMES = ("README.md", "README.zh-CN.md")
INDUSTRIES = tuple(sorted(f"docs/industries/{page.name}" for page in (ROOT / "docs/industries").glob("*.md")))
BLOCK = re.compile(r"(<!-- output: (?P<command>.*?) -->\n```\n)(?P<shown>.*?)(```\n<!-- end -->)", re.DOTALL)
LINES = 16
WIDTH = 132


def kaohe(*arguments: str) -> str:
    command = [sys.executable, "-m", "kaohe", *arguments]
    environment = {**os.environ, "COLUMNS": str(WIDTH)}
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True, env=environment)
    return done.stdout


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("readme") / "demo"
    kaohe("demo", str(place))
    return place


def output(demo: Path, page: str, command: str) -> str:
    """What the command prints, of a README the beginning; the number of a run depends on what ran before."""
    printed = kaohe("--workspace", str(demo), *command.split())
    if page not in READMES:
        return printed
    return "".join(f"{line}\n" for line in [*printed.splitlines()[:LINES], "…"])


@pytest.mark.parametrize("page", READMES + INDUSTRIES)
def test_every_block_is_what_the_command_prints(page: str, demo: Path) -> None:
    blocks = list(BLOCK.finditer((ROOT / page).read_text("utf-8")))
    assert len(blocks) == (2 if page in READMES else 1)
    for block in blocks:
        assert block["shown"] == output(demo, page, block["command"]), "renew: python tests/docs/test_readme.py"


@pytest.mark.parametrize("page", READMES + INDUSTRIES)
def test_every_linked_document_is_there(page: str) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", (ROOT / page).read_text("utf-8"))
    assert [link for link in links if not (ROOT / page).parent.joinpath(link).exists()] == []


def renew() -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "demo"
        kaohe("demo", str(place))
        for page in READMES + INDUSTRIES:
            text = (ROOT / page).read_text("utf-8")
            (ROOT / page).write_text(BLOCK.sub(partial(_renewed, place, page), text), "utf-8")


def _renewed(demo: Path, page: str, block: re.Match[str]) -> str:
    return block[1] + output(demo, page, block["command"]) + block[4]


if __name__ == "__main__":
    renew()
