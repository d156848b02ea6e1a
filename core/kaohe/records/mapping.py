"""Mapping files: which column of somebody else's file is which field. Read and checked as far as no file is needed."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path as File
from typing import Any, Literal

from kaohe.errors import Exit, Place, Problem, fail, refuse_if_any
from kaohe.plugin.types import Field, RecordType
from kaohe.records.cleaning import DEFAULT_MISSING, CellRules
from kaohe.records.json_schema import must_have
from kaohe.records.mapping_shape import shape_problems
from kaohe.records.people_file import PEOPLE, with_attributes
from kaohe.records.rows import Repeats
from kaohe.records.words import fold, nearest
from kaohe.system import said_by_system
from kaohe.text import msg
from kaohe.toml import Document, load_toml
from kaohe.toml import Path as Keys

_DIRECTIVE = re.compile(r"%(.?)")
_DIRECTIVES = frozenset("YymdjbBHIMSfpz%")
_ONLY_WITH_FROM = ("join", "values", "format", "missing", "of")
_TRIAL = datetime(2026, 11, 25, 14, 30, 15)  # noqa: DTZ001 - a moment to write and read back, not one that happened


@dataclass(frozen=True)
class ColumnRule:
    """Where a field's value comes from: the cells of ``columns`` joined, a ``constant``, or an ``expression``.

    ``of`` (``TYPE.FIELD``): the cells are the key of a stored record, which tells the value.
    """

    columns: tuple[str, ...] = ()
    join: str = " "
    cells: CellRules = field(default_factory=CellRules)
    constant: str | None = None
    expression: str | None = None
    of: str | None = None


@dataclass(frozen=True)
class SourceMapping:
    """A checked mapping file. ``digest`` is the SHA-256 of its parsed content: comments and spacing do not count.

    ``completes``: the file has something to add to records that are stored, and is silent about their other fields.
    ``repeats``: which of several rows with one key is the record; of a log of events, say, the first or the last.
    """

    records: str
    columns: Mapping[str, ColumnRule]
    document: Document
    digest: str
    sheet: str | None = None
    header: int = 0
    encoding: str | None = None
    delimiter: str | None = None
    skip_rows_where: str | None = None
    reversed: Literal["reject", "clear"] = "reject"
    completes: bool = False
    repeats: Repeats = "reject"

    def place(self, field: str, key: str | None = None) -> Place:
        """Where the mapping speaks of a field, or of one key of its rules."""
        return self.document.place(("columns", field) if key is None else ("columns", field, key))


def load_mapping(path: File, record_type: RecordType) -> SourceMapping:
    """Read and check a mapping file. Raises KaoheError with every mistake and its line and column."""
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        what = msg("the file cannot be opened: {reason}", reason=said_by_system(error))
        raise fail(Problem("mapping.unreadable", what, Place(str(path))), Exit.ENVIRONMENT) from None
    except UnicodeDecodeError:
        raise fail(Problem("mapping.unreadable", msg("a mapping file is UTF-8"), Place(path.name))) from None
    return parse_mapping(text, path.name, record_type)


def parse_mapping(text: str, file: str, record_type: RecordType) -> SourceMapping:
    """As ``load_mapping``, from the text itself."""
    document = load_toml(text, file)
    data = _plain(document.data)
    shape = shape_problems(data, document)
    unfit = {path[:2] for path, _problem in shape}
    meaning = _meaning_problems(data, unfit, document, record_type)
    refuse_if_any([*(problem for _path, problem in shape), *meaning])
    source = data.get("source", {})
    return SourceMapping(
        records=data["records"],
        columns={name: _rule(entry) for name, entry in data["columns"].items()},
        document=document,
        digest=hashlib.sha256(json.dumps(data, sort_keys=True, default=str).encode()).hexdigest(),
        sheet=source.get("sheet"),
        header=source.get("header", 0),
        encoding=source.get("encoding"),
        delimiter=source.get("delimiter"),
        skip_rows_where=source.get("skip_rows_where"),
        reversed=data.get("reversed", "reject"),
        completes=data.get("completes", False),
        repeats=data.get("repeats", "reject"),
    )


def _plain(value: Any) -> Any:
    """Dates as text: a constant may be one."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date | time) else value


def _rule(entry: str | dict[str, Any]) -> ColumnRule:
    rules: dict[str, Any] = {"from": entry} if isinstance(entry, str) else entry
    values = rules.get("values")
    return ColumnRule(
        columns=_listed(rules.get("from", ())),
        join=rules.get("join", " "),
        cells=CellRules(
            missing=tuple(rules["missing"]) if "missing" in rules else DEFAULT_MISSING,
            values={cell: as_text(value) for cell, value in values.items()} if values else None,
            formats=_listed(rules.get("format", ())),
        ),
        constant=as_text(rules["constant"]) if "constant" in rules else None,
        expression=rules.get("value"),
        of=rules.get("of"),
    )


def _listed(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def as_text(value: str | bool | int | Decimal) -> str:
    """A value of the mapping as the text of a cell."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _meaning_problems(
    data: dict[str, Any], unfit: Collection[Keys], document: Document, record_type: RecordType
) -> Iterator[Problem]:
    """What the schema cannot know. What stands at the ``unfit`` paths was complained about already."""
    records, columns = data.get("records"), data.get("columns")
    if isinstance(records, str) and records != record_type.name:
        what = msg("this mapping is for another record type")
        yield Problem("mapping.records", what, document.place(("records",)), records, record_type.name)
    if not isinstance(columns, dict):
        return
    completes = data.get("completes") is True
    if completes and record_type is PEOPLE:
        what = msg("people are always completed: what a row does not say stays as it is stored")
        yield Problem("mapping.useless", what, document.key_place(("completes",)), fix=msg("Leave completes out."))
    if "repeats" in data and record_type is PEOPLE:
        what = msg("repeats applies to records: several rows of a person are assignments")
        yield Problem("mapping.useless", what, document.key_place(("repeats",)), fix=msg("Leave repeats out."))
    if record_type is PEOPLE:  # what is none of a person's fields is an attribute of the organisation's own
        record_type = with_attributes(columns)
    known = {one.name: one for one in record_type.fields}
    for name, entry in columns.items():
        if name not in known:
            near = nearest(name, known)
            yield Problem(
                "mapping.unknown-field",
                msg("the record type {type} has no field {field}", type=record_type.name, field=name),
                document.key_place(("columns", name)),
                expected=", ".join(known),
                fix=msg("did you mean {name}?", name=near) if near else None,
            )
        elif isinstance(entry, dict) and ("columns", name) not in unfit:
            yield from _rule_problems(known[name], entry, document)
    for one in record_type.fields:
        needed = one.name in record_type.key if completes else must_have(record_type, one)
        if needed and one.name not in columns:
            yield Problem(
                "mapping.unmapped",
                msg("the required field {field} is not mapped", field=one.name),
                document.key_place(("columns",)),
                fix=msg('Add {field} = "…" with the column\'s name under [columns].', field=one.name),
            )


def _rule_problems(field: Field, entry: dict[str, Any], document: Document) -> Iterator[Problem]:
    path: Keys = ("columns", field.name)
    origins = [key for key in ("from", "constant", "value") if key in entry]
    if len(origins) != 1:
        what = msg("{field} needs exactly one of from, constant and value", field=field.name)
        yield Problem("mapping.origin", what, document.place(path), ", ".join(origins) or None)
    for key in _ONLY_WITH_FROM:
        if key in entry and "from" not in entry:
            what = msg("{key} applies only to cells, that is, together with from", key=key)
            yield Problem("mapping.useless", what, document.key_place((*path, key)))
    if "of" in entry and "format" in entry:
        what = msg("with of, the cells are a key, which has no format")
        yield Problem("mapping.useless", what, document.key_place((*path, "format")))
    elif "format" in entry:
        yield from _format_problems(field, entry["format"], document, (*path, "format"))
    seen: dict[str, str] = {}
    for cell in entry.get("values", {}):
        first = seen.setdefault(fold(cell), cell)
        if first != cell:
            what = msg(
                "{one} and {other} are the same cell: case, width and spaces do not count", one=first, other=cell
            )
            yield Problem("mapping.values", what, document.key_place((*path, "values", cell)))


def _format_problems(field: Field, formats: str | list[str], document: Document, path: Keys) -> Iterator[Problem]:
    if field.kind not in ("date", "datetime"):
        what = msg("format applies only to dates; {field} is none", field=field.name)
        yield Problem("mapping.useless", what, document.key_place(path))
        return
    for form in _listed(formats):
        if not _reads_back(form):
            yield Problem(
                "mapping.format",
                msg("this format does not describe a whole date"),
                document.place(path),
                form,
                "%Y %m %d %H %M %S",
                msg("Write year, month and day, such as {example}.", example="%d-%m-%Y %H:%M"),
            )


def _reads_back(form: str) -> bool:
    """Whether a moment written in the format can be read back to the same day."""
    if not set(_DIRECTIVE.findall(form)) <= _DIRECTIVES:
        return False
    try:
        return datetime.strptime(_TRIAL.strftime(form), form).date() == _TRIAL.date()  # noqa: DTZ007 - a day
    except (ValueError, re.error):
        return False
