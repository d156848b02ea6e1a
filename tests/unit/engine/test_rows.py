"""Single records out of a snapshot: which are found, what their columns hold, and their order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.unit.engine.scan_kit import CUSTOMER, Q1_WINDOWS, TICKET, day, local, rows, snapshot

from kaohe.engine import DuckEngine, Found, Numbers, Rows
from kaohe.errors import Exit, KaoheError

PEOPLE = ("P1", "P2", "张三")
TICKETS: list[dict[str, Any]] = [
    {"no": "b", "owner": "P1", "kind": "repair", "opened_at": local("2026-01-01 00:02"), "cost": 1000, "rating": 45},
    {"no": "A", "owner": "P1", "kind": None, "opened_at": local("2026-03-31 23:59"), "cost": 250, "urgent": True},
    {"no": "ä", "owner": "P1", "kind": "advice", "opened_at": local("2026-02-01 12:00"), "urgent": False},
    {"no": "4", "owner": "P1", "kind": "repair", "opened_at": local("2026-04-01 00:00"), "cost": 9999},
    {"no": "5", "owner": "P2", "kind": "advice", "opened_at": local("2025-12-31 23:59"), "cost": 40},
    {"no": "6", "owner": None, "kind": "repair", "opened_at": local("2026-02-01 12:00"), "cost": 7},
    {"no": "7", "owner": "gone", "kind": "repair", "opened_at": local("2026-02-01 12:00"), "cost": 8},
    {"no": "8", "owner": "张三", "kind": "repair", "opened_at": local("2026-02-01 12:00"), "due": day("2026-02-28")},
    {"no": "9", "owner": "P2", "kind": "repair", "opened_at": None, "cost": 70},
]


def found(folder: Path, wanted: Rows, tickets: list[dict[str, Any]], window: str = "period") -> Found:
    half = len(tickets) // 2
    taken = snapshot(folder, {wanted.records.name: (wanted.records, [tickets[:half], tickets[half:]])})
    return DuckEngine().rows(wanted, taken, Q1_WINDOWS[window], PEOPLE)


def listed(column: Numbers) -> list[int | None]:
    return [
        value if known else None for value, known in zip(column.values.tolist(), column.known.tolist(), strict=True)
    ]


def test_the_records_of_the_window_come_by_person_and_key_in_the_order_of_bytes(tmp_path: Path) -> None:
    answer = found(tmp_path, rows(TICKET, "no", "kind", "cost", "urgent", "due"), TICKETS)
    assert answer.person.tolist() == [0, 0, 0, 2]
    assert answer.texts(0) == ("A", "b", "ä", "8")
    assert answer.texts(1) == (None, "repair", "advice", "repair")
    assert listed(answer.numbers(2)) == [250, 1000, None, None]
    assert listed(answer.numbers(3)) == [1, None, 0, None]
    assert listed(answer.numbers(4)) == [None, None, None, day("2026-02-28")]
    assert len(answer) == 4


def test_a_moment_comes_in_utc_and_an_expression_in_the_units_of_its_type(tmp_path: Path) -> None:
    wanted = rows(TICKET, "opened_at", "cost * rating", "kind == 'repair'", "lower(kind)", where="known(cost)")
    answer = found(tmp_path, wanted, TICKETS)
    eight_hours = 8 * 3_600_000_000
    assert listed(answer.numbers(0)) == [
        local("2026-03-31 23:59") - eight_hours,
        local("2026-01-01 00:02") - eight_hours,
    ]
    assert listed(answer.numbers(1)) == [None, 45_000]
    assert listed(answer.numbers(2)) == [None, 1]
    assert answer.texts(3) == (None, "repair")


def test_other_dates_people_and_windows_are_asked_for_by_name(tmp_path: Path) -> None:
    assert found(tmp_path, rows(TICKET, "no", when="due"), TICKETS).texts(0) == ("8",)
    assert found(tmp_path, rows(TICKET, "no"), TICKETS, "previous").texts(0) == ("5",)
    assert found(tmp_path, rows(TICKET, "no", who="helper"), TICKETS).texts(0) == ()


def test_a_condition_with_or_stays_inside_its_window(tmp_path: Path) -> None:
    assert found(tmp_path, rows(TICKET, "no", where="urgent or cost > 0"), TICKETS).texts(0) == ("A", "b")


def test_a_condition_about_the_period_sees_the_records_of_all_times(tmp_path: Path) -> None:
    customers: list[dict[str, Any]] = [
        {"code": "left", "owner": "P1", "since": day("2020-05-01"), "left_on": day("2025-01-01")},
        {"code": "here", "owner": "P1", "since": day("2020-05-01")},
    ]
    assert found(tmp_path, rows(CUSTOMER, "code", where="at_start()"), customers).texts(0) == ("here",)


def test_a_window_without_files_gives_no_rows_and_columns_of_the_right_kind(tmp_path: Path) -> None:
    answer = found(tmp_path, rows(TICKET, "no", "cost", when="closed_at"), TICKETS)
    assert (len(answer), answer.texts(0), listed(answer.numbers(1))) == (0, (), [])
    assert answer.person.tolist() == []


def test_the_order_of_the_records_changes_nothing(tmp_path: Path) -> None:
    answers = []
    for turn in range(4):
        folder = tmp_path / str(turn)
        folder.mkdir()
        answer = found(folder, rows(TICKET, "no", "cost"), [*TICKETS[2 * turn :], *TICKETS[: 2 * turn]][::-1])
        answers.append((answer.person.tolist(), answer.texts(0), listed(answer.numbers(1))))
    assert answers == [answers[0]] * 4


def test_a_column_is_read_as_what_it_is(tmp_path: Path) -> None:
    answer = found(tmp_path, rows(TICKET, "no", "cost"), TICKETS)
    with pytest.raises(TypeError, match="texts"):
        answer.numbers(0)
    with pytest.raises(TypeError, match="numbers"):
        answer.texts(1)


def test_a_figure_that_does_not_fit_is_the_users_mistake(tmp_path: Path) -> None:
    huge = [{**TICKETS[0], "cost": 2**62}]
    with pytest.raises(KaoheError) as caught:
        found(tmp_path, rows(TICKET, "cost * cost"), huge)
    (problem,) = caught.value.problems
    assert (problem.code, problem.where.key, caught.value.exit_code) == ("engine.overflow", "ticket", Exit.MISTAKE)


def test_a_lost_file_is_named(tmp_path: Path) -> None:
    taken = snapshot(tmp_path, {"ticket": (TICKET, [TICKETS])})
    taken.partitions("ticket")[0].path.unlink()
    with pytest.raises(KaoheError) as caught:
        DuckEngine().rows(rows(TICKET, "no"), taken, Q1_WINDOWS["period"], PEOPLE)
    assert (caught.value.problems[0].code, caught.value.exit_code) == ("engine.snapshot", Exit.ENVIRONMENT)
