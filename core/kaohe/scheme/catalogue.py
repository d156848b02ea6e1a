"""What a scheme may measure: the plugins' indicators and those of its own, which are checked here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kaohe.language import Expression
from kaohe.plugin import Indicator, RecordType, Text
from kaohe.scheme.assessment import check_own_assessment, read_own_assessment
from kaohe.scheme.credit import read_credit
from kaohe.scheme.draft import Draft, Path, show
from kaohe.scheme.model import Credits
from kaohe.text import msg

_TIME_UNITS = ("seconds", "minutes", "hours", "days")


@dataclass(frozen=True)
class Catalogue:
    """Every indicator that the scheme may use: the plugins' and its own, and the record types they measure.

    ``own``: where the scheme writes those of its own; ``credits``: how these split records among people.
    """

    record_types: Mapping[str, RecordType]
    indicators: Mapping[str, Indicator]
    own: Mapping[str, Path]
    credits: Mapping[str, Credits]


def read_text(value: Any, fallback: str) -> Text:
    """A name in both languages; the one that is not written is the other."""
    if isinstance(value, str):
        return Text(value, value)
    if not isinstance(value, dict) or not value:
        return Text(fallback, fallback)
    either = next(iter(value.values()))
    return Text(value.get("zh", either), value.get("en", either))


def read_catalogue(
    draft: Draft, record_types: Mapping[str, RecordType], indicators: Mapping[str, Indicator]
) -> Catalogue:
    """The plugins' indicators with the scheme's own added and checked."""
    own: dict[str, Indicator] = {}
    places: dict[str, Path] = {}
    splits: dict[str, Credits] = {}
    for index, table in enumerate(draft.data.get("indicators", [])):
        path: Path = ("indicators", index)
        identifier = table.get("id")
        if identifier is None:
            continue
        if identifier in own:
            what = msg("two indicators are called {id}", id=identifier)
            draft.report((*path, "id"), "duplicate-id", what, found=show(identifier))
            continue
        indicator = _own_indicator(draft, table, path)
        own[identifier] = indicator
        places[identifier] = path
        split = _check_own(draft, table, path, indicator, record_types)
        splits |= {} if split is None else {identifier: split}
    return Catalogue(record_types, {**indicators, **own}, places, splits)


def _own_indicator(draft: Draft, table: dict[str, Any], path: Path) -> Indicator:
    name = read_text(table.get("name"), table["id"])
    return Indicator(
        id=table["id"],
        name=name,
        description=read_text(table.get("description"), "") if "description" in table else name,
        records=table.get("records", ""),
        value=table.get("value", ""),
        unit=draft.get(table, path, "unit", "number"),
        direction=draft.get(table, path, "direction", "higher"),
        where=table.get("where"),
        when=table.get("when"),
        who=table.get("who"),
        min_sample=draft.get(table, path, "min_sample", 0),
        curve=table.get("curve"),
        derived=table.get("derived"),
        assessment=read_own_assessment(draft, table, path),
    )


def _check_own(
    draft: Draft, table: dict[str, Any], path: Path, indicator: Indicator, record_types: Mapping[str, RecordType]
) -> Credits | None:
    if "records" not in table:
        if not {"records", "derived"} & draft.written(path).keys():
            key = f"indicators[{path[-1]}].records"
            draft.report((*path, "records"), "missing-key", msg("{key} is missing", key=key))
        return None
    record_type = record_types.get(indicator.records)
    if record_type is None:
        what = msg("there is no record type {name}", name=indicator.records)
        draft.unknown((*path, "records"), "unknown-record-type", what, indicator.records, record_types)
        return None
    for key, kinds in (("when", ("date", "datetime")), ("who", ("person",))):
        fitting = [field.name for field in record_type.fields if field.kind in kinds]
        if key in table and table[key] not in fitting:
            what = msg(
                "{name} is no field of {records} that can say {key}", name=table[key], records=record_type.name, key=key
            )
            draft.unknown((*path, key), "unknown-field", what, table[key], fitting)
    check_own_assessment(draft, path, indicator, record_type)
    scope = draft.record_scope(record_type, {}, indicator.when)
    value = None
    if "value" in table:
        value = draft.compile((*path, "value"), table["value"], scope, ("number", "duration"))
        _check_unit(draft, path, indicator, value)
    if "where" in table:
        draft.compile(
            (*path, "where"),
            table["where"],
            draft.record_scope(record_type, {}, indicator.when, aggregates=False),
            ("boolean",),
        )
    return read_credit(draft, table, path, record_type, value)


def _check_unit(draft: Draft, path: Path, indicator: Indicator, value: Expression | None) -> None:
    if value is not None and value.type.kind == "duration" and indicator.unit not in _TIME_UNITS:
        draft.report(
            (*path, "unit"),
            "duration-unit",
            msg("the value is a duration, and its unit is none of time"),
            found=show(indicator.unit),
            expected=", ".join(_TIME_UNITS),
        )
