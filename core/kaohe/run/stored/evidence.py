"""What stands in a run's row: what can be read by eye and the document, the columns as bytes, the seal over all."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import pyarrow as pa

from kaohe.records.canonical import canonical, digest
from kaohe.records.columns import moment_text
from kaohe.run.assessment.model import agreement_data
from kaohe.run.data_weights import weights_data
from kaohe.run.digest import definition, words
from kaohe.run.measuring.calendars import calendars_data
from kaohe.run.model import Run
from kaohe.run.teams.data import teams_data

FORMAT = 2
UNSEALED = frozenset({"id", "evidence", "columns"})
"""What no seal of a run's row covers column by column: the columns have one of their own, the evidence holds them."""


def summary(run: Run) -> dict[str, Any]:
    """What a run rests on, to be read by people and by SQL; the document says it again whole."""
    weights, teams = run.appraisal.data_weights, run.appraisal.teams
    calendars = calendars_data(run.scheme.indicators)
    return {
        "format": FORMAT,
        "core_version": run.core_version,
        "engine": run.engine,
        "timezone": run.timezone,
        "plugins": [[each.name, each.version, each.digest] for each in run.plugins],
        "indicators": [definition(used) for used in run.scheme.indicators],
        **({"calendars": calendars} if calendars else {}),
        **({"agreement": agreement_data(run.assessments)} if run.assessments else {}),
        **({} if teams is None or not teams.points else {"teams": teams_data(teams, run.team_counts)}),
        **({} if weights is None else {"weights": weights_data(weights)}),
        "left_out": [[each.code, each.name, each.kind, words(each.reason)] for each in run.left_out],
        "notes": [[note.code, words(note.what)] for note in run.notes],
    }


def sealed(said: Mapping[str, Any], row: Mapping[str, Any], columns: bytes, scheme: Mapping[Any, Any]) -> str:
    """The evidence as its row holds it, with seals over the ``row``, the columns, the row of the ``scheme`` and, at
    last, over the evidence itself: whatever is changed later, it can be told what."""
    seals = {"runs": column_seals(row), "columns": bytes_seal(columns), "schemes": column_seals(scheme)}
    whole = {**said, "seals": seals}
    return canonical({**whole, "seal": seal_of(whole)})


def seal_of(said: Mapping[str, Any]) -> str:
    """SHA-256 over the evidence without this seal itself."""
    return digest({name: each for name, each in said.items() if name != "seal"})


def column_seals(row: Mapping[Any, Any]) -> dict[str, str]:
    """The SHA-256 of each column of a row of words, numbers and moments."""
    return {str(name): digest(_plain(value)) for name, value in row.items() if name not in UNSEALED}


def bytes_seal(columns: bytes) -> str:
    """The SHA-256 of the packed columns."""
    return hashlib.sha256(columns).hexdigest()


def packed(columns: Mapping[str, pa.Array]) -> bytes:
    """The columns as one compressed Arrow table."""
    table = pa.table(dict(columns))
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def unpacked(blob: bytes, names: Collection[str] | None = None) -> dict[str, pa.Array]:
    """The columns again, or those of these names; pa.ArrowException for bytes that are no such table."""
    asked = None
    if names is not None:
        held = pa.ipc.open_file(pa.BufferReader(blob)).schema.names
        asked = pa.ipc.IpcReadOptions(included_fields=[place for place, name in enumerate(held) if name in names])
    table = pa.ipc.open_file(pa.BufferReader(blob), options=asked).read_all()
    table.validate(full=True)  # changed bytes may point outside of the table
    return {name: _whole(table.column(name)) for name in table.column_names}


def _whole(column: pa.ChunkedArray) -> pa.Array:
    """The column in one piece, as it is packed; one that is need not be copied."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _plain(value: Any) -> Any:
    return moment_text(value) if isinstance(value, datetime) else value
