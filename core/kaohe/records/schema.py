"""Brings a database to this version's tables, and does next to nothing where it is there already.

Alembic looks after the core's tables, with a version table of its own. A record type's table follows its declaration:
it is created, and it gains the fields that a newer version of the plugin adds. The tables of a plugin that has been
removed stay as they are, so that neither its absence nor its return touches a record.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from importlib import resources

from sqlalchemy import Connection, Table, inspect, select, text

from kaohe.errors import Exit, Problem, fail, refuse_if_any
from kaohe.plugin import RecordType
from kaohe.records.audit import insert_row, update_row
from kaohe.records.canonical import canonical
from kaohe.records.changes import watch
from kaohe.records.core_tables import RecordTypeRow
from kaohe.records.tables import Shape, record_column, shape_from_data, shape_of, table_name, table_of
from kaohe.records.vouching import database_clock, note_tables, vouch
from kaohe.text import msg

VERSION_TABLE = "kaohe_core_version"
VERSIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007")  # the steps in migrations/versions, oldest first
_shapes = table_of(RecordTypeRow)


def is_current(connection: Connection, record_types: Mapping[str, RecordType]) -> bool:
    """Whether nothing is to be done; two small reads where the database is current."""
    return core_version(connection) == VERSIONS[-1] and not types_behind(connection, record_types)


def types_behind(connection: Connection, record_types: Mapping[str, RecordType]) -> list[str]:
    """The record types whose tables are to be made or extended, in a database of this version."""
    kept = _kept_shapes(connection) if record_types else {}
    return [name for name, record_type in record_types.items() if kept.get(name) != shape_of(record_type)]


def bring_up_to_date(
    connection: Connection,
    record_types: Mapping[str, RecordType],
    tables: Mapping[str, Table],
    at: datetime | None = None,
) -> None:
    """Upgrade the core's tables, then create or extend the record types' tables; all in the caller's transaction, with
    one event of the audit log: ``at`` that moment, or by the database's own clock.

    Raises KaoheError for a database of a newer version and for a record type that changed in more than additions.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('kaohe.schema'))"))
    version = core_version(connection)
    if version is not None and version not in VERSIONS:
        raise _newer(version)
    if version is None and connection.dialect.name == "postgresql":
        refuse_letters_lost(connection)
    if version != VERSIONS[-1]:
        upgrade_core(connection)
    kept = _kept_shapes(connection)
    changed = {name: kept[name] for name in record_types if name in kept and kept[name] != shape_of(record_types[name])}
    refuse_if_any(
        (
            _refused(name, reason)
            for name, old in changed.items()
            for reason in _conflicts(old, shape_of(record_types[name]))
        ),
        Exit.ENVIRONMENT,
    )
    rows, new = [], [table.name for name, table in tables.items() if name in record_types and name not in kept]
    for name, record_type in record_types.items():
        shape = canonical(shape_of(record_type).as_data())
        if name in changed:
            _extend(connection, record_type, changed[name])
            rows.append(update_row(connection, _shapes, {"name": name}, {"shape": shape}))
        elif name not in kept:
            tables[name].create(connection)
            watch(connection, tables[name].name)
            rows.append(insert_row(connection, _shapes, {"name": name, "shape": shape}))
    moment = at or database_clock(connection)
    if version != VERSIONS[-1]:
        vouch(connection, moment, version, VERSIONS[-1], rows)
    elif rows:
        note_tables(connection, moment, new, rows)


def core_version(connection: Connection) -> str | None:
    """The step at which the core's tables stand; None for an empty database."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    found = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608  # a constant
    return None if found is None else str(found)


def upgrade_core(connection: Connection) -> None:
    # Alembic costs a third of a second to import, and a current database never needs it.
    from alembic import command  # noqa: PLC0415 - only who migrates needs it
    from alembic.config import Config  # noqa: PLC0415 - only who migrates needs it

    config = Config()
    config.set_main_option("script_location", str(resources.files("kaohe.records") / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _kept_shapes(connection: Connection) -> dict[str, Shape]:
    rows = connection.execute(select(_shapes.c.name, _shapes.c.shape))
    return {name: shape_from_data(json.loads(shape)) for name, shape in rows}


def _conflicts(old: Shape, new: Shape) -> list[str]:
    """What of the old shape the new one gives up: keys, fields, kinds of fields."""
    if old.key != new.key:
        return [f"({', '.join(old.key)}) → ({', '.join(new.key)})"]
    declared = dict(new.columns)
    return [f"{name}: {kind} → {declared.get(name, '∅')}" for name, kind in old.columns if declared.get(name) != kind]


def _extend(connection: Connection, record_type: RecordType, old: Shape) -> None:
    from alembic.migration import MigrationContext  # noqa: PLC0415 - only who migrates needs it
    from alembic.operations import Operations  # noqa: PLC0415 - only who migrates needs it

    operations = Operations(MigrationContext.configure(connection))
    present = dict(old.columns)
    for field in record_type.fields:
        if field.name not in present:
            operations.add_column(table_name(record_type), record_column(field))


def refuse_letters_lost(connection: Connection) -> None:
    """Before the first table is made: text that is not kept as UTF-8 does not come back as it was."""
    found = str(connection.exec_driver_sql("SHOW server_encoding").scalar_one())
    if found != "UTF8":
        raise fail(
            Problem(
                "database.encoding",
                msg("the database does not keep text as UTF-8"),
                found=found,
                expected="UTF8",
                fix=msg("make the database anew: createdb --encoding UTF8 --template template0 NAME"),
            ),
            Exit.ENVIRONMENT,
        )


def _newer(version: str) -> Exception:
    return fail(
        Problem(
            "database.newer",
            msg("the database was made by a newer version of kaohe"),
            found=version,
            expected=VERSIONS[-1],
            fix=msg("install that version of kaohe, or a newer one"),
        ),
        Exit.ENVIRONMENT,
    )


def _refused(name: str, change: str) -> Problem:
    return Problem(
        "database.changed-type",
        msg("the record type {name} changed in a way that its stored records cannot follow", name=name),
        found=change,
        expected=msg("new fields only; fields that exist keep their names and kinds, and the key stays"),
        fix=msg("go back to the plugin's former version, or give the changed record type a new name"),
    )
