"""The weights behind one person's points: written, compared in pairs, out of the data, or what they became where
missing weight went to others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from kaohe.appraise.data_weights import DataWeights, weighed, weights_of_data
from kaohe.appraise.redistribution import weights_of_one
from kaohe.exact import from_micros, shorten, to_micros
from kaohe.run.model import Run
from kaohe.run.node import Node, agree_in_words
from kaohe.scheme.comparisons import percentages
from kaohe.scheme.judgement import judge
from kaohe.scheme.model import Comparison
from kaohe.scheme.weight_words import compared_name, consistency_words, names_of
from kaohe.text import msg


@dataclass(frozen=True)
class OwnWeights:
    """By key of the indicator and by id of the dimension."""

    indicators: Mapping[str, Fraction]
    dimensions: Mapping[str, Fraction]


def own_weights(run: Run, row: int) -> OwnWeights:
    """The scheme's weights as written; in percent of the whole for somebody whose missing weight went to others."""
    scheme, counted = run.scheme, run.appraisal.counted
    if any(used.missing.policy == "redistribute" and not counted[used.key][row] for used in scheme.weighted):
        held = weights_of_one(scheme, {used.key: bool(counted[used.key][row]) for used in scheme.weighted})
        return OwnWeights(
            held,
            {each.id: sum((held[used.key] for used in each.indicators), Fraction(0)) for each in scheme.dimensions},
        )
    return OwnWeights(
        {used.key: Fraction(used.weight) for used in scheme.weighted},
        {each.id: Fraction(each.weight) for each in scheme.dimensions},
    )


def mean_in_words(weights: Sequence[Fraction], micros: Sequence[int]) -> tuple[str, Decimal, Fraction]:
    """The terms of a weighted mean of points in millionths, the sum of its weights, and the exact mean."""
    shown = [from_micros(to_micros(weight)) for weight in weights]
    terms = " + ".join(f"{weight} × {from_micros(each)}" for weight, each in zip(shown, micros, strict=True))
    whole = sum(weights, Fraction(0))
    weighted = sum((weight * each for weight, each in zip(weights, micros, strict=True)), Fraction(0))
    return terms, from_micros(to_micros(whole)), weighted / whole


def carrying_weights(run: Run) -> Run:
    """The run with the weights that its data gave filled into its scheme."""
    return replace(run, scheme=weighed(run.scheme, run.appraisal.data_weights))


def weight_nodes(run: Run) -> Iterator[Node]:
    """Weights that are not written, each worked out once more."""
    for comparison in run.scheme.comparisons:
        yield _compared(run, comparison)
    if (found := run.appraisal.data_weights) is not None:
        yield _of_data(run, found)


def _compared(run: Run, comparison: Comparison) -> Node:
    judgement = comparison.judgement
    again = judge(comparison.matrix, judgement.method, judgement.table)
    rows = zip(comparison.keys, names_of(run.scheme, comparison), comparison.weights, percentages(again), strict=True)
    children = []
    for key, name, weight, computed in rows:
        agree_in_words(run, f"weight {key}", str(weight), str(computed))
        children.append(Node(name, msg("{number} %", number=shorten(weight))))
    label = msg("weights of {of}", of=compared_name(run.scheme, comparison))
    return Node(
        label, None, (consistency_words(run.scheme, comparison),), tuple(children), "weights", comparison.of or ""
    )


def _of_data(run: Run, found: DataWeights) -> Node:
    again = weights_of_data(run.scheme, run.appraisal.points, run.appraisal.data)
    children = []
    for used in run.scheme.weighted:
        weight, spread = found.weights[used.key], found.divergence[used.key]
        agree_in_words(run, f"weight {used.key}", str(weight), str(again.weights[used.key]))
        children.append(
            Node(
                used.indicator.name,
                msg("{number} %", number=shorten(weight)),
                (msg("1 − entropy = {spread}", spread=shorten(spread)),),
            )
        )
    said = (
        msg(
            "in proportion to 1 − entropy of the points of the {people} people who have data for all",
            people=found.people,
        )
        if found.told_apart
        else msg("nothing tells the {people} people apart who have data for all: equal weights", people=found.people)
    )
    return Node(msg("weights out of the data"), None, (said,), tuple(children), "weights")
