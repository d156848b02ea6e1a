"""Bonuses: pools by coefficient, proration by days, a base times coefficients."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.oracles.adapters.scales import earned
from tests.oracles.case import Case, Named, NotRunnable
from tests.oracles.language import computed, of_values
from tests.oracles.reading import decimal, is_name, listing, number, numbers, share, whole
from tests.unit.appraise.builder import (
    by_score,
    coefficient_bonus,
    level,
    measured,
    people,
    points_curve,
    pool_bonus,
    scheme,
    table,
    yuan,
)

from kaohe.appraise import appraise
from kaohe.appraise.alternatives import weighted_sum
from kaohe.exact import to_fen
from kaohe.period import Period
from kaohe.precise import exact_matrix, exact_row

BASES = (
    "salary", "full", "base", "base_salary", "amount", "annual_bonus", "full_bonus", "target_bonus", "monthly_salary",
    "target", "wage", "basic_salary", "annual_salary", "bonus_base", "standard_bonus", "eligible_earnings", "bases",
    "salaries",
)  # fmt: skip
ACHIEVED = ("achievement", "attainment", "achievement_rate", "completion", "performance")
LIMITS = ("cap", "floor", "max", "min", "maximum", "minimum", "threshold")
DEDUCTED = ("deduction", "deductions", "penalty", "fine")
FIGURES = ("bonus", "pay", "amount", "payout", "result", "total_bonus")
DATES = ("start", "hire_date", "from", "join_date"), ("end", "leave_date", "to", "termination_date")
IDS = "bcdmn"
# Weights, factors, limits and dates are no plain factors of a product.
_NOT_FACTORS = {
    "weights",
    "factors",
    "thresholds",
    "coefficients",
    "score",
    "scores",
    "grade",
    "grades",
    "days_basis",
    "version",
    "year",
    "quarter",
    "headcount",
}


def run(case: Case) -> dict[str, Any]:
    given = case.inputs
    if "pool" in given:
        return _pooled(case)
    base = next((name for name in BASES if name in given), None)
    if base is None:
        raise NotRunnable(f"no bonus is read from {', '.join(given)}")
    if isinstance(given[base], list | Mapping):
        return _of_several(case, base)
    figures = _shown(_of_one(case, given, base))
    if days := _dates(given):
        figures |= dict(zip(("eligible_days", "period_days"), days, strict=True))
    return figures


def _shown(paid: str) -> dict[str, Any]:
    return dict.fromkeys(FIGURES, paid)


def _of_several(case: Case, base: str) -> dict[str, Any]:
    """Everybody's own base; what is given once is everybody's."""
    names, bases = listing(case.inputs[base])
    paid = []
    for place, each in enumerate(bases):
        own = {"salary": each}
        for name, written in case.inputs.items():
            if name != base:
                one = isinstance(written, list) and len(written) == len(bases)
                own[{"grades": "grade", "scores": "score"}.get(name, name)] = written[place] if one else written
        paid.append(_of_one(case, own, "salary"))
    total = of_values("sum(x)", map(Decimal, paid))
    return {**dict.fromkeys(("bonuses", *FIGURES), Named(paid, names)), **dict.fromkeys(("total", "sum"), total)}


def _of_one(case: Case, given: Mapping[str, Any], base: str) -> str:
    amount = number(given[base])
    if "coefficients" in given and ({"thresholds", "score"} <= set(given) or "grade" in given):
        return _by_tier(given, amount)
    days = _days(given)
    taken = {base, *(days or {}), *_NOT_FACTORS, *ACHIEVED, *LIMITS, *DEDUCTED}
    taken |= {name for keys in DATES for name in keys} | {"period_start", "period_end"}
    factors = [_factor(name, each) for name, each in given.items() if name not in taken and not is_name(each)]
    if {"weights", "factors"} <= set(given):
        weighed = (exact_matrix([numbers(given["factors"])]), exact_row(map(share, numbers(given["weights"]))))
        factors += weighted_sum(*weighed, 12)
    factors += [_achieved(case, given, name) for name in ACHIEVED if name in given]
    counted = tuple(days.values()) if days else _dates(given)
    less = [number(given[name]) for name in DEDUCTED if name in given]
    limits = {} if any(name in given for name in ACHIEVED) else _limits(given)
    return _paid(amount, factors, counted, less, limits)


def _factor(name: str, written: Any) -> Decimal:
    """A factor as it is written; percentages are shares."""
    if isinstance(written, list | Mapping | bool):
        raise NotRunnable(f"no bonus is read from {name}")
    read = decimal(written)
    percent = re.search(r"pct|percent", name) and not (isinstance(written, str) and written.endswith("%"))
    return read.scaleb(-2) if percent else read


def _achieved(case: Case, given: Mapping[str, Any], name: str) -> Decimal:
    """What an achievement pays of the target: nothing below the threshold, no more than the cap."""
    value = _factor(name, given[name])
    # An achievement of 95 is 95 percent, as are limits of 80 or 150.
    value = value.scaleb(-2) if value > 5 else value
    low = next((share_of(given[key]) for key in ("threshold", "min", "minimum") if key in given), None)
    high = next((share_of(given[key]) for key in ("cap", "max", "maximum") if key in given), Decimal(1000))
    first = Decimal(0) if low is None else low
    return earned(points_curve((first, first), (high, high), **({} if low is None else {"below": 0})), [value])[0]


def share_of(written: Any) -> Decimal:
    read = decimal(written)
    return read.scaleb(-2) if read > 5 else read


def _limits(given: Mapping[str, Any]) -> dict[str, int]:
    """The least and the most that is paid, in fen."""
    ours = {"cap": "cap", "max": "cap", "maximum": "cap", "floor": "floor", "min": "floor", "minimum": "floor"}
    return {ours[name]: to_fen(number(given[name])) for name in ours if name in given}


def _days(given: Mapping[str, Any]) -> dict[str, int] | None:
    """What was worked and the whole period, in days, weeks or months, under the names they have."""
    worked = next(
        (
            name
            for name in given
            if re.match(
                r"(eligible|worked|employed|service|actual)_|(days|months|weeks)_(worked|employed|eligible|served|in_service)",
                name,
            )
        ),
        None,
    )
    unit = next((unit for unit in ("days", "weeks", "months") if worked and unit in worked), "")
    whole_ = next(
        (
            name
            for name in given
            if worked
            and name != worked
            and re.match(rf"(period|total|year|full|all)_{unit}|{unit}(_in_(year|period))?$", name)
        ),
        None,
    )
    return {worked: whole(given[worked]), whole_: whole(given[whole_])} if worked and whole_ else None


def _dates(given: Mapping[str, Any]) -> tuple[int, ...]:
    """The days in service and of the period, both ends included."""
    first, last = (next((given[name] for name in names if name in given), None) for names in DATES)
    begins, ends = given.get("period_start"), given.get("period_end")
    if begins is None or ends is None or (first is None and last is None):
        return ()
    period = Period(date.fromisoformat(begins), date.fromisoformat(ends) + timedelta(days=1), "dates")
    own = Period(
        max(period.start, date.fromisoformat(first or begins)),
        min(period.end, date.fromisoformat(last or ends) + timedelta(days=1)),
        "dates",
    )
    return own.days, period.days


def _by_tier(given: Mapping[str, Any], base: Any) -> str:
    """Base times the coefficient of a grade, or of the tier that a score reaches."""
    if "grade" in given:
        return _paid(base, [decimal(given["coefficients"][given["grade"]])], (), [], _limits(given))
    levels = [
        level(name, min_score=given["thresholds"].get(name), coefficient=factor)
        for name, factor in given["coefficients"].items()
    ]
    made = scheme(tiers=by_score(*levels), bonus=coefficient_bonus(), decimals=6)
    (paid,) = yuan(appraise(made, people(1, bonus_base=[Decimal(base)]), table(a=[number(given["score"])])))
    return paid


def _pooled(case: Case) -> dict[str, Any]:
    """A pool by a scheme: everybody's base times every other figure given of them, in proportion to the days."""
    given = case.inputs
    listed = {name: listing(each) for name, each in given.items() if isinstance(each, list | dict)}
    names = next((names for names, _ in listed.values() if names), None)
    columns = {name: numbers(each) for name, (_, each) in listed.items() if name not in ("names", "people")}
    days = columns.pop("eligible_days", None)
    if not columns or len({len(column) for column in columns.values()}) > 1 or len(columns) > len(IDS):
        raise NotRunnable(f"a pool's claims are not read from {', '.join(given)}")
    count = len(next(iter(columns.values())))
    values = dict(zip(IDS, columns.values(), strict=False))
    formula = " * ".join(f'value("{key}")' for key in values)
    made = scheme(
        measured=[measured(key) for key in values],
        bonus=pool_bonus(to_fen(number(given["pool"])), formula, prorate="days" if days else "none", **_limits(given)),
    )
    staff = people(count, days and [whole(each) for each in days], whole(given.get("period_days", 1)))
    shares = yuan(appraise(made, staff, table(**{**values, "a": [1] * count})))
    figures = dict.fromkeys(("shares", "bonuses", *FIGURES), Named(shares, names or given.get("names")))
    claims = " * ".join(values)
    records = [
        dict(zip(("pool", *values), (number(given["pool"]), *row), strict=True))
        for row in zip(*values.values(), strict=True)
    ]
    unit = computed(f"maximum(pool) / sum({claims})", records)
    return {**figures, **dict.fromkeys(("unit_value", "point_value", "per_point", "per_unit"), unit)}


def _paid(
    base: Any, factors: Sequence[Any], days: tuple[int, ...], less: Sequence[Any], limits: Mapping[str, int]
) -> str:
    """A scheme whose bonus is the base times every factor named, in proportion to the days where there are days."""
    formula = " * ".join(["bonus_base", *(f"{Decimal(each):f}" for each in factors)])
    formula = " - ".join([formula, *(f"{Decimal(each):f}" for each in less)])
    worked, whole_ = days or (1, 1)
    made = scheme(bonus=coefficient_bonus(formula, prorate="days" if days else "none", **limits))
    (paid,) = yuan(appraise(made, people(1, [worked], whole_, bonus_base=[Decimal(base)]), table(a=[1])))
    return paid
