"""Targets: a number for all, or one for each person by attribute or expression; attainment of targets of any sign."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction

import numpy as np

from kaohe.appraise.columns import LARGEST_VALUE
from kaohe.appraise.facts import Facts, evaluate
from kaohe.appraise.model import People
from kaohe.errors import Place, Problem, refuse_if_any
from kaohe.exact import MICRO, Flags, Ints, divide_columns, to_micros
from kaohe.language import Expression
from kaohe.scheme.model import Curve, FormulaCurve, PerUnitCurve, RatioCurve, UsedIndicator
from kaohe.text import Message, msg

TargetCurve = RatioCurve | PerUnitCurve | FormulaCurve
"""Curves that look at a target."""
LARGEST_TARGET = LARGEST_VALUE // 4
"""Targets of this many millionths and more are refused: sums of a value and two targets must fit into 64 bits."""

_FULL = 100 * MICRO
_NAMED = 20
_LONGEST = 30


@dataclass(frozen=True)
class Targets:
    """A target in millionths per person, and where there is one."""

    micros: Ints
    known: Flags


def targets(used: UsedIndicator, target: Decimal | Expression, seen: Facts, there: Flags) -> Targets:
    """Everybody's target, for the rows where there is data.

    Raises KaoheError for a text that is no number, and for targets too large to be exact.
    """
    if isinstance(target, Decimal) and not personal(used):
        return Targets(np.full(len(there), to_micros(target)), np.ones_like(there))
    micros, known = np.zeros(len(there), np.int64), np.zeros_like(there)
    unreadable: list[tuple[int, str]] = []
    rows = np.flatnonzero(there)
    answers = [target] * len(rows) if isinstance(target, Decimal) else evaluate(target, seen, rows)
    for row, answer in zip(rows.tolist(), answers, strict=True):
        number, part = read_target(answer), part_of_target(used.curve, seen.people, row)
        goal = None if number is None or part is None else to_micros(number * part)
        if goal is not None and abs(goal) < LARGEST_TARGET:
            micros[row], known[row] = goal, True
        elif answer is not None and part is not None:
            unreadable.append((row, str(answer)))
    what = msg("the target of {indicator} is no number that can be computed with", indicator=used.indicator.name)
    fix = msg("mend the attribute of these people, or the target's expression")
    refuse_if_any(_about_people("appraise.target-unfit", what, used, seen.people, unreadable, fix))
    return Targets(micros, known)


def part_of_target(curve: Curve, people: People, row: int) -> Fraction | None:
    """Which part of the target holds for a person, by days in service or full-time days; None where it is unknown."""
    if not isinstance(curve, TargetCurve) or curve.prorate == "none":
        return Fraction(1)
    days = int(people.worked[row]) if curve.prorate == "days" else people.attribute("full_time_days")[row]
    return None if days is None else Fraction(days) / people.period_days


def personal(used: UsedIndicator) -> bool:
    """Whether the curve looks at a target that everybody has one of their own of."""
    curve = used.curve
    if not isinstance(curve, TargetCurve) or curve.target is None:
        return False
    return isinstance(curve.target, Expression) or curve.prorate != "none"


def read_target(answer: Decimal | Fraction | int | str | None) -> Fraction | None:
    """An expression's answer as a number; an attribute is text and read as one. None where it is not."""
    if not isinstance(answer, str):
        return None if answer is None else Fraction(answer)
    try:
        number = Decimal(answer.strip())
    except InvalidOperation:
        return None
    # An exponent such as 1e999999 would cost minutes, and can be no target.
    return Fraction(number) if number.is_finite() and abs(number.adjusted()) < _LONGEST else None


def attainment(curve: RatioCurve, values: Ints, target: Ints) -> Ints:
    """Points of values against targets, row by row, as the curve's mode says. Exact; OverflowError beyond 64 bits."""
    size = np.where(target == 0, MICRO, np.abs(target))
    beyond = values - target
    lost = {"higher": -beyond, "lower": beyond, "on_target": np.abs(beyond)}[curve.mode]
    attained = divide_columns(size - lost, size, _FULL)
    if isinstance(curve.zero_target, Decimal):
        return np.where(target <= 0, to_micros(curve.zero_target), attained)
    return attained


def refuse_zero(used: UsedIndicator, curve: RatioCurve, given: Targets, people: People) -> None:
    """Raises KaoheError naming everybody whose target is zero or less where the scheme says not what that means."""
    if curve.zero_target is not None:
        return
    found = [(int(row), str(Decimal(int(given.micros[row])) / MICRO)) for row in np.flatnonzero(given.micros <= 0)]
    what = msg("the target of {indicator} is zero or less", indicator=used.indicator.name)
    fix = msg('say in the curve what such a target means: zero_target = 100 (points), or zero_target = "absolute"')
    refuse_if_any(
        _about_people("appraise.zero-target", what, used, people, [each for each in found if given.known[each[0]]], fix)
    )


def _about_people(
    code: str, what: Message, used: UsedIndicator, people: People, found: list[tuple[int, str]], fix: Message
) -> Iterator[Problem]:
    if found:
        listed = ", ".join(f"{people.code[row]} ({shown})" for row, shown in found[:_NAMED])
        named = msg("{listed} and {count} more", listed=listed, count=len(found) - _NAMED)
        place = Place(used.place.file, used.place.line, used.place.column, key=used.key)
        yield Problem(code, what, place, found=listed if len(found) <= _NAMED else named, fix=fix)
