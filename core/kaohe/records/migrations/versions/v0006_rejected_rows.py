"""Which rows of imports did not pass and whose they are, so that people can be told what is missing of theirs."""

import sqlalchemy as sa
from alembic import op

from kaohe.records.columns import COUNT, COUNTED_BY_DATABASE, WORDS

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rejected_rows",
        sa.Column("id", COUNTED_BY_DATABASE, autoincrement=True, nullable=False),
        sa.Column("batch", COUNT, nullable=False),
        sa.Column("record_type", WORDS, nullable=False),
        sa.Column("person", WORDS, nullable=False),
        sa.Column("key", WORDS),
        sa.Column("day", sa.Date()),
        sa.Column("place", WORDS, nullable=False),
        sa.Column("reasons", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rejected_rows"),
        sa.ForeignKeyConstraint(["batch"], ["import_batches.id"], name="fk_rejected_rows_batch_import_batches"),
    )
    op.create_index("ix_rejected_rows_batch", "rejected_rows", ["batch"])
    op.create_index("ix_rejected_rows_person", "rejected_rows", ["person"])
