"""Exports: exact, safe in a spreadsheet, and readable again."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from tests.unit.records.store_kit import FULL, NOW, SHANGHAI, VISIT, put, visit

from kaohe.records.batches import source_of
from kaohe.records.export import read_rows, write_csv, write_json, write_workbook
from kaohe.records.importing import import_rows
from kaohe.records.people import read_directory
from kaohe.records.reading import read_records
from kaohe.records.rows import ReadContext
from kaohe.records.store import Store

BERLIN = ZoneInfo("Europe/Berlin")
ROWS = [
    visit("1"),
    visit("2", **dict.fromkeys(FULL)),
    visit("3", client="=1+1", rating=-5, amount=-1, won=False, calls=2**62),
    visit("4", at=datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # in Berlin: half past two, for the first time
    visit("5", at=datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),  # and for the second
    visit("6", at=datetime(2026, 1, 1, 1, 1, 1, 1, tzinfo=UTC)),
    visit('7,"\n8', client="@x"),
]


def as_csv(store: Store, zone: ZoneInfo = SHANGHAI) -> list[str]:
    file = io.StringIO()
    assert write_csv(file, VISIT, read_rows(store, VISIT, zone)) == len(file.getvalue().splitlines()) - 1
    return file.getvalue().splitlines()


def test_a_csv_file_says_everything_as_a_person_would(store: Store) -> None:
    put(store, [visit("1"), visit("2", **dict.fromkeys(FULL))])
    assert as_csv(store) == [
        "no,agent,client,kind,at,due,calls,rating,amount,won",
        "1,P1,C-甲,new,2026-02-01 00:30:00,2026-02-28,3,8.5,1234567.89,true",
        "2,,,,,,,,,",
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "＋", "－", "＠"])
def test_text_that_a_spreadsheet_would_run_is_guarded(store: Store, start: str) -> None:
    put(store, [visit("1", client=f"{start}cmd|calc", amount=-5)])
    line = as_csv(store)[1]
    assert f",'{start}cmd|calc," in line
    assert line.endswith(",-0.05,true")


def test_an_hour_that_occurs_twice_is_written_with_its_offset(store: Store) -> None:
    put(store, ROWS[3:5])
    assert [line.split(",")[4] for line in as_csv(store, BERLIN)[1:]] == [
        "2026-10-25 02:30:00+02:00",
        "2026-10-25 02:30:00+01:00",
    ]


def test_json_numbers_are_exact(store: Store) -> None:
    put(store, [visit("1", amount=2**62 + 1), visit("2", **dict.fromkeys(FULL))])
    file = io.StringIO()
    assert write_json(file, VISIT, read_rows(store, VISIT, SHANGHAI)) == 2
    first, second = json.loads(file.getvalue(), parse_float=Decimal)
    assert first["amount"] == Decimal(2**62 + 1) / 100
    assert (first["won"], first["at"], first["rating"]) == (True, "2026-02-01T00:30:00+08:00", Decimal("8.5"))
    assert set(second.values()) == {"2", None}


def test_no_records_are_an_empty_list(store: Store) -> None:
    file = io.StringIO()
    assert write_json(file, VISIT, read_rows(store, VISIT, SHANGHAI)) == 0
    assert json.loads(file.getvalue()) == []


@pytest.mark.parametrize("form", ["csv", "json", "xlsx"])
def test_an_export_imported_again_changes_nothing(store: Store, tmp_path: Path, form: str) -> None:
    put(store, ROWS)
    path = tmp_path / f"visits.{form}"
    rows = read_rows(store, VISIT, BERLIN)
    if form == "xlsx":
        write_workbook(path, VISIT, rows)
    else:
        with path.open("w", encoding="utf-8", newline="") as file:
            (write_csv if form == "csv" else write_json)(file, VISIT, rows)
    context = ReadContext(BERLIN, read_directory(store))
    again = import_rows(store, VISIT, lambda: read_records(path, VISIT, None, context), source_of(path), handed_in=NOW)
    assert [str(each.mistakes[0].reason) for each in again.rejected] == []
    assert again.counts.unchanged == len(ROWS)
