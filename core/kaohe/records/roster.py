"""Rows of a people file against the organisation as it is stored: who is new, what changes, which rows contradict.

Pure: it plans, and writes nothing. One row is one assignment; what rows say about a person is taken together, and an
empty cell says nothing, so that a file with the moves of a month need not repeat everybody's attributes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from kaohe.exact import MICRO, format_fen
from kaohe.records.directory import Directory
from kaohe.records.people_file import PEOPLE
from kaohe.records.rows import CleanRow, Mistake
from kaohe.text import Message, msg

AssignmentKey = tuple[str, date, str, str]
_FIELDS = {one.name: one for one in PEOPLE.fields}
_FRACTION = MICRO // 10 ** _FIELDS["fraction"].scale


@dataclass(frozen=True)
class Person:
    """``bonus_base`` in fen; ``attributes`` are texts by the names of their columns."""

    code: str
    name: str
    bonus_base: int | None = None
    attributes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Assignment:
    """From ``starts`` up to but not including ``ends`` (None: open); ``fraction`` of full time in millionths."""

    person: str
    team: str | None
    role: str | None
    manager: str | None
    starts: date
    ends: date | None
    fraction: int

    @property
    def key(self) -> AssignmentKey:
        """An assignment is known by who, since when, where, as what; the rest may change."""
        return (self.person, self.starts, self.team or "", self.role or "")


@dataclass
class Plan:
    """What is to be written, and the mistakes found, by the position of the row among the clean rows."""

    new_people: dict[str, Person] = field(default_factory=dict)
    changed_people: dict[str, Person] = field(default_factory=dict)
    new_assignments: dict[AssignmentKey, Assignment] = field(default_factory=dict)
    changed_assignments: dict[AssignmentKey, Assignment] = field(default_factory=dict)
    mistakes: dict[int, Mistake] = field(default_factory=dict)
    added: int = 0
    replaced: int = 0
    unchanged: int = 0


def plan(
    rows: Sequence[CleanRow],
    people: Mapping[str, Person],
    assignments: Mapping[AssignmentKey, Assignment],
    *,
    update: bool,
) -> Plan:
    """Compare the rows with what is stored. Without ``update`` a row that says otherwise is a mistake."""
    mistakes: dict[int, Mistake] = {}
    wanted = _persons(rows, people, mistakes, update=update)
    directory = Directory((person.code, person.name) for person in {**people, **wanted}.values())
    spans = _assignments(rows, assignments, directory, mistakes, update=update)
    # A new person stands only on sound rows; whoever reports to somebody who falls away falls away too.
    while fallen := {code for code in wanted if code not in people} - _standing(rows, mistakes):
        for code in fallen:
            del wanted[code]
        for index, span in list(spans.items()):
            if span is not None and span.manager in fallen and index not in mistakes:
                mistakes[index] = _about("manager", span.manager or "", *_UNKNOWN_MANAGER)
    return _decided(rows, wanted, spans, people, assignments, mistakes)


_UNKNOWN_MANAGER = (
    msg("the manager is not among the people"),
    msg("Correct the code, or add a row for the manager."),
)


def _persons(
    rows: Sequence[CleanRow], stored: Mapping[str, Person], mistakes: dict[int, Mistake], *, update: bool
) -> dict[str, Person]:
    """Everybody the rows name, as they are to be."""
    said: dict[str, dict[str, Any]] = {}
    where: dict[str, list[int]] = {}
    for index, row in enumerate(rows):
        about = _about_person(row)
        before = said.setdefault(about["code"], {})
        where.setdefault(about["code"], []).append(index)
        contrary = [name for name, value in about.items() if before.setdefault(name, value) != value]
        for name in contrary:
            reason = msg("an earlier row says {value} for the same person", value=_shown(name, before[name]))
            mistakes[index] = _about(
                name, _shown(name, about[name]), reason, msg("Give a person the same value in every row.")
            )
    wanted = {}
    for code, values in said.items():
        old = stored.get(code)
        person = _overlaid(old, values)
        if old is not None and person != old and not update:
            for index in where[code]:
                mistakes.setdefault(index, _different_person(old, person))
            continue
        wanted[code] = person
    return wanted


def _assignments(
    rows: Sequence[CleanRow],
    stored: Mapping[AssignmentKey, Assignment],
    directory: Directory,
    mistakes: dict[int, Mistake],
    *,
    update: bool,
) -> dict[int, Assignment | None]:
    """The assignment of each sound row; None where the row tells of none."""
    spans: dict[int, Assignment | None] = {}
    first: dict[AssignmentKey, Assignment] = {}
    for index, row in enumerate(rows):
        if index in mistakes:
            continue
        span = _assignment(row, directory)
        if isinstance(span, Mistake):
            mistakes[index] = span
            continue
        spans[index] = span
        if span is None:
            continue
        if first.setdefault(span.key, span) != span:
            reason = msg("an earlier row has the same person, team, role and first day, and says something else")
            mistakes[index] = _about("from", str(span.starts), reason, msg("Keep the row that is right."))
        elif not update and stored.get(span.key, span) != span:
            reason = msg("the stored assignment says something else about its last day, manager or fraction")
            mistakes[index] = _about("from", str(span.starts), reason, _WITH_UPDATE)
    return spans


_WITH_UPDATE = msg("Import with --update to replace what is stored, or correct the row.")


def _decided(
    rows: Sequence[CleanRow],
    wanted: Mapping[str, Person],
    spans: Mapping[int, Assignment | None],
    people: Mapping[str, Person],
    assignments: Mapping[AssignmentKey, Assignment],
    mistakes: dict[int, Mistake],
) -> Plan:
    """Sort the sound rows into new, changed and unchanged; a row counts once, for the most that it did."""
    result = Plan(mistakes=mistakes)
    for index, row in enumerate(rows):
        if index in mistakes:
            continue
        person, span = wanted[str(row.values["code"])], spans[index]
        is_new = is_changed = False
        if person.code not in people:
            is_new = person.code not in result.new_people
            result.new_people[person.code] = person
        elif person != people[person.code]:
            is_changed = person.code not in result.changed_people
            result.changed_people[person.code] = person
        if span is not None and span.key not in assignments:
            is_new = is_new or span.key not in result.new_assignments
            result.new_assignments[span.key] = span
        elif span is not None and span != assignments[span.key]:
            is_changed = is_changed or span.key not in result.changed_assignments
            result.changed_assignments[span.key] = span
        result.added += is_new
        result.replaced += is_changed and not is_new
        result.unchanged += not (is_new or is_changed)
    return result


def _standing(rows: Sequence[CleanRow], mistakes: Mapping[int, Mistake]) -> set[str]:
    return {str(row.values["code"]) for index, row in enumerate(rows) if index not in mistakes}


def _about_person(row: CleanRow) -> dict[str, Any]:
    """What a row says about the person; attributes are the columns that are no fields of a people file."""
    values = row.values
    own = {name: values.get(name) for name in ("code", "name", "bonus_base")}
    attributes = {name: str(value) for name, value in values.items() if name not in _FIELDS and value is not None}
    return {name: value for name, value in {**attributes, **own}.items() if value is not None}


def _overlaid(old: Person | None, said: Mapping[str, Any]) -> Person:
    base = old or Person(said["code"], said["name"])
    attributes = {name: value for name, value in said.items() if name not in _FIELDS}
    return replace(
        base,
        name=said["name"],
        bonus_base=said.get("bonus_base", base.bonus_base),
        attributes={**base.attributes, **attributes},
    )


def _assignment(row: CleanRow, directory: Directory) -> Assignment | Mistake | None:
    values: Mapping[str, Any] = row.values
    starts: date | None = values.get("from")
    manager: str | None = values.get("manager")
    if starts is None:
        if all(values.get(name) is None for name in ("team", "role", "manager", "to")):
            return None
        reason = msg("an assignment needs its first day")
        fix = msg('Fill it in, or give all rows the same day in the mapping: from = {{ constant = "2026-01-01" }}.')
        return _about("from", "", reason, fix)
    if manager is not None:
        found = directory.find(manager)
        if not isinstance(found, str):
            return _about("manager", manager, *_UNKNOWN_MANAGER)
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
    )


def _different_person(old: Person, new: Person) -> Mistake:
    names = {**old.attributes, **new.attributes}
    pairs: Iterable[tuple[str, Any, Any]] = [
        ("name", old.name, new.name),
        ("bonus_base", old.bonus_base, new.bonus_base),
        *((name, old.attributes.get(name), new.attributes.get(name)) for name in names),
    ]
    changed = [(name, before, after) for name, before, after in pairs if before != after]
    name, _before, after = changed[0]
    listed = ", ".join(name for name, _before, _after in changed)
    return _about(
        name, str(after), msg("something else is stored about this person: {names}", names=listed), _WITH_UPDATE
    )


def _about(name: str, value: str, reason: Message, fix: Message) -> Mistake:
    return Mistake(column=None, field=name, value=value, reason=reason, fix=fix)


def _shown(name: str, value: Any) -> str:
    return format_fen(value) if name == "bonus_base" else str(value)
