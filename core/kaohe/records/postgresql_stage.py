"""Staged rows on PostgreSQL: a temporary table, filled by one COPY from the first row to the last."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
from sqlalchemy import Connection, Table

from kaohe.records.copy_in import CopyIn

_FEW = 1_000


class PostgresqlRows:
    """Where staged rows go."""

    def __init__(self, connection: Connection, define: Callable[..., Table]) -> None:
        self._connection = connection
        self._table = define(prefixes=["TEMPORARY"])
        self._copy: CopyIn | None = None
        self._rows = 0

    def add(self, batch: pa.RecordBatch) -> None:
        """Add rows of physical values."""
        if self._copy is None:
            self._table.create(self._connection, checkfirst=False)
            self._copy = CopyIn(self._connection, self._table, batch.schema.names)
        self._copy.add(batch)
        self._rows += len(batch)

    def finish(self) -> Table:
        """All rows are there: the table that holds them, of which the planner knows what is in it."""
        if self._copy is None:
            self._table.create(self._connection, checkfirst=False)
        else:
            self._copy.finish()
        if self._rows > _FEW:
            quoted = self._connection.dialect.identifier_preparer.format_table(self._table)
            self._connection.exec_driver_sql(f"ANALYZE {quoted}")
        return self._table

    def abandon(self, error: BaseException) -> None:
        """Nothing was kept."""
        if self._copy is not None:
            self._copy.abandon(error)

    def drop(self, table: Table) -> None:
        """Nobody needs the rows any more."""
        table.drop(self._connection, checkfirst=False)

    def close(self) -> None:
        """The temporary table goes with the connection."""
