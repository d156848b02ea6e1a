"""Figures as places on a page: exact until they are written as hundredths of a percent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from kaohe.exact import divide

Figure = int | Fraction


@dataclass(frozen=True)
class Scale:
    """From ``low``, at 0 %, to ``high``, at 100 %; what lies beyond stays at the end."""

    low: Figure
    high: Figure

    def at(self, figure: Figure) -> str:
        """Where the figure stands: ``37.5%``."""
        return percent(self.share(figure))

    def between(self, one: Figure, other: Figure) -> tuple[str, str]:
        """Where a bar between two figures begins, and how wide it is."""
        first, last = sorted((self.share(one), self.share(other)))
        return percent(first), percent(last - first)

    def share(self, figure: Figure) -> Fraction:
        """The figure's place as a part of the whole."""
        if self.high == self.low:
            return Fraction(0)
        return min(max(Fraction(figure - self.low) / Fraction(self.high - self.low), Fraction(0)), Fraction(1))


def scale_over(figures: Iterable[Figure], *, with_zero: bool = True) -> Scale:
    """From the least to the greatest of the figures, with zero among them where bars begin there."""
    listed = [*figures, *([0] if with_zero else [])]
    low, high = min(listed, default=0), max(listed, default=0)
    return Scale(low, high if high > low else low + 1)


def percent(share: Figure) -> str:
    """A part of the whole as CSS and SVG read it, to a hundredth of a percent."""
    hundredths = divide(Fraction(share * 10_000).numerator, Fraction(share * 10_000).denominator)
    sign = "-" if hundredths < 0 else ""
    whole, rest = divmod(abs(hundredths), 100)
    return f"{sign}{whole}.{rest:02d}".rstrip("0").rstrip(".") + "%"


def nice_step(span: int, most: int, least: int) -> int:
    """The smallest of 1, 2, 5, 10, 20 … times ``least`` of which no more than ``most`` cover the span."""
    step, factors = least, (2, Fraction(5, 2), 2)
    turn = 0
    while span > step * most:
        step = int(step * factors[turn % 3])
        turn += 1
    return step
