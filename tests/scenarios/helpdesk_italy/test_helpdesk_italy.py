"""A log of 21,348 events becomes 4,580 tickets by importing it five times, each time with a mapping of its own.

What is odd in it, and what becomes of that here:

- A ticket is five events on average, in as many rows. The first event opens it, the first "Take in charge" answers it,
  the last "Resolve" ends it: `completes` and `repeats` in the mappings say so, and the log needs no preparation.
- 127 events stand in the log twice. They are stored once and counted; of the 386 tickets that the log seems to resolve
  more than once, 84 owe that to such rows.
- "Closed" is the system's, weeks after the resolution, and is no resolution: median 39.8 days against 6.7.
- 295 tickets were never taken in charge and 11 never resolved: they have no time, rather than a long one.
- The offsets are those of Helsinki, an hour ahead of Italy. The moments are taken as they are written; the working
  calendar has the clock of the log.
"""

from __future__ import annotations

import csv
import gzip
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from tests.scenarios.by_hand import exact, fen
from tests.scenarios.desk import Answer, Desk, counts
from tests.scenarios.helpdesk_italy.figures import (
    AGENTS,
    CAP,
    CLOSED,
    EVENTS,
    EVERYTHING,
    FOLDER,
    LOG_CLOCK,
    POOL,
    QUARTERS,
    RESOLVED,
    ROME,
    TAKEN,
    TICKETS,
    WRITTEN,
    desk_figures,
    resolved_more_than_once,
    standing,
)

HERE = Path(__file__).parent
STEPS = ("opened", "responded", "first_resolved", "resolved", "closed")
TICKET = ("records", "import", "helpdesk_ticket")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pack beside this file, built as its author would."""
    folder = tmp_path_factory.mktemp("build")
    shutil.copytree(HERE / "pack", folder / "pack")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=folder / "pack", check=True, capture_output=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The log, unpacked."""
    path = tmp_path_factory.mktemp("log") / "log.csv"
    path.write_bytes(gzip.decompress((FOLDER / "helpdesk_flat.derived.csv.gz").read_bytes()))
    return path


@pytest.fixture(scope="module")
def answers() -> dict[str, Answer]:
    """What each import of the workspace said."""
    return {}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, wheel: Path, log: Path, answers: dict[str, Answer]) -> Desk:
    """A workspace in Rome's time with the pack, everybody whom the log names, its events and its tickets."""
    folder = tmp_path_factory.mktemp("helpdesk")
    desk = Desk(folder / "desk")
    desk.do("init", desk.workspace, "--timezone", "Europe/Rome")
    desk.do("plugin", "add", wheel)
    shutil.copy(HERE / "calendars" / "helpdesk.toml", desk.workspace / "calendars")
    (folder / "desk.csv").write_text("code,name,role,from\nDESK,Help desk,desk,2010-01-01\n", "utf-8")
    desk.do("people", "import", folder / "desk.csv")
    answers["people"] = desk.do("people", "import", log, "--mapping", HERE / "people.toml")
    answers["events"] = desk.do("records", "import", "helpdesk_event", log, "--mapping", HERE / "events.toml")
    for step in STEPS:
        answers[step] = desk.do(*TICKET, log, "--mapping", HERE / f"{step}.toml", "--update")
    return desk


def test_the_log_names_everybody_and_each_is_taken_once(desk: Desk, answers: dict[str, Answer]) -> None:
    assert len(AGENTS) == 22
    assert "21,348 rows read: 22 added, 0 replaced, 21,326 unchanged, 0 quarantined" in answers["people"].err


def test_events_that_stand_in_the_log_twice_are_stored_once_and_counted(desk: Desk, answers: dict[str, Answer]) -> None:
    assert (len(WRITTEN), len(EVENTS)) == (21_348, 21_221)
    assert "21,348 rows read: 21,221 added, 0 replaced, 127 unchanged, 0 quarantined" in answers["events"].err
    assert "127 of the unchanged rows repeat another row of the file" in answers["events"].err
    assert (resolved_more_than_once(WRITTEN), resolved_more_than_once(EVENTS)) == (386, 302)
    stored = csv.DictReader(desk.stored("helpdesk_event"))
    assert sorted((one["ticket"], one["agent"], at(one["at"])) for one in stored) == sorted(
        (ticket, agent, moment) for ticket, _activity, agent, moment in EVENTS
    )


def at(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=ROME)


def test_each_import_says_how_many_rows_it_used_and_how_many_it_left_out(desk: Desk) -> None:
    kinds = [event[1] for event in WRITTEN]
    expected = {
        "opened": (4580, 0, len(WRITTEN)),
        "responded": (0, 4285, kinds.count(TAKEN)),
        "first_resolved": (0, 4569, kinds.count(RESOLVED)),
        "resolved": (0, 4569, kinds.count(RESOLVED)),
        "closed": (0, 4559, kinds.count(CLOSED)),
    }
    for batch, step in zip(desk.batches()[: len(STEPS)], reversed(STEPS), strict=True):
        added, replaced, concerned = expected[step]
        found = counts(batch)
        assert (found["added"], found["replaced"], found["quarantined"], found["read"]) == (added, replaced, 0, 21_348)
        assert found["unchanged"] <= concerned - added - replaced


def test_rows_of_a_ticket_that_are_not_the_one_meant_are_said_apart_from_those_skipped(
    desk: Desk, answers: dict[str, Answer]
) -> None:
    assert "16,768 rows repeat a key and were left out, as the mapping's repeats asks" in answers["opened"].err
    assert "skip_rows_where" not in answers["opened"].err
    said = answers["responded"].err
    assert "775 rows repeat a key and were left out, as the mapping's repeats asks" in said
    assert "16,288 rows were left out, as the mapping's skip_rows_where asks" in said


def test_the_stored_tickets_are_those_of_the_events(desk: Desk) -> None:
    stored = {row["no"]: row for row in csv.DictReader(desk.stored("helpdesk_ticket"))}
    assert set(stored) == set(TICKETS)
    for number, ticket in TICKETS.items():
        row = stored[number]
        for field in ("responder", "first_resolver", "resolver"):
            assert (row[field] or None) == ticket[field], (number, field)
        for field in ("opened", "responded", "first_resolved", "resolved", "closed"):
            assert (at(row[f"{field}_at"]) if row[f"{field}_at"] else None) == ticket[field], (number, field)


def test_without_repeats_all_but_the_first_row_of_a_ticket_are_quarantined(
    desk: Desk, log: Path, tmp_path: Path
) -> None:
    careless = tmp_path / "careless.toml"
    careless.write_text((HERE / "responded.toml").read_text("utf-8").replace('repeats   = "first"', ""), "utf-8")
    answer = desk.do(*TICKET, log, "--mapping", careless, "--dry-run")
    assert "775 quarantined" in answer.err
    assert "an earlier row of this file has the same key (no) and says something else" in answer.err


def test_importing_the_log_again_changes_nothing(desk: Desk, log: Path) -> None:
    before, imports = desk.stored("helpdesk_ticket"), desk.batches()
    for step in STEPS[1:]:
        assert "nothing changed" in desk.do(*TICKET, log, "--mapping", step, "--update").err
    assert (desk.stored("helpdesk_ticket"), desk.batches()) == (before, imports)


def test_a_compressed_log_is_refused_and_says_what_to_do(desk: Desk) -> None:
    answer = desk.try_(*TICKET, FOLDER / "helpdesk_flat.derived.csv.gz", "--mapping", HERE / "opened.toml")
    assert answer.code == 1
    assert "this file is compressed (gzip)" in answer.err
    assert "Unpack it first" in answer.err


def test_the_offsets_of_the_log_are_helsinkis_all_the_year_round() -> None:
    assert {moment.utcoffset() == moment.astimezone(LOG_CLOCK).utcoffset() for *_, moment in WRITTEN} == {True}


def test_the_schemes_and_the_calendar_are_sound(desk: Desk) -> None:
    for scheme in ("agents.toml", "desk.toml"):
        assert "sound; 0 warnings" in desk.do("scheme", "check", HERE / scheme).err
    assert "sound; 2010–2014" in desk.do("calendar", "check", "helpdesk").err


def test_the_published_medians_come_out_of_the_whole_log(desk: Desk) -> None:
    (person,) = desk.evaluate(HERE / "desk.toml", EVERYTHING)["people"]
    by_hand = desk_figures()
    found = {key: exact(one["value"]) for key, one in person["indicators"].items()}
    found["closing_days"] = exact(person["measured"]["closing_days"])
    assert found == by_hand
    samples = {key: one["sample"] for key, one in person["indicators"].items()}
    assert samples == {
        "response_hours": 4285,
        "response_working_hours": 4285,
        "responded_in_two_days": 4580,
        "resolution_days": 4569,
        "resolved_again": 4569,
    }
    assert f"{float(found['response_hours']):.1f}" == "16.4"
    assert f"{float(found['resolution_days']):.1f}" == "6.7"
    assert f"{float(found['closing_days']):.1f}" == "39.8"
    assert f"{float(found['response_working_hours']):.1f}" == "3.9"


@pytest.mark.parametrize("quarter", QUARTERS)
def test_every_figure_of_every_agent_is_the_one_computed_by_hand(desk: Desk, quarter: str) -> None:
    people = {each["code"]: each for each in desk.evaluate(HERE / "agents.toml", quarter)["people"]}
    expected = standing(quarter)
    assert set(people) == set(AGENTS)
    for agent, person in people.items():
        by_hand, found = expected[agent], person["indicators"]
        assert {key: (exact(one["value"]), one["sample"]) for key, one in found.items()} == by_hand["values"], agent
        assert {key: exact(one["points"]) for key, one in found.items()} == by_hand["points"], agent
        assert {key: exact(one) for key, one in person["dimensions"].items()} == by_hand["dimensions"], agent
        assert {key: exact(one) for key, one in person["measured"].items()} == by_hand["work"], agent
        assert exact(person["total"]) == by_hand["total"], agent
        assert (person["rank"], person["tier"]) == (by_hand.get("rank"), by_hand.get("tier")), agent
        assert fen(person["bonus"]) == by_hand.get("bonus"), agent


def test_the_pool_is_paid_out_to_the_cent_and_nobody_passes_the_cap(desk: Desk) -> None:
    for quarter in ("2010-Q1", "2011-Q3", "2013-Q2"):
        paid = [fen(each["bonus"]) for each in desk.evaluate(HERE / "agents.toml", quarter)["people"] if each["graded"]]
        assert (sum(paid), max(paid) <= CAP) == (POOL, True), quarter


def test_an_agent_whose_first_resolutions_did_not_last_is_kept_out_of_the_best_tier(desk: Desk) -> None:
    held = {
        (quarter, agent)
        for quarter in QUARTERS
        for agent, one in standing(quarter).items()
        if one["total"] is not None and one["total"] >= 95 and one["tier"] == "B"
    }
    assert held
    quarter, agent = min(held)
    (person,) = (each for each in desk.evaluate(HERE / "agents.toml", quarter)["people"] if each["code"] == agent)
    assert "much-rework" in {each["about"] for each in person["decisions"]}


def test_an_explanation_names_the_calendar_and_the_records_behind_working_hours(desk: Desk) -> None:
    tree = desk.do("evaluate", HERE / "desk.toml", "--period", EVERYTHING, "--explain", "DESK").out
    assert "working time by the calendar Help desk (helpdesk, Europe/Helsinki)" in tree
    assert "302 of 4569 records" in tree


def test_a_year_that_the_calendar_does_not_know_is_an_error_and_no_guess(desk: Desk) -> None:
    calendar = desk.workspace / "calendars" / "helpdesk.toml"
    known = calendar.read_text("utf-8")
    short = "\n".join(line for line in known.splitlines() if "day = 2014" not in line)
    calendar.write_text(short.replace(", 2013, 2014]", ", 2013]"), "utf-8")
    try:
        answer = desk.try_("evaluate", HERE / "desk.toml", "--period", EVERYTHING)
    finally:
        calendar.write_text(known, "utf-8")
    assert answer.code == 1
    assert "2014" in answer.err
