"""The support tickets by hand: every value, point, rank and bonus from the rows of the sheet; no kaohe code."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from python_calamine import CalamineWorkbook
from tests.scenarios.by_hand import (
    grouped,
    half_up,
    mean,
    on_lines,
    percentile,
    share,
    tiers_by_seat,
    weighted,
)
from tests.scenarios.desk import source

WORKBOOK = source("tech_support_tickets") / "Technical Support Dataset (1).xlsx"
SHEET = "Technical Support Dataset"
ZONE = ZoneInfo("Europe/Berlin")
QUARTERS = ("2023-Q1", "2023-Q2", "2023-Q3", "2023-Q4")

# Code, name, team, base. The two desks stand among the people, because they are appraised themselves.
AGENTS = {
    "A1": ("Bernard Beckley", "1st line support", "900"),
    "A2": ("Connor Danielovitch", "1st line support", "950.55"),
    "A3": ("Kristos Westoll", "1st line support", "1000"),
    "A4": ("Nicola Wane", "1st line support", "1010.1"),
    "A5": ("Sheela Cutten", "1st line support", "990"),
    "B1": ("Adolpho Messingham", "2nd line support", "1300"),
    "B2": ("Heather Urry", "2nd line support", "1250"),
    "B3": ("Michele Whyatt", "2nd line support", "1275.25"),
}
DESKS = {"L1": "1st line support", "L2": "2nd line support"}
TIMES = ("Created time", "First response time", "Resolution time", "Close time")


def tickets() -> list[dict[str, Any]]:
    """The rows as written, times as moments of Berlin's clock (the earlier where it showed one twice)."""
    rows = CalamineWorkbook.from_path(WORKBOOK).get_sheet_by_name(SHEET).to_python()
    return [{name: moment(cell) for name, cell in zip(rows[0][:22], row, strict=False)} for row in rows[1:]]


def moment(cell: Any) -> Any:
    return cell.replace(tzinfo=ZONE) if isinstance(cell, datetime) else cell


TICKETS = tickets()


def backwards(ticket: dict[str, Any]) -> str | None:
    """The column whose time lies before the one that should precede it, if any."""
    before = None
    for name in TIMES:
        if ticket[name] == "":
            continue
        if before is not None and ticket[name].timestamp() < before:
            return name
        before = ticket[name].timestamp()
    return None


SOUND = [ticket for ticket in TICKETS if backwards(ticket) is None]
CLEARED = [{**ticket, **({backwards(ticket): ""} if backwards(ticket) else {})} for ticket in TICKETS]


def bounds(quarter: str) -> tuple[float, float]:
    first = int(quarter[-1]) * 3 - 2
    start = datetime(int(quarter[:4]), first, 1, tzinfo=ZONE)
    end = datetime(int(quarter[:4]) + first // 10, (first + 2) % 12 + 1, 1, tzinfo=ZONE)
    return start.timestamp(), end.timestamp()


def in_time(mine: Iterable[dict[str, Any]], done: str, due: str, end: float) -> tuple[int, int]:
    """Kept and counted promises: those fulfilled, and those that fell due before the period's end."""
    counted = [one for one in mine if one[done] != "" or one[due].timestamp() < end]
    return sum(one[done] != "" and one[done].timestamp() <= one[due].timestamp() for one in counted), len(counted)


def measured(rows: list[dict[str, Any]], quarter: str, column: str, name: str) -> dict[str, tuple[Any, int]]:
    """Indicator → value and records behind it, for the tickets of an agent or of a desk."""
    start, end = bounds(quarter)
    mine = [one for one in rows if one[column] == name and start <= one["Created time"].timestamp() < end]
    responded = in_time(mine, "First response time", "Expected SLA to first response", end)
    resolved = in_time(mine, "Resolution time", "Expected SLA to resolve", end)
    done = [one for one in mine if one["Resolution time"] != ""]
    hours = [
        Fraction(microseconds(one["Resolution time"]) - microseconds(one["Created time"]), 3_600_000_000)
        for one in done
    ]
    ratings = [int(one["Survey results"]) for one in mine if one["Survey results"] != "not rated"]
    rated = sum(one["Survey results"] != "not rated" for one in done)
    return {
        "support_desk.response_in_time": (share(*responded), responded[1]),
        "support_desk.resolution_in_time": (share(*resolved), resolved[1]),
        "support_desk.resolution_hours": (percentile(hours, Fraction(1, 2)), len(hours)),
        "support_desk.rating": (mean(ratings), len(ratings)),
        "support_desk.rated": (share(rated, len(done)), len(done)),
    }


def microseconds(at: datetime) -> int:
    return (at.astimezone(ZoneInfo("UTC")) - datetime(1970, 1, 1, tzinfo=ZoneInfo("UTC"))) // timedelta(microseconds=1)


CURVES = {
    "support_desk.response_in_time": [("0.7", "0"), ("0.95", "100"), ("1", "110")],
    "support_desk.resolution_in_time": [("0.4", "0"), ("0.8", "100"), ("1", "120")],
    "support_desk.resolution_hours": [("12", "120"), ("24", "100"), ("72", "0")],
    "support_desk.rating": [("2", "0"), ("4", "100"), ("5", "120")],
}
LEAST = {"support_desk.rating": 20}


def scored(values: dict[str, tuple[Any, int]]) -> dict[str, Any]:
    """Points, neutral where there is too little data, and the total."""
    points = {
        key: on_lines(values[key][0], CURVES[key]) if values[key][1] >= LEAST.get(key, 5) else Fraction(60)
        for key in CURVES
    }
    promises = half_up(
        weighted([(1, points["support_desk.response_in_time"]), (2, points["support_desk.resolution_in_time"])])
    )
    parts = [(3, promises), (1, points["support_desk.resolution_hours"]), (2, points["support_desk.rating"])]
    return {"points": points, "total": half_up(weighted(parts), 2)}


def standing(rows: list[dict[str, Any]], quarter: str) -> dict[str, dict[str, Any]]:
    """Code → everything about each agent: ranks without gaps, tiers where equals share the worse one, bonuses."""
    everybody = {}
    for code, (name, _team, _base) in AGENTS.items():
        values = measured(rows, quarter, "Agent Name", name)
        everybody[code] = {"values": values, **scored(values)}
    for members in grouped({code: team for code, (_name, team, _base) in AGENTS.items()}).values():
        keys = {
            code: (everybody[code]["total"], everybody[code]["values"]["support_desk.resolution_in_time"][0])
            for code in members
        }
        places = sorted(set(keys.values()), reverse=True)
        tiers = tiers_by_seat(keys, {"A": "0.2", "B": "0.6", "C": "0.2"}, "demote")
        for code, seat in tiers.items():
            tier = "B" if seat == "A" and everybody[code]["total"] < 75 else seat
            rated = everybody[code]["values"]["support_desk.rated"][0]
            factor = {"A": Fraction("1.4"), "B": Fraction(1), "C": Fraction("0.6")}[tier]
            if rated < Fraction(1, 2):
                factor *= Fraction("0.9")
            bonus = min(int(half_up(Fraction(AGENTS[code][2]) * 100 * factor, 0)), 1500_00)
            everybody[code] |= {"rank": 1 + places.index(keys[code]), "tier": tier, "bonus": bonus}
    return everybody
