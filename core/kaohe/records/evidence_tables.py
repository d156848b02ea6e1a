"""The tables of evidence: who did what when, the life of periods, manual changes, appeals, payments, interviews.

Rows of these tables are written through ``audit`` only, so that the audit log says of each what it must be.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Column, LargeBinary
from sqlmodel import Field

from kaohe.records.row_fields import CoreTable, count, counted, moment, words


class AuditRow(CoreTable, table=True):
    """One event of the audit log. ``detail`` is canonical JSON (None: erased), ``detail_digest`` its SHA-256;
    ``digest`` is over everything but the detail itself and over ``previous``, the digest of the event before."""

    __tablename__ = "audit_log"

    seq: int = count(key=True)
    at: datetime = moment()
    actor: str = words()
    login: str = words()
    action: str = words()
    subject: str = words()
    detail: str | None = words(optional=True)
    detail_digest: str = words()
    previous: str = words()
    digest: str = words()


class AuditHeadRow(CoreTable, table=True):
    """The newest event, so that the end of the log cannot be cut off unseen; one row, ``id`` 1."""

    __tablename__ = "audit_head"

    id: int = count(key=True)
    seq: int = count()
    digest: str = words()


class KeptTextRow(CoreTable, table=True):
    """A text that evidence rests on, by its SHA-256: inputs of runs, definitions, manifests."""

    __tablename__ = "kept_texts"

    digest: str = words(key=True)
    text: str = words()


class NotedTextRow(CoreTable, table=True):
    """A text that rules are read from (settings, a scheme, a calendar) in the version last acted by: its SHA-256."""

    __tablename__ = "noted_texts"

    name: str = words(key=True)
    digest: str = words()


class AttachmentRow(CoreTable, table=True):
    """A file that somebody handed in as evidence, by the SHA-256 of its bytes; ``content`` None: erased."""

    __tablename__ = "attachments"

    digest: str = words(key=True)
    name: str = words()
    size: int = count()
    content: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    added_at: datetime = moment()


class PeriodStepRow(CoreTable, table=True):
    """One step in the life of a scheme's period; only ever added to, and the newest one's ``state`` holds."""

    __tablename__ = "period_steps"

    id: int | None = counted()
    scheme_id: str = words()
    period: str = words()
    step: str = words()
    state: str = words()
    inputs: str | None = words(optional=True)
    run: int | None = count(optional=True, refers_to="runs.id")
    actor: str = words()
    at: datetime = moment()
    reason: str | None = words(optional=True)


class ManualChangeRow(CoreTable, table=True):
    """A change that somebody asks for beside what was computed. ``value`` is written as a person writes it: points with
    their sign, a tier's id, an amount; ``evidence`` is a JSON list of attachments' digests."""

    __tablename__ = "manual_changes"

    id: int | None = counted()
    scheme_id: str = words()
    period: str = words()
    person: str = words()
    kind: str = words()
    value: str = words()
    reason: str = words()
    evidence: str = words()
    proposed_by: str = words()
    proposed_at: datetime = moment()
    state: str = words()
    decided_by: str | None = words(optional=True)
    decided_at: datetime | None = moment(optional=True)
    decision: str | None = words(optional=True)
    appeal: int | None = count(optional=True)


class AppealRow(CoreTable, table=True):
    """A person's question about a figure of a run. ``figure``: total, rank, tier, bonus or an indicator's key;
    ``attachments`` a JSON list of digests; ``result`` a JSON object: what came of it."""

    __tablename__ = "appeals"

    id: int | None = counted()
    scheme_id: str = words()
    period: str = words()
    run: int = count(refers_to="runs.id")
    person: str = words()
    figure: str = words()
    text: str = words()
    attachments: str = words()
    opened_by: str = words()
    opened_at: datetime = moment()
    answer_due: date
    decision_due: date
    state: str = words()
    answer: str | None = words(optional=True)
    answered_by: str | None = words(optional=True)
    answered_at: datetime | None = moment(optional=True)
    decision: str | None = words(optional=True)
    decided_by: str | None = words(optional=True)
    decided_at: datetime | None = moment(optional=True)
    result: str | None = words(optional=True)


class RestatementRow(CoreTable, table=True):
    """A closed period computed anew from later facts: ``to_run`` in the place of ``from_run``, the differences to be
    posted to the period ``posted_to``."""

    __tablename__ = "restatements"

    id: int | None = counted()
    scheme_id: str = words()
    period: str = words()
    from_run: int = count(refers_to="runs.id")
    to_run: int = count(refers_to="runs.id")
    posted_to: str = words()
    reason: str = words()
    prepared_by: str = words()
    prepared_at: datetime = moment()
    state: str = words()
    decided_by: str | None = words(optional=True)
    decided_at: datetime | None = moment(optional=True)
    decision: str | None = words(optional=True)


class PostingRow(CoreTable, table=True):
    """What a restatement changes for one person, in fen: above 0 is paid out later, below 0 recovered."""

    __tablename__ = "postings"

    restatement: int = count(key=True, refers_to="restatements.id")
    person: str = words(key=True)
    scheme_id: str = words()
    period: str = words()
    posted_to: str = words()
    fen: int = count()


class PaymentRow(CoreTable, table=True):
    """What one person is paid for a period, in fen: ``earned`` is the run's bonus, ``due`` what was outstanding from
    postings and earlier recoveries, ``settled`` the part of it settled now, ``carried`` the rest; ``paid`` is
    ``earned + settled``."""

    __tablename__ = "payments"

    scheme_id: str = words(key=True)
    period: str = words(key=True)
    person: str = words(key=True)
    run: int = count(refers_to="runs.id")
    earned: int = count()
    due: int = count()
    settled: int = count()
    carried: int = count()
    paid: int = count()


class InterviewRow(CoreTable, table=True):
    """Notes of a person's interview about a period, and the goals agreed; the newest row holds."""

    __tablename__ = "interviews"

    id: int | None = counted()
    scheme_id: str = words()
    period: str = words()
    person: str = words()
    notes: str = words()
    goals: str = words()
    by: str = words()
    at: datetime = moment()


class AcknowledgementRow(CoreTable, table=True):
    """That a person has seen the statement whose digest is ``statement``; ``comment`` is the person's own."""

    __tablename__ = "acknowledgements"

    id: int | None = counted()
    scheme_id: str = words()
    period: str = words()
    person: str = words()
    run: int = count(refers_to="runs.id")
    statement: str = words()
    by: str = words()
    at: datetime = moment()
    comment: str | None = words(optional=True)


class ImprovementItemRow(CoreTable, table=True):
    """What somebody is to do better by a day: who answers for it, and what became of it."""

    __tablename__ = "improvement_items"

    id: int | None = counted()
    scheme_id: str = words()
    period: str = words()
    person: str = words()
    text: str = words()
    owner: str = words()
    due: date
    state: str = words()
    created_by: str = words()
    created_at: datetime = moment()
    outcome: str | None = words(optional=True)
    changed_by: str | None = words(optional=True)
    changed_at: datetime | None = moment(optional=True)
