"""Proposals in the database: read, added, decided on, each with the audit event that says so."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, select, true

from kaohe.appraise.manual import ManualChange
from kaohe.exact import to_fen, to_micros
from kaohe.records import Store
from kaohe.records.audit import RowChange, actor_of, append, insert_row, update_row
from kaohe.records.canonical import canonical
from kaohe.records.evidence_tables import ManualChangeRow
from kaohe.records.tables import table_of
from kaohe.run.changes.model import Draft, Proposal, State, written

_changes = table_of(ManualChangeRow)


def approved_changes(store: Store, scheme_id: str, period: str) -> tuple[ManualChange, ...]:
    """The changes that a calculation or restatement of the period applies, by number."""
    with store.reading() as connection:
        return approved_in(connection, scheme_id, period)


def approved_in(connection: Connection, scheme_id: str, period: str) -> tuple[ManualChange, ...]:
    """Likewise within a transaction."""
    found = changes_in(connection, scheme_id=scheme_id, period=period, state="approved")
    return tuple(each.change for each in found)


def find_changes(
    store: Store, *, scheme_id: str | None = None, period: str | None = None, state: State | None = None
) -> tuple[Proposal, ...]:
    """Proposals by number; everything left out restricts nothing."""
    with store.reading() as connection:
        return changes_in(connection, scheme_id=scheme_id, period=period, state=state)


def changes_in(connection: Connection, **wanted: Any) -> tuple[Proposal, ...]:
    """Proposals by number whose columns have the wanted values; None restricts nothing."""
    where = true()
    for name, value in wanted.items():
        if value is not None:
            where = where & (_changes.c[name] == value)
    rows = connection.execute(select(_changes).where(where).order_by(_changes.c.id)).mappings()
    return tuple(map(_proposal, rows))


def add(
    connection: Connection,
    scheme_id: str,
    period: str,
    drafts: Sequence[Draft],
    at: datetime,
    *,
    appeal: int | None = None,
    rows: Sequence[RowChange] = (),
) -> tuple[Proposal, ...]:
    """Add proposals by whoever is at work as the last act of the caller's transaction; ``rows``: what the audit event
    says besides."""
    changes = [
        insert_row(
            connection,
            _changes,
            {
                "scheme_id": scheme_id,
                "period": period,
                "person": each.person,
                "kind": each.kind,
                "value": written(each.kind, each.value),
                "reason": each.reason,
                "evidence": canonical(list(each.evidence)),
                "proposed_by": actor_of(connection).name,
                "proposed_at": at,
                "state": "proposed",
                "appeal": appeal,
            },
        )
        for each in drafts
    ]
    numbers = [int(change.key["id"]) for change in changes]
    append(connection, at, "change.propose", f"{scheme_id} {period}", {"changes": numbers}, rows=[*rows, *changes])
    return tuple(each for each in changes_in(connection, scheme_id=scheme_id, period=period) if each.number in numbers)


def decide(
    connection: Connection,
    proposals: Sequence[Proposal],
    state: State,
    at: datetime,
    reason: str | None,
    said: Mapping[str, Any] = MappingProxyType({}),
) -> None:
    """Whoever is at work decides on proposals of one period, as the last act of the caller's transaction; ``said``:
    what the audit event says besides."""
    values = {"state": state, "decided_by": actor_of(connection).name, "decided_at": at, "decision": reason}
    rows = [update_row(connection, _changes, {"id": each.number}, values) for each in proposals]
    first = proposals[0]
    action = {"approved": "approve", "rejected": "reject", "withdrawn": "withdraw"}[state]
    subject, detail = f"{first.scheme_id} {first.period}", {"changes": [each.number for each in proposals], **said}
    append(connection, at, f"change.{action}", subject, detail, rows=rows)


def _proposal(row: Mapping[Any, Any]) -> Proposal:
    return Proposal(
        number=row["id"],
        scheme_id=row["scheme_id"],
        period=row["period"],
        person=row["person"],
        kind=row["kind"],
        value=_value(row["kind"], row["value"]),
        reason=row["reason"],
        evidence=tuple(json.loads(row["evidence"])),
        proposed_by=row["proposed_by"],
        proposed_at=row["proposed_at"],
        state=row["state"],
        decided_by=row["decided_by"],
        decided_at=row["decided_at"],
        decision=row["decision"],
        appeal=row["appeal"],
    )


def _value(kind: str, text: str) -> int | str:
    return text if kind == "tier" else to_micros(text) if kind == "points" else to_fen(text)
