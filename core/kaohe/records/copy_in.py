"""One COPY into a table of PostgreSQL, from the first row to the last: the server reads rows, and another thread makes
them ready for it, while the next ones are read from their file."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, Table

from kaohe.records.copy_format import BEGIN, END, copy_rows

_AT_ONCE = 8_192  # rows


class CopyIn:
    """Rows on their way into some columns of a table; the last columns have the ``constants`` in every row.

    Until ``finish`` or ``abandon`` nobody else may use the connection. What the database reports about rows comes with
    the next ones, or in the end.
    """

    def __init__(self, connection: Connection, table: Table, columns: Sequence[str], *constants: int) -> None:
        prepare = connection.dialect.identifier_preparer
        named = ", ".join(map(prepare.quote, columns))
        driver: Any = connection.connection.driver_connection
        command = f"COPY {prepare.format_table(table)} ({named}) FROM STDIN (FORMAT binary)"
        self._copy = driver.cursor().copy(command)
        self._open = self._copy.__enter__()
        self._open.write(BEGIN)
        self._constants = constants
        self._worker = ThreadPoolExecutor(1)
        self._writing: Future[None] | None = None

    def add(self, batch: pa.RecordBatch) -> None:
        """Begin to write rows of physical values, when those before them are written."""
        self._written()
        self._writing = self._worker.submit(self._write, batch)

    def finish(self) -> None:
        """All rows are there."""
        self._written()
        self._open.write(END)
        self._end(None)

    def abandon(self, error: BaseException) -> None:
        """Nothing was kept: the server hears of the error."""
        if self._writing is not None:
            wait([self._writing])
        with suppress(Exception):  # it says so itself
            self._end(error)

    def _write(self, batch: pa.RecordBatch) -> None:
        for start in range(0, len(batch), _AT_ONCE):
            self._open.write(copy_rows(batch.slice(start, _AT_ONCE), *self._constants))

    def _written(self) -> None:
        writing, self._writing = self._writing, None
        if writing is not None:
            writing.result()

    def _end(self, error: BaseException | None) -> None:
        self._worker.shutdown()
        self._copy.__exit__(
            None if error is None else type(error), error, None if error is None else error.__traceback__
        )
