"""Payments, postings and balances in the database.

A posting says what a period, computed anew after it was paid, comes to differently; a payment is never written twice.
What somebody has outstanding is therefore always the sum of all postings less what payments have settled of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, insert, select

from kaohe.errors import Exit, Place, Problem, fail
from kaohe.period import parse_period
from kaohe.records import Store
from kaohe.records.audit import seal
from kaohe.records.evidence_tables import PaymentRow, PostingRow, RestatementRow
from kaohe.records.tables import table_of
from kaohe.run.model import Run
from kaohe.run.paying.model import Line, settle_everybody
from kaohe.text import msg

_payments, _postings, _restatements = (table_of(row) for row in (PaymentRow, PostingRow, RestatementRow))


@dataclass(frozen=True)
class Posting:
    """What the ``restatement`` of a ``period`` changed for one person, in fen, to be settled with the period
    ``posted_to``. ``from_run`` and ``to_run`` are the numbers of the two runs."""

    restatement: int
    person: str
    period: str
    posted_to: str
    fen: int
    from_run: int
    to_run: int
    reason: str


@dataclass(frozen=True)
class Balance:
    """What one person has outstanding, in fen (below 0: to be recovered): the ``postings`` less what the payments by
    period in ``settled`` have settled of them or dropped."""

    person: str
    fen: int
    postings: tuple[Posting, ...]
    settled: tuple[tuple[str, Line], ...]


def pay(connection: Connection, number: int, run: Run) -> dict[str, Any]:
    """Write the payments of the period by the run of that number, within the transaction of the step ``pay``; the seal
    that its audit event has to hold. A period is paid once: whoever calls has seen to that. Raises KaoheError where the
    database keeps something else than what it was given."""
    scheme_id, period = run.belongs_to
    whose = {"scheme_id": scheme_id, "period": period}
    rows = [
        {
            **whose,
            "person": line.person,
            "run": number,
            "earned": line.earned,
            "due": line.due,
            "settled": line.settled,
            "carried": line.carried,
            "paid": line.paid,
        }
        for line in lines_in(connection, run)
    ]
    if rows:
        connection.execute(insert(_payments), rows)
    kept = connection.execute(select(_payments).filter_by(**whose)).mappings()
    if sorted((dict(row) for row in kept), key=_person) != sorted(rows, key=_person):
        what, fix = msg("the database changes payments as they are written"), msg("see by what: kaohe audit verify")
        raise fail(Problem("payments.changed", what, Place(key=" ".join(whose.values())), fix=fix), Exit.ENVIRONMENT)
    return seal(connection, _payments, whose)


def _person(row: Mapping[str, Any]) -> str:
    return str(row["person"])


def pay_lines(store: Store, run: Run) -> tuple[Line, ...]:
    """The lines that would be written if the period were paid now by this run."""
    with store.reading() as connection:
        return lines_in(connection, run)


def lines_in(connection: Connection, run: Run) -> tuple[Line, ...]:
    """Likewise within a transaction."""
    appraisal = run.appraisal
    bonuses = zip(appraisal.people.code, appraisal.bonus.tolist(), strict=True)
    earned = {} if run.scheme.bonus is None else dict(bonuses)
    due = due_in(connection, *run.belongs_to)
    return settle_everybody(earned, due, run.scheme.recovery, _left(run, due))


def _left(run: Run, due: Mapping[str, int]) -> set[str]:
    """Those among them who have no assignment in the period; whom another scheme covers has not left."""
    elsewhere = {each.code for each in run.left_out if each.kind != "assignment"}
    return set(due) - set(run.appraisal.people.code) - elsewhere


def due_in(connection: Connection, scheme_id: str, period: str) -> dict[str, int]:
    """What is to be settled with the payment of the period, by person: everything posted to it or before, less what was
    settled. A period that is paid after one that ends later settles nothing: what is outstanding waits for the next."""
    days = parse_period(period)
    paid = connection.scalars(select(_payments.c.period).where(_payments.c.scheme_id == scheme_id).distinct())
    if any(parse_period(name).end > days.end for name in paid):
        return {}
    targets = connection.scalars(select(_postings.c.posted_to).where(_postings.c.scheme_id == scheme_id).distinct())
    reached = [name for name in targets if parse_period(name).start < days.end]
    due = _sums(connection, _postings, _postings.c.fen, scheme_id, _postings.c.posted_to.in_(reached))
    for person, fen in _sums(connection, _payments, _payments.c.due - _payments.c.carried, scheme_id).items():
        due[person] = due.get(person, 0) - fen
    return {person: fen for person, fen in due.items() if fen}


def _sums(connection: Connection, table: Any, what: Any, scheme_id: str, *where: Any) -> dict[str, int]:
    """The sum of an expression over the scheme's rows, by person."""
    asked = select(table.c.person, func.sum(what)).where(table.c.scheme_id == scheme_id, *where)
    return {person: int(total) for person, total in connection.execute(asked.group_by(table.c.person)).all()}


def payments_of(store: Store, scheme_id: str, period: str) -> tuple[Line, ...]:
    """What was paid for the period, by code; nothing where it was not paid."""
    asked = select(_payments).where(_payments.c.scheme_id == scheme_id, _payments.c.period == period)
    with store.reading() as connection:
        rows = connection.execute(asked.order_by(_payments.c.person)).mappings().all()
    return tuple(map(_line, rows))


def _line(row: Mapping[Any, Any]) -> Line:
    return Line(row["person"], row["earned"], row["due"], row["settled"], row["carried"])


def outstanding(store: Store, scheme_id: str) -> tuple[Balance, ...]:
    """Everybody who has something outstanding, by code, whether they still have a bonus or have left."""
    settled: dict[str, list[tuple[str, Line]]] = defaultdict(list)
    moved = (_payments.c.due != 0) | (_payments.c.carried != 0)
    with store.reading() as connection:
        postings = postings_in(connection, scheme_id)
        rows = connection.execute(select(_payments).where(_payments.c.scheme_id == scheme_id, moved)).mappings()
        for row in sorted(rows, key=lambda row: parse_period(row["period"])):
            settled[row["person"]].append((row["period"], _line(row)))
    mine: dict[str, list[Posting]] = defaultdict(list)
    for posting in postings:
        mine[posting.person].append(posting)
    balances = (_balance(person, mine[person], settled[person]) for person in sorted(mine))
    return tuple(balance for balance in balances if balance.fen)


def _balance(person: str, postings: list[Posting], settled: list[tuple[str, Line]]) -> Balance:
    fen = sum(each.fen for each in postings) - sum(line.due - line.carried for _period, line in settled)
    return Balance(person, fen, tuple(postings), tuple(settled))


def postings_of(store: Store, scheme_id: str, period: str, person: str) -> tuple[Posting, ...]:
    """The postings to one person that correct the period, or that are to be settled with it."""
    with store.reading() as connection:
        found = postings_in(connection, scheme_id, _postings.c.person == person)
    return tuple(each for each in found if period in (each.period, each.posted_to))


def postings_in(connection: Connection, scheme_id: str, *where: Any) -> tuple[Posting, ...]:
    """The scheme's postings, by restatement and code."""
    asked = (
        select(_postings, *(_restatements.c[name] for name in ("from_run", "to_run", "reason")))
        .join(_restatements, _restatements.c.id == _postings.c.restatement)
        .where(_postings.c.scheme_id == scheme_id, *where)
        .order_by(_postings.c.restatement, _postings.c.person)
    )
    return tuple(
        Posting(
            row["restatement"],
            row["person"],
            row["period"],
            row["posted_to"],
            row["fen"],
            row["from_run"],
            row["to_run"],
            row["reason"],
        )
        for row in connection.execute(asked).mappings()
    )
