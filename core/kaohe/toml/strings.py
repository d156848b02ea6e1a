"""What a TOML string literal holds, character by character, each with the place in the file it comes from."""

from __future__ import annotations

import re
from functools import lru_cache

_SIMPLE = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b", '"': '"', "\\": "\\"}
_LINE_END = re.compile(r"\\[ \t]*\n\s*")
_HEX_DIGITS = {"u": 4, "U": 8, "x": 2}


# One literal may have two thousand mistakes: each asks where it stands.
@lru_cache(maxsize=4)
def content(text: str, start: int, end: int) -> tuple[tuple[str, int], ...]:
    """The characters of the literal ``text[start:end]``, quotes included there, with their offsets in ``text``."""
    quote = text[start]
    long = text.startswith(quote * 3, start) and end - start >= 6
    width = 3 if long else 1
    offset, stop = start + width, end - width
    if long and text.startswith("\n", offset):
        offset += 1
    if quote == "'":
        return tuple((text[index], index) for index in range(offset, stop))
    return tuple(_unescaped(text, offset, stop))


def _unescaped(text: str, offset: int, stop: int) -> list[tuple[str, int]]:
    characters = []
    while offset < stop:
        if text[offset] != "\\":
            characters.append((text[offset], offset))
            offset += 1
        elif swallowed := _LINE_END.match(text, offset, stop):
            offset = swallowed.end()
        else:
            letter = text[offset + 1 : offset + 2]
            digits = _HEX_DIGITS.get(letter, 0)
            characters.append((_escape(letter, text[offset + 2 : offset + 2 + digits]), offset))
            offset += 2 + digits
    return characters


def _escape(letter: str, digits: str) -> str:
    try:
        return chr(int(digits, 16)) if digits else _SIMPLE.get(letter, letter)
    except (ValueError, OverflowError):
        return "\ufffd"  # the parser reports it
