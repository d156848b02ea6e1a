"""Numbers that others published, where the collection of cases is at hand; plain calls, no arithmetic of our own."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from tests.unit.appraise.builder import (
    ABC,
    by_score,
    coefficient_bonus,
    dimension,
    level,
    people,
    points_curve,
    ratio_curve,
    rule,
    scheme,
    table,
    totals,
    used,
    yuan,
)

from kaohe.appraise import appraise
from kaohe.appraise.columns import proportions
from kaohe.appraise.curves import points
from kaohe.appraise.pool import split
from kaohe.appraise.quota import seats
from kaohe.appraise.ranking import ranks
from kaohe.appraise.standing import stand
from kaohe.exact import from_micros, largest_remainder, to_micros

CASES = Path(__file__).parents[4] / "shared" / "oracles"


def case(category, name):
    file = CASES / f"{category}.json"
    if not file.exists():
        pytest.skip("the collection of published cases is not beside the repository")
    listed = json.loads(file.read_text("utf-8"), parse_float=Decimal)["cases"]
    found = next(each for each in listed if each["id"] == name)
    return found["inputs"], found["expected"], Decimal(found["tolerance"]["abs"])


def earned(curve, *values):
    micros = np.array([to_micros(value) for value in values], np.int64)
    return [from_micros(figure) for figure in points(curve, micros, np.ones(len(values), np.bool_))]


def test_payout_curve_interpolates():
    given, expected, tolerance = case("scoring", "SCO-O1")
    (share,) = earned(points_curve(*given["points"]), given["actual"])
    assert abs(share * 100 - expected["payout_pct"]) <= tolerance


@pytest.mark.parametrize("name", ["SCO-O2.1", "SCO-O2.2", "SCO-O2.3", "SCO-O3.1", "SCO-O3.2", "SCO-O3.3"])
def test_attainment_of_a_target(name):
    given, expected, _ = case("scoring", name)
    mode = "on_target" if given["direction"] == "on target" else "higher"
    assert earned(ratio_curve(given["target"], mode), given["actual"]) == [expected["score"]]


@pytest.mark.parametrize(("name", "key"), [("SCO-O4", "scores"), ("SCO-O5.t50", "pct")])
def test_attainment_where_lower_is_better(name, key):
    given, expected, _ = case("scoring", name)
    assert earned(ratio_curve(given["target"], "lower"), *given["actuals"]) == expected[key]


def test_linear_between_least_and_most():
    given, expected, _ = case("scoring", "SCO-O6")
    curve = points_curve((given["minimum"], 0), (given["maximum"], 100))
    assert earned(curve, given["value"]) == [expected["performance_pct"]]


def test_weighted_share_of_the_way_from_least_to_target():
    given, expected, _ = case("scoring", "SCO-O7")
    curve = points_curve((given["minimum"], 0), (given["target"], 1))
    rest = used("b", weight=1 - given["weight"])
    made = scheme(dimension("d", used("a", curve, given["weight"]), rest))
    result = appraise(made, people(1), table(a=[given["actual"]], b=[0]))
    assert totals(result) == [expected["weighted"]]


def test_performance_pay_by_score():
    given, expected, _ = case("scoring", "SCO-O8")
    # < 60 nothing; 60 to 89 the score's percent; 90 to 100 all; beyond 100 twice the excess
    curve = points_curve((60, 60), (90, 90), (90, 100), (100, 100), (200, 300), below=0)
    made = scheme(dimension("d", used("a", curve)), bonus=coefficient_bonus("bonus_base * total / 100"))
    count = len(given["scores"])
    staff = people(count, bonus_base=[Decimal(given["base"])] * count)
    assert yuan(appraise(made, staff, table(a=given["scores"]))) == expected["pay"]


def test_weighted_totals():
    given, expected, _ = case("scoring", "SCO-O9")
    made = scheme(dimension("d", *(used(key, weight=part) for key, part in zip("abcd", given["weights"], strict=True))))
    columns = dict(zip("abcd", zip(*given["cases"], strict=True), strict=True))
    assert totals(appraise(made, people(len(given["cases"])), table(**columns))) == expected["total"]


def test_grades_by_threshold():
    given, expected, _ = case("scoring", "SCO-O10")
    levels = [
        level(name, min_score=given["thresholds"].get(name), coefficient=factor)
        for name, factor in given["coefficients"].items()
    ]
    made = scheme(tiers=by_score(*levels), decimals=6)
    result = appraise(made, people(len(given["scores"])), table(a=given["scores"]))
    assert list(result.tier) == expected["level"]
    assert [from_micros(each) for each in result.coefficient] == [given["coefficients"][name] for name in result.tier]


def test_incentive_between_threshold_and_most():
    given, expected, _ = case("scoring", "SCO-O12")
    least = given["threshold"] * given["target_pct_of_pay"] / Decimal(100)
    curve = points_curve(
        (given["threshold"], least), (100, given["target_pct_of_pay"]), (given["max_at"], given["max_pct"]), below=0
    )
    assert earned(curve, *given["achievements"]) == expected["pct"]


@pytest.mark.parametrize(
    ("name", "values", "methods"),
    [
        ("RNK-O1", "values", {"min": "competition", "dense": "dense", "ordinal": "ordinal"}),
        ("RNK-O2", "values", {"rank": "competition"}),
        ("RNK-O5", "scores", {"dense": "dense", "competition": "competition"}),
    ],
)
def test_rank_methods(name, values, methods):
    given, expected, _ = case("ranking", name)
    sign = -1 if given["order"] == "ascending" else 1
    column = np.array([sign * to_micros(value) for value in given[values]], np.int64)
    standing = stand(np.arange(len(column)), np.zeros_like(column), [column])
    for theirs, ours in methods.items():
        by_row = np.zeros_like(column)
        by_row[standing.rows] = ranks(standing, ours)
        assert by_row.tolist() == expected[theirs]


def test_forced_distribution_by_largest_remainder():
    given, expected, _ = case("forced_distribution", "FD-O1")
    levels = [level(name, Decimal(part) / 100) for name, part in zip(given["order"], given["percent"], strict=True)]
    assert [one.share for one in levels] == [one.share for one in ABC]
    for people_there, counts in expected.items():
        assert seats(levels, int(people_there)) == counts["counts"]


@pytest.mark.parametrize("name", ["O1", "O2.323", "O2.324", "O3.1", "O3.3", "O3.4", "O5"])
def test_seats_by_largest_remainder(name):
    given, expected, _ = case("apportionment", f"APP-{name}")
    weights, wanted = given["weights"], expected["seats"]
    if isinstance(wanted, dict):
        wanted = [wanted[key] for key in weights]
    parts = list(weights.values()) if isinstance(weights, dict) else weights
    assert largest_remainder(proportions(parts), given["seats"]) == wanted


@pytest.mark.parametrize("name", [f"APP-O4.{number}" for number in range(1, 8)])
def test_money_split_in_minor_units(name):
    given, expected, _ = case("apportionment", name)
    claiming = [number for number, ratio in enumerate(given["ratios"]) if ratio]
    parts = [0] * len(given["ratios"])
    ratios = np.array([given["ratios"][number] for number in claiming], np.int64)
    for number, part in zip(claiming, split(ratios, given["amount_minor"]).parts.tolist(), strict=True):
        parts[number] = part
    assert parts == expected["shares"]


@pytest.mark.parametrize("name", ["BON-O1", "BON-O2"])
def test_pools_by_coefficient(name):
    given, expected, _ = case("bonus", name)
    parts = split(np.array(proportions(given["coefficients"])), int(Decimal(given["pool"]) * 100)).parts
    assert [f"{Decimal(int(fen)).scaleb(-2)}" for fen in parts] == expected["shares"]


@pytest.mark.parametrize("name", ["BON-O3", "BON-O4", "BON-O5"])
def test_proration_by_calendar_days(name):
    given, expected, _ = case("bonus", name)
    made = scheme(bonus=coefficient_bonus(prorate="days"))
    staff = people(1, [given["eligible_days"]], given["period_days"], bonus_base=[Decimal(given["full"])])
    assert yuan(appraise(made, staff, table(a=[1]))) == [expected["bonus"]]


@pytest.mark.parametrize(
    ("name", "base", "factors"),
    [("BON-O6", "bonus_base * 0.1", ["dept", "personal"]), ("BON-O7", "bonus_base * 0.2", ["coefficient"])],
)
def test_monthly_bonus_by_coefficients(name, base, factors):
    given, expected, _ = case("bonus", name)
    rules = [rule("total > 0", "coefficient", given[factor]) for factor in factors]
    made = scheme(bonus=coefficient_bonus(base), rules=rules)
    staff = people(1, bonus_base=[Decimal(given["salary"])])
    assert yuan(appraise(made, staff, table(a=[1]))) == [expected["bonus"]]
