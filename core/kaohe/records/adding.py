"""Many rows of whole numbers, booleans and texts into a table at once, as fast as the driver takes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table


def add_rows(connection: Connection, table: Table, columns: Mapping[str, Sequence[Any]]) -> None:
    """Add the rows of these columns (all of the same length) to the table; part of the caller's transaction."""
    quote = connection.dialect.identifier_preparer
    target = f"{quote.format_table(table)} ({', '.join(quote.quote(name) for name in columns)})"
    rows = zip(*columns.values(), strict=True)
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(columns))
        driver.executemany(f"INSERT INTO {target} VALUES ({marks})", rows)  # noqa: S608  # quoted above
        return
    with driver.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
