"""Sheets as an Excel workbook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO

import xlsxwriter

from kaohe.report.sheet import Column, Sheet, as_decimal, as_text


def write_xlsx(sheets: Sequence[Sheet], target: IO[bytes]) -> None:
    """The sheets as a workbook: frozen headers, widths that fit, number formats, no live formulas."""
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    for sheet in sheets:
        page = book.add_worksheet(_sheet_name(sheet.title))
        page.freeze_panes(1, 0)
        for index, column in enumerate(sheet.columns):
            form = book.add_format({"num_format": number_format(column)})
            page.set_column(index, index, _width(sheet, index), form)
            page.write_string(0, index, column.header, head)
        for line, row in enumerate(sheet.rows, start=1):
            for index, (column, value) in enumerate(zip(sheet.columns, row, strict=True)):
                if value is None:
                    continue
                if column.kind == "text":
                    page.write_string(line, index, str(value))
                else:
                    page.write_number(line, index, as_decimal(column, value))
        if sheet.rows:
            page.autofilter(0, 0, len(sheet.rows), len(sheet.columns) - 1)
    book.close()


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


def _width(sheet: Sheet, index: int) -> int:
    """Cells of the widest text in the column, Chinese counting double; at most 60."""
    column = sheet.columns[index]
    texts = [column.header, *(as_text(column, row[index]) for row in sheet.rows)]
    return min(60, 2 + max(sum(2 if ord(letter) > 0x2E7F else 1 for letter in text) for text in texts))


def _sheet_name(title: str) -> str:
    """Excel allows 31 characters and none of []:*?/\\ in a sheet's name."""
    return "".join("-" if letter in "[]:*?/\\" else letter for letter in title)[:31] or "kaohe"
