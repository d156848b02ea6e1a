"""Tables on a terminal: Chinese and Latin text stand under each other, and nothing is cut where there is no width."""

from __future__ import annotations

from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from tests.scenarios.desk import Desk
from tests.tiny import evaluated

from kaohe.report.ranking import ranking_sheet
from kaohe.report.sheet import Column, Sheet, as_text
from kaohe.report.table import sheet_table
from kaohe.report.terminal import run_text, tiers_text
from kaohe.text import LANGUAGES, Language

NAMES = ("王芳", "Jane Doe", "欧阳 Xiù", "Ｗｉｄｅ", "한국어", "é", "")


def printed(sheet: Sheet, width: int = 100_000) -> list[str]:
    text = StringIO()
    console = Console(file=text, width=width, highlight=False, emoji=False, markup=False)
    console.print(sheet_table(sheet, width))
    return text.getvalue().splitlines()


def people_sheet(names: tuple[str, ...] = NAMES) -> Sheet:
    columns = (Column("姓名"), Column("code"), Column("总分", "points", 2), Column("奖金", "money"), Column("备注"))
    rows = [
        (name, f"P{number}", number * 11_110_000, 10**number, f"<{number}>" + "，" * number)
        for number, name in enumerate(names)
    ]
    return Sheet("排名", columns, rows)


def test_every_cell_of_a_column_begins_or_ends_in_the_same_cell_of_the_screen() -> None:
    sheet = people_sheet()
    lines = [line for line in printed(sheet) if "<" in line]
    assert len(lines) == len(sheet.rows)
    starts = {name: {cell_len(line[: line.index(name)]) for line in lines} for name in (" P", "<")}
    assert [len(found) for found in starts.values()] == [1, 1]
    ends = set()
    for line, row in zip(lines, sheet.rows, strict=True):
        money = as_text(sheet.columns[3], row[3])
        ends.add(cell_len(line[: line.index(f" {money} ") + 1 + len(money)]))
    assert len(ends) == 1


@given(st.lists(st.text(st.characters(codec="utf-8", categories=("L", "N")), max_size=8), min_size=1, max_size=6))
def test_names_of_any_script_keep_the_columns_straight(names: list[str]) -> None:
    lines = [line for line in printed(people_sheet(tuple(names))) if "<" in line]
    assert len({cell_len(line[: line.index("<")]) for line in lines}) == 1


def test_without_a_terminal_nothing_is_cut_or_wrapped() -> None:
    long = "很长的名字" * 400
    (line,) = [line for line in printed(people_sheet((long,))) if "<" in line]
    assert long in line


@pytest.mark.parametrize("width", [60, 72, 80, 100, 132])
def test_on_a_terminal_names_numbers_and_codes_stay_whole_and_lines_fit(width: int, tiny: Desk) -> None:
    run, number = evaluated(tiny)
    for language in LANGUAGES:
        text = run_text(run, number, language, width=width)
        table = text.split("\n\n")[1]
        assert max(map(cell_len, table.splitlines())) <= width
        for name, code, total in (("张三", "P1", "82.00"), ("李四", "P2", "88.50"), ("赵六", "P4", "51.00")):
            (row,) = [line for line in table.splitlines() if name in line]
            assert code in row.split()
            assert total in row.split()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_cell_of_the_ranking_is_in_the_text_for_a_pipe(language: Language, tiny: Desk) -> None:
    run, number = evaluated(tiny)
    text = run_text(run, number, language)
    sheet = ranking_sheet(run, language)
    for row in sheet.rows:
        (line,) = [line for line in text.splitlines() if row[sheet_position(sheet, 2)] in line]
        assert all(as_text(column, value) in line for column, value in zip(sheet.columns, row, strict=True))
    assert all(column.header in text for column in sheet.columns)


def sheet_position(sheet: Sheet, position: int) -> int:
    """The position of the code among the columns: after rank and name."""
    return position if sheet.columns[0].kind == "count" else position + 1


def test_people_without_a_grade_and_out_of_the_scheme_are_listed_with_reasons(tiny: Desk) -> None:
    run, number = evaluated(tiny)
    lines = run_text(run, number, "en").splitlines()
    assert "Not graded" in lines
    assert any(line.split()[:2] == ["P3", "王五"] and "not graded" in line for line in lines)
    assert any(line.split()[:2] == ["P6", "孙八"] and "no assignment in 2026-Q1" in line for line in lines)
    assert "people whom the scheme does not cover: 1" in lines
    assert not any("钱七" in line for line in lines)
    assert "graded: 3 (A 1, B 1, C 1)" in lines
    assert "bonuses in all: 16,750.00 CNY" in lines


def test_a_short_text_counts_what_it_does_not_list(tiny: Desk) -> None:
    run, number = evaluated(tiny)
    text = run_text(run, number, "en", first=2)
    assert "赵六" not in text
    assert "… 1" in text
    assert "not graded: 1" in text
    assert "孙八" not in text
    assert tiers_text(run, number, "en").splitlines() == [
        f"Tiny (tiny 1) · 2026-Q1 · run {number} · digest {run.digest[:16]}",
        "graded: 3 (A 1, B 1, C 1)",
        "bonuses in all: 16,750.00 CNY",
    ]


def test_what_looks_like_markup_is_printed_as_it_is() -> None:
    (line,) = [line for line in printed(people_sheet(("[red]王芳[/red] :smile:",))) if "<" in line]
    assert "[red]王芳[/red] :smile:" in line


def test_no_line_ends_in_spaces(tiny: Desk) -> None:
    run, number = evaluated(tiny)
    assert not any(line.endswith(" ") for line in run_text(run, number, "zh_CN").splitlines())


@pytest.mark.parametrize("width", range(118, 141))
def test_words_run_over_several_lines_and_no_letter_is_cut(width: int) -> None:
    points = ("Customer satisfaction", "Response and quality", "Long-term relations", "Professional growth")
    columns = (
        Column("group"),
        Column("rank", "count"),
        Column("name"),
        Column("code"),
        *(Column(name, "points", 1, spare=1) for name in points),
        Column("total", "points", 1),
        Column("tier"),
        Column("bonus CNY", "money"),
        Column("flags", wraps=True),
    )
    person = ("华东", 1, "宋军艳", "FH0052", *([111_900_000] * 4), 107_200_000, "A", 1_050_000)
    rows = [(*person, "no data, Service star of the region"), (*person, "no data, rule")]
    lines = printed(Sheet("t", columns, rows), width)
    assert max(map(cell_len, lines)) <= width
    shown = " ".join(" ".join(lines).split())
    assert all(word in shown for word in ("satisfaction", "Professional", "region", "rule", "10,500.00", "tier"))
