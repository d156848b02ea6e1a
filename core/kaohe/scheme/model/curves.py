"""Curves: how values become points."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from kaohe.language import Expression

Prorate = Literal["none", "days", "full_time_days"]
"""A target as it is written, or in proportion to days in service, or to full-time days, over the period's days."""


@dataclass(frozen=True)
class PointsCurve:
    """Straight lines between neighbouring (value, points), values ascending; the end points hold beyond the ends.

    ``below`` and ``above``, where given, are the points below the first and above the last value.
    """

    at: tuple[tuple[Decimal, Decimal], ...]
    below: Decimal | None = None
    above: Decimal | None = None
    floor: Decimal | None = None
    cap: Decimal | None = None


@dataclass(frozen=True)
class Band:
    """Values from ``lower`` to ``upper`` (None: open) earn ``points``."""

    lower: Decimal | None
    upper: Decimal | None
    points: Decimal


@dataclass(frozen=True)
class BandsCurve:
    """Bands in ascending order, without gaps. A value on a boundary belongs to the band on the ``boundary`` side."""

    bands: tuple[Band, ...]
    boundary: Literal["upper", "lower"] = "upper"
    floor: Decimal | None = None
    cap: Decimal | None = None


@dataclass(frozen=True)
class RatioCurve:
    """Attainment of a target in percent.

    ``higher``: 100·(1 + (v − t)/|t|), which is 100·v/t above zero. ``lower``: 100·(1 − (v − t)/|t|). ``on_target``:
    100·(1 − |v − t|/|t|). ``target`` is a number, or an expression about the person. A target of zero or less is a
    mistake unless ``zero_target`` says what it means: so many points, or ``absolute``, the formulas above, in which
    the divisor is 1 where the target is 0.
    """

    target: Decimal | Expression
    mode: Literal["higher", "lower", "on_target"] = "higher"
    floor: Decimal | None = None
    cap: Decimal | None = None
    zero_target: Decimal | Literal["absolute"] | None = None
    prorate: Prorate = "none"


@dataclass(frozen=True)
class PerUnitCurve:
    """``base`` points at the target, then ``points`` more for each ``unit`` above it (fewer below it).

    ``whole``: only whole units count, towards the target. ``maximum`` and ``minimum`` bound what is added to
    ``base``. A negative ``points`` rewards lower values.
    """

    base: Decimal
    target: Decimal | Expression
    unit: Decimal
    points: Decimal
    whole: bool = False
    maximum: Decimal | None = None
    minimum: Decimal | None = None
    floor: Decimal | None = None
    cap: Decimal | None = None
    prorate: Prorate = "none"


@dataclass(frozen=True)
class ZScoreCurve:
    """The distance from the group's mean in standard deviations: ``neutral`` + ``points`` · (v − mean) / spread.

    The group is everybody with data in the ranking group. ``lower``: what lies below the mean earns more. Without any
    spread, and for somebody alone, the points are ``neutral``.
    """

    neutral: Decimal
    points: Decimal
    mode: Literal["higher", "lower"] = "higher"
    spread: Literal["population", "sample"] = "population"
    floor: Decimal | None = None
    cap: Decimal | None = None


@dataclass(frozen=True)
class PercentileRankCurve:
    """100 · (rank − 1) / (n − 1) among those with data in the ranking group, the worst having rank 1.

    ``ties``: equals share the least, the mean or the greatest of their ranks. ``neutral`` points where all are equal,
    and for somebody alone.
    """

    neutral: Decimal
    mode: Literal["higher", "lower"] = "higher"
    ties: Literal["min", "average", "max"] = "min"
    floor: Decimal | None = None
    cap: Decimal | None = None


@dataclass(frozen=True)
class FormulaCurve:
    """Points by an expression over ``value``, ``target``, ``previous`` and the person; unknown is no data."""

    points: Expression
    target: Decimal | Expression | None = None
    floor: Decimal | None = None
    cap: Decimal | None = None
    prorate: Prorate = "none"


Curve = PointsCurve | BandsCurve | RatioCurve | PerUnitCurve | ZScoreCurve | PercentileRankCurve | FormulaCurve
