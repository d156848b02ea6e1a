"""Records that arrive or are corrected after a quarter was paid, worked out by hand.

The first quarter as it was paid: ratings 9, 8, 7, 6 give A, B, B, C, so 9,000, 6,000, 6,000 and 3,000.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.integration.kit import contents, unchanged
from tests.scenarios.late_facts.four import BONUS, HEAD, TIERS, Four, moved, why

from kaohe.cli.context import App
from kaohe.records import Store
from kaohe.run.changes.model import Draft
from kaohe.run.changes.store import add, decide

AT = datetime(2026, 12, 1, tzinfo=UTC)
FIRST = {"P1": 9, "P2": 8, "P3": 7, "P4": 6}
SECOND = {"P1": 8, "P2": 7, "P3": 9, "P4": 6}


@pytest.fixture(scope="module")
def first_quarter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace in which the first quarter is paid."""
    made = Four(tmp_path_factory.mktemp("late"))
    made.start()
    made.rate("2026-Q1", FIRST)
    assert made.lead("2026-Q1") == {
        "P1": ("9000.00", "9000.00", "0.00"),
        "P2": ("6000.00", "6000.00", "0.00"),
        "P3": ("6000.00", "6000.00", "0.00"),
        "P4": ("3000.00", "3000.00", "0.00"),
    }
    return made.desk.workspace


@pytest.fixture
def four(first_quarter: Path, tmp_path: Path) -> Four:
    shutil.copytree(first_quarter, tmp_path / "four")
    return Four(tmp_path)


def started(folder: Path, scheme: str) -> Four:
    made = Four(folder)
    made.start(scheme)
    return made


def test_a_late_record_raises_one_and_lowers_another_under_a_quota(four: Four) -> None:
    """P2's late tickets are rated 10 and 10: (8 + 10 + 10) / 3 = 9.333333 is above P1's 9. The seat in A goes to P2:
    6,000 × 0.5 = 3,000 more for P2, 3,000 less for P1, of whom no record changed."""
    four.rate("2026-Q1", {"P2": (8, 10, 10)})
    said = four.restate("2026-Q1")
    assert said["records"]["ticket"]["new"] == 2
    assert [each["key"] for each in said["records"]["ticket"]["listed"]] == [["Q1-P2-2"], ["Q1-P2-3"]]
    assert [each["import"] for each in said["records"]["ticket"]["listed"]] == [3, 3]
    assert moved(said) == {"P2": "3000.00", "P1": "-3000.00"}
    assert (said["difference"], said["posted_to"]) == ("0.00", "2026-Q2")
    assert why(said, "P2") == [
        "Mean rating: 8 points (80 points) → 9.333333 points (93.33333 points)",
        "total 80.00 points → 93.33 points",
        "rank 2 → 1",
        "tier B → A",
    ]
    assert why(said, "P1") == ["rank 1 → 2, as others moved", "tier A → B: the seats go to others"]


def test_a_recovery_is_capped_and_carried_over_two_periods(four: Four) -> None:
    """P1 was paid 3,000 too much. Second quarter: P1 is B, 6,000; 30 % of it, 1,800, are recovered: 4,200 are paid and
    1,200 carried. P2 has B, 6,000, and gets the 3,000 at once. Third quarter: P1 is C, 3,000; 900 are recovered, 2,100
    paid, 300 carried. Fourth quarter: P1 is A, 9,000; the cap is 2,700, the 300 are recovered, 8,700 paid.

    All in all P1 is paid 9,000 + 4,200 + 2,100 + 8,700 = 24,000, which is 6,000 + 6,000 + 3,000 + 9,000."""
    four.rate("2026-Q1", {"P2": (8, 10, 10)})
    four.approve(four.restate("2026-Q1")["number"])
    assert four.outstanding() == {"P1": "-3000.00", "P2": "3000.00"}
    four.rate("2026-Q2", SECOND)
    assert four.lead("2026-Q2") == {
        "P1": ("6000.00", "4200.00", "-1200.00"),
        "P2": ("6000.00", "9000.00", "0.00"),
        "P3": ("9000.00", "9000.00", "0.00"),
        "P4": ("3000.00", "3000.00", "0.00"),
    }
    assert four.outstanding() == {"P1": "-1200.00"}
    four.rate("2026-Q3", {"P1": 5, "P2": 7, "P3": 9, "P4": 6})
    assert four.lead("2026-Q3")["P1"] == ("3000.00", "2100.00", "-300.00")
    four.rate("2026-Q4", {"P1": 10, "P2": 7, "P3": 9, "P4": 6})
    assert four.lead("2026-Q4")["P1"] == ("9000.00", "8700.00", "0.00")
    assert four.outstanding() == {}
    assert four.paid("2026-Q1")["P1"] == ("9000.00", "9000.00", "0.00")  # what was paid stays as it was paid


def test_two_restatements_in_a_row_post_each_difference_once(four: Four) -> None:
    """First P2 and P1 as above. Then P3's rating of 7 is corrected to 1: P3 is C, 3,000 less, and P4 B, 3,000 more.
    Then the correction turns out to be wrong and is taken back: the same with the signs turned."""
    four.rate("2026-Q1", {"P2": (8, 10, 10)})
    four.approve(four.restate("2026-Q1")["number"])
    four.rate("2026-Q1", {"P3": 1}, update=True)
    second = four.restate("2026-Q1")
    assert second["records"]["ticket"]["listed"] == [
        {
            "change": "changed",
            "key": ["Q1-P3-1"],
            "import": 4,
            "fields": {"satisfaction": {"before": "7.0", "after": "1.0"}},
        }
    ]
    assert moved(second) == {"P4": "3000.00", "P3": "-3000.00"}
    four.approve(second["number"])
    assert four.outstanding() == {"P1": "-3000.00", "P2": "3000.00", "P3": "-3000.00", "P4": "3000.00"}
    four.desk.do("records", "undo", 4)
    third = four.restate("2026-Q1")
    assert moved(third) == {"P3": "3000.00", "P4": "-3000.00"}
    four.approve(third["number"])
    assert four.outstanding() == {"P1": "-3000.00", "P2": "3000.00"}
    four.rate("2026-Q2", SECOND)
    paid = four.lead("2026-Q2")
    assert (paid["P3"], paid["P4"]) == (("9000.00", "9000.00", "0.00"), ("3000.00", "3000.00", "0.00"))


def test_what_was_prepared_against_a_run_that_stands_no_more_is_refused(four: Four) -> None:
    four.rate("2026-Q1", {"P2": (8, 10, 10)})
    first = four.restate("2026-Q1")["number"]
    four.rate("2026-Q1", {"P3": 1}, update=True)
    second = four.restate("2026-Q1")["number"]
    four.approve(second)
    answer = four.desk.try_("period", "restate", "--approve", first, "--as", "wang")
    assert (answer.code, "restate.overtaken" in answer.err) == (1, True)
    four.desk.do("period", "restate", "--reject", first, "--reason", "overtaken", "--as", "wang")
    listed = four.read("restate", "--list")
    assert [(each["number"], each["state"]) for each in listed] == [(first, "rejected"), (second, "approved")]


def test_the_first_quarter_restated_after_the_second_is_closed_is_posted_to_the_third(four: Four) -> None:
    four.rate("2026-Q2", SECOND)
    four.lead("2026-Q2", close=True)
    four.rate("2026-Q1", {"P2": (8, 10, 10)})
    said = four.restate("2026-Q1")
    assert said["posted_to"] == "2026-Q3"
    four.approve(said["number"])
    before = four.paid("2026-Q2")
    four.rate("2026-Q3", SECOND)
    assert four.lead("2026-Q3")["P1"] == ("6000.00", "4200.00", "-1200.00")
    assert four.paid("2026-Q2") == before


def test_it_is_posted_to_the_period_that_is_open_when_it_is_approved(four: Four) -> None:
    """Prepared while the second quarter is next, approved after that one was paid."""
    four.rate("2026-Q1", {"P2": (8, 10, 10)})
    said = four.restate("2026-Q1")
    four.rate("2026-Q2", SECOND)
    assert four.lead("2026-Q2")["P1"] == ("6000.00", "6000.00", "0.00")
    four.approve(said["number"])
    (listed,) = four.read("restate", "--list")
    assert (said["posted_to"], listed["posted_to"]) == ("2026-Q2", "2026-Q3")
    assert four.outstanding() == {"P1": "-3000.00", "P2": "3000.00"}


@pytest.mark.parametrize(("rule", "left"), [("carry", {"P3": "-3000.00"}), ("write_off", {}), ("report", {})])
def test_who_has_left_without_paying_back(rule: str, left: dict[str, str], four: Four) -> None:
    """P3 leaves on 30 June. In July it comes out that P3's rating of the first quarter was 1: 3,000 too much were paid.
    In the third quarter there is no bonus of P3's to take it from; the scheme says what becomes of it."""
    four.write("schemes/four.toml", f'{HEAD}{TIERS}{BONUS}[recovery]\nafter_leaving = "{rule}"\n')
    four.rate("2026-Q2", SECOND)
    four.lead("2026-Q2")
    four.write("leaver.csv", "code,name,team,role,bonus_base,from,to\nP3,王五,南队,agent,6000,2025-01-01,2026-06-30\n")
    four.desk.do("people", "import", four.desk.workspace / "leaver.csv", "--update")
    four.rate("2026-Q1", {"P3": 1}, update=True)
    four.approve(four.restate("2026-Q1")["number"])
    assert four.outstanding() == {"P3": "-3000.00", "P4": "3000.00"}
    four.rate("2026-Q3", {"P1": 8, "P2": 7, "P4": 6})
    paid = four.lead("2026-Q3")
    assert paid["P3"] == ("0.00", "0.00", "-3000.00" if rule == "carry" else "0.00")
    assert paid["P4"][1] == f"{float(paid['P4'][0]) + 3000:.2f}"
    assert four.outstanding() == left
    assert ("1 people who have left owe 3,000.00 CNY, carried no further" in four.said) is (rule != "carry")
    said = four.desk.do("period", "payments", "four", "2026-Q3").out
    assert {"carry": "carried on", "write_off": "given up", "report": "to be claimed outside"}[rule] in said
    assert "王五" in said


def test_by_default_the_hierarchy_and_the_bases_of_then_count(four: Four) -> None:
    """P1's base is corrected to 8,000 for all the time: as it was then 9,000 − 6,000, as it is now 12,000 − 8,000."""
    four.write("base.csv", PEOPLE_NOW)
    four.desk.do("people", "import", four.desk.workspace / "base.csv", "--update")
    four.rate("2026-Q1", {"P2": (8, 10, 10)})
    then = four.restate("2026-Q1")
    assert (then["organisation_changed"], moved(then)) == (False, {"P2": "3000.00", "P1": "-3000.00"})
    now = four.restate("2026-Q1", "--organisation", "current")
    assert (now["organisation_changed"], moved(now)) == (True, {"P2": "3000.00", "P1": "-1000.00"})


PEOPLE_NOW = "code,name,team,role,bonus_base,from,to\nP1,张三,北队,agent,8000,2025-01-01,\n"


def test_the_rules_of_then_count_whatever_the_file_says_by_now(four: Four) -> None:
    four.write("schemes/four.toml", (HEAD + TIERS + BONUS).replace("1.5", "9"))
    four.rate("2026-Q1", {"P2": (8, 10, 10)})
    assert moved(four.restate("2026-Q1")) == {"P2": "3000.00", "P1": "-3000.00"}


def test_a_fixed_pool_stays_and_is_only_split_otherwise(tmp_path: Path) -> None:
    """A pool of 24,000 by claims of 9,000, 6,000, 6,000 and 3,000 is exactly these. With P3 not in B but in C and P4 in
    B it is split the same way among others: what P3 loses P4 gains, and the differences add up to nothing."""
    pool = BONUS.replace('"coefficient"', '"pool"') + "pool = 24000\n"
    four = started(tmp_path, HEAD + TIERS + pool)
    four.rate("2026-Q1", FIRST)
    four.lead("2026-Q1")
    four.rate("2026-Q1", {"P3": 1}, update=True)
    said = four.restate("2026-Q1")
    assert moved(said) == {"P4": "3000.00", "P3": "-3000.00"}
    assert said["pools"] == [{"group": "*", "before": "24000.00", "after": "24000.00", "moved": "0.00"}]
    shown = four.desk.do("period", "restate", "--show", said["number"])
    assert "pool everybody: 24,000.00 as before; the differences of its people add up to 0.00" in shown.err


DRAW = """\
[bonus]
kind    = "formula"
formula = 'value("rating") * 1000'
draw    = 5000
"""


def test_what_a_run_would_have_carried_otherwise_is_posted_too(tmp_path: Path) -> None:
    """1,000 for each point of the mean rating, at least 5,000 as a draw. First quarter: P1 earned 3,000, was paid 5,000
    and owes 2,000. Second quarter: 8,000 − 2,000 = 6,000 are paid. Then it comes out that P1 had earned 4,000 in the
    first. It would have been paid the same 5,000 and would have owed 1,000 less: that is posted, once.

    All in all 5,000 + 6,000 + 9,000 + 1,000 = 4,000 + 8,000 + 9,000."""
    four = started(tmp_path, HEAD + DRAW)
    others = {"P2": 6, "P3": 6, "P4": 6}
    four.rate("2026-Q1", {"P1": 3, **others})
    assert four.lead("2026-Q1")["P1"] == ("5000.00", "5000.00", "0.00")
    four.rate("2026-Q1", {"P1": (3, 5)})
    said = four.restate("2026-Q1")
    (person,) = [each for each in said["people"] if each["code"] == "P1"]
    assert (person["before"]["carried"], person["after"]["carried"]) == ("-2000.00", "-1000.00")
    assert moved(said) == {"P1": "1000.00"}
    four.rate("2026-Q2", {"P1": 8, **others})
    assert four.lead("2026-Q2")["P1"] == ("6000.00", "6000.00", "0.00")
    four.approve(said["number"])
    four.rate("2026-Q3", {"P1": 9, **others})
    assert four.lead("2026-Q3")["P1"] == ("9000.00", "10000.00", "0.00")
    assert four.outstanding() == {}


def test_the_next_period_brings_forward_what_the_paid_run_left(tmp_path: Path) -> None:
    """As before, but approved before the second quarter is frozen. It still brings forward the 2,000 of the run that
    was paid, as the 1,000 are posted: 8,000 − 2,000 + 1,000 = 7,000."""
    four = started(tmp_path, HEAD + DRAW)
    others = {"P2": 6, "P3": 6, "P4": 6}
    four.rate("2026-Q1", {"P1": 3, **others})
    four.lead("2026-Q1")
    four.rate("2026-Q1", {"P1": (3, 5)})
    four.approve(four.restate("2026-Q1")["number"])
    four.rate("2026-Q2", {"P1": 8, **others})
    assert four.lead("2026-Q2")["P1"] == ("6000.00", "7000.00", "0.00")
    assert four.outstanding() == {}


def test_a_rehearsal_changes_nothing(four: Four) -> None:
    four.rate("2026-Q1", {"P2": (8, 10, 10)})
    with unchanged(four.desk):
        answer = four.desk.do("period", "restate", "four", "2026-Q1", "--dry-run")
    assert "together 0.00, to be posted to 2026-Q2" in answer.err
    assert "nothing was kept" in answer.err


def test_without_anything_new_there_is_nothing_to_restate(four: Four) -> None:
    with unchanged(four.desk):
        answer = four.desk.try_("period", "restate", "four", "2026-Q1", "--reason", "why not")
    assert (answer.code, "restate.nothing-new" in answer.err) == (1, True)


def test_only_a_paid_period_is_restated(four: Four) -> None:
    four.rate("2026-Q2", SECOND)
    for step, way in ((None, "period open"), ("open", "period freeze"), ("freeze", "period reopen")):
        if step is not None:
            four.desk.do("period", step, "four", "2026-Q2", "--as", "chen")
        with unchanged(four.desk):
            answer = four.desk.try_("period", "restate", "four", "2026-Q2", "--reason", "too early")
        assert (answer.code, "restate.order" in answer.err, way in answer.err) == (1, True, True)


def test_different_people_approve_and_none_who_prepared_it(four: Four) -> None:
    four.rate("2026-Q1", {"P2": (8, 10, 10)})
    number = four.restate("2026-Q1")["number"]
    for name, code in (("chen", "restate.own-work"), ("wang", None), ("Wang", "restate.approved-already")):
        answer = four.desk.try_("period", "restate", "--approve", number, "--as", name)
        assert (answer.code == 0) is (code is None)
        assert code is None or code in answer.err
    assert four.outstanding() == {}  # one approval of two posts nothing
    four.desk.do("period", "restate", "--approve", number, "--as", "zhao")
    answer = four.desk.try_("period", "restate", "--approve", number, "--as", "sun")
    assert (answer.code, "restate.decided" in answer.err) == (1, True)
    assert four.outstanding() == {"P1": "-3000.00", "P2": "3000.00"}


def test_what_is_rejected_posts_nothing(four: Four) -> None:
    four.rate("2026-Q1", {"P2": (8, 10, 10)})
    number = four.restate("2026-Q1")["number"]
    four.desk.do("period", "restate", "--reject", number, "--reason", "the tickets are not P2's", "--as", "wang")
    answer = four.desk.try_("period", "restate", "--approve", number, "--as", "zhao")
    assert (answer.code, "restate.decided" in answer.err) == (1, True)
    assert four.outstanding() == {}
    again = four.restate("2026-Q1")
    four.approve(again["number"])
    assert four.outstanding() == {"P1": "-3000.00", "P2": "3000.00"}


@pytest.mark.parametrize("stop", [1, 2, 3])
def test_stopped_half_way_through_posting_nothing_is_kept(
    four: Four, monkeypatch: pytest.MonkeyPatch, stop: int
) -> None:
    from kaohe.run.restating import store

    four.rate("2026-Q1", {"P2": (8, 10, 10)})
    number = four.restate("2026-Q1")["number"]
    four.desk.do("period", "restate", "--approve", number, "--as", "wang")
    before, left = contents(four.desk), [1]

    def failing(*words: object, **named: object) -> object:
        left[0] -= 1
        if not left[0]:
            raise KeyboardInterrupt
        return original(*words, **named)

    name = {1: "update_row", 2: "insert_rows", 3: "append"}[stop]
    original = getattr(store, name)
    monkeypatch.setattr(store, name, failing)
    assert four.desk.try_("period", "restate", "--approve", number, "--as", "zhao").code == 130
    assert contents(four.desk) == before
    monkeypatch.undo()
    four.desk.do("period", "restate", "--approve", number, "--as", "zhao")
    assert four.outstanding() == {"P1": "-3000.00", "P2": "3000.00"}


def test_the_audit_log_knows_every_step_and_every_posting(four: Four) -> None:
    four.rate("2026-Q1", {"P2": (8, 10, 10)})
    four.approve(four.restate("2026-Q1")["number"])
    four.rate("2026-Q2", SECOND)
    four.lead("2026-Q2")
    assert four.desk.do("audit", "verify").code == 0


def test_what_was_changed_by_hand_after_the_payment_counts(tmp_path: Path) -> None:
    """An upheld appeal led to 500 more for P4 after the payment. With that alone the quarter is restated: no record is
    another, the difference is the 500. Who proposed the change does not approve the restatement."""
    four = started(tmp_path, HEAD + TIERS + BONUS + "[manual_changes]\nbonus = 1000\n")
    four.rate("2026-Q1", FIRST)
    four.lead("2026-Q1")
    proposal = Draft("P4", "bonus", 500_00, "the appeal was right")
    with acting(four, "sun") as store, store.writing() as connection:
        found = add(connection, "four", "2026-Q1", [proposal], AT)
    with acting(four, "zhao") as store, store.writing() as connection:
        decide(connection, found, "approved", AT, None)
    said = four.restate("2026-Q1")
    assert (said["manual_changes"], moved(said)) == ([1], {"P4": "500.00"})
    assert why(said, "P4") == ["manual change 1: the appeal was right"]
    answer = four.desk.try_("period", "restate", "--approve", said["number"], "--as", "sun")
    assert (answer.code, "proposed manual changes in it" in answer.err) == (1, True)
    four.approve(said["number"])
    assert four.outstanding() == {"P4": "500.00"}


@contextmanager
def acting(four: Four, name: str) -> Iterator[Store]:
    """The workspace's database, opened by somebody of that name."""
    store = App("en", four.desk.workspace, {}, name).store
    try:
        yield store
    finally:
        store.close()


TEAMS = HEAD.replace("cycle     =", 'subject   = "team"\ncycle     =').replace("population = 'role == \"agent\"'\n", "")
BY_TEAM = """\
[bonus]
kind    = "formula"
formula = 'value("rating") * 1000'
prorate = "none"
"""


def test_teams_are_restated_as_people_are(tmp_path: Path) -> None:
    """1,000 for each point of a team's mean rating. 北队: (9 + 8) / 2 = 8.5, 南队: (7 + 6) / 2 = 6.5. A late 4 of P1's
    makes 北队 21 / 3 = 7: 1,500 less, taken from the second quarter's 8,500."""
    four = started(tmp_path, TEAMS + BY_TEAM)
    four.rate("2026-Q1", FIRST)
    paid = four.lead("2026-Q1")
    assert {code: line[1] for code, line in paid.items()} == {"北队": "8500.00", "南队": "6500.00"}
    four.rate("2026-Q1", {"P1": (9, 4)})
    said = four.restate("2026-Q1")
    assert moved(said) == {"北队": "-1500.00"}
    four.approve(said["number"])
    four.rate("2026-Q2", FIRST)
    assert four.lead("2026-Q2")["北队"] == ("8500.00", "7000.00", "0.00")


def test_who_was_not_known_then_counts_with_the_organisation_of_now(four: Four) -> None:
    """P5 was there from January and was recorded late, with a rating of 10. Under the organisation of then nobody is
    credited with it. Under that of now there are five: one seat in A, three in B (2.5, the largest remainder) and one
    in C. P5 is A, 9,000; P1 is B, 3,000 less; the others stay."""
    four.write("p5.csv", "code,name,team,role,bonus_base,from,to\nP5,钱七,南队,agent,6000,2025-01-01,\n")
    four.desk.do("people", "import", four.desk.workspace / "p5.csv")
    four.rate("2026-Q1", {"P5": 10})
    assert moved(four.restate("2026-Q1")) == {}
    said = four.restate("2026-Q1", "--organisation", "current")
    assert moved(said) == {"P5": "9000.00", "P1": "-3000.00"}
    assert why(said, "P5") == ["not in the run before"]
    four.approve(said["number"])
    four.rate("2026-Q2", {**SECOND, "P5": 5})
    assert four.lead("2026-Q2")["P5"] == ("3000.00", "12000.00", "0.00")


def test_a_period_that_pays_nothing_is_restated_and_posts_nothing(tmp_path: Path) -> None:
    four = started(tmp_path, HEAD + TIERS)
    four.rate("2026-Q1", FIRST)
    for step, name in (("open", "chen"), ("freeze", "chen"), ("calculate", "chen"), ("submit", "chen")):
        four.desk.do("period", step, "four", "2026-Q1", "--as", name)
    for step, name in (("approve", "wang"), ("approve", "zhao"), ("close", "li")):
        four.desk.do("period", step, "four", "2026-Q1", "--as", name)
    four.rate("2026-Q1", {"P2": (8, 10, 10)})
    said = four.restate("2026-Q1")
    assert [each["code"] for each in said["people"]] == ["P1", "P2"]
    assert moved(said) == {}
    four.approve(said["number"])
    assert four.outstanding() == {}
    assert "restate.nothing-new" in four.desk.try_("period", "restate", "four", "2026-Q1", "--reason", "again").err


def test_a_file_of_the_first_snapshot_that_is_lost_is_named(four: Four) -> None:
    (lost,) = four.desk.workspace.rglob("assignments/*.parquet")
    lost.unlink()
    four.rate("2026-Q1", {"P2": (8, 10, 10)})
    answer = four.desk.try_("period", "restate", "four", "2026-Q1", "--reason", "late")
    assert (answer.code, "snapshot.missing" in answer.err, lost.name in answer.err) == (3, True, True)
