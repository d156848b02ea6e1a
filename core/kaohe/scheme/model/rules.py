"""Points outside the weighting, and rules with what follows from them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from kaohe.language import Expression
from kaohe.text import Text


@dataclass(frozen=True)
class Adjustment:
    """Points added (or, negative, deducted) outside the weighting; no points where the expression is unknown."""

    id: str
    name: Text
    points: Expression
    maximum: Decimal | None = None
    minimum: Decimal | None = None


@dataclass(frozen=True)
class Gate:
    """If one of the indicators has fewer than ``base`` points, the others count at most ``base``."""

    indicators: tuple[str, ...]
    base: Decimal


Action = Literal["gate", "veto", "deduct", "add", "cap", "tier_at_most", "tier_at_least", "not_graded", "coefficient"]


@dataclass(frozen=True)
class Rule:
    """When the condition holds, the action follows, in the order written.

    ``amount`` is points (deduct, add, cap) or a factor (coefficient); ``tier`` a tier's id (tier_at_most,
    tier_at_least). A veto sets the total to zero and the tier to the last one, and pays nothing. ``unknown`` says
    whether the action follows where the condition is unknown. A ``gate`` acts on points, before all other rules.
    """

    id: str
    when: Expression
    action: Action
    amount: Decimal | None
    tier: str | None
    reason: Text
    unknown: Literal["ignore", "apply"]
    gate: Gate | None = None
