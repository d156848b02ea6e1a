"""Manual changes (人工调整): what people decided to change of a computed figure, with the reason they gave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ManualKind = Literal["points", "tier", "bonus"]


@dataclass(frozen=True)
class ManualChange:
    """One approved change, by the ``number`` it is called by: newer ones have greater numbers.

    ``value``: millionths of points to be added (below 0: deducted), the id of the tier to be given, or fen to be paid
    besides (below 0: less). Several changes of points, or of the bonus, of one ``person`` (their code) add up; of
    several tiers the newest holds.
    """

    number: int
    person: str
    kind: ManualKind
    value: int | str
    reason: str
