"""Person fields and the people they name: checked in whole tables when a batch goes in and when people go out."""

from __future__ import annotations

from sqlalchemy import Connection, Table, exists, func, or_, select

from kaohe.errors import Place, Problem, fail, refuse_if_any
from kaohe.plugin import RecordType
from kaohe.records.core_tables import PersonRow, TargetRow, TeamRow
from kaohe.records.store import Store
from kaohe.records.tables import BATCH, table_of
from kaohe.text import msg

_people, _teams, _targets = table_of(PersonRow), table_of(TeamRow), table_of(TargetRow)


def person_fields(record_type: RecordType) -> list[str]:
    return [field.name for field in record_type.fields if field.kind == "person"]


def all_known(connection: Connection, rows: Table, record_type: RecordType) -> None:
    """Raise KaoheError where rows name people who are gone: somebody changed the people while the file was read."""
    for name in person_fields(record_type):
        known = exists().where(_people.c.code == rows.c[name])
        missing = connection.scalar(select(rows.c[name]).where(rows.c[name].is_not(None), ~known).limit(1))
        if missing is not None:
            raise fail(
                Problem(
                    "import.people-changed",
                    msg("the people were changed by somebody else during this import; nothing was kept"),
                    found=missing,
                    fix=msg("import the file again"),
                )
            )


def still_needed(store: Store, connection: Connection, batch: int) -> None:
    """Raise KaoheError where stored records or targets name people or teams that undoing the batch would take away."""
    going = select(_people.c.code).where(_people.c[BATCH] == batch)
    problems = []
    for name, record_type in store.record_types.items():
        table, fields = store.tables[name], person_fields(record_type)
        if not fields:
            continue
        naming = or_(*(table.c[field].in_(going) for field in fields))
        if count := connection.scalar(select(func.count()).select_from(table).where(naming)):
            label = record_type.label
            what = msg(
                "{count} records of the type {name} name people of batch {batch}", count=count, name=label, batch=batch
            )
            theirs = sorted(connection.scalars(select(table.c[BATCH]).distinct().where(naming)), reverse=True)
            fix = msg("undo those first, in this order: {batches}", batches=", ".join(map(str, theirs)))
            problems.append(Problem("batch.needed", what, Place(key=name), fix=fix))
    owned = or_(
        (_targets.c.scope == "person") & _targets.c.who.in_(going),
        (_targets.c.scope == "team") & _targets.c.who.in_(select(_teams.c.code).where(_teams.c[BATCH] == batch)),
    )
    if batches := sorted(connection.scalars(select(_targets.c[BATCH]).distinct().where(owned)), reverse=True):
        what = msg("targets are set for people or teams of batch {batch}", batch=batch)
        fix = msg("undo those first, in this order: {batches}", batches=", ".join(map(str, batches)))
        problems.append(Problem("batch.needed", what, Place(key=_targets.name), fix=fix))
    refuse_if_any(problems)
