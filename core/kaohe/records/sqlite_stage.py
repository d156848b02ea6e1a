"""Staged rows on SQLite. A few go into a temporary table; many into a small database of their own beside the real one,
which Arrow's driver fills without making a Python object of any value. It is closed before the ordinary connection
attaches it: see ``sqlite_door``.

The rows may name people. Only their owner may enter the folder, which goes as soon as the file is attached where the
system allows that, else at the end; what a killed import left there is removed by the next one.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, Table
from sqlalchemy.schema import CreateTable

from kaohe.records.failures import guarded_files
from kaohe.records.private_folder import PrivateFolder, remove_left_behind
from kaohe.records.sqlite_texts import as_kept

_FEW = 20_000
"""Rows for which a temporary table is as fast as a file of their own."""
_APART = "staged"
_FILLED = ("journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE")
_ATTACHED = ("journal_mode = MEMORY", "synchronous = OFF", "locking_mode = EXCLUSIVE")
Define = Callable[..., Table]
"""Makes the definition of the staging table, of another schema or prefix."""


class SqliteRows:
    """Where staged rows go. ``apart``: a file of their own is allowed, because no transaction is open."""

    def __init__(self, connection: Connection, define: Define, *, apart: bool) -> None:
        self._connection, self._define = connection, define
        self._dbapi = _arrow_driver() if apart else None
        self._database = Path(connection.engine.url.database or "")
        if apart:
            remove_left_behind(self._database)
        self._waiting: list[pa.RecordBatch] = []
        self._rows = 0
        self._temporary: Table | None = None
        self._file: _ApartFile | None = None
        self._attached = False

    def add(self, batch: pa.RecordBatch) -> None:
        """Add rows of physical values."""
        self._rows += len(batch)
        if self._file is not None:
            self._file.add(batch)
            return
        self._waiting.append(batch)
        if self._dbapi is None:
            self._insert()
        elif self._rows > _FEW:
            self._go_apart(self._dbapi)

    def finish(self) -> Table:
        """All rows are there: the table that holds them."""
        if self._file is None:
            return self._insert()
        self._file.close()
        driver = self._driver()
        driver.execute(f"ATTACH ? AS {_APART}", [str(self._file.path)])
        self._attached = True
        for pragma in _ATTACHED:
            driver.execute(f"PRAGMA {_APART}.{pragma}")
        driver.execute(f"PRAGMA {_APART}.schema_version").fetchall()  # opened while it has a name
        self._file.remove()
        return self._define(schema=_APART)

    def abandon(self, _error: BaseException) -> None:
        """Nothing was kept."""
        self.close()

    def drop(self, table: Table) -> None:
        """Nobody needs the rows any more."""
        if self._file is None:
            self._driver().execute(f"DROP TABLE temp.{self._quoted(table)}")
        self.close()

    def close(self) -> None:
        """Remove the file, if there is one. A temporary table goes with the connection."""
        if self._file is None:
            return
        if self._attached:
            self._attached = False
            with suppress(sqlite3.Error):  # where it is still in use, it goes with the connection
                self._driver().execute(f"DETACH {_APART}")
        self._file.remove()

    def _insert(self) -> Table:
        """Put what is waiting into the temporary table."""
        driver = self._driver()
        begins = not driver.in_transaction
        if begins:
            driver.execute("BEGIN")
        if self._temporary is None:
            table = self._define(prefixes=["TEMPORARY"])
            driver.execute(self._definition(table))
            self._temporary = table
        marks = ", ".join("?" * len(self._temporary.columns))
        insertion = f"INSERT INTO temp.{self._quoted(self._temporary)} VALUES ({marks})"  # noqa: S608  # quoted
        for batch in self._waiting:
            driver.executemany(insertion, zip(*(as_kept(column).to_pylist() for column in batch.columns), strict=True))
        self._waiting.clear()
        if begins:
            driver.execute("COMMIT")
        return self._temporary

    def _go_apart(self, dbapi: Any) -> None:
        table = self._define()
        self._file = _ApartFile(dbapi, self._database, table.name, self._definition(table))
        while self._waiting:
            self._file.add(self._waiting.pop(0))

    def _driver(self) -> Any:
        return self._connection.connection.driver_connection

    def _definition(self, table: Table) -> str:
        return str(CreateTable(table).compile(dialect=self._connection.dialect))

    def _quoted(self, table: Table) -> str:
        return self._connection.dialect.identifier_preparer.quote(table.name)


class _ApartFile:
    """A database file with one table. What the disk reports comes as KaoheError.

    One batch is written while the next one is read: another thread does that, and nobody else uses the driver then.
    """

    def __init__(self, dbapi: Any, database: Path, table: str, definition: str) -> None:
        self._table, self._errors = table, dbapi.Error
        self._folder = PrivateFolder(database)
        self.path = self._folder.path / "rows.db"
        self._arrow: Any = None
        self._worker = ThreadPoolExecutor(1)
        self._writing: Future[None] | None = None
        try:
            self._arrow = dbapi.connect(str(self.path), autocommit=True)
            for statement in (*(f"PRAGMA {pragma}" for pragma in _FILLED), definition):
                self._do("execute", statement)
        except BaseException:
            self.remove()
            raise

    def add(self, batch: pa.RecordBatch) -> None:
        """Begin to write rows of physical values, when those before them are written."""
        self._written()
        self._writing = self._worker.submit(self._write, batch)

    def close(self) -> None:
        """Nothing more will be added: from here on the ordinary driver may open the file."""
        try:
            self._written()
        finally:
            self._worker.shutdown()
            if self._arrow is not None:
                self._arrow.close()
                self._arrow = None

    def remove(self) -> None:
        """Take the file away; whoever has it open goes on reading where the system allows that."""
        if self._writing is not None:
            wait([self._writing])
            self._writing = None
        try:
            self.close()
        finally:
            self._folder.remove()

    def _written(self) -> None:
        writing = self._writing
        self._writing = None
        if writing is not None:
            writing.result()

    def _write(self, batch: pa.RecordBatch) -> None:
        kept = pa.RecordBatch.from_arrays([as_kept(column) for column in batch.columns], names=batch.schema.names)
        self._do("adbc_ingest", self._table, kept, mode="append")

    def _do(self, what: str, *arguments: Any, **named: Any) -> None:
        try:
            with self._arrow.cursor() as cursor:
                getattr(cursor, what)(*arguments, **named)
        except self._errors as error:
            if "full" not in str(error) and "I/O" not in str(error):
                raise
            with guarded_files(str(self.path)):
                raise OSError(errno.ENOSPC, str(error), str(self.path)) from error


def _arrow_driver() -> Any | None:
    """Arrow's driver for SQLite; None where it is not installed."""
    try:
        from adbc_driver_sqlite import dbapi  # noqa: PLC0415 - only large imports need it
    except ImportError:
        return None
    return dbapi
