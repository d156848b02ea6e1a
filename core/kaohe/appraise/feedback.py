"""360-degree assessment (360 度评估): ratings of one recipient by relation, brought together and safely disclosed.

The order of aggregation is stated because it changes the result. Ours: answers of a rater → mean of the relation →
weighted by relation → divided by the weights present. ``by_rater`` is the other published convention: every rater
carries the weight, so two peers weigh twice as much as one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from kaohe.precise import DECIMALS, Column, all_rounded, rounded

SELF = "self"
THRESHOLDS: Mapping[str, int] = {SELF: 1, "supervisor": 1}
"""The least number of raters of a relation whose mean may be shown; of any other relation ``OTHERS``."""
OTHERS = 3


@dataclass(frozen=True)
class ByRater:
    """Every rater's contribution (weight × Σ answer × question weight × competency weight), what they sum to, the sum
    of the same weights, and the quotient (None where nobody carries weight)."""

    contributions: tuple[Decimal, ...]
    numerator: Decimal
    denominator: Decimal
    score: Decimal | None


@dataclass(frozen=True)
class Disclosure:
    """What the recipient may see. ``withheld``: relations with too few raters, their comments included. ``parts``:
    whether the other relations are shown beside the total; ``total``: whether the total is shown at all."""

    withheld: frozenset[str]
    parts: bool
    total: bool


@dataclass(frozen=True)
class Part:
    """One relation: how many raters, and their mean where it may be shown."""

    relation: str
    raters: int
    mean: Decimal | None
    withheld: bool


@dataclass(frozen=True)
class Assessment:
    """``score`` counts in the appraisal, withheld relations included; the recipient sees ``shown`` and ``parts``."""

    score: Decimal | None
    shown: Decimal | None
    parts: tuple[Part, ...]


def assess(
    ratings: Mapping[str, Sequence[Fraction]],
    weights: Mapping[str, Fraction],
    *,
    trim: int = 0,
    thresholds: Mapping[str, int] = THRESHOLDS,
    others: int = OTHERS,
    decimals: int = DECIMALS,
) -> Assessment:
    """One recipient's assessment. ``ratings`` holds, per relation, one score of each rater on a common scale.

    A relation without a weight (the recipient's own, by default) is shown but does not count; one without ratings
    is left out and the others' weights are divided by what is present. ``trim`` scores are left out at each end of
    a relation. ``score`` is None where no weight is present.
    """
    means = relation_means(ratings, trim=trim)
    score = by_relation(means, weights)
    raters = {relation: len(scores) for relation, scores in ratings.items() if scores}
    seen = disclose(raters, weights, thresholds, others)
    exactly = None if score is None else rounded(score, decimals)
    parts = tuple(
        Part(
            relation,
            count,
            rounded(means[relation], decimals) if seen.parts and relation not in seen.withheld else None,
            relation in seen.withheld,
        )
        for relation, count in raters.items()
    )
    return Assessment(exactly, exactly if seen.total else None, parts)


def relation_means(ratings: Mapping[str, Sequence[Fraction]], *, trim: int = 0) -> dict[str, Fraction]:
    """The mean of each relation that has ratings, before any weighting."""
    return {relation: trimmed_mean(scores, trim) for relation, scores in ratings.items() if scores}


def by_relation(means: Mapping[str, Fraction], weights: Mapping[str, Fraction]) -> Fraction | None:
    """Σ weight × mean / Σ weight over the relations present; None where they carry no weight."""
    present = [(weights.get(relation, Fraction(0)), mean) for relation, mean in means.items()]
    whole = sum((weight for weight, _ in present), Fraction(0))
    return sum((weight * mean for weight, mean in present), Fraction(0)) / whole if whole else None


def by_rater(
    weights: Sequence[Fraction],
    answers: Sequence[Column],
    question_weights: Column = (Fraction(1),),
    competency_weight: Fraction = Fraction(1),
    decimals: int = DECIMALS,
) -> ByRater:
    """The convention in which each rater carries a weight: Σ contributions / Σ of the same weights.

    ``answers`` holds a row per rater, a column per question.
    """
    contributions = [
        weight * competency_weight * sum((a * q for a, q in zip(row, question_weights, strict=True)), Fraction(0))
        for weight, row in zip(weights, answers, strict=True)
    ]
    numerator = sum(contributions, Fraction(0))
    denominator = sum(weights, Fraction(0)) * sum(question_weights, Fraction(0)) * competency_weight
    return ByRater(
        contributions=all_rounded(contributions, decimals),
        numerator=rounded(numerator, decimals),
        denominator=rounded(denominator, decimals),
        score=rounded(numerator / denominator, decimals) if denominator else None,
    )


def disclose(
    raters: Mapping[str, int],
    weights: Mapping[str, Fraction],
    thresholds: Mapping[str, int] = THRESHOLDS,
    others: int = OTHERS,
) -> Disclosure:
    """What may be shown, so that no withheld mean can be found by subtracting what is shown from the total.

    A relation below its threshold is withheld. A total beside its parts betrays what the withheld relations in it
    come to together: it is shown by part only if they are none, or at least two with raters enough for a threshold
    between them. The recipient knows their own rating, so the bare total is judged in the same way by all the
    relations that are not their own. A relation without weight is not in the total and betrays nothing.
    """
    least = {relation: thresholds.get(relation, others) for relation in raters}
    withheld = frozenset(relation for relation, count in raters.items() if count < least[relation])
    counting = [relation for relation, count in raters.items() if count and weights.get(relation)]

    def betrays(unknown: Sequence[str]) -> bool:
        few = sum(raters[relation] for relation in unknown) < max((least[relation] for relation in unknown), default=0)
        return bool(withheld.intersection(unknown)) and (len(unknown) < 2 or few)

    return Disclosure(
        withheld=withheld,
        parts=not betrays([relation for relation in counting if relation in withheld]),
        total=not betrays([relation for relation in counting if relation != SELF]),
    )


def trimmed_mean(scores: Sequence[Fraction], each_end: int = 0) -> Fraction:
    """The mean without so many of the lowest and the highest (去掉最高分和最低分); the middle always stays."""
    cut = min(each_end, (len(scores) - 1) // 2)
    kept = sorted(scores)[cut : len(scores) - cut]
    return sum(kept, Fraction(0)) / len(kept)


def rescaled(score: Fraction, scale: tuple[Fraction, Fraction], to: tuple[Fraction, Fraction]) -> Fraction:
    """A score of one scale (its lowest and highest) on another, along a straight line: 3 of 1–5 is 50 of 0–100."""
    (low, high), (least, most) = scale, to
    return least + (score - low) * (most - least) / (high - low)
