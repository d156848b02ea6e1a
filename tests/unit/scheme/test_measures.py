"""A condition on the use of an indicator, and indicators that are measured besides, with settings of their own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kaohe.scheme import Checked
from kaohe.scheme.describe import describe
from kaohe.text import render

Check = Callable[..., Checked]
HEAD = """format = 1
[scheme]
id = "s"
version = "1"
name = "s"
cycle = "quarter"
missing = { policy = "renormalise" }
[[dimensions]]
id = "d"
name = "d"
weight = 100
"""
CURVE = 'curve = { kind = "points", at = [[0, 0], [10, 90]] }\n'
USE = '[[dimensions.indicators]]\nuse = "crm.csat"\nweight = 100\n' + CURVE
MEASURE = '[[measures]]\nuse = "crm.csat"\nas = "csat_repairs"\nwhere = \'kind == "repair"\'\n'
RULE = '[[rules]]\nid = "r"\nwhen = "{}"\nthen = {{ cap = 80 }}\nreason = "r"\n'


def said(found: Checked) -> list[tuple[str, int | None, int | None, str]]:
    return [(each.code, each.where.line, each.where.column, str(each.what)) for each in found.problems]


def test_a_use_adds_its_condition_to_the_indicators_own(check: Check) -> None:
    own = '[[indicators]]\nid = "good"\nname = "g"\nrecords = "ticket"\nvalue = "count()"\nwhere = "score >= 8"\n'
    use = '[[dimensions.indicators]]\nuse = "good"\nas = "x"\nweight = 100\nwhere = \'kind == "repair"\'\n' + CURVE
    used = check(HEAD + use + own).require().indicators[0]
    assert used.where is not None
    assert used.only is not None
    assert (used.where.text, used.only.text) == ('(score >= 8) and (kind == "repair")', 'kind == "repair"')


def test_one_indicator_may_be_used_for_several_segments(check: Check) -> None:
    rows = [
        USE.replace("100", "50") + f'as = "{kind}"\nwhere = \'kind == "{kind}"\'\n' for kind in ("repair", "violation")
    ]
    scheme = check(HEAD + "".join(rows)).require()
    assert [(one.key, one.where and one.where.text) for one in scheme.indicators] == [
        ("repair", 'kind == "repair"'),
        ("violation", 'kind == "violation"'),
    ]


def test_what_is_measured_besides_is_asked_for_by_its_own_name(check: Check) -> None:
    scheme = check(HEAD + USE + MEASURE + RULE.format("value('csat_repairs') < 6")).require()
    assert [(one.key, one.where and one.where.text) for one in scheme.measured] == [
        ("csat_repairs", 'kind == "repair"')
    ]


def test_measured_besides_under_its_id_it_takes_the_place_of_the_defaults(check: Check) -> None:
    text = '[[measures]]\nuse = "crm.response"\nparams = { hours_allowed = 2 }\nmin_sample = 1\n'
    (one,) = check(HEAD + USE + text + RULE.format("value('crm.response') < 0.5")).require().measured
    assert (one.key, one.parameters, one.min_sample) == ("crm.response", {"hours_allowed": 2}, 1)


def test_what_nothing_asks_for_is_measured_all_the_same(check: Check) -> None:
    assert [one.key for one in check(HEAD + USE + MEASURE).require().measured] == ["csat_repairs"]


def test_a_condition_is_read_aloud(check: Check) -> None:
    lines = [
        str(render(line, "en")) for section in describe(check(HEAD + USE + MEASURE).require()) for line in section.lines
    ]
    assert 'Satisfaction as csat_repairs counts only where kind == "repair".' in lines


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            USE + "where = 'kimd == \"repair\"'\n",
            [("expression.unknown-name", 16, 10, "there is no such name here")],
        ),
        (
            USE + "where = 'score'\n",
            [("expression.kind", 16, 10, "this is of another kind than can stand here")],
        ),
        (
            USE + MEASURE + MEASURE,
            [("scheme.duplicate-key", 22, 6, "csat_repairs is used twice")],
        ),
        (
            USE + MEASURE.replace('as = "csat_repairs"\n', ""),
            [("scheme.duplicate-key", 17, 7, "crm.csat is used twice")],
        ),
        (
            USE + MEASURE.replace("crm.csat", "crm.csatt"),
            [("scheme.unknown-indicator", 17, 7, "there is no indicator crm.csatt")],
        ),
        (
            USE + '[[measures]]\nuse = "sum"\nas = "x"\nwhere = "score > 1"\n'
            '[[indicators]]\nid = "sum"\nname = "x"\nderived = "value(\'crm.csat\') + 1"\n',
            [
                (
                    "scheme.where-derived",
                    19,
                    9,
                    "x is derived: it has no records that a condition could choose",
                )
            ],
        ),
    ],
)
def test_mistakes_are_told_where_they_stand(check: Check, text: str, expected: list[tuple[str, int, int, str]]) -> None:
    assert said(check(HEAD + text)) == expected
