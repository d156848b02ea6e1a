"""People and their assignments as plain values, and what one row of a people file says about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from kaohe.exact import MICRO, format_fen, format_micros
from kaohe.records.directory import Directory
from kaohe.records.people_file import PEOPLE
from kaohe.records.rows import Mistake
from kaohe.text import Message, msg

AssignmentKey = tuple[str, date, str, str]
Values = Mapping[str, Any]
"""What a clean row of a people file holds, by the names of its fields."""
_FIELDS = {one.name: one for one in PEOPLE.fields}
_OF_THE_PERSON = ("code", "name")
_FRACTION = MICRO // 10 ** _FIELDS["fraction"].scale

UNKNOWN_MANAGER = (
    msg("the manager is not among the people"),
    msg("Correct the code, or add a row for the manager."),
)


@dataclass(frozen=True)
class Person:
    code: str
    name: str


@dataclass(frozen=True)
class Assignment:
    """From ``starts`` up to but not including ``ends`` (None: open); ``fraction`` of full time in millionths.

    ``bonus_base`` in fen (None: unknown); ``attributes`` are texts by the names of their columns, the known ones.
    """

    person: str
    team: str | None
    role: str | None
    manager: str | None
    starts: date
    ends: date | None
    fraction: int
    bonus_base: int | None = None
    attributes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def key(self) -> AssignmentKey:
        """An assignment is known by who, since when, where, as what; the rest may change."""
        return (self.person, self.starts, self.team or "", self.role or "")

    def holds_on(self, day: date) -> bool:
        return self.starts <= day and (self.ends is None or day < self.ends)

    def overlaid(self, row: Assignment) -> Assignment:
        """This assignment as it is after a row about it: of base and attributes, an empty cell says nothing."""
        base = self.bonus_base if row.bonus_base is None else row.bonus_base
        return replace(row, bonus_base=base, attributes={**self.attributes, **row.attributes})

    def said(self) -> dict[str, str]:
        """What may change, as a people file writes it; what is unknown is left out."""
        facts = {
            "manager": self.manager or "",
            "to": "" if self.ends is None else str(self.ends - timedelta(days=1)),
            "fraction": format_micros(self.fraction, _FIELDS["fraction"].scale),
            **self.attributes,
        }
        return facts if self.bonus_base is None else {**facts, "bonus_base": format_fen(self.bonus_base)}

    def denied_by(self, row: Assignment) -> dict[str, str]:
        """What the row says otherwise, by the names of the columns; what one of the two leaves open is no denial."""
        mine, theirs = self.said(), row.said()
        return {name: value for name, value in theirs.items() if mine.get(name, value) != value}


def person_of(values: Values) -> Person:
    return Person(str(values["code"]), str(values["name"]))


def assignment_of(values: Values, directory: Directory) -> Assignment | Mistake | None:
    """The assignment that the row tells of, None where it tells of none, or the mistake in it."""
    starts: date | None = values.get("from")
    manager: str | None = values.get("manager")
    if starts is None:
        if all(value is None for name, value in values.items() if name not in _OF_THE_PERSON):
            return None
        reason = msg("an assignment needs its first day")
        fix = msg('Fill it in, or give all rows the same day in the mapping: from = {{ constant = "2026-01-01" }}.')
        return about("from", "", reason, fix)
    if manager is not None:
        found = directory.find(manager)
        if not isinstance(found, str):
            return about("manager", manager, *UNKNOWN_MANAGER)
        manager = found
    last: date | None = values.get("to")
    fraction: int | None = values.get("fraction")
    return Assignment(
        person=values["code"],
        team=values.get("team"),
        role=values.get("role"),
        manager=manager,
        starts=starts,
        ends=None if last is None else last + timedelta(days=1),
        fraction=MICRO if fraction is None else fraction * _FRACTION,
        bonus_base=values.get("bonus_base"),
        attributes={name: str(value) for name, value in values.items() if name not in _FIELDS and value is not None},
    )


def about(name: str, value: str, reason: Message, fix: Message) -> Mistake:
    return Mistake(column=None, field=name, value=value, reason=reason, fix=fix)
