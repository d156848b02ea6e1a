"""The sales quarter by hand: every value, point, rank and bonus from the rows of the files; no kaohe code."""

from __future__ import annotations

import csv
from datetime import date
from fractions import Fraction
from typing import Any

from tests.scenarios.by_hand import (
    grouped,
    half_up,
    mean,
    on_lines,
    ranks,
    share,
    split,
    tiers_by_seat,
    weighted,
)
from tests.scenarios.desk import source

DATA = source("maven_crm_sales")
QUARTERS = ("2017-Q1", "2017-Q2", "2017-Q3", "2017-Q4")
SHARES = {"A": "0.25", "B": "0.60", "C": "0.15"}
COEFFICIENTS = {"A": Fraction("1.5"), "B": Fraction(1), "C": Fraction("0.4")}
POOL, CAP = 10_000_001, 800_000


def rows_of(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(newline="") as file:
        return [*csv.DictReader(file)]


AGENTS = {row["sales_agent"]: row for row in rows_of("sales_teams.csv")}
PIPELINE = rows_of("sales_pipeline.csv")


def closed_in(quarter: str, agent: str) -> list[dict[str, str]]:
    months = range(3 * int(quarter[-1]) - 2, 3 * int(quarter[-1]) + 1)
    return [
        row
        for row in PIPELINE
        if row["sales_agent"] == agent
        and row["close_date"]
        and row["close_date"][:4] == quarter[:4]
        and int(row["close_date"][5:7]) in months
    ]


def figures(quarter: str, agent: str) -> dict[str, Any]:
    """An agent's values, points and total in a quarter; no total with data for less than 70 % of the weight."""
    closed = closed_in(quarter, agent)
    won = [row for row in closed if row["deal_stage"] == "Won"]
    rate = share(len(won), len(closed)) if len(closed) >= 5 else None
    amount = Fraction(sum(int(row["close_value"]) for row in won))
    lasted = [(date.fromisoformat(row["close_date"]) - date.fromisoformat(row["engage_date"])).days for row in won]
    days = mean(lasted)
    big = sum(int(row["close_value"]) >= 5000 for row in won)
    points = {
        "crm.conversion_rate": None
        if rate is None
        else on_lines(rate, [("0.45", "0"), ("0.6", "80"), ("0.7", "100"), ("0.85", "120")]),
        "won_amount": min(Fraction(120), half_up(amount / 1000)),
        "days_to_close": None if days is None else 100 + max(-40, min(20, -4 * whole_units(days, 50, 3))),
    }
    dimensions = [(40, points["crm.conversion_rate"]), (40, points["won_amount"]), (20, points["days_to_close"])]
    covered = sum(weight for weight, earned in dimensions if earned is not None)
    base = weighted(dimensions) if covered >= 70 else None
    return {
        "values": {"crm.conversion_rate": rate, "won_amount": amount, "days_to_close": days},
        "samples": {"crm.conversion_rate": len(closed), "won_amount": len(won), "days_to_close": len(won)},
        "points": points,
        "big": big,
        "total": None if base is None else half_up(base + min(Fraction(big, 4), Fraction(3)), 2),
    }


def whole_units(value: Fraction, target: int, unit: int) -> int:
    beyond = Fraction(value) - target
    units = abs(beyond) // unit
    return int(units if beyond >= 0 else -units)


def standing(quarter: str) -> dict[str, dict[str, Any]]:
    """Every agent's figures with office, rank, tier and bonus in fen."""
    everybody = {agent: figures(quarter, agent) for agent in AGENTS}
    graded = {agent: one for agent, one in everybody.items() if one["total"] is not None}
    for members in grouped({agent: AGENTS[agent]["regional_office"] for agent in graded}).values():
        keys = {
            agent: (
                graded[agent]["total"],
                graded[agent]["values"]["crm.conversion_rate"] or 0,
                graded[agent]["values"]["won_amount"],
            )
            for agent in members
        }
        tiers = tiers_by_seat(keys, SHARES)
        for agent, rank in ranks(keys).items():
            rate = graded[agent]["values"]["crm.conversion_rate"]
            held = tiers[agent] == "A" and rate is not None and rate < Fraction("0.55")
            graded[agent] |= {"rank": rank, "seat": tiers[agent], "tier": "B" if held else tiers[agent]}
    claims = {
        agent: graded[agent]["values"]["won_amount"] * Fraction(2, 100) * COEFFICIENTS[graded[agent]["tier"]]
        for agent in sorted(graded)
    }
    for agent, amount in split(POOL, claims, CAP).items():
        graded[agent]["bonus"] = amount
    return everybody
