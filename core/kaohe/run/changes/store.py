"""Proposals in the database: read, added, decided on, each with the audit event that says so."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, func, select, true

from kaohe.appraise.manual import ManualChange
from kaohe.exact import to_fen, to_micros
from kaohe.records import Store
from kaohe.records.audit import RowChange, actor_of, append, insert_row, update_row
from kaohe.records.canonical import canonical
from kaohe.records.evidence_tables import ManualChangeRow
from kaohe.records.tables import table_of
from kaohe.run.changes.model import Draft, Proposal, State, written

_changes = table_of(ManualChangeRow)
_LARGEST = 2**63 - 1  # what a database can count to


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


def numbered(connection: Connection, numbers: Collection[int]) -> tuple[Proposal, ...]:
    """The proposals of these numbers that there are, by number."""
    wanted = {each for each in numbers if 0 < each <= _LARGEST}
    if not wanted:
        return ()
    # A range, and not a list: a sheet may hold more numbers than a statement takes.
    between = _changes.c.id.between(min(wanted), max(wanted))
    rows = connection.execute(select(_changes).where(between).order_by(_changes.c.id)).mappings()
    return tuple(_proposal(row) for row in rows if row["id"] in wanted)


def newest_number(connection: Connection) -> int:
    """The number of the newest proposal of any period; 0 where there is none."""
    return connection.scalar(select(func.max(_changes.c.id))) or 0


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
    return numbered(connection, numbers)


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
