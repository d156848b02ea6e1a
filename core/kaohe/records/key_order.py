"""Whether rows come in the order of their keys, seen while they pass: then no key repeats, nothing need be sorted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kaohe.exact import Flags


class KeyOrder:
    """``ascending``: every key so far is greater than the one before it, as the database compares them: text by its
    bytes. ``first`` and ``last`` are the keys seen first and last; None before any."""

    def __init__(self, key: Sequence[str]) -> None:
        self._key = tuple(key)
        self.ascending = bool(key)
        self.first: tuple[Any, ...] | None = None
        self.last: tuple[Any, ...] | None = None

    def see(self, batch: pa.RecordBatch) -> None:
        """The next rows."""
        if not self.ascending or not len(batch):
            return
        columns = [batch.column(name) for name in self._key]
        first, last = (tuple(column[index].as_py() for column in columns) for index in (0, -1))
        self.ascending = (
            not any(column.null_count or pa.types.is_boolean(column.type) for column in columns)
            and (self.last is None or self.last < first)
            and bool(_steps_up(columns).all())
        )
        self.first, self.last = self.first or first, last


def _steps_up(columns: Sequence[pa.Array]) -> Flags:
    """Of every row but the first, whether its key is greater than that of the row before it."""
    greater: Flags = np.zeros(len(columns[0]) - 1, np.bool_)
    for column in reversed(columns):
        before, after = column.slice(0, len(column) - 1), column.slice(1)
        greater = np.asarray(pc.less(before, after)) | (np.asarray(pc.equal(before, after)) & greater)
    return greater
