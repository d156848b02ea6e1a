"""What is known of one person in a period: the exact way, assignment by assignment. ``known.py`` has the same of
everybody at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kaohe.period import Period
from kaohe.run.organisation.assignments import Assignment, days_covered, full_time_days, mean_base, own_base, spans_in
from kaohe.run.organisation.staff import Member

SERVICE = ("days_in_period", "full_time_days", "joined_on", "left_on", "at_period_end")
"""Attributes that are about a person's service, not about one assignment."""


def attributes_in(
    member: Member, period: Period, matching: Sequence[Assignment] | None = None
) -> dict[str, Any] | None:
    """What expressions over people may name, or None where the person has no assignment in the period.

    Team, role and manager are those of the last assignment that touches the period. So are the organisation's
    attributes; of what it does not say, the newest earlier assignment that does is believed. The bonus base is the
    mean over the days in service, every assignment by its days and fraction; unknown where one of them is. Given
    ``matching``, only these of the person's assignments count, except for when the person joined and left.
    """
    counted = member.assignments if matching is None else matching
    touching = [each for each in counted if period.overlap(each.starts, each.ends) > 0]
    if not touching:
        return None
    spans, days = spans_in(member.assignments, period, matching), days_covered(touching, period)
    open_ended = any(each.ends is None for each in member.assignments)
    ends = [each.ends for each in member.assignments if each.ends is not None]
    return {
        **place_of(member, max(touching, key=lambda each: each.order)),
        "bonus_base": mean_base(spans, days),
        "days_in_period": days,
        "full_time_days": full_time_days(spans),
        "joined_on": min(each.starts for each in member.assignments),
        "left_on": None if open_ended else max(ends),
        "at_period_end": open_ended or max(ends) >= period.end,
    }


def place_of(member: Member, assignment: Assignment) -> dict[str, Any]:
    """What an assignment says: of the organisation's attributes that it does not say, the newest earlier one that
    does is believed. Its own base at its fraction."""
    until_then = [each for each in member.assignments if each.order <= assignment.order]
    said: dict[str, Any] = {}
    for each in sorted(until_then, key=lambda each: each.order):
        said.update(each.attributes)
    return {
        **said,
        "team": assignment.team,
        "role": assignment.role,
        "manager": assignment.manager,
        "bonus_base": own_base(assignment, member.assignments),
    }


def with_person_names(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes under both their names: ``region`` and ``person.region``."""
    return {**attributes, **{f"person.{name}": value for name, value in attributes.items()}}
