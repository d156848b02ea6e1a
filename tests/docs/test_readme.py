"""The READMEs show real output: each block is what the command prints in the demo's workspace.

``python tests/docs/test_readme.py`` writes the blocks anew.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
READMES = ("README.md", "README.zh-CN.md")
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


def output(demo: Path, command: str) -> str:
    """The beginning of what the command prints; the run's number depends on what ran before, so it is not shown."""
    lines = kaohe("--workspace", str(demo), *command.split()).splitlines()
    return "".join(f"{line}\n" for line in [*lines[:LINES], "…"])


@pytest.mark.parametrize("readme", READMES)
def test_every_block_is_what_the_command_prints(readme: str, demo: Path) -> None:
    blocks = list(BLOCK.finditer((ROOT / readme).read_text("utf-8")))
    assert len(blocks) == 2
    for block in blocks:
        assert block["shown"] == output(demo, block["command"]), "renew: python tests/docs/test_readme.py"


@pytest.mark.parametrize("readme", READMES)
def test_every_linked_document_is_there(readme: str) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", (ROOT / readme).read_text("utf-8"))
    assert [link for link in links if not (ROOT / link).exists()] == []


def renew() -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "demo"
        kaohe("demo", str(place))
        for readme in READMES:
            path = ROOT / readme
            text = path.read_text("utf-8")
            path.write_text(
                BLOCK.sub(lambda block: block[1] + output(place, block["command"]) + block[4], text), "utf-8"
            )


if __name__ == "__main__":
    renew()
