"""What is known of everybody in a period, as columns; ``service.py`` says what it is, person by person.

Most people's assignments follow one another, and are added up in columns. The others are looked at one by one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from kaohe.appraise.coded import Coded, coded
from kaohe.appraise.columns import magnitude, room_for, told_apart
from kaohe.appraise.model import Span
from kaohe.exact import Flags, Ints
from kaohe.period import Period
from kaohe.run.organisation.assignments import base_of, full_days, spans_in
from kaohe.run.organisation.service import SERVICE, attributes_in
from kaohe.run.organisation.staff import NEVER, Staff, day, number

PLACE = ("team", "role", "manager", "bonus_base")
"""Attributes that an assignment itself states."""


@dataclass(frozen=True)
class Known:
    """Everybody with an assignment in the period: ``rows`` of the staff, the ``attributes`` that everybody has, by
    name, what the organisation ``said`` besides, and the ``spans``."""

    rows: Ints
    attributes: Mapping[str, Coded]
    said: Coded
    spans: Coded

    def column(self, name: str) -> Coded:
        """The attribute of that name; unknown of those who have none."""
        return self.attributes[name] if name in self.attributes else self.said.each(lambda said: said.get(name))

    @property
    def names(self) -> list[str]:
        return sorted({*self.attributes, *(name for said in self.said.distinct for name in said)})

    def where(self, kept: Flags) -> Known:
        """The same of those who are kept."""
        attributes = {name: column.where(kept) for name, column in self.attributes.items()}
        return Known(self.rows[kept], attributes, self.said.where(kept), self.spans.where(kept))


def days_in(staff: Staff, period: Period) -> Ints:
    """Of each assignment, the days of the period."""
    first, after = number(period.start), number(period.end)
    days: Ints = np.minimum(staff.ends, after) - np.maximum(staff.starts, first)
    return np.maximum(days, 0)


def known_in(staff: Staff, period: Period, counted: Flags | None = None) -> Known:
    """What is known of those who have an assignment in the period. Given ``counted``, only these assignments count,
    except for when people joined and left."""
    touching = days_in(staff, period) > 0
    if counted is not None:
        touching &= counted
    there = np.zeros(len(staff), np.bool_)
    there[staff.owner[touching]] = True
    rows = np.flatnonzero(there)
    in_turn = staff.in_turn[rows]
    known = _in_turn(staff, rows[in_turn], period, np.flatnonzero(touching & (staff.in_turn & there)[staff.owner]))
    return (
        known if in_turn.all() else _merged(rows, in_turn, known, _one_by_one(staff, rows[~in_turn], period, counted))
    )


def _in_turn(staff: Staff, rows: Ints, period: Period, mine: Ints) -> Known:
    """Of people whose assignments follow one another; ``mine`` are those that count, each person's together."""
    if not len(rows):
        return Known(rows, dict.fromkeys((*PLACE, *SERVICE), coded((), 0)), coded((), 0), coded((), 0))
    begins = np.flatnonzero(np.diff(staff.owner[mine], prepend=-1))
    last = mine[np.append(begins[1:], len(mine)) - 1]
    days, fraction, base_row = days_in(staff, period)[mine], staff.fraction[mine], staff.base_row[mine]
    base = staff.base[base_row]
    wide = room_for(base, magnitude(base) * magnitude(fraction) * period.days)
    totals, worked = np.add.reduceat(wide * fraction * days, begins), np.add.reduceat(days, begins)
    stated = np.logical_and.reduceat(base_row >= 0, begins)
    bases, first = told_apart((stated, np.where(stated, totals, 0), worked), len(rows))
    mean = [
        base_of(total, of) if known else None
        for known, total, of in zip(*(column[first].tolist() for column in (stated, totals, worked)), strict=True)
    ]
    ended = staff.ends[staff.begins[rows + 1] - 1]
    attributes = {
        "team": staff.team.take(last),
        "role": staff.role.take(last),
        "manager": staff.manager.take(last),
        "bonus_base": Coded(bases, mean),
        "days_in_period": numbers(worked),
        "full_time_days": numbers(np.add.reduceat(days * fraction, begins)).map(full_days),
        "joined_on": numbers(staff.starts[staff.begins[rows]]).map(day),
        "left_on": numbers(ended).map(lambda end: None if end == NEVER else day(end)),
        "at_period_end": Coded((ended >= number(period.end)).astype(np.int64), (False, True)),
    }
    starts = np.maximum(staff.starts[mine], number(period.start))
    columns = (staff.team.which[mine], staff.role.which[mine], starts, days, fraction, base, base_row >= 0)
    single, first = told_apart(columns, len(mine))
    said = zip(*(column[first].tolist() for column in columns), strict=True)
    spans = Coded(single, [*map(_span_of(staff), said)])
    return Known(rows, attributes, staff.so_far.take(last), _listed(spans, begins))


def _span_of(staff: Staff) -> Any:
    def span(said: tuple[int, int, int, int, int, int, bool]) -> Span:
        team, role, starts, days, fraction, base, stated = said
        return Span(
            team=staff.team.distinct[team],
            role=staff.role.distinct[role],
            starts=day(starts),
            days=days,
            fraction=fraction,
            base=base if stated else None,
        )

    return span


def _listed(single: Coded, begins: Ints) -> Coded:
    """Each person's, as tuples; they begin at ``begins``."""
    if len(begins) == len(single):
        return single.map(lambda one: (one,))
    which = single.which.tolist()
    ends = (*begins.tolist(), len(which))
    grouped = coded((tuple(which[begin:end]) for begin, end in pairwise(ends)), len(begins))
    return grouped.map(lambda numbers: tuple(single.distinct[number] for number in numbers))


def _one_by_one(staff: Staff, rows: Ints, period: Period, counted: Flags | None) -> list[tuple[dict[str, Any], Any]]:
    """The attributes and spans of each of these people."""
    found = []
    for row in rows.tolist():
        member = staff[row]
        kept = None if counted is None else counted[staff.begins[row] : staff.begins[row + 1]].tolist()
        matching = (
            None
            if kept is None
            else tuple(each for each, counts in zip(member.assignments, kept, strict=True) if counts)
        )
        attributes = attributes_in(member, period, matching) or {}
        found.append((attributes, spans_in(member.assignments, period, matching)))
    return found


def _merged(rows: Ints, in_turn: Flags, known: Known, others: Sequence[tuple[dict[str, Any], Any]]) -> Known:
    """``known`` of those in turn, with the others between them."""

    def put(column: Coded, further: Sequence[Any]) -> Coded:
        which = np.empty(len(rows), np.int64)
        which[in_turn] = column.which
        which[~in_turn] = len(column.distinct) + np.arange(len(further))
        return Coded(which, [*column.distinct, *further])

    attributes = {
        name: put(column, [each[name] for each, _spans in others]) for name, column in known.attributes.items()
    }
    said = [{name: value for name, value in each.items() if name not in attributes} for each, _spans in others]
    return Known(rows, attributes, put(known.said, said), put(known.spans, [spans for _each, spans in others]))


def numbers(column: Ints) -> Coded:
    """Whole numbers, each of those that occur once."""
    number, first = told_apart((column,), len(column))
    return Coded(number, column[first].tolist())
