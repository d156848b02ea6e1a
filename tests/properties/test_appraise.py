"""What holds for every scheme and every group of people."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.reference import appraisal as reference
from tests.unit.appraise.builder import (
    adjustment,
    bands_curve,
    by_score,
    coefficient_bonus,
    dimension,
    expression,
    group_expression,
    level,
    measured,
    per_unit_curve,
    points_curve,
    pool_bonus,
    quota,
    ratio_curve,
    rule,
    scheme,
    used,
)

from kaohe.appraise import People, Values, appraise, explain_curve
from kaohe.appraise.curves import points
from kaohe.appraise.cuts import Hindsight, cuts_of, tier_at
from kaohe.appraise.pool import split
from kaohe.appraise.quota import seats
from kaohe.errors import KaoheError
from kaohe.exact import MICRO, to_micros
from kaohe.scheme.model import BandsCurve, GradedShares, PointsCurve, Ranking, Scheme


def decimals(low, high, places=2):
    return st.decimals(low, high, places=places, allow_nan=False)


def maybe(strategy):
    return st.none() | strategy


# Few different values, so that ties, boundaries and gaps are common.
NUMBERS = st.sampled_from([Decimal(text) for text in ("-3", "0", "0.5", "1", "1.5", "2", "3.333333", "7", "9.99")])


@st.composite
def limits(draw):
    low, high = sorted([draw(decimals(-50, 150)), draw(decimals(-50, 150))])
    return {name: value for name, value in (("floor", low), ("cap", high)) if draw(st.booleans())}


@st.composite
def curves(draw, reach=10):
    value, earned = decimals(-reach, reach, 6), decimals(-50, 150, 6)
    match draw(st.sampled_from(["points", "bands", "ratio", "per_unit"])):
        case "points":
            at = sorted(draw(st.lists(value, min_size=1, max_size=5)))
            pairs = tuple((x, draw(earned)) for x in at)
            return replace(points_curve(*pairs, **draw(limits())), below=draw(maybe(earned)), above=draw(maybe(earned)))
        case "bands":
            edges = sorted(draw(st.sets(value, max_size=4)))
            ends = [None, *edges, None]
            bands = [(ends[at], ends[at + 1], draw(earned)) for at in range(len(ends) - 1)]
            return bands_curve(*bands, boundary=draw(st.sampled_from(["upper", "lower"])))
        case "ratio":
            target = draw(decimals("0.01", reach, 6))
            return ratio_curve(target, draw(st.sampled_from(["higher", "lower", "on_target"])), **draw(limits()))
        case _:
            extra = {name: draw(decimals(0, 30)) for name in ("maximum",) if draw(st.booleans())}
            extra |= {name: draw(decimals(-30, 0)) for name in ("minimum",) if draw(st.booleans())}
            unit = draw(decimals("0.01", reach, 6))
            return per_unit_curve(
                draw(earned), draw(value), unit, draw(earned), draw(st.booleans()), **extra, **draw(limits())
            )


RULES = st.sampled_from(
    [
        rule("value('m') > 2", "veto"),
        rule("value('m') > 1", "deduct", "2.345", unknown="apply"),
        rule("total > 50", "add", "0.5"),
        rule("total < 20", "cap", 10),
        rule("points('a') > 60", "tier_at_least", tier="B"),
        rule("value('n') < 1", "tier_at_most", tier="C"),
        rule("value('n') == 7", "not_graded"),
        rule("dimension('c') > 30", "coefficient", "1.2"),
    ]
)


@st.composite
def rankings(draw):
    return Ranking(
        within=draw(st.sampled_from([(), ("region",), ("region", "role")])),
        method=draw(st.sampled_from(["competition", "dense", "ordinal"])),
        tie_breakers=draw(st.sampled_from([(), ("m",), ("n",), ("n", "m")])),
        min_group=draw(st.integers(1, 4)),
        small_groups=draw(st.sampled_from(["merge", "unranked"])),
    )


BY_MEAN = GradedShares(
    group_expression('if_(group_mean >= 40, "good", if_(group_size > 2, "poor", "other"))'),
    {"good": (Decimal("0.5"), Decimal("0.5"), Decimal(0)), "poor": (Decimal(0), Decimal("0.4"), Decimal("0.6"))},
)


@st.composite
def tiers(draw):
    floors = [draw(maybe(decimals(0, 100))) for _ in range(3)]
    names, factors = ("A", "B", "C"), ("1.5", "1", "0.333333")
    if draw(st.booleans()):
        return by_score(
            *(level(name, None, least, factor) for name, least, factor in zip(names, floors, factors, strict=True)),
            boundary=draw(st.sampled_from(["upper", "lower"])),
        )
    shares = draw(st.sampled_from([("0.2", "0.7", "0.1"), ("0.3", "0.3", "0.4"), ("0", "0.5", "0.5")]))
    made = quota(
        *(
            level(name, share, least, factor)
            for name, share, least, factor in zip(names, shares, floors, factors, strict=True)
        ),
        ties=draw(st.sampled_from(["promote", "demote", "break"])),
        tie_breakers=draw(st.sampled_from([(), ("m",)])),
        min_group=draw(st.integers(1, 4)),
    )
    return replace(
        made,
        order=draw(st.sampled_from(["quota_first", "floors_first"])),
        not_counted=draw(maybe(st.just(expression("value('m') < 1")))),
        by_grade=draw(maybe(st.just(BY_MEAN))),
    )


@st.composite
def bonuses(draw):
    low, high = draw(maybe(st.integers(0, 20_000))), draw(maybe(st.integers(20_000, 200_000)))
    prorate = draw(st.sampled_from(["days", "none"]))
    base = draw(st.sampled_from(["bonus_base", "total / 3", "bonus_base * rank"]))
    if draw(st.booleans()):
        return coefficient_bonus(base, prorate, low, high)
    return pool_bonus(draw(st.integers(-1_000_000, 1_000_000)), base, prorate, low, high)


@st.composite
def schemes(draw):
    def indicator(key):
        policy = draw(st.sampled_from(["zero", "renormalise", "neutral", "not_graded", "renormalise"]))
        neutral = draw(decimals(0, 100)) if policy == "neutral" else None
        weight = draw(st.sampled_from([0, 1, 2, "33.3", 50]))
        return used(key, draw(curves()), weight, policy, neutral, draw(st.sampled_from([1, 1, 50])))

    return scheme(
        dimension("c", indicator("a"), indicator("b"), weight=draw(st.sampled_from([40, 1, 0]))),
        dimension("d", indicator("c"), weight=draw(st.sampled_from([60, "0.7"]))),
        decimals=draw(st.integers(0, 6)),
        min_coverage=draw(st.sampled_from([0, "0.5", "0.7", 1])),
        measured=[measured("m"), measured("n", direction="lower")],
        ranking=draw(rankings()),
        adjustments=draw(st.sampled_from([[], [adjustment("min(value('n') / 3, 5)", 3, -1)]])),
        rules=draw(st.lists(RULES, max_size=4)),
        tiers=draw(tiers()),
        bonus=draw(maybe(bonuses())),
    )


@st.composite
def staffs(draw, least=0, most=9):
    """People and their values: few different ones, many of them missing."""
    count = draw(st.integers(least, most))

    def column(strategy):
        return tuple(draw(strategy) for _ in range(count))

    attributes = {
        "region": column(st.sampled_from(["N", "S", None])),
        "role": column(st.sampled_from(["x", "y"])),
        "team": (None,) * count,
        "days_in_period": (None,) * count,
        "bonus_base": column(maybe(st.sampled_from([Decimal(1000), Decimal("333.33"), Decimal(0)]))),
    }
    worked = np.array(column(st.integers(0, 90)), np.int64)
    staff = People(tuple(f"p{row:02}" for row in range(count)), attributes, worked, 90)
    values = {}
    for key in ("a", "b", "c", "m", "n"):
        numbers = column(maybe(NUMBERS))
        known = np.array([number is not None for number in numbers], np.bool_)
        micros = np.array([to_micros(number or 0) for number in numbers], np.int64)
        values[key] = Values(micros, known, np.array(column(st.integers(1, 99)), np.int64))
    return staff, values


def chosen(staff, values, rows):
    """The same people, those rows in that order, under codes that keep the order ascending."""
    rows = np.array(rows, np.int64)
    attributes = {name: tuple(column[row] for row in rows) for name, column in staff.attributes.items()}
    codes = tuple(f"q{number:02}" for number in range(len(rows)))
    return replace(staff, code=codes, attributes=attributes, worked=staff.worked[rows]), {
        key: Values(column.micros[rows], column.known[rows], column.sample[rows]) for key, column in values.items()
    }


def by_hand(made: Scheme, staff: People, values: dict[str, Values], changes=()):
    least = {used.key: used.min_sample for used in (*made.weighted, *made.measured)}
    listed = [
        reference.Person(
            code=code,
            attributes={name: column[row] for name, column in staff.attributes.items()},
            worked=int(staff.worked[row]),
            values={
                key: Fraction(int(column.micros[row]), MICRO)
                if column.known[row] and column.sample[row] >= least[key]
                else None
                for key, column in values.items()
            },
        )
        for row, code in enumerate(staff.code)
    ]
    return reference.appraise(made, listed, staff.period_days, changes)


def payable(made: Scheme, staff: People, values: dict[str, Values]) -> bool:
    """Whether the scheme's pool, if it has one, can be paid at all: worked out by the reference."""
    if made.bonus is None or made.bonus.kind != "pool":
        return True
    claims = [
        person.claim for person in by_hand(replace(made, bonus=replace(made.bonus, kind="coefficient")), staff, values)
    ]
    claiming, pool = sum(1 for claim in claims if claim), made.bonus.pool or 0
    if any(claim < 0 for claim in claims) or (pool and staff.code and not claiming):
        return False
    low, high = made.bonus.floor, made.bonus.cap
    return not claiming or ((low is None or claiming * low <= pool) and (high is None or claiming * high >= pool))


@settings(max_examples=300, deadline=None)
@given(schemes(), staffs())
def test_the_columns_give_what_the_slow_reference_gives(made, people_and_values):
    staff, values = people_and_values
    if not payable(made, staff, values):
        with pytest.raises(KaoheError, match=r"appraise\.(pool|negative-claims)"):
            appraise(made, staff, values)
        return
    result = appraise(made, staff, values)
    for row, person in enumerate(by_hand(made, staff, values)):
        for key, earned in person.points.items():
            assert bool(result.counted[key][row]) == (earned is not None)
            assert Fraction(int(result.points[key][row]), MICRO) == (earned or 0)
        for key, earned in person.dimensions.items():
            assert bool(result.dimension_counted[key][row]) == (earned is not None)
            assert Fraction(int(result.dimension_points[key][row]), MICRO) == (earned or 0)
        assert bool(result.graded[row]) == (person.total is not None)
        assert Fraction(int(result.total[row]), MICRO) == (person.total or 0)
        assert bool(result.vetoed[row]) == person.vetoed
        assert (int(result.rank[row]), result.group[row], result.tier[row]) == (person.rank, person.group, person.tier)
        assert Fraction(int(result.coefficient[row]), MICRO) == person.coefficient
        assert int(result.bonus[row]) == person.bonus


@settings(max_examples=300, deadline=None)
@given(curves(reach=10**6), st.lists(decimals(-(10**6), 10**6, 6), max_size=6))
def test_curves_are_exact_and_every_explanation_recomputes_to_the_points(curve, numbers):
    corners = [x for x, _ in curve.at] if isinstance(curve, PointsCurve) else []
    corners += [band.upper for band in curve.bands[:-1]] if isinstance(curve, BandsCurve) else []
    micros = np.array([to_micros(number) for number in (*numbers, *corners)], np.int64)
    earned = points(curve, micros, np.ones(len(micros), np.bool_))
    for value, figure in zip(micros.tolist(), earned.tolist(), strict=True):
        assert Fraction(figure, MICRO) == reference.curve_points(curve, Fraction(value, MICRO))
        assert to_micros(explain_curve(curve, value).arguments["points"]) == figure


def plain(draw_scheme):
    """The scheme without rules, adjustments and quotas: what is left depends on nobody else."""
    absolute = by_score(
        level("A", min_score=60, coefficient="1.5"), level("B", min_score=20), level("C", None, None, "0.5")
    )
    return replace(draw_scheme, rules=(), adjustments=(), tiers=absolute, bonus=coefficient_bonus(cap=140_000))


@st.composite
def rising_curves(draw):
    value = sorted(draw(st.sets(decimals(-10, 10), min_size=2, max_size=5)))
    earned = sorted(draw(decimals(0, 120)) for _ in value)
    match draw(st.sampled_from(["points", "bands", "ratio", "per_unit"])):
        case "points":
            return points_curve(*zip(value, earned, strict=True))
        case "bands":
            ends = [None, *value[1:], None]
            return bands_curve(*((ends[at], ends[at + 1], earned[at]) for at in range(len(value))))
        case "ratio":
            return ratio_curve(draw(decimals("0.01", 10)), floor=0, cap=120)
        case _:
            return per_unit_curve(50, value[0], draw(decimals("0.01", 10)), draw(decimals(0, 5)), draw(st.booleans()))


@settings(max_examples=150, deadline=None)
@given(schemes(), staffs(1), st.data())
def test_more_of_a_good_thing_never_lowers_points_total_tier_or_bonus(made, people_and_values, data):
    staff, values = people_and_values
    made = plain(made)
    rising = [
        replace(d, indicators=tuple(replace(u, curve=data.draw(rising_curves())) for u in d.indicators))
        for d in made.dimensions
    ]
    made = replace(made, dimensions=tuple(rising), ranking=Ranking())
    row, key = data.draw(st.integers(0, len(staff) - 1)), data.draw(st.sampled_from(["a", "b", "c"]))
    better = values[key].micros.copy()
    better[row] += data.draw(st.integers(0, 5 * MICRO))
    before = appraise(made, staff, values)
    after = appraise(made, staff, {**values, key: replace(values[key], micros=better)})
    assert after.points[key][row] >= before.points[key][row]
    assert after.total[row] >= before.total[row]
    assert (after.tier[row] or "") <= (before.tier[row] or "")
    assert after.bonus[row] >= before.bonus[row]
    assert after.rank[row] <= before.rank[row]


@settings(max_examples=150, deadline=None)
@given(schemes(), staffs(1), st.randoms(use_true_random=False))
def test_the_order_and_the_names_of_people_change_nothing(made, people_and_values, random):
    staff, values = people_and_values
    # Codes decide only where the scheme asks for it: ordinal ranks, broken ties, the last fen of a pool.
    ranking = replace(made.ranking, method="competition")
    placing = replace(made.tiers, ties="promote") if made.tiers.ties == "break" else made.tiers
    made = replace(made, ranking=ranking, tiers=placing, bonus=coefficient_bonus())
    order = list(range(len(staff)))
    random.shuffle(order)
    one, other = appraise(made, staff, values), appraise(made, *chosen(staff, values, order))
    for at, row in enumerate(order):
        assert (other.total[at], other.rank[at], other.tier[at]) == (one.total[row], one.rank[row], one.tier[row])
        assert (other.bonus[at], other.group[at]) == (one.bonus[row], one.group[row])
        assert [str(decision.what) for decision in other.decisions[at]] == [str(d.what) for d in one.decisions[row]]


@settings(max_examples=100, deadline=None)
@given(schemes(), staffs(2), st.data())
def test_leaving_one_person_out_changes_nobody_elses_score(made, people_and_values, data):
    staff, values = people_and_values
    made = replace(plain(made), rules=made.rules, adjustments=made.adjustments)
    out = data.draw(st.integers(0, len(staff) - 1))
    rest = [row for row in range(len(staff)) if row != out]
    all_of_them, without = appraise(made, staff, values), appraise(made, *chosen(staff, values, rest))
    assert without.total.tolist() == all_of_them.total[rest].tolist()
    assert without.bonus.tolist() == all_of_them.bonus[rest].tolist()
    assert list(without.tier) == [all_of_them.tier[row] for row in rest]
    for key in ("a", "b", "c"):
        assert without.points[key].tolist() == all_of_them.points[key][rest].tolist()


@settings(max_examples=150, deadline=None)
@given(schemes(), staffs())
def test_where_ties_are_broken_every_group_has_exactly_its_seats(made, people_and_values):
    staff, values = people_and_values
    levels = (level("A", "0.2"), level("B", "0.7"), level("C", "0.1"))
    ranking = replace(made.ranking, min_group=1)
    made = replace(made, tiers=quota(*levels, ties="break"), rules=(), bonus=None, ranking=ranking)
    result = appraise(made, staff, values)
    for group in {name for name in result.group if name is not None}:
        tiers_there = [tier for tier, name in zip(result.tier, result.group, strict=True) if name == group]
        assert [tiers_there.count(one.id) for one in levels] == seats(levels, len(tiers_there))


@settings(max_examples=150, deadline=None)
@given(schemes(), staffs(2), st.data())
def test_whoever_is_not_counted_changes_nobody_elses_tier_by_quota(made, people_and_values, data):
    staff, values = people_and_values
    out = data.draw(st.integers(0, len(staff) - 1))
    # Known by a number that nobody else has; the team's grade is known without them, too.
    micros = np.where(np.arange(len(staff)) == out, -MICRO, np.abs(values["m"].micros))
    values = {**values, "m": Values(micros, np.ones(len(staff), np.bool_), np.full(len(staff), 100))}
    placing = quota(level("A", "0.2"), level("B", "0.7"), level("C", "0.1"), ties=made.tiers.ties)
    placing = replace(placing, not_counted=expression("value('m') < 0"))
    ranking = replace(made.ranking, min_group=1, tie_breakers=())
    made = replace(made, tiers=placing, ranking=ranking, bonus=None, rules=())
    rest = [row for row in range(len(staff)) if row != out]
    everybody, without = appraise(made, staff, values), appraise(made, *chosen(staff, values, rest))
    assert list(without.tier) == [everybody.tier[row] for row in rest]


@settings(max_examples=200, deadline=None)
@given(schemes(), staffs(1))
def test_every_tier_recomputes_and_the_total_that_was_enough_is_enough(made, people_and_values):
    staff, values = people_and_values
    made = replace(made, rules=(), bonus=None)
    result = appraise(made, staff, values)
    names = [one.id for one in made.tiers.levels]
    for row in np.flatnonzero(result.graded):
        cuts = cuts_of(made, result, int(row))
        assert names[cuts.level] == result.tier[row]
        assert cuts.seats is None or sum(cuts.seats) == cuts.counted
        assert cuts.enough is None or cuts.enough > result.total[row]


@settings(deadline=None, max_examples=25)
@given(schemes(), staffs(1, 4))
def test_what_would_have_been_enough_is_the_least_total_that_is(made, people):
    staff, values = people
    made = replace(made, rules=(), bonus=None, decimals=0)
    result = appraise(made, staff, values)
    hindsight = Hindsight(made, result)  # one for all: whom it was asked for before makes no difference
    highest = max([*result.total.tolist(), *(to_micros(one.min_score or 0) for one in made.tiers.levels)], default=0)
    for row in np.flatnonzero(result.graded).tolist():
        for wanted in range(len(made.tiers.levels)):
            found = hindsight.enough(row, wanted)
            own = int(result.total[row])
            tried = range(own, highest + 2 * MICRO + 1, MICRO)  # totals without decimals
            enough = next((total for total in tried if tier_at(made, result, row, total) <= wanted), None)
            if found.least:
                assert found.total == enough
            elif found.total is not None:
                assert enough is not None
                assert enough <= found.total
                assert tier_at(made, result, row, found.total) <= wanted


@given(
    st.lists(st.tuples(st.integers(0, 99), st.integers(0, 3), maybe(st.integers(3, 9))), min_size=2, max_size=6),
    st.integers(0, 40),
)
def test_seats_sum_to_the_group_within_their_limits_or_are_refused(rows, people):
    levels = [
        replace(level(str(number), Decimal(share) / 100), at_least=low, at_most=high)
        for number, (share, low, high) in enumerate(rows)
    ]
    low, high = sum(each[1] for each in rows), sum(people if each[2] is None else each[2] for each in rows)
    if people < low or people > high:
        with pytest.raises(KaoheError, match=r"appraise\.quota-impossible"):
            seats(levels, people)
        return
    assume(all(share for share, _, _ in rows))  # whoever has no share takes no more than the least
    given_seats = seats(levels, people)
    assert sum(given_seats) == people
    for (_, least, most), count in zip(rows, given_seats, strict=True):
        assert least <= count <= (people if most is None else most)


@given(st.lists(st.integers(1, 99), min_size=2, max_size=6), st.integers(0, 500))
def test_seats_sum_to_the_group_and_stay_within_one_of_the_quota(shares, people):
    levels = [level(str(number), Decimal(share) / 100) for number, share in enumerate(shares)]
    given_seats = seats(levels, people)
    assert sum(given_seats) == people
    for share, count in zip(shares, given_seats, strict=True):
        assert abs(Fraction(share * people, sum(shares)) - count) < 1


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.integers(1, 10**13) | st.integers(1, 9), min_size=1, max_size=12),
    st.integers(-(10**15), 10**15) | st.integers(-1000, 1000),
    st.data(),
)
def test_a_pool_sums_to_the_fen_within_its_limits(claims, pool, data):
    mean = pool // len(claims)
    low = data.draw(maybe(st.integers(mean - abs(pool), mean)))
    high = data.draw(maybe(st.integers(mean + 1, mean + abs(pool) + 1)))
    result = split(np.array(claims, np.int64), pool, low, high)
    parts = result.parts.tolist()
    assert sum(parts) == pool
    assert all((low is None or part >= low) and (high is None or part <= high) for part in parts)
    expected = reference.pool(
        [Fraction(claim) for claim in claims], pool, -(10**18) if low is None else low, 10**18 if high is None else high
    )
    assert parts == expected


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(1, 10**6), min_size=2, max_size=9), st.integers(0, 10**9))
def test_a_larger_claim_never_gets_less_of_a_pool(claims, pool):
    assume(len(set(claims)) > 1)
    parts = split(np.array(claims, np.int64), pool).parts.tolist()
    ordered = sorted(zip(claims, parts, strict=True))
    for (smaller, less), (larger, more) in pairwise(ordered):
        assert smaller == larger or less <= more
