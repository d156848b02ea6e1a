"""Some rows of a file, cleaned column by column: clean rows, rejected rows, notes.

Whole columns are looked at; Python looks at single rows only where something was found about them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kaohe.errors import Problem
from kaohe.exact import Flags, Ints
from kaohe.records.binding import Binding, BoundColumn, ComputedField, Told
from kaohe.records.chunks import Chunk
from kaohe.records.column_reader import joined, read_column
from kaohe.records.computing import Run
from kaohe.records.lookups import Lookup
from kaohe.records.order import reversed_pairs
from kaohe.records.physical import column_of, physical_schema, physical_type
from kaohe.records.rows import CleanRows, Mistake, Reading, Rejection, Stored, as_stored, stored_values
from kaohe.records.source import Table
from kaohe.records.words import trim
from kaohe.text import Message, msg

_TOTALS = re.compile(
    r"(?:合\s*计|[总小共]\s*计|总\s*和|汇\s*总|(?:grand\s*|sub[\s-]*)?totals?|sum)\s*[:：]?", re.IGNORECASE
)


@dataclass
class ChunkCleaner:
    """Rows of a file on their way: their cells, the values of their fields, and what was found about row i of them."""

    table: Table
    binding: Binding
    chunk: Chunk
    rejected: list[Rejection] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    mistakes: dict[int, list[Mistake]] = field(default_factory=dict)
    values: dict[str, pa.Array] = field(default_factory=dict)
    skipped: int = 0

    def clean(self) -> Reading:
        """Everything that becomes of the rows, in their order."""
        self.rejected += self.chunk.rejected
        if self.binding.skip is not None:
            self.leave_out(self.binding.skip)
        record_type, count = self.binding.record_type, len(self.chunk)
        self.values = {one.name: pa.nulls(count, one.type) for one in physical_schema(record_type)}
        for name, constant in self.binding.constants.items():
            self.values[name] = pa.repeat(pa.scalar(constant, self.values[name].type), count)
        for column in self.binding.columns if count else ():
            self.clean_column(column)
        for computed in self.binding.computed:
            self.compute(computed)
        if self.binding.stored is not None:
            self.complete(self.binding.stored)
        for group in record_type.sequence:
            self.check_order(group)
        rows = self.assembled()
        self.rejected.sort(key=lambda rejection: rejection.row)
        return Reading(self.table.header, rows, self.rejected, self.skipped, self.notes)

    def leave_out(self, skip: Run) -> None:
        """Leave out the rows of which the mapping says so; equal cells are asked about once."""
        asked = zip(*(self.chunk.columns[index].to_pylist() for index in skip.positions), strict=True)
        answers: dict[tuple[str, ...], bool] = {}
        kept = np.ones(len(self.chunk), np.bool_)
        for index, cells in enumerate(asked if skip.positions else [()] * len(kept)):
            if cells not in answers:
                answers[cells] = skip({}, dict(zip(skip.positions, cells, strict=True))) is True
            kept[index] = not answers[cells]
        self.skipped = int(np.count_nonzero(~kept))
        if self.skipped:
            self.chunk = self.chunk.only(np.flatnonzero(kept))

    def clean_column(self, column: BoundColumn) -> None:
        """Clean a field's cells; the unfit ones become mistakes of their rows."""
        cells = joined([self.chunk.columns[index] for index in column.indexes], column.join)
        cleaned = read_column(column.cleaner, cells)
        values, name = cleaned.values, column.field.name
        for index, unfit in sorted(cleaned.unfit.items()):
            self.blame(index, column.label, name, cells[index].as_py(), unfit.reason, unfit.fix)
        if column.told is not None:
            values = self.tell(column, column.told, values, cells)
        self.values[name] = values
        if column.required:
            self.require(name, column.label, lambda index: str(cells[index].as_py()))
        for index, doubt in sorted(cleaned.doubts.items()):
            place = self.table.place(int(self.chunk.numbers[index]), column.indexes[0])
            found = cells[index].as_py()
            self.notes.append(Problem("records.ambiguous-time", doubt, place, found=found, severity="note"))

    def tell(self, column: BoundColumn, told: Told, keys: pa.Array, cells: pa.StringArray) -> pa.Array:
        """What the stored records with these keys tell; a key that no record has is a mistake of its row."""
        asked = keys.dictionary_encode()
        words = asked.dictionary.to_pylist()
        found = told.records((word,) for word in words)
        known = [found[(word,)][told.name] if (word,) in found else None for word in words]
        lost = [index for index, word in enumerate(words) if (word,) not in found]
        for index in np.flatnonzero(pc.is_in(asked.indices, pa.array(lost, pa.int32()))).tolist() if lost else ():
            reason = msg("there is no {records} with this key", records=told.record_type.label)
            fix = msg("Import it first, or correct the cell.")
            self.blame(index, column.label, column.field.name, cells[index].as_py(), reason, fix)
        place = f"{told.record_type.name}.{told.name}"
        return column_of(known, physical_type(column.field), place).take(asked.indices)

    def require(self, name: str, label: str | None, cell: Callable[[int], str]) -> None:
        """A required field that is missing in a row is a mistake of it, unless it was blamed for that field already."""
        if not self.values[name].null_count:
            return
        for index in np.flatnonzero(self.values[name].is_null()).tolist():
            if not any(mistake.field == name for mistake in self.mistakes.get(index, ())):
                fix = msg("Fill it in.")
                self.blame(index, label, name, cell(index), msg("a required value is missing"), fix)

    def compute(self, computed: ComputedField) -> None:
        """Compute a field for the rows that are sound so far; equal inputs give one result."""
        name, run = computed.field.name, computed.run
        results = [""] * len(self.chunk)
        known: dict[tuple[Stored, ...], str] = {}
        for index, given in enumerate(self.inputs(run)):
            if index in self.mistakes:
                continue
            if given not in known:
                fields = dict(zip(run.scales, given, strict=False))
                known[given] = computed.cell(
                    fields, dict(zip(run.positions, map(str, given[len(fields) :]), strict=True))
                )
            results[index] = known[given]
        cleaned = read_column(computed.cleaner, pa.array(results, pa.string()))
        for index, unfit in sorted(cleaned.unfit.items()):
            self.blame(index, None, name, results[index], unfit.reason, unfit.fix)
        self.values[name] = cleaned.values
        if computed.required:
            self.require_computed(name, results)

    def inputs(self, run: Run) -> Iterator[tuple[Stored, ...]]:
        """For every row the fields and then the cells that an expression uses."""
        columns = [self.values[name] for name in run.scales] + [self.chunk.columns[index] for index in run.positions]
        if not columns:
            return iter([()] * len(self.chunk))
        return zip(*(stored_values(column) for column in columns), strict=True)

    def require_computed(self, name: str, results: Sequence[str]) -> None:
        """Rows that were unsound already have no result, which is no further mistake."""
        for index in np.flatnonzero(self.values[name].is_null()).tolist():
            if index not in self.mistakes:
                self.blame(index, None, name, results[index], msg("a required value is missing"), msg("Fill it in."))

    def complete(self, stored: Lookup) -> None:
        """Fill in from the stored records what the rows do not say; a row whose record is not stored is rejected."""
        key = self.binding.record_type.key
        rows = [*as_stored(self.batch())]
        keys = [tuple(row[name] for name in key) for row in rows]
        found = stored(keys)
        for index, one in enumerate(keys):
            if one in found:
                rows[index] = {
                    name: found[one][name] if value is None else value for name, value in rows[index].items()
                }
            elif None not in one:
                reason = msg(
                    "no stored record has this key ({key}), and the mapping completes stored ones", key=", ".join(key)
                )
                fix = msg("Import the file that holds the whole records first, or correct the key.")
                self.blame(index, self.label(key[0]), key[0], self.shown(key[0], index), reason, fix)
        for one_type in physical_schema(self.binding.record_type):
            place = f"{self.binding.record_type.name}.{one_type.name}"
            self.values[one_type.name] = column_of([row[one_type.name] for row in rows], one_type.type, place)

    def check_order(self, names: Sequence[str]) -> None:
        """Times of a record that run backwards: the row is rejected, or the later field cleared and noted."""
        cleared: dict[str, list[int]] = {}
        for index, earlier, later in reversed_pairs(
            [self.values[name] for name in names], self.binding.context.timezone
        ):
            if self.reverse(index, names[earlier], names[later]):
                cleared.setdefault(names[later], []).append(index)
        for name, rows in cleared.items():
            gone = np.zeros(len(self.chunk), np.bool_)
            gone[rows] = True
            self.values[name] = pc.if_else(pa.array(gone), pa.scalar(None, self.values[name].type), self.values[name])

    def reverse(self, index: int, earlier: str, later: str) -> bool:
        """Say that two times of a row run backwards; whether the later one is to be cleared."""
        record_type = self.binding.record_type
        what = msg(
            "{later} ({late}) is before {earlier} ({early})",
            later=record_type.field(later).label,
            late=self.shown(later, index),
            earlier=record_type.field(earlier).label,
            early=self.shown(earlier, index),
        )
        if self.binding.reversed == "clear" and not record_type.field(later).required:
            place = self.table.place(int(self.chunk.numbers[index]))
            self.notes.append(Problem("records.reversed", what, place, fix=msg("it was left empty"), severity="note"))
            return True
        fix = msg('Correct one of the two, or say reversed = "clear" in the mapping to leave the later one empty.')
        self.blame(index, self.label(later), later, self.shown(later, index), what, fix)
        return False

    def label(self, name: str) -> str | None:
        """What the file calls a field; None where no column of it is the field."""
        return next((column.label for column in self.binding.columns if column.field.name == name), None)

    def shown(self, name: str, index: int) -> str:
        value = self.values[name][index].as_py()
        if isinstance(value, datetime):
            value = value.astimezone(self.binding.context.timezone).replace(tzinfo=None)
        return str(value)

    def blame(self, index: int, column: str | None, name: str, value: str, reason: Message, fix: Message) -> None:
        self.mistakes.setdefault(index, []).append(Mistake(column, name, value, reason, fix))

    def batch(self) -> pa.RecordBatch:
        schema = physical_schema(self.binding.record_type)
        return pa.RecordBatch.from_arrays([self.values[name] for name in schema.names], schema=schema)

    def assembled(self) -> CleanRows:
        """The sound rows; the others, and rows of totals, are rejected."""
        chunk, batch = self.chunk, self.batch()
        unsound = np.zeros(len(chunk), np.bool_)
        unsound[[*self.mistakes]] = True
        for index in self.totals(unsound).tolist():
            reason, fix = msg("this is a row of totals, not a record"), msg("Nothing needs to be done.")
            self.rejected.append(self.table.reject(int(chunk.numbers[index]), chunk.cells(index), reason, fix))
            unsound[index] = True
            self.mistakes.pop(index, None)
        bad = np.array(sorted(self.mistakes), np.int64)
        for index, cells, values in zip(
            bad.tolist(), chunk.rows(bad), as_stored(batch.take(pa.array(bad))), strict=True
        ):
            if any(map(trim, cells)):
                number, found = int(chunk.numbers[index]), tuple(self.mistakes[index])
                told = {name: value for name, value in values.items() if value is not None}
                self.rejected.append(Rejection(number, cells, found, self.table.place(number), told))
        if not unsound.any():
            return CleanRows(batch, chunk.numbers, self.table.place, chunk.cells)
        sound: Ints = np.flatnonzero(~unsound)
        clean = batch.take(pa.array(sound))
        return CleanRows(clean, chunk.numbers[sound], self.table.place, lambda index: chunk.cells(int(sound[index])))

    def totals(self, unsound: Flags) -> Ints:
        """Rows that are unsound or mostly empty, as rows of totals are, and begin with a word for totals."""
        mapped = len(self.binding.columns)
        known = np.zeros(len(self.chunk), np.int64)
        for values in self.values.values():
            known += np.asarray(values.is_valid())
        poor = np.flatnonzero(unsound | (2 * (mapped - known) > mapped))
        firsts = self.chunk.columns[0].take(pa.array(poor)).to_pylist()
        found = [
            index
            for index, cell in zip(poor.tolist(), firsts, strict=True)
            if _TOTALS.fullmatch(cell.strip() or next(filter(None, map(trim, self.chunk.cells(index))), ""))
        ]
        return np.array(found, np.int64)
