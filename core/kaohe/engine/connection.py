"""A connection to DuckDB that may read a snapshot's folder and write what it has to lay aside, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
from sqlglot import exp

from kaohe.engine.overflow import A_SUM, too_large
from kaohe.engine.resources import USUAL, Resources, spilling
from kaohe.engine.source import NO_RELATIONS, Relations
from kaohe.errors import Exit, KaoheError, Place, Problem, fail
from kaohe.records import Partition
from kaohe.text import Message, msg

if TYPE_CHECKING:
    import pyarrow as pa

_FULL = ("No space left on device", "max_temp_directory_size", "failed to offload")


def read(connection: Any, name: str, partitions: Sequence[Partition]) -> None:
    """Give the records in these files a name, which no other cursor sees."""
    files = exp.Array(expressions=[exp.Literal.string(str(each.path)) for each in partitions])
    view = exp.Create(
        this=exp.to_identifier(name, quoted=True),
        kind="VIEW",
        replace=True,
        properties=exp.Properties(expressions=[exp.TemporaryProperty()]),
        expression=exp.select("*").from_(exp.func("READ_PARQUET", files)),
    )
    connection.execute(view.sql("duckdb"))


def give(connection: Any, relations: Relations) -> None:
    """The tables by their names, which no other cursor sees."""
    for name, table in relations.items():
        connection.register(name, table)


def execute(connection: Any, sql: str, records: str, what: Message = A_SUM) -> pa.Table:
    """The answer of a query. ``what`` of the records of that type is too large, where it does not fit."""
    try:
        return connection.sql(sql).to_arrow_table()
    except (duckdb.ConversionException, duckdb.OutOfRangeException) as error:
        raise too_large(what, records) from error


@contextmanager
def connected(folder: Path, relations: Relations = NO_RELATIONS, resources: Resources = USUAL) -> Iterator[Any]:
    """A connection with these tables. Raises KaoheError for files that cannot be read, and where the memory or the disk
    does not suffice."""
    with spilling(resources.spill) as aside:
        connection = duckdb.connect(":memory:", config=_config(resources, aside))
        try:
            allowed = ", ".join(exp.Literal.string(str(each)).sql("duckdb") for each in (folder, aside) if each)
            connection.execute(f"SET allowed_directories = [{allowed}]")
            connection.execute("SET enable_external_access = false")
            connection.execute("SET lock_configuration = true")
            give(connection, relations)
            yield connection
        except (duckdb.OutOfMemoryException, MemoryError) as error:
            raise _no_room(resources, str(error)) from error
        except duckdb.IOException as error:
            said = str(error)
            if any(each in said for each in _FULL) or (aside is not None and str(aside) in said):
                raise _no_room(resources, said) from error
            what = msg("a file of the snapshot cannot be read")
            raise fail(Problem("engine.snapshot", what, Place(str(folder)), found=said), Exit.ENVIRONMENT) from error
        finally:
            connection.close()


def _config(resources: Resources, aside: Path | None) -> dict[str, Any]:
    threads = {} if resources.threads is None else {"threads": resources.threads}
    return {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "memory_limit": f"{resources.memory}B",
        # Nothing is laid aside where no folder is named; the order of rows is not the engine's business.
        "temp_directory": "" if aside is None else str(aside),
        "preserve_insertion_order": False,
        **threads,
    }


def _no_room(resources: Resources, said: str) -> KaoheError:
    if resources.spill is not None and any(each in said for each in _FULL):
        what = msg("there is no room on the disk for what does not fit into memory while measuring")
        fix = msg("make room there, or name another place or more memory: [duckdb] folder, memory in kaohe.toml")
        return fail(
            Problem("engine.disk", what, Place(str(resources.spill)), found=_first(said), fix=fix), Exit.ENVIRONMENT
        )
    allowed = f"{resources.memory // 1_000_000:,} MB"
    what = msg("measuring needs more memory than it may use, which is {allowed}", allowed=allowed)
    fix = msg("allow more, or fewer threads at once: [duckdb] memory, threads in kaohe.toml")
    return fail(Problem("engine.memory", what, found=_first(said), fix=fix), Exit.ENVIRONMENT)


def _first(said: str) -> str:
    """What is said first; advice in the database's own terms follows."""
    return said.splitlines()[0] if said else said
