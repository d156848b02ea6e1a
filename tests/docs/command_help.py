"""The help texts in docs/cli.md and docs/cli.zh-CN.md; python -m tests.docs.command_help renews them.

A block begins with a comment that names its command: ``<!-- help: kaohe records import -->``.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {"cli.md": "en", "cli.zh-CN.md": "zh_CN"}
RENEW = "python -m tests.docs.command_help renews the pages"
_BLOCK = re.compile(r"<!-- help: (?P<command>[\w -]+?) -->\n```text\n(?P<text>.*?)```\n", re.DOTALL)
# Help texts are settled when commands are loaded: one process for each language prints them all.
_COLLECT = """
import json, sys
import click
from kaohe.cli import words
words.settle(sys.argv[1])
from kaohe.cli.main import root
found = {}
def collect(command, context):
    found[context.command_path] = command.get_help(context)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            collect(inner, click.Context(inner, context, info_name=name, **inner.context_settings))
top = root()
collect(top, click.Context(top, info_name="kaohe", terminal_width=100, **top.context_settings))
print(json.dumps(found))
"""


def real(language: str) -> dict[str, str]:
    """The help of every command by its path, ``kaohe records import``, in the order that --help lists them."""
    command = [sys.executable, "-c", _COLLECT, language]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
    found: dict[str, str] = json.loads(done.stdout)
    return {name: f"{text}\n" for name, text in found.items()}


def shown(page: str) -> dict[str, str]:
    """The help of every command as the page shows it."""
    text = (DOCS / page).read_text("utf-8")
    return {match["command"]: match["text"] for match in _BLOCK.finditer(text)}


def renewed(text: str, helps: dict[str, str]) -> str:
    """The page with every block as it should be; blocks of commands that are gone stay for a person to see."""
    return _BLOCK.sub(lambda match: _with(match, helps.get(match["command"], match["text"])), text)


def _with(block: re.Match[str], text: str) -> str:
    """The block around another text; what it held may have been empty."""
    start = block.start()
    return block[0][: block.start("text") - start] + text + block[0][block.end("text") - start :]


if __name__ == "__main__":
    for page, language in PAGES.items():
        path = DOCS / page
        path.write_text(renewed(path.read_text("utf-8"), real(language)), "utf-8")
