"""Whole files: columns by name, order of times, required values, notes, places."""

from datetime import UTC, datetime

import pytest
from tests.unit.records.reading_kit import BERLIN, CONTEXT, DEAL, read, reasons, values

from kaohe.errors import KaoheError
from kaohe.records import csv_text
from kaohe.records.headers import recognised
from kaohe.records.reading import read_records


@pytest.fixture
def file(tmp_path):
    def write(content):
        path = tmp_path / "deals.csv"
        path.write_text(content, "utf-8")
        return path

    return write


@pytest.mark.parametrize(
    "header",
    [
        "deal_id,amount",
        "Deal Number,AMOUNT",
        "签约编号,金额",
        "ＤＥＡＬ　ＩＤ,amount*",
        "签约编号*,Amount ",
        "deal-id,金 额",
    ],
)
def test_columns_are_recognised_by_name_or_label_however_they_are_written(file, header):
    assert values(read(file(f"{header}\nA1,1\n")), "amount") == [100]


def test_a_name_goes_before_a_label_and_each_column_serves_one_field():
    assert recognised(DEAL, ["Stage", "note", "备注", "stage"]) == {"stage": 0, "note": 1}


def test_columns_that_nothing_uses_are_noted_with_the_nearest_name(file):
    notes = read(file("deal_id,amuont,#reason\nA1,1,x\n")).notes
    assert [(note.code, str(note.what), str(note.fix)) for note in notes] == [
        ("records.unused-column", "column amuont is not used", "did you mean amount?")
    ]


def test_a_required_column_that_is_missing_is_refused(file):
    with pytest.raises(KaoheError, match="no column is the required field deal_id"):
        read(file("number,amount\nA1,1\n"))


def test_a_title_above_the_columns_names_is_called_one(file):
    with pytest.raises(KaoheError) as caught:
        read(file("一季度签约,,\ndeal_id,amount,note\nA1,1,x\n"))
    (problem,) = caught.value.problems
    assert (problem.code, problem.found) == ("records.header", "一季度签约")
    assert "[source] header = 2" in str(problem.fix)


def test_every_mistake_of_a_row_is_listed_and_good_rows_pass(file):
    reading = read(file("deal_id,amount,signed_on,renewed\nA1,x,soon,maybe\n,1,2026-01-05,是\nA3,1,2026-01-05,是\n"))
    assert values(reading, "deal_id") == ["A3"]
    assert reasons(reading) == [
        (2, "signed_on", "this is not a date"),
        (2, "amount", "this is not a number"),
        (2, "renewed", "this is neither yes nor no"),
        (3, "deal_id", "a required value is missing"),
    ]


def test_an_unfit_required_cell_is_blamed_once(file):
    reading = read(file("deal_id\n1.1E+17\n"))
    assert len(reading.rejected[0].mistakes) == 1


REVERSED = "deal_id,opened_at,closed_at\nA1,2026-01-05 10:00,2026-01-05 9:00\nA2,2026-01-05,2026-01-05\n"
COLUMNS = '[columns]\ndeal_id = "deal_id"\nopened_at = "opened_at"\nclosed_at = "closed_at"'


def test_times_that_run_backwards_reject_the_row_and_name_both(file):
    reading = read(file(REVERSED))
    assert values(reading, "deal_id") == ["A2"]
    assert reasons(reading) == [
        (2, "closed_at", "Closed at (2026-01-05 09:00:00) is before Opened at (2026-01-05 10:00:00)")
    ]


def test_the_mapping_may_clear_the_later_of_reversed_times(file):
    reading = read(file(REVERSED), f'reversed = "clear"\n{COLUMNS}')
    assert values(reading, "closed_at") == [None, datetime(2026, 1, 4, 16, tzinfo=UTC)]
    assert [(note.code, note.where.line) for note in reading.notes] == [("records.reversed", 2)]


def test_a_time_shown_twice_by_the_clock_is_noted(file):
    reading = read(file("deal_id,opened_at\nA1,2025-10-26 02:30\nA2,2025-10-27 02:30\n"), context=BERLIN)
    assert [(note.code, note.where.line, note.found) for note in reading.notes] == [
        ("records.ambiguous-time", 2, "2025-10-26 02:30")
    ]


def test_files_come_in_batches_and_notes_only_once(file, monkeypatch):
    monkeypatch.setattr(csv_text, "BLOCK", 64)
    rows = "".join(f"A{number:02d},{number:02d},\n" for number in range(20))
    readings = list(read_records(file(f"deal_id,amount,other\n{rows}"), DEAL, None, CONTEXT))
    assert [len(reading.rows) for reading in readings] == [13, 7]
    assert [len(reading.notes) for reading in readings] == [1, 0]
    assert [reading.rows[0].row for reading in readings] == [2, 15]


def test_a_clean_row_has_every_field_and_its_cells(file):
    row = read(file("deal_id,other\nA1,x\n")).rows[0]
    assert list(row.values) == [field.name for field in DEAL.fields]
    assert (row.cells, row.row, str(row.place)) == (("A1", "x"), 2, "deals.csv:2")


def test_a_cell_is_too_long_with_the_spaces_around_it(tmp_path):
    path = tmp_path / "deals.csv"
    path.write_text(
        f"deal_id,signed_on,amount,note\nA1,2026-01-05,5{' ' * 40_000},\nA2,2026-01-05,5,{' ' * 40_000}\n", "utf-8"
    )
    too_long = "the cell holds more than 32,767 characters"
    assert reasons(read(path)) == [(2, "amount", too_long), (3, "note", too_long)]
