"""A file opened as a table of text cells: what CSV, XLSX and JSON have in common, and how each is told apart."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kaohe.errors import Exit, KaoheError, Place, Problem, fail
from kaohe.records.rows import Mistake, Rejection
from kaohe.system import said_by_system
from kaohe.text import Message, msg

if TYPE_CHECKING:
    from kaohe.records.chunks import Chunks

_ZIP = b"PK\x03\x04"
_PARQUET = b"PAR1"
_GZIP = b"\x1f\x8b"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKUP = (b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta", b"<head", b"<style", b"mime-version")
_BOMS = (b"\xff\xfe", b"\xfe\xff")
_CELL = re.compile(r"([A-Z]+)(\d+)")
_JSON = (".json", ".jsonl", ".ndjson")
HEAD = 65_536


Rows = Generator[tuple[int, Sequence[str]], None, None]


def _no_rows() -> Rows:
    yield from ()


def _nothing_to_release() -> None:
    """For files that are not open any more."""


@dataclass
class Table:
    """A header and the rows below it, read as they are asked for.

    ``chunks`` gives the rows as columns; without it ``rows`` gives each row's number (the first row of the file is 1)
    and its cells. ``release`` closes the file. A row that the format itself makes unreadable goes to ``broken``
    instead. ``first_column`` is where the header begins in a sheet, from 0. ``named``: columns bear their names by
    themselves, and no row of the file holds them.
    """

    file: str
    header: tuple[str, ...] = ()
    rows: Rows = field(default_factory=_no_rows)
    sheet: str | None = None
    first_column: int = 0
    named: bool = False
    broken: list[Rejection] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    chunks: Chunks | None = None
    release: Callable[[], None] = _nothing_to_release

    def close(self) -> None:
        """Stop reading, and close the file."""
        self.rows.close()
        if self.chunks is not None:
            self.chunks.close()
        self.release()

    def place(self, row: int, column: int = 0) -> Place:
        """Where a row stands; in a sheet, one of its cells."""
        if self.sheet is None:
            return Place(self.file, row)
        return Place(self.file, sheet=self.sheet, cell=f"{column_letters(self.first_column + column)}{row}")

    def reject(self, row: int, cells: Sequence[str], reason: Message, fix: Message) -> Rejection:
        """A row refused as a whole."""
        return Rejection(row, tuple(cells), (Mistake(None, None, "", reason, fix),), self.place(row))


def kind_of(source: Path) -> str:
    """``xlsx``, ``parquet``, ``json`` or ``csv``, by content first. Raises KaoheError for a file of none of them."""
    try:
        with source.open("rb") as file:
            head = file.read(HEAD)
    except OSError as error:
        raise fail(
            Problem(
                "records.unreadable-file",
                msg("the file cannot be opened: {reason}", reason=said_by_system(error)),
                Place(str(source)),
            ),
            Exit.ENVIRONMENT,
        ) from None
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(_ZIP):
        return "xlsx"
    if head.startswith(_PARQUET):
        return "parquet"
    if head.startswith(_OLE):
        raise refused(
            source,
            msg("this is an old Excel workbook (.xls), or one that is protected by a password"),
            msg("Open it in Excel and save it as .xlsx without a password."),
        )
    if head.startswith(_GZIP):
        what = msg("this file is compressed (gzip)")
        raise refused(source, what, msg("Unpack it first, and import what it holds."))
    if start[:16].lower().startswith(_MARKUP):
        raise refused(
            source,
            msg("this is a web page, although Excel may open it"),
            msg("Open it in Excel and save it as .xlsx or CSV."),
        )
    if not head.startswith(_BOMS) and b"\0" in head:
        raise refused(source, msg("this is not a text file"), msg("Give a CSV, XLSX, JSON or Parquet file."))
    if not start:
        raise refused(source, msg("the file is empty"), msg("Give a file with a header row and records."))
    return "json" if source.suffix.lower() in _JSON or start[:1] in (b"{", b"[") else "csv"


def refused(source: Path, what: Message, fix: Message, line: int | None = None) -> KaoheError:
    """The error of a file that cannot be read at all."""
    return fail(Problem("records.unreadable-file", what, Place(source.name, line), fix=fix))


def header_problem(source: Path, what: Message, fix: Message, place: Place | None = None) -> KaoheError:
    """The error of a file whose header cannot be used."""
    return fail(Problem("records.header", what, place or Place(source.name), fix=fix))


def column_letters(index: int) -> str:
    """The letters a spreadsheet gives a column: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_of(row: Place, column: int | None, label: str | None) -> Place:
    """The cell of a row; in a file without cells, the row and the column's name."""
    match = _CELL.fullmatch(row.cell or "")
    if match is None or column is None:
        return row if row.cell else Place(row.file, row.line, key=label)
    start = 0
    for letter in match[1]:
        start = 26 * start + ord(letter) - ord("A") + 1
    return Place(row.file, sheet=row.sheet, cell=f"{column_letters(start - 1 + column)}{match[2]}")
