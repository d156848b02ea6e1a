"""SQLite read by Arrow's driver, several times as fast as by Python's: no value becomes a Python object."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlalchemy.dialects import sqlite

from kaohe.records.columnar import Layout
from kaohe.records.row_streams import query_text, raw_types
from kaohe.records.sqlite_door import alone_with

_DIALECT = sqlite.dialect()
_ROWS_AT_ONCE = {"adbc.sqlite.query.batch_rows": "65536"}


class UnsuitableError(Exception):
    """Arrow's driver cannot read this, and the ordinary one has to: it can, or says what is wrong."""


class ArrowFile:
    """An open database, in one transaction from the first statement on."""

    def __init__(self, connection: Any, errors: tuple[type[Exception], ...]) -> None:
        self._connection, self._errors = connection, errors

    def marks(self) -> dict[str, int]:
        """The mark of each table of facts. Raises UnsuitableError, here as below."""
        with self._asked("SELECT table_name, mark FROM table_changes") as batches:
            rows = pa.Table.from_batches(batches).to_pylist()
        return {row["table_name"]: row["mark"] for row in rows}

    def stream(self, layout: Layout, months: frozenset[str | None] | None) -> Iterator[pa.RecordBatch]:
        """Batches of rows, see ``row_streams.Stream``.

        The driver takes a column for what its first rows hold, and for numbers where they hold nothing: so a row of the
        right kinds goes first. It takes bytes for text, too: in their place stands what is no text of any kind.
        """
        types = raw_types(layout, "sqlite")
        first = ["" if kind == pa.string() else 0 for kind in types]
        shown = ", ".join("''" if value == "" else "0" for value in first)
        names = [name for name, _kind in layout.columns]
        asked = ", ".join(map(_no_bytes, names, types))
        rows = f"SELECT {asked} FROM ({query_text(layout, months, _DIALECT)})"  # noqa: S608 - quoted by SQLAlchemy
        with self._asked(f"SELECT {shown} UNION ALL {rows}") as batches:
            is_first = True
            for batch in batches:
                if batch.schema.types != types:
                    raise UnsuitableError(str(batch.schema))
                batch.validate(full=True)  # that text is UTF-8
                if is_first and [column[0].as_py() for column in batch.columns] != first:
                    raise UnsuitableError("rows came in another order")
                yield pa.RecordBatch.from_arrays(batch.columns, names=names).slice(1 if is_first else 0)
                is_first = False

    @contextmanager
    def _asked(self, query: str) -> Iterator[Iterable[Any]]:
        try:
            with self._connection.cursor() as cursor:
                cursor.adbc_statement.set_options(**_ROWS_AT_ONCE)
                cursor.execute(query)
                with cursor.fetch_record_batch() as reader:
                    yield reader
        except (*self._errors, pa.ArrowException, OSError) as error:
            raise UnsuitableError(str(error)) from error


def _no_bytes(name: str, kind: Any) -> str:
    quoted = _DIALECT.identifier_preparer.quote(name)
    return f"CASE typeof({quoted}) WHEN 'blob' THEN x'ff' ELSE {quoted} END" if kind == pa.string() else quoted


@contextmanager
def arrow_file(database: Path) -> Iterator[ArrowFile | None]:
    """The database opened by Arrow's driver; None where that is not installed, or somebody else in this process has the
    file open. Inside, nobody opens an ordinary connection to it. Raises UnsuitableError for what the driver reports."""
    try:
        from adbc_driver_sqlite import dbapi  # noqa: PLC0415 - only who reads a large database needs it
    except ImportError:
        yield None
        return
    with alone_with(database) as free:
        if not free:
            yield None
            return
        try:
            connection = dbapi.connect(str(database))
        except dbapi.Error as error:
            raise UnsuitableError(str(error)) from error
        try:
            yield ArrowFile(connection, (dbapi.Error,))
        finally:
            connection.close()
