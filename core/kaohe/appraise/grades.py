"""Quotas that shift with a group's own grade: which grade a group has, and the shares that go with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

import numpy as np

from kaohe.appraise.facts import Facts, evaluate
from kaohe.appraise.seating import Heads
from kaohe.appraise.standing import Standing
from kaohe.errors import KaoheError, Place, Problem, fail
from kaohe.exact import DECIMALS, Ints, divide
from kaohe.scheme.model import GradedShares
from kaohe.text import msg


def grades_of_groups(
    by_grade: GradedShares,
    standing: Standing,
    heads: Heads,
    total: Ints,
    seen: Facts,
    decimals: int,
    names: Sequence[str],
) -> list[str | None]:
    """The grade of each group of the standing; None where it is unknown or the scheme does not list it.

    Raises KaoheError where people of one group do not agree in it.
    """
    means = _means(standing, heads, total, decimals)
    mean, size = np.zeros((2, len(seen.people)), np.int64)
    mean[standing.rows], size[standing.rows] = means[heads.which], heads.size[heads.which]
    seen = seen.numbers("group_mean", mean, size > 0).counts("group_size", size, size >= 0)
    answers: list[Counter[str | None]] = [Counter() for _ in heads.begins]
    for group, answer in zip(heads.which.tolist(), evaluate(by_grade.grade, seen, standing.rows), strict=True):
        answers[group][answer] += 1
    torn = [number for number, given in enumerate(answers) if len(given) > 1]
    if torn:
        raise _torn(names[torn[0]], answers[torn[0]])
    graded = [next(iter(given), None) for given in answers]
    return [grade if grade in by_grade.shares else None for grade in graded]


def shares_of(by_grade: GradedShares | None, grade: str | None) -> tuple[Decimal, ...] | None:
    """The shares of a grade; None for the levels' own."""
    return None if by_grade is None or grade is None else by_grade.shares[grade]


def _means(standing: Standing, heads: Heads, total: Ints, decimals: int) -> Ints:
    """The mean total of those counted in each group, rounded half up to the scheme's decimals; 0 of nobody."""
    unit = 10 ** (DECIMALS - decimals)
    column = np.where(heads.counted, total[standing.rows], 0).astype(object)
    sums = np.add.reduceat(column, heads.begins) if len(column) else column
    means = [divide(whole, count * unit) * unit if count else 0 for whole, count in zip(sums, heads.size, strict=True)]
    return np.array(means, np.int64)


def _torn(group: str, answers: Counter[str | None]) -> KaoheError:
    listed = sorted(answers.items(), key=lambda each: (-each[1], each[0] or ""))
    return fail(
        Problem(
            "appraise.grade-torn",
            msg("the people of one ranking group do not agree in the group's grade"),
            Place(key=group),
            found=", ".join(f"{'—' if grade is None else grade}: {count}" for grade, count in listed),
            expected=msg("one grade for everybody in the group"),
            fix=msg("rank people within what the grade belongs to, such as the team, or mend the attribute"),
        )
    )
