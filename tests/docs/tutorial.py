"""The tutorial as it stands: its files are written, its commands typed, and what appears is handed on.

In the Markdown, a comment says what the block below it is: ``<!-- file: NAME -->`` a text file,
``<!-- sheet: NAME -->`` a table that is saved as a workbook, ``<!-- shows: NAME -->`` a table of some columns of a CSV
file, which must hold just that, ``<!-- edit: NAME -->`` a diff that is applied to a file. Names of files may be
patterns, as in a shell. In ``console`` blocks a line that begins with ``$`` is typed; below it stands what appears,
standard output and messages together. ``…`` stands for anything: within a line for any words, alone for any number of
lines. Blank lines do not count, and several spaces count as one.

``python -m tests.docs.tutorial`` writes into the tutorials what appears now, where it is no longer what they show.
"""

from __future__ import annotations

import contextlib
import csv
import io
import re
import shlex
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import xlsxwriter

from kaohe.cli.login import login
from kaohe.cli.main import run

DOCS = Path(__file__).parents[2] / "docs"
TUTORIALS = {
    "tutorial.md": "en_US.UTF-8",
    "tutorial.zh-CN.md": "zh_CN.UTF-8",
    "periods.md": "en_US.UTF-8",
    "periods.zh-CN.md": "zh_CN.UTF-8",
}
"""Pages of this kind, each in English and in Chinese, and the language in which its commands speak."""
ANYTHING = "…"


@dataclass(frozen=True)
class Block:
    """Something to be done: ``kind`` is ``file``, ``sheet``, ``shows``, ``edit`` or ``console``; ``start`` is the
    number of its first line in the text, from 0."""

    kind: str
    about: str
    lines: list[str]
    start: int


@dataclass(frozen=True)
class Step:
    """A command, the output that the tutorial shows (from line ``start``), and what really appeared."""

    command: str
    shown: list[str]
    start: int
    appeared: list[str]

    @property
    def true(self) -> bool:
        """Whether the tutorial tells the truth."""
        return re.fullmatch(as_pattern(self.shown), "".join(f"{line}\n" for line in plain(self.appeared))) is not None


def blocks(text: str) -> Iterator[Block]:
    """What is to be done, in order."""
    told: tuple[str, str] | None = None
    lines = text.splitlines()
    number = 0
    while number < len(lines):
        line = lines[number]
        number += 1
        if comment := re.fullmatch(r"<!-- (file|sheet|shows|edit): (.+) -->", line):
            told = (comment[1], comment[2])
        elif line.startswith("```") and (told or line == "```console"):
            end = lines.index("```", number)
            yield Block(*(told or ("console", "")), lines[number:end], number)
            number, told = end + 1, None
        elif line.startswith("|") and told:
            end = lines.index("", number)
            yield Block(*told, lines[number - 1 : end], number - 1)
            number, told = end, None


def perform(name: str, folder: Path) -> Iterator[Step]:
    """Do everything that the tutorial says, beginning in an empty folder; a step for every command."""
    for block in blocks((DOCS / name).read_text("utf-8")):
        match block.kind:
            case "file":
                (folder / block.about).write_text("\n".join(block.lines) + "\n", "utf-8")
            case "sheet":
                write_sheet(folder / block.about, block.lines)
            case "shows":
                check_file(one_of(folder, block.about), block.lines)
            case "edit":
                edit(one_of(folder, block.about), block.lines)
            case _:
                for command, shown, start in commands(block):
                    if command.startswith("cd "):
                        folder /= command.removeprefix("cd ")
                    else:
                        yield Step(command, shown, start, typed(command, folder, TUTORIALS[name]))


def commands(block: Block) -> Iterator[tuple[str, list[str], int]]:
    """The commands of a console block, each with the output that is shown and the line where that begins."""
    typed = [number for number, line in enumerate(block.lines) if line.startswith("$ ")]
    for number, end in zip(typed, [*typed[1:], len(block.lines)], strict=True):
        yield block.lines[number][2:], block.lines[number + 1 : end], block.start + number + 1


def typed(command: str, folder: Path, language: str) -> list[str]:
    """Everything that the command shows."""
    screen = io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(screen), contextlib.redirect_stderr(screen):
        words = [file for word in shlex.split(command) for file in expanded(word)]
        assert words.pop(0) == "kaohe"
        run(words, {"LANG": language})
    return [line.rstrip() for line in screen.getvalue().splitlines() if line.strip()]


def expanded(word: str) -> list[str]:
    """A word as a shell hands it on: a pattern becomes the files that it names."""
    return sorted(map(str, Path().glob(word))) if "*" in word else [word]


def table(lines: list[str]) -> list[list[str]]:
    """The cells of a Markdown table, header first."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [rows[0], *rows[2:]]


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


def check_file(path: Path, lines: list[str]) -> None:
    """Compare the columns shown with those of the file."""
    header, *shown = table(lines)
    with path.open(encoding="utf-8-sig", newline="") as file:
        held = [[row[name] for name in header] for row in csv.DictReader(file)]
    assert held == shown, f"{path.name} holds {held}"


def edit(path: Path, lines: list[str]) -> None:
    """Apply a diff: what the lines with a minus say becomes what those with a plus say."""
    with path.open(encoding="utf-8", newline="") as file:
        text = file.read()
    removed = "\n".join(line[1:] for line in lines if line.startswith("-"))
    added = "\n".join(line[1:] for line in lines if line.startswith("+"))
    assert text.count(removed) == 1, f"{path.name} holds {removed!r} {text.count(removed)} times"
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(text.replace(removed, added))


def one_of(folder: Path, pattern: str) -> Path:
    """The one file that the pattern names."""
    (path,) = folder.glob(pattern)
    return path


def plain(lines: list[str]) -> list[str]:
    """Lines without what does not count: blank ones, spaces beyond the first, and how long a rule is."""
    return [re.sub("─+", "─", " ".join(line.split())) for line in lines if line.strip()]


def as_pattern(shown: list[str]) -> str:
    """The output shown, as an expression that the real output must match."""
    patterns = [
        r"(?:.*\n)*" if line.strip() == ANYTHING else r".*".join(map(re.escape, line.split(ANYTHING))) + r"\n"
        for line in plain(shown)
    ]
    return "".join(patterns)


def refreshed(step: Step, folder: Path) -> list[str]:
    """What the tutorial should show: lines that are still true as they stand there, the others as they appeared.

    Where the tutorial leaves lines out, new ones are left out too.
    """
    kept = {as_pattern([line]): line for line in step.shown if line.strip() != ANYTHING}
    shortened = len(kept) < len(step.shown)
    lines: list[str] = []
    for line in step.appeared:
        told = next((shown for pattern, shown in kept.items() if re.fullmatch(pattern, plain([line])[0] + "\n")), None)
        if told is None and shortened:
            lines += [ANYTHING] if lines[-1:] != [ANYTHING] else []
        else:
            lines.append(told if told is not None else hidden(line, folder))
    return lines


def hidden(line: str, folder: Path) -> str:
    """A line without what is different every time: folders, digests, contents' names, who is logged in, the time."""
    line = re.sub(rf"{re.escape(str(folder))}(/care)?(?=/)", ANYTHING, line)
    line = re.sub(r"\b(digest|摘要) [0-9a-f]{8,}", rf"\1 {ANYTHING}", line)
    line = re.sub(r"(?<= )[0-9a-f]{12}\b", ANYTHING, line)
    now = r"20\d\d-\d\d-\d\d \d\d:\d\d"
    line = re.sub(rf"(?<= ){re.escape(login())} +(?={now})", f"{ANYTHING}   ", line)
    line = re.sub(now, ANYTHING, line)
    return re.sub(r"(cases)-[0-9a-f]{8}", rf"\1-{ANYTHING}", line)


def main() -> None:
    for name in TUTORIALS:
        path = DOCS / name
        lines = path.read_text("utf-8").splitlines()
        with tempfile.TemporaryDirectory() as folder:
            steps = [*perform(name, Path(folder))]
            for step in reversed(steps):
                if not step.true:
                    lines[step.start : step.start + len(step.shown)] = refreshed(step, Path(folder))
        path.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
