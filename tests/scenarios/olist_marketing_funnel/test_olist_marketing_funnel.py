"""8,000 leads and the 842 deals that came of them: two files of a marketplace, brought together by the lead's number.

Odd in the data, and what became of it:

- Leads and deals are two files. The deals complete the leads (``completes``); their people are read from them too.
- One deal was won two days before its lead was first contacted: quarantined, so that its lead counts as not signed and
  nobody is credited for it. The other mapping clears the date: the channel has its deal, but no month and nobody does.
- Only leads that were won name people. A signing rate per person has no denominator: it is 100 % for everybody who has
  three deals, and the scheme says so of everybody; the rate by channel and month is sound, for leads carry a channel.
- Five deals were scouted and signed by the same person, who has the whole of them. 13 people have done both jobs.
- 797 of 842 declare a revenue of 0, read as not stated: the amounts are of the other 45, one of them 50 million.
- 60 leads name no channel and count for none; 1,099 are of the channel "unknown", which is one like any other.
- Leads of the last months had less time to be signed: their rates are not those of the earlier months.
"""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests.scenarios.by_hand import exact, fen, half_up
from tests.scenarios.desk import Desk, counts
from tests.scenarios.olist_marketing_funnel.figures import (
    BACKWARDS,
    CHANNELS,
    DEALS,
    DEALS_FILE,
    LEADS,
    LEADS_FILE,
    PEOPLE,
    QUARTERS,
    SOUND,
    channel_figures,
    quarter_of,
    revenue,
    standing,
    won,
)

HERE = Path(__file__).parent
SELLERS = HERE / "sellers.toml"
CHANNELS_SCHEME = HERE / "channels_scheme.toml"
MONTHS = [f"2017-{month:02}" for month in range(6, 13)] + [f"2018-{month:02}" for month in range(1, 6)]


def loaded(folder: Path) -> Desk:
    """A workspace with the people of the deals, the leads, and the deals that complete them."""
    desk = Desk(folder / "funnel")
    desk.do("init", desk.workspace, "--timezone", "America/Sao_Paulo")
    desk.do("plugin", "add", "investment")
    for role in ("sr", "sdr"):
        desk.do("people", "import", DEALS_FILE, "--mapping", HERE / f"people_{role}.toml")
    desk.do("records", "import", "lead", LEADS_FILE, "--mapping", HERE / "leads.toml")
    desk.do("records", "import", "lead", DEALS_FILE, "--mapping", HERE / "deals.toml", "--update")
    return desk


def copied(desk: Desk, folder: Path) -> Desk:
    """A workspace like that one, to be changed."""
    return Desk(shutil.copytree(desk.workspace, folder / "copy"))


@cache
def run_of(desk: Desk, scheme: Path, period: str) -> dict[str, Any]:
    """The run of a workspace that nothing changes any more."""
    return desk.evaluate(scheme, period)


def by_channel(folder: Path) -> Desk:
    """A workspace in which the channels are those appraised."""
    people = folder / "channels.csv"
    with people.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("code", "name", "role", "from"))
        writer.writerows((channel, channel, "channel", "2017-06-01") for channel in CHANNELS)
    desk = Desk(folder / "channels")
    desk.do("init", desk.workspace, "--timezone", "America/Sao_Paulo")
    desk.do("people", "import", people)
    desk.do("records", "import", "lead", LEADS_FILE, "--mapping", HERE / "channels.toml")
    desk.do("records", "import", "lead", DEALS_FILE, "--mapping", HERE / "channel_deals.toml", "--update")
    return desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return loaded(tmp_path_factory.mktemp("olist"))


@pytest.fixture(scope="module")
def channels(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return by_channel(tmp_path_factory.mktemp("olist_channels"))


def test_the_files_are_those_that_their_publisher_describes() -> None:
    assert (len(LEADS), len(DEALS), len(BACKWARDS)) == (8000, 842, 1)
    assert (len({deal["sr_id"] for deal in DEALS}), len({deal["sdr_id"] for deal in DEALS})) == (22, 32)
    assert len(PEOPLE) == 22 + 32 - 13
    assert sum(deal["sr_id"] == deal["sdr_id"] for deal in DEALS) == 5
    assert sum(revenue(deal) == 0 for deal in DEALS) == 797
    assert sum(lead["origin"] == "" for lead in LEADS.values()) == 60


def test_people_are_read_from_the_deals_and_have_an_assignment_for_each_job(desk: Desk) -> None:
    deals, leads, scouts, signers = desk.batches()
    assert [batch["type"] for batch in (signers, scouts)] == ["people", "people"]
    assert counts(signers) == {"read": 842, "added": 22, "replaced": 0, "unchanged": 820, "quarantined": 0}
    assert counts(scouts) == {"read": 842, "added": 32, "replaced": 0, "unchanged": 810, "quarantined": 0}
    assert counts(leads) == {"read": 8000, "added": 8000, "replaced": 0, "unchanged": 0, "quarantined": 0}
    assert counts(deals) == {"read": 842, "added": 0, "replaced": 841, "unchanged": 0, "quarantined": 1}


def test_the_deal_that_was_won_before_its_first_contact_is_quarantined_and_its_lead_stays_open(desk: Desk) -> None:
    (rejected,) = desk.quarantined()
    (backwards,) = BACKWARDS
    assert (rejected["mql_id"], rejected["#column"]) == (backwards["mql_id"], "won_date")
    assert rejected["#reason"] == "Closed on (2018-03-06) is before Opened on (2018-03-08)"
    stored = {row["no"]: row for row in csv.DictReader(desk.stored("lead"))}
    assert (stored[backwards["mql_id"]]["outcome"], stored[backwards["mql_id"]]["owner"]) == ("open", "")


def test_a_completed_lead_holds_what_both_files_say(desk: Desk) -> None:
    stored = {row["no"]: row for row in csv.DictReader(desk.stored("lead"))}
    deals = {deal["mql_id"]: deal for deal in SOUND}
    assert set(stored) == set(LEADS)
    for no, row in stored.items():
        lead, deal = LEADS[no], deals.get(no)
        assert (row["opened_on"], row["channel"]) == (lead["first_contact_date"], lead["origin"])
        if deal is None:
            assert (row["outcome"], row["closed_on"], row["owner"], row["amount"]) == ("open", "", "", "")
        else:
            amount = f"{Decimal(deal['declared_monthly_revenue']):.2f}" if revenue(deal) else ""
            found = (row["outcome"], row["closed_on"], row["owner"], row["scout"], row["amount"])
            assert found == ("won", str(won(deal)), deal["sr_id"], deal["sdr_id"], amount)


def test_the_deals_again_change_nothing_and_taking_them_back_leaves_the_leads(desk: Desk, tmp_path: Path) -> None:
    again = desk.do("records", "import", "lead", DEALS_FILE, "--mapping", "deals", "--update")
    assert "0 added, 0 replaced, 841 unchanged, 1 quarantined" in again.err
    other = copied(desk, tmp_path)
    other.do("records", "undo", str(other.batches()[0]["batch"]))
    assert {row["outcome"] for row in csv.DictReader(other.stored("lead"))} == {"open"}


def test_without_update_no_lead_is_touched_and_the_reason_is_given(desk: Desk, tmp_path: Path) -> None:
    other = copied(desk, tmp_path)
    other.do("records", "undo", str(other.batches()[0]["batch"]))
    before = other.stored("lead")
    answer = other.try_("records", "import", "lead", DEALS_FILE, "--mapping", "deals")
    assert answer.code == 1
    assert "841 × no: a stored record has the same key (no) and says something else (row 2)" in answer.err
    assert "Import with --update" in {row["#column"]: row["#fix"] for row in other.quarantined()}["no"]
    assert other.stored("lead") == before


def test_the_schemes_are_sound(desk: Desk) -> None:
    for scheme in (SELLERS, CHANNELS_SCHEME):
        assert "sound; 0 warnings" in desk.do("scheme", "check", scheme).err


@pytest.mark.parametrize("quarter", QUARTERS)
def test_every_figure_of_everybody_is_the_one_computed_by_hand(desk: Desk, quarter: str) -> None:
    people = {each["code"]: each for each in run_of(desk, SELLERS, quarter)["people"]}
    expected = standing(quarter)
    assert set(people) == PEOPLE
    for code, person in people.items():
        one, found = expected[code], person["indicators"]
        assert {key: exact(each["value"]) for key, each in found.items()} == one["values"], code
        assert {key: each["sample"] for key, each in found.items()} == one["samples"], code
        assert {key: exact(each["points"]) for key, each in found.items()} == one["points"], code
        assert exact(person["measured"]["scouted"]) == one["scouted"], code
        assert exact(person["total"]) == one["total"], code
        outcome = (person["rank"], person["tier"], fen(person["bonus"]))
        assert outcome == (one.get("rank"), one.get("tier"), one.get("bonus")), code


def test_shares_of_a_deal_come_to_the_whole_deal(desk: Desk) -> None:
    split = Fraction(0)
    for quarter in QUARTERS:
        found = [each["indicators"]["signed_deals"] for each in run_of(desk, SELLERS, quarter)["people"]]
        mine = Fraction(sum(exact(one["value"]) or 0 for one in found))
        assert mine == sum(quarter_of(won(deal)) == quarter for deal in SOUND)
        split += mine
    assert split == 841


def test_a_personal_signing_rate_is_a_hundred_percent_for_everybody_and_the_scheme_says_so(desk: Desk) -> None:
    expected = standing("2018-Q2")
    for person in run_of(desk, SELLERS, "2018-Q2")["people"]:
        rate = expected[person["code"]]["rate"]
        assert exact(person["measured"]["investment.signing_rate"]) == rate
        assert rate in (None, 1)
        assert ["data"] * (rate is not None and person["graded"]) == [each["kind"] for each in person["outcomes"]]


def test_a_cleared_date_leaves_the_deal_in_no_quarter_and_with_nobody(desk: Desk, tmp_path: Path) -> None:
    cleared = copied(desk, tmp_path)
    cleared.do("records", "undo", str(cleared.batches()[0]["batch"]))
    cleared.do("records", "import", "lead", DEALS_FILE, "--mapping", HERE / "deals_cleared.toml", "--update")
    assert counts(cleared.batches()[0])["replaced"] == 842
    (backwards,) = BACKWARDS
    stored = {row["no"]: row for row in csv.DictReader(cleared.stored("lead"))}[backwards["mql_id"]]
    assert (stored["outcome"], stored["closed_on"], stored["owner"]) == ("won", "", backwards["sr_id"])
    assert cleared.evaluate(SELLERS, "2018-Q1")["people"] == run_of(desk, SELLERS, "2018-Q1")["people"]


@pytest.mark.parametrize("month", MONTHS)
def test_the_signing_rate_of_every_channel_and_month_is_the_one_computed_by_hand(channels: Desk, month: str) -> None:
    run = {each["code"]: each for each in run_of(channels, CHANNELS_SCHEME, month)["people"]}
    expected = channel_figures(month)
    assert set(run) == set(CHANNELS)
    for channel, one in run.items():
        rate, by_hand = one["indicators"]["signing_rate"], expected[channel]
        assert (exact(rate["value"]), exact(rate["points"])) == (by_hand["rate"], by_hand.get("points")), channel
        assert exact(one["measured"]["leads"]) == by_hand["leads"], channel
        assert (exact(one["total"]), one["rank"]) == (by_hand.get("total"), by_hand.get("rank")), channel


def test_all_months_come_to_the_published_counts(channels: Desk) -> None:
    leads: Counter[str] = Counter()
    signed: Counter[str] = Counter()
    for month in MONTHS:
        for each in run_of(channels, CHANNELS_SCHEME, month)["people"]:
            count, rate = int(each["measured"]["leads"]), each["indicators"]["signing_rate"]["value"]
            leads[each["code"]] += count
            signed[each["code"]] += 0 if rate is None else int(half_up(Fraction(rate) * count, 0))
    assert leads.total() == 8000 - 60
    main = {name: leads[name] for name in ("organic search", "paid search", "social", "unknown")}
    assert main == {"organic search": 2296, "paid search": 1586, "social": 1350, "unknown": 1099}
    assert signed.total() == 842 - 1 - 14  # one quarantined, 14 of no channel
    assert (signed["organic search"], signed["unknown"]) == (270, 179)
    assert max(lead["first_contact_date"] for lead in LEADS.values()) == "2018-05-31"
