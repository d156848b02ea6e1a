"""What is seen of rows while they pass on their way into the database."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence

import pyarrow as pa
from sqlalchemy import Table

from kaohe.records.cell_bytes import distinct
from kaohe.records.key_order import KeyOrder

_DAY = 86_400_000_000
_AT_ONCE = 8_192
_PARTS = 64  # whose texts are each distinct, until they are all


class Passing(ABC):
    """Rows of some columns of the target, passed on some thousands at a time.

    ``rows`` counts them, ``order`` says what was seen of their keys; ``days`` are the days in UTC of the column
    ``dated``, as ISO text, None for rows without one.
    """

    def __init__(
        self, target: Table, columns: Sequence[str], key: Sequence[str], named: Collection[str], dated: str | None
    ) -> None:
        self.target = target
        self.columns = tuple(columns)
        self.rows = 0
        self.order = KeyOrder(key)
        self._named: dict[str, list[pa.Array]] = {name: [] for name in named}
        self.days: set[str | None] = set()
        self._dated = dated
        self._gathered: list[pa.RecordBatch] = []
        self._waiting = 0

    def add(self, batch: pa.RecordBatch) -> None:
        """Add rows of physical values, see ``physical``; a column that the batch lacks is missing in all of them. All
        batches have the same columns."""
        self._gathered.append(batch)
        self._waiting += len(batch)
        if self._waiting >= _AT_ONCE:
            self._pass_on()

    @property
    def named(self) -> dict[str, set[str]]:
        """The distinct values of the columns for which that was asked."""
        return {name: set(_together(seen).to_pylist()) for name, seen in self._named.items()}

    def _rest(self) -> None:
        """No row will be added: pass on what is gathered."""
        if self._waiting:
            self._pass_on()

    def _pass_on(self) -> None:
        """The database is not asked for every few rows."""
        batch = self._gathered[0] if len(self._gathered) == 1 else pa.concat_batches(self._gathered)
        self._gathered, self._waiting = [], 0
        self.order.see(batch)
        for name, seen in self._named.items():
            seen.append(batch.column(name).unique())
            if len(seen) == _PARTS:
                seen[:] = [_together(seen)]
        if self._dated is not None:
            self.days |= _days(batch.column(self._dated))
        given = set(batch.schema.names)
        columns = [batch.column(name) if name in given else pa.nulls(len(batch)) for name in self.columns]
        self._keep(pa.RecordBatch.from_arrays(columns, names=self.columns))
        self.rows += len(batch)

    @abstractmethod
    def _keep(self, batch: pa.RecordBatch) -> None:
        """Bring the rows where they go; ``rows`` are those before them."""


def _together(several: Sequence[pa.Array]) -> pa.Array:
    """Their distinct values."""
    return pa.chunked_array(several, pa.string()).unique().drop_null()


def _days(column: pa.Array) -> set[str | None]:
    known = column.drop_null()
    if pa.types.is_timestamp(column.type):
        found, _which = distinct(known.cast(pa.int64()).to_numpy() // _DAY)
    else:
        found, _which = distinct(known.cast(pa.int32()).to_numpy())
    days: set[str | None] = {str(day) for day in found.astype("datetime64[D]")}
    return days | ({None} if column.null_count else set())
