"""6,709 yearly reviews of 1,470 employees over ten years: one file read three times, as what people said of themselves,
as what their managers said, and as training.

What is odd in it, and what becomes of that here:

- Dates are month/day/year. Without a format each is quarantined with both readings, with one all are read.
- 1,141 reviews are dated before their employee was hired, others after the employee had left. The scheme counts records
  by their date (`attribution = "event_date"`), so they belong to nobody; by `period_end` most of them would count.
- 237 have left, but the file has no last day, only whole years of service. The second mapping of people derives the
  latest day that agrees with them. Who leaves is appraised for that year, and has no bonus.
- 823 reviews tell of more training taken than offered. No more than what was offered counts, and the person's outcome
  says that it is to be checked.
- 190 were never reviewed: they have no data and are not graded, rather than the last.
- Managers rate as the employee does or one below, but once one above. They are not named: each is a rater of its own.
"""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from tests.scenarios.by_hand import exact, fen
from tests.scenarios.desk import Desk, counts
from tests.scenarios.hr_performance_ratings.figures import (
    EMPLOYEES,
    FOLDER,
    REVIEWS,
    SERVICE,
    WRITTEN,
    YEARS,
    agreement,
    covered,
    day_of,
    in_service,
    standing,
)

HERE = Path(__file__).parent
SCHEME = HERE / "reviews_scheme.toml"
RATINGS = FOLDER / "PerformanceRating.csv"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pack beside this file, built as its author would."""
    folder = tmp_path_factory.mktemp("build")
    shutil.copytree(HERE / "pack", folder / "pack")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=folder / "pack", check=True, capture_output=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Desk:
    """A workspace in California's time with the pack, everybody, and the reviews read three times."""
    desk = Desk(tmp_path_factory.mktemp("reviews") / "desk")
    desk.do("init", desk.workspace, "--timezone", "America/Los_Angeles")
    desk.do("plugin", "add", wheel)
    desk.do("people", "import", FOLDER / "Employee.csv", "--mapping", HERE / "people.toml")
    desk.do("people", "import", FOLDER / "Employee.csv", "--mapping", HERE / "leavers.toml", "--update")
    desk.do("records", "import", "assessment", RATINGS, "--mapping", HERE / "self.toml")
    desk.do("records", "import", "assessment", RATINGS, "--mapping", HERE / "managers.toml")
    desk.do("records", "import", "review", RATINGS, "--mapping", HERE / "reviews.toml")
    return desk


def test_one_file_gives_two_ratings_and_the_training_of_every_review(desk: Desk) -> None:
    all_of_them = {"read": 6709, "added": 6709, "replaced": 0, "unchanged": 0, "quarantined": 0}
    reviews, managers, own, leavers, people = desk.batches()
    assert [counts(one) for one in (own, managers, reviews)] == [all_of_them] * 3
    assert counts(people) == {"read": 1470, "added": 1470, "replaced": 0, "unchanged": 0, "quarantined": 0}
    assert counts(leavers) == {"read": 1470, "added": 0, "replaced": 237, "unchanged": 0, "quarantined": 0}


def test_the_stored_ratings_are_those_of_the_file(desk: Desk) -> None:
    stored = Counter(
        (row["subject"], row["rater"], row["relation"], row["score"].split(".")[0], row["rated_on"])
        for row in csv.DictReader(desk.stored("assessment"))
    )
    expected: Counter[tuple[str, ...]] = Counter()
    for row in WRITTEN:
        code, day = row["EmployeeID"], day_of(row["ReviewDate"]).isoformat()
        expected[code, code, "self", row["SelfRating"], day] += 1
        expected[code, "", "supervisor", row["ManagerRating"], day] += 1
    assert stored == expected


def test_without_a_format_every_date_is_quarantined_and_ambiguous_ones_with_both_readings(
    desk: Desk, tmp_path: Path
) -> None:
    careless = tmp_path / "careless.toml"
    plain = (
        (HERE / "reviews.toml")
        .read_text("utf-8")
        .replace('{ from = "ReviewDate", format = "%m/%d/%Y" }', '"ReviewDate"')
    )
    careless.write_text(plain, "utf-8")
    answer = desk.try_("records", "import", "review", RATINGS, "--mapping", careless, "--dry-run")
    assert (answer.code, "6,709 quarantined" in answer.err) == (1, True)
    rejected = {row["PerformanceID"]: row for row in desk.quarantined()}
    assert len(rejected) == 6709
    assert rejected["PR01"]["#reason"] == "this date can be 2013-02-01 or 2013-01-02"
    assert '"%m/%d/%Y"' in rejected["PR01"]["#fix"]


def test_the_scheme_is_sound(desk: Desk) -> None:
    assert "sound; 0 warnings" in desk.do("scheme", "check", SCHEME).err


@pytest.mark.parametrize("year", YEARS)
def test_every_figure_of_every_employee_is_the_one_computed_by_hand(desk: Desk, year: str) -> None:
    people = {each["code"]: each for each in desk.evaluate(SCHEME, year)["people"]}
    expected = standing(int(year))
    assert set(people) == set(expected)
    for code, person in people.items():
        by_hand, found = expected[code], person["indicators"]
        assert {key: exact(one["value"]) for key, one in found.items()} == by_hand["values"], code
        assert {key: one["sample"] for key, one in found.items()} == by_hand["samples"], code
        assert {key: exact(one["points"]) for key, one in found.items()} == by_hand["points"], code
        assert {key: exact(one) for key, one in person["dimensions"].items()} == by_hand["dimensions"], code
        assert {key: exact(one) for key, one in person["measured"].items()} == by_hand["besides"], code
        assert exact(person["total"]) == by_hand["total"], code
        assert (person["rank"], person["tier"]) == (by_hand.get("rank"), by_hand.get("tier")), code
        assert person["group"] == (EMPLOYEES[code]["Department"] if person["graded"] else person["group"]), code
        assert fen(person["bonus"]) == by_hand.get("bonus"), code


@pytest.mark.parametrize("year", YEARS[::3])
def test_a_run_tells_how_far_employees_and_managers_agree(desk: Desk, year: str) -> None:
    found = desk.evaluate(SCHEME, year)["agreement"]["crm.assessment"]
    assert {key: exact(found[key]) for key in ("icc", "icc_mean", "each")} | {
        key: found[key] for key in ("people", "scores")
    } == agreement(int(year))
    assert (found["alpha"], found["items"]) == (None, 1)


def test_managers_rate_as_the_employee_does_or_one_below_and_once_above() -> None:
    apart = Counter(int(row["SelfRating"]) - int(row["ManagerRating"]) for row in WRITTEN)
    assert apart == {1: 3427, 0: 3281, -1: 1}
    assert [row["PerformanceID"] for row in WRITTEN if row["ManagerRating"] > row["SelfRating"]] == ["PR3813"]


def test_who_was_never_reviewed_has_no_data_and_is_not_graded(desk: Desk) -> None:
    never = set(EMPLOYEES) - {row["EmployeeID"] for row in WRITTEN}
    assert len(never) == 190
    people = {each["code"]: each for each in desk.evaluate(SCHEME, "2022")["people"]}
    assert never <= set(people)
    for code in never:
        person = people[code]
        assert (person["graded"], person["total"], person["tier"], person["bonus"]) == (False, None, None, None)
        assert {one["value"] for one in person["indicators"].values()} == {None}
        (reason,) = (each["what"] for each in person["decisions"] if each["kind"] == "coverage")
        assert reason == "data for 0.00 % of the weight, 50.00 % needed: not graded"


def test_reviews_before_hiring_and_after_leaving_count_by_period_end_and_not_by_date(
    desk: Desk, tmp_path: Path
) -> None:
    outside = [row for row in WRITTEN if not in_service(row["EmployeeID"], day_of(row["ReviewDate"]))]
    early = [row for row in outside if day_of(row["ReviewDate"]) < SERVICE[row["EmployeeID"]][0]]
    assert len(early) == 1141
    assert sum(map(len, REVIEWS.values())) == len(WRITTEN) - len(outside)
    undated = tmp_path / "period_end.toml"
    undated.write_text(SCHEME.read_text("utf-8").replace('"event_date"', '"period_end"'), "utf-8")
    there = set(covered(2018))
    held = [row for row in WRITTEN if row["EmployeeID"] in there and day_of(row["ReviewDate"]).year == 2018]
    for scheme, expected in ((undated, held), (SCHEME, [row for row in held if row not in outside])):
        people = desk.evaluate(scheme, "2018")["people"]
        assert sum(each["indicators"]["reviews.training"]["sample"] for each in people) == len(expected)
    said = desk.do("evaluate", SCHEME, "--period", "2018", "--format", "json").err
    lost = [row for row in held if row in outside]
    persons = len({row["EmployeeID"] for row in lost})
    assert f"{len(lost)} records (Review) dated in 2018 do not count, of {persons} people" in said
    assert f"{2 * len(lost)} records (Assessment) dated in 2018 do not count, of {persons} people" in said


def test_training_beyond_the_offer_does_not_count_and_is_to_be_checked(desk: Desk) -> None:
    beyond = [
        row for row in WRITTEN if int(row["TrainingOpportunitiesTaken"]) > int(row["TrainingOpportunitiesWithinYear"])
    ]
    assert len(beyond) == 823
    people = desk.evaluate(SCHEME, "2019")["people"]
    assert max(exact(each["indicators"]["reviews.training"]["value"]) or 0 for each in people) == 1
    checked = {each["code"] for each in people if "check" in {one["kind"] for one in each["outcomes"]}}
    assert checked == {code for code, one in standing(2019).items() if one["besides"]["reviews.beyond_offer"]}
    assert checked


def test_who_leaves_is_appraised_for_that_year_without_a_bonus_and_is_gone_the_next(desk: Desk) -> None:
    people = {each["code"]: each for each in desk.evaluate(SCHEME, "2020")["people"]}
    leaving = {
        code
        for code, (_first, last) in SERVICE.items()
        if last and last.year == 2020 and (last.month, last.day) < (12, 31)
    }
    graded = {code for code in leaving if people[code]["graded"]}
    assert graded
    assert {people[code]["bonus"] for code in graded} == {"0.00"}
    next_year = desk.evaluate(SCHEME, "2021")
    gone = {each["code"]: each["reason"] for each in next_year["left_out"]}
    assert {gone[code] for code in leaving} == {"no assignment in 2021"}


def test_a_trend_is_explained_by_both_years(desk: Desk) -> None:
    code = min(code for code, one in standing(2019).items() if one["values"]["trend"] == 2)
    tree = desk.do("evaluate", SCHEME, "--period", "2019", "--explain", code).out
    below = tree[tree.index("Managers' rating against last year's") :]
    assert "2 → 120 points" in below
    assert "same period last year" in below
