"""Record types that describe what fields of other records name: which may, and what can then be read through."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kaohe.errors import Place
from kaohe.language import Type
from kaohe.plugin import Field, Indicator, RecordType
from kaohe.plugin.check import check_contents
from kaohe.plugin.cross import settle
from kaohe.plugin.load import Plugin
from kaohe.plugin.registry import open_registry
from kaohe.plugin.scope import record_scope
from kaohe.text import Text

LABEL = Text("名", "Name")
CODE, DAY = Field("code", "text", LABEL), Field("day", "date", LABEL)
CLIENT = RecordType(
    "client", LABEL, (CODE, DAY, Field("segment", "text", LABEL)), ("code",), "day", describes="customer"
)
VISIT = RecordType(
    "visit",
    LABEL,
    (CODE, DAY, Field("who", "person", LABEL), Field("of", "customer", LABEL)),
    ("code",),
    "day",
    ("who",),
)


def plugin(name: str, *record_types: RecordType, where: str | None = None) -> Plugin:
    indicators = () if where is None else (Indicator(f"{name}.x", LABEL, LABEL, "visit", "count()", where=where),)
    return Plugin(name, Place(name), None, record_types, indicators)


def test_another_records_field_can_be_read_through() -> None:
    fields = record_scope(VISIT, {}, record_types={"visit": VISIT, "client": CLIENT}).fields
    assert (fields["of.segment"], fields["of.day"]) == (Type("text"), Type("date"))
    assert not [name for name in record_scope(VISIT, {}, record_types={"visit": VISIT}).fields if "." in name]
    running, refused = settle([plugin("p", VISIT, CLIENT, where='of.segment == "vip"')])
    assert ([each.name for each in running], refused) == (["p"], {})


def test_an_indicator_that_reads_through_needs_a_type_that_describes() -> None:
    _running, refused = settle([plugin("p", VISIT, where='of.segment == "vip"')])
    assert "expression.unknown-name" in refused["p"][0].render("en")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"describes": "person"}, "records cannot describe fields of this kind"),
        ({"key": ("code", "segment")}, "a record type that describes others has a key of one text field"),
        ({"key": ("day",)}, "a record type that describes others has a key of one text field"),
    ],
)
def test_what_a_type_that_describes_must_be(changes: dict[str, object], told: str) -> None:
    (only,) = check_contents(plugin("p", replace(CLIENT, **changes)))  # type: ignore[arg-type]
    assert told in only.render("en")


def test_customers_are_described_once_among_all_plugins() -> None:
    other = replace(CLIENT, name="other")
    running, refused = settle([plugin("a", CLIENT), plugin("b", other), plugin("c", VISIT)])
    assert [each.name for each in running] == ["a", "c"]
    assert "fields of the kind customer are described by a record type of a already" in refused["b"][0].render("en")
    _running, refused = settle([plugin("a", CLIENT, other)])
    assert list(refused) == ["a"]


def test_in_the_base_pack_the_register_of_customers_does() -> None:
    types = open_registry((), None).record_types
    assert [each.name for each in types.values() if each.describes == "customer"] == ["customer"]
    assert "customer.segment" in record_scope(types["ticket"], {}, record_types=types).fields
