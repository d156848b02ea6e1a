"""Ranks by every way of counting equals, percentile ranks and cumulative shares."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from tests.oracles.case import Case, NotRunnable

from kaohe.appraise.tie_ranks import TieMethod, cumulative_share, excel_percent_rank, percent_rank, tie_ranks
from kaohe.exact import MICRO, to_micros

# Shares are published with up to ten decimals.
FINE = 10**12
METHODS: dict[str, TieMethod] = {
    "rank": "min",
    "min": "min",
    "competition": "min",
    "max": "max",
    "modified": "max",
    "average": "average",
    "mean": "average",
    "dense": "dense",
    "ordinal": "ordinal",
    "row_number": "ordinal",
}


def run(case: Case) -> dict[str, Any]:
    given = case.inputs
    if ".exc" in case.title.casefold():
        raise NotRunnable("percent ranks are PERCENTRANK.INC only (docs/conventions.md)")
    if "probes" in given:
        return {"result": [excel_percent_rank(given["data"], probe) for probe in given["probes"]]}
    descending = "desc" in str(given.get("order", "ascending")).casefold()
    for key in ("departments", "groups"):
        if key in given:
            said = case.title.casefold()
            what = next((name for name in ("percent_rank", "cume_dist", "dense", "ordinal") if name in said), "rank")
            groups = {
                name: [row[-1] if isinstance(row, list) else row for row in rows] for name, rows in given[key].items()
            }
            return {name: _figures(figures, descending)[what] for name, figures in groups.items()}
    values = next((given[key] for key in ("values", "scores", "data") if key in given), None)
    if values is None:
        raise NotRunnable(f"ranks are not read from {', '.join(given)}")
    return _figures(values, descending)


def _figures(values: Sequence[Any], descending: bool) -> dict[str, Any]:
    micros = np.array([to_micros(value) for value in values], np.int64)
    ranks = {name: tie_ranks(micros, method, descending=descending) for name, method in METHODS.items()}
    shares = {
        "percent_rank": percent_rank(micros, descending=descending, unit=FINE),
        "cume_dist": cumulative_share(micros, descending=descending, unit=FINE),
    }
    figures = {name: [Fraction(int(each), MICRO) for each in column] for name, column in ranks.items()}
    return figures | {name: [Fraction(int(each), FINE) for each in column] for name, column in shares.items()}
