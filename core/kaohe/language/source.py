"""The text of an expression: its tokens, its limits, and where in the user's file each character stands.

Whatever Python's own parser would warn about, misread or choke on is refused here, before it sees the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

from kaohe.errors import KaoheError, Place, Problem, fail, refuse_if_any
from kaohe.text import Message, msg

MAX_CHARACTERS, MAX_NODES, MAX_DEPTH, MAX_DIGITS = 2_000, 500, 32, 18

_TOKEN = re.compile(
    r"""(?P<space>[ \t\n]+|\#[^\n]*)
    |(?P<word>[^\W\d]\w*)
    |(?P<number>\.?\d[\w.]*)
    |(?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<operator><>|=>|=<|&&|\|\||[<>=!]=|[-+*/%<>=()\[\]{},.:@^~&|])
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_NUMBER = re.compile(r"\d+\.?\d*|\.\d+", re.ASCII)
_ESCAPED = re.compile(r"""\\["'\\]""")
_PAIRS = {")": "(", "]": "[", "}": "{"}
_PREFIXES = {"r", "b", "f", "u", "t", "br", "rb", "fr", "rf", "tr", "rt"}
_CHAINED = {"not", "-", "+", "~"}
_TWINS = {
    "“": '"',
    "”": '"',
    "„": '"',
    "‘": "'",
    "’": "'",
    "「": '"',
    "」": '"',
    "、": ",",
    "。": ".",
    "【": "[",
    "】": "]",
}
_TWINS |= {
    "≥": ">=",
    "≤": "<=",
    "≠": "!=",
    "×": "*",
    "÷": "/",
    "−": "-",
    "–": "-",
    "—": "-",
    "·": "*",
    "《": "<",
    "》": ">",
}
_TWINS |= {"<>": "!=", "=>": ">=", "=<": "<=", "&&": "and", "||": "or", "!": "not", "\u00a0": " ", "\u3000": " "}
_WORDS = {"AND": "and", "OR": "or", "NOT": "not", "IN": "in", "且": "and", "并且": "and", "与": "and", "或": "or"}
_WORDS |= {"或者": "or", "非": "not", "And": "and", "Or": "or", "Not": "not", "In": "in", "属于": "in", "等于": "=="}
_WORDS |= {"大于": ">", "小于": "<", "不等于": "!="}


@dataclass(frozen=True)
class Source:
    """An expression's text with line ends made plain, and the place in the user's file where it begins."""

    text: str
    where: Place

    def at(self, line: int, column: int) -> Place:
        """The place of a line and column of the text, both counted from 1."""
        if self.where.line is None:
            return replace(self.where, line=line, column=column)
        if line > 1:
            return replace(self.where, line=self.where.line + line - 1, column=column)
        return replace(self.where, column=self.where.column and self.where.column + column - 1)

    def offset(self, position: int) -> Place:
        """The place of the character at an index of the text."""
        before = self.text[:position]
        return self.at(before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1)

    def word_problem(self) -> Problem | None:
        """The first word that stands for an operator of the language but is not one (AND, 且)."""
        for token in _TOKEN.finditer(self.text):
            if token.lastgroup == "word" and token.group() in _WORDS:
                return _twin(self.offset(token.start()), token.group(), _WORDS[token.group()])
        return None


def read_source(text: str, where: Place) -> Source:
    """The text, once it is short enough and every token of it can be read; KaoheError with all that cannot."""
    if len(text) > MAX_CHARACTERS:
        raise fail(
            Problem(
                "expression.too-long",
                msg("the expression is too long"),
                where,
                found=msg("{count} characters", count=len(text)),
                expected=msg("at most {count} characters", count=MAX_CHARACTERS),
            )
        )
    source = Source(text.replace("\r\n", "\n").replace("\r", "\n"), where)
    if all(token.lastgroup == "space" for token in _TOKEN.finditer(source.text)):
        raise fail(Problem("expression.empty", msg("the expression is empty"), source.offset(0)))
    refuse_if_any(_scan(source))
    return source


def too_deep(where: Place) -> KaoheError:
    """The error of an expression that is nested too deeply."""
    return fail(
        Problem(
            "expression.too-deep",
            msg("the expression is nested too deeply"),
            where,
            expected=msg("at most {count} levels", count=MAX_DEPTH),
        )
    )


def _scan(source: Source) -> Iterator[Problem]:
    opened: list[tuple[str, int]] = []
    chained = 0
    last: re.Match[str] | None = None
    for token in _TOKEN.finditer(source.text):
        found, where = token.group(), source.offset(token.start())
        if token.lastgroup == "space":
            continue
        chained = chained + 1 if found in _CHAINED else 0
        if chained > MAX_DEPTH or len(opened) > MAX_DEPTH:
            raise too_deep(where)
        if found in ("(", "[", "{"):
            opened.append((found, token.start()))
        elif found in _PAIRS:
            if not opened or opened.pop()[0] != _PAIRS[found]:
                yield Problem("expression.bracket", msg("this bracket closes nothing"), where, found=found)
                return
        else:
            yield from _token_problems(token, last, where)
        last = token
    for bracket, position in opened:
        yield Problem("expression.bracket", msg("this bracket is not closed"), source.offset(position), found=bracket)


def _token_problems(token: re.Match[str], last: re.Match[str] | None, where: Place) -> Iterator[Problem]:
    found = token.group()
    match token.lastgroup:
        case "number" if not _NUMBER.fullmatch(found) or sum(map(str.isdigit, found)) > MAX_DIGITS:
            yield Problem(
                "expression.number",
                msg("this number cannot be read"),
                where,
                found=found,
                expected=msg("plain digits with a point, at most {count} digits: 10000 or 0.95", count=MAX_DIGITS),
            )
        case "word" if not found.isidentifier():
            yield _unreadable(where, found)
        case "text":
            yield from _text_problems(token, last, where)
        case "operator" if found in _TWINS:
            yield _twin(where, found, _TWINS[found])
        case "other" if found in "\"'":
            yield Problem("expression.text-not-closed", msg("this text is not closed on its line"), where, found=found)
        case "other" if found == ";":
            yield Problem("expression.statement", msg("an expression is one formula, without semicolons"), where, found)
        case "other":
            twin = _TWINS.get(found) or unicodedata.normalize("NFKC", found)
            yield _unreadable(where, found) if twin == found or not twin.isascii() else _twin(where, found, twin)


def _text_problems(token: re.Match[str], last: re.Match[str] | None, where: Place) -> Iterator[Problem]:
    found = token.group()
    if last and last.lastgroup == "word" and last.end() == token.start() and last.group().lower() in _PREFIXES:
        yield Problem(
            "expression.text-prefix",
            msg("text has no letter before its quotation marks"),
            where,
            found=last.group() + found,
            expected=found,
        )
    if last and last.lastgroup == "text":
        yield Problem(
            "expression.adjacent-texts",
            msg("two texts stand side by side"),
            where,
            found=f"{last.group()} {found}",
            fix=msg("put a comma between them"),
        )
    if "\\" in _ESCAPED.sub("", found) or not _storable(found):
        yield Problem(
            "expression.text",
            msg("this text holds a character that cannot be written so"),
            where,
            fix=msg("a backslash is written twice; other characters are written as they are"),
        )


def _storable(text: str) -> bool:
    return not any(unicodedata.category(character) in ("Cc", "Cs") for character in text)


def _twin(where: Place, found: str, twin: str) -> Problem:
    named = msg("{found} ({name})", found=found, name=_code(found)) if len(found) == 1 else found
    expected: str | Message = twin if twin.strip() else msg("an ordinary space")
    return Problem(
        "expression.character", msg("this character or sign is not part of the language"), where, named, expected
    )


def _unreadable(where: Place, found: str) -> Problem:
    shown = found if found.isprintable() else ""
    return Problem(
        "expression.character",
        msg("this character or sign is not part of the language"),
        where,
        msg("{found} ({name})", found=shown, name=" ".join(map(_code, found[:8]))),
    )


def _code(character: str) -> str:
    return f"U+{ord(character):04X}"
