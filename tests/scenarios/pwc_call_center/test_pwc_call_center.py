"""5,000 calls of eight agents in one workbook, read twice: as calls, and as the ratings that answered calls carry."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest
from tests.scenarios.by_hand import (
    exact,
    fen,
    seats,
)
from tests.scenarios.desk import Desk, counts
from tests.scenarios.pwc_call_center.figures import CALLS, COUNTED, MONTHS, PEOPLE, SHARES, WORKBOOK, standing

HERE = Path(__file__).parent
SCHEME = HERE / "calls_scheme.toml"


def loaded(folder: Path, table: Path = WORKBOOK) -> Desk:
    """A workspace in Zürich's time with people, calls and ratings."""
    people = folder / "people.csv"
    with people.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("工号", "姓名", "岗位", "开始日期", "结束日期", "奖金基数"), *PEOPLE])
    desk = Desk(folder / "centre")
    desk.do("init", desk.workspace, "--timezone", "Europe/Zurich")
    desk.do("people", "import", people)
    desk.do("records", "import", "call", table, "--mapping", HERE / "calls.toml")
    desk.do("records", "import", "survey", table, "--mapping", HERE / "ratings.toml")
    return desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return loaded(tmp_path_factory.mktemp("pwc"))


def test_one_sheet_gives_all_calls_and_the_ratings_of_those_answered(desk: Desk) -> None:
    ratings, calls = desk.batches()[:2]
    assert (calls["type"], counts(calls)) == ("call", dict(zip(COUNTED, (5000, 5000, 0, 0, 0), strict=True)))
    assert (ratings["type"], counts(ratings)) == ("survey", dict(zip(COUNTED, (5000, 4054, 0, 0, 0), strict=True)))


def test_an_unanswered_call_is_stored_without_a_wait_and_without_a_rating(desk: Desk) -> None:
    stored = {row["no"]: row for row in csv.DictReader(desk.stored("call"))}
    missed = {call["Call Id"] for call in CALLS if call["Answered (Y/N)"] == "N"}
    assert len(missed) == 946
    assert {number for number, row in stored.items() if row["wait_seconds"] == ""} == missed
    rated = {row["no"] for row in csv.DictReader(desk.stored("survey"))}
    assert rated == set(stored) - missed


def test_date_and_time_cells_become_moments_of_the_workspace(desk: Desk) -> None:
    stored = {row["no"]: row["at"] for row in csv.DictReader(desk.stored("call"))}
    expected = {call["Call Id"]: f"{call['Date']} {call['Time'].isoformat()}" for call in CALLS}
    assert {number: at.replace("T", " ")[:19] for number, at in stored.items()} == expected


def test_the_scheme_is_sound(desk: Desk) -> None:
    assert "sound; 0 warnings" in desk.do("scheme", "check", SCHEME).err


@pytest.mark.parametrize("month", MONTHS)
def test_every_figure_of_every_agent_is_the_one_computed_by_hand(desk: Desk, month: str) -> None:
    people, expected = {each["code"]: each for each in desk.evaluate(SCHEME, month)["people"]}, standing(month)
    assert set(people) == set(expected)
    for code, person in people.items():
        by_hand, found = expected[code], person["indicators"]
        assert {key: exact(one["value"]) for key, one in found.items()} == by_hand["values"], code
        assert {key: one["sample"] for key, one in found.items()} == by_hand["samples"], code
        assert {key: exact(one["points"]) for key, one in found.items()} == by_hand["points"], code
        assert {key: exact(points) for key, points in person["dimensions"].items()} == by_hand["dimensions"], code
        assert exact(person["measured"]["solved_of_all"]) == by_hand["solved_of_all"], code
        assert exact(person["total"]) == by_hand["total"], code
        assert (person["rank"], person["tier"]) == (by_hand["rank"], by_hand["tier"]), code
        assert fen(person["bonus"]) == by_hand["bonus"], code


def test_eight_agents_take_two_five_and_one_seats(desk: Desk) -> None:
    assert seats([*SHARES.values()], 8) == [2, 5, 1]
    tiers = Counter(person["tier"] for person in desk.evaluate(SCHEME, "2021-02")["people"])
    assert tiers == Counter(one["tier"] for one in standing("2021-02").values())


def test_resolution_differs_by_denominator_over_the_quarter(desk: Desk) -> None:
    run = desk.evaluate(SCHEME, "2021-Q1")
    solved = sum(int(each["indicators"]["solved"]["counts"][0]["hits"]) for each in run["people"])
    answered = sum(each["indicators"]["solved"]["sample"] for each in run["people"])
    offered = sum(each["indicators"]["crm.call_answer_rate"]["sample"] for each in run["people"])
    assert (solved, answered, offered) == (3646, 4054, 5000)


def test_who_is_not_appraised_is_listed_with_the_reason(desk: Desk) -> None:
    left_out = {each["code"]: each["reason"] for each in desk.evaluate(SCHEME, "2021-01")["left_out"]}
    assert left_out == {"NOR": "the scheme does not cover this person", "OLA": "no assignment in 2021-01"}


def test_importing_the_workbook_again_changes_nothing(desk: Desk) -> None:
    before, imports = desk.stored("survey"), desk.batches()
    again = desk.do("records", "import", "survey", WORKBOOK, "--mapping", "ratings")
    assert "0 added, 0 replaced, 4,054 unchanged, 0 quarantined" in again.err
    assert (desk.stored("survey"), desk.batches()) == (before, imports)


def test_the_digest_does_not_depend_on_the_form_or_the_order_of_the_rows(desk: Desk, tmp_path: Path) -> None:
    first = desk.evaluate(SCHEME, "2021-03")
    assert desk.evaluate(SCHEME, "2021-03")["digest"] == first["digest"]
    text = tmp_path / "calls.csv"
    with text.open("w", newline="", encoding="gb18030") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(CALLS[0])
        writer.writerows([*call.values()] for call in sorted(CALLS, key=lambda call: call["Call Id"][::-1]))
    other = loaded(tmp_path, text)
    assert other.evaluate(SCHEME, "2021-03")["digest"] == first["digest"]
