"""The published JSON Schema of scheme files, and its complaints in a person's words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from kaohe.scheme.draft import Draft, Path, nearest, path_text, show
from kaohe.text import Message, msg
from kaohe.toml import Document

SCHEMA_FILE = "scheme.schema.json"
_TABLE_PATTERNS: dict[str, Message] = {
    "^missing$": msg('a number or "missing"'),
    r"^\d{4}-\d{2}-\d{2}$": msg("a date such as 2026-01-31"),
    r"^[A-Za-z_\u4e00-\u9fff][A-Za-z0-9_\u4e00-\u9fff]*$": msg("a word of letters, digits and _, beginning with a letter"),
    r"^[A-Za-z0-9_\u4e00-\u9fff][A-Za-z0-9_.\u4e00-\u9fff-]*$": msg("a word of letters, digits, . _ and -"),
}
_LISTS = {"dimensions", "indicators", "adjustments", "rules", "levels", "outcomes", "cases", "bands"}
_TYPES: dict[str, Message] = {
    "string": msg("text in quotes"),
    "number": msg("a number"),
    "integer": msg("a whole number"),
    "boolean": msg("true or false"),
    "array": msg("a list"),
    "object": msg("a table"),
}
_PATTERNS: dict[str, Message] = {
    "^missing$": msg('a number or "missing"'),
    r"^\d{4}-\d{2}-\d{2}$": msg("a date such as 2026-01-31"),
    r"^[A-Za-z_\u4e00-\u9fff][A-Za-z0-9_\u4e00-\u9fff]*$": msg("a word of letters, digits and _, beginning with a letter"),
    r"^[A-Za-z0-9_\u4e00-\u9fff][A-Za-z0-9_.\u4e00-\u9fff-]*$": msg("a word of letters, digits, . _ and -"),
}
_LISTS = {
    "minItems": msg("the list is too short"),
    "maxItems": msg("the list is too long"),
    "minProperties": msg("nothing is written here"),
    "maxProperties": msg("only one key may stand here"),
}


@cache
def schema_text() -> str:
    """The JSON Schema (2020-12) as shipped."""
    return (files("kaohe.scheme") / SCHEMA_FILE).read_text("utf-8")


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
    return draft


def fit_definition(draft: Draft, value: Any, path: Path, definition: str) -> Any:
    """Likewise for a part that comes from a plugin, by the name of its definition in the schema."""
    return fit(draft, _plain(value), path, _validator(definition))


def fit_parameters(draft: Draft, values: dict[str, Any], path: Path, schemas: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that meet the JSON Schemas their plugin gives."""
    schema = {"type": "object", "properties": schemas, "additionalProperties": False}
    return fit(draft, values, path, Draft202012Validator(schema))  # type: ignore[no-any-return]


def fit(draft: Draft, value: Any, path: Path, validator: Draft202012Validator) -> Any:
    """Report every complaint about a value that stands at ``path``; return it without what was complained about."""
    missing: set[Path] = set()
    unfit: set[Path] = set()
    for error in validator.iter_errors(value):
        inner: Path = tuple(error.absolute_path)
        if error.validator == "additionalProperties":
            known = sorted(error.schema.get("properties", {}))
            for key in sorted(error.instance.keys() - set(known)):
                _report_unknown(draft, (*path, *inner, key), known)
                unfit.add((*inner, key))
        elif error.validator == "required":
            absent = {(*path, *inner, key) for key in error.validator_value if key not in error.instance} - missing
            missing |= absent
            for key_path in sorted(absent, key=path_text):
                draft.report(key_path, "missing-key", msg("{key} is missing", key=path_text(key_path)))
        elif inner not in unfit:
            unfit.add(inner)
            _report_unfit(draft, (*path, *inner), error)
    for unfit_path in sorted(unfit, key=len, reverse=True):
        value = _without(value, unfit_path)
    return value


def _report_unknown(draft: Draft, path: Path, known: list[str]) -> None:
    draft.report(
        path,
        "unknown-key",
        msg("unknown key {key}", key=path_text(path)),
        expected=", ".join(known) or None,
        fix=nearest(str(path[-1]), known),
        at_key=True,
    )


def _report_unfit(draft: Draft, path: Path, error: ValidationError) -> None:
    limit, found, key = error.validator_value, error.instance, path_text(path) or draft.document.file
    what, expected, fix = msg("{key} has a wrong value", key=key), None, None
    code = "wrong-value"
    match error.validator:
        case "type":
            kinds = [limit] if isinstance(limit, str) else limit
            code, what = "wrong-type", msg("{key} has the wrong type", key=key)
            expected = _TYPES[kinds[0]] if len(kinds) == 1 else msg("one of several types: {types}", types=_any_of(kinds))
        case "enum":
            expected = ", ".join(show(choice) for choice in limit)
            fix = nearest(str(found), [str(choice) for choice in limit])
        case "const":
            expected = show(limit)
        case "pattern":
            expected = _PATTERNS.get(limit) or limit
        case "minimum":
            code, expected = "out-of-range", msg("at least {limit}", limit=show(limit))
        case "exclusiveMinimum":
            code, expected = "out-of-range", msg("more than {limit}", limit=show(limit))
        case "maximum":
            code, expected = "out-of-range", msg("at most {limit}", limit=show(limit))
            fix = _as_share(found) if limit == 1 else None
        case "exclusiveMaximum":
            code, expected = "out-of-range", msg("less than {limit}", limit=show(limit))
        case "minLength":
            what = msg("{key} is empty", key=key)
        case _:
            what, expected = _LISTS.get(str(error.validator), what), None
    draft.report(path, code, what, found=found, expected=expected, fix=fix)


def _as_share(found: Any) -> Message | None:
    """80 was written where 0.8 was meant."""
    if not 1 < found <= 100:
        return None
    return msg("a share is written from 0 to 1: {percent} % is {share}", percent=found, share=show(Decimal(found) / 100))


def _any_of(kinds: list[str]) -> str:
    return " | ".join(kinds)


def _without(value: Any, path: Path) -> Any:
    """The value without the part at a path: a key goes, a table in a list of tables becomes empty, a list goes whole."""
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
