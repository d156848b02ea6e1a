"""The audit log: every change, with who made it and when, each event chained to the one before by its SHA-256.

An event is appended in the transaction of the change itself, so that neither is ever there without the other. What the
log says of rows it says whole, before and after: from it follows what each row of evidence must be.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Table, insert, select, update

from kaohe.errors import Exit, Problem, fail
from kaohe.records.audit_rows import SEALED, is_row, key_data, raw, row_data, summed
from kaohe.records.canonical import canonical, text_digest
from kaohe.records.columns import moment_text
from kaohe.records.evidence_tables import AuditHeadRow, AuditRow, KeptTextRow, NotedTextRow
from kaohe.records.tables import table_of
from kaohe.text import msg

BEGINNING = "0" * 64
"""What the first event has in the place of the digest of the event before."""
_OWN = frozenset({"rows", "seals"})  # what verifying replays; no detail that a caller gives is called like that
_ACTOR, _SETTINGS = "kaohe_actor", "kaohe_settings"
_log, _head = table_of(AuditRow), table_of(AuditHeadRow)
_kept, _noted = table_of(KeptTextRow), table_of(NotedTextRow)
Kind = Literal["settings", "scheme", "calendar"]


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


def act_as(connection: Connection, actor: Actor, settings: str | None = None) -> None:
    """Whose the events are that this connection appends, and the workspace's settings by which he acts."""
    connection.info[_ACTOR] = actor
    connection.info[_SETTINGS] = settings


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
    Whoever appends waits until others have: the chain has one end. Settings that nobody has acted by so far are noted
    first.
    """
    take_turn(connection)
    if (settings := connection.info.get(_SETTINGS)) is not None:
        note_version(connection, at, "settings", "kaohe.toml", settings)
    return _chain(connection, at, action, subject, detail, rows, seals)


def take_turn(connection: Connection) -> tuple[int, str]:
    """Wait until nobody else appends; number and digest of the newest event, to which the next one is chained.

    Whoever looks whether evidence is there before adding it does so after this. Raises KaoheError where the log has
    lost its end: whatever were appended then would hide that.
    """
    end = connection.execute(select(_head.c.seq, _head.c.digest).where(_head.c.id == 1).with_for_update()).one_or_none()
    if end is None:
        what, fix = msg("the audit log has lost its end"), msg("see what was changed: kaohe audit verify")
        raise fail(Problem("audit.headless", what, fix=fix), Exit.ENVIRONMENT)
    return end.seq, end.digest


def note_version(connection: Connection, at: datetime, kind: Kind, name: str, text: str) -> None:
    """Note a text that rules are read from where it is not the one that was noted last: an event of its own, with the
    digests before and after. The texts are kept."""
    take_turn(connection)
    key, digest = f"{kind} {name}", text_digest(text)
    former = connection.scalar(select(_noted.c.digest).where(_noted.c.name == key))
    if former == digest:
        return
    rows = []
    if connection.scalar(select(_kept.c.digest).where(_kept.c.digest == digest)) is None:
        rows.append(insert_row(connection, _kept, {"digest": digest, "text": text}))
    if former is None:
        rows.append(insert_row(connection, _noted, {"name": key, "digest": digest}))
    else:
        rows.append(update_row(connection, _noted, {"name": key}, {"digest": digest}))
    _chain(connection, at, f"{kind}.version", name, {"before": former, "after": digest}, rows, ())


def _chain(
    connection: Connection,
    at: datetime,
    action: str,
    subject: str,
    detail: Mapping[str, Any],
    rows: Sequence[RowChange],
    seals: Sequence[Mapping[str, Any]],
) -> int:
    if _OWN & detail.keys():
        raise ValueError(f"{action}: a detail is named like what the log replays: {sorted(_OWN & detail.keys())}")
    said = {**detail, **({"rows": [row.data() for row in rows]} if rows else {})}
    text = canonical({**said, **({"seals": [dict(seal) for seal in seals]} if seals else {})})
    newest, previous = take_turn(connection)
    actor = actor_of(connection)
    event = {
        "seq": newest + 1,
        "at": at,
        "actor": actor.name,
        "login": actor.login,
        "action": action,
        "subject": subject,
        "detail_digest": text_digest(text),
        "previous": previous,
    }
    own = link(event)
    connection.execute(insert(_log).values(**event, detail=text, digest=own))
    connection.execute(update(_head).where(_head.c.id == 1).values(seq=newest + 1, digest=own))
    return newest + 1


def link(event: Mapping[str, Any]) -> str:
    """The digest of an event: over who, when, what, the detail's digest and the digest of the event before."""
    names = ("seq", "actor", "login", "action", "subject", "detail_digest", "previous")
    at = event["at"]
    said = moment_text(at) if isinstance(at, datetime) else at
    return text_digest(canonical([said, *(event[name] for name in names)]))


def insert_row(connection: Connection, table: Table, values: Mapping[str, Any]) -> RowChange:
    """Add a row of evidence; what the event about it has to say. A key that the database counts is in the answer."""
    key = connection.execute(insert(table).values(**values)).inserted_primary_key
    if key is None:
        raise RuntimeError("every table of evidence has a key")
    return added_row(connection, table, dict(zip((each.name for each in table.primary_key), key, strict=True)))


def insert_rows(
    connection: Connection, table: Table, shared: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]
) -> list[RowChange]:
    """Add many rows of evidence that bring their keys and have these values in common, as the first that have them;
    what the event about them has to say, in their order."""
    if not rows:
        return []
    connection.execute(insert(table), [{**shared, **row} for row in rows])
    names = [each.name for each in table.primary_key]
    keys = [key_data(table, {name: row.get(name, shared.get(name)) for name in names}) for row in rows]
    kept = connection.execute(select(*raw(table)).where(is_row(table, shared))).mappings()
    found = [row_data(table, row) for row in kept]
    after = {tuple(row[name] for name in names): row for row in found}
    return [RowChange(table.name, key, None, after[tuple(key.values())]) for key in keys]


def added_row(connection: Connection, table: Table, key: Mapping[str, Any]) -> RowChange:
    """Of a row that this transaction added and completed: what the event about it has to say."""
    return RowChange(table.name, key_data(table, key), None, _row(connection, table, key))


def update_row(connection: Connection, table: Table, key: Mapping[str, Any], values: Mapping[str, Any]) -> RowChange:
    """Change the row of that key, which is there; what the event about it has to say."""
    before = _row(connection, table, key)
    connection.execute(update(table).where(is_row(table, key)).values(**values))
    return RowChange(table.name, key_data(table, key), before, _row(connection, table, key))


def seal(
    connection: Connection, table: Table, where: Mapping[str, Any], *, before: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """How many rows of the table have these values, and the SHA-256 over all of them in the order of their keys.

    ``where`` names the columns by which the table is always sealed (``SEALED``); ``before`` is the seal of the same
    rows before this transaction changed them.
    """
    if tuple(where) != SEALED[table.name]:
        raise ValueError(f"{table.name} is sealed by {SEALED[table.name]}, not by {tuple(where)}")
    total = summed(connection, table, where)
    known = {} if before is None else {"before": before["digest"]}
    found = {"table": table.name, "where": key_data(table, where), "rows": total.rows, "digest": total.digest}
    return {**found, **known}


def _row(connection: Connection, table: Table, key: Mapping[str, Any]) -> dict[str, Any]:
    return row_data(table, connection.execute(select(*raw(table)).where(is_row(table, key))).mappings().one())


def detail_of(text: str | None) -> dict[str, Any]:
    """What an event says; nothing where it was erased."""
    said: dict[str, Any] = {} if text is None else json.loads(text)
    return said
