"""Sheets as an Excel workbook: the same sheets always make the same file, to the byte."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import IO, Any

import xlsxwriter

from kaohe.report.sheet import Column, Sheet, as_decimal, as_text

_A4 = 9
_WIDEST = 60
# Without one of its own, a workbook's properties say this and not the moment at which it happened to be written.
_NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)


def write_xlsx(
    sheets: Sequence[Sheet], target: IO[bytes], *, title: str | None = None, created: datetime | None = None
) -> None:
    """The sheets as a workbook: frozen and repeated headers, widths that fit, number formats, set up for printing on
    A4, no live formulas. ``title`` and ``created`` are its properties."""
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    named = {} if title is None else {"title": title}
    moment = (created or _NO_DATE).astimezone(UTC).replace(tzinfo=None, microsecond=0)
    book.set_properties({**named, "comments": "kaohe", "created": moment})
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    taken: set[str] = set()
    for sheet in sheets:
        page = book.add_worksheet(_sheet_name(sheet.title, taken))
        page.freeze_panes(1, sheet.fixed)
        for index, column in enumerate(sheet.columns):
            page.set_column(index, index, _width(sheet, index), book.add_format(_format(column)))
            page.write_string(0, index, column.header, head)
        for line, row in enumerate(sheet.rows, start=1):
            _write_row(page, line, sheet.columns, row)
        if sheet.total is not None:
            sums = [book.add_format({**_format(column), "bold": True, "top": 1}) for column in sheet.columns]
            _write_row(page, len(sheet.rows) + 1, sheet.columns, sheet.total, sums)
        if sheet.rows:
            page.autofilter(0, 0, len(sheet.rows), len(sheet.columns) - 1)
        _print_setup(page, sheet)
    book.close()


def _write_row(page: Any, line: int, columns: Sequence[Column], row: Sequence[Any], forms: Sequence[Any] = ()) -> None:
    for index, (column, value) in enumerate(zip(columns, row, strict=True)):
        form = forms[index] if forms else None
        if value is None:
            if form is not None:
                page.write_blank(line, index, None, form)
        elif column.kind == "text":
            page.write_string(line, index, str(value), form)
        else:
            page.write_number(line, index, as_decimal(column, value), form)


def _print_setup(page: Any, sheet: Sheet) -> None:
    """On A4 across, as wide as the paper, the header on each page."""
    page.set_landscape()
    page.set_paper(_A4)
    page.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.set_header("&L&A")
    page.set_footer("&R&P / &N")
    if sheet.fixed:
        page.repeat_columns(0, sheet.fixed - 1)


def _format(column: Column) -> dict[str, Any]:
    form: dict[str, Any] = {"num_format": number_format(column)}
    return form | {"text_wrap": True, "valign": "top"} if column.wraps else form


def number_format(column: Column) -> str:
    """How Excel shows the column's cells."""
    match column.kind:
        case "text":
            return "@"
        case "count":
            return "0"
        case "points":
            return "0." + "0" * column.decimals if column.decimals else "0"
        case "money":
            return "#,##0.00"
        case "number":
            return "General"


def _width(sheet: Sheet, index: int) -> int:
    """Cells of the widest text in the column, Chinese counting double; at most 60."""
    column = sheet.columns[index]
    found = {row[index] for row in (sheet.rows if sheet.total is None else [*sheet.rows, sheet.total])} - {None}
    if found and column.kind in ("count", "points", "money") and all(isinstance(each, int) for each in found):
        found = {min(found), max(found)}  # with the same decimals everywhere, one of these is the longest
    widest = max(_cells(text) for text in (column.header, *(as_text(column, each) for each in found)))
    return min(_WIDEST, 2 + widest)


def _cells(text: str) -> int:
    if text.isascii() and "\n" not in text:
        return len(text)
    return max(sum(2 if ord(letter) > 0x2E7F else 1 for letter in line) for line in text.split("\n"))


def _sheet_name(title: str, taken: set[str]) -> str:
    """Excel allows 31 characters and none of []:*?/\\ in a sheet's name, and each name once whatever its capitals."""
    bent = "".join("-" if letter in "[]:*?/\\" else letter for letter in title)[:31].strip("'") or "kaohe"
    name, number = bent, 1
    while name.lower() in taken:
        number += 1
        ending = f" {number}"
        name = bent[: 31 - len(ending)] + ending
    taken.add(name.lower())
    return name
