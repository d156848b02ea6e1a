"""Columns as rows of PostgreSQL's binary COPY: the server takes them as they are and reads no text.

A row is the number of its fields, then each field: its length in four bytes, -1 where it is missing, and its bytes, the
most significant first. Days and moments count from 2000-01-01.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kaohe.exact import Flags, Ints
from kaohe.records.cell_bytes import Bytes

BEGIN = b"PGCOPY\n\xff\r\n\0" + bytes(8)
END = b"\xff\xff"
_EPOCH_DAY = 10_957
_EPOCH = _EPOCH_DAY * 86_400_000_000
_LENGTH = 4


def copy_rows(batch: pa.RecordBatch, *constants: int) -> pa.Buffer:
    """The rows of columns of physical values (see ``physical``), each followed by these whole numbers."""
    if not len(batch):
        return pa.py_buffer(b"")
    width = batch.num_columns + len(constants)
    fields = [field for column in batch.columns for field in _fields(column)]
    last = b"".join(b"\0\0\0\x08" + number.to_bytes(8, "big", signed=True) for number in constants)
    joined = pc.binary_join_element_wise(_scalar(width.to_bytes(2, "big")), *fields, _scalar(last), _scalar(b""))
    buffer: pa.Buffer = joined.buffers()[2]
    return buffer


def _fields(column: pa.Array) -> Iterator[pa.BinaryArray]:
    """What stands for a column in each row, in one or two parts."""
    known = np.asarray(column.is_valid()) if column.null_count else None
    if pa.types.is_null(column.type):
        yield pa.repeat(_scalar(b"\xff\xff\xff\xff"), len(column))
    elif pa.types.is_string(column.type):
        present = column if known is None else pc.fill_null(column, "")
        lengths = pc.binary_length(present).to_numpy()
        yield _even(_big(lengths if known is None else np.where(known, lengths, -1), 4))
        yield present.cast(pa.binary())
    elif pa.types.is_boolean(column.type):
        yield _fixed(_big(_numbers(column), 1), known)
    elif pa.types.is_date32(column.type):
        yield _fixed(_big(_numbers(column.cast(pa.int32())) - _EPOCH_DAY, 4), known)
    elif pa.types.is_timestamp(column.type):
        yield _fixed(_big(_numbers(column.cast(pa.int64())) - _EPOCH, 8), known)
    else:
        yield _fixed(_big(_numbers(column.cast(pa.int64())), 8), known)


def _numbers(column: pa.Array) -> Ints:
    """The values, 0 where one is missing."""
    values: Ints = pc.fill_null(column, pa.scalar(0).cast(column.type)).to_numpy(zero_copy_only=False).astype(np.int64)
    return values


def _big(numbers: Ints, width: int) -> Bytes:
    """Whole numbers in so many bytes, a row of a table for each."""
    return numbers.astype(f">i{width}").view(np.uint8).reshape(len(numbers), width)


def _fixed(table: Bytes, known: Flags | None) -> pa.BinaryArray:
    """Values of one width with their length in front; -1 alone where one is not known."""
    rows, width = table.shape
    fields = np.empty((rows, _LENGTH + width), np.uint8)
    fields[:, :_LENGTH] = _big(np.array([width]), _LENGTH)
    fields[:, _LENGTH:] = table
    if known is None:
        return _even(fields)
    fields[~known, :_LENGTH] = 0xFF
    kept = np.ones(fields.shape, np.bool_)
    kept[~known, _LENGTH:] = False
    ends = np.cumsum(np.where(known, _LENGTH + width, _LENGTH))
    return _binary(rows, np.concatenate(([0], ends)), fields[kept])


def _even(table: Bytes) -> pa.BinaryArray:
    """The rows of a table of bytes."""
    rows, width = table.shape
    return _binary(rows, np.arange(rows + 1) * width, np.ascontiguousarray(table))


def _binary(rows: int, offsets: Ints, data: Bytes) -> pa.BinaryArray:
    buffers = [None, pa.py_buffer(offsets.astype(np.int32)), pa.py_buffer(data)]
    return pa.Array.from_buffers(pa.binary(), rows, buffers)


def _scalar(value: bytes) -> pa.BinaryScalar:
    return pa.scalar(value, pa.binary())
