"""Indicators as a scheme uses them: weighted or only measured, and what no data means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from kaohe.errors import Place
from kaohe.language import Expression, Setting
from kaohe.plugin import AssessmentRule, Indicator
from kaohe.scheme.model.curves import Curve
from kaohe.text import Text

Subject = Literal["person", "team"]
"""Who is measured, or appraised."""


@dataclass(frozen=True)
class Missing:
    """What no data means: ``zero`` or ``neutral`` points, ``renormalise`` over the weight present, ``not_graded``.

    ``redistribute``: the weight goes to other indicators in fixed ``shares`` that sum to 1. Where one of them does not
    count either the person is not graded, or (``otherwise``) that part of the weight is left out.
    """

    policy: Literal["zero", "renormalise", "neutral", "redistribute", "not_graded"]
    neutral: Decimal | None = None
    shares: tuple[tuple[str, Decimal], ...] = ()
    otherwise: Literal["not_graded", "renormalise"] = "not_graded"


@dataclass(frozen=True)
class Credit:
    """Who is credited with a share of each record: ``who`` a person field, ``share`` a row-level expression that is
    always known."""

    who: str
    share: Expression


@dataclass(frozen=True)
class Credits:
    """Splits of every record among several people. ``whole`` tells of a record whether the shares of the people it
    names are none below zero and add up to 1; None for an overlay, whose shares need not."""

    parts: tuple[Credit, ...]
    whole: Expression | None


@dataclass(frozen=True)
class UsedIndicator:
    """An indicator as this scheme uses it. ``key`` is unique in the scheme: the id, or the ``as`` name given.

    ``value`` and ``where`` are compiled with the parameters filled in. The value is None where it is an
    ``assessment``, whose settings are then the scheme's. ``only``: what of ``where`` this use adds.
    ``level``: whether it is measured of each person or of whole teams, whose points are those of the people in them.
    """

    key: str
    indicator: Indicator
    parameters: Mapping[str, Setting]
    value: Expression | None
    where: Expression | None
    curve: Curve
    weight: Decimal
    min_sample: int
    missing: Missing
    place: Place
    credit: Credits | None = None
    assessment: AssessmentRule | None = None
    only: Expression | None = None
    level: Subject = "person"


@dataclass(frozen=True)
class Dimension:
    """A group of indicators. Weights count within their parent: indicators in it, it in the scheme."""

    id: str
    name: Text
    weight: Decimal
    indicators: tuple[UsedIndicator, ...]


@dataclass(frozen=True)
class Measured:
    """An indicator that is measured but carries no weight: used by rules, tie-breakers, outcomes, additions."""

    key: str
    indicator: Indicator
    parameters: Mapping[str, Setting]
    value: Expression | None
    where: Expression | None
    min_sample: int
    place: Place
    credit: Credits | None = None
    assessment: AssessmentRule | None = None
    only: Expression | None = None
    level: Subject = "person"


def expressions_over_records(used: UsedIndicator | Measured) -> tuple[Expression, ...]:
    """What measuring the indicator asks of records: its value, its condition, the shares of the people credited."""
    credit = used.credit
    shares = () if credit is None else (credit.whole, *(part.share for part in credit.parts))
    return tuple(each for each in (used.value, used.where, *shares) if each is not None)


def team_key(key: str) -> str:
    """Under which key an indicator's value or target of the person's whole team is looked up."""
    return f"{key}@team"


def earlier_key(key: str) -> str:
    """Under which key the previous period's value of an indicator is measured, where its curve looks at it."""
    return f"{key}@previous"


def year_to_date_key(key: str) -> str:
    """Under which key an indicator's value of the year up to the period's end is measured, where the bonus adds up."""
    return f"{key}@year_to_date"


def year_before_key(key: str) -> str:
    """Likewise of the year up to the period's beginning: what was counted before."""
    return f"{key}@year_before"
