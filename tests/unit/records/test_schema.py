"""The migrations and the tables that the code uses are the same thing."""

from __future__ import annotations

import warnings

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from kaohe.records import migrations
from kaohe.records.core_tables import CoreTable
from kaohe.records.schema import VERSION_TABLE, VERSIONS
from kaohe.records.store import Store


def differences(store: Store) -> list[object]:
    """What alembic would change to make the database look like the code."""

    def is_core(thing: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
        return not (kind == "table" and str(name).startswith("record_visit")) and name != "uq_assignments_key"

    with store.reading() as connection, warnings.catch_warnings():
        # Neither database can say what an index over expressions is made of.
        warnings.simplefilter("ignore")
        options = {"version_table": VERSION_TABLE, "include_object": is_core, "compare_type": True}
        return compare_metadata(MigrationContext.configure(connection, opts=options), CoreTable.metadata)


def test_the_migrated_tables_are_those_of_the_code(empty_store: Store) -> None:
    assert differences(empty_store) == []


def test_the_known_versions_are_the_steps_in_the_folder() -> None:
    config = Config()
    config.set_main_option("script_location", migrations.__path__[0])
    config.set_main_option("path_separator", "os")
    steps = ScriptDirectory.from_config(config).walk_revisions()
    assert tuple(reversed([step.revision for step in steps])) == VERSIONS


def test_one_person_has_one_assignment_to_a_team_and_role_from_a_day(empty_store: Store) -> None:
    with empty_store.reading() as connection:
        index = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 'uq_assignments_key'").scalar()
    assert index is not None
    assert index.startswith("CREATE UNIQUE INDEX")
