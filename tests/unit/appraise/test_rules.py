"""Rules: in order, three-valued, each with its reason."""

from __future__ import annotations

from decimal import Decimal

from tests.unit.appraise.builder import (
    by_score,
    coefficient_bonus,
    level,
    measured,
    people,
    rule,
    said,
    scheme,
    table,
    totals,
    yuan,
)

from kaohe.appraise import appraise

TIERS = by_score(level("A", min_score=85, coefficient="1.5"), level("B", min_score=60), level("C", coefficient="0.5"))


def ruled(*rules, a=(90,), m=(1,), **more):
    made = scheme(rules=rules, measured=[measured("m")], tiers=TIERS, bonus=coefficient_bonus(), **more)
    return appraise(made, people(len(a)), table(a=a, m=m))


def test_points_are_deducted_added_and_capped_with_the_reason():
    result = ruled(rule("value('m') > 0", "deduct", 5), a=[90, 90], m=[1, 0])
    assert totals(result) == [Decimal(85), Decimal(90)]
    assert said(result, 0) == ["the rule: 5 points deducted, total 90.00 → 85.00"]
    assert said(result, 1) == []
    result = ruled(rule("value('m') > 0", "add", "2.5"))
    assert said(result, 0) == ["the rule: 2.5 points added, total 90.00 → 92.50"]
    result = ruled(rule("value('m') > 0", "cap", 80), a=[90, 70], m=[1, 1])
    assert totals(result) == [Decimal(80), Decimal(70)]
    assert said(result, 0) == ["the rule: total at most 80, 90.00 → 80.00"]


def test_a_later_rule_sees_the_total_that_earlier_rules_left():
    deduct, cap = rule("total >= 90", "deduct", 5), rule("total >= 90", "cap", 50)
    assert totals(ruled(deduct, cap)) == [Decimal(85)]
    assert totals(ruled(cap, deduct)) == [Decimal(50)]


def test_points_finer_than_the_scheme_are_rounded_at_each_rule():
    assert totals(ruled(rule("total > 0", "add", "0.005"), a=["1.01"], m=[1])) == [Decimal("1.02")]


def test_a_veto_leaves_zero_the_last_tier_and_no_bonus_and_ends_the_rules():
    result = ruled(rule("value('m') > 0", "veto"), rule("total < 10", "add", 20), a=[90, 80], m=[1, 0])
    assert totals(result) == [Decimal(0), Decimal(80)]
    assert result.tier == ("C", "B")
    assert result.bonus.tolist() == [0, 100_000]
    assert result.graded.tolist() == [True, True]
    assert said(result, 0) == ["the rule: vetoed, total 0, last tier, no bonus"]


def test_the_vetoed_rank_behind_everybody_even_behind_totals_below_zero():
    result = ruled(rule("value('m') > 0", "veto"), a=[90, -3, 0], m=[1, 0, 0])
    assert result.rank.tolist() == [3, 2, 1]


def test_not_graded_by_rule_is_listed_unranked_and_unpaid():
    result = ruled(rule("value('m') > 0", "not_graded"), rule("total >= 0", "add", 1), a=[90, 80], m=[1, 0])
    assert totals(result) == [None, Decimal(81)]
    assert (result.rank.tolist(), result.bonus.tolist()) == ([0, 1], [0, 100_000])
    assert said(result, 0) == ["the rule: not graded"]


def test_tier_rules_apply_after_tiers_are_given_and_before_the_bonus():
    result = ruled(rule("value('m') > 0", "tier_at_most", tier="B"), a=[90, 50, 90], m=[1, 1, 0])
    assert result.tier == ("B", "C", "A")
    assert yuan(result) == ["1000.00", "500.00", "1500.00"]
    assert said(result, 0, "rule") == ["the rule: tier at most B, was A"]
    assert said(result, 1, "rule") == ["the rule: tier C stays"]


def test_the_last_tier_rule_has_the_last_word():
    at_most, at_least = rule("total > 0", "tier_at_most", tier="C"), rule("total > 0", "tier_at_least", tier="B")
    assert ruled(at_most, at_least).tier == ("B",)
    assert ruled(at_least, at_most).tier == ("C",)
    assert ruled(at_least, at_most, rule("total > 0", "veto")).tier == ("C",)


def test_a_coefficient_multiplies_that_of_the_tier():
    result = ruled(rule("value('m') > 0", "coefficient", "0.8"), rule("value('m') > 1", "coefficient", "0.5"), m=[2])
    assert result.coefficient.tolist() == [600_000]  # 1.5 × 0.8 × 0.5
    assert yuan(result) == ["600.00"]
    assert said(result, 0) == ["the rule: bonus × 0.8", "the rule: bonus × 0.5"]


def test_an_unknown_condition_is_said_and_does_what_the_rule_says():
    ignored = ruled(rule("value('m') > 0", "deduct", 5), m=[None])
    assert totals(ignored) == [Decimal(90)]
    assert said(ignored, 0) == ["the rule: unknown whether it holds, ignored"]
    applied = ruled(rule("value('m') > 0", "deduct", 5, unknown="apply"), m=[None])
    assert totals(applied) == [Decimal(85)]
    assert said(applied, 0) == [
        "the rule: unknown whether it holds, applied",
        "the rule: 5 points deducted, total 90.00 → 85.00",
    ]


def test_too_few_records_are_unknown_to_a_rule():
    made = scheme(rules=[rule("value('m') > 0", "veto")], measured=[measured("m", min_sample=101)])
    result = appraise(made, people(1), table(a=[90], m=[5]))
    assert totals(result) == [Decimal(90)]
    assert said(result, 0) == ["the rule: unknown whether it holds, ignored"]


def test_rules_read_attributes_of_the_person():
    made = scheme(rules=[rule("person.region == '华东'", "add", 1), rule("role == 'engineer'", "add", 2)])
    staff = people(3, region=["华东", "华南", None], role=["engineer", "sales", "engineer"])
    result = appraise(made, staff, table(a=[10, 10, 10]))
    assert totals(result) == [Decimal(13), Decimal(10), Decimal(12)]
    assert said(result, 2)[0] == "the rule: unknown whether it holds, ignored"


def test_nobody_who_is_not_graded_meets_a_rule():
    result = ruled(rule("value('m') > 0", "add", 5), a=[None], m=[1])
    assert totals(result) == [None]
    assert said(result, 0, "rule") == []
