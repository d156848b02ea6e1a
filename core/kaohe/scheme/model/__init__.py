"""A checked scheme, as frozen data: numbers are decimals as written, expressions are compiled, nothing computes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from kaohe.language import Expression
from kaohe.period import Cycle
from kaohe.scheme.model.appeals import AppealRules
from kaohe.scheme.model.bonus import Accelerator, Bonus, Eligibility, RateBand, RateTable, Settlement, YearToDate
from kaohe.scheme.model.cases import Attribute, Case, CasePerson, Expected
from kaohe.scheme.model.curves import (
    Band,
    BandsCurve,
    Curve,
    FormulaCurve,
    PercentileRankCurve,
    PerUnitCurve,
    PointsCurve,
    RatioCurve,
    ZScoreCurve,
)
from kaohe.scheme.model.manual import ManualLimits
from kaohe.scheme.model.measures import (
    Credit,
    Credits,
    Dimension,
    Measured,
    Missing,
    Subject,
    UsedIndicator,
    earlier_key,
    expressions_over_records,
    team_key,
    year_before_key,
    year_to_date_key,
)
from kaohe.scheme.model.recovery import AfterLeaving, Recovery
from kaohe.scheme.model.rules import Action, Adjustment, Gate, Rule
from kaohe.scheme.model.standing import GradedShares, Level, Ranking, Tiers
from kaohe.scheme.model.weights import WEIGHTED_SUM, Comparison, Normalisation, TotalBy, TotalMethod, WeightsFrom
from kaohe.text import Text

__all__ = [
    "Accelerator",
    "Action",
    "Adjustment",
    "AfterLeaving",
    "AppealRules",
    "Attribute",
    "Band",
    "BandsCurve",
    "Bonus",
    "Case",
    "CasePerson",
    "Comparison",
    "Credit",
    "Credits",
    "Curve",
    "Default",
    "Dimension",
    "Eligibility",
    "Expected",
    "FormulaCurve",
    "Gate",
    "GradedShares",
    "Level",
    "ManualLimits",
    "Measured",
    "Missing",
    "Normalisation",
    "Outcome",
    "PerUnitCurve",
    "PercentileRankCurve",
    "PointsCurve",
    "Ranking",
    "RateBand",
    "RateTable",
    "RatioCurve",
    "Recovery",
    "Rule",
    "Scheme",
    "Settlement",
    "Subject",
    "Tiers",
    "TotalBy",
    "TotalMethod",
    "UsedIndicator",
    "WeightsFrom",
    "YearToDate",
    "ZScoreCurve",
    "earlier_key",
    "expressions_over_records",
    "team_key",
    "year_before_key",
    "year_to_date_key",
]


@dataclass(frozen=True)
class Outcome:
    """What follows besides money: training, honour, warning or another word of the scheme's."""

    kind: str
    when: Expression
    note: Text


@dataclass(frozen=True)
class Default:
    """A choice the scheme did not make itself: the key's path and the value taken."""

    path: str
    value: str


@dataclass(frozen=True)
class Scheme:
    """A checked scheme file. ``digest`` is the SHA-256 of its parsed content: comments and spacing do not count.

    ``max_added`` and ``max_deducted`` (both positive) hold all adjustments together, additions and deductions apart.
    Weights are those written or, where they come from ``comparisons``, what these come to; where they are left to the
    data every indicator has the same here.
    ``attribution``: whose work a record is. ``period_end``: of the people covered, whatever their work was on its day;
    ``event_date``: of those whose assignment on its day is covered. ``subject``: whether people are appraised or teams,
    and then at the level of teams in everything. ``manual``: how far results may be changed by hand, ``appeals``: how
    people may appeal against them; None: not at all.
    ``recovery``: how what was paid too much is taken back, None: as far as bonuses allow.
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
    weights: WeightsFrom
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
    comparisons: tuple[Comparison, ...] = ()
    total_by: TotalBy = WEIGHTED_SUM
    attribution: Literal["period_end", "event_date"] = "period_end"
    subject: Subject = "person"
    manual: ManualLimits | None = None
    appeals: AppealRules | None = None
    recovery: Recovery | None = None

    @property
    def indicators(self) -> tuple[UsedIndicator | Measured, ...]:
        """Every indicator that is measured, the weighted ones first."""
        return (*self.weighted, *self.measured)

    @property
    def weighted(self) -> tuple[UsedIndicator, ...]:
        """Every weighted indicator, in the order of the file."""
        return tuple(used for dimension in self.dimensions for used in dimension.indicators)
