"""People, teams and dated assignments in the database: imported from one table, listed, found by code or name."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Table, select, update

from kaohe.records.batches import PEOPLE, Source, begin_batch, finish_batch
from kaohe.records.canonical import canonical
from kaohe.records.core_tables import AssignmentRow, PersonRow, TeamRow
from kaohe.records.directory import Directory
from kaohe.records.importing import Gathered, Imported, ReadFile, reject
from kaohe.records.journal import keep_former
from kaohe.records.organisation import Assignment, AssignmentKey, Person
from kaohe.records.physical import table_columns
from kaohe.records.roster import Plan, plan
from kaohe.records.rows import CleanRow, values_of
from kaohe.records.staging import POSITION, Stage, insert_from
from kaohe.records.store import Store, transaction
from kaohe.records.tables import BATCH, table_of

_people, _teams, _assignments = table_of(PersonRow), table_of(TeamRow), table_of(AssignmentRow)
_ASSIGNMENT_KEY = ("person", "starts", "team", "role")


def read_directory(store: Store) -> Directory:
    """Everybody's code and name."""
    with store.reading() as connection:
        rows = connection.execute(select(_people.c.code, _people.c.name)).all()
    return Directory((row.code, row.name) for row in rows)


def read_teams(store: Store) -> Directory:
    """Every team's code and name."""
    with store.reading() as connection:
        rows = connection.execute(select(_teams.c.code, _teams.c.name)).all()
    return Directory((row.code, row.name) for row in rows)


def names_by_code(store: Store) -> dict[str, str]:
    """The name of everybody and of every team, by code."""
    with store.reading() as connection:
        teams = connection.execute(select(_teams.c.code, _teams.c.name)).all()
        people = connection.execute(select(_people.c.code, _people.c.name)).all()
    return {row.code: row.name for row in (*teams, *people)}


def list_people(store: Store) -> list[tuple[Person, tuple[Assignment, ...]]]:
    """Everybody by ascending code, with their assignments by first day."""
    with store.reading() as connection:
        people, assignments = _stored_people(connection), _stored_assignments(connection)
    mine: dict[str, list[Assignment]] = {}
    for key in sorted(assignments):
        mine.setdefault(key[0], []).append(assignments[key])
    return [(people[code], tuple(mine.get(code, ()))) for code in sorted(people)]


def import_people(
    store: Store,
    read: ReadFile,
    source: Source,
    *,
    handed_in: datetime,
    update: bool = False,
    strict: bool = False,
    dry_run: bool = False,
) -> Imported:
    """Bring the rows of a people file into people, teams and assignments, as one batch.

    A row that says what is stored changes nothing. A row that says something else is rejected, or replaces it
    (``update``): that is how an assignment gets its last day. ``strict``: one rejected row and nothing is kept.
    Raises KaoheError for what the database reports; the database is then as it was.
    """
    gathered = Gathered()
    parts: list[Sequence[CleanRow]] = []
    for reading in read():
        gathered.take(reading)
        parts.append(reading.rows)
    rows = [*chain.from_iterable(map(values_of, parts))]
    with store.connected() as connection, transaction(connection, "write") as current:
        begun = begin_batch(connection, PEOPLE, source, handed_in)
        planned = plan(rows, _stored_people(connection), _stored_assignments(connection), update=update)
        counts = gathered.counts(
            added=planned.added,
            replaced=planned.replaced,
            unchanged=planned.unchanged,
            contradicting=len(planned.mistakes),
        )
        refused = strict and counts.quarantined > 0
        kept = not (refused or dry_run) and planned.added + planned.replaced > 0
        if kept:
            _write(connection, planned, begun.id)
            finish_batch(connection, begun, counts)
        else:
            current.rollback()
    more = reject(parts, planned.mistakes)
    return gathered.imported(begun.id if kept else None, counts, refused=refused, more=more)


def _write(connection: Connection, planned: Plan, batch: int) -> None:
    """Teams before assignments, people before those who report to them."""
    spans = [*planned.new_assignments.values(), *planned.changed_assignments.values()]
    known = set(connection.scalars(select(_teams.c.code)))
    teams = sorted({span.team for span in spans if span.team is not None} - known)
    _insert(connection, _teams, ({"code": team, "name": team} for team in teams), batch)
    _insert(connection, _people, map(vars, planned.new_people.values()), batch)
    _replace(connection, _people, ("code",), map(vars, planned.changed_people.values()), batch)
    _insert(connection, _assignments, map(_assignment_row, planned.new_assignments.values()), batch)
    changed = map(_assignment_row, planned.changed_assignments.values())
    _replace(connection, _assignments, _ASSIGNMENT_KEY, changed, batch)


def _insert(connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]], batch: int) -> None:
    listed = [{**row, BATCH: batch} for row in rows]
    if listed:
        names = list(listed[0])
        stage = Stage(connection, table, names)
        with stage.filling():
            stage.add(table_columns(table, listed))
        staged = select(*(stage.table.c[name] for name in names)).order_by(stage.table.c[POSITION])
        connection.execute(insert_from(stage, names, staged))
        stage.drop()


def _replace(
    connection: Connection, table: Table, key: tuple[str, ...], rows: Iterable[Mapping[str, Any]], batch: int
) -> None:
    for row in rows:
        same = [table.c[name].is_not_distinct_from(row[name]) for name in key]
        columns = [table.c[name] for name in (*row, BATCH)]
        former = connection.execute(select(*columns).where(*same)).mappings().one()
        keep_former(connection, table, key, batch, [dict(former)])
        connection.execute(update(table).where(*same).values({**row, BATCH: batch}))


def _assignment_row(span: Assignment) -> dict[str, Any]:
    return {**vars(span), "attributes": canonical(dict(span.attributes)) if span.attributes else "{}"}


def _stored_people(connection: Connection) -> dict[str, Person]:
    rows = connection.execute(select(_people.c.code, _people.c.name))
    return {row.code: Person(row.code, row.name) for row in rows}


def _stored_assignments(connection: Connection) -> dict[AssignmentKey, Assignment]:
    rows = connection.execute(select(*(_assignments.c[one.name] for one in fields(Assignment)))).mappings()
    assignments = (Assignment(**{**row, "attributes": json.loads(row["attributes"])}) for row in rows)
    return {assignment.key: assignment for assignment in assignments}
