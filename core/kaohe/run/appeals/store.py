"""Appeals in the database: each step in a transaction of its own, with its audit event."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, select, true

from kaohe.errors import Exit, Problem, fail, refuse_if_any
from kaohe.records import Store
from kaohe.records.attachments import Attachment, attach, refuse_large
from kaohe.records.audit import RowChange, actor_of, append, insert_row, take_turn, update_row
from kaohe.records.batches import PEOPLE, TARGETS
from kaohe.records.canonical import canonical
from kaohe.records.core_tables import BatchRow, RunRow
from kaohe.records.evidence_tables import ManualChangeRow, RestatementRow
from kaohe.records.tables import table_of
from kaohe.run.appeals.model import Appeal, Outcome, State, Terms, Window
from kaohe.run.appeals.reading import APPEALS, appeals_in, one_appeal
from kaohe.run.appeals.refusals import (
    Import,
    asked_already,
    leads_nowhere,
    out_of_order,
    outside,
    own_appeal,
    own_work,
    unfit_batches,
    unfit_changes,
)
from kaohe.run.inputs import inputs_in
from kaohe.run.life.model import OWN_WORK
from kaohe.run.life.store import life_in, official_in

_changes, _batches = table_of(ManualChangeRow), table_of(BatchRow)
_restatements, _runs = table_of(RestatementRow), table_of(RunRow)


@dataclass(frozen=True)
class Opening:
    """An appeal to be opened: against which figure of whose results in which run, and why. ``on_behalf``: why somebody
    else than the person opens it."""

    scheme_id: str
    period: str
    run: int
    person: str
    figure: str
    text: str
    files: tuple[Attachment, ...] = ()
    on_behalf: str | None = None


def window_of(store: Store, scheme_id: str, period: str, terms: Terms) -> Window:
    """When appeals against the results of the period may be opened."""
    with store.reading() as connection:
        return _window(connection, scheme_id, period, terms)


def open_appeal(store: Store, opening: Opening, terms: Terms, at: datetime) -> Appeal:
    """Open an appeal. Raises KaoheError outside of the window, for a figure that there is an appeal about already, and
    for files that are too large."""
    refuse_large(opening.files)
    with store.writing() as connection:
        take_turn(connection)
        refused = outside(opening.run, _window(connection, opening.scheme_id, opening.period, terms), terms, at)
        refuse_if_any([] if refused is None else [refused])
        mine = (APPEALS.c.run == opening.run) & (APPEALS.c.person == opening.person)
        for earlier in appeals_in(connection, mine & (APPEALS.c.figure == opening.figure)):
            if earlier.state != "withdrawn":
                raise fail(asked_already(earlier))
        changes = attach(connection, opening.files, at)
        row = {
            "scheme_id": opening.scheme_id,
            "period": opening.period,
            "run": opening.run,
            "person": opening.person,
            "figure": opening.figure,
            "text": opening.text,
            "attachments": canonical([each.digest for each in opening.files]),
            "opened_by": actor_of(connection).name,
            "opened_at": at,
            "answer_due": terms.last_day(at, terms.rules.answer_days),
            "decision_due": terms.last_day(at, terms.rules.decide_days),
            "state": "open",
        }
        changes.append(insert_row(connection, APPEALS, row))
        number = int(changes[-1].key["id"])
        detail = {"appeal": number, "run": opening.run, "person": opening.person, "figure": opening.figure}
        said = {} if opening.on_behalf is None else {"on_behalf": opening.on_behalf}
        append(connection, at, "appeal.open", f"{opening.scheme_id} {opening.period}", {**detail, **said}, rows=changes)
        return one_appeal(connection, number)


def answer_appeal(store: Store, number: int, text: str, names: Collection[str], at: datetime) -> Appeal:
    """Answer an open appeal. ``names``: what the person goes by, who does not answer themself."""
    with store.writing() as connection:
        take_turn(connection)
        appeal, actor = one_appeal(connection, number), actor_of(connection).name
        _refuse(out_of_order(appeal, "answer"), own_appeal(appeal, names, actor))
        return _move(
            connection, appeal, "answered", "appeal.answer", at, answer=text, answered_by=actor, answered_at=at
        )


def uphold_appeal(
    store: Store,
    number: int,
    reason: str,
    outcome: Outcome,
    names: Collection[str],
    at: datetime,
    *,
    may_own_work: bool = False,
    said: Mapping[str, Any] = MappingProxyType({}),
) -> Appeal:
    """Decide for the person: corrected records or manual changes lead to a new run, which is still to be computed.
    ``said``: what the audit event says besides."""
    with store.writing() as connection:
        take_turn(connection)
        appeal = _to_decide(connection, number, "uphold", names, may_own_work=may_own_work)
        if not outcome.changes and not outcome.batches:
            raise fail(leads_nowhere(appeal), Exit.USAGE)
        _refuse(
            *unfit_changes(appeal, _changes_found(connection, outcome.changes), outcome.changes),
            *unfit_batches(
                appeal,
                _batches_found(connection, outcome.batches),
                outcome.batches,
                _counted(connection, appeal.run) if outcome.batches else (),
            ),
        )
        result = canonical({"batches": list(outcome.batches), "changes": list(outcome.changes)})
        return _decide(connection, appeal, "upheld", "appeal.uphold", at, reason, said, result=result)


def reject_appeal(
    store: Store,
    number: int,
    reason: str,
    names: Collection[str],
    at: datetime,
    *,
    may_own_work: bool = False,
    said: Mapping[str, Any] = MappingProxyType({}),
) -> Appeal:
    """Decide against the person: the results stay as they are. ``said``: what the audit event says besides."""
    with store.writing() as connection:
        take_turn(connection)
        appeal = _to_decide(connection, number, "reject", names, may_own_work=may_own_work)
        return _decide(connection, appeal, "rejected", "appeal.reject", at, reason, said)


def withdraw_appeal(store: Store, number: int, reason: str, at: datetime, *, on_behalf: str | None = None) -> Appeal:
    """The person takes the appeal back before it is decided."""
    said = {} if on_behalf is None else {"on_behalf": on_behalf}
    with store.writing() as connection:
        take_turn(connection)
        appeal = one_appeal(connection, number)
        _refuse(out_of_order(appeal, "withdraw"))
        return _decide(connection, appeal, "withdrawn", "appeal.withdraw", at, reason, said)


def find_appeal(store: Store, number: int) -> Appeal:
    """The appeal of that number. Raises KaoheError where there is none."""
    with store.reading() as connection:
        return one_appeal(connection, number)


def list_appeals(
    store: Store, *, scheme_id: str | None = None, period: str | None = None, person: str | None = None
) -> list[Appeal]:
    """Appeals by number, of the scheme, period and person asked for."""
    asked = {"scheme_id": scheme_id, "period": period, "person": person}
    where: Any = true()
    for name, value in asked.items():
        where = where if value is None else where & (APPEALS.c[name] == value)
    with store.reading() as connection:
        return appeals_in(connection, where)


def upheld_by(store: Store, batch: int) -> list[int]:
    """The numbers of the appeals that were upheld by this import."""
    with store.reading() as connection:
        upheld = appeals_in(connection, (APPEALS.c.state == "upheld") & APPEALS.c.result.is_not(None))
    return [each.number for each in upheld if each.outcome is not None and batch in each.outcome.batches]


def _window(connection: Connection, scheme_id: str, period: str, terms: Terms) -> Window:
    life, official = life_in(connection, scheme_id, period), official_in(connection, scheme_id, period)
    restated = connection.execute(
        select(_restatements.c.decided_at)
        .where(_restatements.c.scheme_id == scheme_id, _restatements.c.period == period)
        .where(_restatements.c.state == "approved", _restatements.c.to_run == official)
        .order_by(_restatements.c.id.desc())
        .limit(1)
    ).scalar()
    begins = restated if restated is not None else None if life.submitted is None else life.submitted.at
    last = None if begins is None else terms.last_day(begins, terms.rules.days)
    return Window(official, begins, last)


def _to_decide(connection: Connection, number: int, step: str, names: Collection[str], *, may_own_work: bool) -> Appeal:
    appeal, actor = one_appeal(connection, number), actor_of(connection).name
    prepared = () if may_own_work else _preparers(connection, appeal)
    _refuse(out_of_order(appeal, step), own_appeal(appeal, names, actor), own_work(appeal, prepared, actor))
    return appeal


def behind(store: Store, appeal: Appeal) -> tuple[str, ...]:
    """Who opened the appeal, and who took part in what it is about."""
    with store.reading() as connection:
        return (appeal.opened_by, *_preparers(connection, appeal))


def _preparers(connection: Connection, appeal: Appeal) -> tuple[str, ...]:
    """Whoever took part in the results of the period, or in the run that the appeal is about."""
    life = life_in(connection, appeal.scheme_id, appeal.period)
    steps = [each.actor for each in life.steps if each.step in OWN_WORK]
    run = connection.execute(select(_runs.c.actor).where(_runs.c.id == appeal.run)).scalars().all()
    restated = select(_restatements.c.prepared_by).where(_restatements.c.to_run == appeal.run)
    return tuple(dict.fromkeys([*steps, *run, *connection.execute(restated).scalars()]))


def _decide(
    connection: Connection,
    appeal: Appeal,
    state: State,
    action: str,
    at: datetime,
    reason: str,
    said: Mapping[str, Any] | None = None,
    **more: Any,
) -> Appeal:
    decided = {"decision": reason, "decided_by": actor_of(connection).name, "decided_at": at}
    return _move(connection, appeal, state, action, at, said, **decided, **more)


def _move(
    connection: Connection,
    appeal: Appeal,
    state: State,
    action: str,
    at: datetime,
    said: Mapping[str, Any] | None = None,
    **values: Any,
) -> Appeal:
    change: RowChange = update_row(connection, APPEALS, {"id": appeal.number}, {"state": state, **values})
    detail = {"appeal": appeal.number, "person": appeal.person, "figure": appeal.figure, **(said or {})}
    append(connection, at, action, f"{appeal.scheme_id} {appeal.period}", detail, rows=[change])
    return one_appeal(connection, appeal.number)


def _refuse(*problems: Problem | None) -> None:
    refuse_if_any(each for each in problems if each is not None)


def _changes_found(connection: Connection, numbers: Sequence[int]) -> dict[int, tuple[str, str, str, str]]:
    columns = (_changes.c.scheme_id, _changes.c.period, _changes.c.person, _changes.c.state)
    rows = connection.execute(select(_changes.c.id, *columns).where(_changes.c.id.in_(numbers))).all()
    return {number: (scheme, period, person, state) for number, scheme, period, person, state in rows}


def _batches_found(connection: Connection, numbers: Sequence[int]) -> dict[int, Import]:
    rows = connection.execute(select(_batches).where(_batches.c.id.in_(numbers))).mappings()
    return {
        row["id"]: Import(
            row["record_type"], row["handed_in"], row["undone_at"] is not None, row["added"] + row["replaced"]
        )
        for row in rows
    }


def _counted(connection: Connection, number: int) -> set[str]:
    """The record types on which the run rests, and what every run rests on."""
    kept = connection.scalar(select(_runs.c.inputs).where(_runs.c.id == number))
    return {PEOPLE, TARGETS, *json.loads(inputs_in(connection, kept or "").manifest)["sources"]}
