"""The table ``[appeals]``: what it means, what is wrong with it and where, and how it reads."""

from __future__ import annotations

import pytest
from tests.unit.run.rating_kit import RATING, SCHEME

from kaohe.scheme import Checked, load_scheme
from kaohe.scheme.describe import describe
from kaohe.scheme.model import AppealRules
from kaohe.worktime import NO_CALENDARS


def check(table: str, **more: object) -> Checked:
    return load_scheme(f"{SCHEME}{table}", "s.toml", {"rating": RATING}, {}, **more)


@pytest.mark.parametrize(
    ("table", "rules"),
    [
        ("", None),
        ("[appeals]\ndays = 7\n", AppealRules(7, 5, 10, working_days=False)),
        ("[appeals]\ndays = 3\nanswer_days = 2\ndecide_days = 2\nworking_days = true\n", AppealRules(3, 2, 2, True)),
    ],
)
def test_what_is_written_is_what_holds(table: str, rules: AppealRules | None) -> None:
    assert check(table).require().appeals == rules


def test_what_was_left_out_is_told_as_a_default() -> None:
    told = {each.path: each.value for each in check("[appeals]\ndays = 7\n").defaults}
    assert [told[f"appeals.{key}"] for key in ("answer_days", "decide_days", "working_days")] == ["5", "10", "false"]


@pytest.mark.parametrize(
    ("table", "line", "column", "told"),
    [
        ("[appeals]\nanswer_days = 3\n", 1, 2, "days"),
        ("[appeals]\ndays = 0\n", 2, 8, "0"),
        ('[appeals]\ndays = "7"\n', 2, 8, "7"),
        ("[appeals]\ndays = 7\nweeks = 1\n", 3, 1, "weeks"),
        ("[appeals]\ndays = 7\ndecide_days = 4\n", 3, 15, "decided before it has to be answered"),
        ("[appeals]\ndays = 7\nanswer_days = 11\n", 3, 15, "decided before it has to be answered"),
    ],
)
def test_a_mistake_is_told_with_its_place(table: str, line: int, column: int, told: str) -> None:
    checked = check(table)
    assert checked.scheme is None
    (problem,) = [each for each in checked.problems if each.severity == "error"]
    before = SCHEME.count("\n")
    assert (problem.where.line, problem.where.column) == (before + line, column)
    assert told in problem.render("en")


def test_working_days_without_a_calendar_are_warned_of_and_not_refused() -> None:
    """A run keeps no calendar for appeals: its kept scheme has to be read without one."""
    table = "[appeals]\ndays = 7\nworking_days = true\n"
    checked = check(table, calendars=NO_CALENDARS)
    assert checked.scheme is not None
    assert [each.code for each in checked.problems if each.severity == "warning"] == ["scheme.no-calendar"]
    assert not [each for each in check(table).problems if each.severity == "warning"]  # any name stands for one


def test_the_rules_of_appeals_are_told_in_words() -> None:
    sections = describe(check("[appeals]\ndays = 7\nworking_days = true\n").require())
    (told,) = [section.lines for section in sections if section.title.in_("en") == "Appeals"]
    assert [line.in_("zh_CN") for line in told] == [
        "结果提交审核后 7 个工作日内可以申诉。",
        "申诉须在 5 个工作日内答复，10 个工作日内由未参与编制结果的人裁定。",
    ]
