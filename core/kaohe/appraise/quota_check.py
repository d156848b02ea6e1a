"""Whether tiers that were changed by hand still keep to the quota: people against seats, group by group.

What counts is how many people have a tier or a better one: whoever is moved down never takes a seat from anybody.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from kaohe.appraise.facts import Facts
from kaohe.appraise.manual import QuotaCheck
from kaohe.appraise.model import EVERYBODY
from kaohe.appraise.ranking import Contest
from kaohe.appraise.rules import Ruled
from kaohe.appraise.tiers import seat, tiers_of
from kaohe.errors import Place, Problem, Severity
from kaohe.exact import Flags, Ints
from kaohe.scheme.model import Scheme
from kaohe.text import msg


def check_quotas(
    scheme: Scheme, contests: Sequence[Contest], ruled: Ruled, seen: Facts, before: Ints, after: Ints
) -> tuple[QuotaCheck, ...]:
    """The groups in which somebody's tier is another ``after`` the changes than ``before``."""
    if scheme.tiers is None or scheme.tiers.kind != "quota":
        return ()
    moved: Flags = before != after
    return tuple(each for contest in contests for each in _check(scheme, contest, ruled, seen, (before, after), moved))


def _check(
    scheme: Scheme, contest: Contest, ruled: Ruled, seen: Facts, levels: tuple[Ints, Ints], moved: Flags
) -> Iterator[QuotaCheck]:
    standing = contest.standing
    takes = contest.takes[standing.rows]
    if not (moved[standing.rows] & takes).any():
        return
    seating, tiers = seat(scheme, contest, ruled, seen), tiers_of(scheme)
    meant = takes & seating.heads.counted & seating.large
    for group in np.unique(seating.heads.which[meant & moved[standing.rows]]):
        rows = standing.rows[meant & (seating.heads.which == group)]
        before, after = (np.bincount(level[rows], minlength=len(tiers.levels)).tolist() for level in levels)
        seats = before if contest.everybody else seating.seats[group].tolist()
        yield QuotaCheck(contest.names[group], tuple(seats), tuple(before), tuple(after))


def quota_problems(scheme: Scheme, checks: Sequence[QuotaCheck]) -> Iterator[Problem]:
    """The groups where changes by hand put more people into a tier than it has seats, with the arithmetic."""
    refused = scheme.manual is None or scheme.manual.quota == "refuse"
    severity: Severity = "error" if refused else "warning"
    for check in checks:
        if check.over is None:
            continue
        ids = [level.id for level in tiers_of(scheme).levels]
        listed = ", ".join(
            f"{name} {people}/{seats}" for name, people, seats in zip(ids, check.after, check.seats, strict=True)
        )
        upto = slice(check.over + 1)
        words = {
            "tier": ids[check.over],
            "people": sum(check.after[upto]),
            "seats": sum(check.seats[upto]),
            "before": sum(check.before[upto]),
        }
        fix = msg("move somebody else of the group down too, or withdraw a change: kaohe change list")
        yield Problem(
            "manual.quota",
            msg("the manual changes put more people into a tier than it has seats"),
            Place(key=scheme.id if check.group == EVERYBODY else check.group),
            found=msg("{tier} or better: {people} people, {before} without the changes", **words),
            expected=msg("at most {seats} (people/seats: {listed})", listed=listed, **words),
            fix=fix if refused else None,
            severity=severity,
        )
