"""A table before it has a form: typed columns and exact cells, and how each kind reads as text."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import IO, Any, Literal

from kaohe.exact import format_fen, format_micros, from_micros, plain_fen
from kaohe.records.words import guarded
from kaohe.text import visible

Kind = Literal["text", "count", "points", "money", "number"]


@dataclass(frozen=True)
class Column:
    """``points`` are millionths shown with ``decimals``; ``money`` is fen; ``count`` is a whole number; ``number`` is
    millionths shown with as many decimals as there are.

    ``spare``: where there is not room for everything, columns with a higher number go first; 0 stays. ``wraps``: its
    cells may run over several lines.
    """

    header: str
    kind: Kind = "text"
    decimals: int = 0
    spare: int = 0
    wraps: bool = False


@dataclass(frozen=True)
class Sheet:
    """A title, columns, and rows of raw cells (None: empty). ``total`` is one more row that adds the others up; it is
    no row of the data. ``fixed``: so many columns stay in view, and on each page, when others are moved past them."""

    title: str
    columns: tuple[Column, ...]
    rows: Sequence[tuple[Any, ...]]
    total: tuple[Any, ...] | None = None
    fixed: int = 0

    @property
    def numbers(self) -> tuple[int, ...]:
        """The positions of the columns that hold numbers."""
        return tuple(index for index, column in enumerate(self.columns) if column.kind != "text")


def as_text(column: Column, value: Any) -> str:
    """The cell as a person reads it."""
    if value is None:
        return ""
    match column.kind:
        case "points":
            return format_micros(value, column.decimals)
        case "money":
            return format_fen(value)
        case "number":
            return str(from_micros(value))
        case _:
            return visible(str(value))


def as_decimal(column: Column, value: int) -> Decimal:
    """The number of a numeric cell, exactly."""
    match column.kind:
        case "points":
            return Decimal(format_micros(value, column.decimals))
        case "money":
            return Decimal(value).scaleb(-2)
        case "number":
            return from_micros(value)
        case _:
            return Decimal(value)


def write_csv(sheet: Sheet, stream: IO[str]) -> None:
    """The sheet as CSV: numbers plain, text cells that a spreadsheet would take for a formula made harmless."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([harmless(column.header) for column in sheet.columns])
    if sheet.rows:
        columns = zip(sheet.columns, zip(*sheet.rows, strict=True), strict=True)
        writer.writerows(zip(*(_plain(column, values) for column, values in columns), strict=True))


def _plain(column: Column, values: Sequence[Any]) -> list[str]:
    """The cells of a column as programs read them."""
    write: Callable[[Any], str]
    match column.kind:
        case "text":
            write = _harmless
        case "points":
            write = partial(format_micros, decimals=column.decimals)
        case "money":
            write = plain_fen
        case _:
            write = partial(_number, column)
    return ["" if value is None else write(value) for value in values]


def _harmless(value: Any) -> str:
    return harmless(str(value))


def _number(column: Column, value: int) -> str:
    return str(as_decimal(column, value))


def harmless(text: str) -> str:
    """Guarded, and without carriage returns: Python does not quote them, and a spreadsheet would begin a new row."""
    return guarded(text.replace("\r\n", "\n").replace("\r", "\n"))
