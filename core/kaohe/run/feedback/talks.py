"""Interviews about a period, and who acknowledged which statement, in the database: only ever added to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from kaohe.records import Store
from kaohe.records.audit import actor_of, append, insert_row
from kaohe.records.evidence_tables import AcknowledgementRow, InterviewRow
from kaohe.records.tables import table_of

_talks, _seen = table_of(InterviewRow), table_of(AcknowledgementRow)


@dataclass(frozen=True)
class Talk:
    """An interview (绩效面谈): what was said, and the goals agreed."""

    person: str
    notes: str
    goals: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Acknowledgement:
    """That somebody acknowledged the statement with the digest ``statement``, made of ``run``."""

    person: str
    run: int
    statement: str
    by: str
    at: datetime
    comment: str | None


def keep_talk(store: Store, scheme_id: str, period: str, person: str, notes: str, goals: str, at: datetime) -> None:
    """Keep the notes of an interview; the newest of a person and period holds."""
    said = {"scheme_id": scheme_id, "period": period, "person": person, "notes": notes, "goals": goals}
    with store.writing() as connection:
        change = insert_row(connection, _talks, {**said, "by": actor_of(connection).name, "at": at})
        append(connection, at, "interview.note", f"{scheme_id} {period}", {"person": person}, rows=[change])


def talks_of(store: Store, scheme_id: str, period: str) -> dict[str, Talk]:
    """The interviews that hold, by code."""
    asked = select(_talks).where(_talks.c.scheme_id == scheme_id, _talks.c.period == period).order_by(_talks.c.id)
    with store.reading() as connection:
        rows = connection.execute(asked).mappings().all()
    return {row["person"]: Talk(row["person"], row["notes"], row["goals"], row["by"], row["at"]) for row in rows}


def acknowledge(
    store: Store,
    scheme_id: str,
    period: str,
    person: str,
    *,
    run: int,
    statement: str,
    at: datetime,
    comment: str | None = None,
    on_behalf: str | None = None,
) -> None:
    """Keep that a statement was acknowledged. ``on_behalf``: why by somebody else than the person."""
    with store.writing() as connection:
        row = {
            "scheme_id": scheme_id,
            "period": period,
            "person": person,
            "run": run,
            "statement": statement,
            "by": actor_of(connection).name,
            "at": at,
            "comment": comment,
        }
        detail = {"person": person, "run": run, "statement": statement}
        said = {} if on_behalf is None else {"on_behalf": on_behalf}
        change = insert_row(connection, _seen, row)
        append(connection, at, "statement.acknowledge", f"{scheme_id} {period}", {**detail, **said}, rows=[change])


def acknowledgements_of(store: Store, scheme_id: str, period: str) -> dict[str, Acknowledgement]:
    """The newest of everybody who acknowledged a statement of the period, by code."""
    asked = select(_seen).where(_seen.c.scheme_id == scheme_id, _seen.c.period == period).order_by(_seen.c.id)
    with store.reading() as connection:
        rows = connection.execute(asked).mappings().all()
    names = ("person", "run", "statement", "by", "at", "comment")
    return {row["person"]: Acknowledgement(**{name: row[name] for name in names}) for row in rows}
