"""A small organisation with an assessment round, and forms filled in as raters would."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import xlsxwriter
from python_calamine import CalamineWorkbook
from tests.scenarios.desk import Desk
from tests.tiny import write

# M1 manages four in one team and one alone in hers; G1 left in January, so that J1's manager is gone.
PEOPLE = """\
code,name,team,role,manager,from,to
M1,莫一,管理部,lead,,2025-01-01,
A1,安一,北队,agent,M1,2025-01-01,
A2,安二,北队,agent,M1,2025-01-01,
A3,安三,北队,agent,M1,2025-01-01,
A4,安四,北队,agent,M1,2025-01-01,
S1,单一,独队,agent,M1,2025-01-01,
G1,高一,北队,agent,M1,2025-01-01,2026-01-31
J1,江一,独队,agent,G1,2025-01-01,
"""
ROUND = "Q1"
Cells = Mapping[str, Any]


def company(folder: Path, *, database: str | None = None) -> Desk:
    desk = Desk(folder / "company")
    desk.do("init", desk.workspace, *(() if database is None else ("--database", database)))
    desk.do("people", "import", write(desk, "people.csv", PEOPLE))
    return desk


def open_round(desk: Desk, *words: str, name: str = ROUND) -> str:
    """Open the round of the first quarter; what was said."""
    return desk.do("assessment", "open", name, "--period", "2026-Q1", "--peers", "2", *words).err


def pairs(desk: Desk, name: str = ROUND) -> set[tuple[str, str, str]]:
    """(subject, relation, rater), as the exported list says."""
    path = desk.workspace / f"pairs-{len([*desk.workspace.glob('pairs-*')])}.xlsx"
    desk.do("assessment", "assignments", name, "--export", path)
    return {(row[0], row[2].lower(), row[3]) for row in sheet(path)[1:]}


def forms(desk: Desk, *words: str, name: str = ROUND) -> dict[str, Path]:
    """Forms written anew, by the rater's code or name."""
    folder = desk.workspace / f"forms-{len([*desk.workspace.glob('forms-*')])}"
    desk.do("assessment", "forms", name, "--output", folder, *words)
    return {path.stem.split("_")[1]: path for path in sorted(folder.iterdir())}


def sheet(path: Path) -> list[list[Any]]:
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()


def rows_of(form: Path) -> dict[tuple[str, str], int]:
    """The row (as Excel counts) of each person and relation in a form."""
    rows = sheet(form)
    start = next(number for number, row in enumerate(rows) if row[0] == "工号 Code")
    return {(row[0], row[2].split()[-1].lower()): number + 1 for number, row in enumerate(rows) if number > start}


def fill(form: Path, cells: Cells, name: str = "filled") -> Path:
    """The form with these cells written over, by their names: {"D12": 4}."""
    rows = sheet(form)
    path = form.with_name(f"{name}-{form.name}")
    with closing(xlsxwriter.Workbook(str(path))) as workbook:
        page = workbook.add_worksheet("360 度评估")
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell != "":
                    page.write(number, column, cell)
        for where, value in cells.items():
            page.write(where, value)
    return path


def answer(form: Path, scores: Mapping[tuple[str, str], tuple[Any, ...]], name: str = "filled") -> Path:
    """The form with scores (and a comment after them) of people in relations."""
    rows = rows_of(form)
    cells = {f"{'DEFGH'[at]}{rows[who]}": score for who, given in scores.items() for at, score in enumerate(given)}
    return fill(form, {where: value for where, value in cells.items() if value is not None}, name)


def records(desk: Desk) -> list[dict[str, str]]:
    """The stored ratings without their numbers, in a stable order."""
    rows = [*csv.DictReader(desk.stored("assessment"))]
    return sorted(({name: value for name, value in row.items() if name != "no"} for row in rows), key=str)


def scores(desk: Desk) -> dict[tuple[str, ...], str]:
    """Scores by subject, rater, relation and item."""
    return {(row["subject"], row["rater"], row["relation"], row["item"]): row["score"] for row in records(desk)}


def list_file(desk: Desk, rows: list[tuple[str, str, str]], name: str = "list.xlsx") -> Path:
    """A list of pairs as somebody would write it."""
    path = desk.workspace / name
    with closing(xlsxwriter.Workbook(str(path))) as workbook:
        page = workbook.add_worksheet("list")
        for number, row in enumerate([("subject", "relation", "rater"), *rows]):
            page.write_row(number, 0, row)
    return path


def audited(desk: Desk) -> list[tuple[str, dict[str, Any]]]:
    """What the audit says of rounds, besides the seals."""
    with closing(sqlite3.connect(desk.workspace / "kaohe.db")) as connection:
        rows = connection.execute("SELECT action, detail FROM audit_log WHERE action LIKE 'assessment.%' ORDER BY seq")
        said = [(action, json.loads(detail)) for action, detail in rows]
    return [(action, {name: each for name, each in detail.items() if name != "seals"}) for action, detail in said]


def status(desk: Desk, *words: str, name: str = ROUND) -> Any:
    return json.loads(desk.do("assessment", "status", name, "--format", "json", *words).out)
