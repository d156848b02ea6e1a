"""Totals by TOPSIS and VIKOR and weights out of data, over random people, against the slow reference."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reference import totals as reference
from tests.reference.appraisal import rounded
from tests.unit.appraise.builder import dimension, people, scheme, table, used

from kaohe.appraise import appraise
from kaohe.exact import MICRO
from kaohe.scheme.model import TotalBy

KEYS = ("a", "b", "c")
POINTS = st.sampled_from([0, 1, "33.333333", 60, 60, "99.999999", 120, -20])
CELLS = st.none() | POINTS
ROWS = st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=7)
WHOLE = st.lists(st.tuples(POINTS, POINTS, POINTS), min_size=1, max_size=7)
METHODS = st.one_of(
    st.sampled_from(["vector", "linear", "minmax", "sum", "none"]).map(lambda how: TotalBy("topsis", how)),
    st.sampled_from(["0", "0.3", "0.5", "1"]).map(lambda v: TotalBy("vikor", v=Decimal(v))),
)


@st.composite
def schemes(draw, method=METHODS):
    weights = [draw(st.sampled_from([1, 30, "33.3", 100])) for _ in range(5)]
    x = dimension("x", used("a", weight=weights[0]), used("b", weight=weights[1]), weight=weights[2])
    y = dimension("y", used("c", weight=weights[3]), weight=weights[4])
    return replace(scheme(x, y, decimals=draw(st.sampled_from([0, 2, 6]))), total_by=draw(method))


def columns(rows):
    return table(**{key: [row[at] for row in rows] for at, key in enumerate(KEYS)})


def known(rows):
    return [{key: Fraction(cell) for key, cell in zip(KEYS, row, strict=True) if cell is not None} for row in rows]


def shares(made):
    whole = sum(Fraction(each.weight) for each in made.dimensions)
    return {
        used.key: Fraction(used.weight)
        / sum(Fraction(other.weight) for other in each.indicators)
        * Fraction(each.weight)
        / whole
        for each in made.dimensions
        for used in each.indicators
    }


@settings(max_examples=100, deadline=None)
@given(schemes(), ROWS)
def test_totals_are_those_of_the_slow_reference(made, rows):
    result = appraise(made, people(len(rows)), columns(rows))
    graded = [person for person in known(rows) if person]
    by = made.total_by
    if by.method == "topsis":
        expected = reference.topsis(shares(made), graded, by.normalisation)
    else:
        expected = reference.vikor(shares(made), graded, Fraction(by.v)) if graded else []
    found = [Fraction(int(total), MICRO) for total, there in zip(result.total, result.graded, strict=True) if there]
    assert found == [rounded(each, made.decimals) for each in expected]


@settings(max_examples=60, deadline=None)
@given(schemes(), ROWS, st.randoms(use_true_random=False))
def test_totals_lie_between_0_and_100_and_the_order_of_people_does_not_matter(made, rows, random):
    result = appraise(made, people(len(rows)), columns(rows))
    assert all(0 <= int(total) <= 100 * MICRO for total in result.total)
    order = list(range(len(rows)))
    random.shuffle(order)
    other = appraise(made, people(len(rows)), columns([rows[at] for at in order]))
    assert other.total.tolist() == [int(result.total[at]) for at in order]


@settings(max_examples=60, deadline=None)
@given(schemes(), WHOLE)
def test_the_best_in_everything_is_never_behind_and_the_worst_never_ahead(made, rows):
    result = appraise(made, people(len(rows)), columns(rows))
    better = [[Fraction(cell) for cell in row] for row in rows]
    for one, mine in enumerate(better):
        for other, theirs in enumerate(better):
            if all(my >= their for my, their in zip(mine, theirs, strict=True)):
                assert result.total[one] >= result.total[other]


@settings(max_examples=60, deadline=None)
@given(schemes(st.just(TotalBy())), ROWS, st.randoms(use_true_random=False))
def test_weights_out_of_data_are_those_of_the_slow_reference_whatever_the_order_of_people(made, rows, random):
    made = replace(made, weights="entropy")
    found = appraise(made, people(len(rows)), columns(rows)).data_weights
    weights = {key: Fraction(weight) for key, weight in found.weights.items()}
    assert weights == reference.entropy_weights(list(KEYS), known(rows))
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert appraise(made, people(len(rows)), columns(shuffled)).data_weights == found


@settings(max_examples=60, deadline=None)
@given(schemes(st.just(TotalBy())), WHOLE, st.data())
def test_more_of_a_good_thing_never_lowers_a_weighted_total(made, rows, data):
    row, at = data.draw(st.integers(0, len(rows) - 1)), data.draw(st.integers(0, 2))
    before = appraise(made, people(len(rows)), columns(rows)).total[row]
    more = [list(each) for each in rows]
    more[row][at] = Fraction(more[row][at]) + data.draw(st.sampled_from([1, 20]))
    assert appraise(made, people(len(rows)), columns(more)).total[row] >= before
