"""Stored records as people write them: to a CSV file, a workbook or JSON, each of which can be imported again."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import IO, Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from kaohe.plugin import Field, RecordType
from kaohe.plugin.types import TEXT_KINDS
from kaohe.records.store import Store
from kaohe.records.words import guarded

_AT_ONCE = 5_000
_MONEY_DECIMALS = 2
_LONGEST_NUMBER = 15  # digits that a workbook keeps

Row = Sequence[Any]


def read_rows(store: Store, record_type: RecordType, zone: ZoneInfo) -> Iterator[Row]:
    """Rows in key order: text, exact decimals (money in yuan), booleans, dates, and moments on the zone's clock."""
    table = store.tables[record_type.name]
    query = select(*(table.c[field.name] for field in record_type.fields)).order_by(
        *(table.c[name] for name in record_type.key)
    )
    writers = [_presented(field, zone) for field in record_type.fields]
    with store.reading() as connection:
        streamed = connection.execution_options(stream_results=True, yield_per=_AT_ONCE).execute(query)
        for row in streamed:
            yield [None if value is None else write(value) for write, value in zip(writers, row, strict=True)]


def write_csv(file: IO[str], record_type: RecordType, rows: Iterator[Row]) -> int:
    """Header of field names, then the rows; text that a spreadsheet would take for a formula gets a leading '."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([field.name for field in record_type.fields])
    count = 0
    for row in rows:
        cells = zip(record_type.fields, row, strict=True)
        writer.writerow([guarded(value) if _is_text(field, value) else _written(value) for field, value in cells])
        count += 1
    return count


def write_json(file: IO[str], record_type: RecordType, rows: Iterator[Row]) -> int:
    """A list of objects; numbers are exact, not binary fractions; missing values are null."""
    names = [json.dumps(field.name, ensure_ascii=False) for field in record_type.fields]
    count = 0
    file.write("[")
    for row in rows:
        pairs = (f"{name}: {_json(value)}" for name, value in zip(names, row, strict=True))
        file.write(f"{',' if count else ''}\n  {{{', '.join(pairs)}}}")
        count += 1
    file.write("\n]\n" if count else "]\n")
    return count


def write_workbook(path: Path, record_type: RecordType, rows: Iterator[Row]) -> int:
    """One sheet; text is text, whatever it begins with; numbers of more digits than a workbook keeps are text too."""
    import xlsxwriter  # noqa: PLC0415 - the other forms do without

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    count = 0
    with xlsxwriter.Workbook(str(path), options) as workbook:
        sheet = workbook.add_worksheet(record_type.name[:31])
        formats = [workbook.add_format({"num_format": _number_format(field)}) for field in record_type.fields]
        sheet.write_row(0, 0, [field.name for field in record_type.fields])
        sheet.freeze_panes(1, 0)
        for count, row in enumerate(rows, start=1):
            for column, (value, style) in enumerate(zip(row, formats, strict=True)):
                if value is not None:
                    _write_cell(sheet, count, column, value, style)
    return count


def _presented(field: Field, zone: ZoneInfo) -> Callable[[Any], Any]:
    match field.kind:
        case "money":
            return lambda fen: Decimal(fen).scaleb(-_MONEY_DECIMALS)
        case "decimal":
            return lambda scaled: Decimal(scaled).scaleb(-field.scale)
        case "integer":
            return Decimal
        case "datetime":
            return lambda moment: moment.astimezone(zone)
        case _:
            return lambda value: value


def _is_text(field: Field, value: Any) -> bool:
    return value is not None and field.kind in TEXT_KINDS


def _written(value: Any) -> str:
    """A value as it is read again: a wall clock without its offset, unless the hour occurs twice."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        shown = value if _occurs_twice(value) else value.replace(tzinfo=None)
        return shown.isoformat(sep=" ")
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _occurs_twice(moment: datetime) -> bool:
    return moment.replace(fold=0).utcoffset() != moment.replace(fold=1).utcoffset()


def _json(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool | Decimal):
        return _written(value)
    text = value.isoformat() if isinstance(value, datetime) else _written(value)
    return json.dumps(text, ensure_ascii=False)


def _number_format(field: Field) -> str:
    decimals = _MONEY_DECIMALS if field.kind == "money" else field.scale if field.kind == "decimal" else 0
    if field.kind in TEXT_KINDS:
        return "@"
    by_kind = {"date": "yyyy-mm-dd", "datetime": "yyyy-mm-dd hh:mm:ss"}
    return by_kind.get(field.kind, f"0.{'0' * decimals}" if decimals else "0")


def _write_cell(sheet: Any, row: int, column: int, value: Any, style: Any) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value, style)
    elif isinstance(value, Decimal) and len(value.as_tuple().digits) <= _LONGEST_NUMBER:
        sheet.write_number(row, column, value, style)
    elif isinstance(value, datetime) and not _occurs_twice(value) and _exact_in_workbook(value):
        sheet.write_datetime(row, column, value.replace(tzinfo=None), style)
    elif isinstance(value, date) and not isinstance(value, datetime) and _exact_in_workbook(value):
        sheet.write_datetime(row, column, value, style)
    else:
        sheet.write_string(row, column, _written(value), style)


def _exact_in_workbook(value: date) -> bool:
    """A workbook counts days from 1900, with a leap day that never was, and keeps milliseconds."""
    microseconds = value.microsecond if isinstance(value, datetime) else 0
    return value.year > 1900 and timedelta(microseconds=microseconds) % timedelta(milliseconds=1) == timedelta()
