"""Rows of a people file against the organisation as it is stored: who is new, what changes, which rows contradict.

Pure: it plans, and writes nothing. One row is one assignment. A person bears one name in all rows; everything else
belongs to the assignment, and an empty cell of its base or attributes says nothing, so that a file with the moves of a
month need not repeat what did not change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kaohe.records.directory import Directory
from kaohe.records.organisation import (
    UNKNOWN_MANAGER,
    Assignment,
    AssignmentKey,
    Person,
    Values,
    about,
    assignment_of,
    person_of,
)
from kaohe.records.rows import Mistake
from kaohe.text import msg


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
    rows: Sequence[Values],
    people: Mapping[str, Person],
    assignments: Mapping[AssignmentKey, Assignment],
    *,
    update: bool,
) -> Plan:
    """Compare the rows with what is stored. Without ``update`` a row that says otherwise is a mistake."""
    mistakes: dict[int, Mistake] = {}
    wanted = _persons(rows, people, mistakes, update=update)
    directory = Directory((person.code, person.name) for person in {**people, **wanted}.values())
    keys, spans = _assignments(rows, assignments, directory, mistakes, update=update)
    # A new person stands only on sound rows; whoever reports to somebody who falls away falls away too.
    while fallen := {code for code in wanted if code not in people} - _standing(rows, mistakes):
        for code in fallen:
            del wanted[code]
        for index, key in keys.items():
            if key is not None and index not in mistakes and spans[key].manager in fallen:
                mistakes[index] = about("manager", spans[key].manager or "", *UNKNOWN_MANAGER)
    return _decided(rows, wanted, keys, spans, people, assignments, mistakes)


_WITH_UPDATE = msg("Import with --update to replace what is stored, or correct the row.")


def _persons(
    rows: Sequence[Values], stored: Mapping[str, Person], mistakes: dict[int, Mistake], *, update: bool
) -> dict[str, Person]:
    """Everybody the rows name, as they are to be."""
    wanted: dict[str, Person] = {}
    for index, row in enumerate(rows):
        person = person_of(row)
        is_settled = person.code in stored and not update
        first = wanted.setdefault(person.code, stored[person.code] if is_settled else person)
        if person == first:
            continue
        if is_settled:
            reason, fix = msg("the stored name of this person is {name}", name=first.name), _WITH_UPDATE
        else:
            reason = msg("an earlier row says {value} for the same person", value=first.name)
            fix = msg("Give a person the same name in every row.")
        mistakes[index] = about("name", person.name, reason, fix)
    return wanted


def _assignments(
    rows: Sequence[Values],
    stored: Mapping[AssignmentKey, Assignment],
    directory: Directory,
    mistakes: dict[int, Mistake],
    *,
    update: bool,
) -> tuple[dict[int, AssignmentKey | None], dict[AssignmentKey, Assignment]]:
    """Which assignment each sound row tells of (None: of none), and what the rows about it say together."""
    keys: dict[int, AssignmentKey | None] = {}
    spans: dict[AssignmentKey, Assignment] = {}
    for index, row in enumerate(rows):
        if index in mistakes:
            continue
        span = assignment_of(row, directory)
        if isinstance(span, Mistake):
            mistakes[index] = span
            continue
        if span is not None:
            before, old = spans.get(span.key), stored.get(span.key)
            if before is not None and (denied := before.denied_by(span)):
                mistakes[index] = _contradiction(before, denied)
                continue
            if old is not None and not update and (changed := _changed(old, old.overlaid(span))):
                mistakes[index] = _otherwise(changed)
                continue
            spans[span.key] = span if before is None else before.overlaid(span)
        keys[index] = None if span is None else span.key
    return keys, {key: stored[key].overlaid(span) if key in stored else span for key, span in spans.items()}


def _changed(old: Assignment, new: Assignment) -> dict[str, str]:
    if new == old:
        return {}
    before = old.said()
    return {name: value for name, value in new.said().items() if before.get(name) != value}


def _contradiction(before: Assignment, denied: Mapping[str, str]) -> Mistake:
    name, value = next(iter(denied.items()))
    listed = ", ".join(f"{name} = {before.said()[name] or '∅'}" for name in denied)
    reason = msg("an earlier row about the same person, team, role and first day says {facts}", facts=listed)
    fix = msg("Keep the row that is right; give what changed later a row with a first day of its own.")
    return about(name, value, reason, fix)


def _otherwise(changed: Mapping[str, str]) -> Mistake:
    name, value = next(iter(changed.items()))
    reason = msg("something else is stored about this assignment: {names}", names=", ".join(changed))
    return about(name, value, reason, _WITH_UPDATE)


def _decided(
    rows: Sequence[Values],
    wanted: Mapping[str, Person],
    keys: Mapping[int, AssignmentKey | None],
    spans: Mapping[AssignmentKey, Assignment],
    people: Mapping[str, Person],
    assignments: Mapping[AssignmentKey, Assignment],
    mistakes: dict[int, Mistake],
) -> Plan:
    """Sort the sound rows into new, changed and unchanged; a row counts once, for the most that it did."""
    result = Plan(mistakes=mistakes)
    for index, row in enumerate(rows):
        if index in mistakes:
            continue
        person, key = wanted[str(row["code"])], keys[index]
        is_new = is_changed = False
        if person.code not in people:
            is_new = person.code not in result.new_people
            result.new_people[person.code] = person
        elif person != people[person.code]:
            is_changed = person.code not in result.changed_people
            result.changed_people[person.code] = person
        if key is not None and key not in assignments:
            is_new = is_new or key not in result.new_assignments
            result.new_assignments[key] = spans[key]
        elif key is not None and spans[key] != assignments[key]:
            is_changed = is_changed or key not in result.changed_assignments
            result.changed_assignments[key] = spans[key]
        result.added += is_new
        result.replaced += is_changed and not is_new
        result.unchanged += not (is_new or is_changed)
    return result


def _standing(rows: Sequence[Values], mistakes: Mapping[int, Mistake]) -> set[str]:
    return {str(row["code"]) for index, row in enumerate(rows) if index not in mistakes}
