"""Says in a person's words what is wrong with a text that is no TOML, in as many places as can be told apart."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

from kaohe.errors import Place, Problem
from kaohe.text import Message, msg
from kaohe.toml.positions import Path, Positions, Spot

_POSITION = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_STATEMENT = re.compile(r"\s*(?:\[[\w\"'\[]|[\w\"'.-]+\s*=)")
_CONTINUED = re.compile(r"\"\"\"|'''|[\[{,]\s*$")
_OUTSIDE = re.compile(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'|#.*')
_WORD = re.compile(r"[\w-]+")
_ABOUT_KEYS = ("Invalid statement", "Invalid initial character", "Expected '=' after a key", "Expected ']'")
_MOST = 20
_MOST_LINES = 200

# What a Chinese input method leaves behind → what TOML wants.
FULL_WIDTH = {
    "“": '"', "”": '"', "＂": '"', "‘": "'", "’": "'", "＇": "'", "，": ",", "、": ",", "；": "#", "：": "=", "＝": "=",
    "（": "[", "）": "]", "【": "[", "】": "]", "［": "[", "］": "]", "｛": "{", "｝": "}", "。": ".", "．": ".",
    "＃": "#", "\u3000": " ", "\xa0": " ",
}  # fmt: skip

_REASONS: tuple[tuple[str, Message], ...] = (
    ("Invalid value", msg("this is not a value: text stands in quotes, a number or true/false does not")),
    ("Expected '=' after a key", msg("a key must be followed by = and its value")),
    ("Expected newline or end", msg("something follows the value on the same line")),
    ("Invalid statement", msg("this line begins neither with a key nor with a [table]")),
    ("Expected ']' at the end of a table", msg("the table's name must end with ]")),
    ("Expected ']]' at the end of an array", msg("the name of a repeated table must end with ]]")),
    ("Invalid initial character", msg("a key consists of letters, digits, - and _; any other key stands in quotes")),
    ("Unclosed array", msg("the list is not closed: a ] or a comma is missing")),
    ("Unclosed inline table", msg("the inline table is not closed: a }} or a comma is missing")),
    ("Unterminated string", msg("the text is not closed: a quotation mark is missing")),
    ("Illegal character '\\n'", msg("the text is not closed: a quotation mark is missing")),
    ("Expected \"'", msg("the text is not closed: a quotation mark is missing")),
    ("Unescaped '\\'", msg("a backslash in double quotes must be doubled; single quotes take it as it is")),
    ("Invalid date", msg("there is no such date")),
    ("Escaped character", msg("this \\u escape is no character")),
    ("Invalid hex", msg("\\u must be followed by four hexadecimal digits")),
    ("Illegal character", msg("a control character stands here")),
    ("Found invalid character", msg("a control character stands here")),
    ("Cannot declare", msg("this table is written twice")),
    ("Cannot redefine", msg("this table is written twice")),
    ("Cannot mutate", msg("a table that is complete already cannot be added to")),
    ("Cannot overwrite", msg("this key is written twice")),
    ("Duplicate inline", msg("this key is written twice")),
)


def explain(error: ValueError, text: str, file: str, positions: Positions) -> Iterator[Problem]:
    """The parser's own complaint first, then every further line that the syntax tree and the parser both refuse."""
    lines = text.split("\n")
    twice = {spot[0]: _duplicate(path, spot, original, file) for path, spot, original in positions.duplicates[:_MOST]}
    first = _problem(error, lines, file)
    if first.where.line not in twice:
        yield first
    yield from twice.values()
    seen = {first.where.line, *twice}
    suspects = {line for start, end in positions.broken for line in range(start, end + 1)} - seen
    for line in sorted(suspects)[:_MOST_LINES]:
        if line > (first.where.line or 0) and _whole_statement(lines[line - 1]):
            try:
                tomllib.loads(lines[line - 1])
            except (ValueError, RecursionError) as other:
                yield _problem(other, lines, file, line)


def _whole_statement(line: str) -> bool:
    """Does the line look like a statement that ends where it ends?"""
    return bool(_STATEMENT.match(line)) and not _CONTINUED.search(line)


def _problem(error: Exception, lines: list[str], file: str, only_line: int | None = None) -> Problem:
    message = str(error)
    position = _POSITION.search(message)
    reason = message[: position.start()] if position else message
    if position and position[1]:
        line, column = int(position[1]), int(position[2])
    elif reason.startswith("Exceeds the limit"):  # Python's own, without a position
        return Problem("toml.syntax", msg("a number has too many digits"), Place(file, 1, 1))
    else:
        line = len(lines)
        column = len(lines[-1]) + 1
    if only_line is not None:
        line, column = only_line, column if position and position[1] else len(lines[only_line - 1]) + 1
    what = next((text for start, text in _REASONS if reason.startswith(start)), None)
    if mark := _full_width(lines[line - 1]):
        column, wrong = mark
        return Problem(
            "toml.full-width",
            msg("a full-width character stands where TOML wants a plain one"),
            Place(file, line, column),
            found=wrong,
            expected=FULL_WIDTH[wrong],
            fix=msg("type it with the input method switched to English"),
        )
    if reason.startswith(_ABOUT_KEYS) and (bare := _bare_word(lines[line - 1], column)):
        column, word = bare
        return Problem(
            "toml.bare-key",
            msg("a name in other letters than A–Z stands in quotes here"),
            Place(file, line, column),
            found=word,
            expected=f'"{word}"',
        )
    return Problem(
        "toml.syntax", what or msg("this is not valid TOML: {reason}", reason=reason), Place(file, line, column)
    )


def _full_width(line: str) -> tuple[int, str] | None:
    """Column and character of the first full-width punctuation outside texts and comments."""
    bare = _OUTSIDE.sub(lambda match: " " * len(match[0]), line)
    return next(((index + 1, mark) for index, mark in enumerate(bare) if mark in FULL_WIDTH), None)


def _bare_word(line: str, column: int) -> tuple[int, str] | None:
    """Column and text of a word at this column that would be a key if it stood in quotes: 大区 = "华东"."""
    for word in _WORD.finditer(line):
        if word.start() < column <= word.end() and not word[0].isascii():
            return word.start() + 1, word[0]
    return None


def _duplicate(path: Path, spot: Spot, original: Spot, file: str) -> Problem:
    return Problem(
        "toml.duplicate-key",
        msg("{key} is written twice", key=str(path[-1])),
        Place(file, *spot),
        fix=msg("remove one of the two; the other stands on line {line}", line=original[0]),
    )
