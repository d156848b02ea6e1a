"""Who is appraised: the organisation's people in a period, those the scheme covers, and why the others are left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kaohe.appraise.model import People
from kaohe.language import interpreter
from kaohe.period import Period
from kaohe.run.assignments import Assignment, days_covered, full_time_days, mean_base, spans_in
from kaohe.run.model import LeftOut
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
    """The people appraised with their names, in the order of their codes, and everybody else with the reason."""

    people: People
    names: tuple[str, ...]
    left_out: tuple[LeftOut, ...]


def populate(scheme: Scheme, members: Sequence[Member], period: Period) -> Population:
    """The scheme's population in the period. Days count once, however many assignments cover them."""
    covered: list[tuple[Member, dict[str, Any]]] = []
    left_out: list[LeftOut] = []
    meets = interpreter(scheme.population) if scheme.population is not None else None
    for member in sorted(members, key=lambda member: member.code):
        attributes = attributes_in(member, period)
        if attributes is None:
            reason = msg("no assignment in {period}", period=period.name)
            left_out.append(LeftOut(member.code, member.name, "assignment", reason))
            continue
        holds = True if meets is None else meets(with_person_names(attributes))
        if holds:
            covered.append((member, attributes))
        elif holds is None:
            reason = msg("it is unknown whether the scheme covers this person: data are missing")
            left_out.append(LeftOut(member.code, member.name, "unknown", reason))
        else:
            reason = msg("the scheme does not cover this person")
            left_out.append(LeftOut(member.code, member.name, "population", reason))
    names = sorted({name for _member, attributes in covered for name in attributes})
    people = People(
        code=tuple(member.code for member, _attributes in covered),
        attributes={name: tuple(attributes.get(name) for _member, attributes in covered) for name in names},
        worked=np.array([attributes["days_in_period"] for _member, attributes in covered], np.int64),
        period_days=period.days,
        spans=tuple(spans_in(member.assignments, period) for member, _attributes in covered),
    )
    return Population(people, tuple(member.name for member, _attributes in covered), tuple(left_out))


def attributes_in(member: Member, period: Period) -> dict[str, Any] | None:
    """What expressions over people may name, or None where the person has no assignment in the period.

    Team, role and manager are those of the last assignment that touches the period. So are the organisation's
    attributes; of what it does not say, the newest earlier assignment that does is believed. The bonus base is the
    mean over the days in service, every assignment by its days and fraction; unknown where one of them is.
    """
    touching = [each for each in member.assignments if period.overlap(each.starts, each.ends) > 0]
    if not touching:
        return None
    last = max(touching, key=lambda each: each.order)
    until_then = sorted((each for each in member.assignments if each.order <= last.order), key=lambda each: each.order)
    said: dict[str, Any] = {}
    for each in until_then:
        said.update(each.attributes)
    spans, days = spans_in(member.assignments, period), days_covered(touching, period)
    open_ended = any(each.ends is None for each in member.assignments)
    ends = [each.ends for each in member.assignments if each.ends is not None]
    return {
        **said,
        "team": last.team,
        "role": last.role,
        "manager": last.manager,
        "bonus_base": mean_base(spans, days),
        "days_in_period": days,
        "full_time_days": full_time_days(spans),
        "joined_on": min(each.starts for each in member.assignments),
        "left_on": None if open_ended else max(ends),
        "at_period_end": open_ended or max(ends) >= period.end,
    }


def with_person_names(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes under both their names: ``region`` and ``person.region``."""
    return {**attributes, **{f"person.{name}": value for name, value in attributes.items()}}
