"""What a plugin declares is checked for itself: names, references, limits, parameters."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kaohe.errors import Place
from kaohe.plugin import Field, Parameter, RecordType
from kaohe.plugin.check import check_contents
from kaohe.plugin.load import Plugin
from kaohe.plugin.parameters import default_mistakes, value_mistakes
from kaohe.text import Text

LABEL = Text("名", "Name")
NO, DAY, WHO = Field("no", "text", LABEL), Field("day", "date", LABEL), Field("who", "person", LABEL)


def record_type(*more: Field, **changes: object) -> RecordType:
    made = {"name": "visit", "label": LABEL, "fields": (NO, DAY, WHO, *more), "key": ("no",), "when": "day"}
    return RecordType(**(made | changes))  # type: ignore[arg-type]


def mistakes(*record_types: RecordType) -> list[str]:
    plugin = Plugin("p", Place("p"), None, record_types)
    return [problem.render("en") for problem in check_contents(plugin)]


def test_a_sound_record_type_has_no_mistakes():
    sound = record_type(
        Field("kind", "choice", LABEL, choices={"a": LABEL}),
        Field("rate", "decimal", LABEL, scale=2, minimum=Decimal(0), maximum=Decimal(1)),
        Field("done", "datetime", LABEL),
        until="done",
        who=("who",),
        sequence=(("day", "done"),),
    )
    assert mistakes(sound) == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": "Visit"}, "this cannot be a name"),
        ({"name": "people"}, "this cannot be a name"),
        ({"name": "visit\n"}, "this cannot be a name"),
        ({"name": "v" * 41}, "this cannot be a name"),
        ({"key": ()}, "a record type needs a key"),
        ({"key": ("nr",)}, "key names a field that does not exist"),
        ({"when": "no"}, "when names a field of the wrong kind"),
        ({"when": "Day"}, "when names a field that does not exist"),
        ({"until": "who"}, "until names a field of the wrong kind"),
        ({"who": ("no",)}, "who names a field of the wrong kind"),
        ({"sequence": (("day", "no"),)}, "sequence names a field of the wrong kind"),
        ({"sequence": (("day",),)}, "a sequence needs at least two fields"),
    ],
)
def test_mistakes_of_a_record_type(changes, told):
    [only] = mistakes(record_type(**changes))
    assert told in only


@pytest.mark.parametrize(
    ("field", "told"),
    [
        (Field("no", "text", LABEL), "no is declared twice"),
        (Field("at__local", "text", LABEL), "this cannot be a name"),
        (Field("select;", "text", LABEL), "this cannot be a name"),
        (Field("kind", "choice", LABEL), "choices belong to a choice"),
        (Field("kind", "text", LABEL, choices={"a": LABEL}), "choices belong to a choice"),
        (Field("rate", "decimal", LABEL), "a scale belongs to a decimal"),
        (Field("rate", "decimal", LABEL, scale=7), "a scale belongs to a decimal"),
        (Field("sum", "money", LABEL, scale=2), "a scale belongs to a decimal"),
        (Field("text", "text", LABEL, minimum=Decimal(1)), "only a number has a minimum or maximum"),
        (Field("n", "integer", LABEL, minimum=Decimal(2), maximum=Decimal(1)), "the minimum is above the maximum"),
        (Field("n", "integer", LABEL, maximum=Decimal("inf")), "out of range"),
    ],
)
def test_mistakes_of_a_field(field, told):
    [only] = mistakes(record_type(field))
    assert told in only


@pytest.mark.parametrize(
    ("schema", "default"),
    [
        ({"type": "integer", "minimum": 1, "maximum": 10}, 8),
        ({"type": "number", "exclusiveMinimum": 0}, Decimal("0.5")),
        ({"type": "string", "enum": ["a", "b"]}, "b"),
        ({"type": "boolean"}, False),
    ],
)
def test_a_default_within_its_schema(schema, default):
    assert list(default_mistakes(Parameter(schema, default, LABEL))) == []


@pytest.mark.parametrize(
    ("schema", "default", "told"),
    [
        ({"type": "integer"}, Decimal("1.5"), "wrong type"),
        ({"type": "integer"}, True, "wrong type"),
        ({"type": "number"}, "8", "wrong type"),
        ({"type": "boolean"}, 0, "wrong type"),
        ({"type": "number", "maximum": 1}, 2, "out of range"),
        ({"type": "number", "exclusiveMaximum": 1}, 1, "out of range"),
        ({"type": "string", "enum": ["a"]}, "b", "does not have this value"),
        ({"type": "list"}, 1, "needs a type"),
        ({"type": ["number"]}, 1, "needs a type"),
        ({}, 1, "needs a type"),
        ({"type": "string", "minimum": 1}, "a", "only a number has bounds"),
        ({"type": "number", "minimum": 0.5}, 1, "only a number has bounds"),
        ({"type": "string", "enum": "ab"}, "a", "needs a list of values"),
        ({"type": "string", "pattern": "(a+)+$"}, "a", "words that kaohe does not know"),
    ],
)
def test_a_default_or_schema_that_is_not_sound(schema, default, told):
    [(what, _found, _expected)] = default_mistakes(Parameter(schema, default, LABEL))
    assert told in str(what)


def test_a_value_is_held_against_every_bound():
    parameter = Parameter({"type": "integer", "minimum": 5, "exclusiveMinimum": 6}, 8, LABEL)
    assert len(list(value_mistakes(parameter, 3))) == 2
