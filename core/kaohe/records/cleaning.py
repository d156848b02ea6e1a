"""From a cell to the stored value of a field. The parser is chosen once per column; repeated cells are parsed once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from kaohe.exact import Flags
from kaohe.plugin.types import Field
from kaohe.records.cell_bytes import Cells
from kaohe.records.moments import date_parser, datetime_parser
from kaohe.records.numbers import number_parser
from kaohe.records.plain_moments import moment_reader, read_dates
from kaohe.records.plain_numbers import read_numbers
from kaohe.records.plain_words import word_reader
from kaohe.records.rows import ReadContext, Stored, Unfit
from kaohe.records.words import (
    LONGEST_CELL,
    choice_names,
    choice_parser,
    fold,
    parse_boolean,
    parse_code,
    parse_text,
    person_parser,
    team_parser,
    trim,
    unguarded,
)
from kaohe.text import Message, msg

# Words that stand for no value unless the mapping says otherwise.
DEFAULT_MISSING = ("-", "--", "—", "——", "/", "N/A", "#N/A", "NULL", "NaN", "(blank)", "无", "空", "暂无")
OTHERWISE = "*"
_REMEMBERED = 100_000

PlainReader = Callable[[Cells, Field], tuple[pa.Array, Flags]]
"""Cells of a column → values, and which of them were understood; empty cells may be taken for anything."""


@dataclass(frozen=True)
class CellRules:
    """What a mapping says about a column's cells.

    ``missing``: words that stand for no value, in place of the default ones; an empty cell always does. ``values``:
    cell → what to read in its place, ``*`` standing for every other cell. ``formats``: of dates, tried in order.
    """

    missing: tuple[str, ...] = DEFAULT_MISSING
    values: Mapping[str, str] | None = None
    formats: Sequence[str] = ()


class Cleaner(dict[str, Stored | Unfit]):
    """Cell → stored value, or the verdict Unfit. Looked up like a dictionary; new cells are parsed as they come.

    ``key``: the field identifies records, so its text is read as a code.
    ``flawed`` says whether any cell was unfit; ``doubtful`` holds cells whose reading deserves a note.
    """

    def __init__(self, field: Field, rules: CellRules, context: ReadContext, *, key: bool = False) -> None:
        super().__init__()
        self.field = field
        self.flawed = False
        self.doubtful: dict[str, Message] = {}
        self._notes: list[Message] = []
        self._parse = _parser(field, rules, context, self._notes.append, key=key)
        self._missing = frozenset(fold(word) for word in rules.missing)
        if rules.missing is DEFAULT_MISSING:
            self._missing -= choice_names(field.choices).keys()
        self._missing_starts = frozenset(mark for word in self._missing for mark in word[:1] + word[:1].upper())
        self._values = {fold(cell): value for cell, value in (rules.values or {}).items()}

        self.plain = None if self._values else _plain_reader(field, rules, context, self._missing, key=key)
        """Reads what is written plainly in a whole column at once; None where every cell is looked up here."""

    def column(self, cells: Sequence[str]) -> list[Stored | Unfit]:
        """Clean a whole column; what was read before is remembered up to a limit."""
        if len(self) > _REMEMBERED:
            self.clear()
        return [self[cell] for cell in cells]

    def __missing__(self, cell: str) -> Stored | Unfit:
        value: Stored | Unfit
        try:
            value = self._read(cell)
        except Unfit as verdict:
            value = verdict
            self.flawed = True
        if self._notes:
            self.doubtful[cell] = self._notes.pop()
        self[cell] = value
        return value

    def _read(self, cell: str) -> Stored:
        if len(cell) > LONGEST_CELL:
            raise Unfit(
                msg("the cell holds more than {count} characters", count=f"{LONGEST_CELL:,}"), msg("Shorten the text.")
            )
        text = trim(cell)
        if text[:1] == "'":
            text = trim(unguarded(text))
        if self._values:
            text = self._replaced(text)
        if not text or self._stands_for_nothing(text):
            return None
        return self._parse(text)

    def _stands_for_nothing(self, text: str) -> bool:
        start = text[0]
        return (start in self._missing_starts or not start.isascii()) and fold(text) in self._missing

    def _replaced(self, text: str) -> str:
        key = fold(text)
        if key in self._values:
            return self._values[key]
        if OTHERWISE in self._values and text and key not in self._missing:
            return self._values[OTHERWISE]
        return text


def _plain_reader(
    field: Field, rules: CellRules, context: ReadContext, missing: Collection[str], *, key: bool
) -> PlainReader | None:
    """A word for no value that holds a digit could be written like a number or a day: then each cell is looked at."""
    if field.kind in ("text", "customer"):
        return word_reader(missing, code=key or field.kind == "customer")
    if field.kind in ("person", "team"):
        codes = (context.people if field.kind == "person" else context.teams).codes
        return word_reader(missing, code=True, among=pa.array([*codes], pa.string()))
    if rules.formats or any(mark.isdecimal() for word in missing for mark in word):
        return None
    match field.kind:
        case "integer" | "decimal" | "money":
            return read_numbers
        case "date":
            return read_dates
        case "datetime":
            return moment_reader(context.timezone)
        case _:
            return None


def _parser(
    field: Field, rules: CellRules, context: ReadContext, note: Callable[[Message], None], *, key: bool
) -> Callable[[str], Stored]:
    match field.kind:
        case "integer" | "decimal" | "money":
            return number_parser(field)
        case "date":
            return date_parser(rules.formats, context.timezone)
        case "datetime":
            return datetime_parser(rules.formats, context.timezone, note)
        case "boolean":
            return parse_boolean
        case "choice":
            return choice_parser(field.choices)
        case "person":
            return person_parser(context.people)
        case "team":
            return team_parser(context.teams)
        case "customer":
            return parse_code
        case "text":
            return parse_code if key else parse_text
