"""What ``scheme check`` finds: each mistake at its place, none invented."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from kaohe.language import Type
from kaohe.scheme import Checked

Check = Callable[..., Checked]
NOBODY: dict[str, Type] = {}

TWENTY = [
    (7, 13, "scheme.wrong-value"),
    (8, 39, "scheme.effective-reversed"),
    (9, 13, "scheme.wrong-value"),
    (10, 1, "scheme.unknown-key"),
    (11, 38, "expression.unknown-name"),
    (12, 54, "scheme.out-of-range"),
    (17, 10, "scheme.weights-sum"),
    (20, 12, "scheme.unknown-indicator"),
    (21, 12, "scheme.weights-sum"),
    (26, 30, "scheme.out-of-range"),
    (26, 36, "scheme.unknown-key"),
    (28, 50, "scheme.points-order"),
    (37, 12, "scheme.wrong-type"),
    (38, 39, "scheme.out-of-range"),
    (44, 65, "scheme.band-gap"),
    (49, 64, "scheme.curve-reversed"),
    (54, 11, "scheme.unknown-record-type"),
    (61, 7, "expression.unknown-function"),
    (62, 27, "scheme.unknown-tier"),
    (67, 1, "scheme.no-effect"),
    (67, 29, "scheme.duplicate-tie-breaker"),
    (69, 23, "scheme.shares-sum"),
    (77, 8, "scheme.out-of-range"),
    (79, 3, "scheme.missing-key"),
    (81, 9, "expression.unknown-id"),
]


def test_a_scheme_with_twenty_mistakes_gives_twenty_messages_each_at_its_place(check: Check) -> None:
    text = (Path(__file__).parent / "twenty_mistakes.toml").read_text("utf-8")
    checked = check(text, NOBODY)
    assert checked.scheme is None
    assert [(found.where.line, found.where.column, found.code) for found in checked.problems] == TWENTY
    assert all(found.where.file == "service.toml" for found in checked.problems)


def test_a_sound_scheme_has_no_problems(check: Check, valid: str) -> None:
    checked = check(valid, NOBODY)
    assert checked.problems == ()
    assert checked.scheme is not None


MISTAKES = [
    ("weight = 70", "weight = 0.7", "scheme.weights-sum"),
    ("weight = 70", "weight = -70", "scheme.out-of-range"),
    ("weight = 70", "", "scheme.missing-key"),
    ('use    = "crm.response"\n', 'use    = "crm.respnse"\n', "scheme.unknown-indicator"),
    ("hours_allowed = 12", "hours = 12", "scheme.unknown-key"),
    ("hours_allowed = 12", 'hours_allowed = "12"', "scheme.wrong-type"),
    ("hours_allowed = 12", "hours_allowed = 0", "scheme.out-of-range"),
    ("hours_allowed = 12", "hours_allowed = 721", "scheme.out-of-range"),
    ('as     = "csat_bonus"', "", "scheme.duplicate-key"),
    ('as     = "csat_bonus"', 'as = "crm.response_time"', "scheme.duplicate-key"),
    ('as     = "csat_bonus"', 'as = "crm.violations"', "scheme.duplicate-key"),
    ('id     = "satisfaction"', 'id = "speed"', "scheme.duplicate-id"),
    ("{ to = 4, points = 100 }", "{ from = 0, to = 4, points = 100 }", "scheme.bands-not-open"),
    ("{ from = 8, points = 0 }", "{ from = 8, to = 10, points = 0 }", "scheme.bands-not-open"),
    ("{ from = 8, points = 0 }", "{ from = 7, points = 0 }", "scheme.band-overlap"),
    ("{ from = 8, points = 0 }", "{ from = 9, points = 0 }", "scheme.band-gap"),
    ("{ from = 4, to = 8, points = 60 }", "{ from = 8, to = 4, points = 60 }", "scheme.band-unreachable"),
    ("{ from = 8, points = 0 }", "{ from = 8, points = 200 }", "scheme.curve-reversed"),
    ("target = 4.5", "target = 0", "scheme.out-of-range"),
    ("target = 4.5", "target = -1", "scheme.out-of-range"),
    ("target = 4.5", 'target = 4.5, mode = "lower"', "scheme.curve-reversed"),
    ("cap = 120, floor = 0", "cap = 120, floor = 130", "scheme.floor-above-cap"),
    ("unit = 0.1, points = 2", "unit = 0.1, points = -2", "scheme.curve-reversed"),
    ("max = 20, min = -30", "max = -40, min = -30", "scheme.min-above-max"),
    ('kind = "ratio"', 'kind = "rato"', "scheme.wrong-value"),
    ('policy = "neutral", neutral = 60', 'policy = "neutral"', "scheme.missing-key"),
    ('records = "ticket"', 'records = "tickets"', "scheme.unknown-record-type"),
    ('records = "ticket"', 'records = "ticket"\nwhen = "owner"', "scheme.unknown-field"),
    ('records = "ticket"', 'records = "ticket"\nwho = "kind"', "scheme.unknown-field"),
    ("'count(where=kind", "'kind == ", "expression"),
    ("min(weekend_repairs * 0.5, 5)", "min(weekend_repair * 0.5, 5)", "expression"),
    ("max    = 5", "max = 5\nmin = 6", "scheme.min-above-max"),
    ('tier_at_most = "C"', 'tier_at_most = "D"', "scheme.unknown-tier"),
    ('tier_at_most = "C"', 'tier_at_most = "C", add = 1', "scheme.wrong-length"),
    ('tier_at_most = "C"', "veto = false", "scheme.wrong-value"),
    ('value("crm.violations") > 0', 'value("crm.violations")', "expression"),
    ('value("crm.violations") > 0', "rank > 1", "expression"),
    ('tie_breakers = ["crm.csat"]', 'tie_breakers = ["crm.nps"]', "scheme.unknown-indicator"),
    ('tie_breakers = ["crm.csat"]', 'tie_breakers = ["crm.csat", "crm.csat"]', "scheme.duplicate-tie-breaker"),
    ('within       = ["region"]', 'within = ["regoin"]', "scheme.unknown-attribute"),
    ("share = 0.20", "share = 0.30", "scheme.shares-sum"),
    ("share = 0.20", "", "toml.syntax"),
    ("share = 0.20, ", "", "scheme.missing-key"),
    ('{ id = "C"', '{ id = "A", share = 0, coefficient = 0 }, { id = "C"', "scheme.duplicate-id"),
    ("coefficient = 1.0 }", "coefficient = 1.0, min_score = 90 }", "scheme.tiers-order"),
    ("coefficient = 0.5 }", "coefficient = 0.5, min_score = 10 }", "scheme.tiers-not-open"),
    (", coefficient = 0.5", "", "scheme.missing-key"),
    ("pool    = 500000", "pool = -1", "scheme.out-of-range"),
    ("pool    = 500000", "", "scheme.missing-key"),
    ("pool    = 500000", "pool = 0.005", "scheme.amount-decimals"),
    ('kind    = "pool"', 'kind = "coefficient"', "scheme.no-effect"),
    ("cap     = 30000", "cap = 1\nfloor = 2", "scheme.floor-above-cap"),
    ("person.bonus_base", "person.bonus", "expression"),
    ('points("crm.response") < 60', 'points("crm.violations") < 60', "expression"),
    ('"crm.csat" = "missing"', '"crm.csat" = "none"', "scheme.wrong-value"),
    ('"crm.csat" = "missing"', '"crm.nps" = 1', "scheme.unknown-indicator"),
    ('tier = "B" }', 'tier = "E" }', "scheme.unknown-tier"),
    ("2026-12-31", "2025-12-31", "scheme.effective-reversed"),
    ("2026-12-31", '"2026-02-30"', "scheme.no-such-date"),
    ("2026-12-31", "2026-12-31T08:00:00", "scheme.wrong-value"),
    ('cycle      = "quarter"', 'cycle = "季度"', "scheme.wrong-value"),
    ("format = 1", "format = 2", "scheme.wrong-value"),
    ('missing    = { policy = "renormalise", min_coverage = 0.7 }', "", "scheme.missing-key"),
]

# Told at the whole curve, at the other half of the contradiction, or where something should stand.
ELSEWHERE = {
    "scheme.curve-reversed",
    "scheme.missing-key",
    "scheme.duplicate-key",
    "scheme.weights-sum",
    "scheme.shares-sum",
    "scheme.no-effect",
}


@pytest.mark.parametrize(("old", "new", "code"), MISTAKES, ids=[f"{new or old} {code}" for old, new, code in MISTAKES])
def test_one_mistake_gives_one_message_on_its_line(check: Check, valid: str, old: str, new: str, code: str) -> None:
    assert valid.count(old) >= 1
    broken = valid.replace(old, new, 1)
    checked = check(broken, NOBODY)
    errors = [problem for problem in checked.problems if problem.severity == "error"]
    assert checked.scheme is None
    assert {problem.code.split(".")[0] if code == "expression" else problem.code for problem in errors} == {code}
    assert len(errors) == 1
    line = valid[: valid.index(old)].count("\n") + 1
    if code not in ELSEWHERE:
        assert errors[0].where.line in (line, line + 1)


WARNINGS = [
    ("[[0.8, 0], [0.95, 100]]", "[[80, 0], [95, 100]]", "scheme.suspect-percentage"),
    ('tie_breakers = ["crm.csat"]', "", "scheme.ties-by-code"),
    ("min(weekend_repairs * 0.5, 5)", "1", "scheme.unused-indicator"),
    ("min_score = 85", "min_score = 0.85", "scheme.suspect-share"),
    ('policy = "neutral", neutral = 60', 'policy = "zero", neutral = 60', "scheme.no-effect"),
    ('ties      = "break"', 'ties = "promote"\ntie_breakers = ["crm.csat"]', "scheme.no-effect"),
    (", min_score = 85", "", "scheme.open-best-tier"),
]


@pytest.mark.parametrize(("old", "new", "code"), WARNINGS)
def test_what_is_only_suspicious_warns_and_does_not_stop(
    check: Check, valid: str, old: str, new: str, code: str
) -> None:
    curve = 'weight = 70\n  curve  = { kind = "points", at = [[0.8, 0], [0.95, 100]] }'
    text = valid.replace("weight = 70", curve).replace(old, new, 1)
    checked = check(text, NOBODY)
    assert [(problem.code, problem.severity) for problem in checked.problems] == [(code, "warning")]
    assert checked.scheme is not None


def test_a_reversed_curve_is_accepted_where_the_scheme_says_that_it_is_meant(check: Check, valid: str) -> None:
    text = valid.replace("target = 4.5", 'target = 4.5, mode = "lower", allow_reverse = true')
    assert check(text, NOBODY).problems == ()


def test_the_nearest_name_is_suggested(check: Check, valid: str) -> None:
    (problem,) = check(valid.replace('use    = "crm.response"\n', 'use    = "crm.respnse"\n'), NOBODY).problems
    assert str(problem.fix) == "did you mean crm.response?"


def test_an_indicator_asked_for_by_its_name_is_answered_with_its_id(check: Check, valid: str) -> None:
    (problem,) = check(valid.replace('use    = "crm.response_time"\n', 'use    = "响应时长"\n'), NOBODY).problems
    assert (problem.code, str(problem.fix)) == ("scheme.unknown-indicator", "did you mean crm.response_time?")


@pytest.mark.parametrize("attributes", [None, NOBODY])
@pytest.mark.parametrize(
    ("old", "new", "meant"),
    [
        ('role == "engineer"', '岗位 == "engineer"', "role"),
        ('"person.bonus_base"', '"person.奖金基数"', "person.bonus_base"),
    ],
)
def test_a_column_of_people_s_tables_is_answered_with_the_name_that_expressions_know(
    check: Check, valid: str, attributes: Mapping[str, Type] | None, old: str, new: str, meant: str
) -> None:
    (problem,) = check(valid.replace(old, new), attributes).problems
    assert (problem.code, str(problem.fix)) == ("expression.unknown-name", f"did you mean {meant}?")


def test_an_attribute_that_an_organisation_calls_so_is_known_by_that_name(check: Check, valid: str) -> None:
    assert check(valid.replace("role ==", "岗位 =="), {"岗位": Type("text")}).problems == ()


def test_a_single_weight_is_no_sum_and_a_share_of_one_is_told_as_a_hundred(check: Check, valid: str) -> None:
    alone = valid[: valid.index('  [[dimensions.indicators]]\n  use    = "crm.csat"')]
    text = (alone + valid[valid.index("[[indicators]]") :]).replace("weight  = 60", "weight  = 1")
    (problem,) = [found for found in check(text, NOBODY).problems if found.code == "scheme.weights-sum"]
    assert problem.found == "1"
    assert str(problem.fix).startswith("weights are percentages: write 100, not 1;")


def test_weights_that_do_not_sum_show_the_sum_and_what_is_missing(check: Check, valid: str) -> None:
    (problem,) = check(valid.replace("weight = 70", "weight = 60"), NOBODY).problems
    assert (problem.found, problem.expected) == ("60 + 30 = 90", "100")
    assert str(problem.fix) == "10 are missing"


def test_relative_weights_need_not_sum(check: Check, valid: str) -> None:
    text = valid.replace("weight = 70", "weight = 3").replace("[scheme]", '[scheme]\nweights = "relative"')
    assert check(text, NOBODY).problems == ()


def test_in_an_unknown_organisation_any_attribute_may_stand(check: Check, valid: str) -> None:
    text = valid.replace('role == "engineer"', 'grade == "P5" and branch == "east"')
    assert check(text).problems == ()
    assert [problem.code for problem in check(text, NOBODY).problems] == ["expression.unknown-name"] * 2
    assert check(text, {"grade": Type("text"), "branch": Type("text")}).problems == ()


def test_the_best_tier_may_ask_for_no_total_where_no_group_is_too_small_for_quotas(check: Check, valid: str) -> None:
    text = valid.replace(", min_score = 85", "").replace("min_group = 5\n", "")
    assert check(text, NOBODY).problems == ()


def test_an_indicator_of_which_neither_more_nor_less_is_better_breaks_no_ties(check: Check, valid: str) -> None:
    own = 'id      = "weekend_repairs"\ndirection = "target"'
    text = valid.replace('id      = "weekend_repairs"', own)
    assert check(text, NOBODY).problems == ()
    text = text.replace('tie_breakers = ["crm.csat"]', 'tie_breakers = ["crm.csat", "weekend_repairs"]')
    (problem,) = check(text, NOBODY).problems
    assert problem.code == "scheme.tie-breaker-without-direction"
    assert (problem.where.line, problem.where.column) == (15, 29)


@pytest.mark.parametrize("number", ["weight = 70.0000001", "weight = 69.9999999"])
def test_a_number_that_would_be_rounded_unseen_is_refused_with_what_to_write(
    check: Check, valid: str, number: str
) -> None:
    found = check(valid.replace("weight = 70", number), NOBODY).problems
    (problem,) = [problem for problem in found if problem.code == "scheme.decimals"]
    assert str(problem.fix) == "write 70"
    assert str(problem.what) == "dimensions[0].indicators[0].weight has more than six decimals"


def test_six_decimals_and_noughts_behind_them_are_fine_and_parameters_may_have_more(check: Check, valid: str) -> None:
    text = valid.replace("target = 4.5", "target = 4.1234560000").replace("= 12 }", "= 12.12345678 }")
    assert check(text, NOBODY).problems == ()


@pytest.mark.parametrize(
    ("written", "line", "column"),
    [
        ("'''\nkind == \"repair\"\n  or kind == \"repiar\"'''", 3, 14),
        ("'''kind == \"repair\"\nor kind in (\"repair\",\n  \"repiar\")'''", 3, 3),
        ('"""\nkind == \'repair\' \\\n    or kind == \'repiar\'"""', 3, 16),
        ('"""kind == \\"修理\\" or\nkind == \\"repiar\\""""', 2, 9),
    ],
)
def test_a_text_that_a_choice_never_holds_is_found_inside_strings_of_several_lines(
    check: Check, valid: str, written: str, line: int, column: int
) -> None:
    old = "value   = 'count(where=kind == \"repair\" and is_weekend(opened_at))'"
    text = valid.replace(old, f"value   = 'count()'\nwhere   = {written}")
    found = [problem for problem in check(text, NOBODY).problems if problem.found in ('"repiar"', "'repiar'")]
    begin = text[: text.index("where   = ")].count("\n")
    assert [(problem.code, problem.where.line, problem.where.column) for problem in found] == [
        ("expression.choice", begin + line, column)
    ]


def test_an_expression_over_several_lines_has_its_mistake_on_its_own_line(check: Check, valid: str) -> None:
    text = valid.replace("'value(\"crm.violations\") > 0'", "'''\n  value(\"crm.violations\") > 0\n  and valu(1)'''")
    (problem,) = check(text, NOBODY).problems
    assert problem.where.line == text[: text.index("and valu")].count("\n") + 1
    assert problem.where.column == 7


def test_a_mistake_behind_an_escape_has_its_exact_column(check: Check, valid: str) -> None:
    line = r'when    = "value(\"crm.violations\") > zero"'
    (problem,) = check(valid.replace("when    = 'value(\"crm.violations\") > 0'", line), NOBODY).problems
    assert problem.where.column == line.index("zero") + 1


def test_a_file_that_is_no_toml_is_a_problem_and_no_exception(check: Check) -> None:
    checked = check("[scheme\n")
    assert checked.scheme is None
    assert [problem.code for problem in checked.problems] == ["toml.syntax"]


def test_an_empty_file_lacks_what_must_be_there(check: Check) -> None:
    assert [str(problem.what) for problem in check("").problems] == [
        "dimensions is missing",
        "format is missing",
        "scheme is missing",
    ]
