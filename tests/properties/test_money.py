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
from tests.unit.appraise.builder import expression, measured, people, pool_bonus, scheme, table

from kaohe.appraise import appraise
from kaohe.appraise.model import Records
from kaohe.appraise.rates import accumulated, deductions, earned, earned_in_columns, parts, rate_table
from kaohe.appraise.reckon import reckon
from kaohe.errors import KaoheError
from kaohe.exact import divide, to_fen
from kaohe.scheme.model import Accelerator, Bonus, Settlement, YearToDate

AMOUNTS = st.decimals(-100, 10**6, places=2) | st.integers(0, 20).map(Decimal)


@st.composite
def tables(draw, mode=None, gives=None, *, lumps=False):
    """Bands at whole edges, so that amounts on boundaries are common."""
    mode = mode or draw(st.sampled_from(["marginal", "whole", "interpolated"]))
    gives = gives or ("rate" if mode == "marginal" else draw(st.sampled_from(["rate", "amount", "factor"])))
    edges = [draw(st.sampled_from([None, Decimal(0)])), *sorted(draw(st.sets(st.integers(1, 20), max_size=4)))]
    value = st.decimals(0, 2, places=3)
    rows = [(edge, draw(value), draw(value)) if mode == "interpolated" else (edge, draw(value)) for edge in edges]
    later = st.integers(1, len(edges))
    made = rate_table(
        rows,
        mode,
        gives,
        draw(st.sampled_from(["upper", "lower"])),
        draw(st.sets(later, max_size=2)) if mode == "marginal" else (),
    )
    if not lumps or made.gives != "rate" or mode == "interpolated":
        return made
    more = [draw(st.integers(0, 50).map(Decimal)) for _band in made.bands]
    return replace(made, bands=tuple(replace(band, lump=lump) for band, lump in zip(made.bands, more, strict=True)))


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
    rates = draw(tables(lumps=True))
    over = expression(draw(st.sampled_from(["value('m')", "total / 5", "value('n') * rank"])))
    of = base if rates.gives == "factor" or draw(st.booleans()) else None
    over_the_year = YearToDate(over, expression("value('n')")) if draw(st.booleans()) else None
    by_days = over_the_year is None and draw(st.booleans())
    more = {"accelerators": faster, "year": over_the_year, "prorate_bands": by_days}
    return Bonus("table", of, prorate, None, low, high, over, rates, **more)


SETTLEMENTS = (
    st.none() | st.builds(Settlement, st.integers(0, 50_000)) | st.builds(Settlement, st.none(), st.integers(0, 50_000))
)


@settings(max_examples=300, deadline=None)
@given(schemes(), staffs(), bonuses() | other_bonuses(), SETTLEMENTS, st.integers(0, 100))
def test_every_bonus_recomputes_from_the_columns_that_the_run_keeps(made, people_and_values, bonus, settlement, seed):
    staff, values = people_and_values
    if bonus.kind != "pool":
        bonus = replace(bonus, settlement=settlement)
        staff = replace(staff, brought=np.random.default_rng(seed).integers(-50_000, 50_000, len(staff)))
    made = replace(made, bonus=bonus)
    assume(payable(made, staff, values))
    result = appraise(made, staff, values)
    money = result.money
    for row, steps in enumerate(reckon(bonus, result, range(len(staff)))):
        kept = (int(result.bonus[row]), int(money.base[row]), int(money.claim[row]), int(money.pool[row]))
        if bonus.settlement is not None:
            left = int(money.carried[row])
            assert left == int(staff.brought[row]) + (0 if steps is None else steps.earned) - kept[0]
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


@given(st.lists(st.integers(-200, 400), min_size=1, max_size=8), SETTLEMENTS)
def test_over_time_all_that_is_earned_is_paid_but_for_the_balance_left(months, settlement):
    earned = [month * 100 for month in months]
    paid = reference.settled(earned, settlement)
    balance, found = 0, []
    for fen in earned:
        bonus = replace(pool_bonus(0), kind="coefficient", pool=None, settlement=settlement)
        staff = replace(people(1, bonus_base=[Decimal(fen) / 100]), brought=np.array([balance]))
        result = appraise(scheme(bonus=bonus), staff, table(a=[80]))
        found.append(int(result.bonus[0]))
        balance = 0 if settlement is None else int(result.money.carried[0])
    assert found == paid
    assert sum(found) + balance == sum(earned)


@given(tables(lumps=True), st.lists(AMOUNTS, max_size=6))
def test_a_table_gives_what_pencil_and_paper_give(table, figures):
    expected = [reference.given(table, Fraction(figure)) for figure in figures]
    assert [earned(table, figure) for figure in figures] == expected
    columns = earned_in_columns(table, figures)
    assert [Fraction(int(each), columns.denominator) for each in columns.numerators] == expected


@given(tables("marginal", lumps=True), AMOUNTS)
def test_bands_and_quick_deductions_come_to_the_same_as_the_table(table, figure):
    found = parts(table, figure)
    assert sum((part.earned for part in found), Fraction(0)) == earned(table, figure)
    assert sum((part.amount for part in found), Fraction(0)) == Fraction(figure)
    last = found[-1]
    assert last.rate * Fraction(figure) - deductions(table)[last.band] == earned(table, figure)


@given(tables("marginal", lumps=True), AMOUNTS, st.decimals(0, 1000, places=2))
def test_a_marginal_bonus_never_falls_when_the_amount_grows(table, figure, more):
    rates = [band.value for band in table.bands]
    assume(rates == sorted(rates) or not any(band.retroactive for band in table.bands))
    assert earned(table, figure + more) >= earned(table, figure)


def of_a_table(bonus, m, n=None, worked=None):
    """Everybody's exact amount in yuan before rounding, of people whose figure is m, and before the period n."""
    made = scheme(bonus=bonus, measured=[measured("m"), measured("n")])
    columns = table(a=[80] * len(m), m=m, n=n or [None] * len(m))
    result = appraise(made, people(len(m), worked), columns)
    return [None if steps is None else steps.gross for steps in reckon(bonus, result, range(len(m)))]


YEARLY = Bonus(
    "table",
    None,
    "none",
    over=expression("value('m')"),
    year=YearToDate(expression("value('m')"), expression("value('n')")),
)


@settings(deadline=None)
@given(tables(lumps=True), st.lists(AMOUNTS, min_size=1, max_size=6))
def test_what_the_periods_of_a_year_earn_adds_up_to_the_table_of_the_year(rates, months):
    assume(reference.given(rates, Fraction(0)) == 0)
    so_far = [sum(months[: number + 1]) for number in range(len(months))]
    due = of_a_table(replace(YEARLY, table=rates), so_far, [None, *so_far[:-1]])
    assert sum(due) == earned(rates, sum(months))
    assert due == reference.over_the_year(rates, [Fraction(month) for month in months])
    # The first period of the year is like any period.
    assert due[:1] == of_a_table(replace(YEARLY, table=rates, year=None), months[:1])


@settings(deadline=None)
@given(tables(lumps=True), st.lists(st.tuples(AMOUNTS, st.integers(1, 90)), min_size=1, max_size=4))
def test_thresholds_by_days_are_those_of_a_smaller_table(rates, staff):
    amounts, days = zip(*staff, strict=True)
    bonus = replace(YEARLY, table=rates, year=None, prorate_bands=True)
    expected = [reference.by_days(rates, Fraction(amount), Fraction(part, 90)) for amount, part in staff]
    assert of_a_table(bonus, amounts, worked=days) == expected


@settings(deadline=None)
@given(tables(lumps=True), st.lists(st.lists(st.integers(-100, 3000), max_size=5), min_size=1, max_size=4))
def test_each_record_by_itself_is_a_table_of_its_own(rates, whose):
    begins = np.cumsum([0, *map(len, whose)])
    records = Records(begins, np.array([each for listed in whose for each in listed], np.int64), 100)
    staff = replace(people(len(whose)), records=records)
    bonus = replace(YEARLY, table=rates, year=None, per_record="m")
    made = scheme(bonus=bonus, measured=[measured("m")])
    sums = [Decimal(sum(listed)) / 100 for listed in whose]
    result = appraise(made, staff, table(a=[80] * len(whose), m=sums))
    expected = [sum(reference.given(rates, Fraction(each, 100)) for each in listed) for listed in whose]
    assert [steps.gross for steps in reckon(bonus, result, range(len(whose)))] == expected
    assert result.money.base.tolist() == [to_fen(each) for each in expected]


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
