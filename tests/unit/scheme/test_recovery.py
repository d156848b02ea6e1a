"""How what was paid too much is taken back, as a scheme writes it: read, checked, read aloud."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from kaohe.scheme import Checked
from kaohe.scheme.describe import describe
from kaohe.scheme.model import Recovery
from kaohe.text import LANGUAGES

Check = Callable[..., Checked]


def problems(checked: Checked) -> list[str]:
    return [each.code for each in checked.problems if each.severity != "note"]


def test_a_scheme_that_says_nothing_has_no_rule_of_its_own(check: Check, valid: str) -> None:
    assert check(valid).require().recovery is None


def test_a_share_and_an_amount_are_read_to_the_fen(check: Check, valid: str) -> None:
    for written, expected in (
        ('cap = "30%"', Recovery(cap_share=Decimal("0.3"))),
        ('cap = "12.5 %"\nminimum = 100.50', Recovery(cap_share=Decimal("0.125"), minimum=100_50)),
        ('cap = 500\nafter_leaving = "write_off"', Recovery(cap=500_00, after_leaving="write_off")),
        ('after_leaving = "report"', Recovery(after_leaving="report")),
        ("cap = 0", Recovery(cap=0)),
    ):
        assert check(f"{valid}\n[recovery]\n{written}\n").require().recovery == expected


def test_what_the_table_leaves_open_is_among_the_defaults(check: Check, valid: str) -> None:
    named = {each.path: each.value for each in check(valid + "\n[recovery]\n").defaults}
    assert (named["recovery.cap"], named["recovery.minimum"]) == ('"100%"', "0")
    assert named["recovery.after_leaving"] == '"carry"'


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ('cap = "101%"', "scheme.out-of-range"),
        ('cap = "thirty"', "scheme.wrong-value"),
        ("cap = -1", "scheme.out-of-range"),
        ("cap = 1.005", "scheme.amount-decimals"),
        ("minimum = 0.001", "scheme.amount-decimals"),
        ("minimum = -5", "scheme.out-of-range"),
        ('after_leaving = "forget"', "scheme.wrong-value"),
        ("limit = 5", "scheme.unknown-key"),
        ("cap = 0.3", "scheme.suspect-share"),
    ],
)
def test_a_mistake_is_found_where_it_stands(check: Check, valid: str, written: str, code: str) -> None:
    text = f"{valid}\n[recovery]\n{written}\n"
    (problem,) = [each for each in check(text).problems if each.code == code]
    assert problem.where.line == text.splitlines().index(written) + 1


def test_without_a_bonus_the_table_has_no_effect(check: Check, valid: str) -> None:
    head, bonus, rest = valid.partition("[bonus]")
    assert bonus
    _bonus, table, behind = rest.partition("\n[")
    assert "scheme.no-effect" in problems(check(f'{head}{table}{behind}\n[recovery]\ncap = "30%"\n'))


def test_it_is_read_aloud(check: Check, valid: str) -> None:
    written = '\n[recovery]\ncap = "30%"\nminimum = 500\nafter_leaving = "report"\n'
    (section,) = [each for each in describe(check(valid + written).require()) if each.title.in_("en") == "Recoveries"]
    assert [line.in_("en") for line in section.lines] == [
        "In one period at most 30% of a person's bonus is recovered.",
        "At least 500.00 of the bonus are paid.",
        "What is left is carried to the next period.",
        "Of those who have left it is reported, to be claimed outside, and carried no further.",
    ]
    for language in LANGUAGES:
        assert all(line.in_(language) for line in section.lines)
