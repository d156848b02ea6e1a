"""An indicator's parameters: does a value keep to the small part of JSON Schema that a parameter may use?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from kaohe.plugin.types import Parameter
from kaohe.text import Message, msg

Mistake = tuple[Message, object, str | Message | None]
"""What is wrong, what was found, what is expected."""

_TYPES: dict[str, Callable[[Any], bool]] = {
    "boolean": lambda value: isinstance(value, bool),
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: _number(value) and value == Decimal(value).to_integral_value(),
    "number": lambda value: _number(value),  # noqa: PLW0108 - _number is defined below
}
_KINDS = {
    "boolean": msg("true or false"),
    "string": msg("text"),
    "integer": msg("whole number"),
    "number": msg("a number"),
}
_BOUNDS: dict[str, tuple[str, Callable[[Any, Any], bool]]] = {
    "minimum": ("≥", lambda value, bound: value >= bound),
    "maximum": ("≤", lambda value, bound: value <= bound),
    "exclusiveMinimum": (">", lambda value, bound: value > bound),
    "exclusiveMaximum": ("<", lambda value, bound: value < bound),
}


def value_mistakes(parameter: Parameter, value: object) -> Iterator[Mistake]:
    """Why the value does not keep to the parameter's schema; the schema itself must be sound."""
    schema = parameter.schema
    if not _TYPES[schema["type"]](value):
        yield msg("the value of the parameter has the wrong type"), value, _KINDS[schema["type"]]
        return
    if "enum" in schema and value not in schema["enum"]:
        yield msg("the parameter does not have this value"), value, ", ".join(map(str, schema["enum"]))
    for key, (sign, keeps) in _BOUNDS.items():
        if key in schema and not keeps(value, schema[key]):
            yield msg("the value of the parameter is out of range"), value, f"{sign} {schema[key]}"


def default_mistakes(parameter: Parameter) -> Iterator[Mistake]:
    """Why the parameter's schema or default is not sound."""
    unknown = parameter.schema.keys() - {"type", "enum", *_BOUNDS}
    kind = parameter.schema.get("type")
    numeric = kind in ("number", "integer")
    if unknown:
        what = msg("the parameter's schema uses words that kaohe does not know")
        yield what, ", ".join(sorted(unknown)), ", ".join(("type", "enum", *_BOUNDS))
    elif not isinstance(kind, str) or kind not in _TYPES:
        yield msg("the parameter's schema needs a type"), kind, ", ".join(_TYPES)
    elif any(key in parameter.schema and not (numeric and _number(parameter.schema[key])) for key in _BOUNDS):
        yield msg("only a number has bounds, and they are numbers"), dict(parameter.schema), None
    elif not isinstance(parameter.schema.get("enum", []), list | tuple):
        yield msg("the parameter's schema needs a list of values"), parameter.schema["enum"], None
    else:
        yield from value_mistakes(parameter, parameter.default)


def _number(value: object) -> bool:
    """Exact numbers only: a float in a schema or default would not mean what is written."""
    if isinstance(value, Decimal):
        return value.is_finite()
    return isinstance(value, int) and not isinstance(value, bool)
