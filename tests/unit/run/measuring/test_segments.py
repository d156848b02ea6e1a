"""An indicator by groups of records: by hand, and group by group the same as plain Python."""

from __future__ import annotations

import io
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.engine.described_kit import CLIENT, TYPES, VISIT
from tests.unit.engine.scan_kit import CALENDARS, Q1_WINDOWS, day, local, snapshot
from tests.unit.run.transfer_kit import job

from kaohe.engine import DuckEngine
from kaohe.errors import KaoheError
from kaohe.exact import from_micros
from kaohe.plugin import Indicator, Share, Text
from kaohe.report.segments import data, headers, rows, write_csv
from kaohe.run.credit.shares import EVERYBODY
from kaohe.run.measuring.segments import Level, Segments, asked_for, segments
from kaohe.run.organisation.staff import Member, staff_of
from kaohe.run.organisation.stints import relation, stints_of
from kaohe.scheme.sketch import sketch

PEOPLE = {
    "P1": [job("2025-01-01", "2026-02-15", "A"), job("2026-02-15", None, "B")],
    "P2": [job("2025-01-01", None, "B")],
}
CLIENTS = [
    {"code": "C1", "segment": "vip", "since": day("2026-01-10"), "key_account": True},
    {"code": "C2", "segment": "new", "since": day("2019-05-01"), "key_account": False},
    {"code": "C3"},
]
MET = [
    ("P1", "C1", "2026-02-01", 30),
    ("P1", "C2", "2026-03-01", 20),
    ("P1", "C3", "2026-03-02", None),
    ("P2", "C1", "2026-01-05", 5),
    ("P2", None, "2026-01-06", 7),
    (None, "C2", "2026-01-07", 100),
    ("gone", "C2", "2026-01-08", 1000),
    ("P2", "C2", "2025-11-01", 60),
    ("P2", "C1", "2024-11-01", 60),  # in no window at all
]


def indicator(value: str, **rest: Any) -> Indicator:
    return Indicator("v.x", Text("拜访", "Visits"), Text("拜访", "Visits"), "visit", value, **rest)


def found(
    value: str,
    *by: str,
    level: Level = "all",
    where: str | None = None,
    met: Sequence[Any] = MET,
    clients: Sequence[Mapping[str, Any]] = CLIENTS,
    **rest: Any,
) -> tuple[Any, Segments]:
    """What was asked, and the groups."""
    one = indicator(value, **rest)
    scheme = sketch(one, {}, TYPES, {"v.x": one}, CALENDARS)
    asked = asked_for(scheme, by, where, level, TYPES, CALENDARS)
    visits = [
        {"no": str(number), "owner": who, "client": client, "at": local(f"{on} 12:00"), "minutes": minutes}
        for number, (who, client, on, minutes) in enumerate(met)
    ]
    staff = staff_of([Member(code, code, jobs) for code, jobs in PEOPLE.items()])
    everybody = relation(staff.code, stints_of(staff))
    with tempfile.TemporaryDirectory() as folder:
        taken = snapshot(Path(folder), {"visit": (VISIT, [visits] if visits else []), "client": (CLIENT, [clients])})
        whose = ("A", "B") if level == "team" else tuple(PEOPLE)
        answer = segments(asked, TYPES, taken, DuckEngine(), Q1_WINDOWS, whose, {EVERYBODY: everybody})
    return asked, answer


def figures(*arguments: Any, **rest: Any) -> dict[Any, Decimal | None]:
    """The value of each group; None where there is no data."""
    _asked, groups = found(*arguments, **rest)
    values = groups.values
    return {
        key: from_micros(int(micros)) if known else None
        for key, micros, known in zip(groups.keys, values.micros, values.known, strict=True)
    }


def test_of_everybody_each_record_counts_once_whoever_is_credited() -> None:
    assert figures("count()") == {(): 7}
    assert figures("sum(minutes)", "client.segment") == {("new",): 1120, ("vip",): 35, (None,): 7}


def test_of_people_those_count_who_are_known() -> None:
    assert figures("sum(minutes)", "client.segment", level="person") == {
        ("P1", "new"): 20,
        ("P1", "vip"): 30,
        ("P1", None): 0,
        ("P2", "vip"): 5,
        ("P2", None): 7,
    }


def test_of_teams_a_record_is_that_of_its_date() -> None:
    assert figures("count()", level="team") == {("A",): 1, ("B",): 4}


def test_a_rate_of_nothing_is_no_data_and_a_sum_of_nothing_is_nothing() -> None:
    thirds = Decimal("373.333333")
    assert figures("mean(minutes)", "client.key_account") == {(False,): thirds, (True,): Decimal("17.5"), (None,): 7}
    assert figures("mean(minutes)", "client", where='client == "C3"') == {("C3",): None}
    assert figures("sum(minutes)", "client", where='client == "C3"') == {("C3",): 0}


def test_groups_ascend_and_what_is_unknown_is_last() -> None:
    assert list(figures("count()", "minutes")) == [(Decimal(each),) for each in (5, 7, 20, 30, 100, 1000)] + [(None,)]
    assert list(figures("count()", "client.since")) == [(date(2019, 5, 1),), (date(2026, 1, 10),), (None,)]
    assert list(figures("count()", "client.key_account")) == [(False,), (True,), (None,)]
    assert list(figures("count()", "month_of(at)")) == [(1,), (2,), (3,)]


def test_groups_are_those_of_records_in_any_window_that_is_asked_about() -> None:
    growth = "sum(minutes) - previous(sum(minutes))"
    assert figures(growth, "client", level="person") == {
        ("P1", "C1"): 30,
        ("P1", "C2"): 20,
        ("P1", "C3"): 0,
        ("P2", "C1"): 5,
        ("P2", "C2"): -60,
        ("P2", None): 7,
    }


def test_conditions_add_up_and_no_records_are_no_groups() -> None:
    own = figures("count()", "client", where="minutes > 10", level="person")
    assert own == {("P1", "C1"): 1, ("P1", "C2"): 1}
    assert figures("count()", where='client.segment == "vip"') == {(): 2}
    assert figures("count()", "client", where='client == "C9"') == {}
    assert figures("count()", "client", met=()) == {}
    assert figures("count()", met=()) == {(): 0}
    assert figures("mean(minutes)", met=()) == {(): None}


def test_too_few_records_are_no_data() -> None:
    assert figures("count()", "client", min_sample=2) == {("C1",): 2, ("C2",): 3, ("C3",): None, (None,): None}


def test_shares_go_to_those_credited_and_make_a_whole() -> None:
    half = (Share("owner", "0.25"), Share("manager(owner)", "0.75"))
    assert figures("sum(minutes)", credit=half) == {(): 1162}
    with pytest.raises(KaoheError, match="do not add up"):
        figures("sum(minutes)", level="person", credit=half)  # nobody stands above them


@pytest.mark.parametrize(
    ("by", "where", "expected"),
    [
        ("clint", None, "--by:1:1: error [expression.unknown-name]"),
        ("client.segmnt", None, "did you mean client.segment,"),
        ("at", None, "group by the day: date_of(x)"),
        ("period_start", None, "expression.no-period"),
        ("1", None, "a group is made by a field of the record"),
        ("client", "minutes", "--where:1:1"),
    ],
)
def test_what_cannot_be_asked_is_told(by: str, where: str | None, expected: str) -> None:
    with pytest.raises(KaoheError) as caught:
        found("count()", by, where=where)
    assert expected in "\n".join(each.render("en") for each in caught.value.problems)


def test_the_table_and_the_data() -> None:
    asked, groups = found("share(minutes >= 20)", "client.segment", level="person", unit="share")
    assert [str(each) for each in headers(asked, TYPES)] == [
        "Person",
        "client: segment",
        "Value",
        "Records counted",
        "Counts",
    ]
    cells = list(rows(asked, groups, TYPES, {"P1": "张三"}, "en"))
    assert cells[:3] == [
        ["张三 P1", "new", "100 %", "1", "1 of 1 record"],
        ["张三 P1", "vip", "100 %", "1", "1 of 1 record"],
        ["张三 P1", "unknown", "no data", "0", "0 of 0 records"],
    ]
    assert data(asked, groups)[2] == {
        "person": "P1",
        "by": {"client.segment": None},
        "value": None,
        "records": 0,
        "counts": [{"function": "share", "window": "period", "hits": 0, "n": 0}],
    }
    stream = io.StringIO()
    write_csv(asked, groups, stream)
    assert stream.getvalue().splitlines()[:4] == [
        "person,client.segment,value,records,1.share.hits,1.share.n",
        "P1,new,1,1,1,1",
        "P1,vip,1,1,1,1",
        "P1,,,0,0,0",
    ]


VISITS = st.lists(
    st.tuples(
        st.sampled_from(["P1", "P2", None]),
        st.sampled_from(["C1", "C2", "C3", "C9", None]),
        st.dates(date(2025, 12, 20), date(2026, 4, 10)).map(str),
        st.one_of(st.none(), st.integers(0, 90)),
    ),
    max_size=25,
)


@settings(max_examples=25, deadline=None)
@given(met=VISITS)
def test_every_group_is_that_of_plain_python(met: list[Any]) -> None:
    segment = {"C1": "vip", "C2": "new"}
    people: dict[Any, list[Any]] = defaultdict(list)
    everybody: dict[Any, list[Any]] = defaultdict(list)
    for who, client, on, minutes in met:
        if "2026-01-01" <= on < "2026-04-01":
            key = (segment.get(client), Decimal(int(on[5:7])))
            everybody[key].append(minutes)
            if who is not None:
                people[who, *key].append(minutes)
    for level, expected in (("all", everybody), ("person", people)):
        _asked, groups = found("mean(minutes)", "client.segment", "month_of(at)", level=level, met=met)
        assert sorted(map(str, groups.keys)) == sorted(map(str, expected))
        for place, key in enumerate(groups.keys):
            known = [each for each in expected[key] if each is not None]
            assert int(groups.values.sample[place]) == len(known)
            assert bool(groups.values.known[place]) is bool(known)
            if known:
                exact = Fraction(sum(known), len(known))
                assert abs(Fraction(int(groups.values.micros[place]), 10**6) - exact) <= Fraction(1, 2 * 10**6)
