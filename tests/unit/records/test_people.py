"""People, teams and assignments from one table: what rows add, change, contradict, and how they are undone."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.unit.records.store_kit import NOW, hire, put, visit

from kaohe.records.batches import Counts, list_batches, undo_batch
from kaohe.records.directory import Directory
from kaohe.records.organisation import Assignment, Person
from kaohe.records.people import list_people, read_directory
from kaohe.records.store import Store

JANUARY, FEBRUARY, APRIL = date(2026, 1, 1), date(2026, 2, 1), date(2026, 4, 1)


def row(code: str, **values: Any) -> dict[str, Any]:
    return {"code": code, "team": "North", "role": "engineer", "from": JANUARY, **values}


def reasons(imported: Any) -> dict[int, str]:
    return {each.row: str(each.mistakes[0].reason) for each in imported.rejected}


def told(store: Store, code: str) -> list[tuple[str | None, int | None, dict[str, str]]]:
    """The bonus base and attributes of each of a person's assignments, with its team."""
    (mine,) = (assignments for person, assignments in list_people(store) if person.code == code)
    return [(one.team, one.bonus_base, dict(one.attributes)) for one in mine]


def spans(store: Store, code: str) -> list[tuple[str | None, date, date | None]]:
    (mine,) = (assignments for person, assignments in list_people(store) if person.code == code)
    return [(one.team, one.starts, one.ends) for one in mine]


def test_a_row_becomes_a_person_a_team_and_an_assignment(empty_store: Store) -> None:
    hire(
        empty_store,
        [
            row("2", name="Li", manager="1", to=date(2026, 3, 31), fraction=5_000, bonus_base=100_000, region="East"),
            {"code": "1", "name": "Wang"},
        ],
    )
    assert list_people(empty_store) == [
        (Person("1", "Wang"), ()),
        (
            Person("2", "Li"),
            (Assignment("2", "North", "engineer", "1", JANUARY, APRIL, 500_000, 100_000, {"region": "East"}),),
        ),
    ]


def test_the_same_file_twice_changes_nothing(empty_store: Store) -> None:
    rows = [row("1", region="East"), row("1", **{"from": FEBRUARY}, team="South"), row("2", manager="1")]
    hire(empty_store, rows)
    again = hire(empty_store, rows)
    assert (again.batch, again.counts) == (None, Counts(read=3, added=0, replaced=0, unchanged=3, quarantined=0))
    assert len(list_batches(empty_store)) == 1


def test_an_empty_cell_says_nothing(empty_store: Store) -> None:
    hire(empty_store, [row("1", bonus_base=100, region="East")])
    hire(empty_store, [row("1", **{"from": FEBRUARY}, team="South")])
    again = hire(empty_store, [row("1", grade="7"), row("1", region="East")], update=True)
    assert again.counts == Counts(read=2, added=0, replaced=1, unchanged=1, quarantined=0)
    assert told(empty_store, "1") == [("North", 100, {"grade": "7", "region": "East"}), ("South", None, {})]


def test_what_a_row_says_belongs_to_its_assignment(empty_store: Store) -> None:
    rows = [
        row("1", region="East", grade="7", bonus_base=100),
        row("1", region="West", bonus_base=200, **{"from": FEBRUARY}),
        row("1", region="South", team="South", **{"from": FEBRUARY}),
    ]
    assert hire(empty_store, rows).counts.added == 3
    assert hire(empty_store, rows).counts.unchanged == 3
    assert told(empty_store, "1") == [
        ("North", 100, {"grade": "7", "region": "East"}),
        ("North", 200, {"region": "West"}),
        ("South", None, {"region": "South"}),
    ]


def test_rows_about_one_assignment_are_taken_together(empty_store: Store) -> None:
    rows = [row("1", region="East"), row("1", grade="7"), row("1", region="East", bonus_base=5)]
    imported = hire(empty_store, rows)
    assert imported.counts == Counts(read=3, added=1, replaced=0, unchanged=2, quarantined=0)
    assert told(empty_store, "1") == [("North", 5, {"grade": "7", "region": "East"})]
    assert hire(empty_store, rows).counts.unchanged == 3


def test_a_last_day_closes_an_assignment_only_with_update(empty_store: Store) -> None:
    hire(empty_store, [row("1")])
    closing = [row("1", to=date(2026, 1, 31)), row("1", team="South", **{"from": FEBRUARY})]
    asked = hire(empty_store, closing)
    assert list(reasons(asked)) == [2]
    assert reasons(asked)[2] == "something else is stored about this assignment: to"
    done = hire(empty_store, closing, update=True)
    assert done.counts == Counts(read=2, added=0, replaced=1, unchanged=1, quarantined=0)
    assert spans(empty_store, "1") == [("North", JANUARY, FEBRUARY), ("South", FEBRUARY, None)]


def test_another_name_is_asked_about(empty_store: Store) -> None:
    hire(empty_store, [row("1", name="Li")])
    changed = [row("1", name="Wang"), row("1", name="Li"), row("2")]
    asked = hire(empty_store, changed)
    assert reasons(asked) == {2: "the stored name of this person is Li"}
    assert (asked.counts.added, asked.counts.unchanged) == (1, 1)
    assert reasons(hire(empty_store, changed, update=True)) == {3: "an earlier row says Wang for the same person"}
    assert list_people(empty_store)[0][0] == Person("1", "Wang")


def test_something_else_about_an_assignment_is_asked_about(empty_store: Store) -> None:
    hire(empty_store, [row("1", region="East", bonus_base=100)])
    changed = [row("1", region="West", bonus_base=200), row("1", region="East", grade=None), row("2")]
    asked = hire(empty_store, changed)
    assert reasons(asked) == {2: "something else is stored about this assignment: region, bonus_base"}
    assert (asked.counts.added, asked.counts.unchanged) == (1, 1)
    assert told(empty_store, "1") == [("North", 100, {"region": "East"})]
    assert hire(empty_store, changed[:1], update=True).counts.replaced == 1
    assert told(empty_store, "1") == [("North", 200, {"region": "West"})]


def test_rows_that_disagree_about_an_assignment_are_rejected_after_the_first(empty_store: Store) -> None:
    rows = [row("1", region="East"), row("1"), row("1", region="West", fraction=5_000), row("1", to=JANUARY)]
    imported = hire(empty_store, rows)
    said = "an earlier row about the same person, team, role and first day says "
    assert reasons(imported) == {4: f"{said}fraction = 1.0000, region = East", 5: f"{said}to = ∅"}
    assert imported.counts == Counts(read=4, added=1, replaced=0, unchanged=1, quarantined=2)
    assert told(empty_store, "1") == [("North", None, {"region": "East"})]


def test_a_row_that_is_rejected_says_nothing_about_its_assignment(empty_store: Store) -> None:
    hire(empty_store, [row("1", region="East")])
    asked = hire(empty_store, [row("1", region="West", grade="7"), row("1")])
    assert (list(reasons(asked)), asked.counts.unchanged, asked.batch) == ([2], 1, None)


def test_assignments_may_overlap(empty_store: Store) -> None:
    hire(empty_store, [row("1", fraction=6_000), row("1", team="South", fraction=4_000)])
    assert spans(empty_store, "1") == [("North", JANUARY, None), ("South", JANUARY, None)]


def test_an_assignment_without_a_team_or_role_is_one_too(empty_store: Store) -> None:
    hire(empty_store, [row("1", team=None, role=None)])
    again = hire(empty_store, [row("1", team=None, role=None)])
    assert again.counts.unchanged == 1
    assert spans(empty_store, "1") == [(None, JANUARY, None)]


def test_an_assignment_needs_its_first_day(empty_store: Store) -> None:
    imported = hire(empty_store, [row("1", **{"from": None})])
    assert reasons(imported) == {2: "an assignment needs its first day"}
    bare = [{"code": "2", "region": "East"}, {"code": "3", "bonus_base": 1}, {"code": "4", "fraction": 5_000}]
    assert list(reasons(hire(empty_store, bare))) == [2, 3, 4]
    assert 'from = { constant = "2026-01-01" }' in str(imported.rejected[0].mistakes[0].fix)
    assert list_people(empty_store) == []


def test_managers_are_named_by_code_or_name_in_any_order(empty_store: Store) -> None:
    hire(empty_store, [row("1", manager="Zhao"), row("2", manager="9"), {"code": "9", "name": "Zhao"}])
    assert [one.manager for _person, assignments in list_people(empty_store) for one in assignments] == ["9", "9"]


def test_whoever_reports_to_a_rejected_newcomer_is_rejected_too(empty_store: Store) -> None:
    imported = hire(empty_store, [row("1", manager="2"), row("2", manager="3"), row("3", manager="?"), row("4")])
    assert reasons(imported) == dict.fromkeys((2, 3, 4), "the manager is not among the people")
    assert [person.code for person, _assignments in list_people(empty_store)] == ["4"]


def test_strict_and_rehearsal_keep_nothing(empty_store: Store) -> None:
    assert hire(empty_store, [row("1"), row("2", manager="?")], strict=True).refused
    assert hire(empty_store, [row("1")], dry_run=True).counts.added == 1
    assert list_people(empty_store) == []
    assert list_batches(empty_store) == []


def test_undo_brings_people_teams_and_assignments_back_as_they_were(empty_store: Store) -> None:
    hire(empty_store, [row("1", region="East", bonus_base=100), row("2", manager="1")])
    before = list_people(empty_store)
    changes = [
        row("1", region="West", bonus_base=200, to=date(2026, 1, 31)),
        row("1", team="South", **{"from": FEBRUARY}),
        row("2", manager="3", fraction=5_000),
        row("3"),
    ]
    batch = hire(empty_store, changes, update=True).batch
    assert list_people(empty_store) != before
    assert batch is not None
    undo_batch(empty_store, batch, NOW)
    assert list_people(empty_store) == before
    undo_batch(empty_store, 1, NOW)
    with empty_store.reading() as connection:
        counts = [
            connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar()
            for table in ("people", "teams", "assignments", "replaced_rows")
        ]
    assert counts == [0, 0, 0, 0]


def test_records_find_people_by_code_or_by_a_name_of_their_own(store: Store) -> None:
    hire(store, [{"code": "7", "name": "Li"}, {"code": "8", "name": "Li"}, {"code": "9", "name": "Wang Fang"}])
    directory = read_directory(store)
    assert [directory.find(word) for word in ("9", "Wang Fang", "Li", "Nobody")] == ["9", "9", ("7", "8"), None]
    assert directory.nearest("Wang Feng") == ["Wang Fang"]
    put(store, [visit("1", agent="9")])


def test_a_code_goes_before_a_name() -> None:
    assert Directory([("A", "B"), ("B", "A")]).find("A") == "A"
