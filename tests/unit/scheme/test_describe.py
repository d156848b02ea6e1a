from __future__ import annotations

from collections.abc import Callable

import pytest

from kaohe.scheme import Checked
from kaohe.scheme.describe import Section, describe
from kaohe.text import render

Check = Callable[..., Checked]


@pytest.fixture
def sections(check: Check, valid: str) -> dict[str, Section]:
    return {str(section.title): section for section in describe(check(valid).require())}


def words(section: Section) -> list[list[str]]:
    return [[str(render(cell, "en")) for cell in row] for row in section.rows]


def test_a_scheme_is_read_aloud_in_the_order_in_which_it_acts(sections: dict[str, Section]) -> None:
    assert list(sections) == [
        "Scheme",
        "What counts",
        "How values become points",
        "Measured besides",
        "Points outside the weighting",
        "Rules",
        "Ranking",
        "Tiers",
        "Bonus",
        "Outcomes",
        "The scheme's own tests",
    ]


def test_dimensions_are_a_table_that_names_each_once(sections: dict[str, Section]) -> None:
    assert words(sections["What counts"]) == [
        ["Speed", "60", "Responses in time", "70", "5", "the other weights count"],
        ["", "", "Response time", "30", "0", "the other weights count"],
        ["满意度", "40", "Satisfaction", "60", "0", "60 points"],
        ["", "", "Satisfaction as csat_bonus", "40", "0", "the other weights count"],
    ]


def test_curves_are_sentences_with_units(sections: dict[str, Section]) -> None:
    assert [row[1:] for row in words(sections["How values become points"])] == [
        ["Hours: 12", "80%: 0; 95%: 100; straight lines between"],
        ["", "below 4 hours: 100; from 4 hours to below 8 hours: 60; from 8 hours: 0"],
        ["", "100 at 4.5, more or less in proportion to the value; at least 0; at most 120"],
        ["", "80 at 4; 2 more for each 0.1 above, 2 less for each below; at most 20 more; at most 30 less"],
    ]


def test_rules_tiers_and_bonus_are_said(sections: dict[str, Section]) -> None:
    assert [str(line) for line in sections["Rules"].lines] == [
        'If value("crm.violations") > 0: the tier is at most C (A serious violation caps the tier at C).'
    ]
    assert words(sections["Tiers"]) == [["A", "20%", "85", "1.5"], ["B", "70%", "", "1"], ["C", "10%", "", "0.5"]]
    assert [str(line) for line in sections["Bonus"].lines] == [
        "Bonus = person.bonus_base × the tier's coefficient × days in service / days of the period.",
        "All bonuses are scaled so that they add up to 500,000.00.",
        "Nobody gets more than 30,000.00.",
    ]


def test_a_scheme_without_tiers_and_bonus_has_no_such_sections(check: Check, valid: str) -> None:
    head = valid[: valid.index("[[rules]]")]
    titles = [str(section.title) for section in describe(check(head).require())]
    assert titles[-1] == "Ranking"
    assert not {"Tiers", "Bonus", "Rules"} & set(titles)


def test_a_case_is_read_with_what_it_expects(check: Check, valid: str) -> None:
    start = valid.index("[[cases]]")
    case = """[[cases]]
name = "two"
people = [
  { name = "a", given = { "crm.csat" = 5 }, expect = { rank = 1, points = { csat_bonus = 100 }, rules = [] } },
  { name = "b", expect = { not_graded = true, bonus = 0, outcomes = ["training"] } },
  { name = "c" },
]
"""
    section = describe(check(valid[:start] + case).require())[-1]
    ((name, words),) = section.rows
    assert (name, str(words)) == (
        "two",
        "a: csat_bonus 100, rank 1, rules: none; b: not graded, bonus 0, outcomes: training",
    )
