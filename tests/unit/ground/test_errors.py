"""Problems read the same way everywhere, in both languages."""

from __future__ import annotations

import pytest

from kaohe.errors import Exit, KaoheError, Place, Problem, fail, refuse_if_any
from kaohe.text import Text, msg

UNKNOWN = Problem(
    "workspace.setting",
    msg("unknown setting {key}", key="enginne"),
    Place("kaohe.toml", 4, 1),
    found="enginne",
    expected="engine",
)


def test_a_problem_names_place_code_found_and_expected_in_english() -> None:
    assert UNKNOWN.render("en").splitlines() == [
        "kaohe.toml:4:1: error [workspace.setting]: unknown setting enginne",
        "    found: enginne",
        "    expected: engine",
    ]


def test_the_same_problem_in_chinese() -> None:
    assert UNKNOWN.render("zh_CN").splitlines() == [
        "kaohe.toml:4:1: 错误 [workspace.setting]: 未知设置 enginne",
        "    实际：enginne",
        "    应为：engine",
    ]


def test_arguments_that_are_texts_or_messages_follow_the_language() -> None:
    message = msg("no {records} in {period}", records=Text("工单", "tickets"), period="2026-Q1")
    assert message.in_("en") == "no tickets in 2026-Q1"
    assert message.in_("zh_CN") == "2026-Q1 没有工单"


def test_braces_in_what_a_user_wrote_do_not_disturb() -> None:
    assert msg("unknown setting {key}", key="{x} {0}").in_("en") == "unknown setting {x} {0}"


def test_places_in_sheets_and_records() -> None:
    assert str(Place("a.xlsx", sheet="Sheet1", cell="C7")) == "a.xlsx: Sheet1!C7"
    assert str(Place(key="crm.nps")) == "crm.nps"
    assert str(Place("a.csv", 3)) == "a.csv:3"


def test_all_errors_come_at_once_in_the_order_of_their_places() -> None:
    later, earlier = UNKNOWN.at(Place("a", 9, 1)), UNKNOWN.at(Place("a", 2, 5))
    with pytest.raises(KaoheError) as raised:
        refuse_if_any([later, earlier], Exit.ENVIRONMENT)
    assert raised.value.problems == (earlier, later)
    assert raised.value.exit_code is Exit.ENVIRONMENT


def test_warnings_alone_do_not_refuse() -> None:
    warning = Problem("x", msg("error"), severity="warning")
    refuse_if_any([warning])
    with pytest.raises(KaoheError):
        refuse_if_any([warning, UNKNOWN])


def test_a_single_failure_is_an_error_of_one_problem() -> None:
    assert fail(UNKNOWN).problems == (UNKNOWN,)


def test_what_a_file_says_without_end_is_cut() -> None:
    endless = Problem("x", msg("error"), found="a" * 10**7).render("en")
    assert len(endless) < 5_000
    assert endless.endswith("a…")
