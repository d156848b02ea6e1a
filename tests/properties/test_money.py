"""What holds for all money: every bonus recomputes, pools sum, tables give what pencil and paper give."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.properties.test_appraise import bonuses, chosen, payable, schemes, staffs
from tests.reference import appraisal as by_hand
from tests.reference import money as reference
from tests.unit.appraise.builder import expression, pool_bonus

from kaohe.appraise import appraise
from kaohe.appraise.rates import accumulated, deductions, earned, earned_in_columns, parts, rate_table
from kaohe.appraise.reckon import reckon
from kaohe.errors import KaoheError
from kaohe.exact import divide, to_fen
from kaohe.scheme.model import Accelerator, Bonus

AMOUNTS = st.decimals(-100, 10**6, places=2) | st.integers(0, 20).map(Decimal)


@st.composite
def tables(draw, mode=None, gives=None):
    """Bands at whole edges, so that amounts on boundaries are common."""
    mode = mode or draw(st.sampled_from(["marginal", "whole", "interpolated"]))
    gives = gives or ("rate" if mode == "marginal" else draw(st.sampled_from(["rate", "amount", "factor"])))
    edges = [draw(st.sampled_from([None, Decimal(0)])), *sorted(draw(st.sets(st.integers(1, 20), max_size=4)))]
    value = st.decimals(0, 2, places=3)
    rows = [(edge, draw(value), draw(value)) if mode == "interpolated" else (edge, draw(value)) for edge in edges]
    later = st.integers(1, len(edges))
    return rate_table(
        rows,
        mode,
        gives,
        draw(st.sampled_from(["upper", "lower"])),
        draw(st.sets(later, max_size=2)) if mode == "marginal" else (),
    )


@st.composite
def other_bonuses(draw):
    """By table or by formula, with accelerators."""
    low, high = draw(st.none() | st.integers(0, 20_000)), draw(st.none() | st.integers(20_000, 200_000))
    prorate = draw(st.sampled_from(["days", "none"]))
    base = expression("bonus_base")
    faster = tuple(
        Accelerator(f"x{number}", expression(text), draw(tables("whole", "factor")))
        for number, text in enumerate(draw(st.lists(st.sampled_from(["value('n')", "total / 10"]), max_size=2)))
    )
    if draw(st.booleans()):
        formula = draw(st.sampled_from(["max(base * coefficient / 3, 400)", "total * coefficient", "value('m') * 7"]))
        return Bonus("formula", base, prorate, None, low, high, formula=expression(formula), accelerators=faster)
    rates, over = draw(tables()), expression(draw(st.sampled_from(["value('m')", "total / 5", "value('n') * rank"])))
    of = base if rates.gives == "factor" or draw(st.booleans()) else None
    return Bonus("table", of, prorate, None, low, high, over, rates, accelerators=faster)


@settings(max_examples=300, deadline=None)
@given(schemes(), staffs(), bonuses() | other_bonuses())
def test_every_bonus_recomputes_from_the_columns_that_the_run_keeps(made, people_and_values, bonus):
    staff, values = people_and_values
    made = replace(made, bonus=bonus)
    assume(payable(made, staff, values))
    result = appraise(made, staff, values)
    money = result.money
    for row, steps in enumerate(reckon(bonus, result, range(len(staff)))):
        kept = (int(result.bonus[row]), int(money.base[row]), int(money.claim[row]), int(money.pool[row]))
        if steps is None:
            assert kept == (0, 0, 0, -1)
            continue
        claim = divide(steps.claim.numerator, steps.claim.denominator)
        assert kept[:3] == (steps.bonus, to_fen(steps.gross), claim)
        said = [decision.about for decision in result.decisions[row] if decision.kind == "bonus"]
        said = [about for about in said if about in ("floor", "cap")]
        assert said == ([] if steps.limit is None else [steps.limit])
    for number, pool in enumerate(money.pools):
        members = money.pool == number
        assert int(result.bonus[members].sum()) == (pool.fen if members.any() else 0)
        assert not np.any(result.bonus[~members])


@given(tables(), st.lists(AMOUNTS, max_size=6))
def test_a_table_gives_what_pencil_and_paper_give(table, figures):
    expected = [reference.given(table, Fraction(figure)) for figure in figures]
    assert [earned(table, figure) for figure in figures] == expected
    columns = earned_in_columns(table, figures)
    assert [Fraction(int(each), columns.denominator) for each in columns.numerators] == expected


@given(tables("marginal"), AMOUNTS)
def test_bands_and_quick_deductions_come_to_the_same_as_the_table(table, figure):
    found = parts(table, figure)
    assert sum((part.earned for part in found), Fraction(0)) == earned(table, figure)
    assert sum((part.amount for part in found), Fraction(0)) == Fraction(figure)
    last = found[-1]
    assert last.rate * Fraction(figure) - deductions(table)[last.band] == earned(table, figure)


@given(tables("marginal"), AMOUNTS, st.decimals(0, 1000, places=2))
def test_a_marginal_bonus_never_falls_when_the_amount_grows(table, figure, more):
    rates = [band.value for band in table.bands]
    assume(rates == sorted(rates) or not any(band.retroactive for band in table.bands))
    assert earned(table, figure + more) >= earned(table, figure)


@given(tables("marginal"), st.lists(AMOUNTS, min_size=1, max_size=5), st.data())
def test_splitting_one_record_in_two_changes_no_marginal_bonus(table, records, data):
    at = data.draw(st.integers(0, len(records) - 1))
    first = data.draw(AMOUNTS)
    split = [*records[:at], first, records[at] - first, *records[at + 1 :]]
    assert sum(accumulated(table, split)) == sum(accumulated(table, records)) == earned(table, sum(records))


@settings(max_examples=60, deadline=None)
@given(schemes(), staffs(1), other_bonuses(), st.randoms(use_true_random=False))
def test_whoever_stands_beside_whom_changes_no_bonus_by_table_or_formula(made, people_and_values, bonus, random):
    staff, values = people_and_values
    made = replace(made, bonus=bonus, ranking=replace(made.ranking, method="competition"), tiers=None, rules=())
    order = list(range(len(staff)))
    random.shuffle(order)
    one, other = appraise(made, staff, values), appraise(made, *chosen(staff, values, order))
    assert other.bonus.tolist() == [int(one.bonus[row]) for row in order]


@settings(max_examples=100, deadline=None)
@given(schemes(), staffs(1), st.integers(-(10**6), 10**6), st.sampled_from([("region",), ("region", "role")]))
def test_every_group_shares_its_own_pool_to_the_last_fen(made, people_and_values, fen, within):
    staff, values = people_and_values
    bonus = replace(pool_bonus(fen), pool_within=within)
    made = replace(made, bonus=bonus)
    group = [*zip(*(staff.attributes[name] for name in within), strict=True)]
    claims = [
        None if steps is None else steps.claim
        for steps in reckon(bonus, unpaid(made, staff, values), range(len(staff)))
    ]
    claiming = {each for each, claim in zip(group, claims, strict=True) if claim}
    if fen and claiming != set(group):
        with pytest.raises(KaoheError, match=r"appraise\.pool-without-claims"):
            appraise(made, staff, values)
        return
    result = appraise(made, staff, values)
    for each in claiming:
        rows = [row for row, claim in enumerate(claims) if group[row] == each and claim]
        parts = [int(result.bonus[row]) for row in rows]
        assert parts == by_hand.pool([claims[row] for row in rows], fen, -(10**18), 10**18)
        assert sum(parts) == fen


def unpaid(made, staff, values):
    """The appraisal without the pool: claims alone."""
    return appraise(replace(made, bonus=replace(made.bonus, kind="coefficient")), staff, values)
