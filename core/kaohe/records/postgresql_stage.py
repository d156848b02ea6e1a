"""Staged rows on PostgreSQL: a temporary table, filled by one COPY from the first row to the last, so that the server
reads rows while the next ones are made."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pyarrow as pa
import pyarrow.csv as arrow_csv
from sqlalchemy import Connection, Table

_FEW = 1_000
_OPTIONS = arrow_csv.WriteOptions(include_header=False)


class PostgresqlRows:
    """Where staged rows go."""

    def __init__(self, connection: Connection, define: Callable[..., Table]) -> None:
        self._connection = connection
        self._table = define(prefixes=["TEMPORARY"])
        self._quoted = connection.dialect.identifier_preparer.format_table(self._table)
        self._copy: Any = None
        self._open: Any = None
        self._rows = 0

    def add(self, batch: pa.RecordBatch) -> None:
        """Text is in quotation marks, empty text as well; what is missing is nothing at all."""
        if self._open is None:
            self._table.create(self._connection, checkfirst=False)
            driver: Any = self._connection.connection.driver_connection
            self._copy = driver.cursor().copy(f"COPY {self._quoted} FROM STDIN (FORMAT csv)")
            self._open = self._copy.__enter__()
        sink = pa.BufferOutputStream()
        arrow_csv.write_csv(batch, sink, _OPTIONS)
        self._open.write(sink.getvalue())
        self._rows += len(batch)

    def finish(self) -> Table:
        """All rows are there: the table that holds them, of which the planner knows what is in it."""
        if self._open is None:
            self._table.create(self._connection, checkfirst=False)
        self._end(None)
        if self._rows > _FEW:
            self._connection.exec_driver_sql(f"ANALYZE {self._quoted}")
        return self._table

    def abandon(self, error: BaseException) -> None:
        """Nothing was kept."""
        with suppress(Exception):  # the server hears of the error, and says so itself
            self._end(error)

    def drop(self, table: Table) -> None:
        """Nobody needs the rows any more."""
        table.drop(self._connection, checkfirst=False)

    def close(self) -> None:
        """The temporary table goes with the connection."""

    def _end(self, error: BaseException | None) -> None:
        if self._open is not None:
            copy, self._copy, self._open = self._copy, None, None
            copy.__exit__(None if error is None else type(error), error, None if error is None else error.__traceback__)
