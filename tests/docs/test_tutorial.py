"""The tutorial is run as it stands: its files are written, its commands typed, its outputs compared.

In the Markdown, a comment says what the block below it is: ``<!-- file: NAME -->`` a text file,
``<!-- sheet: NAME -->`` a table that is saved as a workbook, ``<!-- shows: NAME -->`` a table of some columns of a CSV
file, which must hold just that, ``<!-- edit: NAME -->`` a diff that is applied to a file. Names of files may be
patterns, as in a shell. In ``console`` blocks a line that begins with ``$`` is typed; below it stands what appears,
standard output and messages together. ``…`` stands for anything: within a line for any words, alone for any number of
lines. Blank lines do not count, and several spaces count as one.
"""

from __future__ import annotations

import contextlib
import csv
import io
import re
import shlex
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter

from kaohe.cli.main import run

DOCS = Path(__file__).parents[2] / "docs"
TUTORIALS = {"tutorial.md": "en_US.UTF-8", "tutorial.zh-CN.md": "zh_CN.UTF-8"}
ANYTHING = "…"
Block = tuple[str, str, list[str]]


def blocks(text: str) -> Iterator[Block]:
    """What is to be done, in order: (``file``, ``sheet``, ``shows``, ``edit`` or ``console``, name, lines)."""
    told: tuple[str, str] | None = None
    lines = iter(text.splitlines())
    for line in lines:
        if comment := re.fullmatch(r"<!-- (file|sheet|shows|edit): (.+) -->", line):
            told = (comment[1], comment[2])
        elif line.startswith("```") and (told or line == "```console"):
            inside = [*iter(lambda: next(lines), "```")]
            yield (*(told or ("console", "")), inside)
            told = None
        elif line.startswith("|") and told:
            rows = [line]
            rows.extend(iter(lambda: next(lines), ""))
            yield (*told, rows)
            told = None


def commands(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    """The commands of a console block, each with the output that is shown."""
    typed, shown = "", []
    for line in lines:
        if line.startswith("$ "):
            if typed:
                yield typed, shown
            typed, shown = line[2:], []
        else:
            shown.append(line)
    yield typed, shown


def write_sheet(path: Path, lines: list[str]) -> None:
    """A Markdown table as a workbook, with numbers and moments in the cells that hold them."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        clock = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for number, row in enumerate(table(lines)):
            for column, cell in enumerate(row):
                if re.fullmatch(r"\d+", cell):
                    sheet.write_number(number, column, int(cell))
                elif re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", cell):
                    sheet.write_datetime(number, column, datetime.fromisoformat(cell), clock)
                else:
                    sheet.write_string(number, column, cell)


def table(lines: list[str]) -> list[list[str]]:
    """The cells of a Markdown table, header first."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [rows[0], *rows[2:]]


def check_file(path: Path, lines: list[str]) -> None:
    """Compare the columns shown with those of the file."""
    header, *shown = table(lines)
    with path.open(encoding="utf-8-sig", newline="") as file:
        held = [[row[name] for name in header] for row in csv.DictReader(file)]
    assert held == shown


def edit(path: Path, lines: list[str]) -> None:
    """Apply a diff: what the lines with a minus say becomes what those with a plus say."""
    with path.open(encoding="utf-8", newline="") as file:
        text = file.read()
    removed = "\n".join(line[1:] for line in lines if line.startswith("-"))
    added = "\n".join(line[1:] for line in lines if line.startswith("+"))
    assert text.count(removed) == 1, f"{path.name} holds {removed!r} {text.count(removed)} times"
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(text.replace(removed, added))


def typed(command: str, language: str) -> list[str]:
    """Everything that the command shows."""
    words = [file for word in shlex.split(command) for file in expanded(word)]
    assert words.pop(0) == "kaohe"
    screen = io.StringIO()
    with contextlib.redirect_stdout(screen), contextlib.redirect_stderr(screen):
        run(words, {"LANG": language})
    return plain(screen.getvalue().splitlines())


def plain(lines: list[str]) -> list[str]:
    """Lines without what does not count: blank ones, and spaces beyond the first."""
    return [" ".join(line.split()) for line in lines if line.strip()]


def one_of(folder: Path, pattern: str) -> Path:
    """The one file that the pattern names."""
    (path,) = folder.glob(pattern)
    return path


def expanded(word: str) -> list[str]:
    """A word as a shell hands it on: a pattern becomes the files that it names."""
    return sorted(map(str, Path().glob(word))) if "*" in word else [word]


def as_pattern(shown: list[str]) -> str:
    """The output shown, as an expression that the real output must match."""
    patterns = [
        r"(?:.*\n)*" if line.strip() == ANYTHING else r".*".join(map(re.escape, line.split(ANYTHING))) + r"\n"
        for line in plain(shown)
    ]
    return "".join(patterns)


@pytest.mark.parametrize("name", TUTORIALS)
def test_every_command_of_the_tutorial_shows_what_the_tutorial_says(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path
    monkeypatch.chdir(folder)
    typed_commands = 0
    for kind, about, lines in blocks((DOCS / name).read_text("utf-8")):
        if kind == "file":
            (folder / about).write_text("\n".join(lines) + "\n", "utf-8")
        elif kind == "sheet":
            write_sheet(folder / about, lines)
        elif kind == "shows":
            check_file(one_of(folder, about), lines)
        elif kind == "edit":
            edit(one_of(folder, about), lines)
        else:
            for command, shown in commands(lines):
                if command.startswith("cd "):
                    folder /= command.removeprefix("cd ")
                    monkeypatch.chdir(folder)
                    continue
                found = "".join(f"{line}\n" for line in typed(command, TUTORIALS[name]))
                assert re.fullmatch(as_pattern(shown), found), f"{name}: $ {command}\n{found}"
                typed_commands += 1
    assert typed_commands >= 15


def test_both_tutorials_take_the_same_steps() -> None:
    english, chinese = ([*blocks((DOCS / name).read_text("utf-8"))] for name in TUTORIALS)
    assert [(kind, about) for kind, about, _lines in english] == [(kind, about) for kind, about, _lines in chinese]


def test_a_wrong_output_would_be_noticed() -> None:
    assert not re.fullmatch(as_pattern(["1 added", "…", "end"]), "2 added\nmore\nend\n")
    assert re.fullmatch(as_pattern(["1 … kept", "…", "end"]), "1 row kept\nmore\nand more\nend\n")
