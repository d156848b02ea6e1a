"""Missing data under every policy, in every combination, against the slow reference."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.properties.test_appraise import by_hand
from tests.unit.appraise.builder import dimension, people, scheme, table, used

from kaohe.appraise import appraise
from kaohe.appraise.redistribution import weights_of_one
from kaohe.exact import MICRO

KEYS = ("a", "b", "c", "d")
POLICIES = ("zero", "renormalise", "neutral", "redistribute", "not_graded")


@st.composite
def redistributing(draw):
    """Two dimensions of two indicators, each with a policy of its own."""

    def indicator(key):
        policy = draw(st.sampled_from((*POLICIES, "redistribute")))
        others = draw(st.lists(st.sampled_from([each for each in KEYS if each != key]), min_size=1, unique=True))
        shares = {1: ["1"], 2: ["0.25", "0.75"], 3: ["0.2", "0.3", "0.5"]}[len(others)]
        return used(
            key,
            weight=draw(st.sampled_from([1, 30, "33.3", 100])),
            missing=policy,
            neutral=60 if policy == "neutral" else None,
            shares=dict(zip(others, shares, strict=True)) if policy == "redistribute" else None,
            otherwise=draw(st.sampled_from(["not_graded", "renormalise"])),
        )

    return scheme(
        dimension("x", indicator("a"), indicator("b"), weight=draw(st.sampled_from([40, 1]))),
        dimension("y", indicator("c"), indicator("d"), weight=draw(st.sampled_from([60, "0.7"]))),
        min_coverage=draw(st.sampled_from([0, 0, "0.5"])),
    )


ROWS = st.lists(st.tuples(*(st.none() | st.sampled_from([0, 10, "33.333333", 90]) for _ in KEYS)), max_size=6)


@settings(max_examples=300, deadline=None)
@given(redistributing(), ROWS)
def test_every_policy_gives_what_the_slow_reference_gives(made, rows):
    staff = people(len(rows))
    columns = table(**{key: [row[at] for row in rows] for at, key in enumerate(KEYS)})
    result = appraise(made, staff, columns)
    for row, person in enumerate(by_hand(made, staff, columns)):
        for key, earned in person.dimensions.items():
            assert bool(result.dimension_counted[key][row]) == (earned is not None)
            assert Fraction(int(result.dimension_points[key][row]), MICRO) == (earned or 0)
        assert bool(result.graded[row]) == (person.total is not None)
        assert Fraction(int(result.total[row]), MICRO) == (person.total or 0)


@settings(max_examples=100, deadline=None)
@given(redistributing(), st.lists(st.booleans(), min_size=4, max_size=4))
def test_weight_is_neither_made_nor_lost(made, counts):
    held = weights_of_one(made, dict(zip(KEYS, counts, strict=True)))
    assert sum(held.values()) == 100
    assert all(weight >= 0 for weight in held.values())


def test_the_weight_of_a_missing_indicator_goes_by_the_table():
    # a 20, b 20, c 30, d 30 of the whole; a is missing: 5 go to b and 15 to c. (25·80 + 45·60 + 30·50) / 100
    a = used("a", weight=50, missing="redistribute", shares={"b": "0.25", "c": "0.75"})
    made = scheme(dimension("x", a, used("b", weight=50), weight=40), dimension("y", used("c"), used("d"), weight=60))
    result = appraise(made, people(1), table(a=[None], b=[80], c=[60], d=[50]))
    assert result.total.tolist() == [62 * MICRO]
    # c has 45 of the 75 that y has now: (45·60 + 30·50) / 75
    assert result.dimension_points["y"].tolist() == [56 * MICRO]
