"""From values to totals: points of every indicator, weighted means of dimensions, the mean of the dimensions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from kaohe.appraise.columns import weighted_mean
from kaohe.appraise.criteria import criteria, topsis_total, vikor_total
from kaohe.appraise.data_weights import DataWeights, weighed, weights_of_data
from kaohe.appraise.decisions import told
from kaohe.appraise.earning import earn
from kaohe.appraise.gates import apply_gates
from kaohe.appraise.missing import covered, enough_data, missing_notes, stand_in
from kaohe.appraise.model import Decision, Note, People, Values
from kaohe.appraise.redistribution import redistributes, weights
from kaohe.appraise.teams import Teams
from kaohe.exact import DECIMALS, Flags, Ints
from kaohe.scheme.model import Scheme
from kaohe.text import msg


@dataclass(frozen=True)
class Scores:
    """Points before they are added up.

    ``known``: where an indicator's value rests on enough records. ``data``: where that value earns points of its own,
    which it does not where its target is unknown. ``counted``: where it counts, with its own points or those that
    stand in for missing data. ``graded`` is false where a policy or too little coverage forbids a total; ``notes``
    say so. ``dimension_weights``: of each person, where the scheme gives missing weight to others. ``scheme`` is what
    was scored by, with ``data_weights`` where weights come from the data.
    """

    scheme: Scheme
    data_weights: DataWeights | None
    known: Mapping[str, Flags]
    data: Mapping[str, Flags]
    points: Mapping[str, Ints]
    counted: Mapping[str, Flags]
    dimension_points: Mapping[str, Ints]
    dimension_counted: Mapping[str, Flags]
    graded: Flags
    dimension_weights: Mapping[str, Ints] | None
    notes: tuple[Iterable[Note], ...]


def score(scheme: Scheme, people: People, values: Mapping[str, Values], teams: Teams | None = None) -> Scores:
    """Points of indicators and dimensions for everybody, and who can be graded.

    Dimension points are the exact mean of what counts in it, rounded at six decimals; a dimension in which nothing
    counts has none. Who has no dimension with weight has no total.
    """
    rows = len(people)
    known = enough_data(scheme, values)
    own, with_points = earn(scheme, people, values, known, teams)
    data = {**known, **with_points}
    earned, counted = _with_stand_ins(scheme, own, data)
    earned, gate_notes = apply_gates(scheme, people, values, known, earned, counted)
    of_data = weights_of_data(scheme, earned, data) if scheme.weights == "entropy" else None
    scheme = weighed(scheme, of_data)
    moved = weights(scheme, counted, rows) if redistributes(scheme) else None
    of_dimension: dict[str, Ints] = {}
    in_dimension: dict[str, Flags] = {}
    barred, anything = np.zeros(rows, np.bool_), np.zeros(rows, np.bool_)
    for dimension in scheme.dimensions:
        used_here = dimension.indicators
        of_dimension[dimension.id], in_dimension[dimension.id] = weighted_mean(
            [earned[used.key] for used in used_here],
            [moved.indicators[used.key] for used in used_here] if moved else [used.weight for used in used_here],
            [counted[used.key] for used in used_here],
            rows,
        )
        weight = moved.dimensions[dimension.id] if moved else dimension.weight
        anything |= in_dimension[dimension.id] & (weight > 0)
        for used in used_here:
            if used.missing.policy == "not_graded":
                barred |= ~data[used.key]
    moved_notes: tuple[Note, ...] = ()
    if moved is not None:
        barred |= moved.stranded
        moved_notes = moved.notes
    enough, coverage_notes = covered(scheme, data, rows)
    graded = enough & ~barred & anything
    nothing = Decision("coverage", "", msg("nothing counts: not graded"))
    nothing_notes = told(np.flatnonzero(enough & ~barred & ~anything), nothing)
    return Scores(
        scheme=scheme,
        data_weights=of_data,
        known=known,
        data=data,
        points=earned,
        counted=counted,
        dimension_points=of_dimension,
        dimension_counted=in_dimension,
        graded=graded,
        dimension_weights=moved.dimensions if moved else None,
        notes=(
            gate_notes,  # of who is not graded too: their points are held like anybody's, and explained
            *missing_notes(scheme, people, values, known, data),
            moved_notes,
            coverage_notes,
            nothing_notes,
        ),
    )


def total(scores: Scores, added: Ints) -> Ints:
    """The total by the scheme's method plus what is added outside the weighting, rounded once; 0 if not graded."""
    scheme, graded = scores.scheme, scores.graded
    if scheme.total_by.method == "weighted_sum":
        return _weighted_sum(scheme, scores, added)
    found = np.zeros(len(graded), np.int64)
    if graded.any():
        matrix = criteria(scheme, scores.points, scores.counted, graded)
        method = topsis_total if scheme.total_by.method == "topsis" else vikor_total
        found[graded] = method(scheme, matrix, added[graded])
    return found


def _weighted_sum(scheme: Scheme, scores: Scores, added: Ints) -> Ints:
    """The exact mean of the dimensions."""
    mean, _ = weighted_mean(
        [scores.dimension_points[dimension.id] for dimension in scheme.dimensions],
        [dimension.weight for dimension in scheme.dimensions]
        if scores.dimension_weights is None
        else [scores.dimension_weights[dimension.id] for dimension in scheme.dimensions],
        [scores.dimension_counted[dimension.id] for dimension in scheme.dimensions],
        len(scores.graded),
        plus=[added],
        unit=10 ** (DECIMALS - scheme.decimals),
    )
    return np.where(scores.graded, mean, 0)


def _with_stand_ins(
    scheme: Scheme, own: Mapping[str, Ints], data: Mapping[str, Flags]
) -> tuple[dict[str, Ints], dict[str, Flags]]:
    """Points with those that stand in for missing data, and where they count."""
    earned: dict[str, Ints] = {}
    counted: dict[str, Flags] = {}
    for used in scheme.weighted:
        there = data[used.key]
        instead = stand_in(used.missing)
        earned[used.key] = own[used.key] if instead is None else np.where(there, own[used.key], instead)
        counted[used.key] = there if instead is None else np.ones_like(there)
    return earned, counted
