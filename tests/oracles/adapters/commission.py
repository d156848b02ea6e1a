"""Commission by rate tables: marginal, whole or interpolated; each record by itself, or on top of those before."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.oracles.adapters.apportionment import money
from tests.oracles.adapters.bands import RATES, band_rows, has_bands, of_attainment, rate_of, rate_table
from tests.oracles.case import Case, Named, NotRunnable
from tests.oracles.language import computed, of_values
from tests.oracles.reading import listing, number, numbers

from kaohe.appraise import rates
from kaohe.appraise.settlement import settle
from kaohe.exact import to_fen
from kaohe.precise import rounded
from kaohe.scheme.model import RateTable

SINGLE = ("amount", "sales", "revenue", "actual", "units", "quantity", "deal", "income", "taxable", "achievement")
MANY = ("amounts", "base", "cycles", "transactions", "deals", "records", "months", "sales", "orders")
SO_FAR = ("cumulative", "ytd", "year_to_date", "ytd_sales", "cumulative_sales")
PERIODS = ("quarters", "periods")
TOTALS = ("total", "commission", "pay", "payout", "earned", "result", "tax", "bonus")
QUOTAS = ("quota", "target")


def run(case: Case) -> dict[str, Any]:
    given = case.inputs
    if (adapter := next((each for needs, each in _WITHOUT_BANDS if needs <= set(given)), None)) is not None:
        return adapter(case)
    if "accelerators" in given or ({"quota", "target"} & set(given) and has_bands(case) and of_attainment(case)):
        return _by_attainment(case)
    if not has_bands(case):
        return _at_one_rate(case) if any(name in given for name in RATES) else _intervals(case)
    table = rate_table(case)
    for name in ("attained_before", "before", "ytd_before", "cumulative_before"):
        if name in given:
            return _on_top(table, number(given[name]), number(case.first("deal", "amount", "sales", "this_period")))
    for name in SINGLE:
        if name in given and not isinstance(given[name], list):
            return _single(case, table, number(given[name]))
    for name in SO_FAR:
        if name in given:
            return _year_to_date(table, numbers(given[name]))
    for name in PERIODS:
        if name in given:
            amounts = numbers(given[name])
            running = [of_values("sum(x)", amounts[:count]) for count in range(1, len(amounts) + 1)]
            return _year_to_date(table, running)
    for name in MANY:
        if name in given:
            return _many(case, table, numbers(given[name]))
    if set(case.expected) <= {"quick_deductions", "deductions"}:
        return dict.fromkeys(case.expected, rates.deductions(table))
    raise NotRunnable(f"no commission is read from {', '.join(given)}")


def _year_to_date(table: RateTable, running: Sequence[Any]) -> dict[str, Any]:
    """What is due in each period so that the table of the year's amount so far is paid."""
    owed = rates.each(table, running)
    due = [rates.year_to_date(table, *each) for each in zip(running, (0, *owed[:-1]), strict=True)]
    return {
        **dict.fromkeys(("pay", "each", "due", "result", "commission"), tuple(due)),
        **dict.fromkeys(("cumulative", "running"), tuple(running)),
        **dict.fromkeys(("cumulative_commission", "cumulative_pay"), owed),
        "total": owed[-1],
    }


def _at_one_rate(case: Case) -> dict[str, Any]:
    """One rate of everything, or of what is above a threshold; a base beside it; shared where it is split."""
    given = case.inputs
    threshold = case.first("threshold", "quota", "base_amount")
    (key, rate), low = (
        next((name, rate_of(given[name], name)) for name in RATES if name in given),
        number(threshold or 0),
    )
    table = rates.rate_table([(0, 0), (low, rate)] if low else [(0, rate)])
    if {"revenue", "cost"} <= set(given):
        amount = computed("sum(revenue) - sum(cost)", [{name: number(given[name]) for name in ("revenue", "cost")}])
    else:
        amount = next((number(given[name]) for name in SINGLE if name in given and name != key), None)
    if amount is None:
        raise NotRunnable(f"no commission is read from {', '.join(given)}")
    earned = _within(case, rates.earned(table, amount))
    figures: dict[str, Any] = {**dict.fromkeys(TOTALS, earned), "margin": amount, "rate": rate}
    base = case.first("base_salary", "salary", "base", "fixed")
    if base is not None:
        parts = [{"base": number(base), "earned": rounded(earned, 2)}]
        figures |= dict.fromkeys(("total", "total_pay", "gross"), computed("sum(base) + sum(earned)", parts))
    for name in ("split", "splits", "shares"):
        if name in given:
            names, ratios = listing(given[name])
            fen = money([number(each) for each in ratios], to_fen(earned))
            figures |= dict.fromkeys(
                ("shares", "split", "each"), Named((Decimal(each).scaleb(-2) for each in fen), names)
            )
    return figures


def _within(case: Case, earned: Fraction) -> Fraction:
    """Not above the cap, not below the floor that the case names."""
    for keys, function in ((("cap", "max", "maximum"), "min"), (("floor", "minimum", "guarantee", "min"), "max")):
        limit = case.first(*keys)
        if limit is not None:
            record = [{"x": rounded(earned, 6), "limit": number(limit)}]
            earned = computed(f"{function}(sum(x), sum(limit))", record) or earned
    return earned


def _by_attainment(case: Case) -> dict[str, Any]:
    """Bands in shares of the quota: what the table gives for the attainment, times the quota or the amount."""
    quota = number(case.first(*QUOTAS))
    amount = next((number(case.inputs[name]) for name in SINGLE if name in case.inputs), None)
    if amount is None:
        raise NotRunnable(f"no commission is read from {', '.join(case.inputs)}")
    table = rate_table(case)
    attainment = computed("sum(amount) / sum(quota)", [{"amount": amount, "quota": quota}]) or Fraction(0)
    rate = rates.rate_at(table, attainment)
    if table.mode == "marginal":
        record = [{"share": rates.earned(table, attainment), "quota": quota}]
        earned = computed("sum(share) * sum(quota)", record)
    else:
        earned = computed("sum(rate) * sum(amount)", [{"rate": rate, "amount": amount}])
    shown = {"attainment": attainment, "rate": rate}
    return {**dict.fromkeys(TOTALS, _within(case, earned or Fraction(0))), **shown}


def _drawn(case: Case) -> dict[str, Any]:
    """A recoverable draw: at least so much is paid, and what has not been earned of it is owed."""
    draw, owed = (
        to_fen(number(case.inputs["draw"])),
        to_fen(number(case.first("balance", "opening_balance", default=0))),
    )
    if re.search(r"non-?\s?recoverable|guarantee", case.said("type", "kind", "draw_type")):
        raise NotRunnable("a draw that is not recovered is a floor of the bonus: draws are recoverable here")
    paid, balances = [], []
    written = case.first("earned", "commission", "commissions")
    several = isinstance(written, list)
    for earned in written if several else [written]:
        settled = settle(to_fen(number(earned)), -owed, draw=draw)
        owed = -settled.carried
        paid.append(Decimal(settled.paid).scaleb(-2))
        balances.append(Decimal(owed).scaleb(-2))
    # What is paid beside a draw that was paid before.
    beside = [computed("sum(p) - sum(d)", [{"p": each, "d": Decimal(draw).scaleb(-2)}]) for each in paid]
    figures = {
        ("pay", "payout", "total_paid"): paid,
        ("balance", "owed", "carried"): balances,
        ("paid", "excess"): beside,
    }
    return {key: column if several else column[0] for keys, column in figures.items() for key in keys}


def _clawed_back(case: Case) -> dict[str, Any]:
    share = case.first("clawback_pct", "pct", "clawback_rate")
    record = [{"paid": number(case.inputs["paid"]), "share": rate_of(share, "pct")}]
    return {
        **dict.fromkeys(("clawback", "recovered", "result"), computed("sum(paid) * sum(share)", record)),
        **dict.fromkeys(("net", "kept"), computed("sum(paid) - sum(paid) * sum(share)", record)),
    }


def _single(case: Case, table: RateTable, amount: Any) -> dict[str, Any]:
    total = _within(case, rates.earned(table, amount))
    by_band = [part.earned for part in rates.parts(table, amount)] if table.mode == "marginal" else [total]
    figures = {
        **dict.fromkeys(TOTALS, total),
        **dict.fromkeys(("bands", "parts", "by_band"), by_band),
        **dict.fromkeys(("rate", "marginal_rate"), rates.rate_at(table, amount)),
        "effective_rate": _effective(total, amount),
    }
    if table.mode == "marginal":
        figures["quick_deductions"] = rates.deductions(table)
        figures["quick_deduction"] = rates.deductions(table)[rates.band_of(table, amount)]
    rows = band_rows(case)
    quota = case.first("quota", "target", default=rows[1][0] if len(rows) > 1 else None)
    if quota is not None and number(quota):
        figures["attainment"] = computed("sum(amount) / sum(quota)", [{"amount": amount, "quota": number(quota)}])
    for key in {"marginal", "whole", "retroactive"} & set(case.expected):
        figures[key] = rates.earned(rates.rate_table(rows, "marginal" if key == "marginal" else "whole"), amount)
    # With accelerators "flat" is the first rate throughout; otherwise the rate of the band reached.
    flat = rows[:1] if "accelerator" in case.title.casefold() else rows
    figures["flat"] = rates.earned(rates.rate_table(flat, "whole"), amount)
    return figures


def _many(case: Case, table: RateTable, listed: Sequence[Any]) -> dict[str, Any]:
    """Each by itself, unless the case says that they add up."""
    said = f"{case.title} {case.inputs.get('accumulation', '')}".casefold()
    add_up = any(word in said for word in ("cumulative", "year to date", "ytd", "grouped"))
    paid = rates.accumulated(table, listed) if add_up else rates.each(table, listed)
    figures: dict[str, Any] = dict.fromkeys(("each", "pay", "result", "commission", "commissions", "payouts"), paid)
    figures["total"] = of_values("sum(x)", [rounded(each, 2) for each in paid])
    if table.mode == "marginal":
        figures["quick_deductions"] = rates.deductions(table)
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
    target = next(
        (number(given[key]) for key in given if key.endswith("target") and not key.startswith("annual")), None
    )
    figures: dict[str, Any] = {}
    for name, listed in given.items():
        if isinstance(listed, list) and target:
            amounts = numbers(listed)
            figures[f"{name}_running"] = [of_values("sum(x)", amounts[:count]) for count in range(1, len(amounts) + 1)]
            figures[name] = computed("sum(x) / maximum(t)", [{"x": amount, "t": target} for amount in amounts])
    if not figures:
        raise NotRunnable(f"no commission is read from {', '.join(given)}")
    return figures


def _effective(paid: Fraction, amount: Any, *, percent: bool = False) -> Fraction | None:
    text = "sum(paid) / sum(amount) * 100" if percent else "sum(paid) / sum(amount)"
    return computed(text, [{"paid": rounded(paid, 6), "amount": amount}])


_WITHOUT_BANDS = (
    ({"draw"}, _drawn),
    ({"paid", "clawback_pct"}, _clawed_back),
    ({"paid", "clawback_rate"}, _clawed_back),
)
