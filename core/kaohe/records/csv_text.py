"""The text of a CSV file, piece by piece, in UTF-8 whatever its encoding is."""

from __future__ import annotations

import codecs
import re
from collections.abc import Generator
from pathlib import Path
from typing import BinaryIO

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
            try:
                text = self._decoder.decode(block, final=not block)
                self.ended = not block
            except UnicodeError as error:  # also of UTF-16 that does not say which one it is
                text = _sound(error) if isinstance(error, UnicodeDecodeError) else ""
                self._broken = True
            self.left += text.encode()

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


def _sound(error: UnicodeDecodeError) -> str:
    """The text before the bytes that are none."""
    try:
        return error.object[: error.start].decode(error.encoding)
    except UnicodeDecodeError:
        return ""
