"""``kaohe indicator values`` in a workspace: by channel, by the customer's segment, and the mistakes it tells."""

from __future__ import annotations

import json

import pytest
from tests.scenarios.desk import Desk

CUSTOMERS = "code,segment,since\nC1,vip,2020-01-01\nC2,new,2026-01-05\n"
HEAD = "no,customer,owner,topic,channel,sent_at,answered_at,score,scale\n"
# Per customer, person and channel: the scores out of ten that were given.
ANSWERS = {
    ("C1", "P1", "web"): (10, 9, 8, 4, 10),
    ("C1", "P2", "phone"): (8, 2, 9, 10, 10, 10, 1),
    ("C2", "P1", "web"): (1, 2),
    ("C9", "P2", ""): (10, 10, 10, 10, 10),
    ("C1", "", "web"): (3,),
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("values")
    there = Desk(folder / "w")
    there.do("init", folder / "w")
    answers = [
        f"{customer}-{owner}-{at},{customer},{owner},overall,{channel},2026-01-10,2026-02-0{at + 1},{score},10\n"
        for (customer, owner, channel), scores in ANSWERS.items()
        for at, score in enumerate(scores)
    ]
    people = "code,name,team,from\nP1,张三,甲,2020-01-01\nP2,李四,乙,2020-01-01\n"
    for name, text in (("customer", CUSTOMERS), ("survey", HEAD + "".join(answers)), ("people", people)):
        (folder / f"{name}.csv").write_text(text, "utf-8")
    there.do("people", "import", folder / "people.csv")
    there.do("records", "import", "customer", folder / "customer.csv")
    there.do("records", "import", "survey", folder / "survey.csv")
    return there


def shares(desk: Desk, *words: str) -> list[list[str | int | None]]:
    """Of each group whose it is, its key, the value and the number of records."""
    words = ("crm.csat_share", "--period", "2026-Q1", "--format", "json", *words)
    found = json.loads(desk.do("indicator", "values", *words).out)
    return [
        [*(row[name] for name in ("person", "team") if name in row), *row["by"].values(), row["value"], row["records"]]
        for row in found
    ]


def test_by_segment_channel_person_and_team(desk: Desk) -> None:
    assert shares(desk) == [["0.7", 20]]
    assert shares(desk, "--by", "channel") == [["phone", "0.714286", 7], ["web", "0.5", 8], [None, "1", 5]]
    assert shares(desk, "--by", "customer.segment", "--for", "person") == [
        ["P1", "new", None, 2],  # fewer than the five that the indicator asks for
        ["P1", "vip", "0.8", 5],
        ["P2", "vip", "0.714286", 7],
        ["P2", None, "1", 5],
    ]
    assert [row[1:] for row in shares(desk, "--for", "team")] == [["0.833333", 12], ["0.571429", 7]]


def test_conditions_and_parameters(desk: Desk) -> None:
    where = ("--where", 'customer.segment == "vip"', "--param", "threshold=9")
    assert shares(desk, *where) == [["0.538462", 13]]
    assert shares(desk, "--where", 'customer.since >= date("2026-01-01")', "--by", "customer") == [["C2", None, 2]]


def test_the_table_names_people_and_fields(desk: Desk) -> None:
    words = ("indicator", "values", "crm.csat_share", "--period", "2026-Q1")
    lines = desk.do(*words, "--by", "customer.segment", "--for", "person").out.splitlines()
    assert lines[1].split("  ")[0].strip() == "Person"
    assert "Customer: Segment" in lines[1]
    assert lines[4].split() == ["张三", "P1", "vip", "80", "%", "5", "4", "of", "5", "records"]
    csv = desk.do(*words, "--by", "channel", "--format", "csv").out.splitlines()
    assert csv == ["channel,value,records,1.share.hits,1.share.n", "phone,0.714286,7,5,7", "web,0.5,8,4,8", ",1,5,5,5"]


def test_what_cannot_be_asked_is_told(desk: Desk) -> None:
    words = ("indicator", "values", "crm.csat_share", "--period", "2026-Q1")
    assert "did you mean channel?" in desk.try_(*words, "--by", "chanel").err
    nothing = desk.try_("indicator", "values", "crm.csat_share", "--period", "2020-Q1", "--by", "channel")
    assert (nothing.code, nothing.err) == (4, "no record of crm.csat_share in 2020-Q1\n")
    derived = desk.try_("indicator", "values", "crm.team_goal", "--period", "2026-Q1")
    assert "crm.team_goal is not measured from records alone: it has no groups of them" in derived.err
    pulse = desk.try_("indicator", "values", "crm.team_climate", "--period", "2026-Q1", "--for", "person")
    assert "name no person" in pulse.err
