"""Everything that is stored of one run, as it stands there now, changed or not; from the database or from a file."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, select, type_coerce
from sqlalchemy.types import NullType

from kaohe.errors import Place, Problem, fail
from kaohe.records.columns import moment_text
from kaohe.records.core_tables import RunResultRow, RunRow, SchemeRow
from kaohe.records.tables import table_of
from kaohe.run.inputs import texts_named
from kaohe.run.stored.kept import kept_texts
from kaohe.text import msg

FILE_FORMAT = "kaohe-run 1"
_schemes, _runs, _results = table_of(SchemeRow), table_of(RunRow), table_of(RunResultRow)


@dataclass(frozen=True)
class Rows:
    """Rows by column: the run's own, its results by ascending code, its scheme's (None: it is gone) and the texts of
    its inputs by digest. Moments are text."""

    run: Mapping[str, Any]
    results: tuple[Mapping[str, Any], ...]
    scheme: Mapping[str, Any] | None
    texts: Mapping[str, str]

    @property
    def number(self) -> int:
        return int(self.run["id"])


def rows_in(connection: Connection, number: int) -> Rows | None:
    """What the database holds of the run of that number; None where it has no such run."""
    (run,) = _read(connection, _runs, _runs.c.id == number) or (None,)
    if run is None:
        return None
    if not isinstance(run["columns"], bytes):
        run["columns"] = str(run["columns"]).encode()
    results = _read(connection, _results, _results.c.run == number)
    (scheme,) = _read(connection, _schemes, _schemes.c.digest == run["scheme_digest"]) or (None,)
    ordered = tuple(sorted(results, key=lambda row: str(row["person"])))
    return Rows(run, ordered, scheme, _texts(connection, run["inputs"]))


def _read(connection: Connection, table: Table, which: ColumnElement[bool]) -> list[dict[str, Any]]:
    """As the database has the values: nothing is made better that somebody wrote there past kaohe."""
    columns = [type_coerce(column, NullType()).label(column.name) for column in table.columns]
    rows = connection.execute(select(*columns).where(which)).all()
    plain = (_plain(values) for values in zip(*rows, strict=True))
    return [dict(zip(table.columns.keys(), row, strict=True)) for row in zip(*plain, strict=True)]


def _plain(values: Sequence[Any]) -> Sequence[Any]:
    """The values of a column: bytes and moments as such, whatever the driver makes of them."""
    if {*map(type, values)} <= {int, str, bool, bytes, type(None)}:
        return values
    return [
        bytes(value)
        if isinstance(value, memoryview | bytearray)
        else moment_text(value)
        if isinstance(value, datetime)
        else value
        for value in values
    ]


def _texts(connection: Connection, inputs: Any) -> dict[str, str]:
    found = kept_texts(connection, [str(inputs)])
    try:
        return found | kept_texts(connection, texts_named(found[inputs]).values())
    except (ValueError, KeyError, TypeError, AttributeError):
        return found


def created_at(rows: Rows) -> datetime:
    """When the run was made; ValueError where that is no moment any more."""
    return datetime.fromisoformat(str(rows.run["created_at"])).astimezone(UTC)


def file_data(rows: Rows) -> dict[str, Any]:
    """The rows as JSON data that can be taken elsewhere."""
    return {
        "format": FILE_FORMAT,
        "run": {**rows.run, "columns": base64.b64encode(rows.run["columns"]).decode()},
        "results": [dict(row) for row in rows.results],
        "scheme": None if rows.scheme is None else dict(rows.scheme),
        "texts": dict(rows.texts),
    }


def rows_from(text: str, file: str) -> Rows:
    """The rows of a file that ``file_data`` made. Raises KaoheError for any other."""
    try:
        said = json.loads(text)
        if said["format"] != FILE_FORMAT:
            raise ValueError(said["format"])
        run = {**said["run"], "columns": base64.b64decode(said["run"]["columns"], validate=True)}
        missing = {column.name for column in _runs.columns} - run.keys()
        if missing or not isinstance(run["id"], int):
            raise ValueError(missing)
        return Rows(run, tuple(said["results"]), said["scheme"], said["texts"])
    except (ValueError, KeyError, TypeError, AttributeError):
        what = msg("this is no file of a run that kaohe exported")
        fix = msg("make one: kaohe run export RUN --format json --output FILE")
        raise fail(Problem("run.no-file", what, Place(file), fix=fix)) from None
