"""The chained audit log, and the tables of evidence: lives of periods, manual changes, appeals, payments, and so on."""

import hashlib
import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from kaohe.records.columns import COUNT, COUNTED_BY_DATABASE, WORDS, Moment, moment_text

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("runs", sa.Column("inputs", WORDS))
    op.add_column("runs", sa.Column("actor", WORDS, nullable=False, server_default=""))
    _audit()
    _table("kept_texts", ("digest",), {"digest": WORDS, "text": WORDS})
    _table(
        "attachments",
        ("digest",),
        {"digest": WORDS, "name": WORDS, "size": COUNT, "content": sa.LargeBinary(), "added_at": Moment()},
        optional=("content",),
    )
    _life()
    _differences()
    _feedback()


def _life() -> None:
    whose = {"scheme_id": WORDS, "period": WORDS}
    _table(
        "period_steps",
        None,
        {**whose, "step": WORDS, "state": WORDS, "inputs": WORDS, "run": COUNT, "actor": WORDS, "at": Moment(),
         "reason": WORDS},
        optional=("inputs", "run", "reason"),
        runs=("run",),
    )  # fmt: skip
    _table(
        "manual_changes",
        None,
        {**whose, "person": WORDS, "kind": WORDS, "value": WORDS, "reason": WORDS, "evidence": WORDS,
         "proposed_by": WORDS, "proposed_at": Moment(), "state": WORDS, "decided_by": WORDS, "decided_at": Moment(),
         "decision": WORDS, "appeal": COUNT},
        optional=("decided_by", "decided_at", "decision", "appeal"),
    )  # fmt: skip
    _table(
        "appeals",
        None,
        {**whose, "run": COUNT, "person": WORDS, "figure": WORDS, "text": WORDS, "attachments": WORDS,
         "opened_by": WORDS, "opened_at": Moment(), "answer_due": sa.Date(), "decision_due": sa.Date(), "state": WORDS,
         "answer": WORDS, "answered_by": WORDS, "answered_at": Moment(), "decision": WORDS, "decided_by": WORDS,
         "decided_at": Moment(), "result": WORDS},
        optional=("answer", "answered_by", "answered_at", "decision", "decided_by", "decided_at", "result"),
        runs=("run",),
    )  # fmt: skip


def _differences() -> None:
    whose = {"scheme_id": WORDS, "period": WORDS}
    _table(
        "restatements",
        None,
        {**whose, "from_run": COUNT, "to_run": COUNT, "posted_to": WORDS, "reason": WORDS, "prepared_by": WORDS,
         "prepared_at": Moment(), "state": WORDS, "decided_by": WORDS, "decided_at": Moment(), "decision": WORDS},
        optional=("decided_by", "decided_at", "decision"),
        runs=("from_run", "to_run"),
    )  # fmt: skip
    _table(
        "postings",
        ("restatement", "person"),
        {"restatement": COUNT, "person": WORDS, **whose, "posted_to": WORDS, "fen": COUNT},
        others=(("restatement", "restatements.id"),),
    )
    _table(
        "payments",
        ("scheme_id", "period", "person"),
        {
            **whose,
            "person": WORDS,
            "run": COUNT,
            **dict.fromkeys(("earned", "due", "settled", "carried", "paid"), COUNT),
        },
        runs=("run",),
    )


def _feedback() -> None:
    whose = {"scheme_id": WORDS, "period": WORDS, "person": WORDS}
    _table("interviews", None, {**whose, "notes": WORDS, "goals": WORDS, "by": WORDS, "at": Moment()})
    _table(
        "acknowledgements",
        None,
        {**whose, "run": COUNT, "statement": WORDS, "by": WORDS, "at": Moment(), "comment": WORDS},
        optional=("comment",),
        runs=("run",),
    )
    _table(
        "improvement_items",
        None,
        {**whose, "text": WORDS, "owner": WORDS, "due": sa.Date(), "state": WORDS, "created_by": WORDS,
         "created_at": Moment(), "outcome": WORDS, "changed_by": WORDS, "changed_at": Moment()},
        optional=("outcome", "changed_by", "changed_at"),
    )  # fmt: skip


def _table(
    name: str,
    key: tuple[str, ...] | None,
    columns: dict[str, Any],
    *,
    optional: tuple[str, ...] = (),
    runs: tuple[str, ...] = (),
    others: tuple[tuple[str, str], ...] = (),
) -> None:
    """A table; ``key`` None: numbered by the database. ``runs``: the columns that refer to runs."""
    numbered = [] if key else [sa.Column("id", COUNTED_BY_DATABASE, autoincrement=True, nullable=False)]
    referring = [*((column, "runs.id") for column in runs), *others]
    op.create_table(
        name,
        *numbered,
        *(sa.Column(column, kind, nullable=column in optional) for column, kind in columns.items()),
        sa.PrimaryKeyConstraint(*(key or ("id",)), name=f"pk_{name}"),
        *(sa.ForeignKeyConstraint([column], [to], name=f"fk_{name}_{column}") for column, to in referring),
    )


def _audit() -> None:
    """The log with its chain; what was noted before is its beginning, by nobody known."""
    log = op.create_table(
        "audit_log",
        sa.Column("seq", COUNT, autoincrement=False, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        *(sa.Column(name, WORDS, nullable=False) for name in ("actor", "login", "action", "subject")),
        sa.Column("detail", WORDS),
        *(sa.Column(name, WORDS, nullable=False) for name in ("detail_digest", "previous", "digest")),
        sa.PrimaryKeyConstraint("seq", name="pk_audit_log"),
    )
    head = op.create_table(
        "audit_head",
        sa.Column("id", COUNT, autoincrement=False, nullable=False),
        sa.Column("seq", COUNT, nullable=False),
        sa.Column("digest", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_head"),
    )
    connection = op.get_bind()
    old = sa.table("audit_events", sa.column("id"), sa.column("at", Moment()), sa.column("action"),
                   sa.column("subject"), sa.column("detail"))  # fmt: skip
    previous, number = "0" * 64, 0
    for number, row in enumerate(connection.execute(sa.select(old).order_by(old.c.id)).all(), start=1):
        digest = hashlib.sha256(row.detail.encode()).hexdigest()
        said = [moment_text(row.at), number, "", "", row.action, row.subject, digest, previous]
        own = hashlib.sha256(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
        event = {"seq": number, "at": row.at, "actor": "", "login": "", "action": row.action, "subject": row.subject}
        connection.execute(
            log.insert().values(**event, detail=row.detail, detail_digest=digest, previous=previous, digest=own)
        )
        previous = own
    if number:
        connection.execute(head.insert().values(id=1, seq=number, digest=previous))
    op.drop_table("audit_events")
