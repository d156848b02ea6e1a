"""The versions last noted of texts that rules are read from, and an audit log that has its end from the beginning."""

import sqlalchemy as sa
from alembic import op

from kaohe.records.columns import WORDS

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "noted_texts",
        sa.Column("name", WORDS, nullable=False),
        sa.Column("digest", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_noted_texts"),
    )
    head = sa.table("audit_head", sa.column("id"), sa.column("seq"), sa.column("digest"))
    connection = op.get_bind()
    if connection.scalar(sa.select(sa.func.count()).select_from(head)) == 0:
        connection.execute(head.insert().values(id=1, seq=0, digest="0" * 64))
