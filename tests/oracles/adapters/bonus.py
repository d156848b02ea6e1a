"""Bonuses: pools by coefficient, proration by days, a base times coefficients."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from tests.oracles.case import Case, NotRunnable
from tests.unit.appraise.builder import coefficient_bonus, measured, people, pool_bonus, scheme, table, yuan

from kaohe.appraise import appraise
from kaohe.exact import to_fen

BASES = ("salary", "full", "base", "base_salary", "amount")
IDS = "bcdmn"
DAYS = ("eligible_days", "period_days")


def run(case: Case) -> dict[str, Any]:
    given = case.inputs
    if "pool" in given:
        return dict.fromkeys(("shares", "bonus", "bonuses", "pay"), tuple(_pooled(case)))
    base = next((name for name in BASES if name in given), None)
    factors = [each for name, each in given.items() if name not in (base, *DAYS)]
    if base is None or any(isinstance(each, list | dict) for each in factors):
        raise NotRunnable(f"no bonus is read from {', '.join(given)}")
    return dict.fromkeys(("bonus", "pay", "amount"), _paid(case, given[base], factors))


def _pooled(case: Case) -> list[str]:
    """A pool by a scheme: everybody's base times every other figure given of them, in proportion to the days."""
    given = case.inputs
    columns = {name: _column(each) for name, each in given.items() if isinstance(each, list | dict)}
    days = columns.pop("eligible_days", None)
    if not columns or len({len(column) for column in columns.values()}) > 1 or len(columns) > len(IDS):
        raise NotRunnable(f"a pool's claims are not read from {', '.join(given)}")
    count = len(next(iter(columns.values())))
    values = dict(zip(IDS, columns.values(), strict=False))
    formula = " * ".join(f'value("{key}")' for key in values)
    limits = {name: to_fen(given[name]) for name in ("floor", "cap") if name in given}
    made = scheme(
        measured=[measured(key) for key in values],
        bonus=pool_bonus(to_fen(given["pool"]), formula, prorate="days" if days else "none", **limits),
    )
    staff = people(count, days, given.get("period_days", 1))
    return yuan(appraise(made, staff, table(**{**values, "a": [1] * count})))


def _column(listed: Any) -> list[Any]:
    return list(listed.values()) if isinstance(listed, dict) else listed


def _paid(case: Case, base: Any, factors: Sequence[Any]) -> str:
    """A scheme whose bonus is the base times every factor named, in proportion to the days where there are days."""
    given = case.inputs
    formula = " * ".join(["bonus_base", *(f"{Decimal(each):f}" for each in factors)])
    by_days = set(DAYS) <= set(given)
    days = (given["eligible_days"], given["period_days"]) if by_days else (1, 1)
    made = scheme(bonus=coefficient_bonus(formula, prorate="days" if by_days else "none"))
    (paid,) = yuan(appraise(made, people(1, [days[0]], days[1], bonus_base=[Decimal(base)]), table(a=[1])))
    return paid
