"""Shares of credit that are written as numbers: they add up to 1, or the check says what they add up to."""

from __future__ import annotations

import pytest
from tests.unit.run.credit.test_credit import OVERLAY, check

SHARES = '[{ who = "owner", share = "1 - co_share" }, { who = "co_owner", share = "co_share" }]'


def split(owner: str, co_owner: str) -> tuple[str, str]:
    return SHARES, f'[{{ who = "owner", share = "{owner}" }}, {{ who = "co_owner", share = "{co_owner}" }}]'


@pytest.mark.parametrize(
    ("owner", "co_owner", "severity", "found"),
    [
        ("0.55", "0.4", "error", "0.55 + 0.4 = 0.95"),
        ("70", "30", "warning", "70 + 30 = 100"),
        ("1", "0.1", "warning", "1 + 0.1 = 1.1"),
    ],
)
def test_shares_that_do_not_add_up_are_told_at_check(owner: str, co_owner: str, severity: str, found: str) -> None:
    checked = check(split(owner, co_owner))
    (problem,) = checked.problems
    assert (problem.code, problem.severity, str(problem.found)) == ("scheme.credit-sum", severity, found)
    assert (checked.scheme is None) == (severity == "error")
    assert "份额合计" in problem.what.in_("zh_CN")


def test_hundred_per_cent_is_recognised() -> None:
    (problem,) = check(split("70", "30")).problems
    assert str(problem.fix) == "a share is written from 0 to 1: 70 % is 0.7"


@pytest.mark.parametrize("edits", [(split("0.75", "0.25"),), (split("1", "0.1"), OVERLAY), ()])
def test_whole_splits_and_overlays_and_what_records_say_are_sound(edits: tuple[tuple[str, str], ...]) -> None:
    assert check(*edits).problems == ()
