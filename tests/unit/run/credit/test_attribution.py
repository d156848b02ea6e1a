"""Records that count by their date: transfers between two schemes' people, joiners, leavers, several jobs at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.unit.engine.scan_kit import Q1, Q1_WINDOWS, day, snapshot
from tests.unit.run.rating_kit import RATING, check, rows_of
from tests.unit.run.transfer_kit import checked, evaluated, job, member, ticket

from kaohe.engine import DuckEngine
from kaohe.exact import from_micros
from kaohe.run.assessment.assessing import assess_everybody
from kaohe.run.credit.attribution import relations
from kaohe.run.organisation.assignments import Assignment
from kaohe.run.organisation.population import populate
from kaohe.run.organisation.staff import Member, staff_of
from kaohe.run.organisation.stints import counted_days, main_stints, stints_of
from kaohe.scheme.describe import describe

MOVED = member("P1", job("2025-01-01", "2026-02-15", "A"), job("2026-02-15", None, "B", base=600_000, region="南"))
STAYED = member("P2", job("2025-01-01", None, "A"))
TICKETS = [
    ticket("P1", "2026-01-10", 100),
    ticket("P1", "2026-02-14 23:59", 20),
    ticket("P1", "2026-02-15 00:00", 3),
    ticket("P1", "2026-03-01", 4000),
    ticket("P2", "2026-03-01", 7),
]


def test_who_moves_between_two_schemes_is_in_both_with_the_days_base_and_records_of_each(tmp_path: Path) -> None:
    _, of_a = evaluated(tmp_path / "a", [MOVED, STAYED], TICKETS, 'team == "A"')
    _, of_b = evaluated(tmp_path / "b", [MOVED, STAYED], TICKETS, 'team == "B"')
    assert (of_a["P1"].days, of_a["P1"].prorated) == (45, 4500)
    assert (of_b["P1"].days, of_b["P1"].prorated) == (45, 3000)
    assert {name: str(each) for name, each in of_a["P1"].figures.items()} == {"tickets": "2", "cost": "1.2"}
    assert {name: str(each) for name, each in of_b["P1"].figures.items()} == {"tickets": "2", "cost": "40.03"}
    assert of_a["P2"].figures["tickets"] == 1
    assert list(of_b) == ["P1"]


def test_by_the_periods_end_everything_counts_where_the_person_is_last(tmp_path: Path) -> None:
    _, of_a = evaluated(tmp_path / "a", [MOVED, STAYED], TICKETS, 'team == "A"', attribution=None)
    _, of_b = evaluated(tmp_path / "b", [MOVED, STAYED], TICKETS, 'team == "B"', attribution="period_end")
    assert list(of_a) == ["P2"]
    assert (of_b["P1"].days, of_b["P1"].figures["tickets"]) == (90, 4)


def test_team_and_attributes_are_those_of_the_assignments_that_match(tmp_path: Path) -> None:
    in_a, _ = evaluated(tmp_path / "a", [MOVED], TICKETS, 'team == "A"')
    in_b, _ = evaluated(tmp_path / "b", [MOVED], TICKETS, 'team == "B"')
    assert in_a.people.attribute("team") == ("A",)
    assert "region" not in in_a.people.attributes
    assert in_b.people.attribute("region") == ("南",)
    assert [span.days for span in in_a.people.spans[0]] == [45]
    assert in_a.people.counted_days == (((date(2026, 1, 1), date(2026, 2, 15)),),)
    assert in_b.people.counted_days == (((date(2026, 2, 15), date(2026, 4, 1)),),)


def test_the_whole_service_is_asked_for_days_and_for_who_left(tmp_path: Path) -> None:
    condition = 'team == "A" and days_in_period >= 90 and at_period_end and joined_on == date("2025-01-01")'
    people, found = evaluated(tmp_path, [MOVED], TICKETS, condition)
    assert found["P1"].days == 45
    assert people.people.attribute("at_period_end") == (True,)


def test_the_condition_sees_the_base_of_the_assignment_alone(tmp_path: Path) -> None:
    _, found = evaluated(tmp_path, [MOVED], TICKETS, "bonus_base >= 8000")
    assert (found["P1"].days, found["P1"].figures["tickets"]) == (45, 2)


def test_joiners_and_leavers_count_on_their_days_only(tmp_path: Path) -> None:
    people = [member("P1", job("2026-02-01", None)), member("P2", job("2020-01-01", "2026-02-01"))]
    rows = [ticket(code, day) for code in ("P1", "P2") for day in ("2026-01-31", "2026-02-01")]
    _, by_date = evaluated(tmp_path / "d", people, rows)
    _, by_end = evaluated(tmp_path / "e", people, rows, attribution="period_end")
    assert [found.figures["tickets"] for found in by_date.values()] == [1, 1]
    assert [found.figures["tickets"] for found in by_end.values()] == [2, 2]


def test_where_everybody_matches_all_the_time_nothing_changes(tmp_path: Path) -> None:
    names = ("tickets", "cost", "before", "due", "kept")
    customers = [{"code": "C1", "owner": "P1", "since": day("2020-05-01"), "left_on": None}]
    rows = [*TICKETS, ticket("P1", "2025-12-01"), ticket("P2", "2026-01-01", due=day("2026-02-02"))]
    people, by_date = evaluated(tmp_path / "d", [MOVED, STAYED], rows, None, "event_date", names, customers)
    others, by_end = evaluated(tmp_path / "e", [MOVED, STAYED], rows, None, "period_end", names, customers)
    assert by_date == by_end
    assert people.people.spans == others.people.spans
    assert people.people.attributes == others.people.attributes


def test_records_of_the_previous_period_belong_to_the_assignments_of_then(tmp_path: Path) -> None:
    mover = member("P1", job("2025-01-01", "2025-12-01", "B"), job("2025-12-01", None, "A"))
    rows = [ticket("P1", "2025-11-30"), ticket("P1", "2025-12-01"), ticket("P1", "2026-01-05")]
    _, found = evaluated(tmp_path, [mover], rows, 'team == "A"', names=("tickets", "before"))
    assert found["P1"].figures == {"tickets": 1, "before": 1}


def test_a_record_belongs_by_the_date_its_indicator_looks_at(tmp_path: Path) -> None:
    rows = [ticket("P1", "2026-01-10", due=day("2026-03-01")), ticket("P1", "2026-01-11", due=None)]
    _, of_a = evaluated(tmp_path / "a", [MOVED], rows, 'team == "A"', names=("tickets", "due"))
    _, of_b = evaluated(tmp_path / "b", [MOVED], rows, 'team == "B"', names=("tickets", "due"))
    assert of_a["P1"].figures == {"tickets": 2, "due": 0}
    assert of_b["P1"].figures == {"tickets": 0, "due": 1}


def test_what_lasts_since_before_the_period_is_taken_as_of_its_first_day(tmp_path: Path) -> None:
    customers = [
        {"code": "C1", "owner": "P1", "since": day("2020-01-01"), "left_on": None},
        {"code": "C2", "owner": "P1", "since": None, "left_on": None},
    ]
    kept = {"names": ("tickets", "kept"), "customers": customers}
    _, of_a = evaluated(tmp_path / "a", [MOVED], TICKETS, 'team == "A"', **kept)
    _, of_b = evaluated(tmp_path / "b", [MOVED], TICKETS, 'team == "B"', **kept)
    assert (of_a["P1"].figures["kept"], of_b["P1"].figures["kept"]) == (1, 0)


def test_who_matches_on_no_day_of_the_period_is_left_out(tmp_path: Path) -> None:
    gone = member("P1", job("2025-01-01", "2025-07-01", "A"), job("2025-07-01", None, "B"))
    never = member("P3", job("2026-02-01", "2026-02-01", "A"), job("2025-01-01", None, "B"))
    people, _ = evaluated(tmp_path, [gone, STAYED, never], TICKETS, 'team == "A"')
    assert people.people.code == ("P2",)
    assert [(each.code, each.kind) for each in people.left_out] == [("P1", "population"), ("P3", "population")]


def test_an_assignment_of_which_it_is_unknown_does_not_count_beside_one_that_matches(tmp_path: Path) -> None:
    unsure = member("P1", job("2025-01-01", "2026-02-01", "A"), job("2026-02-01", None, "A", grade="7"))
    lost = member("P3", job("2025-01-01", None, "A"))
    people, found = evaluated(tmp_path, [unsure, lost], TICKETS, 'grade == "7"')
    assert (list(found), found["P1"].days) == (["P1"], 59)
    assert [(each.code, each.kind) for each in people.left_out] == [("P3", "unknown")]


def test_of_jobs_at_once_records_belong_to_the_main_one_and_bases_to_each(tmp_path: Path) -> None:
    both = member("P1", job("2025-01-01", None, "A", fraction="0.6"), job("2026-01-01", None, "B", fraction="0.4"))
    _, of_a = evaluated(tmp_path / "a", [both], TICKETS, 'team == "A"')
    people, of_b = evaluated(tmp_path / "b", [both], TICKETS, 'team == "B"')
    assert (of_a["P1"].figures["tickets"], of_b["P1"].figures["tickets"]) == (4, 0)
    assert (of_a["P1"].prorated, of_b["P1"].prorated) == (5400, 3600)
    assert (of_a["P1"].days, of_b["P1"].days) == (90, 90)
    assert people.people.counted_days == ((),)


def test_of_jobs_of_equal_fraction_the_newer_is_the_main_one(tmp_path: Path) -> None:
    both = member("P1", job("2026-02-15", None, "B", fraction="0.5"), job("2025-01-01", None, "A", fraction="0.5"))
    _, of_a = evaluated(tmp_path / "a", [both], TICKETS, 'team == "A"')
    _, of_b = evaluated(tmp_path / "b", [both], TICKETS, 'team == "B"')
    assert (of_a["P1"].figures["tickets"], of_b["P1"].figures["tickets"]) == (2, 2)


def test_stints_do_not_overlap_and_neighbours_of_one_assignment_are_one() -> None:
    main, aside, after = job("2026-01-01", None, "A"), job("2026-01-10", "2026-01-20", "B", fraction="0.2"), None
    assert [(each.starts, each.ends) for each in main_stints([main, aside])] == [(date(2026, 1, 1), after)]
    newer = job("2026-01-10", "2026-01-20", "C")
    found = main_stints([main, newer, aside])
    assert [(each.assignment.team, each.starts.day, each.ends and each.ends.day) for each in found] == [
        ("A", 1, 10),
        ("C", 10, 20),
        ("A", 20, None),
    ]
    assert days_of([main, newer, aside]) == ((Q1.start, Q1.end),)
    assert main_stints([job("2026-01-05", "2026-01-05")]) == ()
    assert main_stints([]) == ()


def days_of(jobs: list[Assignment]) -> tuple[tuple[date, date], ...]:
    """The days of the quarter that somebody's stints cover."""
    (found,) = counted_days(stints_of(staff_of([Member("P1", "P1", tuple(jobs))])), Q1)
    return found


def test_days_within_a_period_leave_gaps() -> None:
    jobs = [job("2025-01-01", "2026-01-11"), job("2026-03-01", "2026-03-11"), job("2026-05-01", None)]
    assert days_of(jobs) == ((Q1.start, date(2026, 1, 11)), (date(2026, 3, 1), date(2026, 3, 11)))


def test_ratings_count_by_their_date_too(tmp_path: Path) -> None:
    rows = rows_of([("P1", "M1", "supervisor", 80, 100), ("P1", "M2", "supervisor", 40, 100)])
    rows[1]["rated_on"] = day("2026-03-01")
    taken = snapshot(tmp_path, {"rating": (RATING, [rows])})
    points = {}
    for team in ("A", "B"):
        keys = f'cycle = "quarter"\nattribution = "event_date"\npopulation = \'team == "{team}"\''
        scheme = check(('cycle = "quarter"', keys)).require()
        people = populate(scheme, [MOVED], Q1)
        joined = relations(scheme, [MOVED], people)
        asked = (scheme, {"rating": RATING}, taken, DuckEngine(), Q1_WINDOWS["period"], ("P1",), joined)
        points[team] = from_micros(int(assess_everybody(*asked)["opinion"].values.micros[0]))
    assert points == {"A": 80, "B": 40}


def test_the_default_is_named_and_the_choice_read_aloud() -> None:
    silent = checked(None, None)
    assert {each.path: each.value for each in silent.defaults}["scheme.attribution"] == '"period_end"'
    lines = [str(line) for line in describe(checked(None).require())[0].lines]
    said = "Judged by each assignment; a record counts where its date falls into one that is covered."
    assert said in lines
    assert said not in [str(line) for line in describe(silent.require())[0].lines]


@pytest.mark.parametrize("word", ["event-date", "period", ""])
def test_another_word_is_refused_at_its_place(word: str) -> None:
    (problem,) = [each for each in checked(None, word).problems if each.severity == "error"]
    assert problem.where.line == 9
    assert "period_end" in str(problem.expected)
