"""On PostgreSQL a record no longer refers to its import: looking that up for each row took a third of an import. Only
imports write records and nothing takes an import away; what somebody writes past kaohe shows in the table's mark."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return  # there it costs little, and a table is not changed without being written anew
    quote = connection.dialect.identifier_preparer.quote
    names: sa.Select[tuple[str]] = sa.select(sa.column("name")).select_from(sa.table("record_type_versions"))
    for name in connection.scalars(names).all():
        table, constraint = quote(f"record_{name}"), quote(f"fk_record_{name}_batch")
        op.execute(sa.text(f"ALTER TABLE IF EXISTS {table} DROP CONSTRAINT IF EXISTS {constraint}"))
