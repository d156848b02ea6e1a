"""The funnel by hand: every value, point, rank, tier and bonus from the rows of the two files; no kaohe code."""

from __future__ import annotations

import csv
from datetime import date
from fractions import Fraction
from typing import Any

from tests.scenarios.by_hand import half_up, mean, on_lines, ranks, share, tiers_by_seat, weighted
from tests.scenarios.desk import source

DATA = source("olist_marketing_funnel")
LEADS_FILE = DATA / "olist_marketing_qualified_leads_dataset.csv"
DEALS_FILE = DATA / "olist_closed_deals_dataset.csv"
QUARTERS = ("2017-Q4", "2018-Q1", "2018-Q2", "2018-Q3", "2018-Q4")
SCOUT = Fraction("0.3")


def rows_of(path: Any) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return [*csv.DictReader(file)]


LEADS = {row["mql_id"]: row for row in rows_of(LEADS_FILE)}
DEALS = rows_of(DEALS_FILE)
PEOPLE = {deal[role] for deal in DEALS for role in ("sr_id", "sdr_id")}
CHANNELS = sorted({lead["origin"] for lead in LEADS.values()} - {""})


def contacted(deal: dict[str, str]) -> date:
    return date.fromisoformat(LEADS[deal["mql_id"]]["first_contact_date"])


def won(deal: dict[str, str]) -> date:
    return date.fromisoformat(deal["won_date"][:10])


BACKWARDS = [deal for deal in DEALS if won(deal) < contacted(deal)]
SOUND = [deal for deal in DEALS if deal not in BACKWARDS]


def quarter_of(day: date) -> str:
    return f"{day.year}-Q{(day.month + 2) // 3}"


def revenue(deal: dict[str, str]) -> Fraction:
    return Fraction(deal["declared_monthly_revenue"])


def figures(quarter: str, code: str) -> dict[str, Any]:
    """A person's values, samples, points and total. Seven tenths of a deal are who signed it, three who scouted it.

    A deal that the person both scouted and signed is in the sample twice, once for each share.
    """
    deals = [deal for deal in SOUND if quarter_of(won(deal)) == quarter]
    signed = [deal for deal in deals if deal["sr_id"] == code]
    scouted = [deal for deal in deals if deal["sdr_id"] == code]
    parts = [(1 - SCOUT, deal) for deal in signed] + [(SCOUT, deal) for deal in scouted]
    values = {
        "signed_deals": Fraction(sum(part for part, _deal in parts)),
        "investment.signed_amount": Fraction(sum(part * revenue(deal) for part, deal in parts)),
        "days_to_sign": mean([(won(deal) - contacted(deal)).days for deal in signed]),
    }
    points = {
        "signed_deals": min(Fraction(150), half_up(values["signed_deals"] * 10)),
        "investment.signed_amount": min(Fraction(120), half_up(values["investment.signed_amount"] / 500)),
        "days_to_sign": None
        if len(signed) < 3
        else on_lines(values["days_to_sign"], [("3", "120"), ("14", "100"), ("60", "40"), ("180", "0")]),
    }
    both = half_up(weighted([(75, points["signed_deals"]), (25, points["investment.signed_amount"])]))
    base = weighted([(80, both), (20, points["days_to_sign"])])
    return {
        "values": values,
        "samples": {
            "signed_deals": len(parts),
            "investment.signed_amount": sum(revenue(deal) > 0 for _part, deal in parts),
            "days_to_sign": len(signed),
        },
        "points": points,
        "scouted": len(scouted),
        "rate": share(len(signed), len(signed)) if len(signed) >= 3 else None,
        "total": half_up(base + min(Fraction(4), Fraction(len(scouted), 5)), 2) if parts else None,
    }


def by_band(deals: Fraction) -> Fraction:
    """Each deal at the rate of its band."""
    return min(deals, 5) * 40 + max(0, min(deals, 20) - 5) * Fraction("60.5") + max(0, deals - 20) * 80


def standing(quarter: str) -> dict[str, dict[str, Any]]:
    """Everybody's figures with rank, tier and bonus in fen; who signed nothing has none."""
    everybody = {code: figures(quarter, code) for code in sorted(PEOPLE)}
    graded = {code: one for code, one in everybody.items() if one["total"] is not None}
    keys = {code: (one["total"], one["values"]["signed_deals"]) for code, one in graded.items()}
    seats = tiers_by_seat(keys, {"A": "0.2", "B": "0.6", "C": "0.2"}, "promote")
    for code, rank in ranks(keys).items():
        one = graded[code]
        if len(graded) >= 10:
            tier = "B" if seats[code] == "A" and one["total"] < 90 else seats[code]
        else:
            tier = "A" if one["total"] >= 90 else "B"
        factor = {"A": Fraction("1.2"), "B": Fraction(1), "C": Fraction("0.8")}[tier]
        earned = half_up(by_band(one["values"]["signed_deals"]) * factor, 2)
        one |= {"rank": rank, "tier": tier, "bonus": min(int(earned * 100), 4000_00)}
    return everybody


def channel_figures(month: str) -> dict[str, dict[str, Any]]:
    """Channel → leads first contacted in the month, those signed at any time, and the percentile among channels."""
    signed = {deal["mql_id"] for deal in SOUND}
    found: dict[str, dict[str, Any]] = {}
    for channel in CHANNELS:
        mine = [
            no for no, lead in LEADS.items() if lead["origin"] == channel and lead["first_contact_date"][:7] == month
        ]
        hits = sum(no in signed for no in mine)
        found[channel] = {"leads": len(mine), "rate": share(hits, len(mine)), "signed": hits}
    rates = {channel: one["rate"] for channel, one in found.items() if one["leads"] >= 10}
    for channel, rate in rates.items():
        below = sum(other < rate for other in rates.values())
        equal = sum(other == rate for other in rates.values())
        place = below + Fraction(equal - 1, 2)
        alike = len(set(rates.values())) == 1
        points = Fraction(60) if alike else half_up(100 * place / (len(rates) - 1))
        better = {other for other in rates.values() if other > rate}
        found[channel] |= {"points": points, "total": half_up(points, 2), "rank": 1 + len(better)}
    return found
