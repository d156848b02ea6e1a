"""What people may claim, exactly: base × coefficient × days worked / days of the period, one fraction for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import lcm

import numpy as np

from kaohe.appraise.coded import Coded, coded
from kaohe.appraise.columns import LIMIT, Wide, magnitude, narrow, room_for, round_half_up
from kaohe.exact import FEN, MICRO, Ints


@dataclass(frozen=True)
class Claims:
    """Figures, one for each person: ``numerators`` over one common ``denominator``."""

    numerators: Wide
    denominator: int

    def whole(self) -> Ints:
        """Rounded half up to whole numbers. OverflowError where one does not fit into 64 bits."""
        bound = 2 * max(magnitude(self.numerators), self.denominator)
        return narrow(round_half_up(room_for(self.numerators, bound), self.denominator))

    def times(self, other: Claims) -> Claims:
        """Row by row."""
        bound = magnitude(self.numerators) * magnitude(other.numerators)
        numerators = room_for(self.numerators, bound) * room_for(other.numerators, bound)
        return Claims(numerators, self.denominator * other.denominator)


def amounts(figures: Sequence[Decimal | Fraction | int], unit: int = FEN) -> Claims:
    """Figures as they are, counted in so many parts of one: yuan in fen."""
    of = figures if isinstance(figures, Coded) else coded(figures, len(figures))
    ratios = [figure.as_integer_ratio() for figure in of.distinct]
    common = lcm(*(denominator for _, denominator in ratios))
    whole = [top * (common // bottom) * unit for top, bottom in ratios]
    wide = max(map(abs, whole), default=0) > LIMIT
    return Claims(np.array(whole, object if wide else np.int64)[of.which], common)


def coefficients(micros: Ints) -> Claims:
    """Coefficients in millionths. They have few decimals: without their common divisor products stay short."""
    step = int(np.gcd.reduce(micros)) or 1 if micros.size else 1
    return Claims(room_for(micros // step, magnitude(micros)), 1).times(Claims(np.array([step]), MICRO))


def proration(worked: Ints, period_days: int) -> Claims:
    """Days worked over the days of the period."""
    return Claims(worked, period_days)
