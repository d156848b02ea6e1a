"""The facts of people taken out of the database: records credited to them alone, assignments, targets, their names."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Table, and_, delete, false, or_, select, update

from kaohe.plugin import RecordType
from kaohe.records import Store
from kaohe.records.core_tables import AssignmentRow, PersonRow, ReplacedRow, TargetRow
from kaohe.records.months import Months, months_of_rows, months_together
from kaohe.records.tables import table_of
from kaohe.run.purging.redaction import Redaction

_people, _assignments = table_of(PersonRow), table_of(AssignmentRow)
_targets, _replaced = table_of(TargetRow), table_of(ReplacedRow)


def purge_facts(store: Store, connection: Connection, redaction: Redaction) -> tuple[dict[str, int], dict[str, Months]]:
    """Take them out; how many rows of each table went, and in which months records were changed, as far as is known."""
    codes = sorted(redaction.codes)
    gone, months = {}, {}
    for name, kind in store.record_types.items():
        table = store.tables[name]
        gone[table.name], changed = _purge_records(connection, table, kind, redaction)
        if changed is not None:
            months[table.name] = changed
    gone["assignments"] = connection.execute(delete(_assignments).where(_assignments.c.person.in_(codes))).rowcount
    theirs = and_(_targets.c.scope == "person", _targets.c.who.in_(codes))
    gone["targets"] = connection.execute(delete(_targets).where(theirs)).rowcount
    connection.execute(update(_people).where(_people.c.code.in_(codes)).values(name=_people.c.code))
    return {name: count for name, count in gone.items() if count}, months


def purge_replaced(connection: Connection, redaction: Redaction) -> list[int]:
    """What imports replaced and kept of these people is taken out; the batches that it was of."""
    batches, gone = set(), []
    for number, batch, key, former in connection.execute(
        select(_replaced.c.id, _replaced.c.batch, _replaced.c.key, _replaced.c.former)
    ):
        values = {**json.loads(key), **json.loads(former)}
        if any(value in redaction.codes for value in values.values() if isinstance(value, str)):
            gone.append(number)
            batches.add(batch)
        elif (new := redaction.json_text(former)) != former:
            connection.execute(update(_replaced).where(_replaced.c.id == number).values(former=new))
            batches.add(batch)
    if gone:
        connection.execute(delete(_replaced).where(_replaced.c.id.in_(gone)))
    return sorted(batches)


def theirs_alone(who: Iterable[Any], codes: frozenset[str]) -> bool:
    """Whether a record is credited to these people and to nobody else."""
    credited = {each for each in who if each is not None}
    return bool(credited) and credited <= codes


def _purge_records(
    connection: Connection, table: Table, kind: RecordType, redaction: Redaction
) -> tuple[int, Months | None]:
    codes = sorted(redaction.codes)
    who = [table.c[name] for name in kind.who]
    alone = and_(
        or_(false(), *(each.in_(codes) for each in who)), *(or_(each.is_(None), each.in_(codes)) for each in who)
    )
    months = [months_of_rows(connection, table, kind.when, alone)]
    gone = connection.execute(delete(table).where(alone)).rowcount
    texts = [each.name for each in kind.fields if each.kind == "text" and each.name not in kind.key]
    for field in texts:
        for name in redaction.names:
            named = table.c[field].contains(name, autoescape=True)
            for (found,) in connection.execute(select(table.c[field]).where(named).distinct()).all():
                if (new := redaction.text(found)) != found:
                    months.append(months_of_rows(connection, table, kind.when, table.c[field] == found))
                    connection.execute(update(table).where(table.c[field] == found).values({field: new}))
    return gone, months_together(months)


def last_days(connection: Connection, codes: frozenset[str]) -> dict[str, Any]:
    """The day after each person's last assignment; None: there is no end to it; people without one are not in it."""
    found: dict[str, Any] = {}
    query = select(_assignments.c.person, _assignments.c.ends).where(_assignments.c.person.in_(sorted(codes)))
    for person, ends in connection.execute(query):
        known = found.get(person, ends)
        found[person] = None if known is None or ends is None else max(known, ends)
    return found
