"""Rows as they come out of a database, sorted into the months of their ``when``, each month written as a file.

Nothing but the months at work is held in memory: what is more than that waits in files beside the snapshot's.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from kaohe.records.columnar import LOCAL, Layout, in_order, physical
from kaohe.records.partition import WORKERS, Partition, write_partition
from kaohe.records.row_streams import Stream

WAITING = ".rows-"
"""What the names of folders begin with in which rows wait."""
_MOST = 256_000_000  # bytes of rows that wait in memory
_MICROSECONDS_PER_DAY = 86_400_000_000
Item = TypeVar("Item")
Result = TypeVar("Result")


def read_partitions(
    stream: Stream, layout: Layout, months: frozenset[str | None] | None, folder: Path, zone: ZoneInfo
) -> tuple[Partition, ...]:
    """The rows of these months (None: of all) as files, in the order of the months. Empty months have no file."""
    with ThreadPoolExecutor(WORKERS) as pool, _Shelf(folder, layout) as shelf:

        def cut(raw: Any) -> list[tuple[str | None, pa.Table]]:
            return [part for part in split_by_month(physical(raw, layout, zone), layout) if part[1].num_rows]

        def write(month: str | None) -> Partition:
            return write_partition(folder, month, in_order(shelf.take(month), layout), layout)

        for parts in _side_by_side(pool, cut, stream(layout, months)):
            for month, rows in parts:
                if months is None or month in months:
                    shelf.add(month, rows)
        return tuple(_side_by_side(pool, write, shelf.months()))


def split_by_month(table: pa.Table, layout: Layout) -> Iterator[tuple[str | None, pa.Table]]:
    """The rows of each month of ``when`` in the workspace's calendar, months ascending, rows in their order."""
    if layout.when is None or not table.num_rows:
        yield None, table
        return
    months = _months(table, layout)
    if not np.isnat(months[0]) and (months == months[0]).all():
        yield str(months[0]), table
        return
    order = np.argsort(months, kind="stable")
    ordered = table.take(pa.array(order))
    values, starts = np.unique(months[order], return_index=True)
    ends = [*starts[1:], len(order)]
    for value, start, end in zip(values, starts, ends, strict=True):
        yield None if np.isnat(value) else str(value), ordered.slice(start, end - start)


def place_of(month: str | None) -> tuple[bool, int]:
    """By which months are put in order; what has none comes last."""
    return month is None, 0 if month is None else int(np.datetime64(month, "M").astype(np.int64))


class _Shelf:
    """Rows by their months."""

    def __init__(self, folder: Path, layout: Layout) -> None:
        self._folder, self._schema = folder, layout.schema
        self._rows: dict[str | None, list[pa.Table]] = {}
        self._bytes = 0
        self._waiting: Path | None = None
        self._files: dict[str | None, Any] = {}

    def __enter__(self) -> _Shelf:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._close()
        finally:
            if self._waiting is not None:
                shutil.rmtree(self._waiting, ignore_errors=True)

    def add(self, month: str | None, rows: pa.Table) -> None:
        self._rows.setdefault(month, []).append(rows)
        self._bytes += rows.nbytes
        if self._bytes > _MOST:
            self._put_aside()

    def months(self) -> list[str | None]:
        """The months of which there are rows, ascending; nothing is added from then on."""
        self._close()
        return sorted(self._rows, key=place_of)

    def take(self, month: str | None) -> pa.Table:
        """All rows of the month."""
        found = list(self._rows[month])
        self._rows[month].clear()
        if month in self._files:
            with pa.OSFile(str(self._path(month))) as file:
                found.insert(0, pa.ipc.open_stream(file).read_all())
        return pa.concat_tables(found)

    def _put_aside(self) -> None:
        if self._waiting is None:
            self._waiting = Path(tempfile.mkdtemp(prefix=WAITING, dir=self._folder))
        for month, tables in self._rows.items():
            if tables and month not in self._files:
                self._files[month] = pa.ipc.new_stream(str(self._path(month)), self._schema)
            for table in tables:
                self._files[month].write_table(table)
            tables.clear()
        self._bytes = 0

    def _path(self, month: str | None) -> Path:
        return (self._waiting or self._folder) / (month or "undated")

    def _close(self) -> None:
        for file in self._files.values():
            with suppress(ValueError):
                file.close()


def _side_by_side(pool: ThreadPoolExecutor, work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """The results in the order of the items, a few of which are at work at any time."""
    at_work: deque[Future[Result]] = deque()
    try:
        for item in items:
            at_work.append(pool.submit(work, item))
            if len(at_work) > WORKERS:
                yield at_work.popleft().result()
        while at_work:
            yield at_work.popleft().result()
    finally:
        for each in at_work:
            each.cancel()


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
