"""CSV as it arrives from Excel, from Chinese systems, from anywhere."""

import pytest
from tests.unit.records.reading_kit import read, reasons, values

from kaohe.errors import KaoheError

PLAIN = "deal_id,amount,note\nA1,10,好\nA2,20.5,\n"


@pytest.fixture
def file(tmp_path):
    def write(content, encoding="utf-8", name="deals.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return write


def refusal(path, mapping=None):
    with pytest.raises(KaoheError) as caught:
        read(path, mapping)
    return str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_the_encoding_is_recognised(file, encoding):
    reading = read(file(PLAIN, encoding))
    assert values(reading, "amount") == [1000, 2050]
    assert values(reading, "note") == ["好", None]


def test_an_encoding_other_than_utf8_is_said(file):
    assert [str(note.what) for note in read(file(PLAIN, "gb18030")).notes] == ["read as GB18030"]
    assert read(file(PLAIN)).notes == []


def test_a_text_in_neither_encoding_is_refused_and_can_be_named(file):
    path = file("deal_id,note\nA1,Montréal\nA2,é\n", "cp1252")
    assert "neither UTF-8 nor GB18030" in refusal(path)
    mapping = '[source]\nencoding = "cp1252"\n[columns]\ndeal_id = "deal_id"\nnote = "note"'
    assert values(read(path, mapping), "note") == ["Montréal", "é"]


def test_a_wrong_encoding_in_the_mapping_names_the_line(file):
    mapping = '[source]\nencoding = "utf-8"\n[columns]\ndeal_id = "deal_id"'
    path = file(b"deal_id,note\n" + b"A1,x\n" * 10_000 + b"A2,\xff\n")
    assert "the text is not in the encoding utf-8" in refusal(path, mapping)


def test_utf16_that_does_not_say_which_one_it_is_is_refused(file):
    mapping = '[source]\nencoding = "utf-16"\n[columns]\ndeal_id = "deal_id"'
    assert "the text is not in the encoding utf-16" in refusal(file(b"deal_id,note\nA1,x\n"), mapping)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_recognised_from_the_header(file, delimiter):
    content = PLAIN.replace(",", delimiter).replace("好", '"a,b;c\td"')
    assert values(read(file(content)), "note") == ["a,b;c\td", None]


def test_excels_own_first_line_names_the_delimiter(file):
    reading = read(file("sep=;\ndeal_id;note\nA1;a,b,c,d\n"))
    assert values(reading, "note") == ["a,b,c,d"]
    assert reading.rows[0].place.line == 3


def test_quotes_and_line_breaks_inside_cells_are_kept(file):
    reading = read(file('deal_id,note\nA1,"say ""hi""\nto all"\nA2,x\n'))
    assert values(reading, "note") == ['say "hi"\nto all', "x"]
    assert reading.rows[1].row == 3  # as a spreadsheet counts


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_line_ending_is_read(file, ending):
    assert values(read(file(PLAIN.replace("\n", ending))), "deal_id") == ["A1", "A2"]


def test_rows_of_another_width_are_rejected(file):
    reading = read(file("deal_id,amount,note\nA1,1\nA2,1,x,y\nA3,1,x,,\n,,\n\nA4,1,x\n"))
    assert values(reading, "deal_id") == ["A3", "A4"]
    assert reasons(reading) == [
        (2, None, "the row has another number of cells (2) than the header (3)"),
        (3, None, "the row has another number of cells (4) than the header (3)"),
    ]


def test_a_stray_quotation_mark_rejects_its_row_only(file):
    reading = read(file('deal_id,note\nA1,"a"b\nA2,x\n'))
    assert values(reading, "deal_id") == ["A2"]
    assert reasons(reading) == [(2, None, "a quotation mark stands in the middle of a cell")]


def test_a_quotation_mark_that_is_never_closed_is_refused_with_its_line(file):
    text = refusal(file('deal_id,note\nA1,x\nA2,"open\n' + "A3,y\n" * 5))
    assert text.startswith("deals.csv:3: error")
    assert "is not closed" in text


def test_the_header_is_the_first_row_that_is_not_empty_or_the_one_named(file):
    assert values(read(file("\n,,\ndeal_id,amount,note\nA1,1,x\n")), "amount") == [100]
    mapping = '[source]\nheader = 2\n[columns]\ndeal_id = "No."\namount = "Sum"'
    assert values(read(file("Report of May,\nNo.,Sum\nA1,1\n"), mapping), "amount") == [100]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf \n", "the file is empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "an old Excel workbook"),
        (b"<html><table><tr><td>deal_id</td></tr></table></html>", "this is a web page"),
        (b"\x7fELF\x00\x00\x01\x02", "this is not a text file"),
        (b"\x1f\x8b\x08\x00rest", "this file is compressed"),
        (b"PK\x03\x04garbage", "the workbook is damaged"),
        (b",,\n", "the file has no header row"),
    ],
)
def test_what_is_no_table_is_refused_by_what_it_is(file, content, what):
    text = refusal(file(content))
    assert what in text
    assert "→" in text


def test_a_file_that_is_not_there_is_refused(tmp_path):
    assert "the file cannot be opened" in refusal(tmp_path / "none.csv")


def test_a_header_without_rows_gives_one_empty_reading(file):
    reading = read(file("deal_id,amount\n"))
    assert (reading.header, reading.rows, reading.rejected) == (("deal_id", "amount"), [], [])


def test_a_cell_of_more_than_a_million_characters_is_refused_with_its_line(file):
    text = refusal(file("deal_id,note\nA1," + "x" * 1_000_001 + "\n"))
    assert text.startswith("deals.csv:2: error")
    assert "more than a million characters" in text


def test_a_title_above_the_header_is_pointed_at(file):
    text = refusal(file("Deals of May\n\ndeal_id,amount\nA1,1\n"))
    assert "found: Deals of May" in text
    assert "which row holds the names" in text
