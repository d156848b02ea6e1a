"""Why a ``pack.toml`` is not what its schema asks for: every mistake at once, with its place and how to mend it."""

from __future__ import annotations

import difflib
import json
import pkgutil
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import jsonschema

from kaohe.errors import KaoheError, Problem, fail
from kaohe.plugin.hooks import API_VERSION
from kaohe.plugin.refusals import incompatible
from kaohe.text import Message, msg
from kaohe.toml import Document, Path, load_toml, path_text

_TYPES = {
    "object": msg("a table"),
    "array": msg("a list"),
    "string": msg("a text in quotes"),
    "integer": msg("a whole number"),
    "number": msg("a number"),
    "boolean": msg("true or false"),
}


def pack_schema() -> dict[str, Any]:
    """The JSON Schema of ``pack.toml``, its numbers exact."""
    text = pkgutil.get_data("kaohe.plugin", "pack.schema.json")
    schema: dict[str, Any] = json.loads(text or b"", parse_float=Decimal)
    return schema


def refuse_pack(text: str, file: str) -> KaoheError:
    """The error that names everything that is wrong with the text of a pack.

    Raises KaoheError itself where the text is not even TOML.
    """
    document = load_toml(text, file)
    if document.data.get("format", API_VERSION) != API_VERSION:
        return fail(incompatible(document.data["format"], document.place(("format",))))
    validator = jsonschema.Draft202012Validator(pack_schema())
    problems = [problem for error in validator.iter_errors(document.data) for problem in _problems(error, document)]
    problems.sort(key=lambda problem: (problem.where.line or 0, problem.where.column or 0, problem.code))
    return KaoheError(tuple(problems) or (_unbuildable(document),))


def _problems(error: Any, document: Document) -> Iterator[Problem]:
    path: Path = tuple(error.absolute_path)
    key = path_text(path)
    place = document.place(path)
    match error.validator:
        case "additionalProperties":
            for name in error.instance.keys() - error.schema["properties"].keys():
                yield _unknown_key(name, list(error.schema["properties"]), document, path)
        case "required":
            # One error arrives for each missing key, and only its sentence tells which.
            name = error.message.split("'")[1]
            fix = msg("add {key} = …", key=name)
            whole = key or document.file
            yield Problem("pack.missing-key", msg("{table} has no {key}", table=whole, key=name), place, fix=fix)
        case _:
            yield Problem("pack.value", msg("{key} is wrong", key=key), place, str(error.instance), _expected(error))


def _expected(error: Any) -> str | Message:
    limit = error.validator_value
    match error.validator:
        case "type":
            kinds = [limit] if isinstance(limit, str) else limit
            return _TYPES[kinds[0]] if len(kinds) == 1 else msg("a number, a text in quotes, or true or false")
        case "enum":
            return ", ".join(map(str, limit))
        case "pattern":
            return msg("small letters, digits and _ in the form {pattern}", pattern=limit)
        case "minimum":
            return msg("at least {count}", count=limit)
        case "maximum":
            return msg("at most {count}", count=limit)
        case "minLength" | "minItems" | "minProperties":
            return msg("at least {count}", count=limit)
        case _:
            return f"{error.validator}: {limit}"


def _unknown_key(name: str, known: list[str], document: Document, path: Path) -> Problem:
    near = difflib.get_close_matches(name, known, n=1)
    return Problem(
        "pack.unknown-key",
        msg("unknown key {key}", key=path_text((*path, name))),
        document.key_place((*path, name)),
        expected=", ".join(known),
        fix=msg("did you mean {name}?", name=near[0]) if near else None,
    )


def _unbuildable(document: Document) -> Problem:
    return Problem("pack.value", msg("this pack cannot be read"), document.place(()))
