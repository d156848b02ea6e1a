"""What the published JSON Schema of mapping files finds wrong, in a person's words and with places."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from kaohe.errors import Problem
from kaohe.records.words import nearest
from kaohe.text import Message, msg
from kaohe.toml import Document, Path, path_text

SCHEMA_FILE = "mapping.schema.json"
_TYPES: dict[str, Message] = {
    "object": msg("a table"),
    "array": msg("a list"),
    "string": msg("a text in quotes"),
    "integer": msg("a whole number"),
    "number": msg("a number"),
    "boolean": msg("true or false"),
}


@cache
def schema_text() -> str:
    """The JSON Schema (2020-12) of mapping files as shipped."""
    return (files("kaohe.records") / SCHEMA_FILE).read_text("utf-8")


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(schema_text(), parse_float=Decimal))


def shape_problems(data: dict[str, Any], document: Document) -> list[tuple[Path, Problem]]:
    """Everything about the shape of the file that the schema does not allow, each with the path it concerns."""
    return [
        (tuple(error.absolute_path), problem)
        for error in _validator().iter_errors(data)
        for problem in _problems(error, document)
    ]


def _problems(error: ValidationError, document: Document) -> Iterator[Problem]:
    if error.validator == "anyOf" and (nested := _closest(error)):
        for inner in nested:
            yield from _problems(inner, document)
        return
    path: Path = tuple(error.absolute_path)
    limit: Any = error.validator_value
    instance: Any = error.instance
    if error.validator == "additionalProperties":
        schema: Any = error.schema
        for name in sorted(instance.keys() - schema["properties"].keys()):
            yield _unknown_key(name, list(schema["properties"]), document, path)
    elif error.validator == "required":
        for name in [name for name in limit if name not in instance and f"'{name}'" in error.message]:
            whole = path_text(path) or document.file
            what = msg("{table} has no {key}", table=whole, key=name)
            fix = msg("add {key} = …", key=name)
            yield Problem("mapping.missing-key", what, document.place(path), fix=fix)
    else:
        what = msg("{key} is wrong", key=path_text(path))
        yield Problem("mapping.value", what, document.place(path), str(instance), _expected(error.validator, limit))


def _closest(error: ValidationError) -> list[ValidationError]:
    """The complaints of the one form that is meant: that which fits the kind of value written."""
    branches: dict[Any, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(inner.schema_path[0], []).append(inner)
    return next(
        (branch for branch in branches.values() if all(inner.validator != "type" or inner.path for inner in branch)), []
    )


def _unknown_key(name: str, known: list[str], document: Document, path: Path) -> Problem:
    near = nearest(name, known)
    return Problem(
        "mapping.unknown-key",
        msg("unknown key {key}", key=path_text((*path, name))),
        document.key_place((*path, name)),
        expected=", ".join(known),
        fix=msg("did you mean {name}?", name=near) if near else None,
    )


def _expected(validator: Any, limit: Any) -> str | Message | None:
    match validator:
        case "type":
            kinds = [limit] if isinstance(limit, str) else limit
            return _TYPES[kinds[0]] if len(kinds) == 1 else msg("a number, a text in quotes, or true or false")
        case "anyOf":
            return msg("a column's name in quotes, a list of them, or a table with from, constant or value")
        case "enum":
            return ", ".join(json.dumps(choice) for choice in limit)
        case "const":
            return str(limit)
        case "minimum" | "minLength" | "minItems" | "minProperties":
            return msg("at least {count}", count=limit)
        case "maximum" | "maxLength" | "maxItems":
            return msg("at most {count}", count=limit)
        case _:
            return None
