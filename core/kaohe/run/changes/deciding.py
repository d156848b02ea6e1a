"""Proposing manual changes and deciding on them, each checked against the run that stands for the period."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, select

from kaohe.appraise.manual import ManualChange
from kaohe.errors import NOWHERE, KaoheError, Place, Problem, fail, refuse_if_any
from kaohe.records import Store
from kaohe.records.attachments import Attachment, attach, refuse_large
from kaohe.records.audit import actor_of, take_turn
from kaohe.records.evidence_tables import AppealRow
from kaohe.records.tables import table_of
from kaohe.run.changes import refusals
from kaohe.run.changes.effect import Moved, moved, with_changes
from kaohe.run.changes.model import Draft, Proposal, State
from kaohe.run.changes.store import add, changes_in, decide, newest_number, numbered
from kaohe.run.life import Life, state_of
from kaohe.run.life.store import life_in, official_in, official_run
from kaohe.run.model import Run
from kaohe.run.stored.repository import StoredRun, read_run
from kaohe.text import msg

_appeals = table_of(AppealRow)


@dataclass(frozen=True)
class Proposed:
    """What was proposed, and what it does beside all that was approved and proposed before."""

    proposals: tuple[Proposal, ...]
    moved: Moved


def run_to_change(store: Store, scheme_id: str, period: str) -> StoredRun:
    """The run that stands for the period, whole. Raises KaoheError where there is none."""
    number = official_run(store, scheme_id, period)
    if number is None:
        problem = refusals.not_now(state_of(store, scheme_id, period), appealed=False)
        raise fail(problem or refusals.overtaken(Life(scheme_id, period)))
    return read_run(store, number)


def propose(
    store: Store,
    stored: StoredRun,
    drafts: Sequence[Draft],
    at: datetime,
    *,
    files: Sequence[Attachment] = (),
    appeal: int | None = None,
) -> Proposed:
    """Propose changes of the run's results, all or none; ``files`` are evidence for each of them.

    They are checked together with what is approved and proposed already. Raises KaoheError where that goes further
    than the scheme allows; places are those of the drafts.
    """
    refuse_large(files)
    with store.writing() as connection:
        take_turn(connection)
        found = _weighed(connection, stored, drafts, appeal)
        rows = attach(connection, files, at)
        evidence = tuple(file.digest for file in files)
        kept = [replace(each, evidence=(*each.evidence, *evidence)) for each in drafts]
        scheme_id, period = stored.run.belongs_to
        return Proposed(add(connection, scheme_id, period, kept, at, appeal=appeal, rows=rows), found)


def rehearse(store: Store, stored: StoredRun, drafts: Sequence[Draft], *, appeal: int | None = None) -> Moved:
    """What proposing would do; nothing is kept."""
    with store.reading() as connection:
        return _weighed(connection, stored, drafts, appeal)


def _weighed(connection: Connection, stored: StoredRun, drafts: Sequence[Draft], appeal: int | None) -> Moved:
    """What the drafts do beside all that is approved and proposed already."""
    refuse_if_any(refusals.no_reason(each.person) for each in drafts if not each.reason.strip())
    _may_change(connection, stored, appeal, [each.person for each in drafts], ("open", "answered", "upheld"))
    scheme_id, period = stored.run.belongs_to
    others = changes_in(connection, scheme_id=scheme_id, period=period)
    there = [each.change for each in others if each.state in ("approved", "proposed")]
    # By the numbers that they will surely have where nobody else proposes anything.
    first = newest_number(connection) + 1
    new = [
        ManualChange(number, each.person, each.kind, each.value, each.reason)
        for number, each in enumerate(drafts, first)
    ]
    before = with_changes(stored.run, there)
    try:
        after = with_changes(stored.run, [*there, *new])
    except KaoheError as error:
        raise KaoheError(tuple(_at_home(error.problems, drafts)), error.exit_code) from None
    return moved(before, after, {each.person for each in drafts})


def approve(
    store: Store,
    numbers: Sequence[int],
    at: datetime,
    *,
    reason: str | None = None,
    own_work: bool = False,
    said: Mapping[str, Any] = MappingProxyType({}),
) -> tuple[Proposal, ...]:
    """Approve proposals of one period, all or none, checked together with those approved before. ``said``: what the
    audit event says besides."""
    stored = run_to_change(store, *_period_of(store, numbers))
    with store.writing() as connection:
        take_turn(connection)
        found = _find(connection, numbers)
        refuse_if_any(refusals.decided(found, ("proposed",)))
        for appeal in sorted({each.appeal or 0 for each in found}):
            about = [each.person for each in found if (each.appeal or 0) == appeal]
            _may_change(connection, stored, appeal or None, about, ("upheld",))
        names = _names(stored.run, found)
        refuse_if_any(refusals.own(found, actor_of(connection).name, names, own_work=own_work))
        first = found[0]
        there = changes_in(connection, scheme_id=first.scheme_id, period=first.period, state="approved")
        with_changes(stored.run, [each.change for each in (*there, *found)])
        decide(connection, found, "approved", at, reason, said)
        return _find(connection, numbers)


def reject(store: Store, numbers: Sequence[int], at: datetime, *, reason: str) -> tuple[Proposal, ...]:
    """Reject proposals of one period, all or none."""
    return _end(store, numbers, "rejected", at, reason)


def withdraw(
    store: Store, numbers: Sequence[int], at: datetime, *, reason: str | None, may_approve: bool
) -> tuple[Proposal, ...]:
    """Take back what was proposed by whoever is at work, or what is approved and not yet settled by an approval of the
    period, where whoever is at work ``may_approve``."""
    return _end(store, numbers, "withdrawn", at, reason, may_approve=may_approve)


def _end(
    store: Store, numbers: Sequence[int], state: State, at: datetime, reason: str | None, *, may_approve: bool = True
) -> tuple[Proposal, ...]:
    with store.writing() as connection:
        take_turn(connection)
        found = _find(connection, numbers)
        life = life_in(connection, found[0].scheme_id, found[0].period)
        if state == "rejected":
            refuse_if_any(refusals.decided(found, ("proposed",)))
        else:
            refuse_if_any(refusals.decided(found, ("proposed", "approved") if may_approve else ("proposed",)))
            refuse_if_any(refusals.not_proposer(found, actor_of(connection).name))
        approved = [each for each in found if each.state == "approved"]
        if approved and (late := _settled(life, approved)) is not None:
            raise fail(late)
        if not (reason or "").strip() and (approved or state == "rejected"):
            raise fail(refusals.no_reason(", ".join(str(each.number) for each in found)))
        decide(connection, found, state, at, reason)
        return _find(connection, numbers)


def _settled(life: Life, approved: Sequence[Proposal]) -> Problem | None:
    """Why approved changes cannot be taken back any more: the results that hold them are approved or paid."""
    if life.state == "approved" or (life.state in ("paid", "closed") and any(each.appeal is None for each in approved)):
        return refusals.not_now(life, appealed=False)
    return None


def _may_change(
    connection: Connection, stored: StoredRun, appeal: int | None, people: Collection[str], heard: Collection[str]
) -> None:
    """Raises KaoheError where the results of these people cannot be changed by hand now. ``heard``: in which states an
    appeal leads to a change after the payment too."""
    scheme_id, period = stored.run.belongs_to
    life = life_in(connection, scheme_id, period)
    appealed = appeal is not None and _appeal(connection, appeal, life, people) in heard
    refuse_if_any(filter(None, [refusals.not_now(life, appealed=appealed)]))
    if official_in(connection, scheme_id, period) != stored.number:
        raise fail(refusals.overtaken(life))


def _appeal(connection: Connection, number: int, life: Life, people: Collection[str]) -> str:
    """The state of the appeal of that number, which is about these people's results in the period."""
    row = connection.execute(select(_appeals).where(_appeals.c.id == number)).mappings().one_or_none()
    place = Place(key=str(number))
    if row is None:
        what, fix = msg("there is no appeal {number}", number=number), msg("see them: kaohe appeal list")
        raise fail(Problem("change.appeal", what, place, fix=fix))
    if (row["scheme_id"], row["period"]) != (life.scheme_id, life.period) or {row["person"]} != set(people):
        what = msg("the appeal is about somebody else, or another period")
        found = f"{row['scheme_id']} {row['period']} {row['person']}"
        raise fail(Problem("change.appeal", what, place, found=found))
    if row["state"] in ("rejected", "withdrawn"):
        raise fail(Problem("change.appeal", msg("the appeal was rejected or withdrawn"), place))
    return str(row["state"])


def _find(connection: Connection, numbers: Sequence[int]) -> tuple[Proposal, ...]:
    found = numbered(connection, numbers)
    refuse_if_any(refusals.unknown(numbers, found))
    return found


def proposals_of(store: Store, numbers: Sequence[int]) -> tuple[Proposal, ...]:
    """The proposals of these numbers, which are of one period. Raises KaoheError where they are not."""
    with store.reading() as connection:
        return _find(connection, numbers)


def _period_of(store: Store, numbers: Sequence[int]) -> tuple[str, str]:
    first = proposals_of(store, numbers)[0]
    return first.scheme_id, first.period


def _names(run: Run, proposals: Sequence[Proposal]) -> list[str]:
    rows = {code: row for row, code in enumerate(run.appraisal.people.code)}
    return [run.names[rows[each.person]] if each.person in rows else each.person for each in proposals]


def _at_home(problems: Sequence[Problem], drafts: Sequence[Draft]) -> list[Problem]:
    """Problems about a person, moved to where the change of that person was written."""
    places = {each.person: each.place for each in reversed(drafts) if each.place != NOWHERE}
    return [
        replace(each, where=replace(places[each.where.key], key=each.where.key)) if each.where.key in places else each
        for each in problems
    ]
