"""XLSX sheets as tables of text: every cell becomes what a person would have typed."""

from __future__ import annotations

import zipfile
import zlib
from datetime import date, datetime, time, timedelta
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from kaohe.errors import Place, Problem, fail
from kaohe.records.excel_archive import unpacked
from kaohe.records.headers import is_quarantine
from kaohe.records.source import Rows, Table, header_problem, refused
from kaohe.records.words import nearest, trim
from kaohe.text import msg

_Cell = int | float | str | bool | time | date | datetime | timedelta
_EXACT = 10**15
# What zipfile, zlib and the reader raise for files that are not what they should be, or encrypted.
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    CalamineError,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OverflowError,
    ValueError,
)


def open_excel(source: Path, *, sheet: str | None = None, header: int = 0) -> Table:
    """Open a sheet by name, else the first visible one that is not empty; ``header`` is the row naming the columns.

    Raises KaoheError where the workbook is damaged or protected, or the sheet or its header is not there.
    """
    try:
        workbook = CalamineWorkbook.from_filelike(unpacked(source))
        chosen = _sheet(workbook, source, sheet)
    except _DAMAGED as error:
        what = msg("the workbook is damaged or not an Excel file")
        raise refused(source, what, msg("Save it again as .xlsx.")) from error
    table = Table(source.name, (), _rows(chosen), chosen.name, chosen.start[1] if chosen.start else 0)
    for number, cells in table.rows:
        if number == header or (not header and any(cells)) or is_quarantine(cells):
            table.header = tuple(trim(cell) for cell in cells)
            break
    if not any(table.header):
        what = msg("the sheet has no header row")
        place = Place(source.name, sheet=chosen.name)
        raise header_problem(source, what, msg("Put the columns' names into a first row."), place)
    if sheet is None and len(workbook.sheet_names) > 1:
        what = msg("sheet {sheet} was read", sheet=chosen.name)
        others = ", ".join(name for name in workbook.sheet_names if name != chosen.name)
        fix = msg("Other sheets: {sheets}. Choose one with --sheet or in the mapping.", sheets=others)
        table.notes.append(Problem("records.sheet", what, Place(source.name), fix=fix, severity="note"))
    return table


def _sheet(workbook: CalamineWorkbook, source: Path, wanted: str | None) -> CalamineSheet:
    names = workbook.sheet_names
    if wanted is not None:
        if wanted in names:
            return workbook.get_sheet_by_name(wanted)
        near = nearest(wanted, names)
        raise fail(
            Problem(
                "records.no-sheet",
                msg("the workbook has no sheet {sheet}", sheet=wanted),
                Place(source.name),
                expected=", ".join(names),
                fix=msg("Did you mean {name}?", name=near) if near else None,
            )
        )
    hidden = [entry.name for entry in workbook.sheets_metadata if "Visible" not in str(entry.visible)]
    for name in sorted(names, key=lambda name: name in hidden):
        sheet = workbook.get_sheet_by_name(name)
        if sheet.start is not None:
            return sheet
    raise refused(source, msg("the workbook is empty"), msg("Give a sheet with a header row and records."))


def _rows(sheet: CalamineSheet) -> Rows:
    for number, cells in enumerate(sheet.iter_rows(), 1):
        yield number, [cell if type(cell) is str else typed(cell) for cell in cells]


def typed(cell: _Cell) -> str:
    """A cell as a person would have typed it: 1012.0 as 1012, true as TRUE, a date as 2026-01-05.

    Numbers keep the 15 digits that a spreadsheet knows; longer whole numbers have lost digits there already and are
    written as Excel shows them, so that they are not taken for codes.
    """
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return _duration(cell)
    if abs(cell) >= _EXACT:
        return f"{cell:.14E}"
    if cell == int(cell):
        return str(int(cell))
    text = f"{cell:.15g}"
    return f"{float(text):.20f}".rstrip("0") if "e" in text else text


def _duration(cell: timedelta) -> str:
    sign = "-" if cell < timedelta() else ""
    minutes, seconds = divmod(round(abs(cell).total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{sign}{hours}:{minutes:02d}:{seconds:02d}"
