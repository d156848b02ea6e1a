"""How far results may be changed by hand, as a scheme writes it: read, checked, read aloud."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from kaohe.scheme import Checked
from kaohe.scheme.describe import describe
from kaohe.scheme.model import ManualLimits
from kaohe.text import LANGUAGES

Check = Callable[..., Checked]


def limits(check: Check, valid: str, *lines: str) -> ManualLimits | None:
    return check("\n".join([valid, "[manual_changes]", *lines, ""])).require().manual


def test_a_scheme_without_the_table_allows_nothing(check: Check, valid: str) -> None:
    assert check(valid).require().manual is None


def test_every_key_is_read(check: Check, valid: str) -> None:
    read = limits(
        check,
        valid,
        "points = 5",
        "tiers = 1",
        'bonus = "20%"',
        'people = "10 %"',
        'within = "group"',
        'quota = "report"',
    )
    assert read == ManualLimits(
        points=Decimal(5),
        tiers=1,
        bonus_share=Decimal("0.2"),
        people_share=Decimal("0.1"),
        within="group",
        quota="report",
    )
    assert limits(check, valid, "bonus = 500.50", "people = 3") == ManualLimits(bonus=50050, people=3)


def test_what_is_left_out_is_named_among_the_defaults(check: Check, valid: str) -> None:
    checked = check(f"{valid}\n[manual_changes]\npoints = 5\n")
    named = {each.path: each.value for each in checked.defaults if each.path.startswith("manual_changes")}
    assert named == {
        "manual_changes.people": '"100%"',
        "manual_changes.within": '"all"',
        "manual_changes.quota": '"refuse"',
    }


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("points = 0", "scheme.out-of-range"),
        ("points = -5", "scheme.out-of-range"),
        ("tiers = 0", "scheme.out-of-range"),
        ("tiers = 1.5", "scheme.wrong-type"),
        ('bonus = "many"', "scheme.wrong-value"),
        ("bonus = 1.005", "scheme.amount-decimals"),
        ('people = "110%"', "scheme.out-of-range"),
        ("people = 0.1", "scheme.wrong-type"),
        ('within = "team"', "scheme.wrong-value"),
        ('quota = "ignore"', "scheme.wrong-value"),
        ("reason = true", "scheme.unknown-key"),
    ],
)
def test_a_mistake_is_told_at_its_line(check: Check, valid: str, line: str, code: str) -> None:
    text = f"{valid}\n[manual_changes]\npoints_ok = 1\n{line}\n".replace("points_ok = 1", "# limits")
    found = [each for each in check(text).problems if each.code == code]
    assert [each.where.line for each in found] == [text.splitlines().index(line) + 1]


def test_a_table_that_allows_nothing_is_a_mistake(check: Check, valid: str) -> None:
    checked = check(f'{valid}\n[manual_changes]\nquota = "report"\n')
    assert "scheme.nothing-allowed" in [each.code for each in checked.problems]
    assert checked.scheme is None


def test_a_bonus_that_looks_like_a_share_is_doubted(check: Check, valid: str) -> None:
    (problem,) = [
        each
        for each in check(f"{valid}\n[manual_changes]\nbonus = 0.2\n").problems
        if each.code == "scheme.suspect-share"
    ]
    assert (problem.severity, '"20%"' in str(problem.fix)) == ("warning", True)


def test_keys_that_nothing_answers_to_are_told(check: Check, valid: str) -> None:
    checked = check(f'{valid}\n[manual_changes]\npoints = 5\nwithin = "group"\n')
    assert [each.code for each in checked.problems if each.where.key is None and "no-effect" in each.code]
    assert checked.scheme is not None


def test_the_limits_are_read_aloud_in_both_languages(check: Check, valid: str) -> None:
    text = f'{valid}\n[manual_changes]\npoints = 5\ntiers = 1\nbonus = 500\npeople = "10%"\nwithin = "group"\n'
    (section,) = [each for each in describe(check(text).require()) if str(each.title) == "Manual changes"]
    said = {language: [line.in_(language) for line in section.lines] for language in LANGUAGES}
    assert "A total may be changed by at most 5 points, up or down." in said["en"]
    assert "At most 10% of the graded people of each ranking group may be changed." in said["en"]
    assert all(chinese != english for chinese, english in zip(said["zh_CN"], said["en"], strict=True))
