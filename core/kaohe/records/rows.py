"""What reading a file gives: clean rows, rejected rows with every mistake, and notes; and what it must be told."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, Protocol, overload

from kaohe.errors import Place, Problem
from kaohe.records.directory import Directory
from kaohe.text import Message

if TYPE_CHECKING:
    import pyarrow as pa

    from kaohe.exact import Ints

# As stored: integers for integer, decimal (scaled) and money (fen); a datetime is aware and in UTC.
Stored = int | bool | date | datetime | str | None

# Several rows of a file with one key: what differs from the first is rejected, or the first or the last is the record.
Repeats = Literal["reject", "first", "last"]


@dataclass(frozen=True, slots=True)
class CleanRow:
    """One record: a value for every field of its type (None: missing), and where it stood.

    ``row`` and ``cells`` as in Rejection: a row that contradicts a stored one is rejected after it was found clean.
    """

    values: dict[str, Stored]
    place: Place
    row: int
    cells: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class CleanRows(Sequence[CleanRow]):
    """Records as columns, which by behaviour are a sequence of rows.

    ``columns`` holds one column per field, in physical values: int64 for integer, decimal and money, bool, date32,
    timestamp[us, UTC], string. ``numbers`` says in which row of the file each record stood. ``place`` tells the place
    of a row by that number, ``cells`` the cells of a record by its position; both are asked for single rows only.
    """

    columns: pa.RecordBatch
    numbers: Ints
    place: Callable[[int], Place]
    cells: Callable[[int], tuple[str, ...]]

    def __len__(self) -> int:
        return len(self.numbers)

    def __iter__(self) -> Iterator[CleanRow]:
        return (self._row(index, values) for index, values in enumerate(as_stored(self.columns)))

    @overload
    def __getitem__(self, index: int) -> CleanRow: ...
    @overload
    def __getitem__(self, index: slice) -> list[CleanRow]: ...
    def __getitem__(self, index: int | slice) -> CleanRow | list[CleanRow]:
        positions = range(len(self))[index]
        if isinstance(positions, range):
            return [self[position] for position in positions]
        return self._row(positions, next(as_stored(self.columns.slice(positions, 1))))

    def _row(self, index: int, values: dict[str, Stored]) -> CleanRow:
        number = int(self.numbers[index])
        return CleanRow(values, self.place(number), number, self.cells(index))


def values_of(rows: Sequence[CleanRow]) -> Iterator[Mapping[str, Stored]]:
    """The values of rows, without what else is known of each."""
    return as_stored(rows.columns) if isinstance(rows, CleanRows) else (row.values for row in rows)


def as_stored(columns: pa.RecordBatch) -> Iterator[dict[str, Stored]]:
    """The rows of columns as stored values by name."""
    names = columns.schema.names
    values = map(stored_values, columns.columns)
    return (dict(zip(names, row, strict=True)) for row in zip(*values, strict=True))


def stored_values(column: pa.Array) -> list[Stored]:
    """A column's values; moments with the standard library's own object for UTC."""
    values: list[Stored] = column.to_pylist()
    if getattr(column.type, "tz", None) is None:
        return values
    return [value.replace(tzinfo=UTC) if isinstance(value, datetime) else value for value in values]


@dataclass(frozen=True)
class Mistake:
    """What is wrong with one cell, or (``column`` None) with the whole row. ``value`` is the cell as it was read."""

    column: str | None
    field: str | None
    value: str
    reason: Message
    fix: Message


@dataclass(frozen=True)
class Rejection:
    """A row that did not pass. ``row`` counts as a spreadsheet does: the first row of the file is 1. ``values``: those
    of its fields that could be read."""

    row: int
    cells: tuple[str, ...]
    mistakes: tuple[Mistake, ...]
    place: Place
    values: Mapping[str, Stored] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Reading:
    """A batch of rows. ``skipped`` counts rows the mapping asked to leave out. What is read from files has its ``rows``
    as columns (``CleanRows``); whoever makes rows one by one gives a list (see ``physical.columns_of``).

    ``notes`` say what was decided on the way: the sheet chosen, columns not used, a time read as the earlier of two,
    a reversed interval cleared. Each has a stable code by which they can be counted. ``quick``: the file is read in
    whole columns, about as fast as a database takes them.
    """

    header: tuple[str, ...]
    rows: Sequence[CleanRow]
    rejected: list[Rejection]
    skipped: int = 0
    notes: list[Problem] = field(default_factory=list)
    quick: bool = False


class PeopleDirectory(Protocol):
    """Who exists, people or teams. Asked once per distinct cell of a column."""

    @property
    def codes(self) -> Collection[str]:
        """All codes: each of them is found as itself."""
        ...

    def find(self, code_or_name: str) -> str | tuple[str, ...] | None:
        """The code; all codes where several bear the name; None where nobody does."""
        ...

    def nearest(self, code_or_name: str) -> Sequence[str]:
        """At most three names or codes that read alike, the nearest first."""
        ...


@dataclass(frozen=True)
class ReadContext:
    """``timezone`` is that of times without an offset; ``people`` resolves person fields, ``teams`` team fields."""

    timezone: tzinfo
    people: PeopleDirectory
    teams: PeopleDirectory = field(default_factory=lambda: Directory(()))


class Unfit(Exception):  # noqa: N818 - a verdict about a cell, kept as a value; it never leaves the reading side
    """The cell does not fit its field: why, and how to mend it."""

    def __init__(self, reason: Message, fix: Message) -> None:
        super().__init__(reason)
        self.reason = reason
        self.fix = fix
