"""Parts of a target sum to the whole exactly, whatever the proportions and in whatever order they are given."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from kaohe.records.targets import Target
from kaohe.run.targets.parts import broken_down, levels, smallest_part

WHOLE = Target("company", "", "crm.sales_amount", "2026", 0)
UNITS = st.sampled_from(["money", "count", "share", None])
WEIGHTS = st.lists(st.fractions(min_value=0, max_value=1000, max_denominator=97), min_size=1, max_size=30).filter(any)


@given(st.integers(-(10**15), 10**15), WEIGHTS, UNITS, st.randoms(use_true_random=False))
def test_parts_sum_to_the_whole_and_their_order_is_irrelevant(
    value: int, weights: list[Fraction], unit, random: Random
) -> None:
    whole = replace(WHOLE, value=value)
    parts = [Target("team", f"T{number:02}", whole.indicator, whole.period, 0) for number in range(len(weights))]
    found = broken_down(whole, parts, weights, unit)
    assert sum(part.value for part in found) == value
    step = smallest_part(unit, value)
    total = sum(weights)
    for part, weight in zip(found, weights, strict=True):
        assert part.value % step == 0
        assert abs(part.value - value * weight / total) < step
    shuffled = list(zip(parts, weights, strict=True))
    random.shuffle(shuffled)
    again = broken_down(whole, [part for part, _weight in shuffled], [weight for _part, weight in shuffled], unit)
    assert again == found
    teams = {part.who: [] for part in parts}
    (level,) = levels([whole, *found], whole.period, teams, lambda _indicator: True)
    assert (level.difference, level.without) == (0, ())


@given(st.integers(0, 10**9), st.integers(1, 40))
def test_equal_parts_differ_by_one_unit_at_most(fen: int, count: int) -> None:
    whole = replace(WHOLE, value=fen * 10_000)
    parts = [Target("person", f"P{number:02}", whole.indicator, whole.period, 0) for number in range(count)]
    values = [part.value for part in broken_down(whole, parts, [Fraction(1)] * count, "money")]
    assert max(values) - min(values) <= 10_000
    assert values == sorted(values, reverse=True)
