"""Growth, cohorts, segments and dated parameters in a whole evaluation: figures by hand, and what the explanation says
of them."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from tests.scenarios.desk import Desk
from tests.unit.engine.scan_kit import CUSTOMER, Q1_WINDOWS

from kaohe.errors import KaoheError
from kaohe.language import interpret_records
from kaohe.plugin import Indicator, Parameter, Text
from kaohe.scheme.sketch import sketch

CURVE = 'curve = { kind = "points", at = [[-1, 0], [1, 100]] }'


def scheme(*uses: str, more: str = "", head: str = "") -> str:
    """A scheme of these uses, each with a weight and a curve."""
    rows = "".join(f"  [[dimensions.indicators]]\n  weight = 1\n  {CURVE}\n  min_sample = 0\n{use}\n" for use in uses)
    return f"""format = 1
[scheme]
id = "s"
version = "1"
name = "s"
cycle = "quarter"
weights = "relative"
missing = {{ policy = "renormalise" }}
{head}
[[dimensions]]
id = "d"
name = "d"
weight = 1
{rows}{more}"""


def desk_with(folder: Path, people: str, **files: str) -> Desk:
    there = Desk(folder / "w")
    there.do("init", folder / "w")
    for name, text in {"people": people, **files}.items():
        (folder / f"{name}.csv").write_text(text, "utf-8")
    there.do("people", "import", folder / "people.csv")
    for name in files:
        there.do("records", "import", name, folder / f"{name}.csv")
    return there


def figures(desk: Desk, text: str, period: str = "2026-Q1") -> dict[str, dict[str, str | None]]:
    """The values of each person, by indicator."""
    path = desk.workspace / "schemes" / "s.toml"
    path.write_text(text, "utf-8")
    run = desk.evaluate(path, period)
    return {row["code"]: {key: each["value"] for key, each in row["indicators"].items()} for row in run["people"]}


def explained(desk: Desk, person: str, period: str = "2026-Q1") -> str:
    return desk.do("evaluate", "s", "--period", period, "--explain", person).out


ONE = "code,name,team,from\nP1,张三,甲,2020-01-01\nP2,李四,甲,2020-01-01\n"
CONTRACTS = """no,owner,signed_on,amount
1,P1,2026-01-05,150.00
2,P1,2025-12-31,100.00
3,P1,2025-03-31,60.00
4,P2,2026-02-01,80.00
"""


@pytest.fixture(scope="module")
def sales(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return desk_with(tmp_path_factory.mktemp("sales"), ONE, contract=CONTRACTS)


def test_growth_over_the_period_before_and_over_last_year(sales: Desk) -> None:
    uses = (
        '  use = "crm.sales_growth"',
        '  use = "crm.sales_growth"\n  as = "year"\n  params = { against = "last_year" }',
    )
    assert figures(sales, scheme(*uses)) == {
        "P1": {"crm.sales_growth": "0.5", "year": "1.5"},
        "P2": {"crm.sales_growth": None, "year": None},  # nothing to compare with is no data, not endless growth
    }
    text = explained(sales, "P1")
    assert "previous period: 100.00 in total over 1 record" in text
    assert "same period last year: 60.00 in total over 1 record" in text
    assert "previous period: 0.00 in total over 0 records" in explained(sales, "P2")


def test_a_leap_years_february_is_compared_with_a_shorter_one(tmp_path: Path) -> None:
    rows = """no,owner,signed_on,amount
1,P1,2024-02-29,30.00
2,P1,2023-02-28,20.00
3,P1,2023-03-01,5.00
4,P1,2024-01-31,10.00
5,P2,2025-02-28,1.00
"""
    desk = desk_with(tmp_path, ONE, contract=rows)
    uses = (
        '  use = "crm.sales_growth"\n  params = { against = "last_year" }',
        '  use = "crm.sales_growth"\n  as = "m"',
    )
    text = scheme(*uses).replace('cycle = "quarter"', 'cycle = "month"')
    assert figures(desk, text, "2024-02")["P1"] == {"crm.sales_growth": "0.5", "m": "2"}
    assert figures(desk, text, "2025-02")["P1"] == {"crm.sales_growth": "-1", "m": None}


def test_who_moved_between_teams_has_the_contracts_of_both_and_their_teams_have_their_own(tmp_path: Path) -> None:
    moved = """code,name,team,from,to
P1,张三,甲,2020-01-01,2026-01-31
P1,张三,乙,2026-02-01,
P2,李四,乙,2020-01-01,
"""
    rows = """no,owner,signed_on,amount
1,P1,2025-12-01,100
2,P1,2026-01-10,30
3,P1,2026-02-10,90
4,P2,2025-11-01,200
5,P2,2026-03-01,10
"""
    desk = desk_with(tmp_path, moved, contract=rows)
    uses = ('  use = "crm.sales_growth"', '  use = "crm.sales_growth"\n  as = "of_team"\n  level = "team"')
    found = figures(desk, scheme(*uses))
    assert {code: each["crm.sales_growth"] for code, each in found.items()} == {"P1": "0.2", "P2": "-0.95"}
    groups = desk.do(
        "indicator", "values", "crm.sales_growth", "--period", "2026-Q1", "--for", "team", "--format", "csv"
    ).out.splitlines()
    assert groups == [
        "team,value,records,1.sum.total,1.sum.n,2.previous.sum.total,2.previous.sum.n",
        "乙,-0.5,2,10000,2,20000,1",  # 90 + 10 against the 200 of before
        "甲,-0.7,1,3000,1,10000,1",  # 30 against 100
    ]


CUSTOMERS = """code,owner,segment,since,left_on
C1,P1,vip,2024-01-01,
C2,P1,vip,2025-05-01,2026-02-10
C3,P1,new,2025-12-01,
C4,P1,,2026-01-15,
C5,P2,vip,2026-02-01,
"""
COHORT = """
[[indicators]]
id = "kept"
name = "Kept of those there at the transfer"
records = "customer"
value = 'count(where=at_date(date("2025-12-01")) and at_end()) / count(where=at_date(date("2025-12-01")))'
unit = "share"
"""


def test_a_cohort_is_who_was_there_on_a_day(tmp_path: Path) -> None:
    desk = desk_with(tmp_path, ONE, customer=CUSTOMERS)
    uses = (
        '  use = "kept"',
        '  use = "crm.expansion_rate"',
        '  use = "crm.expansion_rate"\n  as = "vip"\n  where = \'segment == "vip"\'',
    )
    found = figures(desk, scheme(*uses, more=COHORT))
    assert found == {
        "P1": {"kept": "0.5", "crm.expansion_rate": "0.333333", "vip": "0"},  # C3 came on that very day: not yet there
        "P2": {"kept": None, "crm.expansion_rate": None, "vip": None},
    }
    assert 'where segment == "vip"' in explained(desk, "P1")


TICKETS = """no,kind,priority,customer,owner,opened_at,responded_at,resolved_at,satisfaction
1,repair,urgent,C1,P1,2026-01-10 09:00,2026-01-10 16:00,2026-01-10 18:00,9
2,repair,low,C1,P1,2026-01-11 09:00,2026-01-11 18:00,2026-01-11 19:00,5
3,repair,low,C3,P1,2026-03-20 09:00,2026-03-20 20:00,2026-03-20 21:00,8
4,repair,low,C9,P1,2026-02-20 09:00,2026-02-20 12:00,2026-02-20 13:00,1
5,repair,low,C2,P2,2026-03-30 09:00,2026-03-30 23:00,2026-03-30 23:30,4
"""
IN_TIME = """
[[indicators]]
id = "satisfied"
name = "Satisfied"
records = "ticket"
value = "share(satisfaction >= 6)"
unit = "share"
"""


SLOW = """
[[measures]]
use = "satisfied"
as = "low"
where = 'priority == "low"'
[[rules]]
id = "r"
when = 'value("low") < 0.5'
then = { cap = 10 }
reason = "slow"
"""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return desk_with(tmp_path_factory.mktemp("service"), ONE, customer=CUSTOMERS, ticket=TICKETS)


def test_one_indicator_by_segment_of_the_customer_with_its_records_explained(service: Desk) -> None:
    uses = [
        f'  use = "satisfied"\n  as = "{name}"\n  where = \'{where}\''
        for name, where in {
            "vip": 'customer.segment == "vip"',
            "others": 'customer.segment != "vip"',
            "urgent": 'priority == "urgent"',
            "old": "date_of(opened_at) - customer.since > days(365)",
        }.items()
    ]
    found = figures(service, scheme(*uses, more=IN_TIME + SLOW))
    assert found["P1"] == {"vip": "0.5", "others": "1", "urgent": "1", "old": "0.5"}
    text = explained(service, "P1")
    assert 'satisfied = share(satisfaction >= 6); where customer.segment == "vip"' in text
    assert "1 of 2 records" in text
    assert 'satisfied = share(satisfaction >= 6); where priority == "low"' in text
    assert "slow" in text


def test_without_customers_a_warning_says_that_segments_are_unknown(tmp_path: Path) -> None:
    desk = desk_with(tmp_path, ONE, ticket=TICKETS)
    path = desk.workspace / "schemes" / "s.toml"
    path.write_text(
        scheme(
            '  use = "satisfied"\n  where = \'customer.segment == "vip"\'',
            '  use = "satisfied"\n  as = "all"',
            more=IN_TIME,
        ),
        "utf-8",
    )
    answer = desk.do("evaluate", path, "--period", "2026-Q1")
    assert "no Customer: what the scheme reads of them is unknown" in answer.err


def test_a_parameter_by_season_counts_by_the_records_day(service: Desk) -> None:
    """In the season within 8 hours, else within 12: 7, 9 and 3 hours in the season, 11 and 14 after it."""
    season = '[{ value = 12 }, { value = 8, from = "11-15", to = "03-15" }]'
    uses = (f'  use = "crm.response_within"\n  params = {{ hours = {season} }}',)
    found = figures(service, scheme(*uses))
    assert found == {"P1": {"crm.response_within": "0.75"}, "P2": {"crm.response_within": "0"}}
    assert "hours = 12; 11-15…03-15: 8" in explained(service, "P1")


def test_the_day_of_a_cohort_may_be_a_parameter() -> None:
    parameter = Parameter({"type": "string"}, "2025-12-01", Text("转移日期", "Transfer"))
    kept = Indicator(
        "t.kept", Text("留存", "Kept"), Text("留存", "Kept"), "customer",
        'count(where=at_date(date(transfer_date)) and at_end()) / count(where=at_date(date(transfer_date)))',
        unit="share", parameters={"transfer_date": parameter},
    )  # fmt: skip
    customers = [
        {"since": date(2025, 1, 1), "left_on": None},
        {"since": date(2025, 6, 1), "left_on": date(2026, 2, 1)},
        {"since": date(2025, 12, 1), "left_on": None},
    ]
    for given, expected in ((None, Fraction(1, 2)), ("2025-12-02", Fraction(2, 3)), ("2024-01-01", None)):
        params = {} if given is None else {"transfer_date": given}
        (used,) = sketch(kept, params, {"customer": CUSTOMER}, {"t.kept": kept}).weighted
        assert used.value is not None
        assert interpret_records(used.value, customers, Q1_WINDOWS["period"], when="since") == expected
    with pytest.raises(KaoheError, match=r"this is not a day of the calendar"):
        sketch(kept, {"transfer_date": "2025-13-01"}, {"customer": CUSTOMER}, {"t.kept": kept})
