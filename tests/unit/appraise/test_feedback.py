"""360-degree assessment by hand: order of aggregation, thresholds, suppression, trimming, calibration, scales."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaohe.appraise.calibration import Spread, calibrate, calibrate_raters, spread
from kaohe.appraise.feedback import assess, by_rater, by_relation, disclose, relation_means, rescaled, trimmed_mean
from kaohe.precise import exact_matrix, exact_row

WEIGHTS = {"supervisor": Fraction(40), "peer": Fraction(40), "customer": Fraction(20)}


def ratings(**scores):
    return {relation: exact_row(given) for relation, given in scores.items()}


def test_peers_are_averaged_before_they_are_weighted():
    result = assess(ratings(supervisor=[4], peer=[5, 5, 2], customer=[2, 2, 2]), WEIGHTS)
    # 0.4 · 4 + 0.4 · 4 + 0.2 · 2
    assert result.score == result.shown == Decimal("3.6")
    assert {part.relation: part.mean for part in result.parts} == {"supervisor": 4, "peer": 4, "customer": 2}
    assert relation_means(ratings(peer=[5, 5, 2], customer=[])) == {"peer": 4}


def test_by_rater_two_peers_weigh_twice_as_much():
    weights, answers = exact_row([1, 1, 1]), exact_matrix([[4], [1], [1]])
    assert (by_rater(weights, answers).score, by_rater(weights, answers).numerator) == (2, 6)
    assert by_relation({"supervisor": Fraction(4), "peer": Fraction(1)}, {"supervisor": 1, "peer": 1}) == Fraction(5, 2)


def test_by_rater_weighs_questions_and_competencies_into_numerator_and_denominator():
    result = by_rater(exact_row([2, 1]), exact_matrix([[4, 5], [3, 4]]), exact_row([3, 2]), Fraction(4))
    assert (result.contributions, result.numerator, result.denominator) == ((176, 68), 244, 60)
    assert result.score == Decimal("4.066667")
    assert by_rater(exact_row([0]), exact_matrix([[4]])).score is None


def test_a_relation_without_ratings_is_divided_out():
    result = assess(ratings(supervisor=[4], peer=[], customer=[1, 1, 1]), WEIGHTS)
    assert result.score == 3


def test_ones_own_rating_is_shown_but_does_not_count():
    result = assess(ratings(self=[5], supervisor=[2]), WEIGHTS)
    assert result.score == 2
    assert [(part.relation, part.mean) for part in result.parts] == [("self", 5), ("supervisor", 2)]


def test_only_ratings_without_weight_are_no_score():
    result = assess(ratings(self=[5]), WEIGHTS)
    assert (result.score, result.shown) == (None, None)


def test_too_few_peers_hide_every_part_but_still_count():
    result = assess(ratings(supervisor=[4], peer=[5, 1], customer=[2, 2, 2]), WEIGHTS)
    assert result.score == result.shown == Decimal("3.2")
    assert [(part.mean, part.withheld) for part in result.parts] == [(None, False), (None, True), (None, False)]


def test_a_total_that_is_nothing_but_one_withheld_relation_is_not_shown():
    result = assess(ratings(peer=[5, 1]), WEIGHTS)
    assert (result.score, result.shown) == (3, None)


def test_the_total_is_hidden_where_the_recipient_could_take_their_own_rating_away():
    weights = {**WEIGHTS, "self": Fraction(10)}
    seen = disclose({"self": 1, "peer": 2}, weights)
    assert (seen.withheld, seen.parts, seen.total) == ({"peer"}, False, False)


def test_two_withheld_relations_with_raters_enough_hide_each_other():
    seen = disclose({"supervisor": 1, "peer": 2, "customer": 2}, WEIGHTS)
    assert (seen.withheld, seen.parts, seen.total) == ({"peer", "customer"}, True, True)


def test_two_withheld_relations_of_one_rater_each_hide_the_parts():
    seen = disclose({"supervisor": 1, "peer": 1, "customer": 1}, WEIGHTS)
    assert (seen.parts, seen.total) == (False, True)


def test_a_withheld_relation_without_weight_betrays_nothing():
    seen = disclose({"supervisor": 1, "report": 1}, WEIGHTS)
    assert (seen.withheld, seen.parts, seen.total) == ({"report"}, True, True)


COUNTS = st.dictionaries(st.sampled_from(["self", "supervisor", "peer", "customer", "report"]), st.integers(1, 5))


@given(
    COUNTS, st.dictionaries(st.sampled_from(["self", "supervisor", "peer", "customer", "report"]), st.integers(0, 3))
)
def test_no_withheld_mean_can_be_solved_for(raters, weights):
    """What is shown is a linear system: the total, the means shown, and one's own. A withheld mean must stay free."""
    exact = {relation: Fraction(weight) for relation, weight in weights.items()}
    seen = disclose(raters, exact)
    if not seen.total:
        return
    counting = {relation for relation in raters if exact.get(relation)}
    told = {"self"} | ({each for each in raters if each not in seen.withheld} if seen.parts else set())
    free = counting - told
    assert not (free & seen.withheld) or len(free) >= 2


def test_the_trimmed_mean_leaves_out_the_ends_but_never_the_middle():
    scores = exact_row([10, 1, 4, 5, 6])
    assert trimmed_mean(scores) == Fraction(26, 5)
    assert trimmed_mean(scores, 1) == 5
    assert trimmed_mean(scores, 9) == 5
    assert trimmed_mean(exact_row([1, 4]), 3) == Fraction(5, 2)
    # Four scores: one may go at each end, the middle two stay.
    assert trimmed_mean(exact_row([0, 4, 5, 100]), 9) == Fraction(9, 2)
    assert trimmed_mean(exact_row([0, 1, 5, 6, 7, 100]), 2) == Fraction(11, 2)
    assert assess(ratings(peer=[10, 1, 4, 5, 6]), WEIGHTS, trim=1).score == 5


def test_scales_are_mapped_along_a_straight_line():
    five, hundred = exact_row([1, 5]), exact_row([0, 100])
    assert [rescaled(Fraction(score), five, hundred) for score in (1, 3, 5)] == [0, 50, 100]
    assert rescaled(Fraction(50), hundred, five) == 3


def test_calibration_moves_a_score_by_its_distance_from_the_raters_mean():
    result = calibrate(
        Fraction("3.5"),
        Spread(Fraction("4.2"), Fraction("0.7")),
        Spread(Fraction("3.8"), Fraction("0.6")),
        exact_row([1, 5]),
    )
    assert (result.z, result.score) == (-1, Decimal("3.2"))


@pytest.mark.parametrize(("score", "held"), [("9", 5), ("-3", 1)])
def test_calibration_is_held_within_the_scale(score, held):
    normal = Spread(Fraction(3), Fraction(1))
    assert calibrate(Fraction(score), normal, normal, exact_row([1, 5])).score == held


def test_raters_of_the_same_order_are_calibrated_to_the_same_scores():
    mild, harsh = {"a": Fraction(4), "b": Fraction(5)}, {"a": Fraction(1), "b": Fraction(2)}
    result = calibrate_raters({"mild": mild, "harsh": harsh})
    assert result["mild"] == result["harsh"]
    # 3 ∓ √(10/3) / √2
    assert [result["mild"][who] for who in "ab"] == [Decimal("1.709006"), Decimal("4.290994")]


def test_a_rater_without_spread_says_the_groups_mean_and_a_single_score_stays():
    result = calibrate_raters({"flat": {"a": Fraction(5), "b": Fraction(5)}, "one": {"a": Fraction(2)}})
    assert result["flat"] == {"a": 4, "b": 4}
    assert result["one"] == {"a": 2}
    assert calibrate_raters({"one": {"a": Fraction(2)}}) == {"one": {"a": 2}}


def test_calibrated_scores_keep_to_the_scale_the_variance_and_the_decimals_asked_for():
    mild, harsh = {"a": Fraction(4), "b": Fraction(5)}, {"a": Fraction(1), "b": Fraction(2)}
    ratings = {"mild": mild, "harsh": harsh, "one": {"a": Fraction(10, 3)}}
    scale = exact_row([2, 4])
    held = calibrate_raters(ratings, clamp=scale, decimals=2)
    assert held["mild"] == held["harsh"] == {"a": Decimal("2"), "b": Decimal("4")}
    assert held["one"] == {"a": Decimal("3.33")}
    # Of the whole population: 3 ∓ √(10/4) for z = ∓1
    apart = calibrate_raters({"mild": mild, "harsh": harsh}, "population", decimals=2)
    assert apart["mild"] == {"a": Decimal("1.42"), "b": Decimal("4.58")}
    assert calibrate_raters({"one": {"a": Fraction(10, 3)}}, decimals=2) == {"one": {"a": Decimal("3.33")}}


def test_two_scores_are_enough_for_a_spread():
    assert calibrate_raters({"first": {"a": Fraction(2), "b": Fraction(4)}})["first"] == {"a": 2, "b": 4}
    calibrated = calibrate(Fraction(1), Spread(Fraction(0), Fraction(3)), Spread(Fraction(0), Fraction(1)), decimals=1)
    assert (calibrated.z, calibrated.score) == (Decimal("0.3"), Decimal("0.3"))


def test_spreads_divide_by_n_minus_1_or_by_n():
    scores = exact_row([1, 3])
    assert [spread(scores, kind).deviation ** 2 for kind in ("sample", "population")] == [
        pytest.approx(Decimal(2), abs=Decimal("1e-25")),
        1,
    ]
    with pytest.raises(ValueError, match="too few"):
        spread(scores[:1])


@given(st.lists(st.integers(0, 10), min_size=1, max_size=6), st.permutations(["supervisor", "peer", "customer"]))
def test_the_order_of_raters_and_relations_changes_nothing(scores, order):
    given_ = {relation: exact_row(scores) for relation in order}
    turned = {relation: exact_row(reversed(scores)) for relation in reversed(order)}
    assert assess(given_, WEIGHTS).score == assess(turned, WEIGHTS).score


def test_no_combination_of_counts_shows_a_withheld_mean():
    for peers, customers in product(range(1, 5), repeat=2):
        result = assess(ratings(supervisor=[3], peer=[4] * peers, customer=[2] * customers), WEIGHTS)
        assert all(part.mean is None for part in result.parts if part.withheld)
        assert [part.withheld for part in result.parts] == [False, peers < 3, customers < 3]
