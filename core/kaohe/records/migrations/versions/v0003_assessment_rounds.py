"""Assessment rounds, and who is to rate whom in them."""

import sqlalchemy as sa
from alembic import op

from kaohe.records.columns import COUNT, WORDS, Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "assessment_rounds",
        sa.Column("name", WORDS, nullable=False),
        sa.Column("period", WORDS, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("items", WORDS, nullable=False),
        sa.Column("lowest", COUNT, nullable=False),
        sa.Column("scale", COUNT, nullable=False),
        sa.Column("due", sa.Date()),
        sa.Column("unnamed", WORDS, nullable=False),
        sa.Column("seed", WORDS, nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("closed_at", Moment()),
        sa.PrimaryKeyConstraint("name", name="pk_assessment_rounds"),
    )
    op.create_table(
        "assessment_pairs",
        sa.Column("round", WORDS, nullable=False),
        sa.Column("subject", WORDS, nullable=False),
        sa.Column("relation", WORDS, nullable=False),
        sa.Column("rater", WORDS, nullable=False),
        sa.Column("outside", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("round", "subject", "relation", "rater", name="pk_assessment_pairs"),
        sa.ForeignKeyConstraint(["round"], ["assessment_rounds.name"], name="fk_assessment_pairs_round"),
        sa.ForeignKeyConstraint(["subject"], ["people.code"], name="fk_assessment_pairs_subject"),
    )
