"""A run as a file: CSV that no spreadsheet executes, a workbook as Excel wants it, JSON with exact numbers."""

from __future__ import annotations

import csv
import json
import zipfile
from dataclasses import replace
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from tests.reference import run_data as plainly
from tests.scenarios.desk import Desk
from tests.tiny import evaluated

from kaohe.cli.output import json_text
from kaohe.report.book import run_sheets
from kaohe.report.data import run_data, run_json
from kaohe.report.ranking import ranking_sheet
from kaohe.report.sheet import Column, Sheet, as_decimal, write_csv
from kaohe.report.workbook import number_format, write_xlsx
from kaohe.text import Language

HOSTILE = ("=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "＝1+1", "＠x", '=HYPERLINK("http://x")')
COLUMNS = (Column("=header"), Column("n", "count"), Column("p", "points", 2), Column("m", "money"))
NS = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def as_csv(sheet: Sheet) -> list[list[str]]:
    text = StringIO(newline="")
    write_csv(sheet, text)
    return [*csv.reader(StringIO(text.getvalue(), newline=""))]


def workbook(*sheets: Sheet) -> bytes:
    target = BytesIO()
    write_xlsx(sheets, target)
    return target.getvalue()


def part(book: bytes, name: str) -> ElementTree.Element:
    with zipfile.ZipFile(BytesIO(book)) as archive:
        return ElementTree.fromstring(archive.read(name))  # noqa: S314 - written just now


class TestCsv:
    @pytest.mark.parametrize(("language", "word"), [("en", "not graded: "), ("zh_CN", "未评定：")])
    def test_whoever_is_not_graded_stands_behind_the_ranked_without_figures_but_with_the_reason(
        self, tiny: Desk, language: Language, word: str
    ) -> None:
        run, _number = evaluated(tiny)
        header, *rows = as_csv(ranking_sheet(run, language, not_graded=True))
        assert [row[2] for row in rows] == ["P2", "P1", "P4", "P3"]
        assert all(len(row) == len(header) for row in rows)
        assert rows[-1][-1].startswith(word)
        assert rows[-1][0] == ""
        assert set(rows[-1][4:-1]) == {""}

    @pytest.mark.parametrize("cell", HOSTILE)
    def test_text_that_begins_like_a_formula_is_made_harmless(self, cell: str) -> None:
        header, row = as_csv(Sheet("t", COLUMNS, [(cell, None, None, None)]))
        assert row[0] == f"'{cell}"
        assert header[0] == "'=header"

    @pytest.mark.parametrize("cell", ["王芳", "a=b", "x,y", 'say "x"', "two\nlines", "-5", "+8613800000000", ""])
    def test_other_text_stays_as_it_is(self, cell: str) -> None:
        assert as_csv(Sheet("t", COLUMNS, [(cell, None, None, None)]))[1][0] == cell

    @pytest.mark.parametrize("cell", ["x\r=1+1", "x\r\n=1+1"])
    def test_a_carriage_return_begins_no_row(self, cell: str) -> None:
        text = StringIO(newline="")
        write_csv(Sheet("t", COLUMNS, [(cell, 1, None, None)]), text)
        assert text.getvalue().splitlines(keepends=True)[1:] == ['"x\n', '=1+1",1,,\n']

    def test_numbers_are_plain(self) -> None:
        rows = [("a", 1234567, 1_234_567_890_000, 123_456_789), ("b", 0, -5_000, -1), ("c", None, None, None)]
        assert as_csv(Sheet("t", COLUMNS, rows))[1:] == [
            ["a", "1234567", "1234567.89", "1234567.89"],
            ["b", "0", "-0.01", "-0.01"],
            ["c", "", "", ""],
        ]

    @given(st.integers(-(2**63), 2**63 - 1))
    def test_any_number_survives_exactly_and_without_an_exponent(self, stored: int) -> None:
        columns = (Column("n", "count"), Column("p", "points", 6), Column("m", "money"))
        (_header, row) = as_csv(Sheet("t", columns, [(stored, stored, stored)]))
        expected = (Decimal(stored), Decimal(stored).scaleb(-6), Decimal(stored).scaleb(-2))
        assert tuple(map(Decimal, row)) == expected
        assert not any("E" in cell for cell in row)


class TestWorkbook:
    def sheet(self) -> Sheet:
        columns = (Column("姓名"), Column("名次", "count"), Column("总分", "points", 1), Column("奖金", "money"))
        return Sheet("排名", columns, [("=1+1", 1, 88_500_000, 900_050), ("王芳芳芳芳芳芳芳芳", None, 0, -1)])

    def test_it_opens_and_says_what_the_sheet_says(self) -> None:
        book = CalamineWorkbook.from_filelike(
            BytesIO(workbook(self.sheet(), replace(self.sheet(), title="空", rows=[])))
        )
        assert book.sheet_names == ["排名", "空"]
        assert book.get_sheet_by_name("排名").to_python() == [
            ["姓名", "名次", "总分", "奖金"],
            ["=1+1", 1.0, 88.5, 9000.5],
            ["王芳芳芳芳芳芳芳芳", "", 0.0, -0.01],
        ]
        assert book.get_sheet_by_name("空").to_python() == [["姓名", "名次", "总分", "奖金"]]

    def test_no_cell_holds_a_formula_or_a_link(self) -> None:
        rows = [(cell, None, None, None) for cell in (*HOSTILE, "http://127.0.0.1/", "mailto:x", "internal:A1")]
        page = part(workbook(Sheet("t", COLUMNS, rows)), "xl/worksheets/sheet1.xml")
        assert page.findall(".//x:f", NS) == []
        assert page.findall(".//x:hyperlink", NS) == []
        texts = [cell for cell in page.findall(".//x:c", NS) if cell.get("t") == "s"]
        assert len(texts) == len(rows) + len(COLUMNS)

    def test_header_frozen_columns_as_wide_as_their_content_and_filtered(self) -> None:
        page = part(workbook(self.sheet()), "xl/worksheets/sheet1.xml")
        pane = page.find(".//x:pane", NS)
        assert pane is not None
        assert (pane.get("state"), pane.get("ySplit"), pane.get("topLeftCell")) == ("frozen", "1", "A2")
        widths = [float(column.get("width", "0")) for column in page.findall(".//x:col", NS)]
        # Nine Chinese characters are eighteen cells, and a little room.
        assert 18 <= widths[0] <= 22
        assert 4 <= widths[1] <= 8
        found = page.find("x:autoFilter", NS)
        assert found is not None
        assert found.get("ref") == "A1:D3"

    def test_an_endless_cell_does_not_make_an_endless_column(self) -> None:
        page = part(workbook(Sheet("t", COLUMNS, [("x" * 5000, 1, 1, 1)])), "xl/worksheets/sheet1.xml")
        assert float(page.findall(".//x:col", NS)[0].get("width", "0")) < 62

    def test_numbers_have_the_format_of_their_kind(self) -> None:
        book = workbook(self.sheet())
        styles, page = part(book, "xl/styles.xml"), part(book, "xl/worksheets/sheet1.xml")
        own = {form.get("numFmtId"): form.get("formatCode") for form in styles.findall(".//x:numFmt", NS)}
        known = {"0": "General", "1": "0", "2": "0.00", "4": "#,##0.00", "49": "@", **own}
        forms = [known[form.get("numFmtId", "")] for form in styles.findall("x:cellXfs/x:xf", NS)]
        by_column = [forms[int(column.get("style", "0"))] for column in page.findall(".//x:col", NS)]
        assert by_column == ["@", "0", "0.0", "#,##0.00"]

    @pytest.mark.parametrize(
        ("column", "form"),
        [
            (Column("x"), "@"),
            (Column("x", "count"), "0"),
            (Column("x", "points", 0), "0"),
            (Column("x", "points", 3), "0.000"),
            (Column("x", "money"), "#,##0.00"),
        ],
    )
    def test_number_formats(self, column: Column, form: str) -> None:
        assert number_format(column) == form

    def test_titles_that_excel_refuses_are_bent(self) -> None:
        sheet = replace(self.sheet(), title="a/b:c?" + "长" * 40)
        (name,) = CalamineWorkbook.from_filelike(BytesIO(workbook(sheet))).sheet_names
        assert name == "a-b-c-" + "长" * 25

    def test_a_runs_workbook_has_the_ranking_the_ungraded_and_the_others(self, tiny: Desk) -> None:
        run, number = evaluated(tiny)
        book = CalamineWorkbook.from_filelike(BytesIO(workbook(*run_sheets(run, number, "zh_CN"))))
        assert book.sheet_names == ["排名", "明细", "奖金表", "未评定", "不在考核范围", "说明"]
        ranking, ungraded, others = (
            book.get_sheet_by_name(name).to_python() for name in ("排名", "未评定", "不在考核范围")
        )
        assert [row[1] for row in ranking[1:]] == ["李四", "张三", "赵六"]
        assert [row[0] for row in ungraded[1:]] == ["P3"]
        assert [row[0] for row in others[1:]] == ["P5", "P6", "P7"]


def numbers_of(data: Any) -> list[Any]:
    """Every number anywhere in the data."""
    if isinstance(data, dict):
        return [number for value in data.values() for number in numbers_of(value)]
    if isinstance(data, list):
        return [number for value in data for number in numbers_of(value)]
    return [data] if isinstance(data, int | float) and not isinstance(data, bool) else []


class TestJson:
    def test_figures_are_exact_decimal_strings_and_counts_whole_numbers(self, tiny: Desk) -> None:
        run, _number = evaluated(tiny)
        data = json.loads(json.dumps(run_data(run, "en")))
        assert not any(isinstance(number, float) for number in numbers_of(data))
        best, second, third, ungraded = data["people"]
        assert (best["name"], best["rank"], best["total"], best["bonus"]) == ("李四", 1, "88.5", "9000.00")
        assert (best["percentile"], ungraded["percentile"]) == ("0", None)
        assert second["indicators"]["in_time"] == {
            "value": "0.75",
            "sample": 4,
            "points": "75",
            "counts": [{"function": "share", "window": "period", "hits": 3, "n": 4}],
        }
        assert third["indicators"]["in_time"]["value"] == "0.333333"
        assert third["outcomes"] == [{"kind": "training", "note": "Training"}]
        assert (ungraded["graded"], ungraded["rank"], ungraded["total"], ungraded["bonus"]) == (False, None, None, None)
        assert data["digest"] == run.digest
        assert [each["code"] for each in data["left_out"]] == ["P5", "P6", "P7"]

    def test_the_text_is_that_of_the_data(self, tiny: Desk) -> None:
        run, _number = evaluated(tiny)
        for each in (run, replace(run, left_out=())):
            assert run_json(each, "zh_CN") == json_text(plainly.run_data(each, "zh_CN"))

    def test_the_language_changes_words_and_no_figure(self, tiny: Desk) -> None:
        run, _number = evaluated(tiny)
        english, chinese = (run_data(run, language) for language in ("en", "zh_CN"))
        for data in (english, chinese):
            for person in data["people"]:
                person["decisions"] = person["outcomes"] = None
            for person in data["left_out"]:
                person["reason"] = None
        assert english == chinese


@given(st.integers(-(2**63), 2**63 - 1), st.integers(0, 6))
def test_a_figure_as_decimal_never_differs_by_more_than_half_of_its_last_digit(stored: int, decimals: int) -> None:
    shown = as_decimal(Column("p", "points", decimals), stored)
    assert abs(shown - Decimal(stored).scaleb(-6)) * 2 <= Decimal(1).scaleb(-decimals)
