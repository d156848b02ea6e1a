"""Single records that a bonus table is read for: the terms of a sum, each person's parts of those that are split."""

from __future__ import annotations

from pathlib import Path

from tests.unit.appraise.builder import people
from tests.unit.engine.scan_kit import Q1_WINDOWS, snapshot
from tests.unit.run.credit.test_credit import CONTRACT, SCHEME, contract

from kaohe.appraise.model import Records
from kaohe.engine import DuckEngine
from kaohe.run.measuring.one_by_one import with_records
from kaohe.scheme import load_scheme

BONUS = """
[bonus]
kind = "table"
[bonus.table]
over = 'value("signed")'
accumulate = "record"
mode = "marginal"
bands = [{ to = 50, rate = 0.1 }, { rate = 0.2 }]
"""
ROWS = [
    contract("p0000", "p0001", 30, 10_001),
    contract("p0001", None, None, 5_000),
    contract("p0000", None, None, 7_000),
    contract("stranger", None, None, 9_900),
    {**contract("p0001", None, None, 0), "amount": None},
]


def found(folder: Path, *edits: tuple[str, str]) -> Records:
    text = SCHEME + BONUS
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    types = {"contract": CONTRACT}
    rows = [{"no": str(number), **row} for number, row in enumerate(ROWS)]
    scheme = load_scheme(text, "s.toml", types, {}).require()
    taken = snapshot(folder, {"contract": (CONTRACT, [rows])})
    staff = with_records(scheme, people(3), DuckEngine(), taken, Q1_WINDOWS["period"], types, {})
    assert staff.records is not None
    return staff.records


def test_everybody_has_a_part_of_a_split_record(tmp_path: Path) -> None:
    records = found(tmp_path)
    yuan = [[float(each) for each in records.of(row)] for row in range(3)]
    assert yuan == [[70.007, 70.0], [50.0, 30.003], []]


def test_a_condition_keeps_the_others_out(tmp_path: Path) -> None:
    records = found(tmp_path, ("sum(amount)", "sum(amount, where=amount > 60)"))
    assert [len(records.of(row)) for row in range(3)] == [2, 1, 0]
    only = found(tmp_path, ('value = "sum(amount)"', 'value = "sum(amount)"\nwhere = "amount > 90"'))
    assert [len(only.of(row)) for row in range(3)] == [1, 1, 0]


def test_who_needs_no_single_records_reads_none(tmp_path: Path) -> None:
    plain = SCHEME + BONUS.replace('"record"', '"period"')
    scheme = load_scheme(plain, "s.toml", {"contract": CONTRACT}, {}).require()
    staff = people(3)
    taken = snapshot(tmp_path, {"contract": (CONTRACT, [[]])})
    assert with_records(scheme, staff, DuckEngine(), taken, Q1_WINDOWS["period"], {}, {}) is staff
