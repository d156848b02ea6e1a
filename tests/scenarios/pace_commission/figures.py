"""The month's commission by hand: margin, rate, target bonus, adjustments and cap from the files; no kaohe code.

The source's own query is the policy: charged-back orders count for nothing; the margin of a person's orders together,
rounded half up to two decimals of a per cent, picks one rate for all of the revenue (from included, to not); that
commission is rounded to the cent; so many orders earn the target bonus; adjustments of the month are added; the sum is
held at the cap.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

from tests.scenarios.by_hand import half_up
from tests.scenarios.desk import source

Row = dict[str, str]
DATA = source("pace_commission")

# The payouts that the source published beside its data (commission_preview_by_employee.csv, AndreyLoskutov/Portfolio
# at 1d4954c), before rounding to the cent. One was printed with the dust of binary floats, 826.8897999999999.
PUBLISHED = {
    "1001": Fraction("798.4404"),
    "1002": Fraction("1140.10475"),
    "1003": Fraction("553.3106"),
    "1004": Fraction("826.8898"),
    "1005": Fraction("498.7184"),
    "1006": Fraction("637.8404"),
}


def rows_of(file: Path) -> list[Row]:
    with file.open(newline="", encoding="utf-8") as lines:
        return [*csv.DictReader(lines)]


EMPLOYEES = [row["employee_id"] for row in rows_of(DATA / "employees.csv")]
ORDERS = rows_of(DATA / "orders.csv")
ADJUSTMENTS = rows_of(DATA / "commission_adjustments.csv")
TIERS = rows_of(DATA / "commission_tiers.csv")
(POLICY,) = rows_of(DATA / "commission_policy.csv")


@dataclass(frozen=True)
class Payout:
    """What one person is paid, in dollars, and from what; ``commission`` is not yet rounded."""

    orders: int
    revenue: Fraction
    margin: Fraction
    tier: str
    commission: Fraction
    bonus: Fraction
    adjusted: Fraction
    paid: Fraction


def in_month(day: date) -> bool:
    return date.fromisoformat(POLICY["period_start"]) <= day <= date.fromisoformat(POLICY["period_end"])


def counted(orders: Sequence[Row], code: str) -> list[Row]:
    """A person's orders of the month, without those charged back."""
    return [
        row
        for row in orders
        if row["employee_id"] == code
        and row["is_chargeback"] == "FALSE"
        and in_month(datetime.strptime(row["order_date"], "%m/%d/%Y").date())  # noqa: DTZ007 — a day, no moment
    ]


def tier_of(margin: Fraction) -> tuple[str, Fraction]:
    """Tier and rate; below the first tier there is none, and a rate of zero."""
    for row in TIERS:
        if margin >= Fraction(row["margin_from"]) and (not row["margin_to"] or margin < Fraction(row["margin_to"])):
            return row["tier_id"], Fraction(row["rate_pct"]) / 100
    return "0", Fraction(0)


def payout(code: str, orders: Sequence[Row] = ORDERS, adjustments: Sequence[Row] = ADJUSTMENTS) -> Payout:
    mine = counted(orders, code)
    revenue = sum((Fraction(row["revenue_usd"]) for row in mine), Fraction(0))
    cost = sum((Fraction(row["cost_usd"]) for row in mine), Fraction(0))
    margin = half_up((revenue - cost) / revenue * 100, 2) if revenue else Fraction(0)
    tier, rate = tier_of(margin)
    bonus = Fraction(POLICY["target_bonus"] if len(mine) >= int(POLICY["orders_target"]) else 0)
    granted = [row for row in adjustments if row["employee_id"] == code]
    adjusted = sum(
        (Fraction(row["amount_usd"]) for row in granted if in_month(date.fromisoformat(row["adj_date"]))), Fraction(0)
    )
    paid = min(half_up(revenue * rate, 2) + bonus + adjusted, Fraction(POLICY["payout_cap"]))
    return Payout(len(mine), revenue, margin, tier, revenue * rate, bonus, adjusted, paid)
