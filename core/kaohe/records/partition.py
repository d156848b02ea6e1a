"""One Parquet file of a snapshot: rows of one table and month, named by what they say and not by how it is written."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import get_ident
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from kaohe.records.canonical import canonical
from kaohe.records.columnar import LOCAL, Layout

UNDATED = "undated"
WORKERS = min(os.cpu_count() or 1, 8)
# Quick to read, and small, for it is hashed as often as it is read; a group of rows is what an engine reads at once.
_AS = {"compression": "zstd", "compression_level": 1, "row_group_size": 122_880, "store_schema": False}
_MOMENTS = "DELTA_BINARY_PACKED"
_Stamp = tuple[int, int, int, int]
_hashed: dict[Path, tuple[_Stamp, str]] = {}


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

    def was_intact(self) -> bool:
        """Likewise; a file that this process has hashed before and nobody has written to since is not read again."""
        known = _hashed.get(self.path)
        if known is None or known[0] != _stamp(self.path):
            return self.is_intact()
        return known[1] == self.sha256


def broken(partitions: Iterable[Partition], *, again: bool = True) -> list[Partition]:
    """Those whose files are missing or changed; files are hashed side by side. ``again``: also those that this process
    has hashed before."""
    listed = list(partitions)
    check = Partition.is_intact if again else Partition.was_intact
    if len(listed) < 2:
        return [each for each in listed if not check(each)]
    with ThreadPoolExecutor(WORKERS) as pool:
        return [each for each, sound in zip(listed, pool.map(check, listed), strict=True) if not sound]


def write_partition(folder: Path, month: str | None, table: pa.Table, layout: Layout) -> Partition:
    """Write the rows unless a file that says the same is there; a file appears whole or not at all."""
    content = content_digest(table)
    path = folder / layout.table.name / f"{month or UNDATED}-{content}.parquet"
    if not holds(path, content):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_parquet(path, table, key=layout.order)
    ranges = {name: _range(table.column(name)) for name in layout.dated}
    return Partition(path, month, table.num_rows, content, file_sha256(path), ranges)


def write_parquet(path: Path, table: pa.Table, key: Sequence[str] = ()) -> None:
    """The table as a file of a snapshot: moments by their differences, what repeats by a dictionary; a ``key`` of one
    column does not."""
    moments = {name for each in table.column_names if each.endswith(LOCAL) for name in (each, each.removesuffix(LOCAL))}
    repeated = [name for name in table.column_names if name not in moments and (name,) != tuple(key)]
    encoding = {"use_dictionary": repeated, "column_encoding": dict.fromkeys(moments, _MOMENTS)}
    write_whole(path, lambda beside: pq.write_table(table, beside, **_AS, **encoding))


def holds(path: Path, content: str) -> bool:
    """Whether the file, however it is written, holds the rows of that digest."""
    try:
        with pq.ParquetFile(path) as file:
            return content_digest(file.read()) == content
    except (OSError, pa.ArrowException):
        return False


def content_digest(table: pa.Table) -> str:
    """SHA-256 over names, types and values: per column which values are there, then the values, missing ones as 0."""
    sha = hashlib.sha256()
    columns = [[field.name, str(field.type)] for field in table.schema]
    sha.update(canonical({"columns": columns, "rows": table.num_rows}).encode() + b"\n")
    for column in table.columns:
        array = column if isinstance(column, pa.ChunkedArray) else pa.chunked_array([column])
        sha.update(np.packbits(array.is_valid().to_numpy(zero_copy_only=False).astype(np.bool_)).data)
        for part in _value_bytes(array):
            sha.update(part)
    return sha.hexdigest()


def file_sha256(path: Path) -> str:
    stamp = _stamp(path)
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if stamp is not None:
        _hashed[path] = (stamp, found)
    return found


def write_whole(path: Path, write: Any) -> None:
    """Let ``write`` fill a file beside the path, bring it to the disk, then give it its name."""
    beside = path.with_name(f".{path.name}.{get_ident()}.{os.getpid()}")
    try:
        write(beside)
        with beside.open("rb+") as file:
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _stamp(path: Path) -> _Stamp | None:
    """What changes with any change of a file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _value_bytes(array: pa.ChunkedArray) -> Iterator[Any]:
    """The values as they are hashed, without a copy where there is one in memory."""
    if pa.types.is_string(array.type):
        yield pc.binary_length(array.fill_null("")).cast(pa.int64()).to_numpy().astype("<i8", copy=False)
        for chunk in array.drop_null().chunks:
            yield _text_bytes(chunk)
    elif pa.types.is_boolean(array.type):
        yield array.fill_null(False).to_numpy().astype("u1")
    else:
        yield array.fill_null(0).to_numpy().astype("<i8", copy=False)


def _text_bytes(chunk: pa.StringArray) -> Any:
    """All texts of a chunk without missing ones, one after the other, as they lie in memory."""
    _valid, offsets, texts = chunk.buffers()
    if not len(chunk) or texts is None:
        return b""
    ends = np.frombuffer(offsets, np.int32)[[chunk.offset, chunk.offset + len(chunk)]]
    return memoryview(texts)[int(ends[0]) : int(ends[1])]


def _range(column: Any) -> tuple[int | None, int | None]:
    bounds = pc.min_max(column)
    return bounds["min"].as_py(), bounds["max"].as_py()
