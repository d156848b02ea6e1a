"""How alembic runs here: in the transaction that it is handed, with a version table of its own."""

from alembic import context

from kaohe.records.core_tables import CoreTable
from kaohe.records.schema import VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=CoreTable.metadata,
    version_table=VERSION_TABLE,
)
with context.begin_transaction():
    context.run_migrations()
