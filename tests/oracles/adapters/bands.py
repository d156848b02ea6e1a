"""Bands of rates as cases write them, as the product's rate tables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

from tests.oracles.case import Case, NotRunnable
from tests.oracles.language import computed
from tests.oracles.reading import decimal

from kaohe.appraise import rates
from kaohe.scheme.model import RateTable

Mode = Literal["marginal", "whole", "interpolated"]
# The first that is said decides; a table that says nothing is marginal.
MODES: Mapping[str, Mode] = {
    r"marginal|graduated|step rate|超额累进|每段|incremental|progressive|bracket": "marginal",
    r"interpolat|插值": "interpolated",
    r"not split|flat|whole|retroactive|全额|首元|first.dollar|cliff|entire": "whole",
}
TABLES = ("tiers", "brackets", "bands", "rate_table", "schedule", "scale")
LOWER = (
    "lower",
    "from",
    "min",
    "start",
    "over",
    "above",
    "threshold",
    "floor",
    "low",
    "at",
    "attainment",
    "from_pct",
    "lower_pct",
    "min_pct",
)
UPPER = ("upper", "to", "max", "up_to", "upto", "end", "high", "to_pct", "upper_pct", "max_pct")
RATES = (
    "rate",
    "rate_pct",
    "pct",
    "percent",
    "commission_rate",
    "commission_pct",
    "multiplier",
    "per_unit",
    "unit_rate",
)
FIXED = ("fixed", "payout", "bonus", "pays", "flat_amount")


def has_bands(case: Case) -> bool:
    return {"thresholds", "rates"} <= set(case.inputs) or any(
        isinstance(case.inputs.get(name), list) for name in TABLES
    )


def of_attainment(case: Case) -> bool:
    """Whether the bands are shares of the quota: written in percent, or all much smaller than the quota."""
    quota = decimal(case.first("quota", "target"))
    lows = [low for low, *_ in band_rows(case)]
    return "accelerators" in case.inputs or (quota > 100 and max(lows) <= 10)


def rate_table(case: Case) -> RateTable:
    said = case.words("mode", "method", "type")
    mode: Mode = next((mode for pattern, mode in MODES.items() if re.search(pattern, said)), "marginal")
    if "mode" in case.inputs and not any(re.search(pattern, said) for pattern in MODES):
        raise NotRunnable(f"the mode {said!r} is not known")
    bands = _bands(case)
    retroactive = [place for place, band in enumerate(bands) if isinstance(band, dict) and band.get("retroactive")]
    counted = case.first("units", "quantity") is not None
    named = FIXED if counted else (*FIXED, "amount")
    fixed = all(isinstance(band, dict) and any(key in band for key in named) for band in bands)
    boundary = _boundary(case)
    if fixed:
        return rates.rate_table(band_rows(case), "whole", "amount", boundary)
    return rates.rate_table(band_rows(case), mode, boundary=boundary, retroactive=retroactive)


def band_rows(case: Case) -> list[Any]:
    """Bands as (from, rate) or (from, rate, rate at the end): with or without upper bounds, rates also as percent."""
    rows: list[Any] = []
    if "accelerators" in case.inputs:
        rows.append((Decimal(0), rate_of(case.first("base_rate", "rate", default=1), "rate")))
    begin = Decimal(0)
    for band in _bands(case):
        if isinstance(band, Mapping):
            row, end = _row(case, band, begin)
        else:
            row, end = (decimal(band[0]), rate_of(band[-1], "rate")), None
        rows.append(row)
        begin = begin if end is None else decimal(end)
    # Where the first band begins above nothing, nothing is given below it.
    return [(Decimal(0), Decimal(0)), *rows] if rows[0][0] > 0 and len(rows[0]) == 2 else rows


def rate_of(written: Any, key: str) -> Decimal:
    """A rate as a share: of ``5%``, and under names such as ``rate_pct`` also of 5."""
    read = decimal(written)
    percent = re.search(r"pct|percent", key) and not (isinstance(written, str) and written.endswith("%"))
    return read.scaleb(-2) if percent else read


def _row(case: Case, band: Mapping[str, Any], begin: Decimal) -> tuple[tuple[Decimal, ...], Any]:
    """One band, and its upper bound: it begins where the band before it ends unless it says where."""
    low = next((rate_of(band[key], key) for key in LOWER if band.get(key) is not None), begin)
    end = next((rate_of(band[key], key) for key in UPPER if band.get(key) is not None), None)
    key = next((each for each in (*RATES, *FIXED, "amount", "value") if each in band), None)
    if key is None:
        raise NotRunnable(f"no rate is read from {', '.join(band)}")
    value = rate_of(band[key], key)
    if key == "multiplier":
        base = rate_of(case.first("base_rate", "rate", default=1), "rate")
        value = decimal(str(_product(base, value)))
    ends = [rate_of(band["rate_to"], key)] if "rate_to" in band else []
    return (low, value, *ends), end


def _product(base: Decimal, multiplier: Decimal) -> Decimal:
    found = computed("sum(base) * sum(multiplier)", [{"base": base, "multiplier": multiplier}])
    if found is None:
        raise NotRunnable("a multiplier of nothing")
    return Decimal(found.numerator) / Decimal(found.denominator)


def _boundary(case: Case) -> Literal["upper", "lower"]:
    """Which band a bound itself belongs to: the one above it, unless the case says otherwise."""
    said = str(case.first("boundary", "bounds", "inclusive", default="")).casefold()
    return "lower" if re.search(r"^lower$|upper.?(bound)?.?inclusive|^upper$|lower band|含上限", said) else "upper"


def _bands(case: Case) -> list[Any]:
    listed = next(
        (case.inputs[key] for key in ("accelerators", *TABLES) if isinstance(case.inputs.get(key), list)), None
    )
    if not listed and {"thresholds", "rates"} <= set(case.inputs):
        # Bounds and rates in two lists; without a bound of 0 the first rate is from nothing.
        bounds, values = list(case.inputs["thresholds"]), list(case.inputs["rates"])
        listed = [list(row) for row in zip([0] * (len(values) - len(bounds)) + bounds, values, strict=True)]
    if not listed:
        raise NotRunnable("the case gives no bands")
    return list(listed)
