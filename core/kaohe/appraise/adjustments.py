"""Points outside the weighting (加减分): by expression, within their own limits, nothing where they are unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

import numpy as np

from kaohe.appraise.columns import between, magnitude, narrow, room_for
from kaohe.appraise.decisions import told
from kaohe.appraise.facts import Facts, evaluate
from kaohe.appraise.model import Decision, Note
from kaohe.exact import Flags, Ints, from_micros, shorten, to_micros
from kaohe.scheme.model import Adjustment, Scheme
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
        notes += told(rows[~known], Decision("adjustment", adjustment.id, what))
    return added, notes


def together(scheme: Scheme, added: Mapping[str, Ints], graded: Flags) -> tuple[Ints, list[Note]]:
    """All adjustments of each person in millionths, additions and deductions each within the scheme's cap."""
    bound = sum(magnitude(column) for column in added.values())
    zero = room_for(np.zeros(len(graded), np.int64), bound)
    plus = sum((np.maximum(room_for(column, bound), 0) for column in added.values()), zero)
    minus = sum((np.minimum(room_for(column, bound), 0) for column in added.values()), zero)
    most, least = scheme.max_added, None if scheme.max_deducted is None else -scheme.max_deducted
    held_plus, held_minus = between(plus, None, most), between(minus, least, None)
    notes: list[Note] = []
    for row in np.flatnonzero(held_plus != plus):
        words = {"found": from_micros(int(plus[row])), "limit": shorten(most or Decimal(0))}
        what = msg("{found} points added together, at most {limit} count", **words)
        notes.append((int(row), Decision("adjustment", "", what)))
    for row in np.flatnonzero(held_minus != minus):
        words = {"found": from_micros(-int(minus[row])), "limit": shorten(scheme.max_deducted or Decimal(0))}
        what = msg("{found} points deducted together, at most {limit} count", **words)
        notes.append((int(row), Decision("adjustment", "", what)))
    return narrow(held_plus + held_minus), notes
