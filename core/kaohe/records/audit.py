"""The audit log: every change, with who made it and when, each event chained to the one before by its SHA-256.

An event is appended in the transaction of the change itself, so that neither is ever there without the other. What the
log says of rows it says whole, before and after: from it follows what each row of evidence must be.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, insert, select, true, update

from kaohe.records.canonical import canonical
from kaohe.records.columns import moment_text
from kaohe.records.evidence_tables import AuditHeadRow, AuditRow
from kaohe.records.tables import table_of

BEGINNING = "0" * 64
"""What the first event has in the place of the digest of the event before."""
_ACTOR = "kaohe_actor"
_log, _head = table_of(AuditRow), table_of(AuditHeadRow)


@dataclass(frozen=True)
class Actor:
    """Who acts: ``name`` as the person is known to the company, ``login`` the account of the operating system."""

    name: str
    login: str


NOBODY = Actor("", "")
"""Where the database is opened by a program that says nothing of itself."""


@dataclass(frozen=True)
class RowChange:
    """One row of evidence before and after, as JSON objects; None: it was not there, or is gone."""

    table: str
    key: Mapping[str, Any]
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None

    def data(self) -> list[Any]:
        return [self.table, dict(self.key), self.before, self.after]


def act_as(connection: Connection, actor: Actor) -> None:
    """Whose the events are that this connection appends."""
    connection.info[_ACTOR] = actor


def actor_of(connection: Connection) -> Actor:
    actor: Actor = connection.info.get(_ACTOR, NOBODY)
    return actor


def append(
    connection: Connection,
    at: datetime,
    action: str,
    subject: str,
    detail: Mapping[str, Any],
    *,
    rows: Sequence[RowChange] = (),
    seals: Sequence[Mapping[str, Any]] = (),
) -> int:
    """Append one event within the caller's transaction, as its last act; the event's number.

    ``detail`` says what happened, ``rows`` what became of rows of evidence, ``seals`` what many rows come to together.
    Whoever appends waits until others have: the chain has one end.
    """
    said = {**detail, **({"rows": [row.data() for row in rows]} if rows else {})}
    text = canonical({**said, **({"seals": [dict(seal) for seal in seals]} if seals else {})})
    end = connection.execute(select(_head).where(_head.c.id == 1).with_for_update()).mappings().one_or_none()
    number, previous = (1, BEGINNING) if end is None else (end["seq"] + 1, end["digest"])
    actor = actor_of(connection)
    digest = text_digest(text)
    event = {
        "seq": number,
        "at": at,
        "actor": actor.name,
        "login": actor.login,
        "action": action,
        "subject": subject,
        "detail_digest": digest,
        "previous": previous,
    }
    own = link(event)
    connection.execute(insert(_log).values(**event, detail=text, digest=own))
    if end is None:
        connection.execute(insert(_head).values(id=1, seq=number, digest=own))
    else:
        connection.execute(update(_head).where(_head.c.id == 1).values(seq=number, digest=own))
    return number


def link(event: Mapping[str, Any]) -> str:
    """The digest of an event: over who, when, what, the detail's digest and the digest of the event before."""
    names = ("seq", "actor", "login", "action", "subject", "detail_digest", "previous")
    return text_digest(canonical([moment_text(event["at"]), *(event[name] for name in names)]))


def text_digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def insert_row(connection: Connection, table: Table, values: Mapping[str, Any]) -> RowChange:
    """Add a row of evidence; what the event about it has to say. A key that the database counts is in the answer."""
    key = connection.execute(insert(table).values(**values)).inserted_primary_key
    if key is None:
        raise RuntimeError("every table of evidence has a key")
    named = dict(zip((column.name for column in table.primary_key), key, strict=True))
    return RowChange(table.name, _data(named), None, _data(_row(connection, table, named)))


def update_row(connection: Connection, table: Table, key: Mapping[str, Any], values: Mapping[str, Any]) -> RowChange:
    """Change the row of that key, which is there; what the event about it has to say."""
    before = _data(_row(connection, table, key))
    connection.execute(update(table).where(_is(table, key)).values(**values))
    return RowChange(table.name, _data(key), before, _data(_row(connection, table, key)))


def seal(connection: Connection, table: Table, where: Mapping[str, Any]) -> dict[str, Any]:
    """How many rows of the table have these values, and the SHA-256 over all of them in the order of their keys."""
    state, count = hashlib.sha256(), 0
    for text in _texts(connection, table, where):
        state.update(text.encode())
        state.update(b"\n")
        count += 1
    return {"table": table.name, "where": _data(where), "rows": count, "digest": state.hexdigest()}


def _texts(connection: Connection, table: Table, where: Mapping[str, Any]) -> Iterator[str]:
    rows = connection.execute(select(table).where(_is(table, where)).order_by(*table.primary_key))
    return (canonical(_data(row)) for row in rows.mappings())


def _row(connection: Connection, table: Table, key: Mapping[str, Any]) -> Mapping[Any, Any]:
    return connection.execute(select(table).where(_is(table, key))).mappings().one()


def _is(table: Table, values: Mapping[str, Any]) -> ColumnElement[bool]:
    return and_(true(), *(table.c[name] == value for name, value in values.items()))


def _data(values: Mapping[Any, Any]) -> dict[str, Any]:
    """A row as JSON: moments in UTC, days as they are written, bytes by their SHA-256."""
    return {str(name): _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return moment_text(value)
        case date():
            return value.isoformat()
        case bytes() | memoryview():
            return {"sha256": hashlib.sha256(value).hexdigest()}
        case None | bool() | int() | str():
            return value
    raise TypeError(f"a row of evidence holds {type(value).__name__}")


def row_data(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A row as the log holds it, to be compared with what the log says."""
    return _data(row)


def detail_of(text: str | None) -> dict[str, Any]:
    """What an event says; nothing where it was erased."""
    said: dict[str, Any] = {} if text is None else json.loads(text)
    return said
