"""What a scheme says about manual changes (人工调整): how far people may move what was computed."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal


@dataclass(frozen=True)
class ManualLimits:
    """``points``: by how many at most a person's total may be changed, up or down; ``tiers``: by how many tiers;
    ``bonus``: by how many fen, or ``bonus_share``: by how much of the computed bonus. None: may not be changed.

    Among the graded people, no more than ``people``, or ``people_share`` of them rounded down, may be changed at all
    (both None: everybody), of all together or ``within`` each ranking group. ``quota``: whether a tier with more
    people than seats after the changes is refused or only reported.
    """

    points: Decimal | None = None
    tiers: int | None = None
    bonus: int | None = None
    bonus_share: Decimal | None = None
    people: int | None = None
    people_share: Decimal | None = None
    within: Literal["all", "group"] = "all"
    quota: Literal["refuse", "report"] = "refuse"
