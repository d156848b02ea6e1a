"""How alembic runs here: in the transaction that it is handed, with a version table of its own."""

from alembic import context

import kaohe.records.evidence_tables  # noqa: F401 - its tables belong to the metadata
from kaohe.records.row_fields import CoreTable
from kaohe.records.schema import VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=CoreTable.metadata,
    version_table=VERSION_TABLE,
)
with context.begin_transaction():
    context.run_migrations()
