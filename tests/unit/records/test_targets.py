"""Targets as they are imported: every mistake with its cell, all or nothing, the same file twice, undone again."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from tests.unit.records.store_kit import NOW, SHANGHAI, hire

from kaohe.errors import NOWHERE, KaoheError, Place, Problem
from kaohe.records import take_snapshot
from kaohe.records.batches import Source, list_batches, undo_batch
from kaohe.records.people import list_people
from kaohe.records.reading import read_records
from kaohe.records.rows import ReadContext
from kaohe.records.store import Store
from kaohe.records.targets import Target, read_targets
from kaohe.records.targets_file import TARGETS
from kaohe.records.targets_store import by_key, keep_targets, known_to, list_targets

HEAD = "scope,who,indicator,period,value\n"
INDICATORS = ("crm.sales_amount", "crm.nps")
FILE = Source("targets.csv", "ab" * 32)


@pytest.fixture
def known_store(empty_store: Store) -> Store:
    """P1 张三 in the team 北, two people called 李四."""
    hire(
        empty_store,
        [
            {"code": "P1", "name": "张三", "team": "北", "from": date(2026, 1, 1)},
            {"code": "P2", "name": "李四"},
            {"code": "P3", "name": "李四"},
        ],
    )
    return empty_store


def read(store: Store, path: Path) -> tuple[list[Target], list[Problem]]:
    known = known_to(store, INDICATORS)
    found, problems = read_targets(read_records(path, TARGETS, None, ReadContext(SHANGHAI, known.people)), known)
    return [target for target, _place in found.values()], problems


def csv(folder: Path, *rows: str) -> Path:
    path = folder / "targets.csv"
    path.write_text(HEAD + "\n".join(rows) + "\n", "utf-8")
    return path


def put(store: Store, *targets: Target, update: bool = False):
    return keep_targets(store, by_key(targets), FILE, handed_in=NOW, update_stored=update)


SALES = Target("person", "P1", "crm.sales_amount", "2026-Q1", 120_000_000_000)


def test_a_target_is_read_as_people_write_it(known_store: Store, tmp_path: Path) -> None:
    rows = (
        '个人,张三,crm.sales_amount,2026-q1,"120,000"',
        "团队,北,crm.nps,2026,35%",
        "公司,,年度收入,2026-01-01..2026-12-31,1",
    )
    found, problems = read(known_store, csv(tmp_path, *rows))
    assert problems == []
    assert found == [
        SALES,
        Target("team", "北", "crm.nps", "2026", 350_000),
        Target("company", "", "年度收入", "2026", 1_000_000),
    ]


@pytest.mark.parametrize(
    ("row", "code", "key", "fix"),
    [
        ("person,张山,crm.nps,2026,1", "targets.unknown-owner", "who", "张三"),
        ("person,李四,crm.nps,2026,1", "targets.ambiguous", "who", "write the code"),
        ("person,,crm.nps,2026,1", "targets.nobody", "who", "fill it in"),
        ("team,南,crm.nps,2026,1", "targets.unknown-owner", "who", ""),
        ("company,P1,crm.nps,2026,1", "targets.company", "who", "leave the cell empty"),
        ("company,,crm.npss,2026,1", "targets.unknown-indicator", "indicator", "crm.nps"),
        ("company,,crm.nps,2026-Q5,1", "period.unreadable", "period", ""),
        ("company,,crm.nps,2026-02-30..2026-03-01,1", "period.unreadable", "period", ""),
    ],
)
def test_a_mistake_names_its_cell_and_what_is_meant(known_store, tmp_path, row, code, key, fix) -> None:
    found, (problem,) = read(known_store, csv(tmp_path, row))
    assert (found, problem.code, problem.severity) == ([], code, "error")
    assert problem.where == Place("targets.csv", 2, key=key)
    assert fix in str(problem.fix or "")


def test_all_mistakes_are_told_at_once(known_store: Store, tmp_path: Path) -> None:
    rows = ("person,PX,crm.nop,2026-13,1", "team,北,crm.nps,2026,many", "region,北,crm.nps,2026,2")
    _found, problems = read(known_store, csv(tmp_path, *rows))
    assert sorted((problem.where.line, problem.where.key) for problem in problems) == [
        (2, "indicator"),
        (2, "period"),
        (2, "who"),
        (3, "value"),
        (4, "scope"),
    ]


def test_a_column_is_named_as_the_file_names_it(known_store: Store, tmp_path: Path) -> None:
    path = tmp_path / "目标.csv"
    path.write_text("层级,对象,指标,周期,目标值\n个人,PX,crm.nop,2026-13,1\n", "utf-8")
    _found, problems = read(known_store, path)
    assert [str(problem.where) for problem in problems] == [
        "目标.csv:2 (对象)",
        "目标.csv:2 (指标)",
        "目标.csv:2 (周期)",
    ]


def test_a_mistake_in_a_workbook_names_sheet_and_cell(known_store: Store, tmp_path: Path) -> None:
    path = tmp_path / "targets.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("目标")
        rows = [
            ["说明"],
            ["层级", "对象", "指标", "周期", "目标值"],
            ["个人", "P1", "crm.nps", "2026-Q1", 3],
            ["个人", "P9", "crm.nps", "2026-Q7", 3],
        ]
        for number, row in enumerate(rows[1:]):
            sheet.write_row(number, 1, row)
    _found, problems = read(known_store, path)
    assert [str(problem.where) for problem in problems] == ["targets.xlsx: 目标!C3", "targets.xlsx: 目标!E3"]


def test_a_target_given_twice_is_fine_once_and_a_mistake_with_another_value(known_store: Store, tmp_path: Path) -> None:
    same = "person,P1,crm.nps,2026,1"
    found, problems = read(known_store, csv(tmp_path, same, "person,张三,crm.nps,2026,1.0"))
    assert (len(found), problems) == (1, [])
    _found, (problem,) = read(known_store, csv(tmp_path, same, "person,张三,crm.nps,2026,2"))
    assert (problem.code, problem.where.line, problem.found) == ("targets.twice", 3, "2.00")
    assert "1.00" in str(problem.expected)
    assert "targets.csv:2" in str(problem.expected)


def test_zero_and_less_and_names_like_an_indicators_are_warned_of_only(known_store: Store, tmp_path: Path) -> None:
    found, problems = read(known_store, csv(tmp_path, "company,,crm.nps,2026,-1", "company,,nps,2026,0"))
    assert len(found) == 2
    assert {problem.severity for problem in problems} == {"warning"}
    assert {problem.code for problem in problems} >= {"targets.not-positive"}


def test_the_same_targets_twice_change_nothing(known_store: Store) -> None:
    assert put(known_store, SALES).batch is not None
    again = put(known_store, SALES)
    assert (again.batch, again.counts.unchanged) == (None, 1)
    assert list_targets(known_store) == [SALES]


def test_another_value_is_refused_and_nothing_kept_unless_asked_for(known_store: Store) -> None:
    put(known_store, SALES)
    other = Target("company", "", "crm.nps", "2026", 1)
    changed = Target("person", "P1", "crm.sales_amount", "2026-Q1", 5)
    with pytest.raises(KaoheError) as caught:
        put(known_store, other, changed)
    assert [problem.code for problem in caught.value.problems] == ["targets.differs"]
    assert list_targets(known_store) == [SALES]
    done = put(known_store, other, changed, update=True)
    assert (done.counts.added, done.counts.replaced) == (1, 1)
    assert list_targets(known_store) == [other, changed]
    undo_batch(known_store, done.batch, NOW)
    assert list_targets(known_store) == [SALES]
    assert [batch.record_type for batch in list_batches(known_store)][:2] == ["targets", "targets"]


def test_a_rehearsal_keeps_nothing(known_store: Store) -> None:
    done = keep_targets(known_store, {SALES.key: (SALES, NOWHERE)}, FILE, handed_in=NOW, dry_run=True)
    assert (done.batch, done.counts.added) == (None, 1)
    assert list_targets(known_store) == []


def test_people_with_targets_cannot_be_taken_out(known_store: Store) -> None:
    put(known_store, SALES)
    people = list_batches(known_store)[-1].id
    with pytest.raises(KaoheError) as caught:
        undo_batch(known_store, people, NOW)
    (problem,) = caught.value.problems
    assert (problem.code, str(problem.fix)) == ("batch.needed", f"undo those first, in this order: {people + 1}")
    assert len(list_people(known_store)) == 3


def test_a_snapshot_holds_targets_only_where_they_are_asked_for(known_store: Store, tmp_path: Path) -> None:
    def taken(*, targets: bool) -> str:
        return take_snapshot(known_store, [], tmp_path / "snapshots", SHANGHAI, targets=targets).digest

    without, empty = taken(targets=False), taken(targets=True)
    batch = put(known_store, SALES).batch
    assert taken(targets=False) == without
    full = taken(targets=True)
    assert len({without, empty, full}) == 3
    undo_batch(known_store, batch, NOW)
    assert taken(targets=True) == empty
    put(known_store, SALES)
    assert taken(targets=True) == full
