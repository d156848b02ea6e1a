"""2,330 support tickets, each with the moments promised for response and resolution, measured with a pack of its own.

The pack beside this file is data alone; the test builds its wheel and adds it as an administrator would.
"""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from python_calamine import CalamineWorkbook

from tests.scenarios.by_hand import exact, fen, half_up, mean, on_lines, percentile, seats, share, weighted
from tests.scenarios.desk import Desk, source

HERE = Path(__file__).parent
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
