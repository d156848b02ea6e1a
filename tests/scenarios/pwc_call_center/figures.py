"""The call centre by hand: every value, point, rank and bonus from the rows of the sheet; no kaohe code."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from python_calamine import CalamineWorkbook
from tests.scenarios.by_hand import (
    half_up,
    mean,
    on_lines,
    percentile,
    ranks,
    share,
    tiers_by_seat,
    weighted,
)
from tests.scenarios.desk import source

WORKBOOK = source("pwc_call_center") / "01 Call-Center-Dataset.xlsx"
MONTHS = {"2021-01": 31, "2021-02": 28, "2021-03": 31}
SHARES = {"A": "0.2", "B": "0.7", "C": "0.1"}
COEFFICIENTS = {"A": Fraction("1.5"), "B": Fraction(1), "C": Fraction("0.5")}
FLOOR = 200_00
COUNTED = ("read", "added", "replaced", "unchanged", "quarantined")

# Code, name, role, first day, last day, base: one agent began in the middle of January; two others are not appraised.
PEOPLE = [
    ("BEC", "Becky", "agent", "2020-01-01", "", "1000"),
    ("DAN", "Dan", "agent", "2020-01-01", "", "1137.35"),
    ("DIA", "Diane", "agent", "2020-01-01", "", "980.01"),
    ("GRE", "Greg", "agent", "2020-01-01", "", "1200"),
    ("JIM", "Jim", "agent", "2020-01-01", "", "1050.5"),
    ("JOE", "Joe", "agent", "2020-01-01", "", "330"),
    ("MAR", "Martha", "agent", "2020-01-01", "", "1111.11"),
    ("STE", "Stewart", "agent", "2021-01-16", "", "1000"),
    ("NOR", "Nora", "supervisor", "2020-01-01", "", "2000"),
    ("OLA", "Ola", "agent", "2020-01-01", "2020-12-31", "1000"),
]
AGENTS = {name: (code, base) for code, name, role, _from, to, base in PEOPLE if role == "agent" and not to}
WORKED = {("STE", "2021-01"): 16}


def calls() -> list[dict[str, Any]]:
    rows = CalamineWorkbook.from_path(WORKBOOK).get_sheet_by_name("Sheet1").to_python()
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


CALLS = calls()


def figures(month: str, agent: str) -> dict[str, Any]:
    """An agent's values, points and total in a month."""
    mine = [call for call in CALLS if call["Agent"] == agent and call["Date"].startswith(month)]
    answered = [call for call in mine if call["Answered (Y/N)"] == "Y"]
    waits = [int(call["Speed of answer in seconds"]) for call in answered]
    ratings = [int(call["Satisfaction rating"]) for call in answered]
    solved = sum(call["Resolved"] == "Y" for call in answered)
    values = {
        "crm.call_answer_rate": share(len(answered), len(mine)),
        "crm.call_wait": mean(waits),
        "long_waits": percentile(waits, Fraction(9, 10)),
        "solved": share(solved, len(answered)),
        "crm.csat_index": mean([Fraction(rating, 5) * 100 for rating in ratings]),
        "crm.csat_share": share(sum(rating >= 4 for rating in ratings), len(ratings)),
    }
    points = {
        "crm.call_answer_rate": on_lines(values["crm.call_answer_rate"], [("0.7", "0"), ("0.8", "80"), ("0.9", "110")]),
        "crm.call_wait": between(half_up(200 - 100 * values["crm.call_wait"] / 65), 0, 120),
        "long_waits": Fraction(100 if values["long_waits"] < 105 else 80 if values["long_waits"] < 112 else 50),
        "solved": half_up(100 + between((values["solved"] - Fraction("0.9")) * 500, -60, 20)),
        "crm.csat_index": on_lines(values["crm.csat_index"], [("55", "0"), ("65", "80"), ("75", "110")]),
        "crm.csat_share": between(half_up(200 * values["crm.csat_share"]), 0, 120),
    }
    dimensions = {
        "reach": weighted(
            [(60, points["crm.call_answer_rate"]), (25, points["crm.call_wait"]), (15, points["long_waits"])]
        ),
        "solution": points["solved"],
        "satisfaction": weighted([(50, points["crm.csat_index"]), (50, points["crm.csat_share"])]),
    }
    dimensions = {name: half_up(earned) for name, earned in dimensions.items()}
    total = half_up(
        weighted([(45, dimensions["reach"]), (25, dimensions["solution"]), (30, dimensions["satisfaction"])]), 1
    )
    solved_of_all = share(solved, len(mine))
    if solved_of_all < Fraction("0.7"):
        total -= Fraction("1.5")
    return {
        "values": values,
        "samples": {
            **dict.fromkeys(values, len(answered)),
            "crm.call_answer_rate": len(mine),
        },
        "points": points,
        "dimensions": dimensions,
        "solved_of_all": solved_of_all,
        "total": total,
    }


def between(number: Fraction, least: int, most: int) -> Fraction:
    return max(Fraction(least), min(Fraction(most), number))


def standing(month: str) -> dict[str, dict[str, Any]]:
    """Code → figures with rank, tier and bonus."""
    everybody = {code: figures(month, name) for name, (code, _base) in AGENTS.items()}
    keys = {code: (one["total"], one["values"]["crm.call_answer_rate"]) for code, one in everybody.items()}
    tiers, places = tiers_by_seat(keys, SHARES, "promote"), ranks(keys)
    bases = {code: Fraction(base) for code, base in AGENTS.values()}
    for code, one in everybody.items():
        worked = Fraction(WORKED.get((code, month), MONTHS[month]), MONTHS[month])
        bonus = int(half_up(bases[code] * COEFFICIENTS[tiers[code]] * worked * 100, 0))
        one |= {"rank": places[code], "tier": tiers[code], "bonus": max(bonus, FLOOR)}
    return everybody
