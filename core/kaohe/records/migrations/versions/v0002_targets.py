"""Dated targets of people, teams and the company."""

import sqlalchemy as sa
from alembic import op

from kaohe.records.changes import watch
from kaohe.records.columns import COUNT, WORDS

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "targets",
        sa.Column("scope", WORDS, nullable=False),
        sa.Column("who", WORDS, nullable=False),
        sa.Column("indicator", WORDS, nullable=False),
        sa.Column("period", WORDS, nullable=False),
        sa.Column("value", COUNT, nullable=False),
        sa.Column("_batch", COUNT, nullable=False),
        sa.PrimaryKeyConstraint("scope", "who", "indicator", "period", name="pk_targets"),
        sa.ForeignKeyConstraint(["_batch"], ["import_batches.id"], name="fk_targets__batch"),
    )
    watch(op.get_bind(), "targets")
