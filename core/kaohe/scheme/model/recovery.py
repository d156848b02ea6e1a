"""What a scheme says about recoveries (追回): how fast what was paid too much is taken back from later bonuses."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

AfterLeaving = Literal["carry", "write_off", "report"]


@dataclass(frozen=True)
class Recovery:
    """In one period at most ``cap`` fen are taken back from a person, or ``cap_share`` of the bonus earned in it, and
    at least ``minimum`` fen of that bonus remain; what is left is carried to the next period.

    ``after_leaving``: what becomes of it where the person has left: it is carried on, given up, or reported once to be
    claimed outside and then carried no further.
    """

    cap: int | None = None
    cap_share: Decimal = Decimal(1)
    minimum: int = 0
    after_leaving: AfterLeaving = "carry"
