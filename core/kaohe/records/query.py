"""The rows of a query in another database, brought into a Parquet file to be imported like any other.

The file holds what was handed in: it can be read again, checked and kept, which a query cannot.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, ResourceClosedError, SQLAlchemyError

from kaohe.errors import Exit, KaoheError, Place, Problem, fail
from kaohe.records.cell_text import as_cells, cell_of
from kaohe.records.failures import guarded_files
from kaohe.text import Message, msg

_ROWS_AT_ONCE = 16_384


@dataclass(frozen=True)
class Query:
    """What is asked of which database. ``name`` is what people call the query, such as its file; ``source`` what the
    settings call the database, whose ``url`` is never shown."""

    name: str
    text: str
    source: str
    url: str = field(repr=False)


def extract(query: Query, target: Path, folder: Path) -> int:
    """Write the rows that the query gives into the file, as text, some thousands at a time; how many they are.

    ``folder``: what a relative SQLite file lies in. Nothing is changed in the database that is asked. Raises KaoheError
    where it cannot be reached and where the query is not one that gives rows.
    """
    engine = _engine(query, folder)
    try:
        with guarded_files(str(target)), _connected(query, engine) as connection, connection.begin() as transaction:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            # Without parameters a percent sign in the query is just that.
            asked = connection.execution_options(stream_results=True, max_row_buffer=_ROWS_AT_ONCE, no_parameters=True)
            with closing(asked.exec_driver_sql(query.text)) as result:
                names = list(result.keys())
                _refuse_twice(query, names)
                rows = _write(target, names, _batches(result))
            transaction.rollback()
            return rows
    except ResourceClosedError:
        what = msg("the query gives no rows: it is not a SELECT")
        raise _failed(query, what, fix=msg("write one SELECT that gives a column for each field")) from None
    except SQLAlchemyError as error:
        what = msg("the query could not be carried out")
        raise _failed(query, what, _said(error), msg("try it in the database's own tool, then here")) from None
    finally:
        engine.dispose()


def _refuse_twice(query: Query, names: Sequence[str]) -> None:
    """Of two columns of one name nobody can say which is meant; that letters are large or small makes no difference."""
    counted = Counter(name.strip().casefold() for name in names)
    twice = [name for name in names if counted[name.strip().casefold()] > 1]
    if twice:
        what = msg("the query gives more than one column of the same name")
        fix = msg("name each of them otherwise with AS, or leave one out: SELECT a.no, b.no AS other_no …")
        raise _failed(query, what, ", ".join(twice), fix)


def _connected(query: Query, engine: Engine) -> Connection:
    try:
        return engine.connect()
    except SQLAlchemyError as error:
        what = msg("this database cannot be reached")
        fix = msg("see that it runs, and check its host, port, name and account under [sources]")
        raise _failed(query, what, _said(error), fix) from None


def _said(error: SQLAlchemyError) -> str:
    """The driver's own words, without the statement and its values that would follow."""
    return str(getattr(error, "orig", None) or type(error).__name__).strip().partition("\n")[0]


def _batches(result: Any) -> Iterator[Sequence[tuple[Any, ...]]]:
    while rows := result.fetchmany(_ROWS_AT_ONCE):
        yield rows


def _write(target: Path, names: list[str], batches: Iterator[Sequence[tuple[Any, ...]]]) -> int:
    schema, count = pa.schema([(name, pa.string()) for name in names]), 0
    with pq.ParquetWriter(target, schema, compression="zstd", store_schema=False) as file:
        for rows in batches:
            columns = [_cells(column) for column in zip(*rows, strict=True)]
            file.write_batch(pa.RecordBatch.from_arrays(columns, schema=schema))
            count += len(rows)
    return count


def _cells(values: tuple[Any, ...]) -> pa.StringArray:
    """The cells of a column. A database without strict types may mix kinds in one: these have no type in common that
    would not change some of them."""
    kinds = {(type(value), getattr(value, "tzinfo", None) is None) for value in values if value is not None}
    if len(kinds) < 2:
        with suppress(pa.ArrowException, OverflowError, TypeError):
            return as_cells(pa.array(values))
    return pa.array(map(cell_of, values), pa.string())


def _engine(query: Query, folder: Path) -> Engine:
    try:
        address = make_url(query.url)
        if address.get_backend_name() == "sqlite":
            address = _file(query, address, folder)
        elif address.drivername in ("postgresql", "postgres"):
            address = address.set(drivername="postgresql+psycopg")
        return create_engine(address, poolclass=NullPool, hide_parameters=True)
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        what = msg("the driver for this database is not installed")
        raise _failed(query, what, str(error), msg("install it with pip beside kaohe")) from None
    except (ArgumentError, ValueError):
        fix = msg("write DIALECT://USER:PASSWORD@HOST:PORT/NAME")
        raise _failed(query, msg("the database URL cannot be used"), fix=fix) from None


def _file(query: Query, address: URL, folder: Path) -> URL:
    """A SQLite file, opened for reading only; one that is not there is not made."""
    path = folder / (address.database or "")
    if not path.is_file():
        fix = msg("correct its path under [sources]: it begins in the workspace's folder unless it is absolute")
        raise _failed(query, msg("there is no such database file"), str(path), fix)
    uri = path.resolve().as_uri()
    return URL.create("sqlite+pysqlite", database=uri, query={"mode": "ro", "uri": "true"})


def _failed(query: Query, what: Message, found: str | None = None, fix: Message | None = None) -> KaoheError:
    place = Place(query.name, key=query.source)
    return fail(Problem("records.query", what, place, found=found, fix=fix), Exit.ENVIRONMENT)
