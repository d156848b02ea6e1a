"""The indicators that the source texts ask for (``catalogue.toml``) beside those that are installed."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from tests.unit.packs.packs_kit import Packs

from kaohe.plugin import Indicator
from kaohe.plugin.parameters import default_mistakes
from kaohe.report.indicator import DIRECTIONS, UNITS
from kaohe.scheme.sketch import sketch

SECTIONS = tomllib.loads((Path(__file__).parent / "catalogue.toml").read_text("utf-8"))["sections"]
ASKED = {row["id"]: row for section in SECTIONS for row in section["indicators"]}


@pytest.fixture(scope="module")
def installed(packs: Packs) -> dict[str, Indicator]:
    return {each.id: each for pack in packs.plugins.values() for each in pack.content.indicators}


def test_the_catalogue_is_whole():
    assert len(ASKED) == sum(len(section["indicators"]) for section in SECTIONS) == 99


def test_every_indicator_that_is_asked_for_is_installed(installed):
    assert sorted(ASKED.keys() - installed.keys()) == []


def test_nothing_is_installed_that_nobody_asked_for(installed):
    assert sorted(installed.keys() - ASKED.keys()) == []


def test_names_and_sources_are_those_of_the_catalogue(installed):
    differing = [
        (each.id, each.name.zh, each.source)
        for each in installed.values()
        if (each.name.zh, each.source) != (ASKED[each.id]["name"], ASKED[each.id]["source"])
    ]
    assert differing == []


def test_a_description_says_more_than_the_name(installed):
    poor = [
        each.id
        for each in installed.values()
        if each.description.zh.rstrip("。") == each.name.zh
        or each.description.en.rstrip(".").casefold() == each.name.en.casefold()
        or len(each.description.zh) <= len(each.name.zh)
        or len(each.description.en.split()) < 5
    ]
    assert poor == []


def test_unit_direction_least_records_and_parameters_are_sound(installed):
    for each in installed.values():
        assert each.unit in UNITS, each.id
        assert each.direction in DIRECTIONS, each.id
        assert each.min_sample >= 0, each.id
        for name, parameter in each.parameters.items():
            assert list(default_mistakes(parameter)) == [], f"{each.id} {name}"
            assert parameter.label.zh, f"{each.id} {name}"
            assert parameter.label.en, f"{each.id} {name}"


def test_a_rate_of_nothing_needs_records(installed):
    """Only counts and sums are a figure without a single record; what is derived rests on other indicators."""
    rates = [each.id for each in installed.values() if each.unit == "share" and not each.derived]
    assert [identifier for identifier in rates if installed[identifier].min_sample == 0] == []


def test_every_default_curve_passes_the_checks_of_schemes(installed, packs):
    for each in installed.values():
        assert each.curve is not None, each.id
        sketch(each, {}, packs.record_types, installed)  # KaoheError names what is wrong with a curve
