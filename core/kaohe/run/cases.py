"""The scheme's own tests, computed: the people of a case as the whole population, what came out beside what must."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np

from kaohe.appraise import Appraisal, People, Values, appraise
from kaohe.appraise.rules import acted
from kaohe.errors import KaoheError, Problem
from kaohe.exact import Flags, Ints, from_micros, to_micros
from kaohe.run.measuring.derive import derive
from kaohe.scheme.derived import targets_asked, teams_asked
from kaohe.scheme.model import Case, CasePerson, Scheme, earlier_key, team_key, year_to_date_key
from kaohe.text import Message, msg

Figure = Decimal | int | str | bool | tuple[str, ...] | None
"""A number, a tier, ids; None where there is none."""
_SAMPLE = 10**9  # records behind a value that is given: enough for any least number of them


@dataclass(frozen=True)
class Difference:
    """A figure that came out otherwise than expected. ``key`` names it as the file does: ``points.crm.nps``."""

    person: str
    key: str
    what: Message
    expected: Figure
    found: Figure


@dataclass(frozen=True)
class CaseResult:
    """What came of a case; ``problems`` where it could not be computed at all."""

    case: Case
    differences: tuple[Difference, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def passed(self) -> bool:
        return not (self.differences or self.problems)


def run_cases(scheme: Scheme) -> tuple[CaseResult, ...]:
    """Every case of the scheme, in the order of the file, whatever comes of the others."""
    return tuple(_run(scheme, case) for case in scheme.cases)


def _run(scheme: Scheme, case: Case) -> CaseResult:
    if all(person.expected.bonus is None for person in case.people):
        # A pool for many cannot be shared out among the few of a case that is about something else.
        scheme = replace(scheme, bonus=None)
    elif scheme.bonus is not None and case.pool is not None:
        scheme = replace(scheme, bonus=replace(scheme.bonus, pool=case.pool))
    listed = sorted(case.people, key=lambda person: person.name)  # what is equal is settled by ascending codes
    try:
        people = people_of(case, listed, targets_asked(scheme))
        appraisal = appraise(scheme, people, _values(scheme, people, listed))
    except KaoheError as error:
        return CaseResult(case, problems=error.problems)
    rows = {person.name: row for row, person in enumerate(listed)}
    found = [each for person in case.people for each in _differences(scheme, person, appraisal, rows[person.name])]
    return CaseResult(case, tuple(found))


def people_of(case: Case, listed: Sequence[CasePerson], targets: Sequence[str] = ()) -> People:
    """The people of a case in this order, there for the whole period and at its end where it does not say otherwise."""
    usual = {"days_in_period": case.period_days, "at_period_end": True}
    attributes: list[dict[str, Any]] = [{**usual, **person.attributes} for person in listed]
    for each in attributes:
        each.setdefault("full_time_days", each["days_in_period"])
    names = sorted({name for each in attributes for name in each})
    return People(
        code=tuple(person.name for person in listed),
        attributes={name: tuple(each.get(name) for each in attributes) for name in names},
        worked=np.array([int(each["days_in_period"]) for each in attributes], np.int64),
        period_days=case.period_days,
        targets={key: tuple(_micros(person.targets.get(key)) for person in listed) for key in targets},
    )


def _values(scheme: Scheme, people: People, listed: Sequence[CasePerson]) -> dict[str, Values]:
    """A case is about the first period of a year: what is given is all that the year has so far. What is derived is
    worked out, unless it is given."""
    given = [
        {
            **person.given,
            **{earlier_key(key): value for key, value in person.previous.items()},
            **{year_to_date_key(key): value for key, value in person.given.items()},
        }
        for person in listed
    ]
    keys = [*(used.key for used in scheme.indicators), *map(team_key, teams_asked(scheme))]
    values = {key: _column([each.get(key) for each in given]) for key in keys}
    derived = derive(scheme, people, values)
    return {key: _given_first(values[key], derived[key], [key in each for each in given]) for key in keys}


def _given_first(given: Values, derived: Values, said: Sequence[bool]) -> Values:
    """What is given of those for whom the case says something, else what is derived."""
    columns = ((given.micros, derived.micros), (given.known, derived.known), (given.sample, derived.sample))
    return Values(*(np.where(said, own, other) for own, other in columns))


def _micros(number: Decimal | None) -> int | None:
    return None if number is None else to_micros(number)


def _column(numbers: Sequence[Decimal | None]) -> Values:
    known = np.array([number is not None for number in numbers], np.bool_)
    micros = np.array([to_micros(number or 0) for number in numbers], np.int64)
    return Values(micros, known, np.where(known, _SAMPLE, 0))


def _differences(scheme: Scheme, person: CasePerson, appraisal: Appraisal, row: int) -> Iterator[Difference]:
    """What differs, in the order in which figures arise."""
    for key, what, expected, found in _asked(scheme, person, appraisal, row):
        same = sorted(expected) == sorted(found) if isinstance(expected, tuple) else expected == found
        if not same:
            yield Difference(person.name, key, what, expected, found)


def _asked(
    scheme: Scheme, person: CasePerson, appraisal: Appraisal, row: int
) -> Iterator[tuple[str, Message, Any, Any]]:
    """Every figure that is asked for: its key, its name, what is expected, what came out."""
    asked, graded = person.expected, bool(appraisal.graded[row])
    indicators = {used.key: used.indicator.name for used in scheme.weighted}
    for key, points in asked.points.items():
        found = _number(appraisal.points[key], appraisal.counted[key], row)
        yield f"points.{key}", msg("points of {name} ({key})", name=indicators[key], key=key), points, found
    dimensions = {dimension.id: dimension.name for dimension in scheme.dimensions}
    for key, points in asked.dimensions.items():
        found = _number(appraisal.dimension_points[key], appraisal.dimension_counted[key], row)
        yield f"dimensions.{key}", msg("points of {name} ({key})", name=dimensions[key], key=key), points, found
    if asked.not_graded is not None:
        yield "not_graded", msg("not graded"), asked.not_graded, not graded
    if asked.total is not None:
        yield "total", msg("total"), asked.total, _number(appraisal.total, appraisal.graded, row)
    if asked.rank is not None:
        yield "rank", msg("rank"), asked.rank, int(appraisal.rank[row]) or None
    if asked.tier is not None:
        yield "tier", msg("tier"), asked.tier, appraisal.tier[row]
    if asked.bonus is not None:
        yield "bonus", msg("bonus"), asked.bonus, Decimal(int(appraisal.bonus[row])).scaleb(-2)
    if asked.rules is not None:
        yield "rules", msg("rules that act"), asked.rules, acted(appraisal.decisions[row])
    if asked.outcomes is not None:
        kinds = tuple(scheme.outcomes[number].kind for number in appraisal.outcomes[row])
        yield "outcomes", msg("outcomes"), asked.outcomes, kinds


def _number(column: Ints, known: Flags, row: int) -> Decimal | None:
    return from_micros(int(column[row])) if known[row] else None
