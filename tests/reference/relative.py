"""Curves that look at other people, once more: one person at a time, with decimals of eighty digits."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction

from kaohe.scheme.model import PercentileRankCurve, RatioCurve, ZScoreCurve


def z_score_points(curve: ZScoreCurve, own: Fraction, field: list[Fraction]) -> Fraction:
    """Rounded at fifty digits only, so that what is an exact half stays one."""
    if len(set(field)) < 2:
        return Fraction(curve.neutral)
    mean = sum(field) / Fraction(len(field))
    variance = sum((each - mean) ** 2 for each in field) / (len(field) - (curve.spread == "sample"))
    with localcontext() as context:
        context.prec = 80
        spread = (Decimal(variance.numerator) / Decimal(variance.denominator)).sqrt()
        beyond = own - mean
        score = Decimal(beyond.numerator) / Decimal(beyond.denominator) / spread
        sign = 1 if curve.mode == "higher" else -1
        points = curve.neutral + sign * curve.points * score
        return Fraction(points.quantize(Decimal(1).scaleb(-50)))


def percentile_points(curve: PercentileRankCurve, own: Fraction, field: list[Fraction]) -> Fraction:
    if len(set(field)) < 2:
        return Fraction(curve.neutral)
    from_worst = sorted(field, reverse=curve.mode == "lower")
    places = [place for place, each in enumerate(from_worst, start=1) if each == own]
    rank = {"min": Fraction(places[0]), "max": Fraction(places[-1]), "average": Fraction(sum(places), len(places))}
    return 100 * (rank[curve.ties] - 1) / (len(field) - 1)


def ratio_points(curve: RatioCurve, value: Fraction, target: Fraction) -> Fraction:
    if target <= 0 and curve.zero_target != "absolute":
        assert curve.zero_target is not None
        return Fraction(curve.zero_target)
    part = (value - target) / (abs(target) if target else 1)
    return {"higher": 100 * (1 + part), "lower": 100 * (1 - part), "on_target": 100 * (1 - abs(part))}[curve.mode]
