"""What a scheme may say about quotas, how it is read aloud, and the mistakes in it with their places."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from kaohe.scheme import Checked
from kaohe.scheme.describe import describe
from kaohe.scheme.model import GradedShares

Check = Callable[..., Checked]
WHOLE = """order = "floors_first"
graded_but_not_counted = 'days_in_period < 45 or points("crm.csat") < 10'
min_group = 5
by_grade.grade = 'if_(group_mean >= 85, "甲", "丙")'
by_grade.shares = { "甲" = [0.3, 0.65, 0.05], "丙" = [0.1, 0.7, 0.2] }"""


def quotas(valid: str, text: str = WHOLE) -> str:
    assert "min_group = 5" in valid
    return valid.replace("min_group = 5", text)


def test_everything_about_quotas_is_read(check: Check, valid: str) -> None:
    limited = quotas(valid).replace("share = 0.20,", "share = 0.20, at_least = 1, at_most = 3,")
    tiers = check(limited).require().tiers
    assert tiers is not None
    assert (tiers.order, tiers.levels[0].at_least, tiers.levels[0].at_most) == ("floors_first", 1, 3)
    assert tiers.not_counted is not None
    assert tiers.not_counted.type.kind == "boolean"
    assert isinstance(tiers.by_grade, GradedShares)
    assert tiers.by_grade.shares["丙"] == (Decimal("0.1"), Decimal("0.7"), Decimal("0.2"))


def test_the_order_left_out_is_named_as_a_default_where_there_are_floors(check: Check, valid: str) -> None:
    assert {each.path: each.value for each in check(valid).defaults}["tiers.order"] == '"quota_first"'
    without = valid.replace(", min_score = 85", "")
    assert "tiers.order" not in {each.path for each in check(without).defaults}


def test_quotas_are_said_in_words(check: Check, valid: str) -> None:
    limited = quotas(valid).replace("share = 0.20,", "share = 0.20, at_least = 1, at_most = 3,")
    (section,) = [each for each in describe(check(limited).require()) if str(each.title) == "Tiers"]
    said = [str(line) for line in section.lines]
    assert said[2:-1] == [
        "Least totals come first: each tier takes the best of those who reach its own, up to its seats.",
        "A has at least 1 seats in each group.",
        "A has at most 3 seats in each group.",
        'Given a tier but not counted in the quota is whoever meets: days_in_period < 45 or points("crm.csat") < 10',
        'A group\'s own grade is: if_(group_mean >= 85, "甲", "丙")',
        "In groups of grade 甲: A 30%, B 65%, C 5%",
        "In groups of grade 丙: A 10%, B 70%, C 20%",
    ]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("0.05]", "0.15]", "scheme.shares-sum"),
        ("0.65, 0.05]", "0.70]", "scheme.shares-count"),
        ('"floors_first"', '"floor_first"', "scheme.wrong-value"),
        ("days_in_period < 45", "days_in_period", "expression"),
        ("days_in_period < 45", "rank < 45", "expression"),
        ("group_mean >= 85", "group_total >= 85", "expression"),
        ('\'if_(group_mean >= 85, "甲", "丙")\'', "'group_mean'", "expression"),
        ("share = 0.20,", "share = 0.20, at_least = 4, at_most = 3,", "scheme.least-above-most"),
        ("share = 0.20,", "share = 0.20, at_least = 1.5,", "scheme."),
    ],
)
def test_mistakes_in_quotas_are_told_at_their_place(old: str, new: str, code: str, check: Check, valid: str) -> None:
    text = quotas(valid)
    assert old in text
    text = text.replace(old, new, 1)
    checked = check(text)
    assert checked.scheme is None
    errors = [problem for problem in checked.problems if problem.severity == "error"]
    assert len(errors) == 1
    assert errors[0].code.startswith(code)
    assert new.split(",", maxsplit=1)[0] in text.splitlines()[(errors[0].where.line or 0) - 1]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("share = 0.20,", "share = 0.20, at_least = 6,", "scheme.seats-above-group"),
        (", min_score = 85", "", "scheme.no-effect"),
        ('within       = ["region"]', "", "scheme.one-group"),
        ('kind      = "quota"', 'kind = "score"', "scheme.no-effect"),
    ],
)
def test_what_cannot_work_or_has_no_effect_is_warned_of(
    old: str, new: str, code: str, check: Check, valid: str
) -> None:
    text = quotas(valid)
    assert old in text
    assert code in {problem.code for problem in check(text.replace(old, new)).problems}
