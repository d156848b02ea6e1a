"""Weights by standard deviation and by CRITIC, and weighted products, by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kaohe.appraise.alternatives import weighted_product
from kaohe.appraise.dispersion import critic_weights, deviation_weights
from kaohe.appraise.entropy import entropies
from kaohe.precise import exact_matrix, exact_row


def test_a_criterion_that_differs_three_times_as_much_weighs_three_times_as_much():
    assert deviation_weights(exact_matrix([[1, 3], [2, 6], [3, 9]])) == (Decimal("0.25"), Decimal("0.75"))
    with pytest.raises(ValueError, match="nobody differs"):
        deviation_weights(exact_matrix([[1], [1]]))


def test_critic_gives_most_to_what_contradicts_the_others():
    """Two criteria go the same way, the third against both: conflict 2, 2 and 4 at equal spread."""
    matrix = exact_matrix([[1, 10, 3], [2, 20, 2], [3, 30, 1]])
    assert critic_weights(matrix, ["max", "max", "max"]) == (Decimal("0.25"), Decimal("0.25"), Decimal("0.5"))
    with pytest.raises(ValueError, match="nobody differs"):
        critic_weights(matrix, ["max", "max", "min"])


def test_a_weighted_product_multiplies_powers():
    assert weighted_product(exact_matrix([[4, 9], [16, 1]]), exact_row(["1/2", "1/2"])) == (6, 4)
    assert weighted_product(exact_matrix([[4, 2]]), exact_row([1, -1])) == (2,)
    with pytest.raises(ValueError, match="above zero"):
        weighted_product(exact_matrix([[0, 1]]), exact_row([1, 1]))


def test_entropies_come_with_their_weights():
    result = entropies(exact_matrix([[1, 1], [1, 0]]), 6)
    assert (result.entropy, result.divergence, result.weights) == ((1, 0), (0, 1), (0, 1))
