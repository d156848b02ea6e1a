"""Gates: if one indicator of a group misses its base, the others count at most the base.

Gates act on points, before anything is added up, and so before every other rule; in the order written.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from kaohe.appraise.decisions import told
from kaohe.appraise.facts import facts, follows
from kaohe.appraise.model import Decision, Note, People, Values
from kaohe.appraise.rules import unknown_words
from kaohe.exact import Flags, Ints, from_micros, to_micros
from kaohe.scheme.model import Gate, Scheme
from kaohe.text import msg


def apply_gates(
    scheme: Scheme,
    people: People,
    values: Mapping[str, Values],
    known: Mapping[str, Flags],
    points: Mapping[str, Ints],
    counted: Mapping[str, Flags],
) -> tuple[dict[str, Ints], tuple[Note, ...]]:
    """The points that the gates leave, and what they did to whom."""
    left = dict(points)
    notes: list[Note] = []
    for rule in scheme.rules:
        if rule.gate is None:
            continue
        seen = facts(people, values, known, left, counted, {}, {})
        when, unsure = _flags(follows(rule, seen, np.arange(len(people))), len(people))
        misses, unclear = _missed(rule.gate, left, counted, len(people))
        holds = when & misses
        unknown = (when | unsure) & (misses | unclear) & ~holds
        notes += told(np.flatnonzero(unknown), Decision("rule", rule.id, unknown_words(rule)))
        strikes = holds | unknown if rule.unknown == "apply" else holds
        held = np.zeros_like(strikes)
        base = to_micros(rule.gate.base)
        for key in rule.gate.indicators:
            above = strikes & counted[key] & (left[key] > base)
            left[key] = np.where(above, base, left[key])
            held |= above
        what = msg(
            "{reason}: one of {indicators} misses its base, the others count at most {base} points",
            reason=rule.reason,
            indicators=", ".join(rule.gate.indicators),
            base=from_micros(base),
        )
        notes += told(np.flatnonzero(held), Decision("rule", rule.id, what))
    return left, tuple(notes)


def held_points(scheme: Scheme, key: str, struck: set[str], points: int) -> int:
    """Points in millionths of one indicator, held by the gates that struck; for explanations."""
    for rule in scheme.rules:
        if rule.gate is not None and rule.id in struck and key in rule.gate.indicators:
            points = min(points, to_micros(rule.gate.base))
    return points


def _missed(gate: Gate, points: Mapping[str, Ints], counted: Mapping[str, Flags], rows: int) -> tuple[Flags, Flags]:
    """Where one misses the base, and where none does but not all of them have points."""
    misses, absent = np.zeros(rows, np.bool_), np.zeros(rows, np.bool_)
    for key in gate.indicators:
        misses |= counted[key] & (points[key] < to_micros(gate.base))
        absent |= ~counted[key]
    return misses, absent & ~misses


def _flags(found: tuple[Ints, Ints], rows: int) -> tuple[Flags, Flags]:
    holds, unknown = np.zeros(rows, np.bool_), np.zeros(rows, np.bool_)
    holds[found[0]] = True
    unknown[found[1]] = True
    return holds, unknown
