"""The rule of an assessment read aloud."""

from __future__ import annotations

from collections.abc import Iterator

from kaohe.exact import shorten
from kaohe.plugin import AssessmentRule
from kaohe.scheme.words import series
from kaohe.text import Message, Text, msg

_ONE = {"self": 1, "supervisor": 1}


def assessment_words(name: Text | Message, rule: AssessmentRule) -> Iterator[Message]:
    """How ratings become the value, and from how many raters on the person assessed sees a mean."""
    weights = series([f"{relation} {shorten(weight)}" for relation, weight in rule.relations.items() if weight])
    yield msg("{indicator} is the mean of ratings by relation, weighted {weights}.", indicator=name, weights=weights)
    if rule.items:
        yield msg("Of {indicator}, only the items {items} count.", indicator=name, items=series(rule.items))
    if rule.trim:
        yield msg("The {count} highest and the {count} lowest scores of a relation are left out.", count=rule.trim)
    if rule.calibrate:
        yield msg("Raters are calibrated to the mean and spread of their relation.")
    least = {**_ONE, **rule.thresholds}
    yield msg(
        "The person sees the mean of a relation from {count} raters on ({others}).",
        count=rule.others,
        others=series([f"{relation} {count}" for relation, count in least.items()]),
    )
