"""Records dated outside their people's assignments do not count by date, and a note says so."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.unit.engine.scan_kit import CUSTOMER, Q1, Q1_WINDOWS, TICKET, snapshot
from tests.unit.run.transfer_kit import TYPES, checked, job, member, ticket

from kaohe.engine import DuckEngine
from kaohe.errors import Problem
from kaohe.run.credit.attribution import relations
from kaohe.run.credit.outside import outside_assignments, outside_question
from kaohe.run.measuring.asking import ask
from kaohe.run.organisation.population import populate
from kaohe.run.organisation.staff import Member

JOINED = member("P1", job("2026-02-15", "2026-03-15"))
STAYED = member("P2", job("2025-01-01", None))
TICKETS = [
    ticket("P1", "2026-02-14 23:59", 1),
    ticket("P1", "2026-02-15 00:00", 1),
    ticket("P1", "2026-03-15 00:00", 1),
    ticket("P2", "2026-02-14", 1),
    ticket("P2", "2025-12-31", 1),
    ticket("P3", "2026-02-14", 1),
]


def notes(folder: Path, members: Sequence[Member] = (JOINED, STAYED), attribution: str = "event_date") -> list[Problem]:
    scheme = checked(None, attribution).require()
    numbered = [{"no": str(number), **row} for number, row in enumerate(TICKETS)]
    taken = snapshot(folder, {"ticket": (TICKET, [numbered]), "customer": (CUSTOMER, [[]])})
    population = populate(scheme, members, Q1)
    joined = relations(scheme, members, population)
    codes = population.people.code
    (answer,) = ask([outside_question(scheme, TYPES, codes)], taken, DuckEngine(), Q1_WINDOWS, joined)
    return [*outside_assignments(scheme, TYPES, answer, codes, Q1)]


def test_records_before_the_first_and_after_the_last_day_are_counted_with_whose_they_are(tmp_path: Path) -> None:
    (note,) = notes(tmp_path)
    assert (note.code, note.severity, note.found) == ("evaluate.outside-assignments", "note", "P1")
    assert str(note.what).startswith("2 records (")
    assert "dated in 2026-Q1 do not count, of 1 people: on the record's day the person was in no assignment" in str(
        note.what
    )


def test_nothing_is_said_where_all_records_of_a_person_count(tmp_path: Path) -> None:
    assert notes(tmp_path, attribution="period_end") == []


def test_nothing_is_said_where_every_record_falls_into_an_assignment(tmp_path: Path) -> None:
    assert notes(tmp_path, [STAYED]) == []
