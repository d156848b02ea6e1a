"""Seats of tiers by quota, per head-count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from tests.oracles.case import Case, NotRunnable
from tests.unit.appraise.builder import level

from kaohe.appraise.apportion import apportion
from kaohe.appraise.quota import seats


def run(case: Case) -> dict[str, Any]:
    given = case.inputs
    listed = next((given[key] for key in ("percent", "shares", "quota") if key in given), None)
    if listed is None:
        raise NotRunnable(f"quotas are not read from {', '.join(given)}")
    shares = list(listed.values()) if isinstance(listed, Mapping) else listed
    later_first = "later" in str(given.get("tie_break", "")).casefold()

    def of(people: int) -> dict[str, Any]:
        return _reversed(_figures(shares[::-1], people)) if later_first else _figures(shares, people)

    for key in ("people", "headcount", "n"):
        if isinstance(given.get(key), int):
            return of(given[key])
    computed = {people: of(int(people)) for people in case.expected if people.isdecimal()}
    lists = {people for people in computed if isinstance(case.expected[people], list)}
    return {people: figures["counts"] if people in lists else figures for people, figures in computed.items()}


def _figures(percent: Sequence[Any], people: int) -> dict[str, Any]:
    result = apportion(percent, people)
    levels = [level(str(place), Decimal(part).scaleb(-2)) for place, part in enumerate(percent)]
    counts = seats(levels, people)
    return {"counts": counts, "seats": counts, "tie": result.tie, "quota": result.quotas, "raw": result.quotas}


def _reversed(figures: Mapping[str, Any]) -> dict[str, Any]:
    return {key: each[::-1] if isinstance(each, Sequence) else each for key, each in figures.items()}
