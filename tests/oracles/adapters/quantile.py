"""Percentiles through the expression language, as an indicator computes them: type 7, Excel's PERCENTILE.INC."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.oracles.case import Case, NotRunnable
from tests.oracles.language import of_values

OTHERS = ("disc", ".exc", "exclusive", "nearest", "type 6", "type 8", "weibull")


def run(case: Case) -> dict[str, Any]:
    given = case.inputs
    said = f"{case.title} {given.get('method', '')}".casefold()
    if any(word in said for word in OTHERS):
        raise NotRunnable("percentiles are of type 7 only (docs/conventions.md)")
    return {key: _figure(key, case) for key in case.expected}


def _figure(key: str, case: Case) -> Any:
    """``result`` of values and p, ``a`` of a and pa, ``b_median`` of b, ``p90`` and ``b_p90`` of the ninetieth."""
    given = case.inputs
    values: Sequence[Any]
    if key in given and f"p{key}" in given:
        return _percentiles(given[key], given[f"p{key}"])
    name, _, what = key.rpartition("_")
    values = given[name] if name in given else given.get("values", [])
    if what in ("median", "mean"):
        return of_values(f"{what}(x)", values)
    if hundredths := re.fullmatch(r"p(\d\d?)", what):
        return _percentiles(values, [Decimal(hundredths[1]).scaleb(-2)])[0]
    if "p" not in given:
        raise NotRunnable(f"no function is known for the figure {key!r}")
    asked = given["p"]
    return _percentiles(values, asked) if isinstance(asked, list) else _percentiles(values, [asked])[0]


def _percentiles(values: Sequence[Any], shares: Sequence[Any]) -> list[Fraction | None]:
    return [of_values(f"percentile(x, {Decimal(share):f})", values) for share in shares]
