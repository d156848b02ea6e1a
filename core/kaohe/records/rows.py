"""What reading a file gives: clean rows, rejected rows with every mistake, and notes; and what it must be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from types import MappingProxyType
from typing import Literal, Protocol

from kaohe.errors import Place, Problem
from kaohe.records.directory import Directory
from kaohe.text import Message

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
    """A batch of rows. ``skipped`` counts rows the mapping asked to leave out.

    ``notes`` say what was decided on the way: the sheet chosen, columns not used, a time read as the earlier of two,
    a reversed interval cleared. Each has a stable code by which they can be counted.
    """

    header: tuple[str, ...]
    rows: list[CleanRow]
    rejected: list[Rejection]
    skipped: int = 0
    notes: list[Problem] = field(default_factory=list)


class PeopleDirectory(Protocol):
    """Who exists, people or teams. Asked once per distinct cell of a column."""

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
