"""Changes by hand: beside what was computed, within the scheme's limits."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from tests.unit.appraise.builder import (
    by_score,
    coefficient_bonus,
    expression,
    level,
    outcome,
    people,
    pool_bonus,
    quota,
    rule,
    said,
    scheme,
    table,
    totals,
    yuan,
)

from kaohe.appraise import ManualChange, appraise
from kaohe.errors import KaoheError
from kaohe.exact import MICRO, to_micros
from kaohe.run.digest import columns
from kaohe.scheme.model import ManualLimits, Ranking

ALL = ManualLimits(points=Decimal(5), tiers=1, bonus_share=Decimal("0.2"))
# Ten people with 95, 90 … 50 points: by 20/70/10 % two have A, seven B, one C; A pays 1.5, B 1, C 0.5 times 1,000.
SCORES = [95, 90, 85, 80, 75, 70, 65, 60, 55, 50]
TEN = table(a=SCORES)


def points(person: int, number: str, change: int = 1) -> ManualChange:
    return ManualChange(change, f"p{person:04}", "points", to_micros(number), "calibration")


def tier(person: int, name: str, change: int = 1) -> ManualChange:
    return ManualChange(change, f"p{person:04}", "tier", name, "calibration")


def bonus(person: int, fen: int, change: int = 1) -> ManualChange:
    return ManualChange(change, f"p{person:04}", "bonus", fen, "calibration")


def allowing(limits=ALL, **own):
    made = scheme(**{"tiers": quota(), "bonus": coefficient_bonus(), **own})
    return replace(made, manual=limits)


def outcome_of(made, *changes, scores=TEN, count=10, **attributes):
    return appraise(made, people(count, **attributes), scores, manual=changes)


def problems(made, *changes, **more):
    with pytest.raises(KaoheError) as raised:
        outcome_of(made, *changes, **more)
    return raised.value.problems


def codes(made, *changes, **more):
    return [problem.code for problem in problems(made, *changes, **more)]


def test_points_are_added_to_the_total_and_rank_tier_and_bonus_follow() -> None:
    # 85 + 5.5 = 90.5: past the second, who has 90 and loses the second seat of A.
    found = outcome_of(allowing(ManualLimits(points=Decimal(6))), points(2, "5.5"))
    assert totals(found)[:4] == [95, 90, Decimal("90.5"), 80]
    assert found.rank.tolist()[:4] == [1, 3, 2, 4]
    assert found.tier[:4] == ("A", "B", "A", "B")
    assert yuan(found)[:4] == ["1500.00", "1000.00", "1500.00", "1000.00"]


def test_what_was_computed_stands_beside_it() -> None:
    made = allowing()
    without, found = outcome_of(made), outcome_of(made, points(2, "5"), bonus(3, -10000, 2))
    kept = found.computed
    assert kept is not None
    for name in ("total", "rank", "coefficient", "bonus"):
        assert getattr(kept, name).tolist() == getattr(without, name).tolist()
    assert kept.tier == without.tier
    assert kept.points.tolist() == [0, 0, 5 * MICRO, *[0] * 7]
    assert kept.fen.tolist() == [0, 0, 0, -10000, *[0] * 6]
    assert [change.number for change in kept.changes] == [1, 2]


def test_without_changes_nothing_is_kept_and_the_digest_has_no_new_columns() -> None:
    found = outcome_of(allowing())
    assert found.computed is None
    counts = dict.fromkeys(found.values, ())
    assert not [name for name, _ in columns(found, counts) if "computed" in name or "hand" in name]


def test_the_digest_holds_changes_and_what_was_computed() -> None:
    found = outcome_of(allowing(), points(2, "5"))
    by_name = dict(columns(found, dict.fromkeys(found.values, ())))
    assert by_name["manual changes"][2] == [[1, "points", 5 * MICRO, "calibration"]]
    assert by_name["computed total"].tolist() == [score * MICRO for score in SCORES]


def test_several_changes_of_points_add_up_and_the_last_says_the_total() -> None:
    found = outcome_of(allowing(), points(4, "2.5"), points(4, "-1", 2))
    assert totals(found)[4] == Decimal("76.5")
    assert said(found, 4, "manual") == [
        "manual change 1: +2.5 points (calibration)",
        "manual change 2: −1 points (calibration), total 75.00 → 76.50",
    ]


def test_points_are_rounded_once_to_the_decimals_of_the_scheme() -> None:
    # 75 + 0.004 + 0.004 = 75.008 → 75.01; each by itself would have vanished.
    found = outcome_of(allowing(), points(4, "0.004"), points(4, "0.004", 2))
    assert totals(found)[4] == Decimal("75.01")


def test_a_tier_is_given_after_quotas_and_its_coefficient_pays() -> None:
    found = outcome_of(allowing(), tier(1, "B"), tier(2, "A", 2))
    assert found.tier[:3] == ("A", "B", "A")
    assert found.rank.tolist()[:3] == [1, 2, 3]
    assert yuan(found)[:3] == ["1500.00", "1000.00", "1500.00"]
    assert said(found, 2, "manual") == ["manual change 2: tier B → A (calibration)"]


def test_the_newest_tier_holds_and_the_older_says_so() -> None:
    found = outcome_of(allowing(), tier(1, "B", 1), tier(1, "A", 2))
    assert found.tier[1] == "A"
    assert said(found, 1, "manual") == [
        "manual change 1: superseded by 2",
        "manual change 2: tier A → A (calibration)",
    ]


def test_money_by_hand_stands_outside_of_the_pool() -> None:
    made = allowing(ManualLimits(bonus=20000), bonus=pool_bonus(1_000_000))
    found = outcome_of(made, bonus(0, 20000), bonus(9, -5000, 2))
    assert int(found.bonus_by_scheme.sum()) == 1_000_000
    assert int(found.bonus.sum()) == 1_015_000
    assert said(found, 9, "manual") == ["manual change 2: bonus −50.00 (calibration)"]


def test_without_the_table_nothing_is_changed_by_hand_and_the_message_says_what_to_write() -> None:
    (problem,) = problems(allowing(None), points(0, "1"))
    assert problem.code == "manual.not-allowed"
    assert "[manual_changes]" in str(problem.fix)


@pytest.mark.parametrize(
    ("limits", "change", "line"),
    [
        (ManualLimits(tiers=1), points(0, "1"), "points = 5"),
        (ManualLimits(points=Decimal(1)), tier(0, "B"), "tiers = 1"),
        (ManualLimits(points=Decimal(1)), bonus(0, 100), 'bonus = "20%"'),
    ],
)
def test_a_kind_that_is_left_out_is_not_allowed(limits, change, line) -> None:
    (problem,) = problems(allowing(limits), change)
    assert problem.code == "manual.kind"
    assert line in str(problem.fix)


def test_more_points_than_allowed_are_refused_with_the_sum() -> None:
    (problem,) = problems(allowing(), points(0, "3"), points(0, "2.5", 2))
    assert (problem.code, str(problem.found)) == ("manual.points", "+3 +2.5 = +5.5 points")
    assert str(problem.expected) == "at most 5 points, up or down"


def test_exactly_as_much_as_allowed_is_allowed() -> None:
    made = allowing(ManualLimits(Decimal(5), 1, bonus_share=Decimal("0.2"), people_share=Decimal("0.1")))
    found = outcome_of(made, points(9, "-5"), bonus(9, 10000, 2))  # 20 % of the 500.00 that C pays
    assert yuan(found)[9] == "600.00"


def test_a_tier_may_not_be_changed_by_more_than_so_many() -> None:
    (problem,) = problems(allowing(), tier(0, "C"))
    assert (problem.code, str(problem.found)) == ("manual.tiers", "A → C: 2 tiers")
    assert str(problem.expected) == "at most 1 tiers, up or down"


def test_a_bonus_may_not_be_changed_by_more_than_a_share_of_the_computed_one() -> None:
    (problem,) = problems(allowing(), bonus(0, 30001))
    assert problem.code == "manual.bonus"
    assert str(problem.expected) == "at most 20 % of 1,500.00 = 300.00, up or down"


def test_no_more_is_taken_from_a_bonus_than_there_is() -> None:
    assert codes(allowing(ManualLimits(bonus=10**6)), bonus(9, -50001)) == ["manual.below-zero"]
    assert yuan(outcome_of(allowing(ManualLimits(bonus=10**6)), bonus(9, -50000)))[9] == "0.00"


def test_the_share_of_people_is_rounded_down_with_the_arithmetic() -> None:
    made = allowing(ManualLimits(points=Decimal(5), people_share=Decimal("0.15")))
    (problem,) = problems(made, points(0, "1"), points(1, "1", 2))
    assert problem.code == "manual.people"
    assert str(problem.found) == "2 people"
    assert str(problem.expected) == "at most 15 % of 10 graded people = 1.5, rounded down 1"


def test_two_changes_of_one_person_are_one_person() -> None:
    made = allowing(ManualLimits(points=Decimal(5), bonus_share=Decimal(1), people=1))
    assert outcome_of(made, points(0, "1"), bonus(0, 100, 2)).computed is not None


def test_people_may_be_counted_within_each_ranking_group() -> None:
    ranking = Ranking(within=("region",))
    limits = ManualLimits(points=Decimal(5), people=1, within="group")
    regions = ["east"] * 5 + ["west"] * 5
    made = allowing(limits, ranking=ranking)
    outcome_of(made, points(0, "1"), points(5, "1", 2), region=regions)
    (problem,) = problems(made, points(0, "1"), points(1, "1", 2), region=regions)
    assert (problem.code, problem.where.key) == ("manual.people", "east")


def test_somebody_who_is_not_graded_cannot_be_changed() -> None:
    assert codes(allowing(), points(9, "1"), scores=table(a=[*SCORES[:9], None])) == ["manual.not-graded"]


def test_nobody_unknown_can_be_changed_and_no_unknown_tier_given() -> None:
    assert codes(allowing(), points(10, "1"), tier(0, "S", 2)) == ["manual.tier", "manual.person"]


@pytest.mark.parametrize("change", [points(0, "5"), tier(0, "B"), bonus(0, 100)])
def test_a_veto_is_the_last_word(change) -> None:
    made = allowing(ManualLimits(Decimal(5), 2, bonus=1000), rules=[rule("value('a') == 95", "veto")])
    assert codes(made, change) == ["manual.vetoed"]


def test_a_rule_on_tiers_holds_against_changes_by_hand() -> None:
    made = allowing(rules=[rule("value('a') == 90", "tier_at_most", tier="B")])
    (problem,) = problems(made, tier(1, "A"))
    assert problem.code == "manual.rule"
    assert "the rule" in str(problem.what)
    lifted = outcome_of(made, points(1, "5"))
    assert (totals(lifted)[1], lifted.tier[1]) == (95, "B")


def test_a_cap_of_a_rule_holds_against_points_by_hand() -> None:
    made = allowing(rules=[rule("value('a') == 95", "cap", 60)])
    (problem,) = problems(made, points(0, "2"))
    assert (problem.code, str(problem.found), str(problem.expected)) == ("manual.rule", "60.00 +2", "at most 60.00")
    assert totals(outcome_of(made, points(0, "-2")))[0] == 58


def test_more_people_than_seats_are_refused_with_the_count_of_each_tier() -> None:
    (problem,) = problems(allowing(), tier(2, "A"))
    assert problem.code == "manual.quota"
    assert str(problem.found) == "A or better: 3 people, 2 without the changes"
    assert str(problem.expected) == "at most 2 (people/seats: A 3/2, B 6/7, C 1/1)"


def test_a_swap_keeps_the_quota_and_a_demotion_takes_no_seat() -> None:
    swapped = outcome_of(allowing(), tier(2, "A"), tier(1, "B", 2))
    assert [check.after for check in swapped.computed.quotas] == [(2, 7, 1)]
    assert outcome_of(allowing(), tier(8, "C")).tier[8:] == ("C", "C")


def test_quotas_may_be_reported_instead() -> None:
    made = allowing(replace(ALL, quota="report"))
    found = outcome_of(made, tier(2, "A"))
    (check,) = found.computed.quotas
    assert (check.group, check.seats, check.before, check.after, check.over) == (
        "*", (2, 7, 1), (2, 7, 1), (3, 6, 1), 0
    )  # fmt: skip


def test_a_tier_that_ties_had_filled_beyond_its_seats_is_not_the_changes_fault() -> None:
    # Three equal at the cut of A are all promoted: four in A for two seats. Moving one of B to C changes nothing there.
    scores = table(a=[95, 90, 90, 90, 75, 70, 65, 60, 55, 50])
    found = outcome_of(allowing(), tier(4, "C"), scores=scores)
    (check,) = found.computed.quotas
    assert (check.seats, check.after, check.over) == ((2, 7, 1), (4, 4, 2), None)


def test_those_not_counted_in_the_quota_take_no_seat_by_hand_either() -> None:
    tiers = replace(quota(), not_counted=expression("role == 'lead'"))
    roles = ["lead" if row == 3 else "member" for row in range(10)]
    found = outcome_of(allowing(tiers=tiers), tier(3, "A"), role=roles)
    assert found.tier[3] == "A"


def test_tiers_by_score_have_no_seats() -> None:
    tiers = by_score(level("A", None, 80, "1.5"), level("B", None, 60), level("C", coefficient="0.5"))
    found = outcome_of(allowing(tiers=tiers), tier(4, "A"))
    assert (found.tier[4], found.computed.quotas) == ("A", ())


def test_all_that_goes_too_far_is_said_at_once() -> None:
    found = codes(allowing(), points(0, "6"), tier(0, "C", 2), bonus(1, 10**6, 3))
    assert found == ["manual.points", "manual.tiers", "manual.bonus"]


def test_changes_too_large_for_columns_are_refused_as_a_mistake() -> None:
    huge = ManualChange(1, "p0000", "bonus", 2**70, "calibration")
    assert codes(allowing(ManualLimits(bonus=2**80)), huge) == ["appraise.too-large"]


def test_outcomes_follow_the_changed_tier() -> None:
    made = replace(allowing(), outcomes=(outcome("tier == 'C'"),))
    assert outcome_of(made, tier(8, "C")).outcomes[8] == (0,)
    assert np.all([not each for each in outcome_of(made).outcomes[:9]])
