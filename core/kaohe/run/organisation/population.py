"""Who is appraised: the organisation's people in a period, those the scheme covers, and why the others are left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kaohe.appraise.model import People
from kaohe.language import interpreter
from kaohe.period import Period
from kaohe.run.model import LeftOut
from kaohe.run.organisation.assignments import Assignment, days_covered, full_time_days, mean_base, own_base, spans_in
from kaohe.run.organisation.stints import Stint, days_within, main_stints
from kaohe.scheme.model import Scheme
from kaohe.text import msg


@dataclass(frozen=True)
class Member:
    """A person of the organisation."""

    code: str
    name: str
    assignments: tuple[Assignment, ...]


@dataclass(frozen=True)
class Population:
    """The people appraised with their names, in the order of their codes, and everybody else with the reason.

    ``stints``: for each of them, when their records count, by the records' dates; None where all records do.
    """

    people: People
    names: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    stints: tuple[tuple[Stint, ...], ...] | None = None


@dataclass(frozen=True)
class _Covered:
    """Somebody of the population; ``matching``: those of the assignments that count, None where all do."""

    member: Member
    attributes: dict[str, Any]
    matching: tuple[Assignment, ...] | None


def populate(scheme: Scheme, members: Sequence[Member], period: Period) -> Population:
    """The scheme's population in the period. Days count once, however many assignments cover them."""
    covered: list[_Covered] = []
    left_out: list[LeftOut] = []
    meets = interpreter(scheme.population) if scheme.population is not None else lambda _names: True
    by_date = scheme.attribution == "event_date"
    for member in sorted(members, key=lambda member: member.code):
        attributes = attributes_in(member, period)
        if attributes is None:
            reason = msg("no assignment in {period}", period=period.name)
            left_out.append(LeftOut(member.code, member.name, "assignment", reason))
            continue
        matching = None
        if by_date:
            holds, matching = _matching(member, attributes, period, meets)
            attributes = attributes_in(member, period, matching) or attributes
        else:
            holds = meets(with_person_names(attributes))
        if holds:
            covered.append(_Covered(member, attributes, matching))
        elif holds is None:
            reason = msg("it is unknown whether the scheme covers this person: data are missing")
            left_out.append(LeftOut(member.code, member.name, "unknown", reason))
        else:
            reason = msg("the scheme does not cover this person")
            left_out.append(LeftOut(member.code, member.name, "population", reason))
    names = sorted({name for each in covered for name in each.attributes})
    stints = tuple(_stints(each) for each in covered) if by_date else None
    people = People(
        code=tuple(each.member.code for each in covered),
        attributes={name: tuple(each.attributes.get(name) for each in covered) for name in names},
        worked=np.array([each.attributes["days_in_period"] for each in covered], np.int64),
        period_days=period.days,
        spans=tuple(spans_in(each.member.assignments, period, each.matching) for each in covered),
        counted_days=() if stints is None else tuple(days_within(each, period) for each in stints),
    )
    return Population(people, tuple(each.member.name for each in covered), tuple(left_out), stints)


def _matching(
    member: Member, service: Mapping[str, Any], period: Period, meets: Callable[[Mapping[str, Any]], Any]
) -> tuple[bool | None, tuple[Assignment, ...]]:
    """Whether the condition holds of any of the person's assignments in the period (None: it is unknown), and all of
    which it holds, whenever they were. ``service``: what is known of the person's whole time in the period."""
    about_time = {name: service[name] for name in SERVICE}
    judged = [(each, meets(with_person_names({**_place(member, each), **about_time}))) for each in member.assignments]
    now = [answer for each, answer in judged if period.overlap(each.starts, each.ends) > 0]
    holds = True if any(now) else None if None in now else False
    return holds, tuple(each for each, answer in judged if answer)


def _stints(covered: _Covered) -> tuple[Stint, ...]:
    """On days with several assignments the main one must match: a record counts in one place alone."""
    matching = covered.matching or ()
    return tuple(each for each in main_stints(covered.member.assignments) if each.assignment in matching)


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
        **_place(member, max(touching, key=lambda each: each.order)),
        "bonus_base": mean_base(spans, days),
        "days_in_period": days,
        "full_time_days": full_time_days(spans),
        "joined_on": min(each.starts for each in member.assignments),
        "left_on": None if open_ended else max(ends),
        "at_period_end": open_ended or max(ends) >= period.end,
    }


def _place(member: Member, assignment: Assignment) -> dict[str, Any]:
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
