"""People who move between teams, their tickets and customers, and what a scheme makes of them with the real engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from tests.unit.engine.scan_kit import CUSTOMER, Q1, Q1_WINDOWS, TICKET, local, snapshot

from kaohe.engine import DuckEngine
from kaohe.exact import MICRO, from_micros
from kaohe.run.credit.attribution import relations
from kaohe.run.measuring.measure import measure
from kaohe.run.organisation.assignments import Assignment
from kaohe.run.organisation.population import Member, Population, populate
from kaohe.scheme import Checked, load_scheme

TYPES = {"ticket": TICKET, "customer": CUSTOMER}
INDICATORS = {
    "tickets": ("ticket", "count()", ""),
    "cost": ("ticket", "sum(cost)", ""),
    "before": ("ticket", "previous(count())", ""),
    "due": ("ticket", "count()", 'when = "due"'),
    "kept": ("customer", "count(where=at_start())", ""),
}
_HEAD = """format = 1
[scheme]
id = "s"
version = "1"
name = "s"
cycle = "quarter"
missing = {{ policy = "zero" }}
{keys}
"""
_PART = """
[[indicators]]
id = "{key}"
name = "{key}"
records = "{records}"
value = "{value}"
unit = "number"
curve = {{ kind = "ratio", target = 100 }}
{rest}
[[dimensions]]
id = "d_{key}"
name = "d"
weight = 1
  [[dimensions.indicators]]
  use = "{key}"
  weight = 1
"""


@dataclass(frozen=True)
class Found:
    """What came out for one person."""

    days: int
    prorated: Fraction
    figures: Mapping[str, Decimal]


def job(
    starts: str, ends: str | None, team: str = "A", *, base: int | None = 900_000, fraction: str = "1", **rest: Any
) -> Assignment:
    """An assignment up to but not including ``ends``; ``base`` in fen."""
    last = None if ends is None else date.fromisoformat(ends)
    share = int(Decimal(fraction) * MICRO)
    manager, role = rest.pop("manager", None), rest.pop("role", "agent")
    return Assignment(team, role, manager, date.fromisoformat(starts), last, base, rest, share)


def member(code: str, *jobs: Assignment) -> Member:
    return Member(code, code, jobs)


def ticket(owner: str | None, opened: str, cost: int = 100, **rest: Any) -> dict[str, Any]:
    """``opened`` on Shanghai's wall clock, or a day at noon."""
    return {"owner": owner, "opened_at": local(opened if " " in opened else f"{opened} 12:00"), "cost": cost, **rest}


def checked(population: str | None, attribution: str | None = "event_date", names: Sequence[str] = ()) -> Checked:
    keys = ['weights = "relative"']
    keys += [] if population is None else [f"population = '{population}'"]
    keys += [] if attribution is None else [f'attribution = "{attribution}"']
    parts = [
        _PART.format(key=key, records=INDICATORS[key][0], value=INDICATORS[key][1], rest=INDICATORS[key][2])
        for key in names or ("tickets", "cost")
    ]
    return load_scheme(_HEAD.format(keys="\n".join(keys)) + "".join(parts), "s.toml", TYPES, {})


def evaluated(
    folder: Path,
    members: Sequence[Member],
    rows: Sequence[Mapping[str, Any]],
    population: str | None = None,
    attribution: str | None = "event_date",
    names: Sequence[str] = (),
    customers: Sequence[Mapping[str, Any]] = (),
) -> tuple[Population, dict[str, Found]]:
    """The population and, by person, days, base prorated to the quarter, and the figures."""
    scheme = checked(population, attribution, names).require()
    folder.mkdir(exist_ok=True)
    numbered = [{"no": str(number), **row} for number, row in enumerate(rows)]
    taken = snapshot(folder, {"ticket": (TICKET, [numbered]), "customer": (CUSTOMER, [customers])})
    people = populate(scheme, members, Q1)
    joined = relations(scheme, members, people)
    codes = people.people.code
    values, _counts = measure(scheme, TYPES, taken, DuckEngine(), Q1_WINDOWS, codes, joined)
    found = {}
    for row, code in enumerate(codes):
        days = int(people.people.worked[row])
        base = Fraction(people.people.attribute("bonus_base")[row] or 0) * days / Q1.days
        figures = {key: from_micros(int(each.micros[row])) for key, each in values.items()}
        found[code] = Found(days, base, figures)
    return people, found


def each_day(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days)]
