"""Derived indicators and dated targets in scheme files: what is sound, what is refused, and where."""

from __future__ import annotations

import pytest
from tests.unit.scheme.test_relative_curves import CSAT

from kaohe.scheme.derived import in_order, targets_asked, teams_asked
from kaohe.scheme.teams import of_teams

OWN = """
[[indicators]]
id      = "relative"
name    = "Relative"
derived = 'value("crm.csat") / target("crm.csat")'
unit    = "share"

[[adjustments]]
name   = "Relative"
points = 'relative'
"""
WITHIN = "[[adjustments]]\nname   = \"Relative\"\npoints = 'relative'\n"


def errors(checked) -> list:
    return [problem for problem in checked.problems if problem.severity == "error"]


def test_a_derived_indicator_measures_what_it_rests_on(check, valid) -> None:
    scheme = check(valid + OWN.replace("crm.csat", "crm.response_time"), {}).require()
    assert {"relative", "crm.response_time"} <= {each.key for each in scheme.indicators}
    assert targets_asked(scheme) == ("crm.response_time",)
    assert [each.key for each in in_order(scheme.indicators)] == ["relative"]


def test_derived_indicators_follow_those_they_rest_on(check, valid) -> None:
    text = valid + OWN + OWN.replace('"relative"', '"again"').replace('"crm.csat"', '"relative"').replace(WITHIN, "")
    text += "\n[[adjustments]]\nname = 'second'\npoints = 'again'\n"
    scheme = check(text, {}).require()
    assert [each.key for each in in_order(scheme.indicators)] == ["relative", "again"]


@pytest.mark.parametrize("derived", ['value("relative") + 1', 'attainment("relative")', "relative"])
def test_who_rests_on_itself_is_refused_where_it_is_written(check, valid, derived) -> None:
    text = valid + OWN.replace('value("crm.csat") / target("crm.csat")', derived)
    (problem,) = errors(check(text, {}))
    assert problem.code == "scheme.circular"
    assert text.splitlines()[problem.where.line - 1].startswith("derived")
    assert "relative" in str(problem.found)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("unit    =", 'records = "ticket"\nunit    =', "scheme.derived-measured"),
        ('value("crm.csat")', 'value("crm.cast")', "expression.unknown-id"),
        ('target("crm.csat")', 'target("crm.csat", "region")', "expression.unknown-id"),
        ('target("crm.csat")', "target()", "expression.id"),
        ('target("crm.csat")', 'target("crm.other")', "expression.unknown-id"),
        ('target("crm.csat")', "sum(score)", "expression.no-records"),
        ('derived = \'value("crm.csat") / target("crm.csat")\'\n', "", "scheme.missing-key"),
    ],
)
def test_a_mistake_in_a_derived_indicator_has_its_place(check, valid, old, new, code) -> None:
    found = errors(check(valid + OWN.replace(old, new), {}))
    assert code in {problem.code for problem in found}
    assert all(problem.where.line for problem in found)


def test_any_word_may_be_the_name_of_a_target(check, valid) -> None:
    scheme = check(valid + OWN.replace('target("crm.csat")', 'target("收入", "company")'), {}).require()
    assert targets_asked(scheme) == ("收入@company",)


def test_a_team_has_every_value_of_its_own_records_medians_too(check, valid) -> None:
    text = valid + OWN.replace('value("crm.csat")', 'value("crm.csat", "team")')
    assert teams_asked(check(text, {}).require()) == ("crm.csat",)
    median = text + '\n[[indicators]]\nid = "mid"\nname = "Mid"\nrecords = "ticket"\nvalue = "median(score)"\n'
    part = of_teams(check(median.replace('value("crm.csat", "team")', 'value("mid", "team")'), {}).require())
    assert part is not None
    assert [(each.key, each.level) for each in part.indicators] == [("mid", "team")]


def test_a_target_without_brackets_is_explained(check, valid) -> None:
    (problem, *_rest) = errors(check(valid + OWN.replace('target("crm.csat")', "target"), {}))
    assert (problem.code, problem.expected) == ("expression.function-without-call", 'target("…")')


@pytest.mark.parametrize("kind", ["ratio", "per_unit", "formula"])
def test_a_curve_asks_for_the_target_of_its_own_indicator(check, valid, kind) -> None:
    curves = {
        "ratio": '{ kind = "ratio", target = "target()" }',
        "per_unit": '{ kind = "per_unit", target = "target()", unit = 1, points = 2 }',
        "formula": "{ kind = \"formula\", points = '100 * value / target()' }",
    }
    assert targets_asked(check(valid.replace(CSAT, curves[kind], 1), {}).require()) == ("crm.csat",)
