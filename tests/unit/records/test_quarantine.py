"""The file of rejected rows: readable in Excel, corrected there, imported again."""

import csv

import pytest
import xlsxwriter
from tests.unit.records.reading_kit import read, reasons, values

from kaohe.records.quarantine import write_quarantine


@pytest.fixture
def rejected(tmp_path):
    path = tmp_path / "deals.csv"
    path.write_text('deal_id,amount,note\nA1,x,=1+1\nA2,-5,"a\nb"\nA3,1,\nA4\n', "utf-8")
    return read(path)


def rows_of(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_rejected_rows_come_with_their_cells_and_every_reason(rejected, tmp_path):
    target = tmp_path / "quarantine.csv"
    write_quarantine(target, rejected.rejected, rejected.header, "en")
    rows = rows_of(target)
    assert target.read_bytes().startswith(b"\xef\xbb\xbf")
    assert rows[0] == ["deal_id", "amount", "note", "#row", "#column", "#value", "#reason", "#fix"]
    assert rows[1][:7] == ["A1", "x", "'=1+1", "2", "amount", "x", "this is not a number"]
    assert rows[2][:7] == ["A2", "-5", "a\nb", "3", "amount", "-5", "the number is below 0"]
    assert rows[3][:7] == ["A4", "", "", "5", "", "", "the row has another number of cells (1) than the header (3)"]


def test_a_corrected_quarantine_file_is_imported_without_its_added_columns(rejected, tmp_path):
    target = tmp_path / "quarantine.csv"
    write_quarantine(target, rejected.rejected, rejected.header, "en")
    target.write_text(target.read_text("utf-8-sig").replace("A1,x", "A1,7").replace("A2,-5", "A2,5"), "utf-8")
    reading = read(target)
    assert values(reading, "amount") == [700, 500, None]
    assert values(reading, "note") == ["=1+1", "a\nb", None]
    assert reading.notes == []


def test_a_second_quarantine_replaces_the_columns_of_the_first(rejected, tmp_path):
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    write_quarantine(first, rejected.rejected, rejected.header, "en")
    again = read(first)
    write_quarantine(second, again.rejected, again.header, "en")
    assert rows_of(second)[0] == ["deal_id", "amount", "note", "#row", "#column", "#value", "#reason", "#fix"]
    assert [row[:2] for row in rows_of(second)[1:]] == [["A1", "x"], ["A2", "-5"]]


def test_several_mistakes_of_a_row_stand_below_each_other(tmp_path):
    source, target = tmp_path / "deals.csv", tmp_path / "quarantine.csv"
    source.write_text("deal_id,amount,visits\nA1,x,y\n", "utf-8")
    reading = read(source)
    assert len(reasons(reading)) == 2
    write_quarantine(target, reading.rejected, reading.header, "en")
    assert rows_of(target)[1][4:6] == ["amount\nvisits", "x\ny"]


MAPPED = """
[source]
header = 2
delimiter = ";"
encoding = "gb18030"
[columns]
deal_id = "编号"
amount = "金额"
"""


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize(
    ("encoding", "delimiter"), [("utf-8-sig", ","), ("gb18030", ","), ("utf-8", ";"), ("utf-16", "\t")]
)
def test_what_a_mapping_says_of_the_source_s_rows_does_not_apply_to_the_quarantine_file(
    tmp_path, language, encoding, delimiter
):
    source, target = tmp_path / "deals.csv", tmp_path / "quarantine.csv"
    source.write_bytes("一季度签约\n编号;金额\nA1;x\nA2;2\n".encode("gb18030"))
    reading = read(source, MAPPED)
    assert values(reading, "amount") == [200]
    write_quarantine(target, reading.rejected, reading.header, language)
    rows = rows_of(target)
    rows[1][1] = "1"
    with target.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    assert values(read(target, MAPPED), "amount") == [100]


def test_a_quarantine_file_saved_as_a_workbook_is_known_by_its_columns_too(tmp_path):
    target = tmp_path / "quarantine.xlsx"
    with xlsxwriter.Workbook(target) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["编号", "金额", "#行", "#列", "#值", "#原因", "#改法"])
        sheet.write_row(1, 0, ["A1", "1", "3", "金额", "x", "这不是数字", "请写数字"])
        sheet.write_row(2, 0, ["A2", "2", "4", "金额", "y", "这不是数字", "请写数字"])
    assert values(read(target, MAPPED), "amount") == [100, 200]
