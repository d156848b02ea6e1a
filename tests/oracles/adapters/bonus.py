"""Bonuses: pools by coefficient, proration by days, a base times coefficients."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from tests.oracles.case import Case, NotRunnable
from tests.unit.appraise.builder import (
    by_score,
    coefficient_bonus,
    level,
    measured,
    people,
    pool_bonus,
    scheme,
    table,
    yuan,
)

from kaohe.appraise import appraise
from kaohe.exact import to_fen

BASES = ("salary", "full", "base", "base_salary", "amount")
IDS = "bcdmn"


def run(case: Case) -> dict[str, Any]:
    given = case.inputs
    if "pool" in given:
        return dict.fromkeys(("shares", "bonus", "bonuses", "pay"), tuple(_pooled(case)))
    base = next((name for name in BASES if name in given), None)
    if base is None:
        raise NotRunnable(f"no bonus is read from {', '.join(given)}")
    if {"thresholds", "coefficients", "score"} <= set(given):
        return _shown(_by_tier(given, given[base]))
    days = _days(given)
    factors = [each for name, each in given.items() if name not in (base, *(days or ()))]
    if any(isinstance(each, list | dict) for each in factors):
        raise NotRunnable(f"no bonus is read from {', '.join(given)}")
    return _shown(_paid(given[base], factors, (given[days[0]], given[days[1]]) if days else None))


def _shown(paid: str) -> dict[str, Any]:
    return dict.fromkeys(("bonus", "pay", "amount"), paid)


def _days(given: Mapping[str, Any]) -> tuple[str, str] | None:
    """The names of what was worked and of the whole period, in days, weeks or months."""
    worked = next((name for name in given if re.match(r"(eligible|worked|employed)_", name)), None)
    whole = next((name for name in given if re.match(r"(period|total|year)_(days|weeks|months)", name)), None)
    return (worked, whole) if worked and whole else None


def _by_tier(given: Mapping[str, Any], base: Any) -> str:
    """Base times the coefficient of the tier that a score reaches."""
    levels = [
        level(name, min_score=given["thresholds"].get(name), coefficient=factor)
        for name, factor in given["coefficients"].items()
    ]
    made = scheme(tiers=by_score(*levels), bonus=coefficient_bonus(), decimals=6)
    (paid,) = yuan(appraise(made, people(1, bonus_base=[Decimal(base)]), table(a=[given["score"]])))
    return paid


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


def _paid(base: Any, factors: Sequence[Any], days: tuple[int, int] | None) -> str:
    """A scheme whose bonus is the base times every factor named, in proportion to the days where there are days."""
    formula = " * ".join(["bonus_base", *(f"{Decimal(each):f}" for each in factors)])
    worked, whole = days or (1, 1)
    made = scheme(bonus=coefficient_bonus(formula, prorate="days" if days else "none"))
    (paid,) = yuan(appraise(made, people(1, [worked], whole, bonus_base=[Decimal(base)]), table(a=[1])))
    return paid
