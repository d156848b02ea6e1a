"""Figures of all whom a scan found, and the same for those who are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kaohe.engine.plan import Parts
from kaohe.exact import Ints

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Everybody:
    """The figures of all whom a scan found: their ``codes``, in no order, and an entry for each of them."""

    codes: pa.Array
    parts: Parts


class Places:
    """Where figures of ``codes`` belong among those of ``others``."""

    def __init__(self, codes: pa.Array, others: pa.Array) -> None:
        import pyarrow.compute as pc  # noqa: PLC0415 - a plan can be made without Arrow

        positions = pc.index_in(codes, value_set=others)
        self._length = len(others)
        self.there = None if positions.null_count == 0 else positions.is_valid().to_numpy(zero_copy_only=False)
        """Which of the codes are among the others; None: all of them."""
        self._rows = positions.drop_null().to_numpy()

    def laid(self, column: Ints) -> Ints:
        """The figures of ``others``, of figures of ``codes``: 0 of those who are not among them."""
        found = np.zeros(self._length, np.int64)
        found[self._rows] = column if self.there is None else column[self.there]
        return found


def of_these(found: Sequence[Everybody], whose: Sequence[pa.Array]) -> list[Parts]:
    """Of each the figures of these, in their order: 0 of those who were not found."""
    lie: dict[tuple[int, int], Places] = {}
    answers: list[Parts] = []
    for each, codes in zip(found, whose, strict=True):
        known = id(each.codes), id(codes)
        if known not in lie:
            lie[known] = Places(each.codes, codes)
        answers.append(
            {
                measure: {name: lie[known].laid(column) for name, column in parts.items()}
                for measure, parts in each.parts.items()
            }
        )
    return answers
