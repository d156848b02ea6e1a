"""Figures of many people together: how a column is spread, and what teams came to. Exact; percentiles of type 7."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from kaohe.exact import Flags, Ints
from kaohe.run.assessment.disclosure import Discretion
from kaohe.run.model import Run


@dataclass(frozen=True)
class Spread:
    """Of ``count`` figures the ends, the quartiles, the median and the mean, in the figures' own unit."""

    count: int
    least: int
    first: Fraction
    median: Fraction
    third: Fraction
    most: int
    mean: Fraction


def spread(figures: Ints) -> Spread | None:
    """None of no figures."""
    if not len(figures):
        return None
    ordered = np.sort(figures)
    return Spread(
        len(ordered),
        int(ordered[0]),
        _at(ordered, Fraction(1, 4)),
        _at(ordered, Fraction(1, 2)),
        _at(ordered, Fraction(3, 4)),
        int(ordered[-1]),
        mean(figures),
    )


def mean(figures: Ints) -> Fraction:
    """The exact mean; sums of any size. ZeroDivisionError of no figures."""
    return Fraction(total(figures), len(figures))


def total(figures: Ints) -> int:
    """The exact sum, also where it leaves 64 bits."""
    high, low = np.divmod(figures, 1 << 32)
    return (int(high.sum()) << 32) + int(low.sum())


def _at(ordered: Ints, share: Fraction) -> Fraction:
    place = (len(ordered) - 1) * share
    whole = place.numerator // place.denominator
    low, high = int(ordered[whole]), int(ordered[min(whole + 1, len(ordered) - 1)])
    return low + (place - whole) * (high - low)


def divided(names: Sequence[str | None], rows: Ints) -> dict[str | None, Ints]:
    """The rows by name, in the order of the names, those without one last."""
    found: dict[str | None, list[int]] = {}
    for row in rows.tolist():
        found.setdefault(names[row], []).append(row)
    ordered = sorted(found, key=lambda name: (name is None, name or ""))
    return {name: np.array(found[name], np.int64) for name in ordered}


def shown_dimensions(run: Run) -> dict[str, Flags]:
    """Per dimension whose points may go into a figure of several people: those that count and give nothing away."""
    flags = {each.id: run.appraisal.dimension_counted[each.id] & run.appraisal.graded for each in run.scheme.dimensions}
    if run.assessments:
        flags = {name: column.copy() for name, column in flags.items()}
        discretion = Discretion(run)
        for row in range(len(run.appraisal.people)):
            for name in discretion.of(row).dimensions:
                flags[name][row] = False
    return flags
