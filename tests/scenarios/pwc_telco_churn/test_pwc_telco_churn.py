"""7,043 customers of a telephone company: how long they have been there, what they pay, and whether they left.

Odd in the data, and what became of it:

- There are no dates, only months of tenure. The mapping states a rule that gives some: everybody was there on 1 October
  2019, for 30 days a month, and those who left did so on 31 December. So the churn of the quarter is the published one,
  1,869 of 7,043; nothing that asks about single months can be had from these data.
- Eleven customers have a tenure of 0 and a blank for their total charges, which makes a column of text of it for most
  programs: here a blank is no value, the other 7,032 are amounts, and a mean leaves the eleven out.
- Nobody looks after the customers. The rule here: each way of paying has an owner.
- The sheet is no list of tickets, only their numbers: they are summed, and nothing can be said of single ones.
- The workbook holds binary fractions; the amounts are those that the cells show.
"""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from tests.scenarios.by_hand import exact, fen, mean, share
from tests.scenarios.desk import Desk, counts
from tests.scenarios.pwc_telco_churn.figures import (
    CONTRACTS,
    CUSTOMERS,
    OWNERS,
    WORKBOOK,
    money,
    pool,
    standing,
    tickets,
)

HERE = Path(__file__).parent
SCHEME = HERE / "retention.toml"
WEIGHTED = (
    "crm.retention_rate",
    "churn_monthly",
    "kept_by_contract",
    "telco.tickets_per_line",
    "fiber_without_tickets",
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A workspace with the pack, an owner for each way of paying, and the sheet read twice."""
    folder = tmp_path_factory.mktemp("telco")
    shutil.copytree(HERE / "pack", folder / "pack")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=folder / "pack", check=True, capture_output=True)
    people = folder / "owners.csv"
    with people.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("code", "name", "role", "from"))
        writer.writerows((code, name, "owner", "2019-01-01") for code, name in OWNERS.items())
    desk = Desk(folder / "telco")
    desk.do("init", desk.workspace, "--timezone", "America/Los_Angeles")
    desk.do("plugin", "add", next(folder.glob("*.whl")))
    desk.do("people", "import", people)
    desk.do("records", "import", "customer", WORKBOOK, "--mapping", HERE / "customers.toml")
    desk.do("records", "import", "line", WORKBOOK, "--mapping", HERE / "lines.toml")
    return desk


@pytest.fixture(scope="module")
def people(desk: Desk) -> dict[str, dict[str, Any]]:
    """Everybody in the run of the quarter, by code."""
    return {each["code"]: each for each in desk.evaluate(SCHEME, "2019-Q4")["people"]}


def test_the_sheet_is_the_one_that_is_published() -> None:
    assert (len(CUSTOMERS), sum(row["Churn"] == "Yes" for row in CUSTOMERS)) == (7043, 1869)
    blank = [row for row in CUSTOMERS if isinstance(row["TotalCharges"], str)]
    assert {(row["tenure"], row["TotalCharges"]) for row in blank} == {(0.0, " ")}
    assert len(blank) == 11
    assert all((row["tenure"] == 0) == (row in blank) for row in CUSTOMERS)


def test_every_row_is_stored_twice_and_none_quarantined(desk: Desk) -> None:
    lines, customers, _people = map(counts, desk.batches())
    assert lines == customers == {"read": 7043, "added": 7043, "replaced": 0, "unchanged": 0, "quarantined": 0}


def test_what_is_stored_is_what_the_cells_show(desk: Desk) -> None:
    lines = {row["no"]: row for row in csv.DictReader(desk.stored("line"))}
    customers = {row["code"]: row for row in csv.DictReader(desk.stored("customer"))}
    codes = {name: code for code, name in OWNERS.items()}
    for row in CUSTOMERS:
        line, customer = lines[row["customerID"]], customers[row["customerID"]]
        assert Fraction(line["monthly"]) == money(row["MonthlyCharges"])
        assert line["total"] == "" if row["tenure"] == 0 else Fraction(line["total"]) == money(row["TotalCharges"])
        assert (line["owner"], customer["owner"]) == (codes[row["PaymentMethod"]],) * 2
        since = date(2019, 9, 30) - timedelta(days=30 * int(row["tenure"]))
        left = "2019-12-31" if row["Churn"] == "Yes" else ""
        assert (customer["since"], customer["left_on"], customer["segment"]) == (str(since), left, row["Contract"])
    tickets = Counter((row["admin_tickets"], row["tech_tickets"]) for row in lines.values())
    assert tickets == Counter((f"{row['numAdminTickets']:.0f}", f"{row['numTechTickets']:.0f}") for row in CUSTOMERS)


def test_the_scheme_is_sound(desk: Desk) -> None:
    assert "sound; 0 warnings" in desk.do("scheme", "check", SCHEME).err


def test_every_figure_of_every_owner_is_the_one_computed_by_hand(people: dict[str, dict[str, Any]]) -> None:
    expected = standing()
    assert set(people) == set(OWNERS)
    for code, person in people.items():
        one, found = expected[code], person["indicators"]
        assert {key: (exact(each["value"]), each["sample"]) for key, each in found.items()} == {
            key: one["values"][key] for key in WEIGHTED
        }, code
        assert {key: exact(each) for key, each in person["measured"].items()} == {
            key: value for key, (value, _sample) in one["values"].items() if key not in WEIGHTED
        }, code
        assert {key: exact(each["points"]) for key, each in found.items()} == one["points"], code
        assert exact(person["total"]) == one["total"], code
        assert (person["rank"], person["tier"], fen(person["bonus"])) == (one["rank"], one["tier"], one["bonus"]), code
        honoured = one["rank"] == 1 and one["values"]["telco.mean_total"][0] > 1000
        assert [each["kind"] for each in person["outcomes"]] == ["honour"] * honoured, code


def test_churn_by_contract_comes_to_the_published_counts(people: dict[str, dict[str, Any]]) -> None:
    lost = {key: sum(int(each["measured"][key]) for each in people.values()) for key in ("left", *CONTRACTS)}
    assert lost == {"left": 1869, "left_monthly": 1655, "left_one_year": 166, "left_two_years": 48}
    assert sum(each["indicators"]["crm.retention_rate"]["sample"] for each in people.values()) == 7043
    assert sum(each["indicators"]["churn_monthly"]["sample"] for each in people.values()) == 3875


def test_the_pool_is_shared_out_to_the_cent(people: dict[str, dict[str, Any]]) -> None:
    assert sum(fen(each["bonus"]) or 0 for each in people.values()) == pool()


def test_the_cap_and_the_deduction_are_told_with_their_reasons(people: dict[str, dict[str, Any]]) -> None:
    told = {code: {one["about"] for one in each["decisions"]} for code, each in people.items()}
    expected = standing()
    for code, one in expected.items():
        value = {key: found for key, (found, _sample) in one["values"].items()}
        assert ("lost" in told[code]) == (value["left"] > 1000), code
        few = value["left_one_year"] + value["left_two_years"]
        assert ("contract" in told[code]) == (value["left_monthly"] > 4 * few), code
    assert "lost" in told["EC"]


def test_a_blank_total_is_no_nought(desk: Desk) -> None:
    tree = desk.do("evaluate", SCHEME, "--period", "2019-Q4", "--explain", "MC").out
    mailed = [row for row in CUSTOMERS if row["PaymentMethod"] == OWNERS["MC"]]
    billed = sum(row["tenure"] > 0 for row in mailed)
    assert billed < len(mailed)
    assert f"{billed} records" in tree  # behind the mean of total charges alone


def test_the_published_churn_by_contract_needs_no_scheme(desk: Desk) -> None:
    words = ("indicator", "values", "crm.churn_rate", "--period", "2019-Q4", "--by", "segment", "--format", "json")
    found = {each["by"]["segment"]: (exact(each["value"]), each["records"]) for each in json.loads(desk.do(*words).out)}
    assert found == {
        "Month-to-month": (share(1655, 3875), 3875),
        "One year": (share(166, 1473), 1473),
        "Two year": (share(48, 1695), 1695),
    }
    (whole,) = json.loads(desk.do(*words[:5], "--format", "json").out)
    assert (exact(whole["value"]), whole["records"]) == (share(1869, 7043), 7043)


def test_lines_by_owner_and_contract_are_those_counted_by_hand(desk: Desk) -> None:
    words = ("--period", "2019-Q4", "--by", "customer.segment", "--for", "person", "--format", "json")
    answer = json.loads(desk.do("indicator", "values", "telco.tickets_per_line", *words).out)
    codes = {name: code for code, name in OWNERS.items()}
    expected: dict[tuple[str, str], list[int]] = {}
    for row in CUSTOMERS:
        expected.setdefault((codes[row["PaymentMethod"]], row["Contract"]), []).append(tickets(row))
    assert {
        (each["person"], each["by"]["customer.segment"]): (exact(each["value"]), each["records"]) for each in answer
    } == {key: (mean(counted), len(counted)) for key, counted in expected.items()}
