"""A workbook's archive, measured before it is read: a few kilobytes can claim a sheet of billions of cells.

The parts that make up sheets are unpacked once, measured, and handed on as a new archive. What was measured is
therefore what is read, whatever the old archive says of its sizes or holds beside.
"""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import Path
from typing import IO

from kaohe.records.source import refused
from kaohe.text import msg

MAX_BYTES = 1 << 29
MAX_CELLS = 20_000_000
_ROWS, _COLUMNS = 1_048_576, 16_384
_BLOCK = 1 << 20
# A row, a cell or a shared text: with its place as the first attribute, as everybody writes it, else with them all.
_TAG = re.compile(
    rb"<(?:[^\s<>/\"'=]++:)?(row|c|si)(?=[\s/>])"
    rb"(?:\s+r=\"([A-Za-z]*)(\d+)\"|((?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+)>|(<?))"
)
_PLACE = re.compile(rb"(?:^|\s)r\s*=\s*[\"']([A-Za-z]*)(\d+)")


def unpacked(source: Path) -> BytesIO:
    """The workbook as an archive without compression that holds its sheets' XML and nothing else.

    Raises KaoheError where it unpacks to more than ``MAX_BYTES`` or a sheet spans more than ``MAX_CELLS``, and
    ValueError, RuntimeError or what ``zipfile`` raises where it is damaged or encrypted.
    """
    target = BytesIO()
    size = 0
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(target, "w") as copy:
        for entry in archive.infolist():
            if not entry.filename.endswith((".xml", ".rels")):
                continue
            size += entry.file_size
            if size > MAX_BYTES:
                raise refused(
                    source,
                    msg("the workbook unpacks to more than {size} MB", size=MAX_BYTES >> 20),
                    msg("Save the sheet as CSV, which is read piece by piece."),
                )
            with archive.open(entry) as content, copy.open(zipfile.ZipInfo(entry.filename), "w") as part:
                _copy(content, part, source)
    target.seek(0)
    return target


def _copy(content: IO[bytes], part: IO[bytes], source: Path) -> None:
    span = _Span()
    rest = b""
    while block := content.read(_BLOCK):
        part.write(block)
        data = rest + block
        cut = data.rfind(b"<")
        span.add(data[:cut])
        rest = data[cut:]
        if len(rest) > 2 * _BLOCK:
            raise ValueError("a text without end")
        if span.cells > MAX_CELLS:
            raise refused(
                source,
                msg("a sheet spans more than {count} cells, empty ones included", count=f"{MAX_CELLS:,}"),
                msg("Delete rows and columns far from the others, or save the sheet as CSV."),
            )
    span.add(rest)


class _Span:
    """The rows and columns that a sheet reaches; a row or cell that does not say its place follows the one before."""

    def __init__(self) -> None:
        self.rows = self.columns = self.tags = self._row = self._column = 0

    @property
    def cells(self) -> int:
        return max(self.rows * self.columns, self.tags)

    def add(self, data: bytes) -> None:
        """Measure the tags in a piece of XML. ValueError for one that is broken or lies outside of any sheet."""
        tags = _TAG.findall(data)
        self.tags += len(tags)
        for name, letters, digits, rest, broken in tags:
            if not digits and rest and (place := _PLACE.search(rest)):
                letters, digits = place.groups()  # noqa: PLW2901 - the same, found elsewhere in the tag
            if broken or len(digits) > 7 or len(letters) > 3:
                raise ValueError("a place outside of the sheet")
            if name == b"row":
                self._row = int(digits) if digits else self._row + 1
                self._column = 0
            elif name == b"c":
                self._column = _number(letters) if digits else self._column + 1
                self._row = int(digits) if digits else self._row
                self.columns = max(self.columns, self._column)
            self.rows = max(self.rows, self._row)
        if self.rows > _ROWS or self.columns > _COLUMNS:
            raise ValueError("a place outside of the sheet")


def _number(letters: bytes) -> int:
    """The column of these letters: A is 1, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
