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

from kaohe.records.cell_bytes import distinct
from kaohe.records.columns import COUNT
from kaohe.records.key_order import KeyOrder
from kaohe.records.postgresql_stage import PostgresqlRows
from kaohe.records.sqlite_stage import SqliteRows
from kaohe.records.store import transaction

POSITION = "_position"
_DAY = 86_400_000_000
_AT_ONCE = 8_192


class Stage:
    """Some columns of the target and the position of each row in its file. While ``filling`` rows are added; then
    ``table`` can be asked until ``drop``, or as long as the connection lives and the stage is not left.

    ``rows`` counts what was added, ``order`` says what was seen of their keys, and ``named`` holds the distinct values
    of the columns for which that was asked; ``days`` are the days in UTC of the column ``dated``, as ISO text, None
    for rows without one. ``apart``: the connection is in no transaction, neither when this is filled
    nor when it is dropped, and many rows may go into a file of their own.
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
        self.target = target
        self.columns = tuple(columns)
        self.rows = 0
        self.order = KeyOrder(key)
        self.named: dict[str, set[str]] = {name: set() for name in named}
        self._dated = dated
        self.days: set[str | None] | None = set() if dated else None
        self._gathered: list[pa.RecordBatch] = []
        self._waiting = 0
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
                if self._waiting:
                    self._pass_on()
                self.table = self._kept.finish()
            except BaseException as error:
                self._kept.abandon(error)
                raise

    def add(self, batch: pa.RecordBatch) -> None:
        """Add rows of physical values, see ``physical``; a column that the batch lacks is missing in all of them. All
        batches have the same columns."""
        self._gathered.append(batch)
        self._waiting += len(batch)
        if self._waiting >= _AT_ONCE:
            self._pass_on()

    def _pass_on(self) -> None:
        """Add what is gathered: the database is not asked for every few rows."""
        batch = self._gathered[0] if len(self._gathered) == 1 else pa.concat_batches(self._gathered)
        self._gathered, self._waiting = [], 0
        self.order.see(batch)
        for name, seen in self.named.items():
            seen.update(batch.column(name).unique().drop_null().to_pylist())
        if self._dated is not None and self.days is not None:
            self.days |= _days(batch.column(self._dated))
        given = set(batch.schema.names)
        columns = [batch.column(name) if name in given else pa.nulls(len(batch)) for name in self.columns]
        positions = pa.array(np.arange(self.rows, self.rows + len(batch)))
        self._kept.add(pa.RecordBatch.from_arrays([positions, *columns], names=[POSITION, *self.columns]))
        self.rows += len(batch)

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


def _days(column: pa.Array) -> set[str | None]:
    known = column.drop_null()
    if pa.types.is_timestamp(column.type):
        found, _which = distinct(known.cast(pa.int64()).to_numpy() // _DAY)
    else:
        found, _which = distinct(known.cast(pa.int32()).to_numpy())
    days: set[str | None] = {str(day) for day in found.astype("datetime64[D]")}
    return days | ({None} if column.null_count else set())


def insert_from(stage: Stage, columns: Sequence[str], source: Any) -> Any:
    """INSERT INTO the target … SELECT."""
    return insert(stage.target).from_select(list(columns), source, include_defaults=False)
