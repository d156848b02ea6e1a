"""Figures of one measure over some of the records, and over those and others together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from kaohe.engine.everybody import Places
from kaohe.engine.overflow import A_SUM, too_large
from kaohe.exact import Ints

ADDED_UP = frozenset({"count", "sum", "mean", "share", "nps"})
"""Functions all parts of which are counts and sums: those of two sets of records make those of both, added up."""
_PICKED = {"minimum": np.minimum, "maximum": np.maximum}
MERGED = ADDED_UP | set(_PICKED)
"""Functions whose parts over two sets of records that have none in common say what they are over both."""


@dataclass(frozen=True)
class Sums:
    """The integer parts of a measure, of everybody of whom there are records and perhaps of others: one entry for each
    of the codes, which are in no order."""

    codes: pa.Array
    parts: Mapping[str, Ints]


class Merging:
    """Puts figures of different people beside one another. How lists of codes lie to each other is found out once."""

    def __init__(self) -> None:
        self._places: dict[tuple[int, int], tuple[Places, pa.Array, pa.Array]] = {}
        self._unions: dict[tuple[int, int], tuple[pa.Array, pa.Array, pa.Array]] = {}

    def of(self, sums: Sums, whose: pa.Array) -> dict[str, Ints]:
        """The figures of these, in their order: 0 of those of whom there are no records."""
        if sums.codes is whose:
            return dict(sums.parts)
        places = self._lie(sums.codes, whose)
        return {name: places.laid(column) for name, column in sums.parts.items()}

    def with_all(self, whose: pa.Array, sums: Sums) -> Sums:
        """The figures of these, in their order, and of everybody else."""
        codes = self._union(whose, sums.codes)
        return Sums(codes, self.of(sums, codes))

    def both(self, function: str, one: Sums, other: Sums, records: str) -> Sums:
        """What the function of MERGED gives over the records of both, which have none in common. KaoheError where 64
        bits do not hold it."""
        codes = self._union(one.codes, other.codes)
        first, second = self.of(one, codes), self.of(other, codes)
        if function in _PICKED:
            return Sums(codes, _picked(function, first, second))
        added = {name: column + second[name] for name, column in first.items()}
        # A sum of two has another sign than both of them only where it did not fit.
        if any(np.any((column ^ added[name]) & (second[name] ^ added[name]) < 0) for name, column in first.items()):
            raise too_large(A_SUM, records)
        return Sums(codes, added)

    def _lie(self, codes: pa.Array, others: pa.Array) -> Places:
        known = id(codes), id(others)
        if known not in self._places:
            self._places[known] = Places(codes, others), codes, others  # held, so that no other gets their number
        return self._places[known][0]

    def _union(self, one: pa.Array, other: pa.Array) -> pa.Array:
        known = id(one), id(other)
        if known not in self._unions:
            there = self._lie(other, one).there
            union = one if there is None else pa.concat_arrays([one, other.filter(pa.array(~there))])
            self._unions[known] = union, one, other
        return self._unions[known][0]


def _picked(function: str, one: Mapping[str, Ints], other: Mapping[str, Ints]) -> dict[str, Ints]:
    """The least or greatest; the value of none is 0, and none of them."""
    pick = _PICKED[function](one["value"], other["value"])
    value = np.where(one["n"] == 0, other["value"], np.where(other["n"] == 0, one["value"], pick))
    return {"value": value, "n": one["n"] + other["n"]}
