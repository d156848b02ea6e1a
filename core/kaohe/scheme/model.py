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


Curve = PointsCurve | BandsCurve | RatioCurve | PerUnitCurve | ZScoreCurve | PercentileRankCurve | FormulaCurve


@dataclass(frozen=True)
class Missing:
    """What no data means: ``zero`` or ``neutral`` points, ``renormalise`` over the weight present, ``not_graded``.

    ``redistribute``: the weight goes to other indicators in fixed ``shares`` that sum to 1. Where one of them does not
    count either the person is not graded, or (``otherwise``) that part of the weight is left out.
    """

    policy: Literal["zero", "renormalise", "neutral", "redistribute", "not_graded"]
    neutral: Decimal | None = None
    shares: tuple[tuple[str, Decimal], ...] = ()
    otherwise: Literal["not_graded", "renormalise"] = "not_graded"


@dataclass(frozen=True)
class Credit:
    """Who is credited with a share of each record: ``who`` a person field, ``share`` a row-level expression that is
    always known."""

    who: str
    share: Expression


@dataclass(frozen=True)
class Credits:
    """Splits of every record among several people. ``whole`` tells of a record whether the shares of the people it
    names are none below zero and add up to 1; None for an overlay, whose shares need not."""

    parts: tuple[Credit, ...]
    whole: Expression | None


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
    credit: Credits | None = None


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
    credit: Credits | None = None


def earlier_key(key: str) -> str:
    """Under which key the previous period's value of an indicator is measured, where its curve looks at it."""
    return f"{key}@previous"


@dataclass(frozen=True)
class Adjustment:
    """Points added (or, negative, deducted) outside the weighting; no points where the expression is unknown."""

    id: str
    name: Text
    points: Expression
    maximum: Decimal | None = None
    minimum: Decimal | None = None


@dataclass(frozen=True)
class Gate:
    """If one of the indicators has fewer than ``base`` points, the others count at most ``base``."""

    indicators: tuple[str, ...]
    base: Decimal


Action = Literal["gate", "veto", "deduct", "add", "cap", "tier_at_most", "tier_at_least", "not_graded", "coefficient"]


@dataclass(frozen=True)
class Rule:
    """When the condition holds, the action follows, in the order written.

    ``amount`` is points (deduct, add, cap) or a factor (coefficient); ``tier`` a tier's id (tier_at_most,
    tier_at_least). A veto sets the total to zero and the tier to the last one, and pays nothing. ``unknown`` says
    whether the action follows where the condition is unknown. A ``gate`` acts on points, before all other rules.
    """

    id: str
    when: Expression
    action: Action
    amount: Decimal | None
    tier: str | None
    reason: Text
    unknown: Literal["ignore", "apply"]
    gate: Gate | None = None


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
class RateBand:
    """From ``lower`` (None: everything below the next band) up to the next band a table gives ``value``.

    Interpolated, ``value`` holds at ``lower`` and ``value_to`` where the next band begins. Reaching a ``retroactive``
    band applies its rate to everything below it too.
    """

    lower: Decimal | None
    value: Decimal
    value_to: Decimal
    retroactive: bool = False


@dataclass(frozen=True)
class RateTable:
    """Bands in ascending order without gaps; the lowest holds below its beginning, the highest is open.

    It ``gives`` a rate of the amount looked up (``marginal``: each rate inside its band; ``whole``: one rate for all
    of it), a fixed amount in yuan, or a factor. An amount on a boundary belongs to the band on the ``boundary`` side.
    """

    mode: Literal["marginal", "whole", "interpolated"]
    gives: Literal["rate", "amount", "factor"]
    bands: tuple[RateBand, ...]
    boundary: Literal["upper", "lower"] = "upper"


@dataclass(frozen=True)
class Accelerator:
    """A factor of the bonus by a table over a figure such as the attainment of a target; 1 where it is unknown."""

    id: str
    over: Expression
    table: RateTable


@dataclass(frozen=True)
class Eligibility:
    """Who may have a bonus: at least ``min_days`` in service; ``at_end``: on the payroll on the period's last day."""

    min_days: int = 0
    at_end: bool = False


@dataclass(frozen=True)
class Bonus:
    """Money, amounts in yuan by expression, times the tier's coefficient and the proration.

    ``coefficient``: of ``base``. ``pool``: the same claims scaled to ``pool`` fen. ``table``: of what ``table`` gives
    for ``over``, times ``base`` where there is one. ``formula``: what ``formula`` comes to, which names the
    coefficient itself. ``accelerators`` multiply; ``floor`` and ``cap`` bound one person's bonus, in fen. A pool may
    be an expression over all its people, in yuan; those who share the attributes ``pool_within`` have one of their own.
    """

    kind: Literal["coefficient", "pool", "table", "formula"]
    base: Expression | None
    prorate: Literal["days", "none"]
    pool: int | Expression | None = None
    floor: int | None = None
    cap: int | None = None
    over: Expression | None = None
    table: RateTable | None = None
    formula: Expression | None = None
    accelerators: tuple[Accelerator, ...] = ()
    pool_within: tuple[str, ...] = ()
    eligible: Eligibility | None = None


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
    """A checked scheme file. ``digest`` is the SHA-256 of its parsed content: comments and spacing do not count.

    ``max_added`` and ``max_deducted`` (both positive) hold all adjustments together, additions and deductions apart.
    """

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
    max_added: Decimal | None = None
    max_deducted: Decimal | None = None

    @property
    def indicators(self) -> tuple[UsedIndicator | Measured, ...]:
        """Every indicator that is measured, the weighted ones first."""
        return (*self.weighted, *self.measured)

    @property
    def weighted(self) -> tuple[UsedIndicator, ...]:
        """Every weighted indicator, in the order of the file."""
        return tuple(used for dimension in self.dimensions for used in dimension.indicators)
