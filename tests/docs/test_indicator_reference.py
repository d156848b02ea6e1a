"""docs/indicators.md holds every installed indicator as it is."""

from __future__ import annotations

import re

import pytest
from tests.docs.indicator_reference import PAGE, RENEW, page
from tests.unit.packs.packs_kit import ROOT, Packs, all_packs


@pytest.fixture(scope="module")
def packs() -> Packs:
    return all_packs()


@pytest.fixture(scope="module")
def text() -> str:
    return PAGE.read_text("utf-8")


def test_the_page_is_what_the_packs_say(packs, text):
    assert text == page(packs), RENEW


def test_every_indicator_of_the_repositorys_packs_is_on_the_page(packs, text):
    shown = re.findall(r"^### `([\w.]+)`", text, re.MULTILINE)
    files = [ROOT / "core/kaohe/packs/crm/pack.toml", *(ROOT / "plugins").glob("*/src/*/pack.toml")]
    declared = [name for path in files for name in re.findall(r'^id = "(\w+\.\w+)"', path.read_text("utf-8"), re.M)]
    assert sorted(shown) == sorted(declared)


def test_each_entry_has_both_languages_and_the_facts_a_scheme_needs(text):
    entries = re.split(r"^### ", text, flags=re.MULTILINE)[1:]
    for entry in entries:
        for label in ("单位 Unit", "方向 Direction", "默认曲线 Default curve", "来源 Source"):
            assert f"| {label} |" in entry, entry.splitlines()[0]
