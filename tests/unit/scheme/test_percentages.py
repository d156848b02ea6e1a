"""Percentages written where shares and factors are meant, and days that no period has: suspected, not refused."""

from __future__ import annotations

import pytest
from tests.unit.scheme.conftest import Check

PAID = """\
[bonus]
kind = "table"

[bonus.table]
over  = 'value("sales")'
mode  = "marginal"
bands = [{ to = 3000, rate = 0.06 }, { rate = 0.10 }]

[[bonus.accelerators]]
over  = "total"
bands = [{ to = 80, factor = 1 }, { factor = 1.5 }]

[[indicators]]
id      = "sales"
name    = "销售额"
records = "ticket"
value   = "sum(score)"
unit    = "money"
"""


def paid(valid: str) -> str:
    head, rest = valid.split("[bonus]\n", 1)
    return head + PAID + rest[rest.index("[[outcomes]]") :]


MISTAKES = [
    ('value("crm.violations") > 0', 'value("crm.response") < 80', "80 % is written 0.8", "when"),
    ('points("crm.response") < 60', "crm.response < 60", "60 % is written 0.6", "when"),
    ("min(weekend_repairs * 0.5, 5)", "if_(crm.response >= 95, weekend_repairs, 0)", "95 % is written 0.95", "points"),
    ("rate = 0.06", "rate = 6", "6 % is written 0.06", "bands"),
    ("factor = 1.5", "factor = 150", "150 % is written 1.5", "bands"),
    ("coefficient = 1.5", "coefficient = 150", "150 % is written 1.5", "{ id = "),
    ('tier_at_most = "C"', "coefficient = 80", "80 % is written 0.8", "then"),
]


@pytest.mark.parametrize(("old", "new", "mend", "line"), MISTAKES, ids=[each[1] for each in MISTAKES])
def test_what_looks_like_a_percentage_is_suspected_in_its_place(
    check: Check, valid: str, old: str, new: str, mend: str, line: str
) -> None:
    text = paid(valid)
    assert text.count(old) == 1
    assert check(text, {}).problems == ()
    checked = check(text.replace(old, new), {})
    (problem,) = checked.problems
    assert (problem.code, problem.severity, str(problem.fix)) == ("scheme.suspect-percentage", "warning", mend)
    assert text.splitlines()[(problem.where.line or 0) - 1].strip().startswith(line)
    assert "像是" in problem.what.in_("zh_CN")
    assert checked.scheme is not None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("'value(\"sales\")'", "'value(\"weekend_repairs\")'"),  # six yuan for each call-out
        ('kind = "table"\n', 'kind = "table"\nbase = "bonus_base"\n'),
        ("'value(\"sales\")'", "'value(\"sales\") / 100000'"),
    ],
)
def test_a_rate_of_anything_but_money_may_be_large(check: Check, valid: str, old: str, new: str) -> None:
    text = paid(valid).replace("rate = 0.06", "rate = 6").replace("rate = 0.10", "rate = 10")
    assert not [each for each in check(text.replace(old, new), {}).problems if each.code == "scheme.suspect-percentage"]


def test_coefficients_of_a_pool_are_proportions_of_any_size(check: Check, valid: str) -> None:
    assert check(valid.replace("coefficient = 1.5", "coefficient = 150"), {}).problems == ()


def test_more_days_than_a_period_has_are_suspected(check: Check, valid: str) -> None:
    (problem,) = check(valid.replace("cap     = 30000", "eligible = { min_days = 93 }"), {}).problems
    assert (problem.code, problem.severity) == ("scheme.days-above-period", "warning")
    assert str(problem.expected) == "at most 92"
    assert check(valid.replace("cap     = 30000", "eligible = { min_days = 92 }"), {}).problems == ()
