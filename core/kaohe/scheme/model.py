"""A checked scheme, as frozen data: numbers are decimals as written, expressions are compiled, nothing computes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from kaohe.errors import Place
from kaohe.language import Expression
from kaohe.period import Cycle
from kaohe.plugin import Indicator
from kaohe.text import Text


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

    ``higher``: 100·v/t. ``lower``: 100·(1 − (v − t)/t). ``on_target``: 100·(1 − |v − t|/t).
    """

    target: Decimal
    mode: Literal["higher", "lower", "on_target"] = "higher"
    floor: Decimal | None = None
    cap: Decimal | None = None


@dataclass(frozen=True)
class PerUnitCurve:
    """``base`` points at the target, then ``points`` more for each ``unit`` above it (fewer below it).

    ``whole``: only whole units count, towards the target. ``maximum`` and ``minimum`` bound what is added to
    ``base``. A negative ``points`` rewards lower values.
    """

    base: Decimal
    target: Decimal
    unit: Decimal
    points: Decimal
    whole: bool = False
    maximum: Decimal | None = None
    minimum: Decimal | None = None
    floor: Decimal | None = None
    cap: Decimal | None = None


Curve = PointsCurve | BandsCurve | RatioCurve | PerUnitCurve


@dataclass(frozen=True)
class Missing:
    """What no data means: ``zero`` or ``neutral`` points, ``renormalise`` over the weight present, ``not_graded``."""

    policy: Literal["zero", "renormalise", "neutral", "not_graded"]
    neutral: Decimal | None = None


@dataclass(frozen=True)
class UsedIndicator:
    """An indicator as this scheme uses it. ``key`` is unique in the scheme: the id, or the ``as`` name given.

    ``value`` and ``where`` are compiled with the parameters filled in.
    """

    key: str
    indicator: Indicator
    parameters: Mapping[str, Decimal | int | str | bool]
    value: Expression
    where: Expression | None
    curve: Curve
    weight: Decimal
    min_sample: int
    missing: Missing
    place: Place


@dataclass(frozen=True)
class Dimension:
    """A group of indicators. Weights count within their parent: indicators in it, it in the scheme."""

    id: str
    name: Text
    weight: Decimal
    indicators: tuple[UsedIndicator, ...]


@dataclass(frozen=True)
class Measured:
    """An indicator that is measured but carries no weight: used by rules, tie-breakers, outcomes, additions."""

    key: str
    indicator: Indicator
    parameters: Mapping[str, Decimal | int | str | bool]
    value: Expression
    where: Expression | None
    min_sample: int
    place: Place


@dataclass(frozen=True)
class Adjustment:
    """Points added (or, negative, deducted) outside the weighting; no points where the expression is unknown."""

    id: str
    name: Text
    points: Expression
    maximum: Decimal | None = None
    minimum: Decimal | None = None


Action = Literal["veto", "deduct", "add", "cap", "tier_at_most", "tier_at_least", "not_graded", "coefficient"]


@dataclass(frozen=True)
class Rule:
    """When the condition holds, the action follows, in the order written.

    ``amount`` is points (deduct, add, cap) or a factor (coefficient); ``tier`` a tier's id (tier_at_most,
    tier_at_least). A veto sets the total to zero and the tier to the last one, and pays nothing. ``unknown`` says
    whether the action follows where the condition is unknown.
    """

    id: str
    when: Expression
    action: Action
    amount: Decimal | None
    tier: str | None
    reason: Text
    unknown: Literal["ignore", "apply"]


@dataclass(frozen=True)
class Ranking:
    """``within``: person attributes that together make a group; empty: everybody is one group.

    Groups with fewer graded people than ``min_group`` merge into one group of everybody (``merge``: they are ranked
    among all) or stay unranked.
    """

    within: tuple[str, ...] = ()
    method: Literal["competition", "dense", "ordinal"] = "competition"
    tie_breakers: tuple[str, ...] = ()
    min_group: int = 1
    small_groups: Literal["merge", "unranked"] = "merge"


@dataclass(frozen=True)
class Level:
    """A tier, best first. ``share`` of the group (quota), ``min_score`` to be reached, ``coefficient`` of the bonus.

    By quota, the tier has no fewer than ``at_least`` and no more than ``at_most`` seats in each group.
    """

    id: str
    name: Text
    coefficient: Decimal
    share: Decimal | None = None
    min_score: Decimal | None = None
    at_least: int | None = None
    at_most: int | None = None


@dataclass(frozen=True)
class GradedShares:
    """Quotas that shift with a group's own grade.

    ``grade`` is a text that everybody of a ranking group must agree in; it may name ``group_mean``, the mean total of
    those counted, and ``group_size``, their number. ``shares`` gives, per grade, a share for each level, adding up
    to 1. Where the grade is unknown or not listed, and where small groups merge into everybody, the levels' own
    shares hold.
    """

    grade: Expression
    shares: Mapping[str, tuple[Decimal, ...]]


@dataclass(frozen=True)
class Tiers:
    """Tiers by score or by quota (强制分布, forced distribution), best first.

    By quota, a level's ``min_score`` is a floor. ``order`` says which comes first. ``quota_first``: seats are given by
    place; who holds a seat and misses its floor moves down to the best tier whose floor is met, and the seat stays
    empty. ``floors_first``: from the best tier down, each takes the best of those who reach its floor, no more than
    it has seats; whoever finds none goes on to the next tier.

    Whoever meets ``not_counted`` has no part in the head-count of the quota and takes the tier that those counted
    have at the same place. In groups in which fewer than ``min_group`` people are counted no quota applies; there
    everybody gets the best tier whose ``min_score`` is met.
    """

    kind: Literal["score", "quota"]
    levels: tuple[Level, ...]
    boundary: Literal["upper", "lower"] = "upper"
    ties: Literal["promote", "demote", "break"] = "promote"
    tie_breakers: tuple[str, ...] = ()
    min_group: int = 1
    order: Literal["quota_first", "floors_first"] = "quota_first"
    not_counted: Expression | None = None
    by_grade: GradedShares | None = None


@dataclass(frozen=True)
class Bonus:
    """Money. ``coefficient``: base × tier coefficient × proration. ``pool``: the same claims scaled to ``pool`` fen.

    ``base`` is an amount in yuan by expression; ``floor`` and ``cap`` bound one person's bonus, in fen.
    """

    kind: Literal["coefficient", "pool"]
    base: Expression
    prorate: Literal["days", "none"]
    pool: int | None = None
    floor: int | None = None
    cap: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What follows besides money: training, honour, warning or another word of the scheme's."""

    kind: str
    when: Expression
    note: Text


@dataclass(frozen=True)
class Case:
    """The scheme's own test: given values of indicators, the points, total or tier that must come out."""

    name: str
    given: Mapping[str, Decimal | None]
    points: Mapping[str, Decimal]
    total: Decimal | None
    tier: str | None
    place: Place


@dataclass(frozen=True)
class Default:
    """A choice the scheme did not make itself: the key's path and the value taken."""

    path: str
    value: str


@dataclass(frozen=True)
class Scheme:
    """A checked scheme file. ``digest`` is the SHA-256 of its parsed content: comments and spacing do not count."""

    id: str
    version: str
    format: int
    name: Text
    cycle: Cycle
    effective_from: date | None
    effective_to: date | None
    population: Expression | None
    currency: str
    decimals: int
    weights: Literal["absolute", "relative"]
    min_coverage: Decimal
    ranking: Ranking
    dimensions: tuple[Dimension, ...]
    measured: tuple[Measured, ...]
    adjustments: tuple[Adjustment, ...]
    rules: tuple[Rule, ...]
    tiers: Tiers | None
    bonus: Bonus | None
    outcomes: tuple[Outcome, ...]
    cases: tuple[Case, ...]
    defaults: tuple[Default, ...]
    text: str
    digest: str

    @property
    def indicators(self) -> tuple[UsedIndicator | Measured, ...]:
        """Every indicator that is measured, the weighted ones first."""
        return (*self.weighted, *self.measured)

    @property
    def weighted(self) -> tuple[UsedIndicator, ...]:
        """Every weighted indicator, in the order of the file."""
        return tuple(used for dimension in self.dimensions for used in dimension.indicators)
