"""Subscriptions, churn events and tickets by hand: every value, point, rank, tier and bonus; no kaohe code.

No file names an agent: an account belongs to the owner of its country, and countries make three teams.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from tests.scenarios.by_hand import grouped, half_up, on_lines, percentile, share, weighted
from tests.scenarios.desk import source

DATA = source("ravenstack_saas")
QUARTERS = ("2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4")
TEAMS = {
    "US": "Americas",
    "CA": "Americas",
    "UK": "Europe",
    "DE": "Europe",
    "FR": "Europe",
    "IN": "Asia-Pacific",
    "AU": "Asia-Pacific",
}


def rows_of(name: str) -> list[dict[str, str]]:
    with (DATA / f"ravenstack_{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return [*csv.DictReader(file)]


def day(cell: str) -> date | None:
    return datetime.strptime(cell[:10], "%d-%m-%Y").date() if cell else None  # noqa: DTZ007 - a day


ACCOUNTS = {row["account_id"]: row for row in rows_of("accounts")}
SUBSCRIPTIONS = [
    {**row, "from": day(row["start_date"]), "until": day(row["end_date"])} for row in rows_of("subscriptions")
]
EVENTS = [{**row, "on": day(row["churn_date"])} for row in rows_of("churn_events")]
TICKETS = [{**row, "on": day(row["submitted_at"])} for row in rows_of("supports_ticket")]


def owner(row: dict[str, Any]) -> str:
    return ACCOUNTS[row["account_id"]]["country"]


def bounds(quarter: str) -> tuple[date, date]:
    year, number = int(quarter[:4]), int(quarter[-1])
    end = date(year + 1, 1, 1) if number == 4 else date(year, 3 * number + 1, 1)
    return date(year, 3 * number - 2, 1), end


def there(row: dict[str, Any], on: date) -> bool:
    """Begun before the day, and not ended before it."""
    return row["from"] < on and (row["until"] is None or row["until"] >= on)


def kept(rows: list[dict[str, Any]], start: date, end: date) -> tuple[Fraction | None, int]:
    at_start = [row for row in rows if there(row, start)]
    return share(sum(there(row, end) for row in at_start), len(at_start)), len(at_start)


def money(rows: list[dict[str, Any]]) -> Fraction:
    return Fraction(sum(Fraction(row["mrr_amount"]) for row in rows))


def hours(rows: list[dict[str, Any]], part: Fraction) -> Fraction | None:
    return percentile([Fraction(int(row["first_response_time_minutes"]), 60) for row in rows], part)


def values(quarter: str, code: str) -> dict[str, tuple[Fraction | None, int]]:
    """Indicator → value and records behind it."""
    start, end = bounds(quarter)
    mine = [row for row in SUBSCRIPTIONS if owner(row) == code]
    tickets = [row for row in TICKETS if owner(row) == code and start <= row["on"] < end]
    events = [row for row in EVENTS if owner(row) == code and start <= row["on"] < end]
    at_start = [row for row in mine if there(row, start)]
    stayed = [row for row in at_start if there(row, end)]
    due = [
        row for row in mine if row["billing_frequency"] == "annual" and start <= row["from"] + timedelta(days=365) < end
    ]
    renewed = [row for row in due if row["until"] is None or row["until"] > row["from"] + timedelta(days=365)]
    lost = [row for row in mine if row["until"] and start <= row["until"] < end]
    won = [row for row in mine if start <= row["from"] < end]
    urgent = [row for row in tickets if row["priority"] == "urgent"]
    fintech = [row for row in mine if ACCOUNTS[row["account_id"]]["industry"] == "FinTech"]
    refunds = sum(Fraction(row["refund_amount_usd"]) for row in events)
    reasons = sum(row["reason_code"] != "unknown" for row in events)
    in_time = sum(Fraction(row["resolution_time_hours"]) <= 24 for row in tickets)
    found = {
        "subscriptions.revenue_kept": (half_up(money(stayed) / money(at_start)), len(at_start)),
        "subscriptions.kept": kept(mine, start, end),
        "kept_by_themselves": kept([row for row in mine if row["auto_renew_flag"] == "TRUE"], start, end),
        "subscriptions.renewal_rate": (share(len(renewed), len(due)), len(due)),
        "crm.first_response_time": (hours(tickets, Fraction(1, 2)), len(tickets)),
        "crm.resolution_within": (share(in_time, len(tickets)), len(tickets)),
        "escalation": (share(sum(row["escalation_flag"] == "TRUE" for row in tickets), len(tickets)), len(tickets)),
        "kept_fintech": kept(fintech, start, end),
        "slowest_urgent": (hours(urgent, Fraction(9, 10)), len(urgent)),
        "subscriptions.new_revenue": (money(won), len(won)),
        "subscriptions.lost_revenue": (money(lost), len(lost)),
        "net_revenue": (money(won) - money(lost), 0),
        "subscriptions.ended": (Fraction(len(lost)), len(lost)),
        "subscriptions.reasons_known": (share(reasons, len(events)), len(events)),
        "subscriptions.refunded": (Fraction(refunds), len(events)),
    }
    few = {key: (None, found[key][1]) for key in SEGMENTS if found[key][1] < 5}
    return {**found, **few}


KEPT = [("0.8", "0"), ("0.97", "100"), ("1", "110")]
CURVES = {
    "subscriptions.revenue_kept": KEPT,
    "subscriptions.kept": KEPT,
    "kept_by_themselves": KEPT,
    "subscriptions.renewal_rate": [("0.6", "0"), ("0.95", "100"), ("1", "110")],
    "crm.first_response_time": [("0.5", "120"), ("1.5", "80"), ("3", "0")],
    "crm.resolution_within": [("0.5", "0"), ("0.9", "100"), ("1", "110")],
    "escalation": [("0", "110"), ("0.05", "80"), ("0.15", "0")],
}
LEAST = {"subscriptions.renewal_rate": 3}
SEGMENTS = ("kept_fintech", "slowest_urgent")  # no data of fewer than five records, as the indicators behind them
DIMENSIONS = [
    (5, {"subscriptions.revenue_kept": 3, "subscriptions.kept": 1, "kept_by_themselves": 1}),
    (2, {"subscriptions.renewal_rate": 1}),
    (3, {"crm.first_response_time": 2, "crm.resolution_within": 2, "escalation": 1}),
]


def scored(found: dict[str, tuple[Fraction | None, int]]) -> dict[str, Any]:
    """Points, and the total with the addition for net revenue and the deduction for slow urgent tickets."""
    points = {
        key: on_lines(found[key][0], curve)
        if found[key][0] is not None and found[key][1] >= LEAST.get(key, 5)
        else None
        for key, curve in CURVES.items()
    }
    dimensions = [
        (weight, weighted([(share_of, points[key]) for key, share_of in members.items()]))
        for weight, members in DIMENSIONS
    ]
    base = weighted([(weight, None if earned is None else half_up(earned)) for weight, earned in dimensions])
    added = max(Fraction(-5), min(Fraction(5), half_up(found["net_revenue"][0] / 50000)))
    total = half_up(base + added, 2)
    slowest = found["slowest_urgent"][0]
    return {"points": points, "total": total - (slowest is not None and slowest > Fraction("2.9"))}


def standing(quarter: str) -> dict[str, dict[str, Any]]:
    """Everybody's figures with rank within the team, tier and bonus in fen."""
    everybody: dict[str, dict[str, Any]] = {}
    for code in TEAMS:
        found = values(quarter, code)
        everybody[code] = {"values": found, **scored(found)}
    for members in grouped(TEAMS).values():
        keys = {
            code: (everybody[code]["total"], everybody[code]["values"]["subscriptions.revenue_kept"][0])
            for code in members
        }
        places = sorted(set(keys.values()), reverse=True)
        for code, key in keys.items():
            everybody[code]["rank"] = 1 + places.index(key)
    for one in everybody.values():
        total, found = one["total"], one["values"]
        tier = "A" if total >= 85 else "B" if total >= 70 else "C"
        if tier == "A" and found["escalation"][0] > Fraction("0.08"):
            tier = "B"
        factor = {"A": Fraction("1.3"), "B": Fraction(1), "C": Fraction("0.7")}[tier]
        if (known := found["subscriptions.reasons_known"][0]) is not None and known < Fraction("0.8"):
            factor *= Fraction("0.95")
        bonus = min(int(half_up(found["subscriptions.new_revenue"][0] * factor, 0)), 12000_00)
        one |= {"tier": tier, "bonus": bonus}
    return everybody


def count(rows: list[dict[str, Any]], condition: Callable[[dict[str, Any]], bool]) -> int:
    return sum(map(condition, rows))
