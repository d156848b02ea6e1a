"""500 accounts, 5,000 subscriptions with the days they began and ended, 600 churn events, 2,000 tickets.

Odd in the data, and what became of it:

- Whether an account has churned is said three times, and never alike. Its ``churn_flag`` contradicts the churn events:
  277 accounts flagged FALSE have events, and 35 flagged TRUE have none. The flag has no date and is not read. What is
  kept and lost is told by the subscriptions, whose 486 ends agree with their own flags, each and all; events give the
  reasons and the refunds.
- No file names an agent. The rule here: an account belongs to the owner of its country, and countries make three teams.
  Only the accounts' file knows the country, so that the others ask the stored account for its owner (``of``).
- Days come first in dates (27-10-2024), which is refused as ambiguous unless the mapping says so.
- A ticket is submitted on a day, without a time: its midnight, from which the minutes to the response count. 36 tickets
  were answered after they were closed; both times follow the opening, and are kept as they are.
- 825 tickets are not rated, the others by 3, 4 or 5 of five only. 1,077 are older than their account.
- 778 subscriptions are trials without revenue: they count among those kept, and weigh nothing in the revenue kept.
- 95 reasons of 600 are "unknown", which is read as none.
"""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from collections import Counter
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests.scenarios.by_hand import exact, fen
from tests.scenarios.desk import Desk, counts
from tests.scenarios.ravenstack_saas.figures import (
    ACCOUNTS,
    CURVES,
    DATA,
    EVENTS,
    QUARTERS,
    SUBSCRIPTIONS,
    TEAMS,
    TICKETS,
    bounds,
    count,
    day,
    kept,
    owner,
    standing,
)

HERE = Path(__file__).parent
SCHEME = HERE / "accounts_scheme.toml"
FILES = {
    "subscription": ("subscriptions", "subscriptions"),
    "churn_event": ("events", "churn_events"),
    "ticket": ("tickets", "supports_ticket"),
}
EARLIER = [f"2023-Q{number}" for number in range(1, 5)]


def loaded(folder: Path) -> Desk:
    """A workspace with the pack, seven owners in three teams, and everything but the usage of features."""
    shutil.copytree(HERE / "pack", folder / "pack")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=folder / "pack", check=True, capture_output=True)
    people = folder / "owners.csv"
    with people.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("code", "name", "role", "team", "from"))
        writer.writerows((code, f"Owner {code}", "owner", team, "2023-01-01") for code, team in TEAMS.items())
    desk = Desk(folder / "saas")
    desk.do("init", desk.workspace, "--timezone", "UTC")
    desk.do("plugin", "add", next(folder.glob("*.whl")))
    desk.do("people", "import", people)
    desk.do("records", "import", "customer", DATA / "ravenstack_accounts.csv", "--mapping", HERE / "accounts.toml")
    for record_type, (name, source) in FILES.items():
        desk.do("records", "import", record_type, DATA / f"ravenstack_{source}.csv", "--mapping", HERE / f"{name}.toml")
    return desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return loaded(tmp_path_factory.mktemp("ravenstack"))


@cache
def run_of(desk: Desk, quarter: str) -> dict[str, Any]:
    """The run of the quarter."""
    return desk.evaluate(SCHEME, quarter)


def test_the_flags_of_the_accounts_contradict_the_churn_events() -> None:
    left = {event["account_id"] for event in EVENTS}
    found = Counter((row["churn_flag"], account in left) for account, row in ACCOUNTS.items())
    assert found == {("FALSE", True): 277, ("TRUE", False): 35, ("FALSE", False): 113, ("TRUE", True): 75}
    assert count(SUBSCRIPTIONS, lambda row: (row["until"] is not None) != (row["churn_flag"] == "TRUE")) == 0
    ended = {(row["account_id"], row["until"]) for row in SUBSCRIPTIONS if row["until"]}
    assert count(EVENTS, lambda row: (row["account_id"], row["on"]) in ended) < len(EVENTS) // 50


def test_the_data_are_as_odd_as_is_said_above() -> None:
    assert (len(ACCOUNTS), len(SUBSCRIPTIONS), len(EVENTS), len(TICKETS)) == (500, 5000, 600, 2000)
    late = count(
        TICKETS, lambda row: int(row["first_response_time_minutes"]) > 60 * float(row["resolution_time_hours"])
    )
    older = count(TICKETS, lambda row: row["on"] < day(ACCOUNTS[row["account_id"]]["signup_date"]))
    assert (late, older) == (36, 1077)
    assert Counter(row["satisfaction_score"] for row in TICKETS) == {"": 825, "4": 405, "3": 396, "5": 374}
    assert count(SUBSCRIPTIONS, lambda row: row["is_trial"] == "TRUE") == 778
    assert count(SUBSCRIPTIONS, lambda row: row["mrr_amount"] == "0") == 778
    assert count(EVENTS, lambda row: row["reason_code"] == "unknown") == 95


def test_every_row_is_stored_and_none_quarantined(desk: Desk) -> None:
    read = {batch["type"]: counts(batch) for batch in desk.batches() if batch["type"] != "people"}
    assert {name: (one["read"], one["added"], one["quarantined"]) for name, one in read.items()} == {
        "customer": (500, 500, 0),
        "subscription": (5000, 5000, 0),
        "churn_event": (600, 600, 0),
        "ticket": (2000, 2000, 0),
    }


def test_a_ticket_of_an_account_that_is_not_stored_is_quarantined(desk: Desk, tmp_path: Path) -> None:
    tickets = tmp_path / "tickets.csv"
    header, first, *_rest = (DATA / "ravenstack_supports_ticket.csv").read_text("utf-8-sig").splitlines()
    number, _account, *others = first.split(",")
    tickets.write_text("\n".join([header, ",".join([f"{number}-2", "A-nobody", *others])]), "utf-8")
    assert desk.try_("records", "import", "ticket", tickets, "--mapping", "tickets").code == 1
    (rejected,) = desk.quarantined()
    assert (rejected["#column"], rejected["#value"]) == ("account_id", "A-nobody")
    assert rejected["#reason"] == "there is no Customer with this key"


def test_days_that_come_first_are_refused_unless_the_mapping_says_so(desk: Desk, tmp_path: Path) -> None:
    careless = tmp_path / "accounts.toml"
    careless.write_text((HERE / "accounts.toml").read_text("utf-8").replace(', format = "%d-%m-%Y"', ""), "utf-8")
    source = DATA / "ravenstack_accounts.csv"
    report = desk.try_("records", "import", "customer", source, "--mapping", careless, "--dry-run")
    assert report.code == 1
    assert "500 quarantined" in report.err
    assert Counter(row["#column"] for row in desk.quarantined()) == {"signup_date": 500}


def test_what_is_stored_is_what_stands_in_the_files(desk: Desk) -> None:
    subscriptions = {row["no"]: row for row in csv.DictReader(desk.stored("subscription"))}
    for row in SUBSCRIPTIONS:
        stored = subscriptions[row["subscription_id"]]
        assert (stored["started_on"], stored["ended_on"]) == (str(row["from"]), str(row["until"] or ""))
        assert stored["owner"] == ACCOUNTS[row["account_id"]]["country"]
        assert stored["mrr"] == f"{row['mrr_amount']}.00"
    tickets = [*csv.DictReader(desk.stored("ticket"))]
    assert Counter(row["satisfaction"] for row in tickets) == {"": 825, "8.0": 405, "6.0": 396, "10.0": 374}
    assert Counter(row["escalated"] for row in tickets) == {"true": 95, "false": 1905}
    first = next(row for row in tickets if row["no"] == "T-0024de")
    times = (first["opened_at"], first["responded_at"], first["resolved_at"])
    assert times == ("2023-07-27 00:00:00", "2023-07-27 01:14:00", "2023-07-28 03:00:00")


def test_the_scheme_is_sound(desk: Desk) -> None:
    assert "sound; 0 warnings" in desk.do("scheme", "check", SCHEME).err


@pytest.mark.parametrize("quarter", QUARTERS)
def test_every_figure_of_every_owner_is_the_one_computed_by_hand(desk: Desk, quarter: str) -> None:
    people = {each["code"]: each for each in run_of(desk, quarter)["people"]}
    expected = standing(quarter)
    assert set(people) == set(TEAMS)
    for code, person in people.items():
        one, found = expected[code], person["indicators"]
        assert {key: (exact(each["value"]), each["sample"]) for key, each in found.items()} == {
            key: one["values"][key] for key in CURVES
        }, code
        assert {key: exact(each["points"]) for key, each in found.items()} == one["points"], code
        assert {key: exact(each) for key, each in person["measured"].items()} == {
            key: value for key, (value, _sample) in one["values"].items() if key not in CURVES
        }, code
        assert exact(person["total"]) == one["total"], code
        assert (person["group"], person["rank"]) == (TEAMS[code], one["rank"]), code
        assert (person["tier"], fen(person["bonus"])) == (one["tier"], one["bonus"]), code


@pytest.mark.parametrize("quarter", QUARTERS)
def test_warnings_and_segments_follow_from_the_figures(desk: Desk, quarter: str) -> None:
    expected = standing(quarter)
    for person in run_of(desk, quarter)["people"]:
        found = expected[person["code"]]["values"]
        lost, refunded = found["subscriptions.ended"][0], found["subscriptions.refunded"][0]
        fintech, kept = found["kept_fintech"][0], found["subscriptions.kept"][0]
        due = ["warning"] * (lost >= 10 or refunded > 500)
        due += ["segment"] * (fintech is not None and fintech < kept)
        assert [each["kind"] for each in person["outcomes"]] == due, person["code"]


def test_all_quarters_come_to_the_ends_that_the_source_counts(desk: Desk) -> None:
    ended, refunded = 0, Fraction(0)
    for quarter in [*EARLIER, *QUARTERS]:
        for person in run_of(desk, quarter)["people"]:
            ended += int(person["measured"]["subscriptions.ended"])
            refunded += exact(person["measured"]["subscriptions.refunded"]) or 0
    assert ended == 486
    assert refunded == sum(Fraction(event["refund_amount_usd"]) for event in EVENTS)


def test_a_segment_is_read_from_the_accounts_and_is_in_nobodys_subscription(desk: Desk) -> None:
    tree = desk.do("evaluate", SCHEME, "--period", "2024-Q4", "--explain", "IN").out
    assert "account.segment" in tree
    fields = json.loads(desk.do("records", "show", "subscription", "--format", "json").out)["properties"]
    assert "segment" not in fields


@pytest.mark.parametrize(("by", "column"), [("account.segment", "industry"), ("plan", "plan_tier")])
def test_what_is_kept_by_industry_and_by_plan_needs_no_scheme(desk: Desk, by: str, column: str) -> None:
    words = ("indicator", "values", "subscriptions.kept", "--period", "2024-Q4", "--by", by, "--format", "json")
    found = {each["by"][by]: (exact(each["value"]), each["records"]) for each in json.loads(desk.do(*words).out)}
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in SUBSCRIPTIONS:
        name = ACCOUNTS[row["account_id"]][column] if by == "account.segment" else row[column].lower()
        groups.setdefault(name, []).append(row)
    assert found == {name: kept(rows, *bounds("2024-Q4")) for name, rows in groups.items()}


def test_escalated_tickets_of_every_team_come_from_all_of_its_tickets(desk: Desk) -> None:
    words = ("--period", "2024", "--by", "escalated", "--for", "team", "--format", "json")
    answer = json.loads(desk.do("indicator", "values", "crm.resolution_within", *words).out)
    year = [row for row in TICKETS if row["on"].year == 2024]
    expected = Counter((TEAMS[owner(row)], row["escalation_flag"] == "TRUE") for row in year)
    assert {(each["team"], each["by"]["escalated"]): each["records"] for each in answer} == expected
