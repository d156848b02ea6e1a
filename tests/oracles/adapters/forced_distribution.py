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
    if "people" in given or "headcount" in given:
        return _counts(shares, given.get("people", given.get("headcount")), None)
    return {
        people: _counts(shares, int(people), case.expected[people]) for people in case.expected if people.isdecimal()
    }


def _counts(percent: Sequence[Any], people: int, expected: Any) -> Any:
    result = apportion(percent, people)
    levels = [level(str(place), Decimal(part).scaleb(-2)) for place, part in enumerate(percent)]
    counts = {
        "counts": seats(levels, people),
        "seats": seats(levels, people),
        "tie": result.tie,
        "quota": result.quotas,
    }
    return counts["counts"] if isinstance(expected, list) else counts
