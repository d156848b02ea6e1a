"""From values to points for everybody, whatever the curve looks at: the value alone, a target, the others, the person.

``basis`` gathers for one person what a curve looked at besides the value, so that the points can be worked out again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from kaohe.appraise.columns import Wide, between, narrow
from kaohe.appraise.curves import points
from kaohe.appraise.facts import Facts, evaluate, facts
from kaohe.appraise.missing import enough_data
from kaohe.appraise.model import People, Values
from kaohe.appraise.relative import fields, relative_points
from kaohe.appraise.targets import Targets, attainment, part_of_target, personal, refuse_zero, targets
from kaohe.errors import KaoheError, Problem, refuse_if_any
from kaohe.exact import MICRO, Flags, Ints, from_micros, to_micros
from kaohe.scheme.model import (
    FormulaCurve,
    PercentileRankCurve,
    PerUnitCurve,
    RatioCurve,
    Scheme,
    UsedIndicator,
    ZScoreCurve,
    earlier_key,
)
from kaohe.text import msg

if TYPE_CHECKING:
    from kaohe.appraise.teams import Teams


@dataclass(frozen=True)
class Basis:
    """What a curve looks at besides one person's value: the ``target``, of which ``part`` holds by the person's days,
    the values in millionths of the ``field`` that the person is measured against (empty: of nobody), and the
    ``previous`` value."""

    target: Fraction | None = None
    part: Fraction = Fraction(1)
    field: tuple[int, ...] = ()
    previous: Fraction | None = None
    formula: Fraction | None = None


NO_BASIS = Basis()


def earn(
    scheme: Scheme,
    people: People,
    values: Mapping[str, Values],
    data: Mapping[str, Flags],
    teams: Teams | None = None,
) -> tuple[dict[str, Ints], dict[str, Flags]]:
    """Points in millionths per indicator, and where there are any: not where data, target or formula are unknown.

    ``teams``: whose points those of indicators at the level of teams are.

    Raises KaoheError for targets that cannot be, and where points do not fit into 64 bits.
    """
    seen = facts(people, values, data, {}, {}, {}, {})
    earned: dict[str, Ints] = {}
    there: dict[str, Flags] = {}
    problems: list[Problem] = []
    for used in scheme.weighted:
        if teams is not None and used.level == "team":
            earned[used.key], there[used.key] = teams.flow(used.key)
            continue
        try:
            earned[used.key], there[used.key] = _earn(scheme, used, values, data, seen)
        except OverflowError:
            problems.append(_boundless(used))
        except KaoheError as error:
            problems += error.problems
    refuse_if_any(problems)
    return earned, there


def _earn(
    scheme: Scheme, used: UsedIndicator, values: Mapping[str, Values], data: Mapping[str, Flags], seen: Facts
) -> tuple[Ints, Flags]:
    curve, there = used.curve, data[used.key]
    micros = values[used.key].micros
    by_hand: Wide
    match curve:
        case ZScoreCurve() | PercentileRankCurve():
            by_hand = relative_points(curve, np.where(there, micros, 0), there, scheme.ranking, seen.people)
        case RatioCurve(target=target) if personal(used):
            given = targets(used, target, seen, there)
            refuse_zero(used, curve, given, seen.people)
            there = there & given.known
            by_hand = attainment(curve, np.where(there, micros, 0), np.where(there, given.micros, MICRO))
        case PerUnitCurve(target=target) if personal(used):
            given = targets(used, target, seen, there)
            there = there & given.known
            return points(replace(curve, target=Decimal(0)), micros - given.micros, there), there
        case FormulaCurve():
            by_hand, there = _by_formula(used, curve, values, data, seen)
        case _:
            return points(curve, micros, there), there
    return np.where(there, narrow(between(by_hand, curve.floor, curve.cap)), 0), there


def _by_formula(
    used: UsedIndicator, curve: FormulaCurve, values: Mapping[str, Values], data: Mapping[str, Flags], seen: Facts
) -> tuple[Wide, Flags]:
    there = data[used.key]
    rows = np.flatnonzero(there)
    answers = evaluate(curve.points, formula_facts(used, curve, values, data, seen), rows)
    known = np.zeros_like(there)
    known[rows] = [answer is not None for answer in answers]
    earned = np.zeros(len(there), object)
    earned[rows] = [0 if answer is None else to_micros(Fraction(answer)) for answer in answers]
    return earned, known


def formula_facts(
    used: UsedIndicator, curve: FormulaCurve, values: Mapping[str, Values], data: Mapping[str, Flags], seen: Facts
) -> Facts:
    """What a formula sees: the person, every value, and ``value``, ``target`` and ``previous`` of its own."""
    there = data[used.key]
    own = seen.numbers("value", values[used.key].micros, there)
    given = Targets(np.zeros(len(there), np.int64), np.zeros_like(there))
    if curve.target is not None:
        given = targets(used, curve.target, seen, there)
    own = own.numbers("target", given.micros, given.known)
    if (earlier := earlier_key(used.key)) in values:
        own = own.numbers("previous", values[earlier].micros, data[earlier])
    return own


def basis(scheme: Scheme, people: People, values: Mapping[str, Values], used: UsedIndicator, row: int) -> Basis:
    """What the indicator's curve looks at for one person who has data for it."""
    curve, data = used.curve, enough_data(scheme, values)
    there = data[used.key]
    if isinstance(curve, ZScoreCurve | PercentileRankCurve):
        for rows, takes in fields(there, scheme.ranking, people):
            if row in rows[takes]:
                return Basis(field=tuple(values[used.key].micros[rows].tolist()))
        return NO_BASIS
    one = np.array([row])
    seen = facts(people, values, data, {}, {}, {}, {})
    part = part_of_target(curve, people, row) or Fraction(0)
    if isinstance(curve, RatioCurve | PerUnitCurve) and personal(used):
        goals = targets(used, curve.target, seen, np.arange(len(people)) == row)
        return Basis(target=Fraction(int(goals.micros[row]), MICRO) if goals.known[row] else None, part=part)
    if not isinstance(curve, FormulaCurve):
        return NO_BASIS
    own = formula_facts(used, curve, values, data, seen)
    (answer,) = evaluate(curve.points, own, one)
    looked_at = (own.column(name).raw[row] if name in own.columns else None for name in ("target", "previous"))
    goal, previous = (None if micros is None else Fraction(from_micros(micros)) for micros in looked_at)
    return Basis(target=goal, part=part, previous=previous, formula=None if answer is None else Fraction(answer))


def _boundless(used: UsedIndicator) -> Problem:
    return Problem(
        "appraise.points-too-large",
        msg("the curve of {indicator} gives more points than can be counted", indicator=used.key),
        used.place,
        fix=msg("give the curve a cap and a floor"),
    )
