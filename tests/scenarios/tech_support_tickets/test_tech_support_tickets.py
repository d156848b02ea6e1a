"""2,330 support tickets, each with the moments promised for response and resolution, measured with a pack of its own.

The pack beside this file is data alone; the test builds its wheel and adds it as an administrator would.
"""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.scenarios.by_hand import (
    exact,
    fen,
    mean,
)
from tests.scenarios.desk import Desk, counts
from tests.scenarios.tech_support_tickets.figures import (
    AGENTS,
    CLEARED,
    CURVES,
    DESKS,
    QUARTERS,
    SOUND,
    TICKETS,
    TIMES,
    WORKBOOK,
    backwards,
    bounds,
    measured,
    standing,
)

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pack beside this file, built as its author would."""
    folder = tmp_path_factory.mktemp("build")
    shutil.copytree(HERE / "pack", folder / "pack")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=folder / "pack", check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def loaded(folder: Path, wheel: Path, mapping: str) -> Desk:
    """A workspace in Berlin's time with the pack, the people and the tickets."""
    people = folder / "people.csv"
    with people.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("code", "name", "role", "team", "from", "bonus_base"))
        for code, (name, team, base) in AGENTS.items():
            writer.writerow((code, name, "agent", team, "2022-07-01", base))
        for code, name in DESKS.items():
            writer.writerow((code, name, "desk", "", "2022-07-01", ""))
    desk = Desk(folder / "support")
    desk.do("init", desk.workspace, "--timezone", "Europe/Berlin")
    desk.do("plugin", "add", wheel)
    desk.do("people", "import", people)
    desk.do("records", "import", "support_ticket", WORKBOOK, "--mapping", HERE / mapping)
    return desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Desk:
    return loaded(tmp_path_factory.mktemp("tickets"), wheel, "tickets.toml")


@pytest.fixture(scope="module")
def lenient(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Desk:
    return loaded(tmp_path_factory.mktemp("cleared"), wheel, "tickets_cleared.toml")


def test_tickets_whose_times_run_backwards_are_quarantined_by_the_time_at_fault(desk: Desk) -> None:
    expected = Counter(backwards(ticket) for ticket in TICKETS if backwards(ticket))
    assert expected == {"First response time": 2, "Resolution time": 18, "Close time": 42}
    assert counts(desk.batches()[0]) == {"read": 2330, "added": 2268, "replaced": 0, "unchanged": 0, "quarantined": 62}
    rejected = desk.quarantined()
    assert Counter(row["#column"] for row in rejected) == expected
    assert {row["Ticket ID"] for row in rejected} == {str(int(t["Ticket ID"])) for t in TICKETS if backwards(t)}


def test_what_is_stored_is_what_stands_in_the_sheet(desk: Desk) -> None:
    stored = {row["no"]: row for row in csv.DictReader(desk.stored("support_ticket"))}
    assert set(stored) == {str(int(ticket["Ticket ID"])) for ticket in SOUND}
    codes = {name: code for code, (name, _team, _base) in AGENTS.items()}
    ratings = Counter(row["rating"] for row in stored.values())
    assert ratings == Counter(
        "" if t["Survey results"] == "not rated" else str(int(t["Survey results"])) for t in SOUND
    )
    assert {number: row["agent"] for number, row in stored.items()} == {
        str(int(ticket["Ticket ID"])): codes[ticket["Agent Name"]] for ticket in SOUND
    }
    pricing = sum(row["topic"] == "pricing" for row in stored.values())
    assert pricing == sum(ticket["Topic"].lower() == "pricing and licensing" for ticket in SOUND)


def test_not_rated_in_a_column_of_numbers_is_rejected_unless_the_mapping_says_it_means_nothing(
    desk: Desk, tmp_path: Path
) -> None:
    careless = tmp_path / "careless.toml"
    careless.write_text((HERE / "tickets.toml").read_text("utf-8").replace(', missing = ["not rated"]', ""), "utf-8")
    words = ("records", "import", "support_ticket", WORKBOOK, "--mapping", careless, "--dry-run")
    report = desk.do(*words).err
    unrated = sum(ticket["Survey results"] == "not rated" for ticket in TICKETS)
    assert unrated == 1157
    found = Counter(column for row in desk.quarantined() for column in row["#column"].splitlines())
    assert found["Survey results"] == unrated
    assert "this was a rehearsal" in report
    reasons = {row["#reason"] for row in desk.quarantined() if row["#value"] == "not rated"}
    assert reasons == {"this is not a number"}


def test_an_hour_that_the_clock_showed_twice_is_noted_and_read_as_the_earlier(lenient: Desk) -> None:
    words = ("records", "import", "support_ticket", WORKBOOK, "--mapping", HERE / "tickets_cleared.toml", "--dry-run")
    assert lenient.do(*words).err.count("the clock showed this time twice") == 1
    stored = {row["no"]: row["resolved_at"] for row in csv.DictReader(lenient.stored("support_ticket"))}
    assert datetime.fromisoformat(stored["3432"]).utcoffset() in (timedelta(hours=2), None)


def test_reversed_times_that_are_cleared_keep_the_ticket_and_are_counted(lenient: Desk) -> None:
    assert counts(lenient.batches()[0]) == {
        "read": 2330,
        "added": 2330,
        "replaced": 0,
        "unchanged": 0,
        "quarantined": 0,
    }
    stored = [*csv.DictReader(lenient.stored("support_ticket"))]
    for field, column in (("responded_at", TIMES[1]), ("resolved_at", TIMES[2]), ("closed_at", TIMES[3])):
        assert sum(row[field] == "" for row in stored) == sum(ticket[column] == "" for ticket in CLEARED), field


def test_the_schemes_are_sound(desk: Desk) -> None:
    for scheme in ("agents.toml", "desks.toml"):
        assert "sound; 0 warnings" in desk.do("scheme", "check", HERE / scheme).err


@pytest.mark.parametrize("quarter", QUARTERS)
@pytest.mark.parametrize("rows", [pytest.param(SOUND, id="quarantined"), pytest.param(CLEARED, id="cleared")])
def test_every_figure_of_every_agent_is_the_one_computed_by_hand(
    request: pytest.FixtureRequest, rows: list[dict[str, Any]], quarter: str
) -> None:
    workspace: Desk = request.getfixturevalue("desk" if rows is SOUND else "lenient")
    people = {each["code"]: each for each in workspace.evaluate(HERE / "agents.toml", quarter)["people"]}
    expected = standing(rows, quarter)
    assert set(people) == set(AGENTS)
    for code, person in people.items():
        by_hand, found = expected[code], person["indicators"]
        assert {key: (exact(one["value"]), one["sample"]) for key, one in found.items()} == {
            key: by_hand["values"][key] for key in CURVES
        }, code
        assert {key: exact(one["points"]) for key, one in found.items()} == by_hand["points"], code
        assert exact(person["measured"]["support_desk.rated"]) == by_hand["values"]["support_desk.rated"][0], code
        assert exact(person["total"]) == by_hand["total"], code
        assert (person["group"], person["rank"]) == (AGENTS[code][1], by_hand["rank"]), code
        assert (person["tier"], fen(person["bonus"])) == (by_hand["tier"], by_hand["bonus"]), code


@pytest.mark.parametrize("quarter", QUARTERS)
def test_a_desks_rate_comes_from_all_its_tickets_and_is_no_mean_of_rates(desk: Desk, quarter: str) -> None:
    people = {each["code"]: each["indicators"] for each in desk.evaluate(HERE / "desks.toml", quarter)["people"]}
    for code, name in DESKS.items():
        by_hand = measured(SOUND, quarter, "Agent Group", name)
        for own, general in (("desk_responses", "response_in_time"), ("desk_resolutions", "resolution_in_time")):
            value, sample = by_hand[f"support_desk.{general}"]
            assert (exact(people[code][own]["value"]), people[code][own]["sample"]) == (value, sample)
            agents = [
                measured(SOUND, quarter, "Agent Name", agent)[f"support_desk.{general}"][0]
                for agent, team, _base in AGENTS.values()
                if team == name
            ]
            assert value != mean(agents)


def test_tickets_not_yet_due_at_the_end_of_the_year_do_not_count_against_anybody(desk: Desk) -> None:
    run = desk.evaluate(HERE / "agents.toml", "2023-Q4")
    end = bounds("2023-Q4")[1]
    waiting = [t for t in SOUND if t["Resolution time"] == "" and t["Expected SLA to resolve"].timestamp() >= end]
    opened = [t for t in SOUND if bounds("2023-Q4")[0] <= t["Created time"].timestamp() < end]
    counted = sum(each["indicators"]["support_desk.resolution_in_time"]["sample"] for each in run["people"])
    assert counted == len(opened) - len(waiting)


def test_the_labels_of_the_source_agree_wherever_a_time_exists() -> None:
    """The sheet's own verdicts, as a second witness for the rates above."""
    for done, due, label in (
        ("First response time", "Expected SLA to first response", "SLA For first response"),
        ("Resolution time", "Expected SLA to resolve", "SLA For Resolution"),
    ):
        kept = [ticket for ticket in TICKETS if ticket[done] != "" and ticket[done] <= ticket[due]]
        said = [ticket for ticket in TICKETS if ticket[done] != "" and ticket[label] == "Within SLA"]
        differing = {ticket["Ticket ID"] for ticket in kept} ^ {ticket["Ticket ID"] for ticket in said}
        assert len(differing) == (14 if done == "First response time" else 0)


def test_a_second_import_changes_nothing_and_undo_restores_what_was_there(wheel: Path, tmp_path: Path) -> None:
    desk = loaded(tmp_path, wheel, "tickets.toml")
    strict, digest = desk.stored("support_ticket"), desk.evaluate(HERE / "agents.toml", "2023-Q3")["digest"]
    again = desk.do("records", "import", "support_ticket", WORKBOOK, "--mapping", "tickets")
    assert "0 added, 0 replaced, 2,268 unchanged, 62 quarantined" in again.err
    desk.do("records", "import", "support_ticket", WORKBOOK, "--mapping", HERE / "tickets_cleared.toml")
    assert counts(desk.batches()[0])["added"] == 62
    assert desk.evaluate(HERE / "agents.toml", "2023-Q3")["digest"] != digest
    desk.do("records", "undo", str(desk.batches()[0]["batch"]))
    assert desk.stored("support_ticket") == strict
    assert desk.evaluate(HERE / "agents.toml", "2023-Q3")["digest"] == digest


def test_without_the_pack_the_scheme_says_which_indicators_are_unknown(desk: Desk, tmp_path: Path) -> None:
    bare = Desk(tmp_path / "bare")
    bare.do("init", bare.workspace)
    answer = bare.try_("scheme", "check", HERE / "agents.toml")
    assert answer.code == 1
    assert all(f"support_desk.{name}" in answer.err for name in ("response_in_time", "rating", "rated"))


def test_a_quarantine_file_that_was_corrected_is_not_overwritten(wheel: Path, tmp_path: Path) -> None:
    desk = loaded(tmp_path, wheel, "tickets.toml")
    (file,) = (desk.workspace / "quarantine").glob("*.csv")
    corrected = file.read_text("utf-8-sig").replace("Nicola Wane", "A4")
    file.write_text(corrected, "utf-8")
    desk.do("records", "import", "support_ticket", WORKBOOK, "--mapping", "tickets")
    assert file.read_text("utf-8") == corrected
    assert len([*(desk.workspace / "quarantine").glob("*.csv")]) == 2
    desk.do("records", "import", "support_ticket", WORKBOOK, "--mapping", "tickets")
    assert len([*(desk.workspace / "quarantine").glob("*.csv")]) == 2
