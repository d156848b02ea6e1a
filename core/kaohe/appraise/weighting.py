"""From values to totals: points of every indicator, what missing data means, weighted means, coverage.

No data is never zero by accident: the scheme's policy says what stands in for it, and a decision tells the person.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from kaohe.appraise.columns import LARGEST_VALUE, magnitude, proportions, room_for, weighted_mean
from kaohe.appraise.curves import points
from kaohe.appraise.model import Decision, Note, Values
from kaohe.errors import Problem, refuse_if_any
from kaohe.exact import DECIMALS, MICRO, Flags, Ints, divide, format_micros, from_micros, to_micros
from kaohe.scheme.model import Dimension, Missing, Scheme, UsedIndicator
from kaohe.text import Message, msg


@dataclass(frozen=True)
class Scores:
    """Points before they are added up.

    ``data``: where an indicator has enough of it. ``counted``: where it counts, with its own points or those that
    stand in for missing data. ``graded`` is false where a policy or too little coverage forbids a total; ``notes``
    say so.
    """

    data: Mapping[str, Flags]
    points: Mapping[str, Ints]
    counted: Mapping[str, Flags]
    dimension_points: Mapping[str, Ints]
    dimension_counted: Mapping[str, Flags]
    graded: Flags
    notes: tuple[Note, ...]


def enough_data(scheme: Scheme, values: Mapping[str, Values]) -> dict[str, Flags]:
    """Per indicator, where its value is known from no fewer records than the scheme asks for."""
    used = (*scheme.weighted, *scheme.measured)
    refuse_if_any(_too_large(each.key, values[each.key]) for each in used if _overflows(values[each.key]))
    return {each.key: values[each.key].known & (values[each.key].sample >= each.min_sample) for each in used}


def score(scheme: Scheme, values: Mapping[str, Values], rows: int) -> Scores:
    """Points of indicators and dimensions for everybody, and who can be graded.

    Dimension points are the exact mean of what counts in it, rounded at six decimals; a dimension in which nothing
    counts has none.
    """
    data = enough_data(scheme, values)
    earned, counted = _points(scheme, values, data)
    of_dimension, in_dimension = {}, {}
    for dimension in scheme.dimensions:
        keys = [used.key for used in dimension.indicators]
        of_dimension[dimension.id], in_dimension[dimension.id] = weighted_mean(
            [earned[key] for key in keys],
            [used.weight for used in dimension.indicators],
            [counted[key] for key in keys],
            rows,
        )
    barred = np.zeros(rows, np.bool_)
    for used in scheme.weighted:
        if used.missing.policy == "not_graded":
            barred |= ~data[used.key]
    covered, coverage_notes = _covered(scheme, data, rows)
    anything = np.zeros(rows, np.bool_)
    for dimension in scheme.dimensions:
        anything |= in_dimension[dimension.id] & (dimension.weight > 0)
    nothing_notes = [
        (int(row), Decision("coverage", "", msg("nothing counts: not graded")))
        for row in np.flatnonzero(~anything & covered & ~barred)
    ]
    return Scores(
        data,
        earned,
        counted,
        of_dimension,
        in_dimension,
        ~barred & covered & anything,
        (*_missing_notes(scheme, values, data), *coverage_notes, *nothing_notes),
    )


def total(scheme: Scheme, scores: Scores, added: Mapping[str, Ints]) -> Ints:
    """The exact mean of the dimensions plus what is added outside the weighting, rounded once; 0 if not graded."""
    mean, _ = weighted_mean(
        [scores.dimension_points[dimension.id] for dimension in scheme.dimensions],
        [dimension.weight for dimension in scheme.dimensions],
        [scores.dimension_counted[dimension.id] for dimension in scheme.dimensions],
        len(scores.graded),
        plus=list(added.values()),
        unit=10 ** (DECIMALS - scheme.decimals),
    )
    return np.where(scores.graded, mean, 0)


def shares(scheme: Scheme) -> dict[str, Fraction]:
    """Each indicator's share of the whole weight: its part of the dimension times the dimension's part."""
    whole = sum((dimension.weight for dimension in scheme.dimensions), start=0)
    return {
        used.key: Fraction(used.weight) / Fraction(inside) * Fraction(dimension.weight) / Fraction(whole)
        for dimension in scheme.dimensions
        if whole and (inside := _weight_inside(dimension))
        for used in dimension.indicators
    }


def _weight_inside(dimension: Dimension) -> Fraction:
    return sum((Fraction(used.weight) for used in dimension.indicators), start=Fraction(0))


def _points(
    scheme: Scheme, values: Mapping[str, Values], data: Mapping[str, Flags]
) -> tuple[dict[str, Ints], dict[str, Flags]]:
    earned: dict[str, Ints] = {}
    counted: dict[str, Flags] = {}
    problems = []
    for used in scheme.weighted:
        there = data[used.key]
        try:
            own = points(used.curve, values[used.key].micros, there)
        except OverflowError:
            problems.append(_boundless(used))
            continue
        instead = stand_in(used.missing)
        earned[used.key] = own if instead is None else np.where(there, own, instead)
        counted[used.key] = there if instead is None else np.ones_like(there)
    refuse_if_any(problems)
    return earned, counted


def stand_in(missing: Missing) -> int | None:
    """The points in millionths that count where data is missing; None: nothing counts there."""
    match missing.policy:
        case "zero":
            return 0
        case "neutral":
            return to_micros(missing.neutral or 0)
        case "renormalise" | "not_graded":
            return None


def _covered(scheme: Scheme, data: Mapping[str, Flags], rows: int) -> tuple[Flags, list[Note]]:
    """Where the share of weight with data reaches the scheme's floor; neutral or zero points are no data."""
    share = shares(scheme)
    parts = dict(zip(share, proportions(list(share.values())), strict=True))
    whole = sum(parts.values())
    present = room_for(np.zeros(rows, np.int64), whole)
    for key, part in parts.items():
        present = present + np.where(data[key], part, 0)
    least = Fraction(scheme.min_coverage)
    # ceil(whole · least) without leaving the whole numbers
    covered = np.asarray(present >= -(-whole * least.numerator // least.denominator), np.bool_)
    needed = format_micros(to_micros(least * 100), 2)
    notes = []
    for row in np.flatnonzero(~covered):
        found = format_micros(divide(int(present[row]) * 100 * MICRO, whole), 2)
        what = msg("data for {found} % of the weight, {needed} % needed: not graded", found=found, needed=needed)
        notes.append((int(row), Decision("coverage", "", what)))
    return covered, notes


def _missing_notes(scheme: Scheme, values: Mapping[str, Values], data: Mapping[str, Flags]) -> Iterator[Note]:
    for used in scheme.weighted:
        known, sample = values[used.key].known, values[used.key].sample
        for row in np.flatnonzero(~data[used.key]):
            why = msg("no data")
            if known[row]:
                why = msg("{found} records, {needed} needed", found=int(sample[row]), needed=used.min_sample)
            yield int(row), Decision("missing", used.key, _consequence(used.missing, used, why))


def _consequence(missing: Missing, used: UsedIndicator, why: Message) -> Message:
    words = {"indicator": used.indicator.name, "why": why}
    match missing.policy:
        case "zero":
            return msg("{indicator}: {why}; counts with 0 points", **words)
        case "neutral":
            instead = from_micros(stand_in(missing) or 0)
            return msg("{indicator}: {why}; counts with {points} points", points=instead, **words)
        case "renormalise":
            return msg("{indicator}: {why}; left out, the other weights count for it", **words)
        case "not_graded":
            return msg("{indicator}: {why}; not graded without it", **words)


def _overflows(values: Values) -> bool:
    return magnitude(np.where(values.known, values.micros, 0)) >= LARGEST_VALUE


def _too_large(key: str, values: Values) -> Problem:
    largest = magnitude(np.where(values.known, values.micros, 0))
    return Problem(
        "appraise.value-too-large",
        msg("values of {indicator} are too large to be scored exactly", indicator=key),
        found=str(from_micros(largest)),
        expected=msg("less than {limit}", limit=from_micros(LARGEST_VALUE)),
        fix=msg("measure it in a larger unit"),
    )


def _boundless(used: UsedIndicator) -> Problem:
    return Problem(
        "appraise.points-too-large",
        msg("the curve of {indicator} gives more points than can be counted", indicator=used.key),
        used.place,
        fix=msg("give the curve a cap and a floor"),
    )
