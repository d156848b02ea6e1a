"""docs/scheme.md documents every key of the published schema, and its example is sound."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from kaohe.scheme import schema_text

REFERENCE = (Path(__file__).parents[2] / "docs" / "scheme.md").read_text("utf-8")
SCHEMA: dict[str, Any] = json.loads(schema_text())


def objects(node: Any) -> Iterator[dict[str, Any]]:
    """Every table of the schema, nested ones included."""
    if isinstance(node, dict):
        if isinstance(node.get("properties"), dict) and "if" not in node:
            yield node
        for key, inner in node.items():
            if key != "if":
                yield from objects(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from objects(inner)


def described(prop: dict[str, Any]) -> tuple[str, str]:
    text = prop.get("description") or SCHEMA["$defs"][prop["$ref"].rsplit("/", 1)[1]]["description"]
    chinese, english = text.split(" — ", 1)
    return chinese, english


def test_the_schema_is_a_sound_json_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_no_table_of_the_schema_takes_unknown_keys() -> None:
    open_tables = [table for table in objects(SCHEMA) if table.get("additionalProperties") is not False]
    assert open_tables == [SCHEMA["$defs"]["curve"]]  # closed by each kind of curve


def test_every_key_of_the_schema_is_explained_in_both_languages() -> None:
    rows = set(re.findall(r"^\| `(\w+)`(?: \\\*)? \| .* \| (.*) \| (.*) \|$", REFERENCE, re.MULTILINE))
    missing = [
        (key, *described(prop))
        for table in objects(SCHEMA)
        for key, prop in table["properties"].items()
        if (key, *described(prop)) not in rows
    ]
    assert missing == []


def test_required_keys_are_marked() -> None:
    marked = set(re.findall(r"^\| `(\w+)` \\\* \|", REFERENCE, re.MULTILINE))
    required = {key for table in objects(SCHEMA) for key in table.get("required", ())}
    assert marked == required


def test_the_example_meets_the_schema() -> None:
    import tomllib

    (example,) = re.findall(r"```toml\n(.*?)```", REFERENCE, re.DOTALL)
    data = tomllib.loads(example.replace("2026-01-01", '"2026-01-01"').replace("2026-12-31", '"2026-12-31"'))
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(data)] == []
