"""What the running plugins bring, and what happens over time: reopening, new versions, samples."""

from __future__ import annotations

import sys

import pytest

from kaohe.errors import KaoheError
from kaohe.plugin.registry import open_registry

SAMPLE = """
from kaohe.plugin import SampleFile
def generate_sample(people, seed):
    rows = ((f"p{n}", str(seed)) for n in range(people))
    return [SampleFile("people", "people", ("code", "team"), rows)]
"""


def test_outside_a_workspace_the_base_pack_runs_alone(workshop):
    registry = open_registry((), None)
    running = [state for state in registry.plugins if state.state == "running"]
    assert [(state.name, state.origin) for state in running] == [("crm", "core")]
    assert registry.problems == ()
    assert registry.owner_of("ticket") == "crm"


def test_a_wheel_and_an_installed_plugin_run_beside_the_base_pack(workshop):
    workshop.install("second", workshop.pack("second"))
    registry = workshop.open(workshop.allow("first", workshop.pack("first")), workshop.installed_entry("second"))
    states = {state.name: state for state in registry.plugins}
    assert (states["first"].origin, states["first"].version) == ("wheel", "1.0")
    assert states["first"].file == "kt_first-1.0-py3-none-any.whl"
    assert (states["second"].origin, states["second"].file) == ("installed", None)
    assert states["second"].brings.record_types == ("second_visit",)
    assert list(registry.record_types)[-2:] == ["first_visit", "second_visit"]
    assert registry.owner_of("second.visits") == "second"
    with pytest.raises(KeyError):
        registry.owner_of("third.visits")


def test_a_wheel_runs_without_being_put_on_the_search_path(workshop):
    before = list(sys.path)
    workshop.open(workshop.allow("fine", workshop.pack("fine")))
    assert sys.path == before


def test_a_wheel_s_own_modules_come_from_the_wheel(workshop):
    files = workshop.python("from kt_fine.more import *")
    files["more.py"] = "from kaohe.plugin import hookimpl\n@hookimpl\ndef provide_indicators():\n    return []\n"
    registry = workshop.open(workshop.allow("fine", files))
    assert registry.plugin("fine").state == "running"
    assert sys.modules["kt_fine.more"].__file__.startswith(str(workshop.folder))


def test_a_new_version_takes_the_place_of_the_old_one_in_the_same_process(workshop):
    old = workshop.open(workshop.allow("fine", workshop.pack("fine")))
    new = workshop.open(workshop.allow("fine", workshop.pack("fine", **{"Visits paid": "Visits made"})))
    assert old.indicators["fine.visits"].description.en == "Visits paid"
    assert new.indicators["fine.visits"].description.en == "Visits made"


def test_the_same_version_is_imported_once(workshop):
    entry = workshop.allow("fine", workshop.pack("fine"))
    workshop.open(entry)
    workshop.open(entry)
    assert workshop.trace == ["kt_fine"]


def test_modules_imported_before_they_were_verified_are_not_taken(workshop):
    workshop.install("fine", workshop.pack("fine"))
    sys.modules["kt_fine"] = type(sys)("kt_fine")
    registry = workshop.open(workshop.installed_entry("fine"))
    assert registry.plugin("fine").state == "running"
    assert registry.plugin("fine").brings.indicators == ("fine.visits",)


def test_the_digest_may_be_written_in_capitals(workshop):
    entry = workshop.allow("fine", workshop.pack("fine"))
    shouted = type(entry)(entry.name, entry.sha256.upper(), entry.file)
    assert workshop.open(shouted).plugin("fine").state == "running"


def test_the_digest_of_an_installed_plugin_does_not_depend_on_where_it_lies(workshop, tmp_path, monkeypatch):
    workshop.install("fine", workshop.pack("fine"))
    first = workshop.installed_entry("fine")
    monkeypatch.undo()
    workshop.site.rename(tmp_path / "elsewhere")
    monkeypatch.syspath_prepend(str(tmp_path / "elsewhere"))
    assert workshop.installed_entry("fine") == first


def test_an_unknown_plugin_is_answered_with_the_known_ones(workshop):
    with pytest.raises(KaoheError, match="crm"):
        workshop.open().plugin("nothing")


def test_broken_metadata_of_a_stranger_disturbs_nobody(workshop):
    workshop.install("fine", workshop.pack("fine"))
    workshop.install("odd", workshop.pack("odd"))
    [points] = workshop.site.glob("kt_odd*/entry_points.txt")
    points.write_text("[kaohe.plugins]\nodd\n= :\n")
    registry = workshop.open(workshop.installed_entry("fine"))
    assert registry.plugin("fine").state == "running"
    assert "odd" not in {state.name for state in registry.plugins}


class TestSamples:
    def test_samples_are_made_by_the_pack_s_module_only_when_asked_for(self, workshop):
        registry = workshop.open(workshop.allow("fine", workshop.pack("fine") | {"sample.py": SAMPLE}))
        assert registry.plugin("fine").brings.samples
        assert "kt_fine.sample" not in sys.modules
        [people] = registry.sample("fine", people=3, seed=7)
        assert people.rows == (("p0", "7"), ("p1", "7"), ("p2", "7"))

    def test_a_plugin_without_samples_says_so(self, workshop):
        registry = workshop.open(workshop.allow("fine", workshop.pack("fine")))
        assert not registry.plugin("fine").brings.samples
        with pytest.raises(KaoheError, match="this plugin makes no samples"):
            registry.sample("fine", 3, 7)

    @pytest.mark.parametrize(
        ("change", "told"),
        [
            (('"people", ("code"', '"nothing", ("code"'), "people: nothing"),
            (("str(seed))", "seed)"), "people, row 1"),
            (("str(seed))", "str(seed), '')"), "people, row 1"),
            (("range(people)", "range(1 // 0)"), "raised ZeroDivisionError"),
            (("return [", "return [3, "), "[0]: int 3"),
        ],
    )
    def test_wrong_samples_are_told(self, workshop, change, told):
        files = workshop.pack("fine") | {"sample.py": SAMPLE.replace(*change)}
        registry = workshop.open(workshop.allow("fine", files))
        with pytest.raises(KaoheError) as caught:
            registry.sample("fine", 3, 7)
        assert told in str(caught.value)
        assert "generate_sample" in str(caught.value)
