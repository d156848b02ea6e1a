"""What an expression over records may name, by the record type's fields."""

from __future__ import annotations

import pytest

from kaohe.language import Type, compile_expression
from kaohe.plugin import Field, RecordType
from kaohe.plugin.scope import field_type, record_scope
from kaohe.text import Text

LABEL = Text("名", "Name")
CUSTOMER = RecordType(
    "client",
    LABEL,
    (Field("code", "customer", LABEL), Field("since", "date", LABEL), Field("left", "date", LABEL)),
    ("code",),
    "since",
    until="left",
)


@pytest.mark.parametrize(
    ("kind", "scale", "expected"),
    [
        ("text", 0, Type("text")),
        ("choice", 0, Type("text")),
        ("person", 0, Type("text")),
        ("customer", 0, Type("text")),
        ("integer", 0, Type("number", 0)),
        ("decimal", 3, Type("number", 3)),
        ("money", 0, Type("number", 2)),
        ("boolean", 0, Type("boolean")),
        ("date", 0, Type("date")),
        ("datetime", 0, Type("datetime")),
    ],
)
def test_fields_have_the_types_they_are_stored_with(kind, scale, expected):
    assert field_type(Field("x", kind, LABEL, scale=scale)) == expected


def test_a_record_that_lasts_can_be_asked_whether_it_was_there_at_the_end():
    scope = record_scope(CUSTOMER, {"least": 3})
    assert scope.span == ("since", "left")
    assert compile_expression("count(where=at_end(code != 'x')) / least", scope).type.kind == "number"


def test_an_indicator_s_own_date_takes_the_place_of_the_record_type_s():
    assert record_scope(CUSTOMER, {}, when="left").span == ("left", "left")


def test_a_record_without_an_end_has_no_span():
    lasting = RecordType("visit", LABEL, CUSTOMER.fields, ("code",), "since")
    assert record_scope(lasting, {}).span is None
