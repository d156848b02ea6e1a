"""One Parquet file of a snapshot: rows of one table and month, named by what they say and not by how it is written."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from kaohe.records.canonical import canonical
from kaohe.records.columnar import LOCAL, Layout

UNDATED = "undated"
_MICROSECONDS_PER_DAY = 86_400_000_000


@dataclass(frozen=True)
class Partition:
    """Rows of one table whose ``when`` falls into a month (None: no month, or no date).

    ``content``: SHA-256 over the logical columns. ``sha256``: of the file's bytes. ``ranges``: the least and greatest
    value of each dated physical column, None where it has none.
    """

    path: Path
    month: str | None
    rows: int
    content: str
    sha256: str
    ranges: Mapping[str, tuple[int | None, int | None]]

    def is_intact(self) -> bool:
        """Whether the file is there and holds the bytes that were written."""
        return self.path.is_file() and file_sha256(self.path) == self.sha256


def split_by_month(table: pa.Table, layout: Layout) -> Iterator[tuple[str | None, pa.Table]]:
    """The rows of each month of ``when`` in the workspace's calendar, months ascending, rows in their order."""
    if layout.when is None or not table.num_rows:
        yield None, table
        return
    months = _months(table, layout)
    order = np.argsort(months, kind="stable")
    ordered = table.take(pa.array(order))
    values, starts = np.unique(months[order], return_index=True)
    ends = [*starts[1:], len(order)]
    for value, start, end in zip(values, starts, ends, strict=True):
        name = None if np.isnat(value) else str(value)
        yield name, ordered.slice(start, end - start).combine_chunks()


def write_partition(folder: Path, month: str | None, table: pa.Table, layout: Layout) -> Partition:
    """Write the rows unless an intact file of the same content is there; a file appears whole or not at all."""
    content = content_digest(table)
    path = folder / layout.table.name / f"{month or UNDATED}-{content}.parquet"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, lambda beside: pq.write_table(table, beside, compression="zstd", store_schema=False))
    ranges = {name: _range(table.column(name)) for name in layout.dated}
    return Partition(path, month, table.num_rows, content, file_sha256(path), ranges)


def content_digest(table: pa.Table) -> str:
    """SHA-256 over names, types and values: per column which values are there, then the values, missing ones as 0."""
    sha = hashlib.sha256()
    columns = [[field.name, str(field.type)] for field in table.schema]
    sha.update(canonical({"columns": columns, "rows": table.num_rows}).encode() + b"\n")
    for column in table.columns:
        array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        if isinstance(array, pa.ChunkedArray):
            array = array.chunk(0) if array.num_chunks else pa.array([], array.type)
        sha.update(np.packbits(array.is_valid().to_numpy(zero_copy_only=False)).tobytes())
        for part in _value_bytes(array):
            sha.update(part)
    return sha.hexdigest()


def file_sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_whole(path: Path, write: Any) -> None:
    """Let ``write`` fill a file beside the path, bring it to the disk, then give it its name."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        write(beside)
        with beside.open("rb+") as file:
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _value_bytes(array: Any) -> Iterator[bytes]:
    if pa.types.is_string(array.type):
        yield pc.binary_length(array.fill_null("")).cast(pa.int64()).to_numpy().astype("<i8").tobytes()
        yield "".join(array.drop_null().to_pylist()).encode()
    elif pa.types.is_boolean(array.type):
        yield array.fill_null(False).to_numpy(zero_copy_only=False).astype("u1").tobytes()
    else:
        yield array.fill_null(0).to_numpy().astype("<i8").tobytes()


def _months(table: pa.Table, layout: Layout) -> Any:
    """The month of each row as datetime64[M]; NaT where ``when`` is missing."""
    when = layout.when or ""
    if layout.kinds[when] == "date":
        column = table.column(when)
        days = column.fill_null(0).to_numpy()
    else:
        column = table.column(when + LOCAL)
        days = np.floor_divide(column.fill_null(0).to_numpy(), _MICROSECONDS_PER_DAY)
    months = days.astype("datetime64[D]").astype("datetime64[M]")
    months[column.is_null().to_numpy()] = np.datetime64("NaT")
    return months


def _range(column: Any) -> tuple[int | None, int | None]:
    bounds = pc.min_max(column)
    return bounds["min"].as_py(), bounds["max"].as_py()
