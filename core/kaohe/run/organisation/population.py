"""Who is appraised: the organisation's people in a period, those the scheme covers, and why the others are left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from kaohe.appraise.coded import Coded, coded
from kaohe.appraise.model import People
from kaohe.exact import Flags, Ints
from kaohe.language import Expression, field_names, interpreter
from kaohe.period import Period
from kaohe.run.model import LeftOut
from kaohe.run.organisation.assignments import base_of
from kaohe.run.organisation.known import Known, days_in, known_in
from kaohe.run.organisation.service import SERVICE, place_of, with_person_names
from kaohe.run.organisation.staff import Member, Staff, staff_of
from kaohe.run.organisation.stints import Stints, counted_days, stints_of
from kaohe.scheme.model import Scheme
from kaohe.text import msg


@dataclass(frozen=True)
class Population:
    """The people appraised with their names, in the order of their codes, and everybody else with the reason.

    ``stints``: for each of them, when their records count, by the records' dates; None where all records do.
    """

    people: People
    names: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    stints: Stints | None = None


def populate(scheme: Scheme, members: Sequence[Member], period: Period) -> Population:
    """The scheme's population in the period. Days count once, however many assignments cover them."""
    staff = staff_of(members)
    known, stints = known_in(staff, period), None
    there = known.rows
    if scheme.attribution == "event_date":
        answers = _by_assignment(scheme.population, staff, known)
        touching = days_in(staff, period) > 0
        unclear = np.zeros(len(staff), np.bool_)
        unclear[staff.owner[touching & (answers == _UNKNOWN)]] = True
        unclear = unclear[there]
        known = known_in(staff, period, answers == _HOLDS)
        stints = stints_of(staff, known.rows, answers == _HOLDS)
    else:
        meets = _judged(scheme.population, known.column, len(there))
        unclear = meets.flags(lambda answer: answer is None)
        known = known.where(meets.flags(bool))
    days = known.attributes["days_in_period"]
    people = People(
        code=tuple(map(staff.code.__getitem__, known.rows.tolist())),
        attributes={name: known.column(name) for name in known.names},
        worked=np.array(days.distinct, np.int64)[days.which],
        period_days=period.days,
        spans=known.spans,
        counted_days=() if stints is None else counted_days(stints, period),
    )
    names = tuple(map(staff.name.__getitem__, known.rows.tolist()))
    return Population(people, names, tuple(_left_out(staff, period, known.rows, there, unclear)), stints)


def _left_out(staff: Staff, period: Period, covered: Ints, there: Ints, unclear: Flags) -> Iterator[LeftOut]:
    """Who is not covered. ``there``: who has an assignment in the period, and of whom it is ``unclear``."""
    out = np.ones(len(staff), np.bool_)
    out[covered] = False
    without, unknown = np.ones(len(staff), np.bool_), np.zeros(len(staff), np.bool_)
    without[there], unknown[there] = False, unclear
    absent = msg("no assignment in {period}", period=period.name)
    untold = msg("it is unknown whether the scheme covers this person: data are missing")
    other = msg("the scheme does not cover this person")
    for row in np.flatnonzero(out).tolist():
        if without[row]:
            yield LeftOut(staff.code[row], staff.name[row], "assignment", absent)
        elif unknown[row]:
            yield LeftOut(staff.code[row], staff.name[row], "unknown", untold)
        else:
            yield LeftOut(staff.code[row], staff.name[row], "population", other)


_FAILS, _HOLDS, _UNKNOWN = 0, 1, 2


def _judged(condition: Expression | None, column: Callable[[str], Coded], rows: int) -> Coded:
    """Whether the condition holds (None: it is unknown), judged once for all who are alike in what it names."""
    if condition is None:
        return Coded(np.zeros(rows, np.int64), (True,))
    names = sorted(field_names(condition))
    columns = [column(name.removeprefix("person.")) for name in names]
    meets = interpreter(condition)
    if not names:
        return Coded(np.zeros(rows, np.int64), (meets({}),))
    alike = coded(zip(*(each.which.tolist() for each in columns), strict=True), rows)
    distinct = [each.distinct for each in columns]
    return alike.map(
        lambda numbers: meets(
            {name: values[number] for name, values, number in zip(names, distinct, numbers, strict=True)}
        )
    )


def _by_assignment(condition: Expression | None, staff: Staff, known: Known) -> Ints:
    """Of each assignment whether the condition holds, by what it says itself and what is ``known`` of the person's
    whole time in the period; it does not of those who are not there."""
    place = np.full(len(staff), -1)
    place[known.rows] = np.arange(len(known.rows))
    rows = np.flatnonzero((place >= 0)[staff.owner] & staff.in_turn[staff.owner])
    whose, base_row = place[staff.owner[rows]], staff.base_row[rows]

    def column(name: str) -> Coded:
        match name:
            case "team" | "role" | "manager":
                return {"team": staff.team, "role": staff.role, "manager": staff.manager}[name].take(rows)
            case "bonus_base":
                columns = (base_row >= 0, staff.base[base_row], staff.fraction[rows])
                stated = zip(*(each.tolist() for each in columns), strict=True)
                own = coded((base * fraction if known else None for known, base, fraction in stated), len(rows))
                return own.map(lambda total: None if total is None else base_of(total, 1))
            case _ if name in SERVICE:
                return known.attributes[name].take(whose)
        return staff.so_far.take(rows).each(lambda said: said.get(name))

    answers = np.full(len(staff.owner), _FAILS)
    meets = _judged(condition, column, len(rows))
    answers[rows] = np.array([_answer(each) for each in meets.distinct], np.int64)[meets.which]
    judge = interpreter(condition) if condition is not None else lambda _names: True
    for row, person in zip(*(each.tolist() for each in _not_in_turn(staff, known)), strict=True):
        member, service = staff[row], {name: known.attributes[name][person] for name in SERVICE}
        for at, each in enumerate(member.assignments, int(staff.begins[row])):
            answers[at] = _answer(judge(with_person_names({**place_of(member, each), **service})))
    return answers


def _not_in_turn(staff: Staff, known: Known) -> tuple[Ints, Ints]:
    """Those whose assignments do not follow one another: rows of the staff, and of ``known``."""
    at = np.flatnonzero(~staff.in_turn[known.rows])
    return known.rows[at], at


def _answer(answer: bool | None) -> int:
    return _UNKNOWN if answer is None else _HOLDS if answer else _FAILS
