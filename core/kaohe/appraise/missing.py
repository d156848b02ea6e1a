"""Missing data: where there is enough of it, what stands in for it, how much of the weight it covers.

No data is never zero by accident: the scheme's policy says what it means, and a decision tells the person.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

import numpy as np

from kaohe.appraise.columns import LARGEST_VALUE, blocks, magnitude, proportions, room_for, where
from kaohe.appraise.decisions import Notes, noted
from kaohe.appraise.model import Decision, People, Values
from kaohe.errors import Problem, refuse_if_any
from kaohe.exact import MICRO, Flags, Ints, divide, format_micros, from_micros, to_micros
from kaohe.language import Expression, keyed_ids
from kaohe.scheme.model import FormulaCurve, Missing, PerUnitCurve, RatioCurve, Scheme, UsedIndicator
from kaohe.text import Message, msg


def enough_data(scheme: Scheme, values: Mapping[str, Values]) -> dict[str, Flags]:
    """Per indicator, where its value is known from no fewer records than the scheme asks for.

    Raises KaoheError where values are too large for exact sums.
    """
    keys = [used.key for used in scheme.indicators]
    largest = {key: _largest(values[key]) for key in keys}
    refuse_if_any(_too_large(key, found) for key, found in largest.items() if found >= LARGEST_VALUE)
    return {
        used.key: values[used.key].known & (values[used.key].sample >= used.min_sample) for used in scheme.indicators
    }


def _largest(values: Values) -> int:
    """The largest absolute value that is known, in millionths."""
    found = (magnitude(where(values.micros[block], values.known[block])) for block in blocks(len(values.micros)))
    return max(found, default=0)


def stand_in(missing: Missing) -> int | None:
    """The points in millionths that count where data is missing; None: nothing counts there."""
    match missing.policy:
        case "zero":
            return 0
        case "neutral":
            return to_micros(missing.neutral or 0)
        case "renormalise" | "redistribute" | "not_graded":
            return None


def shares(scheme: Scheme) -> dict[str, Fraction]:
    """Each indicator's share of the whole weight: its part of the dimension times the dimension's part.

    A dimension whose indicators carry no weight carries none either; without any weight all shares are zero.
    """
    inside = {
        dimension.id: sum((Fraction(used.weight) for used in dimension.indicators), start=Fraction(0))
        for dimension in scheme.dimensions
    }
    weights = {dimension.id: Fraction(dimension.weight) for dimension in scheme.dimensions if inside[dimension.id]}
    whole = sum(weights.values(), start=Fraction(0))
    return {
        used.key: Fraction(used.weight) * weights[dimension.id] / (inside[dimension.id] * whole)
        if whole and dimension.id in weights
        else Fraction(0)
        for dimension in scheme.dimensions
        for used in dimension.indicators
    }


def covered(scheme: Scheme, data: Mapping[str, Flags], rows: int) -> tuple[Flags, Notes]:
    """Where the share of weight with data reaches the scheme's floor. Points that stand in for data do not count."""
    share = shares(scheme)
    parts = proportions(list(share.values()))
    whole = sum(parts)
    present = room_for(np.zeros(rows, np.int64), whole)
    for key, part in zip(share, parts, strict=True):
        np.add(present, part, out=present, where=data[key])
    least = Fraction(scheme.min_coverage)
    # ceil(whole × least) without leaving the whole numbers
    enough = np.asarray(present >= -(-whole * least.numerator // least.denominator), np.bool_)
    needed = format_micros(to_micros(least * 100), 2)

    rows_without = np.flatnonzero(~enough)
    shares_there = present[rows_without]

    def say(position: int) -> Decision:
        found = format_micros(divide(int(shares_there[position]) * 100 * MICRO, whole), 2)
        what = msg("data for {found} % of the weight, {needed} % needed: not graded", found=found, needed=needed)
        return Decision("coverage", "", what)

    return enough, noted(rows_without, (shares_there,), say)


def missing_notes(
    scheme: Scheme, people: People, values: Mapping[str, Values], enough: Mapping[str, Flags], data: Mapping[str, Flags]
) -> Iterator[Notes]:
    """What is missing of whom, and what the policy makes of it; what forbids a grade comes last.

    ``enough``: where the value rests on enough records; ``data``: where it earns points of its own.
    """
    for used in sorted(scheme.weighted, key=lambda used: used.missing.policy == "not_graded"):
        found, there = values[used.key], enough[used.key]
        few = np.where(found.known & ~there, found.sample, -1)
        lacking = [_lacks(people.targets[name]) for name in _targets_asked(used, people)]

        rows = np.flatnonzero(~data[used.key])

        def say(position: int, used: UsedIndicator = used, rows: Ints = rows) -> Decision:
            row = int(rows[position])
            why = _why(used, people, values[used.key], row, enough=bool(enough[used.key][row]))
            return Decision("missing", used.key, _consequence(used, why))

        yield noted(rows, [column[rows] for column in (there, few, *lacking)], say)


def _lacks(goals: Sequence[int | None]) -> Flags:
    return np.array([goal is None for goal in goals], np.bool_)


def _why(used: UsedIndicator, people: People, values: Values, row: int, *, enough: bool) -> Message:
    """Why an indicator earns a person no points of its own. ``enough``: its value is there, and rests on enough."""
    dated = _targets_asked(used, people) if enough or used.indicator.derived is not None else []
    if lacking := [name for name in dated if people.targets[name][row] is None]:
        return msg("there is no dated target: {names}", names=", ".join(lacking))
    if enough:
        formula = isinstance(used.curve, FormulaCurve)
        return msg("its formula comes to nothing known") if formula else msg("no target")
    if values.known[row]:
        words = {"found": int(values.sample[row]), "needed": used.min_sample}
        return msg("only {found} of the {needed} records needed", **words)
    return msg("no data")


def _targets_asked(used: UsedIndicator, people: People) -> list[str]:
    """The dated targets that its value or its curve looks up."""
    looks = [used.value]
    looks += [used.curve.points] if isinstance(used.curve, FormulaCurve) else []
    if isinstance(used.curve, RatioCurve | PerUnitCurve | FormulaCurve) and isinstance(used.curve.target, Expression):
        looks.append(used.curve.target)
    found = {ask for expression in looks if expression is not None for ask in keyed_ids(expression)}
    return sorted({name for function, name in found if function != "value" and name in people.targets})


def _consequence(used: UsedIndicator, why: Message) -> Message:
    words = {"indicator": used.indicator.name, "why": why}
    match used.missing.policy:
        case "zero":
            return msg("{indicator}: {why}; counts with 0 points", **words)
        case "neutral":
            instead = from_micros(stand_in(used.missing) or 0)
            return msg("{indicator}: {why}; counts with {points} points", points=instead, **words)
        case "renormalise":
            return msg("{indicator}: {why}; left out, the other weights count for it", **words)
        case "redistribute":
            goes = ", ".join(f"{key} {from_micros(to_micros(share * 100))} %" for key, share in used.missing.shares)
            return msg("{indicator}: {why}; its weight goes to {recipients}", recipients=goes, **words)
        case "not_graded":
            return msg("{indicator}: {why}; not graded without it", **words)


def _too_large(key: str, largest: int) -> Problem:
    return Problem(
        "appraise.value-too-large",
        msg("values of {indicator} are too large to be scored exactly", indicator=key),
        found=str(from_micros(largest)),
        expected=msg("less than {limit}", limit=from_micros(LARGEST_VALUE)),
        fix=msg("measure it in a larger unit"),
    )
