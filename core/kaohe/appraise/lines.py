"""Curves of straight pieces, flat beyond the ends, exactly: each value meets the line of its piece, rounded half up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import lcm

import numpy as np

from kaohe.appraise.columns import LIMIT, Wide, round_half_up
from kaohe.exact import Ints


@dataclass(frozen=True, eq=False)
class Lines:
    """Piece k holds from ``edges[k − 1]`` on, piece 0 below all edges: (starts[k] + rises[k] · x) / unit, the unit
    being one for all or one for each piece. The first and the last piece are flat."""

    edges: tuple[int, ...]
    starts: Wide
    rises: Wide
    unit: int | Wide

    def at(self, x: Ints) -> Wide:
        """The piece of each x, rounded half up to whole numbers."""
        # Beyond the ends it is flat: held there, figures stay as short as the edges are.
        x = np.clip(x, max(self.edges[0] - 1, -LIMIT), min(self.edges[-1], LIMIT))
        piece = np.zeros(x.shape, np.int8 if len(self.edges) < 128 else np.int64)
        for edge in self.edges:
            piece += x >= edge
        number = piece.astype(np.intp)
        reached = self.rises[number]
        reached *= x
        reached += self.starts[number]
        return round_half_up(reached, self.unit if isinstance(self.unit, int) else self.unit[number])


def lines(edges: Sequence[int], pieces: Sequence[tuple[int, int, int]]) -> Lines:
    """From ascending edges and, for each piece, (a, b, d) of the line (a + b · x) / d; one piece more than edges."""
    if pieces[0][1] or pieces[-1][1]:
        raise ValueError("the outer pieces are flat")
    far = max(abs(edges[0] - 1), abs(edges[-1]))
    common = lcm(*(unit for *_, unit in pieces))
    brought = [(start * (common // unit), rise * (common // unit), common) for start, rise, unit in pieces]
    # Dividing by one number is faster than by a column, as long as the figures stay short.
    shared = _longest(brought, far) <= LIMIT
    starts, rises, units = zip(*(brought if shared else pieces), strict=True)
    kind = np.int64 if shared or _longest(pieces, far) <= LIMIT else object
    return Lines(
        tuple(edges), np.array(starts, kind), np.array(rises, kind), common if shared else np.array(units, kind)
    )


def _longest(pieces: Sequence[tuple[int, int, int]], far: int) -> int:
    """The largest figure that rounding may come to."""
    return 2 * max(max(abs(start) + abs(rise) * far, unit) for start, rise, unit in pieces)
