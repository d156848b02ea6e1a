"""Bonuses: pools by coefficient, proration by days, a base times coefficients."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
from tests.oracles.case import Case, NotRunnable
from tests.unit.appraise.builder import coefficient_bonus, people, scheme, table, yuan

from kaohe.appraise import appraise
from kaohe.appraise.columns import proportions
from kaohe.appraise.pool import split
from kaohe.exact import to_fen

BASES = ("salary", "full", "base", "base_salary", "amount")
DAYS = ("eligible_days", "period_days")


def run(case: Case) -> dict[str, Any]:
    given = case.inputs
    if "pool" in given:
        return {"shares": shares(given["pool"], _claims(case), given.get("floor"), given.get("cap"))}
    base = next((name for name in BASES if name in given), None)
    factors = [each for name, each in given.items() if name not in (base, *DAYS)]
    if base is None or not all(isinstance(each, int | Decimal) for each in factors):
        raise NotRunnable(f"no bonus is read from {', '.join(given)}")
    return dict.fromkeys(("bonus", "pay", "amount"), _paid(case, given[base], factors))


def shares(pool: Any, claims: Sequence[Any], floor: Any = None, cap: Any = None) -> list[str]:
    """A pool in yuan over claims, as amounts with two decimals; a claim of zero takes no part."""
    claiming = [place for place, claim in enumerate(claims) if claim]
    limits = (None if limit is None else to_fen(limit) for limit in (floor, cap))
    parts = split(np.array(proportions([Decimal(claims[place]) for place in claiming]), object), to_fen(pool), *limits)
    paid = dict(zip(claiming, parts.parts.tolist(), strict=True))
    return [f"{Decimal(paid.get(place, 0)).scaleb(-2):.2f}" for place in range(len(claims))]


def _claims(case: Case) -> Sequence[Any]:
    for key in ("coefficients", "claims", "weights", "ratios"):
        if key in case.inputs:
            return list(case.inputs[key].values()) if isinstance(case.inputs[key], dict) else case.inputs[key]
    raise NotRunnable(f"a pool's claims are not read from {', '.join(case.inputs)}")


def _paid(case: Case, base: Any, factors: Sequence[Any]) -> str:
    """A scheme whose bonus is the base times every factor named, in proportion to the days where there are days."""
    given = case.inputs
    formula = " * ".join(["bonus_base", *(f"{Decimal(each):f}" for each in factors)])
    by_days = set(DAYS) <= set(given)
    days = (given["eligible_days"], given["period_days"]) if by_days else (1, 1)
    made = scheme(bonus=coefficient_bonus(formula, prorate="days" if by_days else "none"))
    (paid,) = yuan(appraise(made, people(1, [days[0]], days[1], bonus_base=[Decimal(base)]), table(a=[1])))
    return paid
