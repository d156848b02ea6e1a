"""Points outside the weighting (加减分): by expression, within their own limits, nothing where they are unknown."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from kaohe.appraise.columns import between, narrow
from kaohe.appraise.facts import Facts, evaluate
from kaohe.appraise.model import Decision, Note
from kaohe.exact import Flags, Ints, to_micros
from kaohe.scheme.model import Adjustment
from kaohe.text import msg


def adjust(adjustments: Sequence[Adjustment], seen: Facts, graded: Flags) -> tuple[dict[str, Ints], list[Note]]:
    """Points in millionths per adjustment, for graded people, rounded half up at six decimals and then limited."""
    rows = np.flatnonzero(graded)
    added: dict[str, Ints] = {}
    notes: list[Note] = []
    for adjustment in adjustments:
        answers = evaluate(adjustment.points, seen, rows)
        known = np.array([answer is not None for answer in answers], np.bool_)
        micros = np.array([0 if answer is None else to_micros(Fraction(answer)) for answer in answers], object)
        limited = narrow(between(micros, adjustment.minimum, adjustment.maximum))
        added[adjustment.id] = np.zeros(len(graded), np.int64)
        added[adjustment.id][rows] = np.where(known, limited, 0)
        what = msg("{adjustment}: unknown, no points", adjustment=adjustment.name)
        notes += [(int(row), Decision("adjustment", adjustment.id, what)) for row in rows[~known]]
    return added, notes
