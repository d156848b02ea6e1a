"""The step of a curve that looks at other people or is a formula, in words, worked out once more."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from kaohe.appraise.earning import Basis
from kaohe.appraise.relative import root
from kaohe.exact import MICRO, divide, from_micros, shorten, to_micros
from kaohe.scheme.model import FormulaCurve, PercentileRankCurve, ZScoreCurve
from kaohe.text import Message, msg

_FINE = 12


def z_score(curve: ZScoreCurve, value: Decimal, basis: Basis) -> tuple[Fraction, Message]:
    """Neutral points and the distance from the mean of the field in its standard deviations."""
    if (alone := _incomparable(curve, basis)) is not None:
        return alone
    numbers = [Fraction(each, MICRO) for each in basis.field]
    count = len(numbers)
    mean = sum(numbers, Fraction(0)) / count
    freedom = count if curve.spread == "population" else count - 1
    spread = root(sum(((each - mean) * (each - mean) for each in numbers), Fraction(0)) / freedom)
    z = (Fraction(value) - mean) / spread
    words = {
        "value": value,
        "count": count,
        "mean": _finely(mean),
        "spread": _finely(spread),
        "z": from_micros(to_micros(z)),
        "neutral": shorten(curve.neutral),
        "each": shorten(curve.points),
    }
    # With z at six decimals the sum would not come to the points.
    if curve.mode == "higher":
        return Fraction(curve.neutral) + Fraction(curve.points) * z, msg(
            "among {count} with mean {mean} and standard deviation {spread}, {value} has z = {z}: "
            "{neutral} + {each} × ({value} − {mean}) / {spread}",
            **words,
        )
    return Fraction(curve.neutral) - Fraction(curve.points) * z, msg(
        "among {count} with mean {mean} and standard deviation {spread}, {value} has z = {z}: "
        "{neutral} − {each} × ({value} − {mean}) / {spread}",
        **words,
    )


def _finely(number: Fraction) -> Decimal:
    """At twelve decimals, enough to work the points out again to their sixth."""
    return shorten(Decimal(divide(number.numerator * 10**_FINE, number.denominator)).scaleb(-_FINE))


def percentile_rank(curve: PercentileRankCurve, value: Decimal, basis: Basis) -> tuple[Fraction, Message]:
    """The share of the field that is worse, out of all others."""
    if (alone := _incomparable(curve, basis)) is not None:
        return alone
    own, count = to_micros(value), len(basis.field)
    higher = curve.mode == "higher"
    worse = sum(each < own if higher else each > own for each in basis.field)
    equals = basis.field.count(own)
    rank = 1 + worse + {"min": Fraction(0), "average": Fraction(equals - 1, 2), "max": Fraction(equals - 1)}[curve.ties]
    words = {"count": count, "equals": equals, "rank": from_micros(to_micros(rank))}
    points = 100 * (rank - 1) / (count - 1)
    if equals > 1:
        return points, msg(
            "rank {rank} from the worst among {count}, {equals} of them equal: 100 × ({rank} − 1) / ({count} − 1)",
            **words,
        )
    return points, msg("rank {rank} from the worst among {count}: 100 × ({rank} − 1) / ({count} − 1)", **words)


def formula(curve: FormulaCurve, value: Decimal, basis: Basis) -> tuple[Fraction, Message]:
    """The formula with what it looks at."""
    if basis.formula is None:
        raise ValueError("a formula is explained for a person for whom it is known")
    words = {"formula": curve.points.text.strip(), "value": value}
    said = msg("value = {value}", **words)
    for name, number in (("target", basis.target), ("previous", basis.previous)):
        if number is not None:
            said = msg("{said}, {name} = {number}", said=said, name=name, number=from_micros(to_micros(number)))
    return basis.formula, msg("{formula} with {said}", formula=words["formula"], said=said)


def _incomparable(curve: ZScoreCurve | PercentileRankCurve, basis: Basis) -> tuple[Fraction, Message] | None:
    """Neutral points where there is nobody to compare with, or no difference."""
    if len(basis.field) < 2:
        return Fraction(curve.neutral), msg("nobody to compare with: neutral points")
    if min(basis.field) == max(basis.field):
        return Fraction(curve.neutral), msg("everybody is equal: neutral points")
    return None
