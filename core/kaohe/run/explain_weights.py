"""The weights behind one person's points: those written, or what they became where missing weight went to others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from kaohe.appraise.redistribution import weights_of_one
from kaohe.exact import from_micros, to_micros
from kaohe.run.model import Run


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
