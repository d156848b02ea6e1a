"""A pack's text becomes declarations; a wrong one gives every mistake with its line and column."""

from __future__ import annotations

import json
from dataclasses import fields
from decimal import Decimal
from typing import get_args

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaohe.errors import KaoheError, Problem
from kaohe.plugin import AssessmentRule, Indicator, Parameter, RecordType, Share
from kaohe.plugin.pack import PackFile, SchemeFile, read_pack
from kaohe.plugin.pack_mistakes import pack_schema
from kaohe.plugin.types import Direction, Field, FieldKind, Unit
from kaohe.text import Text, msg

HEAD = 'format = 1\nname = "visits"\nlabel = { zh = "拜访", en = "Visits" }\n'
VISIT = """
[[record_types]]
name = "visit"
label = { zh = "拜访", en = "Visit" }
key = ["no"]
when = "day"
sequence = [["day", "done"]]

  [[record_types.fields]]
  name = "no"
  kind = "decimal"
  scale = 2
  minimum = 0
  maximum = 9.95
  label = { zh = "编号", en = "No" }
"""


def mistakes(text: str) -> list[str]:
    with pytest.raises(KaoheError) as caught:
        read_pack(text, "p/pack.toml")
    return [problem.render("en") for problem in caught.value.problems]


def test_numbers_are_exact_and_lists_become_tuples():
    pack = read_pack(HEAD + VISIT, "pack.toml")
    [visit] = pack.record_types
    assert visit.key == ("no",)
    assert visit.sequence == (("day", "done"),)
    assert visit.label == Text("拜访", "Visit")
    assert (visit.fields[0].minimum, visit.fields[0].maximum) == (Decimal(0), Decimal("9.95"))


def test_a_parameter_keeps_its_kind_of_value():
    indicator = """
    [[indicators]]
    id = "visits.n"
    name = { zh = "数", en = "N" }
    description = { zh = "数", en = "N" }
    records = "visit"
    value = "count()"
    unit = "count"
    parameters.share = { schema = { type = "number" }, default = 0.8, label = { zh = "比例", en = "Share" } }
    parameters.strict = { schema = { type = "boolean" }, default = true, label = { zh = "严", en = "Strict" } }
    curve = { kind = "points", at = [[0.8, 0], [1, 100]] }
    """
    [found] = read_pack(HEAD + indicator, "pack.toml").indicators
    assert found.parameters["share"].default == Decimal("0.8")
    assert found.parameters["strict"].default is True
    assert found.curve is not None
    assert found.curve["at"][0][0] == Decimal("0.8")
    assert found.min_sample == 0


def test_every_mistake_is_told_at_once_with_its_place():
    text = (
        HEAD.replace('en = "Visits"', 'eng = "Visits"')
        + VISIT.replace('"decimal"', '"decimals"').replace("minimum", "minimun").replace("scale = 2", "scale = 9")
        + '[[indicators]]\nid = "x"\n'
    )
    found = mistakes(text)
    places = [line.split(": error")[0] for line in found]
    assert places == sorted(places, key=lambda place: [int(part) for part in place.split(":")[1:]])
    assert any("p/pack.toml:3:" in line and "label has no en" in line for line in found)
    assert any("unknown key label.eng" in line and "did you mean en?" in line for line in found)
    assert any("p/pack.toml:14:10" in line and "datetime, person, team, customer" in line for line in found)
    assert any("p/pack.toml:15:11" in line and "at most 6" in line for line in found)
    assert any("unknown key record_types[0].fields[0].minimun" in line and "minimum?" in line for line in found)
    assert sum("indicators[0] has no" in line for line in found) == 3
    assert any("indicators[0].id is wrong" in line for line in found)


def test_syntax_errors_have_places_too():
    assert mistakes(HEAD + "key = [1,\n")[0].startswith("p/pack.toml:")


def test_a_pack_of_another_format_says_only_that():
    [only] = mistakes("format = 2\nnothing = 3\n")
    assert "[plugin.incompatible]" in only


@pytest.mark.parametrize(
    "line",
    ["when = 3", 'key = "no"', 'who = ["a", 1]', "label = []", 'sequence = ["day"]'],
)
def test_a_value_of_the_wrong_kind_is_refused(line):
    key = line.split(" ")[0]
    kept = [row for row in VISIT.splitlines() if not row.startswith(f"{key} ")]
    kept.insert(2, line)
    assert any(f"record_types[0].{key}" in text for text in mistakes(HEAD + "\n".join(kept)))


@pytest.mark.parametrize(
    ("definition", "cls"),
    [
        ("record_type", RecordType),
        ("field", Field),
        ("indicator", Indicator),
        ("parameter", Parameter),
        ("assessment", AssessmentRule),
        ("share", Share),
        ("scheme", SchemeFile),
        (None, PackFile),
    ],
)
def test_the_schema_has_exactly_the_attributes_of_the_declarations(definition, cls):
    schema = pack_schema() if definition is None else pack_schema()["$defs"][definition]
    assert set(schema["properties"]) == {field.name for field in fields(cls)}


def test_the_schema_has_exactly_the_words_of_the_declarations():
    definitions = pack_schema()["$defs"]
    assert tuple(definitions["field"]["properties"]["kind"]["enum"]) == get_args(FieldKind)
    assert tuple(definitions["indicator"]["properties"]["unit"]["enum"]) == get_args(Unit)
    assert tuple(definitions["indicator"]["properties"]["direction"]["enum"]) == get_args(Direction)


def test_the_schema_is_itself_sound():
    jsonschema.Draft202012Validator.check_schema(json.loads(json.dumps(pack_schema(), default=float)))


@settings(max_examples=80, deadline=None)
@given(
    at=st.integers(0, 10_000),
    length=st.integers(0, 12),
    put=st.sampled_from(["", '"', "[", "]]", "= 3", "[[indicators]]\n", "nan", "\n", "é", "1e999", "{", "#"]),
)
def test_a_damaged_pack_is_read_or_refused_with_places_but_never_breaks_kaohe(at, length, put):
    text = HEAD + VISIT
    at %= len(text)
    problems: tuple[Problem, ...] = ()
    try:
        read_pack(text[:at] + put + text[at + length :], "pack.toml")
    except KaoheError as error:
        problems = error.problems or (Problem("none", msg("an error without a problem")),)
    assert all(problem.where.file == "pack.toml" and problem.where.line for problem in problems)


def test_a_scheme_file_cannot_leave_the_package():
    scheme = '[[schemes]]\nname = "a"\nlabel = { zh = "一", en = "A" }\nfile = "../../secret.toml"\n'
    assert any("schemes[0].file is wrong" in text for text in mistakes(HEAD + scheme))


def test_a_missing_scheme_file_is_told_at_its_line(workshop, said):
    files = workshop.pack("bad")
    files["pack.toml"] += '[[schemes]]\nname = "a"\nlabel = { zh = "一", en = "A" }\nfile = "schemes/a.toml"\n'
    line = files["pack.toml"].count("\n")
    text = said(workshop.refused(workshop.allow("bad", files)))
    assert text.startswith(f"kt_bad/pack.toml:{line}:8: error [pack.file-missing]")
    assert "schemes/a.toml" in text


def test_a_scheme_file_of_the_package_is_read_as_it_stands(workshop):
    files = workshop.pack("fine")
    files["pack.toml"] += '[[schemes]]\nname = "a"\nlabel = { zh = "一", en = "A" }\nfile = "schemes/a.toml"\n'
    files["schemes/a.toml"] = "# 说明\nformat = 1\n"
    registry = workshop.open(workshop.allow("fine", files))
    assert registry.schemes["a"].text == "# 说明\nformat = 1\n"


def test_a_pack_without_its_file_is_refused(workshop, said):
    files = {"__init__.py": workshop.pack("bad")["__init__.py"]}
    entry = workshop.allow("bad", files, target="kt_bad:plugin")
    assert "[pack.file-missing]: the package kt_bad holds no file pack.toml" in said(workshop.refused(entry))
