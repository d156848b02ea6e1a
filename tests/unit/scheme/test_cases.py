"""The scheme's own tests as they are written: what they may say, and every mistake at its place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from kaohe.scheme import Checked
from kaohe.scheme.model import Expected

Check = Callable[..., Checked]
CASE = "[[cases]]"


def with_case(valid: str, case: str) -> str:
    """The scheme with this case alone."""
    return f"{valid[: valid.index(CASE)]}{CASE}\n{case}\n"


def mistakes(checked: Checked) -> list[tuple[str, str]]:
    """The lines that problems stand in, by code."""
    return [(problem.code, str(problem.what)) for problem in checked.problems]


def test_a_case_says_everything_that_can_be_given_and_expected(check: Check, valid: str) -> None:
    case = """
name        = "all"
period_days = 92
pool        = 1234.5
given       = { "crm.response" = 0.9, "crm.violations" = 1, csat_bonus = "missing" }
person      = { role = "engineer", bonus_base = 5000, days_in_period = 46, joined_on = 2026-01-05, hat = "blue" }
expect      = { points = { "crm.response" = 50, csat_bonus = "missing" }, dimensions = { speed = 50 }, total = 60.5, \
rank = 1, tier = "C", bonus = 2500.5, rules = ["major-complaint"], outcomes = [], not_graded = false }
"""
    (found,) = check(with_case(valid, case)).require().cases
    (person,) = found.people
    assert (found.period_days, found.pool) == (92, 123450)
    assert person.given == {"crm.response": Decimal("0.9"), "crm.violations": Decimal(1), "csat_bonus": None}
    assert person.attributes["joined_on"] == date(2026, 1, 5)
    assert (person.attributes["hat"], person.attributes["days_in_period"]) == ("blue", 46)
    assert person.expected == Expected(
        points={"crm.response": Decimal(50), "csat_bonus": None},
        dimensions={"speed": Decimal(50)},
        total=Decimal("60.5"),
        rank=1,
        tier="C",
        bonus=Decimal("2500.5"),
        rules=("major-complaint",),
        outcomes=(),
        not_graded=False,
    )


def test_what_a_case_gives_holds_for_all_its_people_unless_they_say_otherwise(check: Check, valid: str) -> None:
    case = """
name   = "two"
given  = { "crm.response" = 0.9, "crm.csat" = 4 }
person = { region = "华东" }
people = [
  { name = "a", given = { "crm.csat" = 5 }, expect = { rank = 1 } },
  { name = "b", person = { region = "华南" } },
]
"""
    (found,) = check(with_case(valid, case)).require().cases
    a, b = found.people
    assert a.given == {"crm.response": Decimal("0.9"), "crm.csat": Decimal(5)}
    assert b.given == {"crm.response": Decimal("0.9"), "crm.csat": Decimal(4)}
    assert [each.attributes["region"] for each in found.people] == ["华东", "华南"]


@pytest.mark.parametrize(
    ("case", "code", "what"),
    [
        ('given = { "crm.respons" = 1 }\nexpect = { total = 1 }', "unknown-indicator", "crm.respons"),
        ('given = { }\nexpect = { points = { "crm.violations" = 1 } }', "unknown-indicator", "crm.violations"),
        ("given = { }\nexpect = { dimensions = { sped = 1 } }", "unknown-dimension", "sped"),
        ('given = { }\nexpect = { tier = "D" }', "unknown-tier", "D"),
        ('given = { }\nexpect = { rules = ["major"] }', "unknown-rule", "major"),
        ('given = { }\nexpect = { outcomes = ["traning"] }', "unknown-outcome", "traning"),
        ('given = { }\nprevious = { "crm.csat" = 1 }\nexpect = { total = 1 }', "unknown-indicator", "previous value"),
        ("given = { }\nperson = { '岗位' = 'x' }\nexpect = { total = 1 }", "unknown-attribute", "岗位"),
        ("given = { }\nperson = { total = 'x' }\nexpect = { total = 1 }", "unknown-attribute", "total"),
        ("given = { }\nperson = { role = 1 }\nexpect = { total = 1 }", "wrong-type", "role"),
        ("given = { }\nperson = { hat = true }\nexpect = { total = 1 }", "wrong-type", "hat"),
        ("given = { }\nperson = { bonus_base = true }\nexpect = { total = 1 }", "wrong-type", "bonus_base"),
        ("given = { }\nperson = { joined_on = '2026-13-01' }\nexpect = { total = 1 }", "wrong-type", "joined_on"),
        ("given = { }\nperson = { days_in_period = 91 }\nexpect = { total = 1 }", "out-of-range", "days_in_period"),
        ('given = { "crm.csat" = 5e12 }\nexpect = { total = 1 }', "out-of-range", "crm.csat"),
        ('given = { "crm.csat" = "none" }\nexpect = { total = 1 }', "wrong-value", "crm.csat"),
        ("expect = { total = 1 }", "missing-key", "given"),
        ("given = { }", "missing-key", "expect"),
        ("given = { }\nexpect = { }", "wrong-length", "expect"),
        ("people = [{ name = 'a' }]", "case-expects", "nothing of anybody"),
        ("expect = { total = 1 }\npeople = [{ name = 'a', expect = { total = 1 } }]", "case-expects", "each of them"),
        ("people = [{ name = 'a', expect = { total = 1 } }, { name = 'a' }]", "duplicate-id", "a is used twice"),
        ("people = [{ expect = { total = 1 } }]", "missing-key", "name"),
    ],
)
def test_a_mistake_in_a_case_is_told_at_its_place(check: Check, valid: str, case: str, code: str, what: str) -> None:
    text = with_case(valid, f'name = "wrong"\n{case}')
    checked = check(text)
    assert checked.scheme is None
    (problem,) = (problem for problem in checked.problems if problem.severity == "error")
    assert problem.code == f"scheme.{code}"
    assert what in str(problem.what)
    assert problem.where.line is not None
    assert problem.where.line >= text[: text.index(CASE)].count("\n") + 1


def test_a_value_may_be_given_of_what_rules_ask_for(check: Check, valid: str) -> None:
    checked = check(with_case(valid, 'name = "x"\ngiven = { weekend_repairs = 3 }\nexpect = { total = 1 }'))
    assert checked.require().cases[0].people[0].given == {"weekend_repairs": Decimal(3)}


def test_a_pool_is_for_schemes_that_pay_out_of_one(check: Check, valid: str) -> None:
    other = valid.replace('kind    = "pool"', 'kind    = "coefficient"').replace("pool    = 500000\n", "")
    (problem,) = check(with_case(other, 'name = "x"\npool = 1\ngiven = { }\nexpect = { total = 1 }')).problems
    assert problem.code == "scheme.case-pool"
