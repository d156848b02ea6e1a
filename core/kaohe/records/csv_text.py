"""The text of a CSV file, piece by piece, in UTF-8 whatever its encoding is."""

from __future__ import annotations

import codecs
import re
from collections.abc import Generator
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa

BLOCK = 4 << 20
"""Bytes that are read at once."""
_LINE_END = re.compile(rb"\r\n|\n|\r")


class NotInEncoding(Exception):  # noqa: N818 - what was found, not a fault
    """From here on the text is not in its encoding."""


class CsvText:
    """A file being read. ``left`` holds the text that was read and not consumed yet, in UTF-8; ``line`` counts the
    lines that were consumed, however they end."""

    def __init__(self, source: Path, encoding: str) -> None:
        self._file: BinaryIO = source.open("rb")
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._as_it_is = encoding in ("utf-8", "utf-8-sig")
        self._mark = codecs.BOM_UTF8 if encoding == "utf-8-sig" else b""
        self._cut = b""
        self.left = b""
        self.line = 0
        self.ended = False
        self._broken = False

    def close(self) -> None:
        self._file.close()

    def fill(self, least: int = 0) -> None:
        """Read until so many bytes are left, by default a block, or the file has ended.

        Where the text stops being in its encoding, whole lines before that place are left first; raises NotInEncoding
        when there are none.
        """
        least = least or BLOCK
        while len(self.left) < least and not self.ended:
            if self._broken:
                if b"\n" in self.left:
                    return
                raise NotInEncoding
            block = self._file.read(BLOCK)
            if self._as_it_is and self._take_as_it_is(block):
                continue
            try:
                text = self._decoder.decode(self._cut + block, final=not block)
                self._cut, self.ended = b"", not block
            except UnicodeError as error:  # also of UTF-16 that does not say which one it is
                text = _sound(error) if isinstance(error, UnicodeDecodeError) else ""
                self._broken = True
            self.left += text.encode()

    def _take_as_it_is(self, block: bytes) -> bool:
        """Leave a block of UTF-8 without decoding it; False, and nothing is done, where it is none, or the last."""
        data = self._cut + block.removeprefix(self._mark)
        end = whole_characters(data)
        if not block or not is_utf8(data[:end]):
            self._as_it_is = False
            return False
        if self._mark:  # it stands at the beginning alone
            self._mark, self._decoder = b"", codecs.getincrementaldecoder("utf-8")()
        self.left += data[:end]
        self._cut = data[end:]
        return True

    def take(self, size: int, lines: int) -> bytes:
        """Consume so many bytes, which end so many lines."""
        taken, self.left = self.left[:size], self.left[size:]
        self.line += lines
        return taken

    def lines(self) -> Generator[str, None, None]:
        """The lines with their ends, consumed as they are asked for."""
        at = 0
        try:
            while True:
                end = _LINE_END.search(self.left, at)
                if end is None or (end.end() == len(self.left) and end[0] == b"\r"):
                    if not self.ended:
                        self.take(at, 0)
                        at = 0
                        self.fill(len(self.left) + BLOCK)
                        continue
                    if at == len(self.left):
                        return
                stop = len(self.left) if end is None else end.end()
                line, at = self.left[at:stop].decode(), stop
                self.line += 1
                yield line
        finally:
            self.take(at, 0)


def is_utf8(data: bytes) -> bool:
    """Whether these bytes are whole characters in UTF-8, as Python's strict decoder sees it."""
    offsets = pa.py_buffer(np.array([0, len(data)], np.int64))
    try:
        pa.Array.from_buffers(pa.large_string(), 1, [None, offsets, pa.py_buffer(data)]).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def whole_characters(data: bytes) -> int:
    """Up to where the bytes may be whole characters in UTF-8: the rest begins one that is longer."""
    for back in range(1, min(3, len(data)) + 1):
        byte = data[-back]
        if byte & 0xC0 != 0x80:  # the first byte of a character
            size = 1 if byte < 0xC0 else 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return len(data) - back if size > back else len(data)
    return len(data)


def _sound(error: UnicodeDecodeError) -> str:
    """The text before the bytes that are none."""
    try:
        return error.object[: error.start].decode(error.encoding)
    except UnicodeDecodeError:
        return ""
