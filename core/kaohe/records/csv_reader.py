"""The rows of a CSV file as columns: many at once where its bytes prove what they mean, one by one elsewhere.

The meaning is that of the standard library's reader, strictly. A piece of text without quotation marks means just its
lines, cut at the delimiter; one with quotation marks does so where each cell that has any is wrapped in them.
"""

from __future__ import annotations

import csv
from codecs import BOM_UTF8
from contextlib import closing
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from kaohe.exact import Ints
from kaohe.records.cell_bytes import Cells, table_of_bytes
from kaohe.records.chunks import ROWS_AT_ONCE, Chunk, Chunks, chunk_of_rows
from kaohe.records.csv_text import CsvText, NotInEncoding
from kaohe.records.source import Rows, Table, refused
from kaohe.text import msg

LARGEST_CELL = 1_000_000
_DELIMITERS = ",;\t|"
_QUOTE, _LINE_FEED, _RETURN = (ord(mark) for mark in '"\n\r')


class CsvReader:
    """A CSV file on its way into a table; ``number`` counts its rows so far, blank ones too."""

    def __init__(self, source: Path, encoding: str, delimiter: str, table: Table) -> None:
        csv.field_size_limit(LARGEST_CELL)
        self._source, self._encoding, self._delimiter, self._table = source, encoding, delimiter, table
        self._text = CsvText(source, encoding)
        self.number = 0

    def close(self) -> None:
        self._text.close()

    def rows(self) -> Rows:
        """Every row with its number; a row whose quotation marks do not match goes to the table's ``broken``."""
        with closing(self._text.lines()) as lines:
            reader = csv.reader(lines, delimiter=self._delimiter, strict=True)
            line = self._text.line
            while True:
                try:
                    for cells in reader:
                        self.number += 1
                        line = self._text.line
                        yield self.number, cells
                    return
                except NotInEncoding:
                    raise self._in_another_encoding() from None
                except csv.Error as error:
                    if "larger than field limit" in str(error):
                        raise _endless(self._source, line + 1) from None
                    if "expected after" not in str(error):
                        raise _unclosed(self._source, line + 1) from None
                    self.number += 1
                    line = self._text.line
                    self._break(self.number)

    def chunks(self) -> Chunks:
        """The rest of the file; at least one chunk."""
        first = True
        while True:
            try:
                self._text.fill()
            except NotInEncoding:
                raise self._in_another_encoding() from None
            if not self._text.left and not first and not self._table.broken:
                return
            yield self._at_once() or self._one_by_one()
            first = False

    def _one_by_one(self) -> Chunk:
        with closing(self.rows()) as rows:
            return chunk_of_rows(self._table, islice(rows, ROWS_AT_ONCE))

    def _at_once(self) -> Chunk | None:
        """The whole rows of what was read, as columns; None where that is not known to mean the same."""
        ends = _row_ends(self._text.left, self._delimiter, ended=self._text.ended)
        if ends is None or not len(ends):
            return None
        text = self._text.left[: int(ends[-1])]
        starts = np.concatenate(([0], ends[:-1]))
        filled = ends - starts > 2
        data = np.frombuffer(text, np.uint8)
        for row in np.flatnonzero(~filled):
            filled[row] = bool(data[starts[row] : ends[row]].tobytes().strip(b"\r\n"))
        columns = self._parsed(text) if filled.any() else [pa.array([], pa.string())] * len(self._table.header)
        if columns is None or len(columns[0]) != np.count_nonzero(filled):
            return None
        numbers: Ints = self.number + 1 + np.flatnonzero(filled)
        self.number += len(ends)
        self._text.take(len(text), text.count(b"\n") + (not text.endswith(b"\n")))
        chunk = Chunk(numbers, tuple(columns))
        blank = np.ones(len(numbers), np.bool_)
        for column in columns:
            blank &= Cells(column).lengths == 0
        return chunk.only(np.flatnonzero(~blank)) if blank.any() else chunk

    def _parsed(self, text: bytes) -> list[pa.StringArray] | None:
        names = [str(index) for index in range(len(self._table.header))]
        quoted = b'"' in text
        try:
            table = arrow_csv.read_csv(
                pa.BufferReader(text),
                arrow_csv.ReadOptions(column_names=names, block_size=len(text) + 1),
                arrow_csv.ParseOptions(
                    delimiter=self._delimiter, quote_char='"' if quoted else False, newlines_in_values=quoted
                ),
                arrow_csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, check_utf8=False
                ),
            )
        except pa.ArrowInvalid:  # a row of another width
            return None
        return [column.combine_chunks() for column in table.columns]

    def _break(self, number: int) -> None:
        what = msg("a quotation mark stands in the middle of a cell")
        fix = msg("Put the whole cell in quotation marks and double those inside it.")
        self._table.broken.append(self._table.reject(number, (), what, fix))

    def _in_another_encoding(self) -> Exception:
        return refused(
            self._source,
            msg("from here on the text is not in the encoding {encoding}", encoding=self._encoding),
            msg("Correct the encoding in the mapping under [source], or leave it out."),
            self._text.line + 1,
        )


def _row_ends(text: bytes, delimiter: str, *, ended: bool) -> Ints | None:
    """Where each whole row ends; None where the text must be read one by one.

    That is so where it holds a return without a line feed, a zero, a quotation mark that neither opens nor closes a
    cell nor is doubled inside one, or a row long enough to hold too large a cell; where it begins with an invisible
    mark, or the delimiter is an unusual one.
    """
    if delimiter not in _DELIMITERS or text.startswith(BOM_UTF8) or b"\0" in text:
        return None
    if b"\r" in text and text.count(b"\r") != text.count(b"\r\n"):
        return None
    data = np.frombuffer(text, np.uint8)
    ends = np.flatnonzero(data == _LINE_FEED) + 1
    quotes = np.flatnonzero(data == _QUOTE) if b'"' in text else np.zeros(0, np.int64)
    if len(quotes):
        ends = ends[np.searchsorted(quotes, ends) % 2 == 0]
    if ended and text and (not len(ends) or ends[-1] != len(text)):
        if len(quotes) % 2:
            return None
        ends = np.append(ends, len(text))
    if not len(ends):
        return ends
    if np.diff(ends, prepend=0).max() > LARGEST_CELL:
        return None
    quotes = quotes[: np.searchsorted(quotes, ends[-1])]
    if not len(quotes):
        return ends
    opening, closing_ = quotes[::2], quotes[1::2]
    # At the beginning and the end of the text nothing stands beside a quotation mark, which is as good as a line's end.
    before = data[opening[1 if opening[0] == 0 else 0 :] - 1]
    after = data[closing_[: -1 if closing_[-1] == len(data) - 1 else None] + 1]
    beside = table_of_bytes(bytes((ord(delimiter), _LINE_FEED, _QUOTE)))
    if not (beside[before].all() and (beside[after] | (after == _RETURN)).all()):
        return None
    return ends


def _unclosed(source: Path, line: int) -> Exception:
    return refused(
        source,
        msg("a quotation mark that is opened on this line is not closed"),
        msg("Close the quotation mark, or double it if it belongs to the text."),
        line,
    )


def _endless(source: Path, line: int) -> Exception:
    return refused(
        source,
        msg("a cell that begins on this line holds more than a million characters"),
        msg("Look for a quotation mark that is not closed, or shorten the cell."),
        line,
    )
