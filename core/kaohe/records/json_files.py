"""JSON as a table: an array of records, or one record per line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any, NoReturn

from kaohe.plugin.types import RecordType
from kaohe.records.json_schema import as_cell, record_checker
from kaohe.records.rows import Rejection
from kaohe.records.source import Rows, Table, refused
from kaohe.text import msg

_LARGEST_ARRAY = 200 << 20
_LONGEST_LINE = 1 << 20


class _Unreadable:
    """A line that is no JSON."""


def open_json(source: Path, record_type: RecordType, *, mapped: bool) -> Table:
    """Open a JSON file; a first character ``[`` makes it an array, anything else lines.

    Records must meet the record type's JSON Schema, unless a mapping gives their keys a meaning: then the keys are
    the columns. Raises KaoheError where an array is not JSON or too large to be held.
    """
    lines = not _is_array(source)
    header = tuple(field.name for field in record_type.fields)
    if mapped:
        # Two passes: which keys there are is known only at the end.
        records = _records(source, lines=lines)
        header = tuple(
            dict.fromkeys(chain.from_iterable(record for _row, record in records if isinstance(record, dict)))
        )
    table = Table(source.name, header, named=True)
    table.rows = _rows(_records(source, lines=lines), table, None if mapped else record_type)
    return table


def _rows(records: Iterable[tuple[int, Any]], table: Table, record_type: RecordType | None) -> Rows:
    check = None if record_type is None else record_checker(record_type)
    for row, record in records:
        if isinstance(record, _Unreadable):
            fix = msg("Write one complete object on every line.")
            table.broken.append(table.reject(row, (), msg("this line is not JSON"), fix))
            continue
        mistakes = check(record) if check else []
        if not isinstance(record, dict):
            fix = msg("Write an object of fields.")
            table.broken.append(table.reject(row, (as_cell(record),), msg("this is not a record"), fix))
            continue
        cells = [as_cell(record.get(name)) for name in table.header]
        if mistakes:
            table.broken.append(Rejection(row, tuple(cells), tuple(mistakes), table.place(row)))
        else:
            yield row, cells


def _records(source: Path, *, lines: bool) -> Iterator[tuple[int, Any]]:
    """Rows are lines, or the positions in the array from 1."""
    if not lines:
        yield from enumerate(_array(source), 1)
        return
    with source.open(encoding="utf-8-sig", errors="replace") as file:
        row = 0
        while line := file.readline(_LONGEST_LINE):
            row += 1
            if line.strip():
                yield row, _line(line)


def _line(line: str) -> Any:
    try:
        return _loads(line)
    except (ValueError, ArithmeticError, RecursionError):
        return _Unreadable()


def _array(source: Path) -> list[Any]:
    if source.stat().st_size > _LARGEST_ARRAY:
        raise refused(
            source,
            msg("the array is larger than {size} MB", size=_LARGEST_ARRAY >> 20),
            msg("Write one record per line instead; lines are read piece by piece."),
        )
    fix = msg("Write an array of objects, or one object per line, in UTF-8.")
    try:
        records = _loads(source.read_text("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise refused(source, msg("this is not JSON: {reason}", reason=error.msg), fix, error.lineno) from None
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise refused(source, msg("this is not JSON: {reason}", reason=str(error)[:80]), fix) from None
    return records if isinstance(records, list) else [records]


def _is_array(source: Path) -> bool:
    with source.open(encoding="utf-8-sig", errors="replace") as file:
        return file.read(4096).lstrip()[:1] == "["


def _loads(text: str) -> Any:
    return json.loads(text, parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_unique)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) != len(pairs):
        raise ValueError("equal keys in one object")
    return record


def _no_constant(word: str) -> NoReturn:
    raise ValueError(word)
