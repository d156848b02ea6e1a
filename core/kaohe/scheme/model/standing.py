"""What a scheme says about ranking groups, ties and tiers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from kaohe.language import Expression
from kaohe.text import Text


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
