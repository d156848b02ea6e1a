"""A sheet in each of its forms: a table on the terminal, CSV, a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO, StringIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kaohe.cli.context import App
    from kaohe.report.sheet import Sheet


def show_sheet(app: App, sheet: Sheet, *, title: bool = True) -> None:
    """A table on stdout."""
    from kaohe.report.sheet import as_text

    rows = [[as_text(column, cell) for column, cell in zip(sheet.columns, row, strict=True)] for row in sheet.rows]
    headers = [column.header for column in sheet.columns]
    app.table(headers, rows, right=sheet.numbers, title=sheet.title if title else None)


def csv_text(sheet: Sheet) -> str:
    """The sheet as the text of a CSV file."""
    from kaohe.report.sheet import write_csv

    text = StringIO(newline="")
    write_csv(sheet, text)
    return text.getvalue()


def workbook(sheets: Sequence[Sheet]) -> bytes:
    """The sheets as the bytes of a workbook."""
    from kaohe.report.workbook import write_xlsx

    book = BytesIO()
    write_xlsx([*sheets], book)
    return book.getvalue()
