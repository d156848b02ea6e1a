"""The schemes that ship: each passes its own check without a warning, and its own cases come out."""

from __future__ import annotations

import tomllib
from fractions import Fraction

import pytest
from tests.unit.packs.packs_kit import INDUSTRIES, ROOT, Packs

from kaohe.cli.scheme_cases import case_lines
from kaohe.run.cases import run_cases
from kaohe.scheme import Scheme, load_scheme

SHIPPED = sorted((ROOT / "schemes").glob("*.toml"))


def _load(name: str, packs: Packs) -> Scheme:
    path = ROOT / "schemes" / f"{name}.toml"
    # An industry's scheme may use its own pack and the base pack, nothing of the others.
    own = {"crm", name}
    types = {each.name: each for pack in own for each in packs.plugins[pack].content.record_types}
    indicators = {each.id: each for pack in own for each in packs.plugins[pack].content.indicators}
    checked = load_scheme(path.read_text("utf-8"), path.name, types, indicators)
    assert [problem.render("en") for problem in checked.problems] == []
    return checked.require()


@pytest.mark.parametrize("name", INDUSTRIES)
def test_the_scheme_passes_its_own_check_without_a_warning(name, packs):
    scheme = _load(name, packs)
    assert scheme.tiers is not None
    assert scheme.bonus is not None
    assert scheme.population is not None


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_case_of_the_scheme_comes_out(path, packs):
    checked = load_scheme(path.read_text("utf-8"), path.name, packs.record_types, packs.installed)
    results = run_cases(checked.require())
    assert [line for line in case_lines(results, "en") if ": passed: " not in line] == []


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_cases_show_whatever_a_reader_asks_first(path, packs):
    """A top score and lesser ones, missing data, a rule that acts, every tier, a total on a threshold, a bonus."""
    scheme = load_scheme(path.read_text("utf-8"), path.name, packs.record_types, packs.installed).require()
    assert len(scheme.cases) >= 6
    people = [person for case in scheme.cases for person in case.people]
    expected = [person.expected for person in people]
    assert any(value is None for person in people for value in person.given.values())
    assert any(each.rules for each in expected)
    assert any(each.bonus for each in expected)
    totals = {each.total for each in expected if each.total is not None}
    assert len(totals) >= 4
    assert scheme.tiers is not None
    levels = scheme.tiers.levels
    assert {each.tier for each in expected if each.tier} == {level.id for level in levels}
    on_threshold = {(level.id, level.min_score) for level in levels if level.min_score is not None}
    assert any((each.tier, each.total) in on_threshold for each in expected)


@pytest.mark.parametrize("name", INDUSTRIES)
def test_no_dimension_and_no_indicator_decides_alone(name, packs):
    scheme = _load(name, packs)
    assert len(scheme.dimensions) >= 4
    for dimension in scheme.dimensions:
        assert dimension.weight <= 50
        for used in dimension.indicators:
            assert Fraction(dimension.weight) * Fraction(used.weight) / 10_000 <= Fraction(3, 10), used.key


def test_the_schemes_show_different_features(packs):
    schemes = [_load(name, packs) for name in INDUSTRIES]
    assert {(each.tiers.kind, each.bonus.kind) for each in schemes if each.tiers and each.bonus} == {
        ("quota", "coefficient"),
        ("score", "pool"),
        ("quota", "pool"),
        ("score", "coefficient"),
        ("quota", "table"),
    }
    curves = {type(used.curve).__name__ for each in schemes for used in each.weighted}
    assert curves == {"PointsCurve", "BandsCurve", "RatioCurve", "PerUnitCurve"}
    policies = {used.missing.policy for each in schemes for used in each.weighted}
    assert policies == {"zero", "renormalise", "neutral"}
    actions = {rule.action for each in schemes for rule in each.rules}
    assert actions >= {"tier_at_most", "deduct", "cap", "veto", "not_graded", "coefficient", "add"}


@pytest.mark.parametrize("name", INDUSTRIES)
def test_the_plugins_wheel_takes_its_scheme_from_the_single_source(name, packs):
    project = tomllib.loads((ROOT / "plugins" / name / "pyproject.toml").read_text("utf-8"))
    included = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    [declared] = packs.plugins[name].content.schemes
    assert included == {f"../../schemes/{name}.toml": f"kaohe_{name}/{declared.file}"}
    assert declared.name == _load(name, packs).id
    assert declared.label == _load(name, packs).name
