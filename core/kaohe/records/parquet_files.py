"""Parquet files as tables of cells, some thousands of rows at a time: a file larger than the memory is no matter."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from kaohe.records.cell_text import as_cells
from kaohe.records.chunks import ROWS_AT_ONCE, Chunk, Chunks
from kaohe.records.source import Table, refused
from kaohe.records.words import trim
from kaohe.text import msg


def open_parquet(source: Path) -> Table:
    """Open a Parquet file; its first record is row 1. Raises KaoheError for one that cannot be read."""
    try:
        file = pq.ParquetFile(source)
    except (pa.ArrowException, OSError):
        raise _damaged(source) from None
    header = tuple(trim(name) for name in file.schema_arrow.names)
    return Table(source.name, header, named=True, chunks=_chunks(source, file))


def _chunks(source: Path, file: pq.ParquetFile) -> Chunks:
    row = 1
    with file:
        try:
            for batch in file.iter_batches(ROWS_AT_ONCE):
                numbers = np.arange(row, row + batch.num_rows, dtype=np.int64)
                yield Chunk(numbers, tuple(map(as_cells, batch.columns)))
                row += batch.num_rows
        except (pa.ArrowException, OSError):
            raise _damaged(source) from None
        if row == 1:
            yield Chunk(np.zeros(0, np.int64), tuple(pa.array([], pa.string()) for _ in file.schema_arrow))


def _damaged(source: Path) -> Exception:
    return refused(
        source,
        msg("this Parquet file is damaged, or of a kind that cannot be read"),
        msg("Write it again from where it came, or export it as CSV."),
    )
