"""Every table of facts bears a mark that any change of the table replaces, by whomever and by whatever means.

Triggers do it, in the transaction of the change: what somebody does to the records in SQL, past kaohe, shows as surely
as an import. A mark is a random number and not a count, so that a database brought back from a backup and changed in
another way does not arrive at a mark that was seen before.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from sqlalchemy import Connection, insert, select

from kaohe.records.core_tables import TableChangeRow
from kaohe.records.tables import table_of

_changes = table_of(TableChangeRow)
Hold = Literal["name", "write", "remove"]
"""What somebody means to do to tables of facts: add rows that name theirs, add or change rows, or take rows away."""
# It runs as its owner and looks names up in kaohe's schema only: a user who may change records needs no right to the
# marks, and tables of his own of the same name do not come into it.
_BODY = """
BEGIN
    UPDATE table_changes SET mark = (random() * 9007199254740992)::bigint WHERE table_name = TG_TABLE_NAME::text;
    RETURN NULL;
END """
_FUNCTION = f"""
CREATE FUNCTION kaohe_note_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, {{schema}}, pg_temp AS $${_BODY}$$
"""


def prepare_watching(connection: Connection) -> None:
    """What ``watch`` needs to be there once in a database, besides the table of the marks."""
    if connection.dialect.name == "postgresql":
        schema = connection.exec_driver_sql("SELECT quote_ident(current_schema())").scalar()
        connection.exec_driver_sql(_FUNCTION.format(schema=schema))


def watch(connection: Connection, table: str) -> None:
    """Give a table that was just created its mark, and the triggers that replace it."""
    key = connection.execute(insert(_changes).values(table_name=table, mark=0)).inserted_primary_key
    if key is None:
        raise RuntimeError("the database counts the tables that are watched")
    quote = connection.dialect.identifier_preparer.quote
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(
            f"CREATE TRIGGER kaohe_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {quote(table)} "
            "FOR EACH STATEMENT EXECUTE FUNCTION kaohe_note_change()"
        )
        return
    for trigger in _triggers(connection, table, int(key[0])).values():
        connection.exec_driver_sql(trigger)


def _triggers(connection: Connection, table: str, number: int) -> dict[str, str]:
    """The triggers of a table in SQLite, by name. SQLite runs a trigger for every row: the mark is found by its
    number, which costs next to nothing."""
    quote = connection.dialect.identifier_preparer.quote
    names = {event: f"{table}_{event}_changes" for event in ("insert", "update", "delete")}
    return {
        name: f"CREATE TRIGGER {quote(name)} AFTER {event} ON {quote(table)} "  # noqa: S608 - quoted names, no input
        f"BEGIN UPDATE table_changes SET mark = random() WHERE id = {number}; END"
        for event, name in names.items()
    }


def unwatched(connection: Connection, tables: Iterable[str]) -> list[str]:
    """Those of the tables whose triggers are gone, switched off, or do something else than ``watch`` had them do."""
    known = marked(connection)
    if connection.dialect.name == "postgresql":
        rows = connection.exec_driver_sql(
            "SELECT c.relname AS name, p.prosrc AS body FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE t.tgname = 'kaohe_changed' AND t.tgenabled <> 'D' AND n.nspname = current_schema()"
        )
        sound = {row.name for row in rows if row.body.strip() == _BODY.strip()}
        return [table for table in tables if table not in known or table not in sound]
    there = {
        row.name: row.sql
        for row in connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    }
    return [
        table
        for table in tables
        if table not in known
        or any(there.get(name) != sql for name, sql in _triggers(connection, table, known[table][0]).items())
    ]


def strangers(connection: Connection) -> list[tuple[str, str]]:
    """Table and name of every trigger and rewriting rule that is none of kaohe's: it could change what kaohe writes in
    the moment in which it is written, and no seal would tell."""
    known = marked(connection)
    if connection.dialect.name == "postgresql":
        rows = connection.exec_driver_sql(
            "SELECT c.relname AS place, t.tgname AS name FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT t.tgisinternal AND n.nspname = current_schema() "
            "UNION ALL SELECT tablename, 'rule ' || rulename FROM pg_rules "
            "WHERE schemaname = current_schema() AND rulename <> '_RETURN'"
        )
        return sorted((row.place, row.name) for row in rows if row.name != "kaohe_changed" or row.place not in known)
    own = {name for table, (number, _mark) in known.items() for name in _triggers(connection, table, number)}
    rows = connection.exec_driver_sql("SELECT tbl_name AS place, name FROM sqlite_master WHERE type = 'trigger'")
    return sorted((row.place, row.name) for row in rows if row.name not in own)


def marked(
    connection: Connection, tables: Iterable[str] | None = None, *, held: Hold | None = None
) -> dict[str, tuple[int, int]]:
    """The number and the mark of each of these tables, or of all, as they are now.

    ``held``: until this transaction is over nothing comes between these marks and what is written after them. Whoever
    means to ``write`` to the tables waits for others who do; whoever ``remove``s what other tables name waits for these
    too, and they for him; these are to ``name``. All do so at the beginning, people before records, and before they
    take their turn at the audit log: nobody ever waits for somebody who waits for him. SQLite has one writer anyway.
    """
    query = select(_changes.c.table_name, _changes.c.id, _changes.c.mark).order_by(_changes.c.id)
    if tables is not None:
        query = query.where(_changes.c.table_name.in_(list(tables)))
    if held is not None:
        query = query.with_for_update(read=held == "name", key_share=held != "remove")
    rows = connection.execute(query).all()
    return {row.table_name: (row.id, row.mark) for row in rows}


def marks(connection: Connection) -> dict[str, int]:
    """The mark of each table as it is now."""
    return {row.table_name: row.mark for row in connection.execute(select(_changes.c.table_name, _changes.c.mark))}
