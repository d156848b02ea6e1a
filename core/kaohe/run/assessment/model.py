"""What an assessment came to: for each person relation by relation, and how far the raters agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from decimal import Decimal
from fractions import Fraction
from typing import Any

from kaohe.appraise.model import Values
from kaohe.errors import Problem
from kaohe.plugin import AssessmentRule


@dataclass(frozen=True)
class RelationPart:
    """One relation of one person: how many ``raters`` (for the threshold) and ``ratings``, how many raters' scores were
    left out at both ends (``trimmed``) or brought to the mean and spread of the relation (``calibrated``), the exact
    ``mean`` of the rest on the common scale, its ``weight``, and whether the recipient may see the mean."""

    relation: str
    raters: int
    ratings: int
    trimmed: int
    calibrated: int
    mean: Fraction
    weight: Decimal
    shown: bool


@dataclass(frozen=True)
class PersonAssessment:
    """The relations that have ratings, in the order of the rule, then by name; ``shown``: the recipient may see what
    they come to; ``few``: one of them, with weight or without, has too few raters to be shown."""

    parts: tuple[RelationPart, ...]
    shown: bool
    few: bool = False


@dataclass(frozen=True)
class Agreement:
    """How far raters agree, over the relations with weight, before calibration and trimming.

    ``icc`` is ICC(1) of a single rater (one-way random, ``each`` raters standing for the unequal numbers), ``icc_mean``
    that of the mean of a person's raters, over ``people`` with ``scores``. ``alpha`` is Cronbach's, over ``items``
    and the ``sheets`` on which a named rater answered all of them. None: too little data, or nothing varies.
    """

    icc: Decimal | None
    icc_mean: Decimal | None
    each: Decimal | None
    people: int
    scores: int
    alpha: Decimal | None
    items: int
    sheets: int


@dataclass(frozen=True)
class Assessed:
    """One indicator: its values, everybody's relations in the order of the people, agreement, and what to warn of."""

    values: Values
    people: tuple[PersonAssessment, ...]
    agreement: Agreement
    notes: tuple[Problem, ...] = ()


Assessments = Mapping[str, Assessed]
"""By key of the indicator."""


def rule_data(rule: AssessmentRule) -> dict[str, Any]:
    """A rule in plain words and numbers."""
    data = {each.name: getattr(rule, each.name) for each in fields(rule)}
    return data | {
        "lowest": str(rule.lowest),
        "relations": {relation: str(weight) for relation, weight in rule.relations.items()},
        "thresholds": dict(rule.thresholds),
        "range": [str(end) for end in rule.range],
        "items": list(rule.items),
    }


def agreement_data(assessments: Assessments) -> dict[str, dict[str, Any]]:
    """The figures of agreement as plain data, by key of the indicator."""
    return {key: {**_method(), **_plain(assessed.agreement)} for key, assessed in sorted(assessments.items())}


def assessment_columns(assessments: Assessments) -> Iterator[tuple[str, list[Any]]]:
    """Everything behind the values, one entry for each person, by a stable name in a stable order."""
    for key, assessed in sorted(assessments.items()):
        yield f"{key} shown", [person.shown for person in assessed.people]
        yield (
            f"{key} relations",
            [
                [
                    [
                        part.relation,
                        part.raters,
                        part.ratings,
                        part.trimmed,
                        part.calibrated,
                        str(part.mean),
                        str(part.weight),
                        part.shown,
                    ]
                    for part in person.parts
                ]
                for person in assessed.people
            ],
        )


def _method() -> dict[str, str]:
    return {"icc_form": "ICC(1), one-way random, single rater", "alpha_form": "Cronbach"}


def _plain(agreement: Agreement) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in asdict(agreement).items()}
