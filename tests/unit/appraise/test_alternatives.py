"""Weighted sum, TOPSIS and VIKOR, by hand."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from kaohe.appraise.alternatives import normalised, topsis, vikor, weighted_sum
from kaohe.precise import exact_matrix, exact_row

HALVES = exact_row(["0.5", "0.5"])


def test_linear_normalisation_divides_by_the_best():
    matrix = exact_matrix([[10, 4], [5, 2]])
    assert normalised(matrix, ["max", "min"], "linear") == exact_matrix([[1, "1/2"], ["1/2", 1]])


def test_minmax_normalisation_turns_costs_round_and_gives_nothing_for_what_is_equal():
    matrix = exact_matrix([[10, 4, 7], [5, 2, 7], [6, 3, 7]])
    assert normalised(matrix, ["max", "min", "max"], "minmax") == exact_matrix(
        [[1, 0, 0], [0, 1, 0], ["1/5", "1/2", 0]]
    )


def test_shares_of_the_sum_take_reciprocals_of_costs():
    matrix = exact_matrix([[1, 1], [3, 3]])
    assert normalised(matrix, ["max", "min"], "sum") == exact_matrix([["1/4", "3/4"], ["3/4", "1/4"]])


def test_vectors_have_length_1_and_keep_their_direction():
    assert normalised(exact_matrix([[3], [4]]), ["min"], "vector") == exact_matrix([["3/5"], ["4/5"]])


def test_complements_turn_costs_round():
    matrix = exact_matrix([[3, 1], [4, 2]])
    assert normalised(matrix, ["min", "max"], "max_complement") == exact_matrix([["1/4", "1/2"], [0, 1]])
    (left, _), (right, _) = normalised(matrix, ["min", "max"], "vector_complement")
    assert (left, right) == (Fraction(2, 5), Fraction(1, 5))


def test_weighted_sums_are_exact_so_that_equals_are_equal():
    matrix = exact_matrix([["0.1", "0.2"], ["0.2", "0.1"]])
    first, second = weighted_sum(matrix, HALVES)
    assert first == second == Decimal("0.15")


def test_topsis_gives_1_to_the_best_of_all_and_0_to_the_worst():
    matrix = exact_matrix([[3, 1], [1, 9], [2, 5]])
    best, worst, _ = topsis(matrix, HALVES, ["max", "min"]).closeness
    assert (best, worst) == (1, 0)


def test_topsis_by_hand():
    # One criterion, no normalisation: distances 3 and 1 on a line of 4.
    result = topsis(exact_matrix([[0], [1], [4]]), exact_row([2]), ["max"], "none")
    assert (result.to_best, result.to_worst) == ((8, 6, 0), (0, 2, 8))
    assert result.closeness == (0, Decimal("0.25"), 1)


def test_topsis_of_equals_is_a_half_and_a_criterion_of_noughts_says_nothing():
    result = topsis(exact_matrix([[2, 0], [2, 0]]), HALVES, ["max", "max"])
    assert result.closeness == (Decimal("0.5"),) * 2


def test_vikor_names_one_best_where_it_leads_and_is_stable():
    result = vikor(exact_matrix([[9, 9], [1, 5], [5, 1]]), HALVES, ["max", "max"])
    assert result.rows == (0,)
    assert result.advantage
    assert result.stable
    assert result.Q[0] == 0


def test_vikor_takes_all_who_are_close_where_nobody_leads():
    result = vikor(exact_matrix([[10, 9], [9, 10], [0, 0]]), HALVES, ["max", "max"])
    assert not result.advantage
    assert result.rows == (0, 1)


def test_vikor_takes_the_second_where_the_first_is_not_stable():
    # The first is a middle way: the second has the least S, the third the least R.
    result = vikor(exact_matrix([[3, "6.6"], [10, 0], [4, 4], [0, 10], [4, 4]]), HALVES, ["max", "max"])
    assert result.Q[:2] == (Decimal("0.225"), Decimal("0.5"))
    assert result.advantage
    assert not result.stable
    assert result.rows == (0, 1)


def test_vikor_of_equals_takes_them_all():
    result = vikor(exact_matrix([[5, 5], [5, 5]]), HALVES, ["max", "max"])
    assert (result.Q, result.rows) == ((0, 0), (0, 1))


def test_vikor_of_one_alternative_is_that_one():
    assert vikor(exact_matrix([[5, 5]]), HALVES, ["max", "max"]).rows == (0,)


MATRICES = st.lists(st.tuples(st.integers(1, 50), st.integers(1, 50)), min_size=2, max_size=6)


@given(MATRICES, st.integers(1, 9), st.randoms(use_true_random=False))
def test_the_order_of_people_changes_no_figure(rows, weight, random):
    shuffled = random.sample(range(len(rows)), len(rows))
    weights, kinds = exact_row([weight, 10 - weight]), ["max", "min"]
    matrix, moved = exact_matrix(rows), exact_matrix([rows[place] for place in shuffled])
    closeness, compromise = topsis(matrix, weights, kinds).closeness, vikor(matrix, weights, kinds)
    assert topsis(moved, weights, kinds).closeness == tuple(closeness[place] for place in shuffled)
    assert tuple(compromise.Q[place] for place in shuffled) == vikor(moved, weights, kinds).Q


@given(MATRICES, st.integers(1, 1000))
def test_units_do_not_matter_to_topsis_by_vectors(rows, factor):
    scaled = [[first * factor, second] for first, second in rows]
    kinds = ["max", "min"]
    assert topsis(exact_matrix(scaled), HALVES, kinds) == topsis(exact_matrix(rows), HALVES, kinds)


@given(MATRICES)
def test_more_of_a_good_thing_never_lowers_a_weighted_sum(rows):
    matrix = exact_matrix(rows)
    better = ((matrix[0][0] + Fraction(1, 3), matrix[0][1]), *matrix[1:])
    assert weighted_sum(better, HALVES)[0] > weighted_sum(matrix, HALVES)[0]


def test_vikor_is_stable_where_the_first_is_best_by_one_of_the_two():
    # The first has the least S, the second the least R.
    result = vikor(exact_matrix([[5, 6], ["5.2", "5.2"], [0, 10], [10, 0], [10, 0]]), HALVES, ["max", "max"])
    assert (result.S[:2], result.R[:2]) == ((Decimal("0.45"), Decimal("0.48")), (Decimal("0.25"), Decimal("0.24")))
    assert result.advantage
    assert result.stable
    assert result.rows == (0,)


def test_vikor_is_stable_where_the_first_has_the_least_r_alone():
    matrix = exact_matrix([["0.5", "0.5"], [1, "0.4"], [0, 0], [0, 1]])
    result = vikor(matrix, HALVES, ["max", "max"], Fraction(0))
    assert (result.S[:2], result.R[:2]) == ((Decimal("0.5"), Decimal("0.3")), (Decimal("0.25"), Decimal("0.3")))
    assert (result.stable, result.rows) == (True, (0, 1))


def test_vikor_by_hand():
    # Tzeng & Huang's four alternatives; losses of the first: 0.3·1, 0.4·0, 0.3·1.
    matrix = exact_matrix([[5, 8, 4], [7, 6, 8], [8, 8, 6], [7, 4, 6]])
    result = vikor(matrix, exact_row(["0.3", "0.4", "0.3"]), ["max"] * 3)
    utility, regret, together = result.S, result.R, result.Q
    assert utility == tuple(map(Decimal, ("0.6", "0.3", "0.15", "0.65")))
    assert regret == tuple(map(Decimal, ("0.3", "0.2", "0.15", "0.4")))
    assert together == tuple(map(Decimal, ("0.75", "0.25", "0", "1")))
    assert result.rows == (2, 1)


def test_vikor_measures_the_lead_from_the_first_even_where_its_q_is_not_nought():
    result = vikor(exact_matrix([[3, "6.6"], [10, 0], [4, 4], [0, 10]]), HALVES, ["max", "max"])
    # The others are 0.275 behind, a third is needed.
    assert not result.advantage
    assert result.rows == (0, 1, 3, 2)


def test_vikor_of_two_is_the_better_one_for_a_lead_just_as_large_as_needed_is_enough():
    result = vikor(exact_matrix([[1, 1], [2, 2]]), HALVES, ["max", "max"])
    assert (result.Q, result.advantage, result.rows) == ((1, 0), True, (1,))


def test_topsis_over_a_matrix_made_comparable_knows_costs_are_turned_round():
    matrix = exact_matrix([[3, 1], [1, 9], [2, 5]])
    assert topsis(matrix, HALVES, ["max", "min"], "minmax").closeness == (1, 0, Decimal("0.5"))


def test_topsis_of_a_published_example():
    # Tzeng & Huang (2011): unequal weights, vectors.
    matrix = exact_matrix([[5, 8, 4], [7, 6, 8], [8, 8, 6], [7, 4, 6]])
    result = topsis(matrix, exact_row(["0.3", "0.4", "0.3"]), ["max"] * 3)
    assert result.closeness == tuple(map(Decimal, ("0.503720", "0.658085", "0.748249", "0.333997")))


def test_a_criterion_in_which_all_are_equal_adds_nothing_to_vikor():
    result = vikor(exact_matrix([[5, 3], [7, 3], [9, 3]]), HALVES, ["max", "max"])
    utility, regret = result.S, result.R
    assert utility == regret == (Decimal("0.5"), Decimal("0.25"), 0)


def test_vikor_does_not_count_who_is_just_as_far_behind_as_a_lead_must_be():
    result = vikor(exact_matrix([[4, 4], [3, 3], [2, 2], [0, 0], [4, "3.99"]]), HALVES, ["max", "max"])
    # Behind: 0, 0.25, 0.5, 1 and almost nothing; a quarter is needed.
    assert result.rows == (0, 4)


def test_figures_are_rounded_to_the_decimals_asked_for():
    matrix = exact_matrix([[1, 2], [4, 3], [2, 9]])
    thirds = exact_row([Fraction(1, 3), Fraction(2, 3)])
    assert weighted_sum(matrix, thirds, decimals=1) == tuple(map(Decimal, ("1.7", "3.3", "6.7")))
    result = vikor(matrix, thirds, ["max", "max"], decimals=1)
    utility, regret = result.S, result.R
    assert utility == tuple(map(Decimal, ("1.0", "0.6", "0.2")))
    assert regret == tuple(map(Decimal, ("0.7", "0.6", "0.2")))


def test_vikor_is_stable_by_its_own_figures_not_by_its_neighbours():
    # The first is neither of the least S nor of the least R; the second has the least R.
    result = vikor(exact_matrix([[3, "6.6"], [4, 4], [10, 0], [0, 10], [4, 4]]), HALVES, ["max", "max"])
    assert result.Q[0] == min(result.Q)
    assert not result.stable
