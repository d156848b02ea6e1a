"""The Excel template: filled in, it is imported without a mapping."""

import zipfile
from datetime import date, datetime

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook
from tests.unit.records.reading_kit import DEAL, read, reasons, values

from kaohe.records.template import write_template


def sheet(path, index=0):
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_index(index).to_python()


@pytest.fixture(params=["zh_CN", "en"])
def template(request, tmp_path):
    path = tmp_path / "template.xlsx"
    write_template(path, DEAL, request.param)
    return path


def fill(path, row):
    """The template's header with a row below it, as somebody would fill it in."""
    header = sheet(path)[0]
    filled = path.with_name("filled.xlsx")
    workbook = xlsxwriter.Workbook(str(filled))
    entry = workbook.add_worksheet("entry")
    day = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    for column, (name, cell) in enumerate(zip(header, row, strict=True)):
        entry.write_string(0, column, name)
        entry.write(1, column, cell, *([day] if isinstance(cell, date) else []))
    workbook.close()
    return filled


def test_an_empty_template_has_no_records(template):
    reading = read(template)
    assert (reading.rows, reading.rejected) == ([], [])
    assert [note.code for note in reading.notes] == ["records.sheet"]


def test_a_filled_template_is_imported_without_a_mapping(template):
    moment = datetime(2026, 1, 5, 14, 30)  # noqa: DTZ001 - a cell knows no zone
    stage = "赢单" if "签约" in sheet(template)[0][0] else "Won"
    row = ["A1", "E01", stage, moment, moment, moment, 10.5, 0.25, 3, "是", "C1", "x"]
    reading = read(fill(template, row))
    assert reasons(reading) == []
    assert values(reading, "stage") == ["won"]
    assert values(reading, "signed_on") == [date(2026, 1, 5)]
    assert values(reading, "rate") == [2500]


def test_the_second_sheet_explains_every_field(template):
    rows = sheet(template, 1)
    assert [row[1] for row in rows[1 : len(DEAL.fields) + 1]] == [field.name for field in DEAL.fields]


def test_required_fields_are_marked_and_choices_are_drop_downs(template):
    header = sheet(template)[0]
    assert [name.split("\n")[1] for name in header if "*" in name] == ["deal_id"]
    with zipfile.ZipFile(template) as archive:
        page = archive.read("xl/worksheets/sheet1.xml").decode()
    assert page.count("<dataValidation ") == 2  # stage and renewed
    assert 'state="frozen"' in page


def test_the_same_template_is_the_same_file(tmp_path):
    first, second = tmp_path / "1.xlsx", tmp_path / "2.xlsx"
    write_template(first, DEAL, "en")
    write_template(second, DEAL, "en")
    assert first.read_bytes() == second.read_bytes()
