"""The help desk by hand: every value, point, rank and bonus from the events of the original log; no kaohe code.

The figures come from the XES file itself, while kaohe reads the flat table made of it: where both agree, the table is
true to its origin too.
"""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import cache
from typing import Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

from tests.scenarios.by_hand import half_up, on_lines, percentile, ranks, share, split, weighted
from tests.scenarios.desk import source

FOLDER = source("helpdesk_italy")
ROME, LOG_CLOCK = ZoneInfo("Europe/Rome"), ZoneInfo("Europe/Helsinki")
QUARTERS = [f"{year}-Q{quarter}" for year in range(2010, 2014) for quarter in range(1, 5)]
HOUR, DAY = 3_600_000_000, 86_400_000_000
EVERYTHING = "2010-01-13..2014-01-03"
POOL, CAP = 10_000_00, 4_000_00
TAKEN, RESOLVED, CLOSED = "Take in charge ticket", "Resolve ticket", "Closed"

Event = tuple[str, str, str, datetime]


def written() -> list[Event]:
    """Ticket, activity, agent and moment of every event, in the order of the log."""
    events = []
    with gzip.open(FOLDER / "Helpdesk.xes.gz") as file:
        log = ElementTree.parse(file).getroot()  # noqa: S314 - a file kept beside the tests, not one handed in
        for trace in log.iter("trace"):
            ticket = next(one.get("value") for one in trace.findall("string") if one.get("key") == "concept:name")
            for event in trace.findall("event"):
                said = {one.get("key"): one.get("value") for one in event}
                at = datetime.fromisoformat(said["time:timestamp"])
                events.append((ticket, said["concept:name"], said["org:resource"], at))
    return events


WRITTEN = written()
EVENTS = [*dict.fromkeys(WRITTEN)]
AGENTS = sorted({event[2] for event in EVENTS})


def tickets() -> dict[str, dict[str, Any]]:
    """What the events of each ticket come to."""
    by_ticket: dict[str, list[Event]] = {}
    for event in EVENTS:
        by_ticket.setdefault(event[0], []).append(event)
    found = {}
    for ticket, events in by_ticket.items():
        answers, resolutions, closings = (
            [event for event in events if event[1] == kind] for kind in (TAKEN, RESOLVED, CLOSED)
        )
        found[ticket] = {
            "opened": events[0][3],
            "responder": answers[0][2] if answers else None,
            "responded": answers[0][3] if answers else None,
            "first_resolver": resolutions[0][2] if resolutions else None,
            "first_resolved": resolutions[0][3] if resolutions else None,
            "resolver": resolutions[-1][2] if resolutions else None,
            "resolved": resolutions[-1][3] if resolutions else None,
            "closed": closings[-1][3] if closings else None,
        }
    return found


TICKETS = tickets()


def microseconds(start: datetime, end: datetime) -> int:
    return (end - start) // timedelta(microseconds=1)


def easter_monday(year: int) -> date:
    """The anonymous Gregorian algorithm, and a day more."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    days = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * days) // 451
    month, day = divmod(h + days - 7 * m + 114, 31)
    return date(year, month, day + 1) + timedelta(days=1)


FIXED = {(1, 1), (1, 6), (4, 25), (5, 1), (6, 2), (8, 15), (11, 1), (12, 8), (12, 25), (12, 26)}
JUBILEE = date(2011, 3, 17)


@cache
def hours_of(day: date) -> tuple[tuple[int, int], ...]:
    """The hours that are worked on a day of the log's clock, in microseconds since the log began."""
    if day.weekday() > 4 or (day.month, day.day) in FIXED or day in (JUBILEE, easter_monday(day.year)):
        return ()
    first, second, third, fourth = (
        since_start(datetime(day.year, day.month, day.day, *at, tzinfo=LOG_CLOCK).astimezone(UTC))
        for at in ((7, 0), (11, 30), (12, 30), (17, 0))
    )
    return (first, second), (third, fourth)


def since_start(moment: datetime) -> int:
    return microseconds(EVENTS[0][3], moment)


@cache
def working(start: datetime, end: datetime) -> int:
    """Microseconds of working time from one moment to a later one, counted day by day."""
    worked, day, last = 0, start.astimezone(LOG_CLOCK).date(), end.astimezone(LOG_CLOCK).date()
    begins, ends = since_start(start), since_start(end)
    while day <= last:
        for opens, closes in hours_of(day):
            worked += max(0, min(closes, ends) - max(opens, begins))
        day += timedelta(days=1)
    return worked


def bounds(quarter: str) -> tuple[datetime, datetime]:
    year, first = int(quarter[:4]), 3 * int(quarter[-1]) - 2
    return (
        datetime(year, first, 1, tzinfo=ROME),
        datetime(year + first // 10, (first + 2) % 12 + 1, 1, tzinfo=ROME),
    )


def middle(lengths: Iterable[int], unit: int) -> Fraction | None:
    return percentile([Fraction(one, unit) for one in lengths], Fraction(1, 2))


RESPONSE = [("1", "120"), ("16", "100"), ("72", "40"), ("120", "0")]
WORKING = [("0.5", "120"), ("6", "100"), ("24", "40"), ("45", "0")]
RESOLUTION = [("1", "120"), ("7", "100"), ("30", "0")]
REWORK = [("0", "110"), ("0.05", "100"), ("0.2", "0")]
CURVES = {
    "helpdesk.response_hours": RESPONSE,
    "working_hours": WORKING,
    "helpdesk.resolution_days": RESOLUTION,
    "helpdesk.rework": REWORK,
}
LEAST = 10


def measured(quarter: str, agent: str) -> dict[str, tuple[Fraction | None, int]]:
    """Indicator → value and the records behind it."""
    start, end = bounds(quarter)

    def mine(who: str, when: str) -> list[dict[str, Any]]:
        return [one for one in TICKETS.values() if one[who] == agent and start <= one[when] < end]

    answered, resolved = mine("responder", "responded"), mine("resolver", "resolved")
    first = mine("first_resolver", "first_resolved")
    again = sum(one["resolved"] > one["first_resolved"] for one in first)
    return {
        "helpdesk.response_hours": (
            middle((microseconds(one["opened"], one["responded"]) for one in answered), HOUR),
            len(answered),
        ),
        "working_hours": (middle((working(one["opened"], one["responded"]) for one in answered), HOUR), len(answered)),
        "helpdesk.resolution_days": (
            middle((microseconds(one["opened"], one["resolved"]) for one in resolved), DAY),
            len(resolved),
        ),
        "helpdesk.rework": (share(again, len(first)), len(first)),
    }


def done(quarter: str, agent: str) -> dict[str, int]:
    """What the agent's own events of the quarter come to."""
    start, end = bounds(quarter)
    mine = [event for event in EVENTS if event[2] == agent and start <= event[3] < end]
    resolutions = [event[0] for event in mine if event[1] == RESOLVED]
    return {
        "helpdesk.tickets_handled": len({event[0] for event in mine if event[1] != CLOSED}),
        "helpdesk.own_repeats": len(resolutions) - len(set(resolutions)),
    }


@cache
def standing(quarter: str) -> dict[str, dict[str, Any]]:
    """Everything about each agent: points (none of fewer than ten records), total, rank, tier and bonus in fen."""
    everybody = {}
    for agent in AGENTS:
        values, work = measured(quarter, agent), done(quarter, agent)
        points = {
            key: on_lines(one, CURVES[key]) if one is not None and sample >= LEAST else None
            for key, (one, sample) in values.items()
        }
        response = weighted([(40, points["helpdesk.response_hours"]), (60, points["working_hours"])])
        parts = {
            "response": None if response is None else half_up(response),
            "resolution": points["helpdesk.resolution_days"],
            "quality": points["helpdesk.rework"],
        }
        weights = {"response": 40, "resolution": 35, "quality": 25}
        covered = sum(weight for name, weight in weights.items() if parts[name] is not None)
        total = None
        if covered >= 60:
            repeats = max(Fraction(-5), Fraction(-work["helpdesk.own_repeats"], 4))
            total = half_up(weighted([(weights[name], parts[name]) for name in parts]) + repeats, 2)
        everybody[agent] = {"values": values, "work": work, "points": points, "dimensions": parts, "total": total}
    graded = {agent: one for agent, one in everybody.items() if one["total"] is not None}
    places = ranks({agent: (one["total"], one["work"]["helpdesk.tickets_handled"]) for agent, one in graded.items()})
    claims = {}
    for agent, one in graded.items():
        rework, sample = one["values"]["helpdesk.rework"]
        held = sample >= LEAST and rework > Fraction("0.1")
        tier = "A" if one["total"] >= 95 and not held else "B" if one["total"] >= 75 else "C"
        one |= {"rank": places[agent], "tier": tier}
        coefficient = {"A": Fraction(3, 2), "B": Fraction(1), "C": Fraction(1, 2)}[tier]
        claims[agent] = one["work"]["helpdesk.tickets_handled"] * 10 * coefficient
    for agent, amount in split(POOL, claims, CAP).items():
        graded[agent]["bonus"] = amount
    return everybody


def desk_figures() -> dict[str, Fraction | None]:
    """The medians and rates of the whole log."""
    end = datetime(2014, 1, 4, tzinfo=ROME)
    all_tickets = [*TICKETS.values()]
    answered = [one for one in all_tickets if one["responded"] is not None]
    resolved = [one for one in all_tickets if one["resolved"] is not None]
    closed = [one for one in all_tickets if one["closed"] is not None]
    allowed = 18 * HOUR
    counted = [one for one in all_tickets if one["responded"] is not None or working(one["opened"], end) > allowed]
    in_time = sum(working(one["opened"], one["responded"]) <= allowed for one in answered)
    return {
        "response_hours": middle((microseconds(one["opened"], one["responded"]) for one in answered), HOUR),
        "response_working_hours": middle((working(one["opened"], one["responded"]) for one in answered), HOUR),
        "responded_in_two_days": share(in_time, len(counted)),
        "resolution_days": middle((microseconds(one["opened"], one["resolved"]) for one in resolved), DAY),
        "resolved_again": share(sum(one["resolved"] > one["first_resolved"] for one in resolved), len(resolved)),
        "closing_days": middle((microseconds(one["opened"], one["closed"]) for one in closed), DAY),
    }


def resolved_more_than_once(events: Iterable[Event]) -> int:
    """Tickets with several resolutions."""
    return sum(count > 1 for count in Counter(event[0] for event in events if event[1] == RESOLVED).values())
