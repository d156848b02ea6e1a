"""Credit to who stands above somebody on the record's day: overrides, splits that must be whole, transfers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.unit.engine.scan_kit import Q1, Q1_WINDOWS, day, snapshot
from tests.unit.run.credit.test_credit import CONTRACT, SCHEME
from tests.unit.run.transfer_kit import job, member

from kaohe.engine import DuckEngine
from kaohe.errors import KaoheError
from kaohe.exact import from_micros
from kaohe.run.credit.attribution import relations
from kaohe.run.figures import counts_node
from kaohe.run.measuring.measure import measure
from kaohe.run.model import Counts
from kaohe.run.organisation.population import populate
from kaohe.run.organisation.staff import Member
from kaohe.scheme import Checked, load_scheme
from kaohe.scheme.describe import describe

OVERRIDE = """overlay = true
credit = [{ who = "owner", share = "1" }, { who = "manager(owner)", share = "0.1" }]"""
THIRD = 'credit = [{ who = "owner", share = "0.7" }, { who = "manager(owner)", share = "0.3" }]'
ABOVE = 'overlay = true\ncredit = [{ who = "manager(owner)", share = "1" }]'
SELLER = member(
    "P1",
    job("2025-01-01", "2026-02-15", "A", manager="M1"),
    job("2026-02-15", "2026-03-20", "B", manager="M2"),
    job("2026-03-20", None, "B"),
)
MANAGERS = [
    member("M1", job("2025-01-01", None, "A", role="lead", manager="M2")),
    member("M2", job("2025-01-01", None)),
]
PEOPLE = [SELLER, *MANAGERS]


def check(credit: str, *edits: tuple[str, str]) -> Checked:
    lines = [line for line in SCHEME.splitlines() if not line.startswith("credit = ")]
    text = "\n".join([*lines[: lines.index("[[dimensions]]")], credit, *lines[lines.index("[[dimensions]]") :]])
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    return load_scheme(text, "s.toml", {"contract": CONTRACT}, {})


def contract(owner: str | None, signed: str, amount: int = 10_000, **rest: Any) -> dict[str, Any]:
    return {"owner": owner, "signed_on": day(signed), "amount": amount, **rest}


def found(
    folder: Path, credit: str, rows: list[dict[str, Any]], *edits: tuple[str, str], members: list[Member] | None = None
) -> tuple[dict[str, Decimal], tuple[Counts, ...]]:
    everybody = PEOPLE if members is None else members
    scheme = check(credit, *edits).require()
    taken = snapshot(folder, {"contract": (CONTRACT, [[{"no": str(n), **row} for n, row in enumerate(rows)]])})
    people = populate(scheme, everybody, Q1)
    codes, joined = people.people.code, relations(scheme, everybody, people)
    values, counts = measure(scheme, {"contract": CONTRACT}, taken, DuckEngine(), Q1_WINDOWS, codes, joined)
    figures = {code: from_micros(int(micros)) for code, micros in zip(codes, values["signed"].micros, strict=True)}
    return figures, counts["signed"]


def test_an_override_goes_to_the_manager_of_the_day(tmp_path: Path) -> None:
    rows = [contract("P1", "2026-02-14"), contract("P1", "2026-02-15", 20_000), contract("M1", "2026-01-05", 500)]
    figures, _ = found(tmp_path, OVERRIDE, rows)
    assert figures == {"M1": Decimal("15"), "M2": Decimal("20.5"), "P1": 300}


def test_nobody_is_credited_on_a_day_without_a_manager_or_without_work(tmp_path: Path) -> None:
    late = [contract("P1", "2026-03-20"), contract("M2", "2026-01-05"), contract("P9", "2026-01-05")]
    assert found(tmp_path, OVERRIDE, late)[0] == {"M1": 0, "M2": 100, "P1": 100}


def test_who_stands_above_alone_may_be_credited(tmp_path: Path) -> None:
    rows = [contract("P1", "2026-01-05"), contract("P1", "2026-02-20"), contract("M1", "2026-02-20")]
    assert found(tmp_path, ABOVE, rows)[0] == {"M1": 100, "M2": 200, "P1": 0}


def test_a_split_with_the_manager_is_whole_or_said_not_to_be(tmp_path: Path) -> None:
    assert found(tmp_path, THIRD, [contract("P1", "2026-01-05")])[0] == {"M1": 30, "M2": 0, "P1": 70}
    with pytest.raises(KaoheError) as caught:
        found(tmp_path, THIRD, [contract("P1", "2026-03-25"), contract("P1", "2026-03-26")])
    (problem,) = caught.value.problems
    assert (problem.code, str(problem.found)) == ("evaluate.credit-shares", "2 records of contract, by owner")


def test_of_jobs_at_once_the_manager_of_the_main_one_is_credited(tmp_path: Path) -> None:
    both = member(
        "P1",
        job("2025-01-01", None, "A", manager="M1", fraction="0.5"),
        job("2026-02-01", None, "B", manager="M2", fraction="0.5"),
        job("2026-03-01", None, "C", manager="M1", fraction="0.6"),
    )
    rows = [contract("P1", f"2026-0{month}-15", 10**month) for month in (1, 2, 3)]
    assert found(tmp_path, ABOVE, rows, members=[both, *MANAGERS])[0] == {
        "M1": Decimal("10.1"),
        "M2": 1,
        "P1": 0,
    }


def test_people_who_manage_each_other_or_themselves_are_credited_once_each(tmp_path: Path) -> None:
    ring = [member("A1", job("2025-01-01", None, manager="A2")), member("A2", job("2025-01-01", None, manager="A1"))]
    alone = member("A3", job("2025-01-01", None, manager="A3"))
    rows = [contract(code, "2026-01-05", amount) for code, amount in (("A1", 100), ("A2", 2000), ("A3", 70_000))]
    figures, _ = found(tmp_path, OVERRIDE, rows, members=[*ring, alone])
    assert figures == {"A1": 3, "A2": Decimal("20.1"), "A3": 770}


def test_by_the_records_date_the_manager_must_be_covered_on_it_too(tmp_path: Path) -> None:
    rows = [contract("P1", "2026-01-05"), contract("P1", "2026-02-20")]
    moved = [SELLER, member("M1", job("2025-01-01", "2026-01-05", "A"), job("2026-01-05", None, "Z")), MANAGERS[1]]
    by_date = ('cycle = "quarter"', 'cycle = "quarter"\nattribution = "event_date"\npopulation = \'team != "Z"\'')
    figures, _ = found(tmp_path, OVERRIDE, rows, by_date, members=moved)
    assert figures == {"M1": 0, "M2": 10, "P1": 200}


def test_shares_of_a_day_without_an_assignment_count_for_nobody(tmp_path: Path) -> None:
    late = member("P1", job("2026-02-01", None, "A", manager="M1"))
    rows = [contract("P1", "2026-01-31"), contract("P1", "2026-02-01")]
    by_date = ('cycle = "quarter"', 'cycle = "quarter"\nattribution = "event_date"')
    figures, _ = found(tmp_path, OVERRIDE, rows, by_date, members=[late, *MANAGERS])
    assert figures == {"M1": 10, "M2": 0, "P1": 100}


def test_the_explanation_says_as_whom_which_records_counted(tmp_path: Path) -> None:
    rows = [contract("P1", "2026-01-05"), contract("M1", "2026-01-06", 2000), contract("M1", "2026-01-07", 2000)]
    figures, (counts,) = found(tmp_path, OVERRIDE, rows)
    assert figures["M1"] == 50
    node = counts_node(counts, 0)
    assert str(node.label) == "50.000 in total over 3 records"
    assert [(str(each.label), str(each.figure)) for each in node.children] == [
        ("as owner", "40.000 in total over 2 records"),
        ("as manager(owner)", "10.000 in total over 1 record"),
    ]
    assert len(counts_node(counts, 1).children) == 1


@pytest.mark.parametrize(
    ("value", "signed", "window"),
    [
        ("previous(sum(amount))", "2025-12-01", "previous period: 1 records of contract, by owner"),
        (
            "sum(amount) - same_period_last_year(count())",
            "2025-01-01",
            "same period last year: 1 records of contract, by owner",
        ),
    ],
)
def test_shares_must_be_whole_in_every_window_looked_at(tmp_path: Path, value: str, signed: str, window: str) -> None:
    broken = contract("P1", signed, co_share=30)
    with pytest.raises(KaoheError) as caught:
        found(tmp_path, SPLIT, [broken], ("sum(amount)", value))
    (problem,) = caught.value.problems
    assert str(problem.found) == window
    figures, _ = found(tmp_path, SPLIT, [broken, contract("P1", "2026-01-05")])
    assert figures["P1"] == 100


SPLIT = 'credit = [{ who = "owner", share = "1 - co_share" }, { who = "co_owner", share = "co_share" }]'


def test_only_records_that_count_must_be_whole(tmp_path: Path) -> None:
    rows = [contract("P1", "2026-01-05", co_share=30), contract("P1", "2026-01-06", 40_000)]
    counted = ("sum(amount)", "sum(amount, where=amount > 200) + count(where=amount > 300)")
    assert found(tmp_path, SPLIT, rows, counted)[0]["P1"] == 401


@pytest.mark.parametrize(
    ("credit", "code"),
    [
        ('credit = [{ who = "manager(amount)", share = "1" }]', "scheme.unknown-field"),
        ('credit = [{ who = "manager(nobody)", share = "1" }]', "scheme.unknown-field"),
        ('credit = [{ who = "team(owner)", share = "1" }]', "scheme.unknown-field"),
        ('credit = [{ who = "owner", share = "1" }]', "scheme.credit-of-one"),
        (
            'credit = [{ who = "manager(owner)", share = "1" }, { who = "manager( owner )", share = "0" }]',
            "scheme.duplicate-credit",
        ),
        ("credit = []", "scheme."),
    ],
)
def test_mistakes_are_told_at_their_place(credit: str, code: str) -> None:
    checked = check(credit)
    errors = [problem for problem in checked.problems if problem.severity == "error"]
    assert checked.scheme is None
    assert errors[0].code.startswith(code)
    assert errors[0].where.line == 15


def test_it_is_read_aloud() -> None:
    lines = [str(line) for section in describe(check(OVERRIDE).require()) for line in section.lines]
    assert "签约额 is credited to several people: owner × (1), manager(owner) × (0.1)." in lines


def test_the_same_day_decides_for_both_of_a_split(tmp_path: Path) -> None:
    both = SPLIT.replace('"owner"', '"manager(owner)"').replace('"co_owner"', '"manager(co_owner)"')
    rows = [contract("P1", "2026-01-05", co_owner="M1", co_share=25), contract("P1", "2026-02-20")]
    figures, _ = found(tmp_path, both, rows)
    assert figures == {"M1": 75, "M2": 125, "P1": 0}
    gone = replace(SELLER.assignments[0], ends=date(2026, 1, 2))
    with pytest.raises(KaoheError, match=r"manager\(co_owner\)"):
        found(
            tmp_path,
            both,
            [contract("P1", "2026-01-05", co_owner="M1", co_share=25)],
            members=[member("P1", gone, job("2026-03-01", None)), *MANAGERS],
        )
