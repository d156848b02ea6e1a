"""7,043 customers by hand: every value, point, rank, tier and bonus from the rows of the sheet; no kaohe code.

No customer has an account manager: here it is the way of paying that has one.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from python_calamine import CalamineWorkbook
from tests.scenarios.by_hand import half_up, mean, on_lines, share, split, weighted
from tests.scenarios.desk import source

WORKBOOK = source("pwc_telco_churn") / "02 Churn-Dataset.xlsx"
OWNERS = {
    "BT": "Bank transfer (automatic)",
    "CC": "Credit card (automatic)",
    "EC": "Electronic check",
    "MC": "Mailed check",
}
CONTRACTS = {"left_monthly": "Month-to-month", "left_one_year": "One year", "left_two_years": "Two year"}


def rows() -> list[dict[str, Any]]:
    listed = CalamineWorkbook.from_path(WORKBOOK).get_sheet_by_index(0).to_python()
    return [dict(zip(listed[0], row, strict=True)) for row in listed[1:]]


CUSTOMERS = rows()


def money(cell: Any) -> Fraction:
    """The decimal that the cell shows, not the binary fraction next to it."""
    return Fraction(str(cell))


def tickets(row: dict[str, Any]) -> int:
    return int(row["numAdminTickets"] + row["numTechTickets"])


def stayed(mine: list[dict[str, Any]]) -> int:
    return sum(row["Churn"] == "No" for row in mine)


def values(code: str) -> dict[str, tuple[Fraction | None, int]]:
    """Indicator → value and records behind it."""
    mine = [row for row in CUSTOMERS if row["PaymentMethod"] == OWNERS[code]]
    monthly = [row for row in mine if row["Contract"] == "Month-to-month"]
    bound = [row for row in mine if row["Contract"] != "Month-to-month"]
    fiber = [row for row in mine if row["InternetService"] == "Fiber optic"]
    bills = [money(row["TotalCharges"]) for row in mine if row["tenure"]]
    kept = [money(row["MonthlyCharges"]) for row in mine if row["Churn"] == "No"]
    lost = {
        key: sum(row["Contract"] == contract and row["Churn"] == "Yes" for row in mine)
        for key, contract in CONTRACTS.items()
    }
    return {
        "crm.retention_rate": (share(stayed(mine), len(mine)), len(mine)),
        "churn_monthly": (share(len(monthly) - stayed(monthly), len(monthly)), len(monthly)),
        "kept_by_contract": (share(stayed(bound), len(bound)), len(bound)),
        "telco.tickets_per_line": (half_up(Fraction(sum(map(tickets, mine)), len(mine))), len(mine)),
        "fiber_without_tickets": (share(sum(not tickets(row) for row in fiber), len(fiber)), len(fiber)),
        "left": (Fraction(len(mine) - stayed(mine)), 0),
        **{key: (Fraction(found), 0) for key, found in lost.items()},
        "telco.revenue_kept": (sum(kept, Fraction()), len(kept)),
        "telco.mean_total": (mean(bills), len(bills)),
    }


def per_unit(value: Fraction) -> Fraction:
    """Three points for each per cent beyond 90, pro rata."""
    return 80 + max(Fraction(-60), min(Fraction(30), half_up((value - Fraction("0.9")) / Fraction("0.01") * 3)))


def scored(found: dict[str, tuple[Fraction | None, int]]) -> dict[str, Any]:
    """Points as the gate leaves them, and the total after the rules."""
    value = {key: one[0] for key, one in found.items()}
    points = {
        "crm.retention_rate": min(Fraction(120), half_up(100 * value["crm.retention_rate"] / Fraction("0.85"))),
        "churn_monthly": max(
            Fraction(),
            min(Fraction(120), half_up(100 * (1 - (value["churn_monthly"] - Fraction("0.35")) / Fraction("0.35")))),
        ),
        "kept_by_contract": per_unit(value["kept_by_contract"]),
        "telco.tickets_per_line": on_lines(value["telco.tickets_per_line"], [("0", "120"), ("1", "60"), ("2", "0")]),
        "fiber_without_tickets": half_up(100 * value["fiber_without_tickets"]),
    }
    held = ("crm.retention_rate", "telco.tickets_per_line")
    if any(points[key] < 75 for key in held):
        points |= {key: min(points[key], Fraction(75)) for key in held}
    retention = weighted(
        [(40, points["crm.retention_rate"]), (40, points["churn_monthly"]), (20, points["kept_by_contract"])]
    )
    help_ = weighted([(60, points["telco.tickets_per_line"]), (40, points["fiber_without_tickets"])])
    total = half_up(weighted([(70, half_up(retention)), (30, half_up(help_))]), 3)
    if value["left"] > 1000:
        total = min(total, Fraction(60))
    if value["left_monthly"] > 4 * (value["left_one_year"] + value["left_two_years"]):
        total -= 2
    return {"points": points, "total": total}


def standing() -> dict[str, dict[str, Any]]:
    """Everybody's figures with rank, tier and the share of the pool in fen."""
    everybody: dict[str, dict[str, Any]] = {}
    for code in OWNERS:
        found = values(code)
        everybody[code] = {"values": found, **scored(found)}
    order = sorted(
        everybody,
        key=lambda code: (-everybody[code]["total"], -everybody[code]["values"]["crm.retention_rate"][0], code),
    )
    claims = {}
    for code, one in everybody.items():
        tier = "A" if one["total"] >= 90 else "B" if one["total"] >= 70 else "C"
        factor = {"A": Fraction("1.5"), "B": Fraction(1), "C": Fraction("0.5")}[tier]
        one |= {"rank": 1 + order.index(code), "tier": tier}
        claims[code] = one["values"]["telco.revenue_kept"][0] * factor
    for code, amount in split(pool(), claims).items():
        everybody[code]["bonus"] = amount
    return everybody


def pool() -> int:
    """Five thousandths of the charges kept, in fen."""
    kept = sum((money(row["MonthlyCharges"]) for row in CUSTOMERS if row["Churn"] == "No"), Fraction())
    return int(half_up(kept / 200 * 100, 0))
