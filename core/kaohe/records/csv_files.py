"""CSV as it arrives: its encoding, its delimiter, its header, its rows."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from kaohe.errors import Place, Problem
from kaohe.records.csv_reader import CsvReader
from kaohe.records.csv_text import is_utf8, whole_characters
from kaohe.records.headers import is_quarantine
from kaohe.records.source import HEAD, Table, header_problem, refused
from kaohe.records.words import trim
from kaohe.text import msg

DELIMITERS = ",;\t"
_HEADER_WITHIN = 50


def open_csv(source: Path, *, encoding: str | None = None, delimiter: str | None = None, header: int = 0) -> Table:
    """Open a CSV file; ``header`` is the row that names the columns (0: the first row that is not empty).

    Of a quarantine file nothing needs to be said: it is as kaohe wrote it, or as a spreadsheet saved it again.
    Raises KaoheError where encoding or header cannot be made out.
    """
    if (encoding or delimiter or header) and _is_quarantine(source):
        encoding, delimiter, header = None, None, 0
    encoding = encoding or detect_encoding(source)
    separator = delimiter or _separator(source, encoding, header)
    table = Table(source.name)
    reader = CsvReader(source, encoding, separator, table)
    try:
        with closing(reader.rows()) as rows:
            for number, cells in rows:
                if number == header or (not header and _filled(cells) and not _declaration(cells, separator)):
                    table.header = tuple(trim(cell) for cell in cells)
                    break
        if not any(table.header):
            what = msg("the file has no header row")
            raise header_problem(source, what, msg("Put the columns' names into a first row."))
    except BaseException:
        reader.close()
        raise
    table.chunks, table.release = reader.chunks(), reader.close
    if encoding not in ("utf-8", "utf-8-sig"):
        what = msg("read as {encoding}", encoding=encoding.upper())
        table.notes.append(Problem("records.encoding", what, Place(source.name), severity="note"))
    return table


def _is_quarantine(source: Path) -> bool:
    with source.open("rb") as file:
        start = file.read(HEAD)
    for encoding in ("utf-8-sig", "gb18030", "utf-16"):
        text = start.decode(encoding, errors="replace")
        for delimiter in DELIMITERS:
            rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
            try:
                if is_quarantine(next(rows, ())):
                    return True
            except csv.Error:
                continue
    return False


def detect_encoding(source: Path) -> str:
    """By byte order mark, else UTF-8 if every byte fits, else GB18030 if every byte fits. Raises KaoheError."""
    with source.open("rb") as file:
        start = file.read(4)
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if _is_utf8(source):
        return "utf-8"
    if _decodes(source, "gb18030"):
        return "gb18030"
    raise refused(
        source,
        msg("the text is neither UTF-8 nor GB18030"),
        msg("Save it as UTF-8, or name its encoding in the mapping under [source]."),
    )


def _is_utf8(source: Path) -> bool:
    cut = b""
    with source.open("rb") as file:
        while chunk := file.read(1 << 20):
            data = cut + chunk
            end = whole_characters(data)
            if not is_utf8(data[:end]):
                return False
            cut = data[end:]
    return not cut


def _decodes(source: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with source.open("rb") as file:
        try:
            while chunk := file.read(1 << 20):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _separator(source: Path, encoding: str, header: int) -> str:
    try:
        return _declared(source, encoding) or _detect_delimiter(source, encoding, header)
    except UnicodeError:  # UTF-16 that does not say which one it is: the reader tells
        return DELIMITERS[0]


def _declared(source: Path, encoding: str) -> str | None:
    """The delimiter of a first line such as ``sep=;``, which Excel writes for itself."""
    with source.open(encoding=encoding, errors="replace") as file:
        line = file.readline(16).strip()
    return line[4] if len(line) == 5 and line.lower().startswith("sep=") else None


def _declaration(cells: Sequence[str], delimiter: str) -> bool:
    return delimiter.join(cells).lower() == f"sep={delimiter}"


def _detect_delimiter(source: Path, encoding: str, header: int) -> str:
    """The delimiter that cuts the header row into the most cells."""
    with source.open(encoding=encoding, errors="replace", newline="") as file:
        sample = file.read(HEAD)

    def width(delimiter: str) -> int:
        rows = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
        wanted = (row for number, row in enumerate(rows, 1) if number == header or (not header and _filled(row)))
        try:
            return len(next(wanted, ()))
        except csv.Error:
            return 0

    return max(DELIMITERS, key=width)


def _filled(row: Sequence[str]) -> bool:
    return any(cell.strip(DELIMITERS) for cell in row)
