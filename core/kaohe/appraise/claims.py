"""What people may claim, exactly: base × coefficient × days worked / days of the period, one fraction for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import lcm

import numpy as np

from kaohe.appraise.columns import LIMIT, Wide, magnitude, narrow, room_for, round_half_up
from kaohe.exact import FEN, MICRO, Ints


@dataclass(frozen=True)
class Claims:
    """Amounts in fen, one for each person: ``numerators`` over one common ``denominator``."""

    numerators: Wide
    denominator: int

    def fen(self) -> Ints:
        """Whole fen, rounded half up. OverflowError where one does not fit into 64 bits."""
        bound = 2 * max(magnitude(self.numerators), self.denominator)
        return narrow(round_half_up(room_for(self.numerators, bound), self.denominator))

    def times(self, factors: Wide, denominator: int = 1) -> Claims:
        """Each amount times its factor, which is over a common denominator too."""
        bound = magnitude(self.numerators) * magnitude(factors)
        numerators = room_for(self.numerators, bound) * room_for(factors, bound)
        return Claims(numerators, self.denominator * denominator)


def amounts(yuan: Sequence[Decimal | Fraction | int]) -> Claims:
    """Amounts in yuan, as they are."""
    ratios = [amount.as_integer_ratio() for amount in yuan]
    common = lcm(*{denominator for _, denominator in ratios})
    whole = [numerator * (common // denominator) * FEN for numerator, denominator in ratios]
    wide = max(map(abs, whole), default=0) > LIMIT
    return Claims(np.array(whole, object if wide else np.int64), common)


def claims(bases: Claims, coefficient: Ints, worked: Ints | None, period_days: int) -> Claims:
    """Bases times coefficients in millionths, in proportion to the days worked (None: all of them)."""
    # Coefficients have few decimals: without their common divisor the products mostly fit into 64 bits.
    step = int(np.gcd.reduce(coefficient)) or 1 if coefficient.size else 1
    claimed = bases.times(coefficient // step).times(np.array([step]), MICRO)
    return claimed if worked is None else claimed.times(worked, period_days)
