"""What follows besides money. An outcome whose condition is unknown does not follow."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kaohe.appraise.coded import Coded, coded
from kaohe.appraise.facts import Facts, follows
from kaohe.scheme.model import Outcome


def outcomes(listed: Sequence[Outcome], seen: Facts, people: int) -> Coded:
    """For each person the positions of the outcomes that follow. People who are not graded can have some too: their
    total, rank and tier are unknown, but their values are seen."""
    if not listed:
        return Coded(np.zeros(people, np.int64), ((),))
    following: list[tuple[int, ...]] = [()] * people
    for number, outcome in enumerate(listed):
        holds, _ = follows(outcome, seen, np.arange(people))
        for row in holds.tolist():
            following[row] = (*following[row], number)
    return coded(following, people)
