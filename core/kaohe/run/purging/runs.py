"""What stored runs hold of people besides figures by code: names, and what was written of them. The digest of a run is
over figures and codes and stays; the seals over its row are made anew."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, select, update

from kaohe.records.audit import seal
from kaohe.records.canonical import canonical
from kaohe.records.core_tables import RunResultRow, RunRow, SchemeRow
from kaohe.records.tables import table_of
from kaohe.run.purging.redaction import Redaction
from kaohe.run.stored.evidence import packed, sealed, unpacked
from kaohe.run.stored.remaining import digest_given
from kaohe.run.stored.rows import rows_in

_runs, _results, _schemes = table_of(RunRow), table_of(RunResultRow), table_of(SchemeRow)


def redact_runs(connection: Connection, redaction: Redaction, digests: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Every run that names the people; the seals of its rows, as they were before and are now. ``digests`` gains, by
    number, what the figures and words of a run give now where that is not its digest any more: a reason went."""
    for number in connection.scalars(select(_runs.c.id).order_by(_runs.c.id)).all():
        row = connection.execute(select(_runs).where(_runs.c.id == number)).mappings().one()
        changed = _row(connection, dict(row), redaction)
        if changed:
            before = seal(connection, _runs, {"id": number})
            connection.execute(update(_runs).where(_runs.c.id == number).values(**changed))
            yield seal(connection, _runs, {"id": number}, before=before)
            rows = rows_in(connection, number)
            if rows is not None and (gives := digest_given(rows)) not in (None, row["digest"]):
                digests[str(number)] = str(gives)
        theirs = (_results.c.run == number) & _results.c.person.in_(sorted(redaction.codes))
        named = connection.scalars(select(_results.c.person).where(theirs, _results.c.name != _results.c.person)).all()
        if named:
            before = seal(connection, _results, {"run": number})
            connection.execute(update(_results).where(theirs).values(name=_results.c.person))
            yield seal(connection, _results, {"run": number}, before=before)


def _row(connection: Connection, row: dict[str, Any], redaction: Redaction) -> dict[str, Any]:
    """The columns of the row that change."""
    inputs, actor = redaction.moved.get(row["inputs"], row["inputs"]), redaction.text(row["actor"])
    columns = unpacked(bytes(row["columns"]))
    redacted = {name: _column(name, column, columns, redaction) for name, column in columns.items()}
    evidence = redaction.json_text(row["evidence"])
    same = all(redacted[name].equals(columns[name]) for name in columns)
    if same and (inputs, actor, evidence) == (row["inputs"], row["actor"], row["evidence"]):
        return {}
    said = json.loads(evidence)
    held = {name: part for name, part in said.items() if name not in ("seal", "seals")}
    held |= _left_out(held, redaction)
    blob = bytes(row["columns"]) if same else packed(redacted)
    new = {"inputs": inputs, "actor": actor, "columns": blob}
    if "seals" not in said:  # stored by an earlier version, without seals
        return {**new, "evidence": canonical(held)}
    scheme = connection.execute(select(_schemes).where(_schemes.c.digest == row["scheme_digest"])).mappings().one()
    return {**new, "evidence": sealed(held, {**row, **new}, blob, scheme)}


def _left_out(held: Mapping[str, Any], redaction: Redaction) -> dict[str, Any]:
    """Whom the run left out, by code and name."""
    listed = held.get("left_out")
    if not isinstance(listed, list):
        return {}
    return {"left_out": [[code, code if code in redaction.codes else name, *rest] for code, name, *rest in listed]}


def _column(name: str, column: pa.Array, columns: Mapping[str, pa.Array], redaction: Redaction) -> pa.Array:
    """A column over people: in that of the names theirs are their codes, in texts and JSON texts names are replaced."""
    if not _holds_texts(column.type):
        return column
    codes = columns.get("people code", columns.get("code"))
    values = column.to_pylist()
    whose = [None] * len(values) if codes is None else codes.to_pylist()
    if name in ("names", "name"):
        values = [code if code in redaction.codes else value for code, value in zip(whose, values, strict=True)]
    return pa.array(
        [
            _redacted(value, redaction.own_text if code in redaction.codes else redaction.json_text)
            for code, value in zip(whose, values, strict=True)
        ],
        column.type,
    )


def _holds_texts(kind: pa.DataType) -> bool:
    """Texts, or lists or dictionaries of them."""
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_dictionary(kind):
        return _holds_texts(kind.value_type)
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _redacted(value: Any, text: Callable[[str], str]) -> Any:
    if isinstance(value, list):
        return [_redacted(each, text) for each in value]
    return text(value) if isinstance(value, str) else value
