"""Commission by rate tables: marginal, whole or interpolated; each record by itself, or on top of those before."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from tests.oracles.case import Case, NotRunnable
from tests.oracles.language import computed, of_values

from kaohe.appraise import rates
from kaohe.precise import rounded
from kaohe.scheme.model import RateTable

Mode = Literal["marginal", "whole", "interpolated"]
# The first that is said decides; a table that says nothing is marginal.
MODES: Mapping[str, Mode] = {
    r"marginal|graduated|step rate|超额累进|每段": "marginal",
    r"interpolat|插值": "interpolated",
    r"not split|flat|whole|retroactive|全额|首元": "whole",
}
SINGLE = ("amount", "sales", "revenue", "actual")
MANY = ("amounts", "base", "cycles", "transactions")


def run(case: Case) -> dict[str, Any]:
    given = case.inputs
    if not {"tiers", "brackets", "bands"} & set(given):
        return _intervals(case)
    table = _table(case)
    if "attained_before" in given:
        return _on_top(table, given["attained_before"], given["deal"])
    for name in SINGLE:
        if name in given and not isinstance(given[name], list):
            return _single(case, table, given[name])
    for name in ("cumulative", "ytd", "year_to_date"):
        if name in given:
            paid = [rates.earned(table, before) for before in (0, *given[name][:-1])]
            due = zip(given[name], paid, strict=True)
            return dict.fromkeys(("pay", "each"), tuple(rates.year_to_date(table, *each) for each in due))
    for name in MANY:
        if name in given:
            return _many(case, table, given[name])
    raise NotRunnable(f"no commission is read from {', '.join(given)}")


def _single(case: Case, table: RateTable, amount: Any) -> dict[str, Any]:
    total = rates.earned(table, amount)
    by_band = [part.earned for part in rates.parts(table, amount)] if table.mode == "marginal" else [total]
    figures = {
        **dict.fromkeys(("total", "commission", "pay"), total),
        **dict.fromkeys(("bands", "parts"), by_band),
        "rate": rates.rate_at(table, amount),
        "effective_rate": _effective(total, amount),
    }
    if table.mode == "marginal":
        figures["quick_deductions"] = rates.deductions(table)
    rows = _rows(case)
    quota = case.inputs.get("quota", rows[1][0] if len(rows) > 1 else None)
    if quota:
        figures["attainment"] = computed("sum(amount) / sum(quota)", [{"amount": amount, "quota": quota}])
    # With accelerators "flat" is the first rate throughout; otherwise the rate of the band reached.
    flat = rows[:1] if "accelerator" in case.title.casefold() else rows
    figures["flat"] = rates.earned(rates.rate_table(flat, "whole"), amount)
    return figures


def _many(case: Case, table: RateTable, listed: Sequence[Any]) -> dict[str, Any]:
    """Each by itself, unless the case says that they add up."""
    said = f"{case.title} {case.inputs.get('accumulation', '')}".casefold()
    add_up = any(word in said for word in ("cumulative", "year to date", "ytd", "grouped"))
    paid = rates.accumulated(table, listed) if add_up else rates.each(table, listed)
    figures: dict[str, Any] = dict.fromkeys(("each", "pay", "result", "commission"), paid)
    figures["total"] = of_values("sum(x)", [rounded(each, 2) for each in paid])
    figures["rate"] = [rates.rate_at(table, each) for each in listed]
    for key in case.expected:
        if wanted := re.fullmatch(r"effective_rate(?:_pct)?(?:_T(\d+)_to_T(\d+))?", key):
            first, last = (int(wanted[1]), int(wanted[2])) if wanted[1] else (1, len(listed))
            places = range(first - 1, last)
            figures[key] = [_effective(paid[place], listed[place], percent="pct" in key) for place in places]
    return figures


def _on_top(table: RateTable, before: Any, deal: Any) -> dict[str, Any]:
    (paid,) = rates.accumulated(table, [deal], before)
    return {
        **dict.fromkeys(("commission", "pay", "total"), paid),
        **dict.fromkeys(("blended_rate", "effective_rate"), _effective(paid, deal)),
        "parts": [[part.amount, part.rate] for part in rates.parts(table, deal, before)],
    }


def _intervals(case: Case) -> dict[str, Any]:
    """Running totals of intervals, and their attainment of the target of one interval."""
    given = case.inputs
    target = next((given[key] for key in given if key.endswith("target") and not key.startswith("annual")), None)
    figures: dict[str, Any] = {}
    for name, amounts in given.items():
        if isinstance(amounts, list) and target:
            figures[f"{name}_running"] = [of_values("sum(x)", amounts[:count]) for count in range(1, len(amounts) + 1)]
            figures[name] = computed("sum(x) / maximum(t)", [{"x": amount, "t": target} for amount in amounts])
    if not figures:
        raise NotRunnable(f"no commission is read from {', '.join(given)}")
    return figures


def _table(case: Case) -> RateTable:
    said = case.words("mode")
    mode: Mode = next((mode for pattern, mode in MODES.items() if re.search(pattern, said)), "marginal")
    if "mode" in case.inputs and not any(re.search(pattern, said) for pattern in MODES):
        raise NotRunnable(f"the mode {said!r} is not known")
    bands = _bands(case)
    retroactive = [place for place, band in enumerate(bands) if isinstance(band, dict) and band.get("retroactive")]
    return rates.rate_table(_rows(case), mode, retroactive=retroactive)


def _bands(case: Case) -> list[Any]:
    return next(case.inputs[key] for key in ("tiers", "brackets", "bands") if key in case.inputs)


def _rows(case: Case) -> list[Any]:
    """Bands as (from, rate) or (from, rate, rate at the end): with or without upper bounds, rates also as percent."""
    rows: list[Any] = []
    for band in _bands(case):
        if isinstance(band, dict):
            ends = [_rate(band["rate_to"])] if "rate_to" in band else []
            rows.append((band["lower"], _rate(band["rate"]), *ends))
        else:
            rows.append((band[0], _rate(band[-1])))
    return rows


def _rate(written: Any) -> Decimal:
    text = str(written)
    return Decimal(text[:-1]).scaleb(-2) if text.endswith("%") else Decimal(text)


def _effective(paid: Fraction, amount: Any, *, percent: bool = False) -> Fraction | None:
    text = "sum(paid) / sum(amount) * 100" if percent else "sum(paid) / sum(amount)"
    return computed(text, [{"paid": rounded(paid, 6), "amount": amount}])
