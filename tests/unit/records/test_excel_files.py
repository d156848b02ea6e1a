"""XLSX sheets: cells become what a person would have typed."""

import zipfile
from datetime import UTC, date, datetime, time, timedelta

import pytest
import xlsxwriter
from tests.unit.records.reading_kit import read, reasons, values

from kaohe.errors import KaoheError
from kaohe.records.excel_files import typed

HEADER = ["deal_id", "opened_at", "signed_on", "amount", "renewed", "note"]


@pytest.fixture
def book(tmp_path):
    """A function that writes sheets (name → rows) and gives the file."""

    def write(**sheets):
        path = tmp_path / "deals.xlsx"
        workbook = xlsxwriter.Workbook(str(path))
        formats = {
            datetime: workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            date: workbook.add_format({"num_format": "yyyy-mm-dd"}),
            time: workbook.add_format({"num_format": "hh:mm:ss"}),
        }
        for name, rows in sheets.items():
            sheet = workbook.add_worksheet(name)
            for row, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    sheet.write(row, column, cell, *([formats[type(cell)]] if type(cell) in formats else []))
        workbook.close()
        return path

    return write


def test_typed_cells_are_read(book):
    shown = datetime(2026, 1, 5, 14, 30)  # noqa: DTZ001 - a cell knows no zone
    row = [1012, shown, date(2026, 1, 5), 12.5, True, 7]
    reading = read(book(data=[HEADER, row]))
    assert [reading.rows[0].values[name] for name in HEADER] == [
        "1012", datetime(2026, 1, 5, 6, 30, tzinfo=UTC), date(2026, 1, 5), 1250, True, "7",
    ]  # fmt: skip


def test_serial_numbers_are_dates_where_a_date_is_wanted(book):
    reading = read(book(data=[HEADER, [1, 46027.5, 46027, 1, 0, "x"]]))
    assert values(reading, "signed_on") == [date(2026, 1, 5)]
    assert values(reading, "opened_at") == [datetime(2026, 1, 5, 4, tzinfo=UTC)]
    assert values(reading, "renewed") == [False]


def test_a_long_number_that_has_lost_digits_is_rejected_as_a_code(book):
    reading = read(book(data=[HEADER, [110101199001011234, "", "", 1, "", ""]]))
    assert reasons(reading)[0][:2] == (2, "deal_id")
    assert reading.rejected[0].cells[0] == "1.10101199001011E+17"


def test_places_name_sheet_and_cell(book):
    reading = read(book(data=[[], HEADER, ["A1", "", "", "x", "", ""]]))
    assert str(reading.rejected[0].place) == "deals.xlsx: data!A3"
    assert reading.rejected[0].row == 3


def test_the_first_sheet_that_is_not_empty_is_taken_and_said(book):
    reading = read(book(empty=[], data=[HEADER, ["A1", "", "", 1, "", ""]], other=[["x"]]))
    assert values(reading, "deal_id") == ["A1"]
    assert [(note.code, str(note.what)) for note in reading.notes] == [("records.sheet", "sheet data was read")]


def test_a_sheet_can_be_named(book):
    path = book(one=[HEADER, ["A1", "", "", 1, "", ""]], two=[HEADER, ["A2", "", "", 1, "", ""]])
    assert values(read(path, sheet="two"), "deal_id") == ["A2"]
    assert values(read(path, '[source]\nsheet = "two"\n[columns]\ndeal_id = "deal_id"'), "deal_id") == ["A2"]
    with pytest.raises(KaoheError, match="Did you mean two"):
        read(path, sheet="tow")


@pytest.mark.parametrize("word", ["合计", "总计：", "Total", "Grand Total", " 小 计 "])
def test_rows_of_totals_are_rejected_as_such(book, word):
    reading = read(book(data=[HEADER, ["A1", "", "", 1, "", ""], [word, "", "", 1, "", ""]]))
    assert reasons(reading) == [(3, None, "this is a row of totals, not a record")]


def test_a_full_record_whose_number_happens_to_be_a_word_for_totals_is_kept(book):
    reading = read(book(data=[HEADER, ["Total", "2026-01-05 10:00", "2026-01-05", 1, "是", "x"]]))
    assert values(reading, "deal_id") == ["Total"]


def test_empty_rows_and_columns_around_the_table_do_not_matter(book):
    rows = [[], ["", "", *HEADER], ["", "", "A1", "", "", 1, "", ""], [], ["", "", "A2", "", "", "x", "", ""]]
    reading = read(book(data=rows))
    assert values(reading, "deal_id") == ["A1"]
    assert str(reading.rejected[0].place) == "deals.xlsx: data!C5"


def test_a_workbook_that_is_named_csv_is_still_a_workbook(book):
    path = book(data=[HEADER, ["A1", "", "", 1, "", ""]])
    assert values(read(path.rename(path.with_suffix(".csv"))), "deal_id") == ["A1"]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (1012.0, "1012"),
        (0.1 + 0.2, "0.3"),
        (-3.5, "-3.5"),
        (0.0000001, "0.0000001"),
        (True, "TRUE"),
        (time(9, 12, 58), "09:12:58"),
        (timedelta(hours=26, minutes=3, seconds=4), "26:03:04"),
        (timedelta(hours=-1), "-1:00:00"),
        ("007", "007"),
    ],
)
def test_a_cell_becomes_what_a_person_would_have_typed(cell, text):
    assert typed(cell) == text


def test_a_workbook_whose_sheet_is_damaged_inside_is_refused(book, tmp_path):
    whole, damaged = book(data=[HEADER, ["A1", "", "", 1, "", ""]]), tmp_path / "damaged.xlsx"
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(damaged, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, content[:-40] if name.endswith("sheet1.xml") else content)
    with pytest.raises(KaoheError, match="the workbook is damaged"):
        read(damaged)
