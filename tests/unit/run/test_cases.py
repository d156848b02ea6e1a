"""Cases of a scheme computed: each figure against what a person works out, all of them although one fails."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kaohe.plugin import Indicator
from kaohe.plugin.registry import open_registry
from kaohe.run.cases import CaseResult, run_cases
from kaohe.scheme import load_scheme

# Two indicators of equal weight, both a straight line from 0 to 100; so points are hundredfold shares.
HEAD = """
format = 1
[scheme]
id = "s"
version = "1"
name = "s"
cycle = "quarter"
rounding = { score = 1 }
missing = { policy = "renormalise", min_coverage = 0.5 }
[[dimensions]]
id = "d"
name = "d"
weight = 100
  [[dimensions.indicators]]
  use = "crm.csat_share"
  weight = 50
  curve = { kind = "points", at = [[0, 0], [1, 100]] }
  [[dimensions.indicators]]
  use = "crm.response_within"
  weight = 50
  curve = { kind = "points", at = [[0, 0], [1, 100]] }
[[rules]]
id = "breach"
when = 'value("crm.violations") > 0'
then = { deduct = 5 }
reason = "breach"
[[rules]]
id = "new"
when = 'days_in_period < 30'
then = { not_graded = true }
reason = "new"
[ranking]
within = ["region"]
[bonus]
kind = "coefficient"
base = "person.bonus_base"
prorate = "days"
[[outcomes]]
kind = "honour"
when = 'rank == 1 and total >= 90'
note = "honour"
"""
SCORES = """
[tiers]
kind = "score"
levels = [{ id = "A", min_score = 80, coefficient = 2 }, { id = "B", coefficient = 1 }]
"""
QUOTA = """
[tiers]
kind = "quota"
levels = [{ id = "A", share = 0.5, coefficient = 2 }, { id = "B", share = 0.5, coefficient = 1 }]
"""


@pytest.fixture(scope="module")
def indicators() -> dict[str, Indicator]:
    return dict(open_registry((), None).indicators)


@pytest.fixture
def results(indicators):
    def compute(cases: str, tiers: str = SCORES, head: str = HEAD) -> tuple[CaseResult, ...]:
        types = open_registry((), None).record_types
        return run_cases(load_scheme(f"{head}{tiers}{cases}", "s.toml", types, indicators).require())

    return compute


BOTH = '{ "crm.csat_share" = 0.9, "crm.response_within" = 0.7 }'


def test_a_case_that_comes_out_passes(results):
    # (90 + 70) / 2 = 80, exactly the threshold of A; 6000 × 2 × 45/90 days = 6000.
    (result,) = results(
        f"""[[cases]]
        name = "x"
        given = {BOTH}
        person = {{ bonus_base = 6000, days_in_period = 45 }}
        expect = {{ points = {{ "crm.csat_share" = 90 }}, dimensions = {{ d = 80 }}, total = 80, tier = "A", rank = 1, \
bonus = 6000, rules = [], outcomes = [], not_graded = false }}"""
    )
    assert result.differences == ()
    assert result.passed


@pytest.mark.parametrize(
    ("expect", "key", "expected", "found"),
    [
        ('points = { "crm.csat_share" = 89.9999 }', "points.crm.csat_share", Decimal("89.9999"), Decimal(90)),
        ('points = { "crm.csat_share" = "missing" }', "points.crm.csat_share", None, Decimal(90)),
        ("dimensions = { d = 81 }", "dimensions.d", Decimal(81), Decimal(80)),
        ("total = 74.9", "total", Decimal("74.9"), Decimal(75)),
        ('tier = "A"', "tier", "A", "B"),
        ("rank = 2", "rank", 2, 1),
        ("bonus = 5999.99", "bonus", Decimal("5999.99"), Decimal(6000)),
        ("rules = []", "rules", (), ("breach",)),
        ('rules = ["breach", "new"]', "rules", ("breach", "new"), ("breach",)),
        ('outcomes = ["honour"]', "outcomes", ("honour",), ()),
        ("not_graded = true", "not_graded", True, False),
    ],
)
def test_a_figure_that_differs_is_told_with_both_sides(results, expect, key, expected, found):
    (result,) = results(
        f"""[[cases]]
        name = "x"
        given = {{ "crm.csat_share" = 0.9, "crm.response_within" = 0.7, "crm.violations" = 1 }}
        person = {{ bonus_base = 6000 }}
        expect = {{ {expect} }}"""
    )
    (difference,) = result.differences
    assert (difference.key, difference.expected, difference.found) == (key, expected, found)
    assert not result.passed


def test_what_is_not_given_has_no_data(results):
    # One of two indicators is half of the weight, which is just enough; nothing is below it.
    alone, nothing = results(
        """[[cases]]
        name = "one"
        given = { "crm.csat_share" = 0.9 }
        expect = { points = { "crm.response_within" = "missing" }, total = 90, rules = [], bonus = 0 }
        [[cases]]
        name = "none"
        given = { }
        expect = { not_graded = true, bonus = 0, rules = [] }"""
    )
    assert alone.passed
    assert nothing.passed


def test_figures_of_somebody_not_graded_are_none(results):
    (result,) = results(
        f"""[[cases]]
        name = "new"
        given = {BOTH}
        person = {{ days_in_period = 29 }}
        expect = {{ total = 80, tier = "A", rank = 1, not_graded = true, rules = ["new"], \
points = {{ "crm.csat_share" = 90 }} }}"""
    )
    assert [(each.key, each.found) for each in result.differences] == [("total", None), ("rank", None), ("tier", None)]


def test_several_people_are_ranked_and_seated_together(results):
    # Three in one region: seats 2 (1.5 has the same remainder as 1.5, the better tier first) and 1; one apart has 1.
    (result,) = results(
        """[[cases]]
        name = "four"
        given = { "crm.response_within" = 1 }
        person = { region = "east", bonus_base = 100 }
        people = [
          { name = "z", given = { "crm.csat_share" = 1 }, expect = { rank = 1, tier = "A", bonus = 200, \
outcomes = ["honour"] } },
          { name = "b", given = { "crm.csat_share" = 0.5 }, expect = { rank = 3, tier = "B", bonus = 100 } },
          { name = "a", given = { "crm.csat_share" = 0.6 }, expect = { rank = 2, tier = "A", total = 80 } },
          { name = "c", given = { "crm.csat_share" = 0 }, person = { region = "west" }, expect = { rank = 2 } },
        ]""",
        QUOTA,
    )
    assert [(each.person, each.key, each.expected, each.found) for each in result.differences] == [("c", "rank", 2, 1)]


def test_all_cases_are_computed_although_one_cannot_be(results, indicators):
    head = HEAD.replace(
        'curve = { kind = "points", at = [[0, 0], [1, 100]] }', 'curve = { kind = "ratio", target = "person.aim" }', 1
    )
    broken, sound = results(
        f"""[[cases]]
        name = "a target of nothing"
        given = {BOTH}
        person = {{ aim = "0" }}
        expect = {{ total = 80 }}
        [[cases]]
        name = "a target of 0.9"
        given = {BOTH}
        person = {{ aim = "0.9" }}
        expect = {{ total = 85 }}""",
        head=head,
    )
    assert [problem.code for problem in broken.problems] == ["appraise.zero-target"]
    assert not broken.passed
    assert sound.passed


def test_the_previous_value_of_a_formula_can_be_given(results):
    head = HEAD.replace(
        'curve = { kind = "points", at = [[0, 0], [1, 100]] }',
        "curve = { kind = \"formula\", points = '100 * value / previous' }",
        1,
    )
    (result,) = results(
        """[[cases]]
        name = "as before"
        given = { "crm.csat_share" = 0.6, "crm.response_within" = 1 }
        previous = { "crm.csat_share" = 0.75 }
        expect = { points = { "crm.csat_share" = 80 }, total = 90 }""",
        head=head,
    )
    assert result.passed


def test_a_pool_is_shared_only_where_a_case_asks_for_a_bonus(results):
    head = HEAD.replace('kind = "coefficient"\nbase', 'kind = "pool"\npool = 900000\ncap = 1000\nbase')
    scored, shared, too_much = results(
        f"""[[cases]]
        name = "scored"
        given = {BOTH}
        expect = {{ tier = "A" }}
        [[cases]]
        name = "shared"
        given = {BOTH}
        pool = 1500
        people = [{{ name = "a", person = {{ bonus_base = 1 }}, expect = {{ bonus = 500 }} }}, \
{{ name = "b", person = {{ bonus_base = 2 }} }}]
        [[cases]]
        name = "too much"
        given = {BOTH}
        person = {{ bonus_base = 1 }}
        expect = {{ bonus = 1000 }}""",
        head=head,
    )
    assert scored.passed
    assert shared.passed
    assert [problem.code for problem in too_much.problems] == ["appraise.pool-impossible"]


AIMS = HEAD.replace(
    """  use = "crm.response_within"
  weight = 50
""",
    """  use = "crm.team_goal"
  weight = 50
""",
).replace('curve = { kind = "points", at = [[0, 0], [1, 100]] }', 'curve = { kind = "ratio", target = "target()" }', 1)


def test_targets_and_a_teams_value_can_be_given_and_what_is_derived_is_worked_out(results):
    # 0.6 of a target of 0.75 is 80 points; the team sold 90 of 100: 90 points.
    given, stated = results(
        """[[cases]]
        name = "by targets"
        given = { "crm.csat_share" = 0.6, "crm.sales_amount@team" = 90 }
        targets = { "crm.csat_share" = 0.75, "crm.sales_amount@team" = 100 }
        expect = { points = { "crm.csat_share" = 80, "crm.team_goal" = 90 }, total = 85 }
        [[cases]]
        name = "given itself"
        given = { "crm.csat_share" = 0.6, "crm.team_goal" = 0.5, "crm.sales_amount@team" = 90 }
        targets = { "crm.csat_share" = 0.75, "crm.sales_amount@team" = 100 }
        expect = { points = { "crm.team_goal" = 50 } }""",
        head=AIMS,
    )
    assert given.differences == given.problems == ()
    assert stated.passed


def test_a_target_that_nothing_looks_up_is_a_mistake(indicators):
    case = """[[cases]]
        name = "x"
        given = { "crm.csat_share@team" = 1 }
        targets = { "crm.nps" = 1 }
        expect = { total = 1 }"""
    types = open_registry((), None).record_types
    checked = load_scheme(f"{AIMS}{SCORES}{case}", "s.toml", types, indicators)
    assert [problem.code for problem in checked.problems] == ["scheme.unknown-indicator", "scheme.unknown-target"]
    assert "crm.sales_amount@team" in str(checked.problems[1].expected)
