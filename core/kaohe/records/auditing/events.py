"""Events of the audit log as they are shown: the newest first, chosen by when, who, what and about whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from kaohe.errors import Place, Problem, fail
from kaohe.records.audit import detail_of
from kaohe.records.canonical import canonical
from kaohe.records.evidence_tables import AuditRow, KeptTextRow
from kaohe.records.store import Store
from kaohe.records.tables import table_of
from kaohe.text import msg

_log, _kept = table_of(AuditRow), table_of(KeptTextRow)


@dataclass(frozen=True)
class Event:
    """One event: who did what when; ``rows`` are what became of rows of evidence: table, key, before, after."""

    number: int
    at: datetime
    actor: str
    login: str
    action: str
    subject: str
    detail: Mapping[str, Any]
    digest: str

    @property
    def said(self) -> dict[str, Any]:
        """What the event says besides rows, seals, marks and months."""
        return {name: value for name, value in self.detail.items() if name not in ("rows", "seals", "marks", "months")}

    @property
    def rows(self) -> list[list[Any]]:
        found: list[list[Any]] = self.detail.get("rows", [])
        return found


@dataclass(frozen=True)
class Wanted:
    """Which events: from a moment up to but not including another, by somebody (name or login), of an action or of
    all that begin with it (``period`` takes ``period.freeze``), about a subject with a text in it, about a person."""

    since: datetime | None = None
    until: datetime | None = None
    actor: str | None = None
    action: str | None = None
    subject: str | None = None
    person: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.since is not None:
            found.append(_log.c.at >= self.since)
        if self.until is not None:
            found.append(_log.c.at < self.until)
        if self.actor is not None:
            found.append((_log.c.actor == self.actor) | (_log.c.login == self.actor))
        if self.action is not None:
            found.append((_log.c.action == self.action) | _log.c.action.startswith(f"{self.action}.", autoescape=True))
        if self.subject is not None:
            found.append(_log.c.subject.contains(self.subject, autoescape=True))
        if self.person is not None:
            named = f'"person":{canonical(self.person)}'
            found.append(_log.c.detail.contains(named, autoescape=True))
        return found


def list_events(store: Store, wanted: Wanted, limit: int) -> list[Event]:
    """The newest of the events, at most so many, the newest first."""
    query = select(_log).where(*wanted.conditions()).order_by(_log.c.seq.desc()).limit(limit)
    with store.reading() as connection:
        return [_event(row) for row in connection.execute(query).mappings()]


def find_event(store: Store, number: int) -> Event:
    """The event of that number. Raises KaoheError where there is none."""
    with store.reading() as connection:
        row = connection.execute(select(_log).where(_log.c.seq == number)).mappings().one_or_none()
    if row is None:
        what, fix = msg("there is no event {number}", number=number), msg("see those there are: kaohe audit show")
        raise fail(Problem("audit.unknown-event", what, Place(key=str(number)), fix=fix))
    return _event(row)


def text_of(store: Store, digest: str | None) -> str | None:
    """The kept text of that digest, if there is one."""
    with store.reading() as connection:
        found: str | None = connection.scalar(select(_kept.c.text).where(_kept.c.digest == digest))
    return found


def _event(row: Mapping[Any, Any]) -> Event:
    return Event(
        number=row["seq"],
        at=row["at"],
        actor=row["actor"],
        login=row["login"],
        action=row["action"],
        subject=row["subject"],
        detail=detail_of(row["detail"]),
        digest=row["digest"],
    )
