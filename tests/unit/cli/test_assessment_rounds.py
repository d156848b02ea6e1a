"""``kaohe assessment``: who rates whom, and the steps of a round from open to closed."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest
from tests.scenarios.desk import Desk
from tests.tiny import write
from tests.unit.cli.round_kit import (
    ROUND,
    answer,
    audited,
    company,
    forms,
    list_file,
    open_round,
    pairs,
    records,
    scores,
    status,
)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    desk = company(tmp_path_factory.mktemp("rounds"))
    open_round(desk, "--items", "overall,teamwork", "--due", "2026-04-10")
    return desk.workspace


@pytest.fixture
def desk(original: Path, tmp_path: Path) -> Desk:
    """A company with an open round."""
    return Desk(shutil.copytree(original, tmp_path / "company"))


def listed(desk: Desk) -> list[tuple[str, str, str]]:
    return sorted(pairs(desk))


def refused(desk: Desk, rows: list[tuple[str, str, str]]) -> str:
    """What is said of a list that is not taken; nothing has changed."""
    before = pairs(desk)
    answered = desk.try_("assessment", "assignments", ROUND, "--import", list_file(desk, rows))
    assert answered.code == 1
    assert "Traceback" not in answered.err
    assert pairs(desk) == before
    return answered.err


def test_who_rates_whom_follows_from_the_organisation(desk: Desk) -> None:
    found = pairs(desk)
    by_relation = Counter(relation for _subject, relation, _rater in found)
    assert by_relation == {"self": 7, "supervisor": 5, "subordinate": 5, "peer": 8}
    assert {(subject, rater) for subject, relation, rater in found if relation == "supervisor"} == {
        (code, "M1") for code in ("A1", "A2", "A3", "A4", "S1")
    }
    assert {rater for subject, relation, rater in found if relation == "subordinate" and subject == "M1"} == {
        "A1", "A2", "A3", "A4", "S1"
    }  # fmt: skip
    assert {(subject, relation) for subject, relation, _rater in found if subject == "J1"} == {("J1", "self")}
    assert "G1" not in {person for subject, _relation, rater in found for person in (subject, rater)}


def test_peers_are_as_many_for_everybody_and_the_same_every_time(desk: Desk, tmp_path: Path) -> None:
    found = {(subject, rater) for subject, relation, rater in pairs(desk) if relation == "peer"}
    assert Counter(subject for subject, _rater in found) == dict.fromkeys(("A1", "A2", "A3", "A4"), 2)
    assert Counter(rater for _subject, rater in found) == dict.fromkeys(("A1", "A2", "A3", "A4"), 2)
    assert all(subject != rater for subject, rater in found)
    again = company(tmp_path / "again") if (tmp_path / "again").mkdir() is None else desk
    open_round(again)
    assert pairs(again) == pairs(desk)


def test_what_the_organisation_leaves_open_is_said(tmp_path: Path) -> None:
    said = open_round(company(tmp_path))
    assert "[assessment.no-supervisor]: 1 people have no manager\n    found: M1" in said
    assert "[assessment.supervisor-gone]: the managers of 1 people are not in service on 2026-03-31" in said
    assert "[assessment.no-peers]: 3 people have no colleague" in said
    assert "found: J1, M1, S1" in said
    assert "[assessment.no-raters]: 1 people are to be rated by nobody but themselves\n    found: J1" in said
    assert "opened Q1: 7 people rate 7 in 25 assessments" in said


def test_a_round_of_one_team_and_some_relations_on_an_earlier_day(desk: Desk) -> None:
    words = ("--team", "北队", "--relations", "peer,supervisor", "--on", "2026-01-31", "--peers", "9")
    desk.do("assessment", "open", "north", "--period", "2026-Q1", *words)
    found = pairs(desk, "north")
    assert {subject for subject, _relation, _rater in found} == {"A1", "A2", "A3", "A4", "G1"}
    assert Counter(relation for _subject, relation, _rater in found) == {"peer": 20, "supervisor": 5}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--items", "overall，charm"), "assessment.unknown-word"),
        (("--items", ""), "assessment.nothing-chosen"),
        (("--items", "，"), "assessment.nothing-chosen"),
        (("--relations", ""), "assessment.nothing-chosen"),
        (("--relations", "customer"), "assessment.unknown-word"),
        (("--anonymous", "boss"), "assessment.unknown-word"),
        (("--team", "西队"), "assessment.unknown-word"),
        (("--lowest", "5"), "assessment.scale"),
        (("--on", "2026-04-01"), "assessment.day"),
    ],
)
def test_terms_that_cannot_be_are_refused(desk: Desk, words: tuple[str, ...], code: str) -> None:
    answered = desk.try_("assessment", "open", "new", "--period", "2026-Q1", *words)
    assert (answered.code, f"[{code}]" in answered.err) == (1, True), answered.err
    assert len(json.loads(desk.do("assessment", "list", "--format", "json").out)) == 1


@pytest.mark.parametrize("name", ["", "   ", "a\nb", "x" * 61, "a\u202eb"])
def test_a_round_has_a_name_that_can_be_read(desk: Desk, name: str) -> None:
    answered = desk.try_("assessment", "open", name, "--period", "2026-Q1")
    assert (answered.code, "[assessment.name]" in answered.err) == (1, True)


def test_a_name_is_taken_once_and_nobody_there_is_nobody_to_rate(desk: Desk) -> None:
    taken = desk.try_("assessment", "open", f" {ROUND} ", "--period", "2026-Q2")
    assert (taken.code, "[assessment.taken]" in taken.err) == (1, True)
    empty = desk.try_("assessment", "open", "old", "--period", "2020-Q1")
    assert (empty.code, "[assessment.nobody]" in empty.err) == (1, True)


def test_an_unknown_round_is_answered_with_the_nearest(desk: Desk) -> None:
    for words in (("forms", "Q2", "--output", "x"), ("status", "Q2"), ("close", "Q2")):
        answered = desk.try_("assessment", *words)
        assert (answered.code, "there is no round Q2" in answered.err) == (1, True)


def test_a_list_taken_back_in_changes_nothing(desk: Desk) -> None:
    before = pairs(desk)
    said = desk.do("assessment", "assignments", ROUND, "--import", desk.workspace / "pairs-0.xlsx").err
    assert "0 pairs added, 0 taken out, 25 kept" in said
    assert pairs(desk) == before
    assert [action for action, _detail in audited(desk)] == ["assessment.open"]


def test_pairs_are_added_and_taken_out_by_hand(desk: Desk) -> None:
    rows = [row for row in listed(desk) if row != ("A1", "supervisor", "M1")]
    added = [("J1", "上级", "莫一"), ("A1", "customer", "蓝天公司 李总"), ("A1", "客户", "A2")]
    said = desk.do("assessment", "assignments", ROUND, "--import", list_file(desk, [*rows, *added])).err
    assert "3 pairs added, 1 taken out, 24 kept" in said
    found = pairs(desk)
    assert {("J1", "supervisor", "M1"), ("A1", "customer", "蓝天公司 李总"), ("A1", "customer", "A2")} < found
    assert ("A1", "supervisor", "M1") not in found
    action, detail = audited(desk)[-1]
    assert action == "assessment.assignments"
    assert detail["removed"] == [["A1", "supervisor", "M1", False]]
    assert ["A1", "customer", "蓝天公司 李总", True] in detail["added"]


def test_every_mistake_of_a_list_has_its_cell(desk: Desk) -> None:
    said = refused(
        desk,
        [
            ("A1", "self", "A1"),
            ("A9", "peer", "A2"),
            ("A1", "peer", "A1"),
            ("A1", "peer", "A2"),
            ("A1", "同事", "安二"),
            ("A1", "friend", "A3"),
            ("A2", "peer", "G1"),
            ("A2", "self", "A3"),
            ("A2", "peer", "nobody"),
            ("A3", "peer", ""),
        ],
    )
    for cell, code in {
        "A3": "assessment.cell",  # nobody is A9
        "C4": "assessment.rates-themself",
        "C6": "assessment.twice",
        "B7": "assessment.cell",  # no such relation
        "C8": "assessment.rater-left",
        "C9": "assessment.other-self",
        "C10": "assessment.unknown-rater",
        "C11": "assessment.cell",  # empty
    }.items():
        assert f"list.xlsx: list!{cell}: error [{code}]" in said
    assert said.count("error [") == 8
    assert "the rater left on 2026-01-31, before the round (2026-03-31)" in said
    assert "once, as at list.xlsx: list!C5" in said


def test_a_customer_who_bears_an_employees_name_stays_a_customer(desk: Desk) -> None:
    rows = [*listed(desk), ("A1", "customer", "安二")]
    said = desk.do("assessment", "assignments", ROUND, "--import", list_file(desk, rows)).err
    assert "list!C27: warning [assessment.customer-or-person]" in said
    assert ("A1", "customer", "安二") in pairs(desk)


def test_mistakes_are_told_in_chinese_too(desk: Desk) -> None:
    path = list_file(desk, [("A1", "peer", "A1"), ("A2", "peer", "G1"), ("A1", "peer", "A2"), ("A1", "peer", "A2")])
    said = desk.try_("assessment", "assignments", ROUND, "--import", path, "--lang", "zh").err
    assert "A1 将以同事的关系评估自己" in said
    assert "A2 以同事的关系评估 A1，重复了两次" in said
    assert "评估人已于 2026-01-31 离职，早于本轮次（2026-03-31）" in said


def test_an_empty_list_and_a_subject_long_gone_are_refused(desk: Desk) -> None:
    assert "[assessment.no-pairs]" in refused(desk, [])
    desk.do("people", "import", write(desk, "old.csv", "code,name,from,to\nO1,欧一,2020-01-01,2020-12-31\n"))
    assert "[assessment.subject-not-there]: O1 is not in service in 2026-Q1" in refused(desk, [("O1", "peer", "A1")])


def test_a_pair_that_was_answered_stays_until_the_answer_is_taken_back(desk: Desk) -> None:
    form = answer(forms(desk)["M1"], {("A1", "supervisor"): (4, 5)})
    batch = desk.do("assessment", "collect", ROUND, form).err.rsplit(" ", 1)[-1].strip()
    rows = [row for row in listed(desk) if row != ("A1", "supervisor", "M1")]
    said = refused(desk, rows)
    assert "[assessment.answered]: 1 of the pairs to be taken out have been answered" in said
    assert f"kaohe records undo {batch}" in said
    desk.do("records", "undo", batch)
    desk.do("assessment", "assignments", ROUND, "--import", list_file(desk, rows))
    assert ("A1", "supervisor", "M1") not in pairs(desk)


def test_a_closed_round_takes_nothing_until_it_is_opened_again_with_a_reason(desk: Desk) -> None:
    form = answer(forms(desk)["M1"], {("A1", "supervisor"): (4, 5)})
    assert "25 assessments are not complete" in desk.do("assessment", "close", ROUND).err
    for words in (
        ("collect", ROUND, form),
        ("forms", ROUND, "--output", desk.workspace / "more"),
        ("assignments", ROUND, "--import", list_file(desk, [("A1", "self", "A1")])),
        ("close", ROUND),
    ):
        answered = desk.try_("assessment", *words)
        assert (answered.code, "[assessment.closed]" in answered.err) == (1, True)
        assert "kaohe assessment reopen Q1 --reason" in answered.err
    assert records(desk) == []
    assert not (desk.workspace / "more").exists()
    assert desk.try_("assessment", "reopen", ROUND).code == 2
    assert "[assessment.reason]" in desk.try_("assessment", "reopen", ROUND, "--reason", " ").err
    desk.do("assessment", "reopen", ROUND, "--reason", "three forms came late")
    assert "[assessment.open]" in desk.try_("assessment", "reopen", ROUND, "--reason", "again").err
    desk.do("assessment", "collect", ROUND, form)
    assert len(records(desk)) == 2
    assert [action for action, _detail in audited(desk)] == ["assessment.open", "assessment.close", "assessment.reopen"]
    assert audited(desk)[1][1] == {"pairs": 25, "complete": 0, "partly": 0, "missing": 25, "left": 0}
    assert audited(desk)[2][1] == {"reason": "three forms came late"}


def test_a_round_goes_away_only_while_nobody_has_answered(desk: Desk) -> None:
    desk.do("assessment", "collect", ROUND, answer(forms(desk)["M1"], {("A1", "supervisor"): (4, 5)}))
    answered = desk.try_("assessment", "drop", ROUND, "--reason", "mistaken")
    assert (answered.code, "[assessment.answered]" in answered.err) == (1, True)
    open_round(desk, name="other")
    desk.do("assessment", "drop", "other", "--reason", "mistaken")
    assert [each["name"] for each in json.loads(desk.do("assessment", "list", "--format", "json").out)] == [ROUND]
    action, detail = audited(desk)[-1]
    assert (action, detail["reason"], len(detail["pairs"])) == ("assessment.drop", "mistaken", 25)


def test_people_who_rate_or_are_rated_are_not_undone(desk: Desk) -> None:
    answered = desk.try_("records", "undo", "1")
    assert answered.code == 1
    assert "assessment_pairs: error [batch.needed]: people of batch 1 are to rate or to be rated" in answered.err
    desk.do("assessment", "drop", ROUND, "--reason", "so that the people can go")
    desk.do("records", "undo", "1")


def test_whoever_leaves_while_the_round_is_open_is_not_waited_for(desk: Desk) -> None:
    early = forms(desk)
    gone = "code,name,team,role,manager,from,to\nA4,安四,北队,agent,M1,2025-01-01,2026-04-05\n"
    desk.do("people", "import", write(desk, "gone.csv", gone), "--update")
    again = desk.do("assessment", "forms", ROUND, "--output", desk.workspace / "again")
    assert "1 raters have left and get no form\n    found: A4" in again.err
    assert len([*(desk.workspace / "again").iterdir()]) == 6
    found = status(desk)
    assert found["counts"] == {"complete": 0, "partly": 0, "missing": 21, "left": 4}  # self, boss, two peers
    assert next(each["left"] for each in found["subjects"] if each["person"] == "A4") == "2026-04-05"
    missing = {each["rater"]: each["left"] for each in status(desk, "--missing")["missing"]}
    assert (missing["A4"], missing["A3"]) == ("2026-04-05", None)
    # A form that was filled before is taken all the same.
    desk.do(
        "assessment", "collect", ROUND, answer(early["A4"], {("A4", "self"): (3, 3), ("M1", "subordinate"): (2, 2)})
    )
    assert status(desk)["counts"] == {"complete": 2, "partly": 0, "missing": 21, "left": 2}


def test_status_says_who_is_missing_and_never_a_score(desk: Desk) -> None:
    given = forms(desk)
    desk.do(
        "assessment", "collect", ROUND, answer(given["M1"], {("A1", "supervisor"): (4, 5), ("A2", "supervisor"): (2,)})
    )
    desk.do(
        "assessment",
        "collect",
        ROUND,
        *(answer(given[code], {("M1", "subordinate"): (1, 1)}) for code in ("A1", "A2", "A3")),
    )
    found = status(desk)
    assert found["counts"] == {"complete": 4, "partly": 1, "missing": 20, "left": 0}
    assert found["relations"]["supervisor"] == {"complete": 1, "partly": 1, "missing": 3, "left": 0}
    people = {each["person"]: each for each in found["subjects"]}
    boss = people["M1"]["relations"]["subordinate"]
    assert boss == {"asked": 5, "complete": 3, "scored": 3, "least": 3, "withheld": False}
    assert people["A1"]["relations"]["supervisor"]["withheld"] is False
    assert people["A1"]["relations"]["peer"] == {"asked": 2, "complete": 0, "scored": 0, "least": 3, "withheld": True}
    assert [people[code]["total_shown"] for code in ("M1", "A1", "A3")] == [True, True, False]
    missing = {each["rater"]: (each["to_rate"], each["of"]) for each in status(desk, "--missing")["missing"]}
    assert missing["M1"] == (5, 6)
    assert missing["A4"] == (4, 4)
    table = desk.do("assessment", "status", ROUND)
    assert "2026-04-10" in table.err
    assert "3/5" in table.out
    for answered in (table, desk.do("assessment", "status", ROUND, "--format", "json")):
        assert 'score"' not in answered.out
    lines = desk.do("assessment", "status", ROUND, "--missing", "--format", "csv").out.splitlines()
    assert lines[0] == "rater,name,team,still to rate,of,due,left"
    assert "M1,莫一,管理部,5,6,2026-04-10," in lines


def test_forms_for_those_who_are_missing_alone(desk: Desk) -> None:
    given = forms(desk)
    desk.do("assessment", "collect", ROUND, answer(given["J1"], {("J1", "self"): (4, 4)}))
    assert sorted(forms(desk, "--missing")) == ["A1", "A2", "A3", "A4", "M1", "S1"]
    assert scores(desk) == {("J1", "J1", "self", "overall"): "4.00", ("J1", "J1", "self", "teamwork"): "4.00"}
