"""Person and team fields and whom they name: checked in whole tables when a batch goes in and when people go out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from sqlalchemy import Connection, Table, func, or_, select

from kaohe.errors import Place, Problem, fail, refuse_if_any
from kaohe.plugin import RecordType
from kaohe.records.core_tables import PersonRow, RatingPairRow, TargetRow, TeamRow
from kaohe.records.store import Store
from kaohe.records.tables import BATCH, table_of
from kaohe.text import msg

_people, _teams, _targets = table_of(PersonRow), table_of(TeamRow), table_of(TargetRow)
_pairs = table_of(RatingPairRow)
_FEW = 500


def references(record_type: RecordType) -> Iterator[tuple[str, Table]]:
    """The fields that name people or teams, each with the table of those."""
    tables = {"person": _people, "team": _teams}
    return ((field.name, tables[field.kind]) for field in record_type.fields if field.kind in tables)


def all_known(connection: Connection, record_type: RecordType, named: Mapping[str, Collection[str]]) -> None:
    """Raise KaoheError where rows name people or teams that are gone: somebody changed them while the file was read.

    ``named``: what the rows hold in each of the fields that name people or teams.
    """
    for name, table in references(record_type):
        if missing := _gone(connection, table, named[name]):
            raise fail(
                Problem(
                    "import.people-changed",
                    msg("the people were changed by somebody else during this import; nothing was kept"),
                    found=min(missing),
                    fix=msg("import the file again"),
                )
            )


def still_there(connection: Connection, people: Collection[str], teams: Collection[str] = ()) -> None:
    """Raise KaoheError where people or teams were taken out since they were looked up. Until the connection's
    transaction ends it must hold the marks of people's tables (``marked``): then nobody takes them out after this."""
    missing = _gone(connection, _people, people) | _gone(connection, _teams, teams)
    if missing:
        what = msg("people or teams were taken out by somebody else meanwhile; nothing was changed")
        fix = msg("see who is there (kaohe people list), and give the command again")
        raise fail(Problem("people.changed", what, found=", ".join(sorted(missing)), fix=fix))


def _gone(connection: Connection, table: Table, codes: Collection[str]) -> set[str]:
    known = select(table.c.code)
    if len(codes) <= _FEW:
        known = known.where(table.c.code.in_(codes))
    return set(codes).difference(connection.scalars(known)) if codes else set()


def still_needed(store: Store, connection: Connection, batch: int) -> None:
    """Raise KaoheError where records, targets or rounds name people or teams that undoing the batch would take away."""
    going = {each: select(each.c.code).where(each.c[BATCH] == batch) for each in (_people, _teams)}
    problems = []
    for name, record_type in store.record_types.items():
        table, fields = store.tables[name], [*references(record_type)]
        if not fields:
            continue
        naming = or_(*(table.c[field].in_(going[named]) for field, named in fields))
        if count := connection.scalar(select(func.count()).select_from(table).where(naming)):
            label = record_type.label
            what = msg(
                "{count} records of the type {name} name people or teams of batch {batch}",
                count=count,
                name=label,
                batch=batch,
            )
            theirs = sorted(connection.scalars(select(table.c[BATCH]).distinct().where(naming)), reverse=True)
            fix = msg("undo those first, in this order: {batches}", batches=", ".join(map(str, theirs)))
            problems.append(Problem("batch.needed", what, Place(key=name), fix=fix))
    owned = or_(
        (_targets.c.scope == "person") & _targets.c.who.in_(going[_people]),
        (_targets.c.scope == "team") & _targets.c.who.in_(going[_teams]),
    )
    if batches := sorted(connection.scalars(select(_targets.c[BATCH]).distinct().where(owned)), reverse=True):
        what = msg("targets are set for people or teams of batch {batch}", batch=batch)
        fix = msg("undo those first, in this order: {batches}", batches=", ".join(map(str, batches)))
        problems.append(Problem("batch.needed", what, Place(key=_targets.name), fix=fix))
    leaving = select(_people.c.code).where(_people.c[BATCH] == batch)
    rated = _pairs.c.subject.in_(leaving) | (_pairs.c.rater.in_(leaving) & _pairs.c.outside.is_(False))
    if rounds := sorted(connection.scalars(select(_pairs.c.round).distinct().where(rated))):
        what = msg("people of batch {batch} are to rate or to be rated", batch=batch)
        fix = msg("take them out first: kaohe assessment assignments, or drop")
        problems.append(Problem("batch.needed", what, Place(key=_pairs.name), ", ".join(rounds), fix=fix))
    refuse_if_any(problems)
