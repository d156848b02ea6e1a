"""Rows on their way in: a temporary table beside the target, filled at the driver's full speed.

Nothing that others can see is touched or locked while a file is read, however long that takes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Connection, MetaData, Table, insert

from kaohe.records.columns import COUNT, for_sqlite

POSITION = "_position"


class Stage:
    """A temporary table with some columns of the target and the position of each row in its file.

    It lives as long as the connection. ``rows`` counts what was added to it.
    """

    def __init__(self, connection: Connection, target: Table, columns: Sequence[str]) -> None:
        self.target = target
        self.columns = tuple(columns)
        self.rows = 0
        self.table = Table(
            f"stage_{target.name}",
            MetaData(),
            Column(POSITION, COUNT, nullable=False),
            *(Column(name, target.c[name].type, nullable=target.c[name].nullable) for name in columns),
            prefixes=["TEMPORARY"],
        )
        self._connection = connection
        self.table.create(connection, checkfirst=False)

    def add(self, rows: Iterable[tuple[int, Mapping[str, Any]]]) -> None:
        """Add rows as (position, values by column); a column that is not given is NULL."""
        listed = list(rows)
        columns: list[Sequence[Any]] = [[position for position, _values in listed]]
        on_sqlite = self._connection.dialect.name == "sqlite"
        for name in self.columns:
            column = [values.get(name) for _position, values in listed]
            kind = self.table.c[name].type
            columns.append(for_sqlite(column, kind) if on_sqlite else column)
        tuples = list(zip(*columns, strict=True))
        if on_sqlite:
            self._add_to_sqlite(tuples)
        else:
            self._copy_to_postgresql(tuples)
        self.rows += len(tuples)

    def _add_to_sqlite(self, tuples: list[tuple[Any, ...]]) -> None:
        marks = ", ".join("?" * (len(self.columns) + 1))
        quoted = self._connection.dialect.identifier_preparer.format_table(self.table)
        driver: Any = self._connection.connection.driver_connection
        driver.executemany(f"INSERT INTO temp.{quoted} VALUES ({marks})", tuples)  # noqa: S608  # quoted above

    def _copy_to_postgresql(self, tuples: list[tuple[Any, ...]]) -> None:
        quoted = self._connection.dialect.identifier_preparer.format_table(self.table)
        driver: Any = self._connection.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy(f"COPY {quoted} FROM STDIN") as copy:
            for row in tuples:
                copy.write_row(row)

    def drop(self) -> None:
        self.table.drop(self._connection, checkfirst=False)


def insert_from(stage: Stage, columns: Sequence[str], source: Any) -> Any:
    """INSERT INTO the target … SELECT."""
    return insert(stage.target).from_select(list(columns), source, include_defaults=False)
