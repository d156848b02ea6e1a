"""Rows on their way in: a table apart from the target, filled at the full speed of the database.

Nothing that others can see is touched or locked while a file is read, however long that takes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any, Self

import numpy as np
import pyarrow as pa
from sqlalchemy import Column, Connection, MetaData, Table, insert

from kaohe.records.columns import COUNT
from kaohe.records.passing import Passing
from kaohe.records.postgresql_stage import PostgresqlRows
from kaohe.records.sqlite_stage import SqliteRows
from kaohe.records.store import transaction

POSITION = "_position"


class Stage(Passing):
    """Some columns of the target and the position of each row in its file. While ``filling`` rows are added; then
    ``table`` can be asked until ``drop``, or as long as the connection lives and the stage is not left.

    ``apart``: the connection is in no transaction, neither when this is filled nor when it is dropped, and many rows
    may go into a file of their own.
    """

    table: Table

    def __init__(
        self,
        connection: Connection,
        target: Table,
        columns: Sequence[str],
        *,
        key: Sequence[str] = (),
        named: Collection[str] = (),
        dated: str | None = None,
        apart: bool = False,
    ) -> None:
        super().__init__(target, columns, key, named, dated)
        self._connection = connection
        self._kept: SqliteRows | PostgresqlRows
        if connection.dialect.name == "sqlite":
            self._kept, self._in_transaction = SqliteRows(connection, self._defined, apart=apart), False
        else:
            self._kept, self._in_transaction = PostgresqlRows(connection, self._defined), apart

    @contextmanager
    def filling(self) -> Iterator[None]:
        """The time in which rows are added. What was added is gone when this ends with an exception."""
        with transaction(self._connection, "prepare") if self._in_transaction else nullcontext():
            try:
                yield
                self._rest()
                self.table = self._kept.finish()
            except BaseException as error:
                self._kept.abandon(error)
                raise

    def _keep(self, batch: pa.RecordBatch) -> None:
        positions = pa.array(np.arange(self.rows, self.rows + len(batch)))
        self._kept.add(pa.RecordBatch.from_arrays([positions, *batch.columns], names=[POSITION, *self.columns]))

    def drop(self) -> None:
        """Take the rows away."""
        self._kept.drop(self.table)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        """Leave nothing behind in files. A temporary table goes with its connection."""
        self._kept.close()

    def _defined(self, **rest: Any) -> Table:
        return Table(
            f"stage_{self.target.name}",
            MetaData(),
            Column(POSITION, COUNT, nullable=False),
            *(Column(name, self.target.c[name].type, nullable=self.target.c[name].nullable) for name in self.columns),
            **rest,
        )


def insert_from(stage: Stage, columns: Sequence[str], source: Any) -> Any:
    """INSERT INTO the target … SELECT."""
    return insert(stage.target).from_select(list(columns), source, include_defaults=False)
