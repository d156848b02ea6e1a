"""What the explanations of all people of a run share, worked out once: a thousand statements must not take a million
steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from kaohe.appraise.criteria import Criterion, Losses, compromise, criteria, losses
from kaohe.appraise.pools import pool_amount, pool_groups
from kaohe.appraise.reckon import seen_in
from kaohe.run.assessment.disclosure import Discretion
from kaohe.run.explanation.evidence import Evidence
from kaohe.run.explanation.verdicts import Judged
from kaohe.run.explanation.weights import carrying_weights
from kaohe.run.model import Run


@dataclass(frozen=True)
class Common:
    """A run whose figures are explained, with the weights that its data gave filled into its scheme, and the
    ``evidence`` it rests on, where that is at hand. ``listed``: single records are listed, not only added up."""

    run: Run
    evidence: Evidence | None = None
    listed: bool = False

    @staticmethod
    def of(run: Run | Common, evidence: Evidence | None = None, *, listed: bool = False) -> Common:
        """For any run; what is one already stays."""
        if isinstance(run, Common):
            return run
        return Common(carrying_weights(run), evidence, listed)

    @cached_property
    def discretion(self) -> Discretion:
        """What nobody may be told of others through a person's own figures."""
        return Discretion(self.run)

    @cached_property
    def judged(self) -> dict[tuple[str, str, str], tuple[Judged, ...]]:
        """The verdicts on the records of the indicator that was looked at last."""
        return {}

    @cached_property
    def matrix(self) -> tuple[Criterion, ...]:
        """Everybody's points against each other, for totals that compare people."""
        appraisal = self.run.appraisal
        if appraisal.compared is None:
            return ()
        return criteria(self.run.scheme, appraisal.points, appraisal.counted, appraisal.compared)

    @cached_property
    def positions(self) -> Any:
        """Of each person the position among those compared."""
        compared = self.run.appraisal.compared
        return None if compared is None else np.cumsum(compared) - compared

    @cached_property
    def losses(self) -> Losses:
        """What everybody loses against the best there is (VIKOR)."""
        return losses(self.matrix)

    @cached_property
    def ends(self) -> tuple[Fraction, ...]:
        """The least and the most of S, then of R."""
        found = self.losses
        return tuple(
            Fraction(end) / found.whole
            for column in (found.utility, found.regret)
            for end in (min(column), max(column))
        )

    @cached_property
    def compromise(self) -> tuple[Any, int | Fraction]:
        """Everybody's Q."""
        return compromise(self.losses, Fraction(self.run.scheme.total_by.v))

    @cached_property
    def pools(self) -> Mapping[int, tuple[int, int]]:
        """By number of the pool: what its expression comes to once more, and what was paid out of it."""
        bonus, appraisal = self.run.scheme.bonus, self.run.appraisal
        money = appraisal.money
        if bonus is None or money is None:
            return {}
        groups, _names = pool_groups(appraisal.people, bonus.pool_within)
        seen = seen_in(appraisal)
        return {
            number: (
                pool_amount(bonus, seen, np.flatnonzero(groups == number)) or 0,
                int(appraisal.bonus_by_scheme[money.pool == number].sum()),
            )
            for number in range(len(money.pools))
        }
