"""Curves of straight pieces, exactly: each value meets the line of its piece, rounded half up once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

import numpy as np

from kaohe.appraise.columns import Wide, magnitude, room_for, round_half_up
from kaohe.exact import Ints

SHARED = 10**6
"""The largest denominator that all pieces are brought to: dividing by one number is faster than by a column."""


@dataclass(frozen=True)
class Lines:
    """Piece k holds from ``edges[k − 1]`` on, piece 0 below all edges: (starts[k] + rises[k] · x) / units[k]."""

    edges: tuple[int, ...]
    starts: tuple[int, ...]
    rises: tuple[int, ...]
    units: tuple[int, ...]

    def at(self, x: Ints) -> Wide:
        """The piece of each x, rounded half up to whole numbers."""
        piece = np.zeros(x.shape, np.int8 if len(self.edges) < 128 else np.int64)
        for edge in self.edges:
            piece += x >= edge
        number = piece.astype(np.intp)
        start, rise = max(map(abs, self.starts)), max(map(abs, self.rises))
        bound = 2 * max(start + rise * magnitude(x), *self.units)
        reached = _wide(self.rises, bound)[number]
        reached *= room_for(x, bound)
        reached += _wide(self.starts, bound)[number]
        unit = self.units[0]
        return round_half_up(reached, unit if set(self.units) == {unit} else _wide(self.units, bound)[number])


def lines(edges: Sequence[int], pieces: Sequence[tuple[Fraction, Fraction]]) -> Lines:
    """From ascending edges and, for each piece, (a, b) of the line a + b · x; one piece more than edges."""
    units = [lcm(start.denominator, rise.denominator) for start, rise in pieces]
    if (common := lcm(*units)) <= SHARED:
        units = [common] * len(units)
    starts = tuple(int(start * unit) for (start, _), unit in zip(pieces, units, strict=True))
    rises = tuple(int(rise * unit) for (_, rise), unit in zip(pieces, units, strict=True))
    return Lines(tuple(edges), starts, rises, tuple(units))


def _wide(numbers: Sequence[int], bound: int) -> Wide:
    return room_for(np.array(numbers, object), bound) if bound > 2**63 - 1 else np.array(numbers, np.int64)
