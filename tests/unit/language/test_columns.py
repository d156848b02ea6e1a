"""From integer parts to values for everybody at once."""

from __future__ import annotations

import numpy as np
import pytest

from kaohe.errors import KaoheError
from kaohe.exact import MICRO
from kaohe.language import DAY, HOUR, Scope, Type, aggregates, compile_expression, evaluate_columns

SCOPE = Scope(
    {
        "n": Type("number"),
        "amount": Type("number", 2),
        "opened_at": Type("datetime"),
        "closed_at": Type("datetime"),
        "began_on": Type("date"),
    },
    aggregates=True,
)


def evaluate(text, *columns, divisor=1):
    """The expression over parts given in the order of its aggregates, as lists."""
    expression = compile_expression(text, SCOPE)
    parts = {
        aggregate: {name: np.array(values) for name, values in given.items()}
        for aggregate, given in zip(aggregates(expression), columns, strict=True)
    }
    micros, known, sample = evaluate_columns(expression, parts, divisor=divisor)
    assert (micros.dtype, known.dtype, sample.dtype) == (np.int64, np.bool_, np.int64)
    return micros.tolist(), known.tolist(), sample.tolist()


def test_counts_are_known_where_nothing_was_counted():
    assert evaluate("count()", {"n": [0, 7]}) == ([0, 7 * MICRO], [True, True], [0, 7])


def test_sums_are_in_yuan_although_fen_are_stored():
    assert evaluate("sum(amount)", {"total": [1234, 0], "n": [2, 0]}) == ([12_340_000, 0], [True, True], [2, 0])


def test_means_of_nothing_are_unknown_and_hold_zero():
    assert evaluate("mean(n)", {"total": [2, 99], "n": [3, 0]}) == ([666_667, 0], [True, False], [3, 0])


def test_shares_are_rounded_half_up_at_the_sixth_decimal():
    assert evaluate("share(n > 1)", {"hits": [1, 2, 0], "n": [3, 3, 5]})[0] == [333_333, 666_667, 0]


def test_a_quotient_of_two_sums_is_divided_once():
    micros, known, sample = evaluate(
        "sum(n) / sum(amount)", {"total": [1, -1, 5], "n": [4, 1, 1]}, {"total": [300, 300, 0], "n": [1, 2, 1]}
    )
    assert (micros, known, sample) == ([333_333, -333_333, 0], [True, True, False], [4, 2, 1])


def test_a_duration_is_divided_by_its_unit():
    assert evaluate("mean(closed_at - opened_at)", {"total": [3 * HOUR], "n": [2]}, divisor=HOUR)[0] == [1_500_000]
    assert evaluate("mean(closed_at - opened_at)", {"total": [DAY], "n": [3]}, divisor=DAY)[0] == [333_333]


def test_percentiles_are_interpolated_exactly():
    parts = {"low": [9, 10, 0], "high": [10, 10, 0], "n": [10, 1, 0]}
    assert evaluate("percentile(n, 0.9)", parts) == ([9_100_000, 10_000_000, 0], [True, True, False], [10, 1, 0])


def test_the_net_promoter_score_is_in_per_cent():
    assert evaluate("nps(n)", {"promoters": [6], "detractors": [2], "n": [10]})[0] == [40 * MICRO]


def test_days_between_the_first_and_the_last():
    micros, _, _ = evaluate("maximum(began_on) - minimum(began_on)", {"value": [9], "n": [2]}, {"value": [2], "n": [2]})
    assert micros == [7 * DAY * MICRO]


def test_conditions_give_one_or_zero():
    micros, known, _ = evaluate("mean(n) > 1", {"total": [3, 1, 0], "n": [2, 1, 0]})
    assert (micros, known) == ([MICRO, 0, 0], [True, True, False])


def test_figures_that_outgrow_64_bits_on_the_way_are_exact():
    large = 4_000_000_000_000_000_000
    micros, _, _ = evaluate(
        "sum(n) * sum(amount) / sum(n) / 1000000000000",
        {"total": [large, 3], "n": [1, 1]},
        {"total": [large, 300], "n": [1, 1]},
    )
    assert micros == [40_000 * MICRO, 0]


def test_parts_may_be_python_integers():
    expression = compile_expression("sum(n) / count()", SCOPE)
    total, count = aggregates(expression)
    parts = {total: {"total": np.array([10**30], object), "n": np.array([10**18])}, count: {"n": np.array([10**18])}}
    assert evaluate_columns(expression, parts)[0].tolist() == [10**12 * MICRO]


@pytest.mark.parametrize("total", [2**62, -(2**62), 2**63 - 1])
def test_a_value_that_does_not_fit_is_a_mistake_not_a_wrong_figure(total):
    with pytest.raises(KaoheError, match="too-large-value"):
        evaluate("sum(n)", {"total": [total], "n": [1]})


def test_a_value_that_fits_only_after_the_unit_is_kept():
    assert evaluate("sum(closed_at - opened_at)", {"total": [9 * 10**18], "n": [1]}, divisor=HOUR)[0] == [
        2_500_000_000 * MICRO
    ]


def test_nobody_has_no_values():
    assert evaluate("sum(n) / count() - 1", {"total": [], "n": []}, {"n": []}) == ([], [], [])
