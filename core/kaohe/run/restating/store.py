"""Restatements in the database: prepared by one person, approved or rejected by others; no payment is touched."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, select

from kaohe.errors import fail, refuse_if_any
from kaohe.period import parse_period
from kaohe.records import Store
from kaohe.records.audit import actor_of, append, insert_row, insert_rows, take_turn, update_row
from kaohe.records.canonical import canonical
from kaohe.records.evidence_tables import PostingRow, RestatementRow
from kaohe.records.tables import table_of
from kaohe.run.changes.store import changes_in
from kaohe.run.inputs import Inputs
from kaohe.run.life.model import Rule
from kaohe.run.life.store import life_in, lives_in, official_in, open_after
from kaohe.run.model import Run
from kaohe.run.restating.differences import differences
from kaohe.run.restating.model import (
    Restatement,
    decided_already,
    not_to_approve,
    not_to_restate,
    nothing_new,
    overtaken,
    unknown,
)
from kaohe.run.stored.repository import StoredRun, add_run, read_run, ready_to_store

_restatements, _postings = table_of(RestatementRow), table_of(PostingRow)


def standing_run(store: Store, scheme_id: str, period: str) -> StoredRun:
    """The run that stands for a period that can be restated. Raises KaoheError where it cannot."""
    with store.reading() as connection:
        refuse_if_any(filter(None, [not_to_restate(life_in(connection, scheme_id, period))]))
        number = official_in(connection, scheme_id, period)
    if number is None:
        raise RuntimeError("a paid period has a run")
    return read_run(store, number)


def prepare(store: Store, standing: StoredRun, run: Run, inputs: Inputs, reason: str, at: datetime) -> Restatement:
    """Store the new run and that it is to take the place of the one that stands, to be approved by others.

    Raises KaoheError where nothing is different, and where another run stands by now.
    """
    scheme_id, period = standing.run.belongs_to
    ready = ready_to_store(store, run, inputs)
    with store.writing() as connection:
        take_turn(connection)
        life = life_in(connection, scheme_id, period)
        refuse_if_any(filter(None, [not_to_restate(life)]))
        number = add_run(connection, ready, replaces=standing.number)
        if number == standing.number:
            raise fail(nothing_new(life, number))
        values = {
            "scheme_id": scheme_id,
            "period": period,
            "from_run": standing.number,
            "to_run": number,
            "posted_to": posting_period(connection, scheme_id, period),
            "reason": reason,
            "prepared_by": actor_of(connection).name,
            "prepared_at": at,
            "state": "prepared",
        }
        change = insert_row(connection, _restatements, values)
        prepared = _read(connection, int(change.key["id"]))
        if (official := official_in(connection, scheme_id, period)) != standing.number:
            raise fail(overtaken(prepared, official))
        detail = {"restatement": prepared.number, "from_run": standing.number, "to_run": number}
        append(connection, at, "restate.prepare", f"{scheme_id} {period}", detail, rows=[change])
        return prepared


def behind(store: Store, number: int) -> tuple[str, ...]:
    """Who prepared the restatement or manual changes that are new in it, and who approved it so far."""
    asked = restatement_of(store, number)
    one, other = read_run(store, asked.from_run).inputs, read_run(store, asked.to_run).inputs
    added = {each.number for each in set(other.manual) - set(one.manual)}
    with store.reading() as connection:
        return (asked.prepared_by, *asked.decided_by, *_proposers(connection, asked, added))


def approve(
    store: Store,
    number: int,
    rule: Rule,
    at: datetime,
    reason: str | None = None,
    said: Mapping[str, Any] = MappingProxyType({}),
) -> Restatement:
    """Approve it as whoever is at work; with the last approval that the rule asks for, the new run stands for the
    period and the differences are posted. ``said``: what the audit event says besides. Raises KaoheError where it is
    refused."""
    asked = restatement_of(store, number)
    one, other = read_run(store, asked.from_run), read_run(store, asked.to_run)
    posted, added = differences(one.run, other.run), set(other.inputs.manual) - set(one.inputs.manual)
    with store.writing() as connection:
        take_turn(connection)
        before, actor = _undecided(connection, number), actor_of(connection).name
        official = official_in(connection, before.scheme_id, before.period)
        if official != before.from_run:
            raise fail(overtaken(before, official))
        proposers = _proposers(connection, before, {each.number for each in added})
        refuse_if_any(filter(None, [not_to_approve(before, actor, rule, proposers)]))
        approved_by = (*before.decided_by, actor)
        last = len(approved_by) >= rule.approvals
        target = posting_period(connection, before.scheme_id, before.period)
        values = {
            "state": "approved" if last else "prepared",
            "posted_to": target,
            "decided_by": canonical(list(approved_by)),
            "decided_at": at,
            "decision": " · ".join(filter(None, (before.decision, reason))) or None,
        }
        rows = [update_row(connection, _restatements, {"id": number}, values)]
        whose = {"scheme_id": before.scheme_id, "period": before.period, "posted_to": target}
        if last:
            postings = [{"person": person, "fen": fen} for person, fen in posted.items()]
            rows += insert_rows(connection, _postings, {"restatement": number, **whose}, postings)
        detail = {"restatement": number, "posted": sum(posted.values()) if last else None, **said}
        append(connection, at, "restate.approve", f"{before.scheme_id} {before.period}", detail, rows=rows)
        return _read(connection, number)


def reject(store: Store, number: int, reason: str, at: datetime) -> Restatement:
    """Reject it as whoever is at work: the run that stands goes on standing. KaoheError where it is decided already."""
    with store.writing() as connection:
        take_turn(connection)
        before = _undecided(connection, number)
        values = {
            "state": "rejected",
            "decided_by": canonical([actor_of(connection).name]),
            "decided_at": at,
            "decision": reason,
        }
        rows = [update_row(connection, _restatements, {"id": number}, values)]
        subject = f"{before.scheme_id} {before.period}"
        append(connection, at, "restate.reject", subject, {"restatement": number}, rows=rows)
        return _read(connection, number)


def restatement_of(store: Store, number: int) -> Restatement:
    """The restatement of that number. Raises KaoheError where there is none."""
    with store.reading() as connection:
        return _read(connection, number)


def restatements(store: Store, scheme_id: str | None = None, period: str | None = None) -> tuple[Restatement, ...]:
    """Restatements by number; everything left out restricts nothing."""
    wanted = {"scheme_id": scheme_id, "period": period}
    where = [_restatements.c[name] == value for name, value in wanted.items() if value is not None]
    with store.reading() as connection:
        rows = connection.execute(select(_restatements).where(*where).order_by(_restatements.c.id)).mappings()
        return tuple(map(_restatement, rows))


def posted_now(store: Store, scheme_id: str, period: str) -> str:
    """Where differences of the period would be posted now."""
    with store.reading() as connection:
        return posting_period(connection, scheme_id, period)


def posting_period(connection: Connection, scheme_id: str, period: str) -> str:
    """Where differences of the period are posted now: to the first period after every paid one that was opened, else
    to the one that follows the last paid one."""
    paid = [life.period for life in lives_in(connection, scheme_id) if life.state in ("paid", "closed")]
    cycle = parse_period(period).cycle
    newest = max(map(parse_period, {period, *paid}), key=lambda days: (days.end, days.cycle == cycle))
    following = open_after(connection, scheme_id, newest.name)
    return newest.following.name if following is None else following.period


def _proposers(connection: Connection, restatement: Restatement, added: Collection[int]) -> tuple[str, ...]:
    """Who proposed the manual changes of these numbers."""
    found = changes_in(connection, scheme_id=restatement.scheme_id, period=restatement.period)
    return tuple(dict.fromkeys(each.proposed_by for each in found if each.number in added))


def _undecided(connection: Connection, number: int) -> Restatement:
    found = _read(connection, number)
    if found.state != "prepared":
        raise fail(decided_already(found))
    return found


def _read(connection: Connection, number: int) -> Restatement:
    row = connection.execute(select(_restatements).where(_restatements.c.id == number)).mappings().one_or_none()
    if row is None:
        raise fail(unknown(number))
    return _restatement(row)


def _restatement(row: Mapping[Any, Any]) -> Restatement:
    names = () if row["decided_by"] is None else tuple(json.loads(row["decided_by"]))
    return Restatement(
        **{**{("number" if key == "id" else key): value for key, value in row.items()}, "decided_by": names}
    )
