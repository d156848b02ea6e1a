"""docs/plugins.md keeps its word: every hook and refusal is in it, its samples are real, every hook has a real user."""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from pathlib import Path

import pytest

from kaohe.errors import Place
from kaohe.plugin import hooks
from kaohe.plugin.check import check_contents
from kaohe.plugin.cross import settle
from kaohe.plugin.load import HOOKS, Plugin
from kaohe.plugin.pack import PackText

ROOT = Path(__file__).parents[2]
CORE = Path(hooks.__file__).parents[1]
DOCUMENT = (ROOT / "docs" / "plugins.md").read_text("utf-8")
SAMPLES = dict(re.findall(r"<!-- (\S+) -->\n```\w+\n(.*?)```", DOCUMENT, re.DOTALL))
SPECIFIED = [name for name, value in vars(hooks).items() if hasattr(value, "kaohe_spec")]


@pytest.mark.parametrize("hook", SPECIFIED)
def test_every_hook_is_documented_with_its_signature(hook):
    signature = str(inspect.signature(getattr(hooks, hook))).replace("'", "")
    assert f"\n#### `{hook}{signature}`\n" in DOCUMENT


def test_every_hook_has_a_type_that_it_returns():
    assert set(HOOKS) == set(SPECIFIED)


@pytest.mark.parametrize("hook", SPECIFIED)
def test_every_hook_is_implemented_by_a_real_plugin(hook, real_plugins):
    brought = {
        "provide_record_types": lambda pack: pack.content.record_types,
        "provide_indicators": lambda pack: pack.content.indicators,
        "provide_schemes": lambda pack: pack.content.schemes,
        "generate_sample": lambda pack: getattr(pack, "generate_sample", None),
    }
    assert [name for name, pack in real_plugins.items() if brought[hook](pack)]


@pytest.fixture(scope="module")
def real_plugins():
    """The base pack and the plugins of this repository, as they are installed."""
    sources = sorted(path.parent for path in (ROOT / "plugins").glob("*/src/*/pack.toml"))
    found = {source.name: import_module(source.name).plugin for source in sources}
    return found | {"crm": import_module("kaohe.packs.crm").plugin}


def test_every_code_of_a_refusal_is_explained():
    code = r"((?:plugin|wheel|pack)\.[a-z-]+)"
    sources = "\n".join(path.read_text("utf-8") for path in (CORE / "plugin").glob("*.py"))
    used = set(re.findall(f'"{code}"', sources)) - {"pack.toml"}
    assert used == set(re.findall(f"`{code}`", DOCUMENT)) - {"pack.toml"}


@pytest.mark.parametrize("path", [name for name in SAMPLES if "/" in name])
def test_samples_are_the_files_of_the_example(path):
    assert SAMPLES[path] == (ROOT / path).read_text("utf-8")


def test_the_sample_pack_is_sound_and_its_expressions_compile():
    text = PackText(SAMPLES["pack.toml"], "pack.toml")
    plugin = Plugin(text.content.name, Place("pack.toml"), text, text.content.record_types, text.content.indicators)
    assert list(check_contents(plugin)) == []
    running, refused = settle([plugin])
    assert (running, refused) == ((plugin,), {})
