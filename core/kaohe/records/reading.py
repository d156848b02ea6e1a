"""Reading a file of records: open it, bind its columns, clean its rows in batches. Nothing is stored here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from kaohe.errors import KaoheError
from kaohe.plugin.types import RecordType
from kaohe.records.binding import Binding, bind
from kaohe.records.chunk_cleaner import ChunkCleaner
from kaohe.records.chunks import chunks_of
from kaohe.records.csv_files import open_csv
from kaohe.records.excel_files import open_excel
from kaohe.records.json_files import open_json
from kaohe.records.lookups import Lookups
from kaohe.records.mapping import SourceMapping
from kaohe.records.parquet_files import open_parquet
from kaohe.records.people_file import PEOPLE, people_type, with_attributes
from kaohe.records.rows import ReadContext, Reading
from kaohe.records.source import Table, kind_of


def read_records(
    source: Path,
    record_type: RecordType,
    mapping: SourceMapping | None,
    context: ReadContext,
    *,
    sheet: str | None = None,
    stored: Lookups | None = None,
) -> Iterator[Reading]:
    """Read a CSV, XLSX or JSON file into clean and rejected rows, in batches of some thousands; at least one batch.

    Opening and binding happen at once: KaoheError where the file cannot be read or its columns do not fit. It may
    still come later, between batches, where a CSV file stops being text. ``stored`` finds the records that a mapping
    adds to or asks.
    """
    table = open_table(source, record_type, mapping, sheet)
    return _batches(table, _bound(record_type, mapping, table, context, stored))


def read_people(
    source: Path, mapping: SourceMapping | None, context: ReadContext, *, sheet: str | None = None
) -> tuple[RecordType, Iterator[Reading]]:
    """Read a table of people: the record type with this file's attributes, and the readings.

    Every column that is no field of ``PEOPLE`` becomes a text field of that name; a mapping names those it wants.
    """
    table = open_table(source, PEOPLE, mapping, sheet, free_keys=True)
    record_type = people_type(table.header) if mapping is None else with_attributes(mapping.columns)
    return record_type, _batches(table, _bound(record_type, mapping, table, context))


def open_table(
    source: Path, record_type: RecordType, mapping: SourceMapping | None, sheet: str | None, *, free_keys: bool = False
) -> Table:
    """Open a file as a table, as the mapping says; ``sheet`` goes before the mapping's own."""
    header = mapping.header if mapping else 0
    match kind_of(source):
        case "xlsx":
            return open_excel(source, sheet=sheet or (mapping.sheet if mapping else None), header=header)
        case "parquet":
            return open_parquet(source)
        case "json":
            return open_json(source, record_type, mapped=free_keys or mapping is not None)
        case _:
            encoding, delimiter = (mapping.encoding, mapping.delimiter) if mapping else (None, None)
            return open_csv(source, encoding=encoding, delimiter=delimiter, header=header)


def _bound(
    record_type: RecordType,
    mapping: SourceMapping | None,
    table: Table,
    context: ReadContext,
    stored: Lookups | None = None,
) -> Binding:
    try:
        return bind(record_type, mapping, table, context, stored)
    except KaoheError:
        table.close()
        raise


def _batches(table: Table, binding: Binding) -> Iterator[Reading]:
    notes = [*table.notes, *binding.notes]
    quick = table.chunks is not None and binding.in_columns
    with closing(table):
        for chunk in table.chunks or chunks_of(table):
            cleaner = ChunkCleaner(table, binding, chunk, rejected=[*table.broken], notes=notes)
            table.broken.clear()
            yield replace(cleaner.clean(), quick=quick)
            notes = []
