"""Whether a selection treats groups alike (four-fifths rule), and how far shares are concentrated (HHI)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

FOUR_FIFTHS = Fraction(4, 5)


@dataclass(frozen=True)
class Impact:
    """``rates`` by group, each over the highest of them (``ratios``), and the groups below four fifths of it."""

    rates: Mapping[str, Fraction]
    ratios: Mapping[str, Fraction]
    adverse: tuple[str, ...]

    @property
    def ratio(self) -> Fraction:
        """The least of the ratios."""
        return min(self.ratios.values())


def adverse_impact(groups: Mapping[str, tuple[int, int]], least: Fraction = FOUR_FIFTHS) -> Impact:
    """Selection rates of groups given as (selected, of how many), compared with the highest.

    Uniform Guidelines on Employee Selection Procedures, 29 CFR 1607.4(D), 1978. ValueError where a group is empty or
    nobody at all was selected.
    """
    if not groups or any(whole <= 0 for _, whole in groups.values()) or not any(n for n, _ in groups.values()):
        raise ValueError("rates need people in every group, and somebody selected")
    rates = {name: Fraction(selected, whole) for name, (selected, whole) in groups.items()}
    ratios = {name: rate / max(rates.values()) for name, rate in rates.items()}
    return Impact(rates, ratios, tuple(name for name, ratio in ratios.items() if ratio < least))


def concentration(values: Iterable[Fraction]) -> Fraction | None:
    """Herfindahl's index: the sum of squared shares, 1/n (even) to 1; None where all are zero."""
    listed: Sequence[Fraction] = list(values)
    whole = sum(listed, Fraction(0))
    return sum((value * value for value in listed), Fraction(0)) / whole**2 if whole else None
