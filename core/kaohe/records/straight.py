"""Rows on their way straight into their table, on PostgreSQL: none of them is there yet, as their order tells.

Where keys ascend, and all come after those that are stored, no row can contradict another: nothing need be compared,
and no row be copied from one table into another. Other imports of their type wait meanwhile, so that only files that
are read quickly go this way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pyarrow as pa
from sqlalchemy import Connection, Table

from kaohe.plugin import RecordType
from kaohe.records.copy_in import CopyIn
from kaohe.records.passing import Passing
from kaohe.records.references import references
from kaohe.records.tables import BATCH


class OutOfOrder(Exception):  # noqa: N818 - what was found, not a fault
    """A key does not come after the one before it."""


class Straight(Passing):
    """Whole rows of the target under the number of a batch. What was added is part of the caller's transaction, which
    is no good any more when ``filling`` ends with an exception."""

    def __init__(
        self, connection: Connection, target: Table, record_type: RecordType, columns: Sequence[str], batch: int
    ) -> None:
        named = [name for name, _table in references(record_type)]
        super().__init__(target, columns, record_type.key, named, record_type.when)
        self._copy = CopyIn(connection, target, [*self.columns, BATCH], batch)

    @contextmanager
    def filling(self) -> Iterator[None]:
        """The time in which rows are added. Raises OutOfOrder where one cannot be: the file must be staged."""
        try:
            yield
            self._rest()
            self._copy.finish()
        except BaseException as error:
            self._copy.abandon(error)
            raise

    def _keep(self, batch: pa.RecordBatch) -> None:
        if not self.order.ascending:
            raise OutOfOrder
        self._copy.add(batch)
