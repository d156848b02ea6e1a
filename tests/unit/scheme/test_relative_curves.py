"""Curves that look beyond the value: what is read of them, and what ``scheme check`` finds."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kaohe.language import Type
from kaohe.scheme.describe import describe
from kaohe.scheme.model import FormulaCurve, PercentileRankCurve, RatioCurve, ZScoreCurve

CSAT = '{ kind = "ratio", target = 4.5, cap = 120, floor = 0 }'
SHARE = "params = { hours_allowed = 12 }\n  weight = 70"


def with_csat(valid, curve):
    return valid.replace(CSAT, curve, 1)


def with_share(valid, curve):
    assert SHARE in valid
    return valid.replace(SHARE, f"{SHARE}\n  curve = {curve}", 1)


def csat(checked):
    return next(used for used in checked.require().weighted if used.key == "crm.csat")


def test_a_target_may_be_an_attribute_or_an_expression(check, valid):
    checked = check(with_csat(valid, '{ kind = "ratio", target = "quota", zero_target = 60 }'), {"quota": Type("text")})
    curve = csat(checked).curve
    assert isinstance(curve, RatioCurve)
    assert (curve.target.text, curve.zero_target) == ("quota", Decimal(60))
    text = with_csat(valid, '{ kind = "ratio", target = \'value("crm.violations") + 1\' }')
    assert "crm.violations" in {each.key for each in check(text, {}).require().measured}


def test_a_target_of_zero_or_less_is_read_where_its_meaning_is_said(check, valid):
    for number in ("0", "-3"):
        text = with_csat(valid, f'{{ kind = "ratio", target = {number}, zero_target = "absolute" }}')
        assert csat(check(text, {})).curve.zero_target == "absolute"


def test_z_score_and_percentile_rank_take_the_direction_of_the_indicator(check, valid):
    curve = csat(check(with_csat(valid, '{ kind = "z_score", neutral = 60, points = 10 }'), {})).curve
    assert curve == ZScoreCurve(Decimal(60), Decimal(10), "higher", "population")
    text = with_csat(valid, '{ kind = "percentile_rank", neutral = 50, ties = "average", cap = 90 }')
    assert csat(check(text, {})).curve == PercentileRankCurve(Decimal(50), "higher", "average", None, Decimal(90))


def test_a_formula_that_looks_back_has_the_previous_value_measured(check, valid):
    text = with_csat(valid, "{ kind = \"formula\", points = '60 + 100 * (value / previous - 1)' }")
    scheme = check(text, {}).require()
    (earlier,) = [each for each in scheme.measured if each.key == "crm.csat@previous"]
    assert earlier.value.text == "previous(mean(score))"
    assert earlier.indicator.name.zh.endswith("（上期）")
    assert isinstance(scheme.weighted[2].curve, FormulaCurve)


@pytest.mark.parametrize(
    ("curve", "words"),
    [
        ('{ kind = "ratio", target = 4, prorate = "days" }', "the target in proportion to the days in service"),
        (
            '{ kind = "per_unit", target = 4, unit = 1, points = 2, prorate = "full_time_days" }',
            "the target in proportion to the full-time days",
        ),
        (
            '{ kind = "formula", target = 4, points = \'100 * value / target\', prorate = "days" }',
            "the target in proportion to the days in service",
        ),
    ],
)
def test_a_target_is_prorated_and_read_aloud(check, valid, curve, words):
    scheme = check(with_csat(valid, curve), {}).require()
    assert scheme.weighted[2].curve.prorate in curve
    assert scheme.weighted[3].curve.prorate == "none"
    said = [
        str(line)
        for section in describe(scheme)
        for line in (*section.lines, *(each for row in section.rows for each in row))
    ]
    assert any(words in line for line in said)


MISTAKES = [
    ('{ kind = "ratio", target = 4, prorate = "weeks" }', "scheme.wrong-value"),
    ('{ kind = "formula", points = \'value\', prorate = "days" }', "scheme.no-effect"),
    ('{ kind = "ratio", target = 0 }', "scheme.out-of-range"),
    ('{ kind = "ratio", target = "quotum" }', "expression.unknown-name"),
    ('{ kind = "ratio", target = \'region == "N"\' }', "expression.kind"),
    ('{ kind = "ratio", target = 4, zero_target = "abs" }', "scheme.wrong-value"),
    ('{ kind = "z_score", neutral = 60 }', "scheme.missing-key"),
    ('{ kind = "z_score", neutral = 60, points = -1 }', "scheme.out-of-range"),
    ('{ kind = "z_score", neutral = 60, points = 5, mode = "lower" }', "scheme.curve-reversed"),
    ('{ kind = "percentile_rank" }', "scheme.missing-key"),
    ('{ kind = "percentile_rank", neutral = 60, mode = "lower" }', "scheme.curve-reversed"),
    ('{ kind = "percentile_rank", neutral = 60, ties = "dense" }', "scheme.wrong-value"),
    ("{ kind = \"formula\", points = '100 - 10 * value' }", "scheme.curve-reversed"),
    ("{ kind = \"formula\", target = 4, points = '100 * (2 - value / target)' }", "scheme.curve-reversed"),
    ("{ kind = \"formula\", points = 'value / target' }", "expression.function-without-call"),
    ("{ kind = \"formula\", points = 'valu' }", "expression.unknown-name"),
    ("{ kind = \"formula\", points = 'value > 3' }", "expression.kind"),
    ('{ kind = "formula", points = \'points("crm.response")\' }', "expression.unknown-function"),
    ("{ kind = \"formula\", points = 'value', floor = 9, cap = 8 }", "scheme.floor-above-cap"),
]


@pytest.mark.parametrize(("curve", "code"), MISTAKES)
def test_one_mistake_in_a_curve_gives_one_message_on_its_line(check, valid, curve, code):
    text = with_csat(valid, curve)
    errors = [problem for problem in check(text, {}).problems if problem.severity == "error"]
    assert [problem.code for problem in errors] == [code]
    assert errors[0].where.line == text[: text.index(curve)].count("\n") + 1


def test_a_reversed_curve_is_accepted_where_it_is_meant(check, valid):
    text = with_csat(valid, '{ kind = "z_score", neutral = 60, points = 5, mode = "lower", allow_reverse = true }')
    assert check(text, {}).problems == ()


def test_a_formula_that_rises_and_falls_is_not_judged(check, valid):
    assert check(with_csat(valid, "{ kind = \"formula\", points = '100 - abs(value - 1) * 20' }"), {}).problems == ()


WARNINGS = [
    ('{ kind = "ratio", target = 80 }', "scheme.suspect-percentage"),
    ('{ kind = "ratio", target = "80" }', "scheme.suspect-percentage"),
    ('{ kind = "ratio", target = 0.8, zero_target = 60 }', "scheme.no-effect"),
    ('{ kind = "bands", bands = [{ to = 80, points = 0 }, { from = 80, points = 100 }] }', "scheme.suspect-percentage"),
    ('{ kind = "per_unit", target = 0.9, unit = 1, points = 2 }', "scheme.suspect-percentage"),
    ('{ kind = "per_unit", target = 90, unit = 0.01, points = 2 }', "scheme.suspect-percentage"),
    ("{ kind = \"formula\", points = 'if_(value >= 80, 100, 0)' }", "scheme.suspect-percentage"),
    ("{ kind = \"formula\", target = 80, points = '100 * value / target' }", "scheme.suspect-percentage"),
    ("{ kind = \"formula\", target = 0.8, points = '100 * value' }", "scheme.no-effect"),
    ('{ kind = "z_score", neutral = 0.6, points = 10 }', "scheme.suspect-share"),
    ('{ kind = "percentile_rank", neutral = 0.6 }', "scheme.suspect-share"),
]


@pytest.mark.parametrize(("curve", "code"), WARNINGS)
def test_what_is_only_suspicious_warns(check, valid, curve, code):
    checked = check(with_share(valid, curve), {})
    assert [(problem.code, problem.severity) for problem in checked.problems] == [(code, "warning")]
    assert checked.scheme is not None


@pytest.mark.parametrize(
    "curve",
    [
        '{ kind = "ratio", target = 0.8 }',
        "{ kind = \"formula\", points = '100 * value' }",
        "{ kind = \"formula\", points = 'if_(value >= 0.8, 100, 60)' }",
        '{ kind = "per_unit", target = 0.9, unit = 0.01, points = 2 }',
    ],
)
def test_shares_written_as_shares_are_not_suspected(check, valid, curve):
    assert check(with_share(valid, curve), {}).problems == ()


def test_no_previous_value_of_what_compares_periods_itself(check, valid):
    own = "value   = 'count(where=kind == \"repair\" and is_weekend(opened_at))'"
    text = valid.replace(own, "value   = 'count() - previous(count())'")
    use = '\n\n  [[dimensions.indicators]]\n  use = "weekend_repairs"\n  weight = 30\n  curve = CURVE\n'
    text = text.replace("  weight = 70", "  weight = 40" + use, 1)
    text = text.replace("CURVE", "{ kind = \"formula\", points = 'value - previous' }")
    assert [problem.code for problem in check(text, {}).problems] == ["scheme.no-previous"]


@pytest.mark.parametrize(
    ("curve", "words"),
    [
        (
            '{ kind = "ratio", target = "quota", zero_target = 60 }',
            "100 at quota, more or less in proportion to the value; where the target is zero or less: 60",
        ),
        (
            '{ kind = "z_score", neutral = 60, points = 10, cap = 100 }',
            "60 at the mean of the group, 10 more for each standard deviation above it; at most 100",
        ),
        (
            '{ kind = "percentile_rank", neutral = 60 }',
            (
                "the share of the group that has less, in percent; equals count as the last of them; "
                "60 where there is nobody to compare with"
            ),
        ),
        ("{ kind = \"formula\", target = 4, points = '100 * value / target' }", "100 * value / target; target: 4"),
    ],
)
def test_curves_are_read_aloud(check, valid, curve, words):
    scheme = check(with_csat(valid, curve), {"quota": Type("text")}).require()
    cells = [str(cell) for section in describe(scheme) for row in section.rows for cell in row]
    assert words in cells
