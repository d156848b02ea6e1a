"""The published JSON Schema of scheme files; what does not meet it is reported and left out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator

from kaohe.exact import from_micros, to_micros
from kaohe.scheme.complaints import report_unfit, report_unknown
from kaohe.scheme.draft import Draft, Path, path_text, show
from kaohe.text import msg
from kaohe.toml import Document

SCHEMA_FILE = "scheme.schema.json"
BLANK = "blank"
_TABLE_LISTS = {
    "dimensions",
    "measures",
    "indicators",
    "adjustments",
    "rules",
    "levels",
    "outcomes",
    "cases",
    "bands",
    "comparisons",
    "pairs",
    "credit",
    "people",
}


@cache
def schema_text() -> str:
    """The JSON Schema (2020-12) as shipped."""
    return (files("kaohe.scheme") / SCHEMA_FILE).read_text("utf-8")


def blank_text() -> str:
    """The template to start from where no plugin has one that fits better: small, whole, of the base pack alone."""
    return (files("kaohe.scheme") / f"{BLANK}.toml").read_text("utf-8")


@cache
def _validator(definition: str | None) -> Draft202012Validator:
    schema = json.loads(schema_text(), parse_float=Decimal)
    if definition is not None:
        schema = {"$ref": f"#/$defs/{definition}", "$defs": schema["$defs"]}
    return Draft202012Validator(schema)


def open_draft(document: Document) -> Draft:
    """Check the shape of a whole file; the draft holds what is fit, and a problem for whatever is not."""
    draft = Draft(document, _plain(document.data))
    draft.data = fit(draft, draft.data, (), _validator(None))
    _report_decimals(draft, draft.data, ())
    return draft


def fit_definition(draft: Draft, value: Any, path: Path, definition: str) -> Any:
    """Likewise for a part that comes from a plugin, by the name of its definition in the schema."""
    fitting = fit(draft, _plain(value), path, _validator(definition))
    _report_decimals(draft, fitting, path)
    return fitting


def _report_decimals(draft: Draft, value: Any, path: Path) -> None:
    """Report numbers that would be rounded unseen: all are kept as millionths but money (which is checked where it
    is read) and parameters (which expressions take as written)."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if path != ("bonus",) and key != "params":
                _report_decimals(draft, inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            _report_decimals(draft, inner, (*path, index))
    elif isinstance(value, Decimal) and (rounded := from_micros(to_micros(value))) != value:
        what = msg("{key} has more than six decimals", key=path_text(path))
        draft.report(path, "decimals", what, found=show(value), fix=msg("write {number}", number=show(rounded)))


def fit_parameters(draft: Draft, values: dict[str, Any], path: Path, schemas: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that meet the JSON Schemas their plugin gives."""
    schema = {"type": "object", "properties": schemas, "additionalProperties": False}
    return fit(draft, values, path, Draft202012Validator(schema))  # type: ignore[no-any-return]  # jsonschema is untyped


def fit(draft: Draft, value: Any, path: Path, validator: Draft202012Validator) -> Any:
    """Report every complaint about a value that stands at ``path``; return it without what was complained about."""
    missing: set[Path] = set()
    unfit: set[Path] = set()
    for error in validator.iter_errors(value):
        inner: Path = tuple(error.absolute_path)
        if error.validator == "additionalProperties":
            known = sorted(error.schema.get("properties", {}))
            for key in sorted(error.instance.keys() - set(known)):
                report_unknown(draft, (*path, *inner, key), known)
                unfit.add((*inner, key))
        elif error.validator == "required":
            absent = {(*path, *inner, key) for key in error.validator_value if key not in error.instance} - missing
            missing |= absent
            for key_path in sorted(absent, key=path_text):
                draft.report(key_path, "missing-key", msg("{key} is missing", key=path_text(key_path)))
        elif inner not in unfit:
            unfit.add(inner)
            report_unfit(draft, (*path, *inner), error)
    for unfit_path in sorted(unfit, key=len, reverse=True):
        value = _without(value, unfit_path)
    return value


def _without(value: Any, path: Path) -> Any:
    """The value without the part at a path: a key goes, a table in a list becomes empty, any other list goes whole."""
    if not path:
        return {}
    owner, trail = value, []
    for part in path[:-1]:
        trail.append((owner, part))
        owner = owner[part]
    if isinstance(owner, dict):
        owner.pop(path[-1], None)
    elif trail and trail[-1][1] in _TABLE_LISTS:
        owner[path[-1]] = {}
    else:
        for holder, part in reversed(trail):
            if isinstance(holder, dict):
                holder.pop(part, None)
                break
    return value


def _plain(value: Any) -> Any:
    """A copy with dates as text: JSON knows none."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, float):
        return Decimal(str(value))
    return value.isoformat() if isinstance(value, date | time) else value
