"""The weight of missing indicators, given to others by the scheme's fixed table.

Weights are shares of the whole, so that they can go from one dimension to another. A recipient that does not count
either gets nothing: the person is not graded, or that part of the weight stays where nothing counts and falls away.
Weight is never passed on a second time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from kaohe.appraise.columns import proportions
from kaohe.appraise.decisions import told
from kaohe.appraise.missing import shares
from kaohe.appraise.model import Decision, Note
from kaohe.exact import Flags, Ints
from kaohe.scheme.model import Scheme, UsedIndicator
from kaohe.text import Message, msg


@dataclass(frozen=True)
class Weights:
    """Weights by indicator and by dimension, for each person, in whole numbers that are comparable to each other.

    ``stranded``: people who are not graded because some weight has nobody to go to; ``notes`` say so.
    """

    indicators: Mapping[str, Ints]
    dimensions: Mapping[str, Ints]
    stranded: Flags
    notes: tuple[Note, ...]


def weights(scheme: Scheme, counted: Mapping[str, Flags], rows: int) -> Weights:
    """Everybody's weights, once those of missing indicators have gone to others."""
    whole = shares(scheme)
    moves = [(used, key, whole[used.key] * Fraction(part)) for used in _moving(scheme) for key, part in _shares(used)]
    units = proportions([*whole.values(), *(part for *_, part in moves)])
    kind = np.int64 if sum(units) < 2**62 else object
    held = {key: np.full(rows, unit, kind) for key, unit in zip(whole, units, strict=False)}
    stranded = np.zeros(rows, np.bool_)
    notes: list[Note] = []
    for (used, key, _), unit in zip(moves, units[len(whole) :], strict=True):
        missing = ~counted[used.key]
        goes = missing & counted[key]
        part = goes.astype(kind) * unit
        held[used.key] = held[used.key] - part
        held[key] = held[key] + part
        lost = missing & ~counted[key]
        if used.missing.otherwise == "not_graded":
            stranded |= lost
        what = _lost(scheme, used, key)
        notes += told(np.flatnonzero(lost), Decision("missing", used.key, what))
    nothing = np.zeros(rows, np.int64)
    by_dimension = {
        each.id: sum((held[used.key] for used in each.indicators), start=nothing) for each in scheme.dimensions
    }
    return Weights(held, by_dimension, stranded, tuple(notes))


def weights_of_one(scheme: Scheme, counts: Mapping[str, bool]) -> dict[str, Fraction]:
    """One person's weights in percent of the whole, by indicator, from which of them count; worked out once more."""
    whole = shares(scheme)
    held = dict(whole)
    for used in _moving(scheme):
        for key, part in _shares(used):
            if not counts[used.key] and counts[key]:
                held[used.key] -= whole[used.key] * Fraction(part)
                held[key] += whole[used.key] * Fraction(part)
    return {key: 100 * part for key, part in held.items()}


def redistributes(scheme: Scheme) -> bool:
    """Whether the weight of any indicator may go to others."""
    return bool(_moving(scheme))


def _moving(scheme: Scheme) -> list[UsedIndicator]:
    return [used for used in scheme.weighted if used.missing.policy == "redistribute"]


def _shares(used: UsedIndicator) -> tuple[tuple[str, Fraction], ...]:
    return tuple((key, Fraction(share)) for key, share in used.missing.shares)


def _lost(scheme: Scheme, used: UsedIndicator, key: str) -> Message:
    names = {each.key: each.indicator.name for each in scheme.weighted}
    words = {"indicator": used.indicator.name, "other": names[key]}
    if used.missing.otherwise == "not_graded":
        return msg("{indicator}: its weight cannot go to {other}, which does not count either; not graded", **words)
    return msg(
        "{indicator}: its weight cannot go to {other}, which does not count either; that part is left out", **words
    )
