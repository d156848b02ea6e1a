"""What is to be said of a run beside its figures, by its rules and results alone: no record is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from kaohe.appraise.model import Appraisal, People
from kaohe.appraise.quota_check import quota_problems
from kaohe.errors import Place, Problem, fail
from kaohe.period import CYCLES, Period
from kaohe.run.data_weights import weights_note
from kaohe.scheme.model import Scheme
from kaohe.text import msg

CODES = frozenset(
    {"evaluate.cycle", "evaluate.no-attribute", "evaluate.nobody-graded", "evaluate.equal-weights", "manual.quota"}
)
"""The codes of what is said here."""


def check_period(scheme: Scheme, period: Period) -> list[Problem]:
    """Warnings about evaluating the scheme for the period. Raises KaoheError where it is not in force in all of it."""
    last = period.end - timedelta(days=1)
    starts_early = scheme.effective_from is not None and period.start < scheme.effective_from
    ends_late = scheme.effective_to is not None and last > scheme.effective_to
    if starts_early or ends_late:
        raise fail(
            Problem(
                "evaluate.not-in-force",
                msg("the scheme is not in force in all of {period}", period=period.name),
                Place(key=scheme.id),
                found=f"{period.start} … {last}",
                expected=f"{scheme.effective_from or ''} … {scheme.effective_to or ''}",
                fix=msg("choose another period, or the version of the scheme that was in force then"),
            )
        )
    if period.cycle == scheme.cycle:
        return []
    return [
        Problem(
            "evaluate.cycle",
            msg("the scheme is written for another cycle than {period}", period=period.name),
            Place(key=scheme.id),
            found=CYCLES[period.cycle],
            expected=CYCLES[scheme.cycle],
            severity="warning",
        )
    ]


def ungrouped(scheme: Scheme, people: People) -> list[Problem]:
    """A warning for each attribute that ranking groups are made by and that nobody has: all would be one group."""
    return [
        Problem(
            "evaluate.no-attribute",
            msg("nobody has the attribute {name}, by which people are ranked in groups", name=name),
            Place(key=scheme.id),
            fix=msg("give the people's file a column {name}, or take it out of ranking.within", name=name),
            severity="warning",
        )
        for name in scheme.ranking.within
        if all(value is None for value in people.attribute(name))
    ]


def about_results(scheme: Scheme, period: Period, appraisal: Appraisal) -> Iterator[Problem]:
    """Warnings about what came out."""
    if not appraisal.graded.any():
        yield _nobody_graded(scheme, period)
    yield from weights_note(scheme, appraisal.data_weights)
    if appraisal.computed is not None:
        yield from quota_problems(scheme, appraisal.computed.quotas)


def _nobody_graded(scheme: Scheme, period: Period) -> Problem:
    return Problem(
        "evaluate.nobody-graded",
        msg("nobody can be graded in {period}", period=period.name),
        Place(key=scheme.id),
        fix=msg("see the reasons among the people not graded; records may be missing"),
        severity="warning",
    )
