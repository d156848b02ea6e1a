"""Reading a CSV file row by row and cell by cell, as the standard library and the cleaners of single cells have it."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import Any

from kaohe.errors import Problem
from kaohe.records.binding import Binding, BoundColumn, ComputedField, Told
from kaohe.records.csv_reader import LARGEST_CELL
from kaohe.records.lookups import Lookup
from kaohe.records.rows import CleanRow, Mistake, Reading, Rejection, Stored, Unfit
from kaohe.records.source import Rows, Table
from kaohe.records.words import trim
from kaohe.text import Message, msg

_TOTALS = re.compile(
    r"(?:合\s*计|[总小共]\s*计|总\s*和|汇\s*总|(?:grand\s*|sub[\s-]*)?totals?|sum)\s*[:：]?", re.IGNORECASE
)

Row = tuple[int, Sequence[str]]


@dataclass
class RowCleaner:
    """Rows of a file on their way: their numbers and cells, and what was found about row i of them."""

    table: Table
    binding: Binding
    rows: list[Row] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)
    mistakes: dict[int, list[Mistake]] = field(default_factory=dict)
    notes: list[Problem] = field(default_factory=list)
    values: dict[str, list[Any]] = field(default_factory=dict)
    skipped: int = 0

    def clean(self, rows: Sequence[Row]) -> Reading:
        """Everything that becomes of the rows, in their order."""
        self.rows = [*self.shaped(rows)]
        count = len(self.rows)
        self.values = {one.name: [None] * count for one in self.binding.record_type.fields}
        cells = [*zip(*(row for _number, row in self.rows), strict=True)]
        for name, constant in self.binding.constants.items():
            self.values[name] = [constant] * count
        for column in self.binding.columns if count else ():
            self.clean_column(column, cells)
        for computed in self.binding.computed:
            self.compute(computed)
        if self.binding.stored is not None:
            self.complete(self.binding.stored)
        for group in self.binding.record_type.sequence:
            self.check_order(group)
        clean = [*self.assembled()]
        self.rejected.sort(key=lambda rejection: rejection.row)
        return Reading(self.table.header, clean, self.rejected, self.skipped, self.notes)

    def shaped(self, rows: Sequence[Row]) -> Iterator[Row]:
        """Rows as wide as the header; blank ones and those the mapping leaves out are dropped, others rejected."""
        width = len(self.table.header)
        skip = self.binding.skip
        for number, cells in rows:
            row = cells
            if len(cells) != width:
                if not any(map(trim, cells)):
                    continue
                if len(cells) < width or any(map(trim, cells[width:])):
                    self.rejected.append(self.table.reject(number, cells, *_wrong_width(len(cells), width)))
                    continue
                row = cells[:width]
            elif not any(cells):
                continue
            if skip is not None and skip({}, row) is True:
                self.skipped += 1
                continue
            yield number, row

    def clean_column(self, column: BoundColumn, columns: Sequence[Sequence[str]]) -> None:
        """Clean a field's cells; the unfit ones become mistakes of their rows."""
        if len(column.indexes) == 1:
            cells: Sequence[str] = columns[column.indexes[0]]
        else:
            parts = zip(*(columns[index] for index in column.indexes), strict=True)
            cells = [column.join.join(part for part in map(trim, row) if part) for row in parts]
        values = column.cleaner.column(cells)
        if column.cleaner.flawed:
            for index, value in enumerate(values):
                if type(value) is Unfit:
                    self.blame(index, column.label, column.field.name, cells[index], value.reason, value.fix)
                    values[index] = None
        if column.told is not None:
            values = self.tell(column, column.told, values, cells)
        if column.required and None in values:
            self.require(values, column.label, column.field.name, cells)
        if column.cleaner.doubtful:
            self.note_doubts(column, cells)
        self.values[column.field.name] = values

    def tell(self, column: BoundColumn, told: Told, keys: Sequence[Stored | Unfit], cells: Sequence[str]) -> list[Any]:
        """What the stored records with these keys tell; a key that no record has is a mistake of its row."""
        found = told.records((key,) for key in keys if not isinstance(key, Unfit))
        values: list[Any] = [None] * len(keys)
        for index, key in enumerate(keys):
            if key is None or isinstance(key, Unfit):
                continue
            if (key,) in found:
                values[index] = found[(key,)][told.name]
                continue
            reason = msg("there is no {records} with this key", records=told.record_type.label)
            fix = msg("Import it first, or correct the cell.")
            self.blame(index, column.label, column.field.name, cells[index], reason, fix)
        return values

    def require(self, values: Sequence[Stored | Unfit], label: str | None, name: str, cells: Sequence[str]) -> None:
        for index, value in enumerate(values):
            blamed = any(mistake.field == name for mistake in self.mistakes.get(index, ()))
            if value is None and not blamed:
                fix = msg("Fill it in.")
                self.blame(index, label, name, cells[index], msg("a required value is missing"), fix)

    def note_doubts(self, column: BoundColumn, cells: Sequence[str]) -> None:
        for index, cell in enumerate(cells):
            if doubt := column.cleaner.doubtful.get(cell):
                place = self.table.place(self.rows[index][0], column.indexes[0])
                self.notes.append(Problem("records.ambiguous-time", doubt, place, found=cell, severity="note"))

    def compute(self, computed: ComputedField) -> None:
        """Compute a field for the rows that are sound so far."""
        name = computed.field.name
        values = self.values[name]
        results = [""] * len(values)
        for index, (_number, cells) in enumerate(self.rows):
            if index in self.mistakes:
                continue
            results[index] = computed.cell({key: column[index] for key, column in self.values.items()}, cells)
            value = computed.cleaner[results[index]]
            if isinstance(value, Unfit):
                self.blame(index, None, name, results[index], value.reason, value.fix)
            else:
                values[index] = value
        if computed.required and None in values:
            sound = [value if index not in self.mistakes else "" for index, value in enumerate(values)]
            self.require(sound, None, name, results)

    def complete(self, stored: Lookup) -> None:
        """Fill in from the stored records what the rows do not say; a row whose record is not stored is rejected."""
        key = self.binding.record_type.key
        keys = [*zip(*(self.values[name] for name in key), strict=True)]
        found = stored(keys)
        for index, one in enumerate(keys):
            if one in found:
                for name, value in found[one].items():
                    if self.values[name][index] is None:
                        self.values[name][index] = value
            elif None not in one:
                reason = msg(
                    "no stored record has this key ({key}), and the mapping completes stored ones", key=", ".join(key)
                )
                fix = msg("Import the file that holds the whole records first, or correct the key.")
                label = next((column.label for column in self.binding.columns if column.field.name == key[0]), None)
                self.blame(index, label, key[0], self.shown(key[0], index), reason, fix)

    def check_order(self, names: Sequence[str]) -> None:
        """Times of a record that run backwards: the row is rejected, or the later field cleared and noted."""
        known = [self.values[name] for name in names]
        comparable = _comparable(known, self.binding.context.timezone)
        for index, moments in enumerate(zip(*known, strict=True)):
            last: Any = None
            for position, moment in enumerate(moments):
                if moment is None:
                    continue
                if last is not None and comparable(moment) < comparable(moments[last]):
                    self.reversed(index, names[last], names[position])
                else:
                    last = position

    def reversed(self, index: int, earlier: str, later: str) -> None:
        record_type = self.binding.record_type
        clear = self.binding.reversed == "clear" and not record_type.field(later).required
        what = msg(
            "{later} ({late}) is before {earlier} ({early})",
            later=record_type.field(later).label,
            late=self.shown(later, index),
            earlier=record_type.field(earlier).label,
            early=self.shown(earlier, index),
        )
        if clear:
            self.values[later][index] = None
            place = self.table.place(self.rows[index][0])
            self.notes.append(Problem("records.reversed", what, place, fix=msg("it was left empty"), severity="note"))
            return
        label = next((column.label for column in self.binding.columns if column.field.name == later), None)
        fix = msg('Correct one of the two, or say reversed = "clear" in the mapping to leave the later one empty.')
        self.blame(index, label, later, self.shown(later, index), what, fix)

    def shown(self, name: str, index: int) -> str:
        value = self.values[name][index]
        if isinstance(value, datetime):
            value = value.astimezone(self.binding.context.timezone).replace(tzinfo=None)
        return str(value)

    def blame(self, index: int, column: str | None, name: str, value: str, reason: Message, fix: Message) -> None:
        self.mistakes.setdefault(index, []).append(Mistake(column, name, value, reason, fix))

    def assembled(self) -> Iterator[CleanRow]:
        """The sound rows; the others, and rows of totals, are rejected."""
        names, place, mistakes = [*self.values], self.table.place, self.mistakes
        for index, values in enumerate(zip(*self.values.values(), strict=True)):
            number, cells = self.rows[index]
            first = cells[0].strip() or next(filter(None, map(trim, cells)), "")
            if _TOTALS.fullmatch(first) and self.is_poor(index, values):
                reason = msg("this is a row of totals, not a record")
                self.rejected.append(self.table.reject(number, cells, reason, msg("Nothing needs to be done.")))
            elif index in mistakes:
                if any(map(trim, cells)):
                    told = {name: value for name, value in zip(names, values, strict=True) if value is not None}
                    found = tuple(mistakes[index])
                    self.rejected.append(Rejection(number, tuple(cells), found, place(number), told))
            else:
                yield CleanRow(dict(zip(names, values, strict=True)), place(number), number, tuple(cells))

    def is_poor(self, index: int, values: Sequence[Stored]) -> bool:
        """Whether a row is unsound or mostly empty, as rows of totals are."""
        mapped = len(self.binding.columns)
        empty = mapped - sum(value is not None for value in values)
        return index in self.mistakes or 2 * empty > mapped


def _comparable(columns: Sequence[Sequence[Stored]], zone: tzinfo) -> Callable[[Any], Any]:
    """How values are compared: a date beside moments makes days of them all."""
    kinds = {type(value) for column in columns for value in column} - {type(None)}
    if kinds == {date, datetime}:
        return lambda value: value.astimezone(zone).date() if isinstance(value, datetime) else value
    return lambda value: value


def _wrong_width(found: int, expected: int) -> tuple[Message, Message]:
    reason = msg(
        "the row has another number of cells ({found}) than the header ({expected})", found=found, expected=expected
    )
    if found < expected:
        return reason, msg("Add the missing cells; a quotation mark may be open in this row.")
    return reason, msg("Put cells that hold the delimiter in quotation marks.")


class RefusedError(Exception):
    """The file is refused from this line on."""


def read_csv(source: Path, encoding: str, delimiter: str, table: Table, bound: Callable[[], Binding]) -> Reading:
    """The whole file in one reading; the header is in its first filled row. ``bound``: once that is known."""
    csv.field_size_limit(LARGEST_CELL)
    rows = _rows(source, encoding, delimiter, table)
    table.header = next(tuple(trim(cell) for cell in cells) for _number, cells in rows if any(cells))
    listed = [*rows]
    cleaner = RowCleaner(table, bound(), rejected=[*table.broken])
    return cleaner.clean(listed)


def _rows(source: Path, encoding: str, delimiter: str, table: Table) -> Rows:
    """Every row with its number; a row whose quotation marks do not match goes to ``table.broken``."""
    number = line = 0
    with source.open(encoding=encoding, newline="") as file:
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        while True:
            try:
                for cells in reader:
                    number += 1
                    line = reader.line_num
                    yield number, cells
                return
            except UnicodeDecodeError:
                raise RefusedError("encoding", line + 1) from None
            except csv.Error as error:
                if "larger than field limit" in str(error):
                    raise RefusedError("endless", line + 1) from None
                if "expected after" not in str(error):
                    raise RefusedError("unclosed", line + 1) from None
                number += 1
                line = reader.line_num
                table.broken.append(
                    table.reject(
                        number,
                        (),
                        msg("a quotation mark stands in the middle of a cell"),
                        msg("Put the whole cell in quotation marks and double those inside it."),
                    )
                )
