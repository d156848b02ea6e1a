"""A person among the graded people of the ranking group: medians, quartiles, places, and what everything contributes.

Where the group is so small that a figure of it would tell what others have, there is none.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from kaohe.exact import divide, from_micros, to_micros
from kaohe.run.explanation.weights import own_weights
from kaohe.run.model import Run
from kaohe.run.reporting import FEWEST_OTHERS
from kaohe.run.statement.model import Spread

FEWEST_IN_QUARTILES = 8
"""With fewer people a quartile would be one single person's figure, or together with the median tell all of them."""


@dataclass(frozen=True)
class Share:
    """How much a part weighs for one person, in percent of all that counted, and the weight × points it comes to, in
    millionths."""

    weight: Decimal
    contribution: int


@dataclass(frozen=True)
class Among:
    """Every graded person of a run beside the others of the group."""

    run: Run

    @cached_property
    def _rows(self) -> Mapping[str, Sequence[int]]:
        """The graded people by group."""
        appraisal = self.run.appraisal
        found: dict[str, list[int]] = {}
        for row in np.flatnonzero(appraisal.graded).tolist():
            if (group := appraisal.group[row]) is not None:
                found.setdefault(group, []).append(row)
        return found

    @cached_property
    def _ordered(self) -> dict[tuple[str, str, str], list[int]]:
        """Figures of a group in ascending order, by group, kind and key; filled when they are asked for."""
        return {}

    @cached_property
    def _shared(self) -> dict[int, Mapping[str, Share]]:
        """By row; filled when it is asked for."""
        return {}

    def shares(self, row: int) -> Mapping[str, Share]:
        """By key of the indicator or id of the dimension: of everything that counted for the person of that row."""
        if row not in self._shared:
            self._shared[row] = _shares(self.run, row)
        return self._shared[row]

    def spread(self, row: int, kind: str, key: str = "") -> Spread | None:
        """``kind``: ``points`` or ``contribution`` of an indicator, ``dimension`` or ``total``."""
        appraisal = self.run.appraisal
        group = appraisal.group[row]
        if group is None or not appraisal.graded[row]:
            return None
        if (group, kind, key) not in self._ordered:
            figures = (self._figure(each, kind, key) for each in self._rows[group])
            self._ordered[group, kind, key] = sorted(each for each in figures if each is not None)
        ordered, own = self._ordered[group, kind, key], self._figure(row, kind, key)
        count = len(ordered)
        if count - (own is not None) < FEWEST_OTHERS:
            return None
        place = None if own is None else count - _upto(ordered, own) + 1
        quartiles = (quarter(ordered, 1), quarter(ordered, 3)) if count >= FEWEST_IN_QUARTILES else None
        return Spread(count, quarter(ordered, 2), quartiles, place)

    def _figure(self, row: int, kind: str, key: str) -> int | None:
        appraisal = self.run.appraisal
        match kind:
            case "total":
                return int(appraisal.total[row])
            case "dimension":
                return int(appraisal.dimension_points[key][row]) if appraisal.dimension_counted[key][row] else None
            case "points":
                return int(appraisal.points[key][row]) if appraisal.counted[key][row] else None
        share = self.shares(row).get(key)
        return None if share is None else share.contribution


def quarter(ordered: Sequence[int], number: int) -> int:
    """The first, second (the median) or third quartile of ordered figures by type 7, rounded half up."""
    whole, part = divmod((len(ordered) - 1) * number, 4)
    low, high = ordered[whole], ordered[min(whole + 1, len(ordered) - 1)]
    return divide(4 * low + part * (high - low), 4)


def _upto(ordered: Sequence[int], own: int) -> int:
    """How many figures are not above the own one."""
    return bisect_left(ordered, own + 1)


def _shares(run: Run, row: int) -> dict[str, Share]:
    appraisal, scheme = run.appraisal, run.scheme
    own = own_weights(run, row)
    counted = [each for each in scheme.dimensions if appraisal.dimension_counted[each.id][row]]
    whole = sum((own.dimensions[each.id] for each in counted), Fraction(0))
    found: dict[str, Share] = {}
    for dimension in counted:
        share = own.dimensions[dimension.id] / whole
        found[dimension.id] = _share(share, appraisal.dimension_points[dimension.id][row])
        there = [used for used in dimension.indicators if appraisal.counted[used.key][row]]
        within = sum((own.indicators[used.key] for used in there), Fraction(0))
        for used in there:
            found[used.key] = _share(share * own.indicators[used.key] / within, appraisal.points[used.key][row])
    return found


def _share(share: Fraction, points: Any) -> Share:
    contribution = share * int(points)
    return Share(from_micros(to_micros(share * 100)), divide(contribution.numerator, contribution.denominator))
