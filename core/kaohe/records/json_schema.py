"""The JSON Schema of a record type, and what a record that does not meet it is told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from kaohe.plugin.types import Field, RecordType
from kaohe.records.rows import Mistake
from kaohe.records.words import LONGEST_CELL, nearest
from kaohe.text import Language, Message, msg

_DAY = r"^\d{4}-\d{2}-\d{2}$"
_MOMENT = r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?$"
_KINDS: dict[str, dict[str, Any]] = {
    "text": {"type": "string", "maxLength": LONGEST_CELL},
    "customer": {"type": "string", "maxLength": LONGEST_CELL},
    "person": {"type": "string", "maxLength": LONGEST_CELL},
    "team": {"type": "string", "maxLength": LONGEST_CELL},
    "choice": {"type": "string"},
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date", "pattern": _DAY},
    "datetime": {"type": "string", "pattern": _MOMENT},
}
_TYPES: dict[str, Message] = {
    "string": msg("a text in quotes"),
    "number": msg("a number"),
    "integer": msg("a whole number"),
    "boolean": msg("true or false"),
    "null": msg("null"),
}


def json_schema(record_type: RecordType, language: Language = "en") -> dict[str, Any]:
    """The JSON Schema (2020-12) of one record as imported from JSON.

    Amounts are in yuan. Numbers with decimals may also be written as text, for writers that know only binary
    fractions. Whether decimals and years fit is checked on import, with the same words as for any other file.
    """
    required = [field.name for field in record_type.fields if must_have(record_type, field)]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": record_type.label.in_(language),
        "type": "object",
        "properties": {field.name: _field_schema(record_type, field, language) for field in record_type.fields},
        "required": required,
        "additionalProperties": False,
    }


def must_have(record_type: RecordType, field: Field) -> bool:
    """Whether a record needs the field: it is required, or part of the key."""
    return field.required or field.name in record_type.key


def record_checker(record_type: RecordType) -> Callable[[Any], list[Mistake]]:
    """A function that lists everything wrong with the shape of one record."""
    # Through text, so that its numbers are decimals: a float limit would misjudge exact numbers.
    schema = json.loads(json.dumps(json_schema(record_type)), parse_float=Decimal)
    validator = Draft202012Validator(schema)
    known = [field.name for field in record_type.fields]

    def check(record: Any) -> list[Mistake]:
        errors = sorted(validator.iter_errors(record), key=lambda error: [str(part) for part in error.path])
        return [mistake for error in errors for mistake in _mistakes(error, known)]

    return check


def _field_schema(record_type: RecordType, field: Field, language: Language) -> dict[str, Any]:
    schema: dict[str, Any] = {"title": field.label.in_(language)}
    if field.help is not None:
        schema["description"] = field.help.in_(language)
    schema |= _KINDS.get(field.kind) or _decimal(2 if field.kind == "money" else field.scale)
    if field.kind in ("integer", "decimal", "money"):
        schema |= {"minimum": _plain(field.minimum)} if field.minimum is not None else {}
        schema |= {"maximum": _plain(field.maximum)} if field.maximum is not None else {}
    if field.kind == "choice":
        schema["enum"] = list(field.choices)
    if must_have(record_type, field):
        return schema | ({"minLength": 1} if schema["type"] == "string" else {})
    kinds = schema["type"]
    schema["type"] = [*kinds, "null"] if isinstance(kinds, list) else [kinds, "null"]
    if "enum" in schema:
        schema["enum"] = [*schema["enum"], None]
    return schema


def _decimal(scale: int) -> dict[str, Any]:
    fraction = rf"(\.\d{{1,{scale}}})?" if scale else ""
    return {"type": ["number", "string"], "pattern": rf"^-?\d{{1,18}}{fraction}$"}


def _plain(limit: Decimal) -> int | float:
    return int(limit) if limit == limit.to_integral_value() else float(limit)


def _mistakes(error: ValidationError, known: list[str]) -> Iterator[Mistake]:
    name = str(error.path[0]) if error.path else None
    instance: Any = error.instance
    limit: Any = error.validator_value
    found = "" if name is None else as_cell(instance)
    match error.validator:
        case "additionalProperties":
            for extra in sorted(instance.keys() - set(known)):
                near = nearest(extra, known)
                fix = msg("Did you mean {name}?", name=near) if near else msg("Leave it out.")
                reason = msg("the record type has no such field")
                yield Mistake(extra, None, as_cell(instance[extra]), reason, fix)
        case "required":
            absent = error.message.split("'")[1]
            yield Mistake(absent, absent, "", msg("a required value is missing"), msg("Fill it in."))
        case "type":
            kinds = limit if isinstance(limit, list) else [limit]
            reason = msg("this is the wrong kind of value")
            if name is None:
                reason = msg("this is not a record")
                yield Mistake(None, None, found, reason, msg("Write an object of fields."))
            else:
                yield Mistake(name, name, found, reason, msg("Write {expected}.", expected=_TYPES[kinds[0]]))
        case "enum":
            listed = ", ".join(str(choice) for choice in limit if choice is not None)
            reason = msg("this is not one of the choices")
            yield Mistake(name, name, found, reason, msg("Write one of {choices}.", choices=listed))
        case _:
            yield Mistake(name, name, found, msg("the value does not fit the field"), _limit(error))


def _limit(error: ValidationError) -> Message:
    match error.validator:
        case "minimum":
            return msg("Write a number of at least {least}.", least=error.validator_value)
        case "maximum":
            return msg("Write a number of at most {most}.", most=error.validator_value)
        case "minLength":
            return msg("Fill it in.")
        case "maxLength":
            return msg("Shorten the text.")
        case _ if error.validator_value == _DAY:
            return msg("Write it like {example}.", example="2026-01-05")
        case _ if error.validator_value == _MOMENT:
            return msg("Write it like {example}.", example="2026-01-05T14:30:00+08:00")
        case _:
            return msg("Write a plain number with as many decimals as the field has.")


def as_cell(value: Any) -> str:
    """A JSON value as the text of a cell."""
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case Decimal() if abs(value.adjusted()) < 30:
            return f"{value:f}"
        case Mapping() | list():
            return json.dumps(value, ensure_ascii=False, default=str)
        case _:
            return str(value)
