"""8,800 sales opportunities of 35 agents in three offices, from the two CSV files to bonuses out of one pool."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest
from tests.scenarios.by_hand import (
    exact,
    fen,
    grouped,
    ranks,
    seats,
)
from tests.scenarios.desk import Desk, counts
from tests.scenarios.maven_crm_sales.figures import (
    AGENTS,
    CAP,
    DATA,
    PIPELINE,
    POOL,
    QUARTERS,
    SHARES,
    closed_in,
    figures,
    standing,
)

HERE = Path(__file__).parent
SCHEME = HERE / "sales.toml"


def loaded(folder: Path, pipeline: Path = DATA / "sales_pipeline.csv") -> Desk:
    """A workspace with the people and the pipeline."""
    desk = Desk(folder / "sales")
    desk.do("init", desk.workspace)
    desk.do("people", "import", DATA / "sales_teams.csv", "--mapping", HERE / "people.toml")
    desk.do("records", "import", "lead", pipeline, "--mapping", HERE / "pipeline.toml")
    return desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return loaded(tmp_path_factory.mktemp("maven"))


def test_the_opportunities_without_an_engage_date_are_quarantined_and_all_others_stored(desk: Desk) -> None:
    expected = {"read": 8800, "added": 8300, "replaced": 0, "unchanged": 0, "quarantined": 500}
    assert counts(desk.batches()[0]) == expected
    rejected = desk.quarantined()
    assert Counter(row["deal_stage"] for row in rejected) == {"Prospecting": 500}
    assert Counter((row["#column"], row["#value"]) for row in rejected) == {("engage_date", ""): 500}
    assert [PIPELINE[int(row["#row"]) - 2]["opportunity_id"] for row in rejected] == [
        row["opportunity_id"] for row in PIPELINE if not row["engage_date"]
    ]


def test_stored_records_are_those_of_the_file(desk: Desk) -> None:
    stored = {row["no"]: row for row in csv.DictReader(desk.stored("lead"))}
    outcomes = {"Won": "won", "Lost": "lost", "Engaging": "open"}
    expected = {
        row["opportunity_id"]: (
            row["sales_agent"],
            row["engage_date"],
            row["close_date"],
            outcomes[row["deal_stage"]],
            f"{row['close_value']}.00" if row["deal_stage"] == "Won" else "",
        )
        for row in PIPELINE
        if row["engage_date"]
    }
    named = ("owner", "opened_on", "closed_on", "outcome", "amount")
    assert {number: tuple(row[name] for name in named) for number, row in stored.items()} == expected


def test_importing_the_same_file_again_changes_nothing(desk: Desk) -> None:
    before, imports = desk.stored("lead"), desk.batches()
    again = desk.do("records", "import", "lead", DATA / "sales_pipeline.csv", "--mapping", "pipeline")
    assert "0 added, 0 replaced, 8,300 unchanged, 500 quarantined" in again.err
    assert desk.stored("lead") == before
    assert desk.batches() == imports


def test_undo_takes_the_batch_out_and_another_mapping_brings_it_back_without_quarantine(tmp_path: Path) -> None:
    desk = loaded(tmp_path)
    before = desk.stored("lead")
    desk.do("records", "undo", str(desk.batches()[0]["batch"]))
    assert len(desk.stored("lead")) == 1
    again = desk.do("records", "import", "lead", DATA / "sales_pipeline.csv", "--mapping", HERE / "engaged.toml")
    assert "500 rows were left out, as the mapping's skip_rows_where asks" in again.err
    assert counts(desk.batches()[0]) == {"read": 8800, "added": 8300, "replaced": 0, "unchanged": 0, "quarantined": 0}
    assert desk.stored("lead") == before


def test_strict_keeps_nothing_of_a_file_with_bad_rows(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "sales")
    desk.do("init", desk.workspace)
    desk.do("people", "import", DATA / "sales_teams.csv", "--mapping", HERE / "people.toml")
    words = ("records", "import", "lead", DATA / "sales_pipeline.csv", "--mapping", HERE / "pipeline.toml", "--strict")
    assert desk.try_(*words).code == 1
    assert len(desk.stored("lead")) == 1


def test_the_scheme_is_sound(desk: Desk) -> None:
    assert "sound; 0 warnings" in desk.do("scheme", "check", SCHEME).err


@pytest.mark.parametrize("quarter", QUARTERS)
def test_values_points_and_totals_are_those_computed_by_hand(desk: Desk, quarter: str) -> None:
    run = desk.evaluate(SCHEME, quarter)
    assert {person["code"] for person in run["people"]} == set(AGENTS)
    for person in run["people"]:
        expected = figures(quarter, person["code"])
        found = person["indicators"]
        assert {key: exact(one["value"]) for key, one in found.items()} == expected["values"], person["code"]
        assert {key: one["sample"] for key, one in found.items()} == expected["samples"], person["code"]
        assert {key: exact(one["points"]) for key, one in found.items()} == expected["points"], person["code"]
        assert exact(person["measured"]["big_deals"]) == expected["big"], person["code"]
        assert exact(person["total"]) == expected["total"], person["code"]


@pytest.mark.parametrize("quarter", QUARTERS)
def test_ranks_tiers_and_bonuses_per_office_are_those_computed_by_hand(desk: Desk, quarter: str) -> None:
    run, expected = desk.evaluate(SCHEME, quarter), standing(quarter)
    graded = {person["code"]: person for person in run["people"] if person["graded"]}
    assert set(graded) == {agent for agent, one in expected.items() if one["total"] is not None}
    for agent, person in graded.items():
        assert person["group"] == AGENTS[agent]["regional_office"]
        assert (person["rank"], person["tier"], fen(person["bonus"])) == (
            expected[agent]["rank"],
            expected[agent]["tier"],
            expected[agent]["bonus"],
        ), agent
    assert sum(fen(person["bonus"]) for person in graded.values()) == POOL
    assert max(fen(person["bonus"]) for person in graded.values()) == CAP


def test_seats_are_dealt_by_largest_remainder_in_every_office(desk: Desk) -> None:
    assert seats([*SHARES.values()], 10) == [3, 6, 1]
    run = desk.evaluate(SCHEME, "2017-Q4")
    moved = {each["code"] for each in run["people"] if any(one["about"] == "low-signing" for one in each["decisions"])}
    assert "Marty Freudenburg" in moved  # second of his office with a signing rate of half: moved out of an A seat
    assert moved <= {each["code"] for each in run["people"] if each["tier"] in ("B", "C")}
    tiers = Counter((each["group"], each["tier"]) for each in run["people"] if each["graded"])
    seated = Counter(
        (AGENTS[agent]["regional_office"], one["seat"]) for agent, one in standing("2017-Q4").items() if "seat" in one
    )
    for office in ("Central", "East", "West"):
        assert [seated[office, tier] for tier in "ABC"] == [3, 6, 1]
        assert tiers[office, "C"] == 1


def test_agents_without_an_opportunity_are_not_graded_and_hear_why(desk: Desk) -> None:
    idle = set(AGENTS) - {row["sales_agent"] for row in PIPELINE}
    run = desk.evaluate(SCHEME, "2017-Q3")
    ungraded = {person["code"]: person for person in run["people"] if not person["graded"]}
    assert set(ungraded) == idle
    assert len(idle) == 5
    for person in ungraded.values():
        assert (person["rank"], person["total"], person["tier"], person["bonus"]) == (None, None, None, None)
        reasons = [each["what"] for each in person["decisions"] if each["kind"] == "coverage"]
        assert reasons == ["data for 40.00 % of the weight, 70.00 % needed: not graded"]


def test_open_opportunities_do_not_touch_the_signing_rate(desk: Desk) -> None:
    run = desk.evaluate(SCHEME, "2017-Q2")
    samples = sum(person["indicators"]["crm.conversion_rate"]["sample"] for person in run["people"])
    closed = [row for row in PIPELINE if row["close_date"][:7] in ("2017-04", "2017-05", "2017-06")]
    assert samples == len(closed)
    assert {row["deal_stage"] for row in closed} == {"Won", "Lost"}


def test_the_digest_is_the_same_again_and_with_the_rows_in_another_order(desk: Desk, tmp_path: Path) -> None:
    first = desk.evaluate(SCHEME, "2017-Q4")
    assert desk.evaluate(SCHEME, "2017-Q4")["digest"] == first["digest"]
    shuffled = tmp_path / "sales_pipeline.csv"
    rows = sorted(PIPELINE, key=lambda row: row["opportunity_id"][::-1])
    with shuffled.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    assert loaded(tmp_path, shuffled).evaluate(SCHEME, "2017-Q4")["digest"] == first["digest"]


def test_a_managers_agents_can_be_the_group_instead_of_the_office(desk: Desk, tmp_path: Path) -> None:
    scheme = tmp_path / "by_manager.toml"
    scheme.write_text(SCHEME.read_text("utf-8").replace('["region"]', '["team"]'), "utf-8")
    run = desk.evaluate(scheme, "2017-Q4")
    graded = {agent: one for agent, one in standing("2017-Q4").items() if one["total"] is not None}
    teams = grouped({agent: AGENTS[agent]["manager"] for agent in graded})
    assert len(teams) == 6
    expected = {
        agent: (manager, place)
        for manager, members in teams.items()
        for agent, place in ranks(
            {each: (graded[each]["total"], graded[each]["values"]["crm.conversion_rate"]) for each in members}
        ).items()
    }
    assert {p["code"]: (p["group"], p["rank"]) for p in run["people"] if p["graded"]} == expected


def test_an_explanation_leads_from_the_tier_to_the_records(desk: Desk) -> None:
    closed = closed_in("2017-Q4", "Marty Freudenburg")
    won = [row for row in closed if row["deal_stage"] == "Won"]
    tree = desk.do("evaluate", SCHEME, "--period", "2017-Q4", "--explain", "Marty Freudenburg").out
    below_tier = tree[tree.index("tier: B") :]
    assert "Signing rate below 55 %: the tier is B at most: tier at most B, was A" in below_tier
    assert f"{len(won)} of {len(closed)} records" in tree
    assert f"Big deals: {sum(int(row['close_value']) >= 5000 for row in won)}" in below_tier
    assert "rank: 2 of 10" in tree
