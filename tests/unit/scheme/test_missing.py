"""The table of where a missing indicator's weight goes: read, checked, read aloud."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kaohe.scheme.describe import describe

POLICY = 'missing    = { policy = "renormalise", min_coverage = 0.7 }'
OWN = 'missing = { policy = "neutral", neutral = 60 }'
TABLE = (
    '{ "crm.response" = { "crm.response_time" = 1 }, '
    '"crm.response_time" = { "crm.response" = 0.4, "crm.csat" = 0.6 }, '
    '"csat_bonus" = { "crm.csat" = 1 } }'
)


def with_table(valid, table):
    assert POLICY in valid
    return valid.replace(POLICY, f'missing = {{ policy = "redistribute", table = {table} }}')


def test_the_table_of_the_scheme_gives_every_indicator_its_row(check, valid):
    scheme = check(with_table(valid, TABLE), {}).require()
    shares = {used.key: dict(used.missing.shares) for used in scheme.weighted}
    assert shares["crm.response_time"] == {"crm.response": Decimal("0.4"), "crm.csat": Decimal("0.6")}
    assert shares["crm.csat"] == {}
    assert [used.missing.policy for used in scheme.weighted] == ["redistribute"] * 2 + ["neutral", "redistribute"]
    assert {used.missing.otherwise for used in scheme.weighted} == {"not_graded"}


def test_one_indicator_may_have_a_row_of_its_own(check, valid):
    own = 'missing = { policy = "redistribute", to = { "crm.response" = 1 }, otherwise = "renormalise" }'
    assert OWN in valid
    scheme = check(valid.replace(OWN, own), {}).require()
    used = next(each for each in scheme.weighted if each.key == "crm.csat")
    assert (dict(used.missing.shares), used.missing.otherwise) == ({"crm.response": 1}, "renormalise")
    words = "100% of the weight to crm.response; what would go to one that is missing too is left out"
    assert words in [str(cell) for section in describe(scheme) for row in section.rows for cell in row]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('"crm.response" = 0.4, ', "", "scheme.shares-sum"),
        ("= 0.4", "= 40", "scheme.out-of-range"),
        ("= 0.4", "= 0", "scheme.out-of-range"),
        ('{ "crm.csat" = 1 }', '{ "crm.nps" = 1 }', "scheme.unknown-indicator"),
        ('{ "crm.csat" = 1 }', '{ "csat_bonus" = 1 }', "scheme.redistribute-to-itself"),
        (', "csat_bonus" = { "crm.csat" = 1 }', "", "scheme.missing-key"),
        ('"csat_bonus" = {', '"csat_bonos" = {', "scheme.unknown-indicator"),
    ],
)
def test_mistakes_in_the_table_are_found(check, valid, old, new, code):
    assert old in TABLE
    problems = check(with_table(valid, TABLE.replace(old, new)), {}).problems
    assert code in {problem.code for problem in problems if problem.severity == "error"}


def test_without_a_table_there_is_nothing_to_go_by(check, valid):
    for old, new, line in (
        (POLICY, 'missing = { policy = "redistribute" }', "scheme.missing.table is missing"),
        (OWN, 'missing = { policy = "redistribute" }', "dimensions[1].indicators[0].missing.to is missing"),
    ):
        problems = check(valid.replace(old, new), {}).problems
        assert [str(problem.what) for problem in problems] == [line]


def test_keys_of_another_policy_have_no_effect(check, valid):
    text = valid.replace(OWN, 'missing = { policy = "zero", to = { "crm.response" = 1 }, otherwise = "renormalise" }')
    assert [(found.code, found.severity) for found in check(text, {}).problems] == [("scheme.no-effect", "warning")] * 2
    extra = TABLE.replace('"csat_bonus" =', '"crm.csat" = { "crm.response" = 1 }, "csat_bonus" =')
    (problem,) = check(with_table(valid, extra), {}).problems
    assert str(problem.what) == "crm.csat has a policy of its own: this row has no effect"
