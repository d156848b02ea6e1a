"""Whole parts of a total by largest remainder, with what an explanation needs: the exact quotas, and ties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from kaohe.appraise.columns import proportions
from kaohe.exact import largest_remainder
from kaohe.precise import Number, exact_row


@dataclass(frozen=True)
class Apportionment:
    """``parts`` sum to the total; ``quotas`` are what each part would be if it need not be whole. ``tie``: equal
    remainders competed for the last one, and the earlier position decided."""

    parts: tuple[int, ...]
    quotas: tuple[Fraction, ...]
    tie: bool

    @property
    def lower(self) -> tuple[int, ...]:
        """The quotas rounded down."""
        return tuple(map(floor, self.quotas))

    @property
    def remainders(self) -> tuple[Fraction, ...]:
        return tuple(quota - floor(quota) for quota in self.quotas)


def apportion(weights: Sequence[Number], total: int) -> Apportionment:
    """A total in proportion to weights of at least zero (Hamilton 1792). ZeroDivisionError where all are zero."""
    exact = exact_row(weights)
    whole = sum(exact, Fraction(0))
    quotas = tuple(weight * total / whole for weight in exact)
    parts = largest_remainder(proportions(exact), total)
    raised = [abs(quota) % 1 for quota, part in zip(quotas, parts, strict=True) if abs(part) > abs(quota)]
    left = [abs(quota) % 1 for quota, part in zip(quotas, parts, strict=True) if abs(part) < abs(quota)]
    return Apportionment(tuple(parts), quotas, bool(raised and left) and min(raised) == max(left))
