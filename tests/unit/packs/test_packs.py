"""What every pack must keep: its schema, both languages, sound references, a curve that a scheme accepts."""

from __future__ import annotations

import json
import tomllib
from decimal import Decimal

import jsonschema
import pytest
from tests.unit.packs.packs_kit import INDUSTRIES, PLUGINS, ROOT, Packs

from kaohe.plugin.build import build
from kaohe.plugin.pack import PackFile
from kaohe.scheme import load_scheme
from kaohe.scheme.levels import names_no_person
from kaohe.text import Text

FILES = {"crm": ROOT / "core/kaohe/packs/crm/pack.toml"} | {
    name: ROOT / "plugins" / name / "src" / f"kaohe_{name}" / "pack.toml" for name in INDUSTRIES
}
COUNTED_FROM_NOTHING = ("count(", "sum(")


@pytest.mark.parametrize("name", FILES)
def test_the_pack_keeps_to_its_schema(name):
    schema = json.loads((ROOT / "core/kaohe/plugin/pack.schema.json").read_text("utf-8"), parse_float=Decimal)
    data = tomllib.loads(FILES[name].read_text("utf-8"), parse_float=Decimal)
    problems = [error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(data)]
    assert problems == []
    assert build(PackFile, data).name == PLUGINS.get(name, name)


def _texts(packs: Packs) -> list[tuple[str, Text]]:
    found: list[tuple[str, Text]] = []
    for record_type in packs.record_types.values():
        about = record_type.name
        found += [(about, record_type.label), (about, record_type.description or Text("", ""))]
        for field in record_type.fields:
            found += [(f"{about}.{field.name}", text) for text in (field.label, *field.choices.values())]
            found += [(f"{about}.{field.name}", field.help)] if field.help else []
    for indicator in packs.indicators.values():
        found += [(indicator.id, text) for text in (indicator.name, indicator.description)]
        found += [(f"{indicator.id} {key}", each.label) for key, each in indicator.parameters.items()]
    return found


def test_every_name_and_description_is_chinese_and_english(packs):
    def chinese(text: str) -> bool:
        return any("\u4e00" <= character <= "\u9fff" for character in text)

    wrong = [(about, text) for about, text in _texts(packs) if not chinese(text.zh) or not text.en or chinese(text.en)]
    assert wrong == []


def test_chinese_texts_use_chinese_punctuation(packs):
    ascii_marks = [(about, text.zh) for about, text in _texts(packs) if any(mark in text.zh for mark in ",;:()?")]
    assert ascii_marks == []


def test_a_description_is_a_sentence_and_a_source_is_named(packs):
    for indicator in packs.indicators.values():
        assert indicator.description.zh.endswith("。"), indicator.id
        assert indicator.description.en.endswith("."), indicator.id
        assert indicator.source, indicator.id


def test_names_within_a_record_type_differ_in_both_languages(packs):
    for record_type in packs.record_types.values():
        for language in ("zh", "en"):
            labels = [getattr(field.label, language) for field in record_type.fields]
            assert len(set(labels)) == len(labels), record_type.name


def test_keys_dates_and_people_of_a_record_type_are_fields_of_the_right_kind(packs):
    for record_type in packs.record_types.values():
        kinds = {field.name: field.kind for field in record_type.fields}
        required = {field.name for field in record_type.fields if field.required}
        assert len(kinds) == len(record_type.fields), record_type.name
        assert {*record_type.key, record_type.when} <= required, record_type.name
        assert all(kinds[name] == "person" for name in record_type.who), record_type.name
        dated = [record_type.when, *(name for group in record_type.sequence for name in group)]
        dated += [record_type.until] if record_type.until else []
        assert all(kinds[name] in ("date", "datetime") for name in dated), record_type.name


def test_indicators_belong_to_their_pack_and_credit_a_person_or_a_team(packs):
    for name, pack in packs.plugins.items():
        for indicator in pack.content.indicators:
            assert indicator.id.startswith(f"{PLUGINS.get(name, name)}."), indicator.id
            if indicator.derived is None:
                records = packs.record_types[indicator.records]
                assert indicator.who or records.who or records.team, indicator.id


def test_only_counts_and_sums_need_no_records(packs):
    for indicator in packs.indicators.values():
        if indicator.min_sample == 0:
            assert indicator.value.startswith(COUNTED_FROM_NOTHING), indicator.id
            assert "/" not in indicator.value, indicator.id


def test_every_default_curve_is_one_that_a_scheme_accepts_without_a_warning(packs):
    uses = "\n".join(
        f'[[dimensions]]\nid = "d{index}"\nname = "x"\nweight = 1\n'
        f'[[dimensions.indicators]]\nuse = "{indicator.id}"\nweight = 1'
        + ('\nlevel = "team"' if names_no_person(indicator, packs.record_types.get(indicator.records)) else "")
        for index, indicator in enumerate(packs.indicators.values())
    )
    text = (
        'format = 1\n[scheme]\nid = "all"\nversion = "1"\nname = "all"\ncycle = "quarter"\nweights = "relative"\n'
        f'missing = {{ policy = "zero" }}\n{uses}\n'
    )
    checked = load_scheme(text, "all.toml", packs.record_types, packs.indicators)
    assert [problem.render("en") for problem in checked.problems] == []
    assert len(checked.require().weighted) == len(packs.indicators)


def test_the_page_of_an_industry_names_its_records_and_indicators(packs):
    for name in INDUSTRIES:
        page = (ROOT / "docs/industries" / f"{name}.md").read_text("utf-8")
        content = packs.plugins[name].content
        named = [each.name for each in content.record_types] + [each.id for each in content.indicators]
        missing = [each for each in named if f"`{each}`" not in page]
        assert missing == []
        assert all(each.name.zh in page for each in content.indicators)
