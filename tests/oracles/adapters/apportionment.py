"""Seats and money in whole parts: by largest remainder, or by the divisor method that a case names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
from tests.oracles.case import Case, Named, NotRunnable
from tests.oracles.language import computed
from tests.oracles.reading import listing, number, whole
from tests.unit.appraise.builder import level

from kaohe.appraise.apportion import Apportionment, apportion
from kaohe.appraise.columns import proportions
from kaohe.appraise.divisors import DivisorMethod, by_divisors, by_droop_quota
from kaohe.appraise.pool import split
from kaohe.appraise.quota import seats as seats_of_tiers
from kaohe.exact import to_fen
from kaohe.precise import exact_row

WEIGHTS = ("weights", "ratios", "votes", "populations", "population", "claims", "points", "coefficients", "percent")
SEATS = ("seats", "house_size", "total_seats", "seats_total", "n_seats", "house", "places", "headcount")
MINOR = ("amount_minor", "amount_cents", "cents", "fen", "pool_fen", "total_minor")
MONEY = ("amount", "pool", "total")
MINIMUM = ("minimum", "minimum_seats", "min_seats", "at_least", "min")
METHODS: Mapping[str, DivisorMethod | None] = {
    r"jefferson|d.?hondt|greatest divisors": "jefferson",
    r"webster|sainte|major fractions": "webster",
    r"hill|huntington|equal proportions": "hill",
    r"adams|smallest divisors": "adams",
    r"\bdean\b|harmonic": "dean",
    r"largest|remainder|hamilton|hare|vinton|quota|最大余": None,
}


def run(case: Case) -> dict[str, Any]:
    names, weights = _weights(case)
    for keys, fen, shown in ((MINOR, whole, int), (MONEY, lambda each: to_fen(number(each)), _yuan)):
        written = case.first(*keys)
        if written is not None and case.first(*SEATS) is None:
            # Equal remainders go to the earlier one; to the later one where the case says so.
            step = -1 if re.search(r"later|last", str(case.first("tie_break", "ties", default=""))) else 1
            figures = Named(map(shown, money(weights[::step], fen(written))[::step]), names)
            return dict.fromkeys(("shares", "parts", "result", "allocation", "amounts"), figures)
    total = case.first(*SEATS)
    if total is None:
        raise NotRunnable("the case gives no 'seats'")
    result = _seats(case, exact_row(weights), whole(total))
    divisor = computed("sum(weight) / maximum(seats)", [{"weight": each, "seats": whole(total)} for each in weights])
    figures = {
        ("seats", "parts", "shares", "result", "allocation", "counts"): result.parts,
        ("quota", "quotas", "standard_quota", "standard_quotas"): result.quotas,
        ("lower_quota", "lower_quotas", "initial", "floors"): result.lower,
        ("remainders", "remainder", "fractions"): result.remainders,
    }
    by_name = {key: Named(column, names) for keys, column in figures.items() for key in keys}
    for key in case.expected:
        if key not in by_name and (
            known := [each for pattern, each in METHODS.items() if re.search(pattern, key.casefold())]
        ):
            exactly = exact_row(weights)
            found = by_divisors(exactly, whole(total), known[0]) if known[0] else apportion(exactly, whole(total))
            by_name[key] = Named(found.parts, names)
    return {**by_name, "tie": result.tie, **dict.fromkeys(("standard_divisor", "divisor"), divisor)}


def _weights(case: Case) -> tuple[list[str] | None, list[Any]]:
    listed = next((case.inputs[key] for key in WEIGHTS if isinstance(case.inputs.get(key), list | dict)), None)
    if listed is None:
        equal = case.first("parties", "n", "people", "targets")
        if not isinstance(equal, int):
            raise NotRunnable("the case gives no 'weights'")
        return None, [Decimal(1)] * equal
    names, weights = listing(listed)
    return names, [number(each) for each in weights]


def _seats(case: Case, weights: Sequence[Any], total: int) -> Apportionment:
    said = case.words("quota", "quota_method", "method")
    chosen = _method(case)
    minimum = case.first(*MINIMUM)
    least = 0 if minimum is None else whole(minimum)
    if chosen is not None:
        return by_divisors(weights, total, chosen, least)
    if "droop" in said:
        return by_droop_quota([whole(each) for each in weights], total)
    if least:
        levels = [replace(level(str(place)), at_least=least) for place in range(len(weights))]
        shares = [Decimal(each) for each in proportions(weights)]
        even = apportion(weights, total)
        return Apportionment(tuple(seats_of_tiers(levels, total, shares)), even.quotas, even.tie)
    return apportion(weights, total)


def _method(case: Case) -> DivisorMethod | None:
    """The method that the case names, or its title; largest remainder where neither does."""
    said = case.words("method").replace("’", "'")
    for pattern, method in METHODS.items():
        if re.search(pattern, said):
            return method
    if "method" in case.inputs:
        raise NotRunnable(f"the method {said!r} is not ours")
    return None


def money(ratios: Sequence[Any], minor: int) -> list[int]:
    """A pool over claims; a claim of zero takes no part in it."""
    claiming = [place for place, ratio in enumerate(ratios) if ratio]
    claims = np.array(proportions(exact_row(ratios[place] for place in claiming)), object)
    shares = dict(zip(claiming, split(claims, minor).parts.tolist(), strict=True))
    return [shares.get(place, 0) for place in range(len(ratios))]


def _yuan(fen: int) -> Decimal:
    return Decimal(fen).scaleb(-2)
