"""Seats and money in whole parts by largest remainder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from tests.oracles.case import Case, NotRunnable

from kaohe.appraise.apportion import apportion
from kaohe.appraise.columns import proportions
from kaohe.appraise.pool import split


def run(case: Case) -> dict[str, Any]:
    given = case.inputs
    method = str(given.get("method", "largest remainder")).casefold()
    if not any(word in method for word in ("largest", "remainder", "hamilton", "hare")):
        raise NotRunnable(f"the method {method!r} is not ours")
    if "ratios" in given:
        ratios = given["ratios"]
        if isinstance(ratios, Mapping):
            return {"shares": dict(zip(ratios, money(list(ratios.values()), given["amount_minor"]), strict=True))}
        return {"shares": money(ratios, given["amount_minor"])}
    weights = given["weights"]
    named = isinstance(weights, Mapping)
    result = apportion(list(weights.values()) if named else weights, given["seats"])

    def as_published(key: str, figures: Any) -> Any:
        by_name = named and isinstance(case.expected.get(key), Mapping)
        return dict(zip(weights, figures, strict=True)) if by_name else figures

    return {
        "seats": as_published("seats", result.parts),
        "quota": as_published("quota", result.quotas),
        "tie": result.tie,
    }


def money(ratios: Sequence[Any], minor: int) -> list[int]:
    """A pool over claims; a claim of zero takes no part in it."""
    claiming = [place for place, ratio in enumerate(ratios) if ratio]
    claims = np.array(proportions([ratios[place] for place in claiming]), object)
    shares = dict(zip(claiming, split(claims, minor).parts.tolist(), strict=True))
    return [shares.get(place, 0) for place in range(len(ratios))]
