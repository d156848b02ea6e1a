"""The core's first tables: people, teams, assignments, imports, schemes, runs, audit, marks of changes."""

import sqlalchemy as sa
from alembic import op

from kaohe.records.changes import prepare_watching, watch
from kaohe.records.columns import COUNT, COUNTED_BY_DATABASE, WORDS, Moment

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _imports()
    _people()
    _runs()
    _states()
    _changes()


def _imports() -> None:
    op.create_table(
        "import_batches",
        sa.Column("id", COUNTED_BY_DATABASE, autoincrement=True, nullable=False),
        sa.Column("record_type", WORDS, nullable=False),
        sa.Column("file_name", WORDS, nullable=False),
        sa.Column("file_sha256", WORDS, nullable=False),
        sa.Column("mapping_digest", WORDS),
        sa.Column("handed_in", Moment(), nullable=False),
        sa.Column("read", COUNT, nullable=False),
        sa.Column("added", COUNT, nullable=False),
        sa.Column("replaced", COUNT, nullable=False),
        sa.Column("unchanged", COUNT, nullable=False),
        sa.Column("quarantined", COUNT, nullable=False),
        sa.Column("undone_at", Moment()),
        sa.PrimaryKeyConstraint("id", name="pk_import_batches"),
    )
    op.create_table(
        "replaced_rows",
        sa.Column("id", COUNTED_BY_DATABASE, autoincrement=True, nullable=False),
        sa.Column("batch", COUNT, nullable=False),
        sa.Column("table_name", WORDS, nullable=False),
        sa.Column("key", WORDS, nullable=False),
        sa.Column("former", WORDS, nullable=False),
        sa.Column("former_batch", COUNT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_replaced_rows"),
        sa.ForeignKeyConstraint(["batch"], ["import_batches.id"], name="fk_replaced_rows_batch"),
        sa.ForeignKeyConstraint(["former_batch"], ["import_batches.id"], name="fk_replaced_rows_former_batch"),
    )
    op.create_index("ix_replaced_rows_batch", "replaced_rows", ["batch"])
    op.create_index("ix_replaced_rows_former_batch", "replaced_rows", ["former_batch"])


def _people() -> None:
    op.create_table(
        "people",
        sa.Column("code", WORDS, nullable=False),
        sa.Column("name", WORDS, nullable=False),
        sa.Column("_batch", COUNT, nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_people"),
        sa.ForeignKeyConstraint(["_batch"], ["import_batches.id"], name="fk_people__batch"),
    )
    op.create_table(
        "teams",
        sa.Column("code", WORDS, nullable=False),
        sa.Column("name", WORDS, nullable=False),
        sa.Column("_batch", COUNT, nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_teams"),
        sa.ForeignKeyConstraint(["_batch"], ["import_batches.id"], name="fk_teams__batch"),
    )
    op.create_table(
        "assignments",
        sa.Column("id", COUNTED_BY_DATABASE, autoincrement=True, nullable=False),
        sa.Column("person", WORDS, nullable=False),
        sa.Column("team", WORDS),
        sa.Column("role", WORDS),
        sa.Column("manager", WORDS),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date()),
        sa.Column("fraction", COUNT, nullable=False),
        sa.Column("bonus_base", COUNT),
        sa.Column("attributes", WORDS, nullable=False),
        sa.Column("_batch", COUNT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_assignments"),
        sa.ForeignKeyConstraint(["person"], ["people.code"], name="fk_assignments_person"),
        sa.ForeignKeyConstraint(["team"], ["teams.code"], name="fk_assignments_team"),
        sa.ForeignKeyConstraint(["manager"], ["people.code"], name="fk_assignments_manager"),
        sa.ForeignKeyConstraint(["_batch"], ["import_batches.id"], name="fk_assignments__batch"),
    )
    op.create_index(
        "uq_assignments_key",
        "assignments",
        ["person", "starts", sa.text("coalesce(team, '')"), sa.text("coalesce(role, '')")],
        unique=True,
    )


def _runs() -> None:
    op.create_table(
        "schemes",
        sa.Column("digest", WORDS, nullable=False),
        sa.Column("scheme_id", WORDS, nullable=False),
        sa.Column("version", WORDS, nullable=False),
        sa.Column("text", WORDS, nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_schemes"),
    )
    op.create_table(
        "runs",
        sa.Column("id", COUNTED_BY_DATABASE, autoincrement=True, nullable=False),
        sa.Column("digest", WORDS, nullable=False),
        sa.Column("scheme_digest", WORDS, nullable=False),
        sa.Column("scheme_id", WORDS, nullable=False),
        sa.Column("period", WORDS, nullable=False),
        sa.Column("snapshot", WORDS, nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("evidence", WORDS, nullable=False),
        sa.Column("columns", sa.LargeBinary(), nullable=False),
        sa.Column("replaces", COUNT),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
        sa.ForeignKeyConstraint(["scheme_digest"], ["schemes.digest"], name="fk_runs_scheme_digest"),
        sa.ForeignKeyConstraint(["replaces"], ["runs.id"], name="fk_runs_replaces"),
    )
    op.create_index("ix_runs_digest", "runs", ["digest"])
    op.create_table(
        "run_results",
        sa.Column("run", COUNT, nullable=False),
        sa.Column("person", WORDS, nullable=False),
        sa.Column("name", WORDS, nullable=False),
        sa.Column("graded", sa.Boolean(), nullable=False),
        sa.Column("total", COUNT, nullable=False),
        sa.Column("rank", COUNT, nullable=False),
        sa.Column("tier", WORDS),
        sa.Column("bonus", COUNT, nullable=False),
        sa.PrimaryKeyConstraint("run", "person", name="pk_run_results"),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name="fk_run_results_run"),
    )


def _states() -> None:
    op.create_table(
        "audit_events",
        sa.Column("id", COUNTED_BY_DATABASE, autoincrement=True, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("action", WORDS, nullable=False),
        sa.Column("subject", WORDS, nullable=False),
        sa.Column("detail", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_events"),
    )
    op.create_table(
        "revisions",
        sa.Column("name", WORDS, nullable=False),
        sa.Column("revision", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_revisions"),
    )
    op.create_table(
        "record_type_versions",
        sa.Column("name", WORDS, nullable=False),
        sa.Column("shape", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_record_type_versions"),
    )


def _changes() -> None:
    op.create_table(
        "table_changes",
        sa.Column("id", COUNTED_BY_DATABASE, autoincrement=True, nullable=False),
        sa.Column("table_name", WORDS, nullable=False),
        sa.Column("mark", COUNT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_table_changes"),
        sa.UniqueConstraint("table_name", name="uq_table_changes_table_name"),
    )
    prepare_watching(op.get_bind())
    for table in ("people", "teams", "assignments"):
        watch(op.get_bind(), table)
