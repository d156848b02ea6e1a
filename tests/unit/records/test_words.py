"""Texts, codes, choices, yes and no, people."""

import pytest
from tests.unit.records.reading_kit import CONTEXT, DEAL, clean

from kaohe.plugin.types import Field
from kaohe.records.cleaning import CellRules, Cleaner
from kaohe.records.rows import Unfit
from kaohe.records.words import guarded, unguarded
from kaohe.text import Text


def test_text_keeps_its_characters_but_is_trimmed_and_composed():
    assert clean("note", "　Ａ（全角） ") == "Ａ（全角）"
    assert clean("note", "e\u0301te\u0301\u200b") == "été"
    assert clean("note", "two\nlines") == "two\nlines"
    assert clean("note", "three\r\nli\rnes") == "three\nli\nnes"


def test_codes_are_made_plain():
    assert clean("deal_id", "Ａ１０１２－３") == "A1012-3"
    assert clean("customer", " Ｃ０１ ") == "C01"


def test_control_characters_are_refused():
    assert clean("note", "a\x1b[31m") == "the text holds control characters"
    assert clean("deal_id", "a\x00b") == "the text holds control characters"


@pytest.mark.parametrize("cell", ["1.10101E+17", "6.22202123456789E+15"])
def test_long_numbers_that_a_spreadsheet_shortened_are_refused(cell):
    assert clean("deal_id", cell) == "this looks like a long number whose last digits the spreadsheet has lost"


@pytest.mark.parametrize(
    ("cell", "stored"),
    [(cell, True) for cell in ("是", "Y", "yes", "TRUE", "1", "√", "Ｙ")]
    + [(cell, False) for cell in ("否", "n", "No", "false", "0", "×")],
)
def test_yes_and_no_in_every_usual_form(cell, stored):
    assert clean("renewed", cell) is stored


def test_other_words_are_neither_yes_nor_no():
    assert clean("renewed", "maybe") == "this is neither yes nor no"
    assert clean("renewed", "2") == "this is neither yes nor no"


@pytest.mark.parametrize("cell", ["won", "WON", "赢单", " 赢 单 ", "Won", "ｗｏｎ"])
def test_a_choice_is_found_by_value_or_name_in_either_language(cell):
    assert clean("stage", cell) == "won"


def cleaner(field):
    return Cleaner(field, CellRules(), CONTEXT)


def fix(field, cell):
    verdict = cleaner(field)[cell]
    assert isinstance(verdict, Unfit)
    return str(verdict.fix)


def test_an_unknown_choice_names_the_nearest_or_lists_them():
    assert fix(DEAL.field("stage"), "wonn") == "Did you mean won (Won)?"
    assert "Won, Lost" in fix(DEAL.field("stage"), "其他")


def test_a_choice_that_is_called_like_a_missing_value_is_a_choice():
    field = Field(
        "issue", "choice", Text("问题", "Issue"), choices={"none": Text("无", "None"), "leak": Text("漏水", "Leak")}
    )
    assert cleaner(field)["无"] == "none"
    assert cleaner(field)["-"] is None


def test_a_name_that_would_mean_two_choices_is_refused_but_a_value_is_exact():
    field = Field("size", "choice", Text("规格", "Size"), choices={"a b": Text("甲", "X"), "ab": Text("乙", "X")})
    assert [cleaner(field)[cell] for cell in ("a b", "ab", "甲")] == ["a b", "ab", "a b"]
    assert isinstance(cleaner(field)["X"], Unfit)


def test_a_person_is_found_by_code_or_by_a_name_of_their_own():
    assert clean("owner", "Ｅ０２") == "E02"
    assert clean("owner", "李强") == "E02"


def test_a_name_that_several_bear_gives_their_codes_and_nothing_else():
    verdict = cleaner(DEAL.field("owner"))["王芳"]
    assert isinstance(verdict, Unfit)
    assert str(verdict.reason) == "several people bear this name"
    assert str(verdict.fix) == "Write the code of the one that is meant: E01, E03."


def test_an_unknown_person_gets_the_nearest_names():
    assert clean("owner", "李刚") == "nobody is known by this code or name"
    assert fix(DEAL.field("owner"), "李刚") == "Did you mean 李强?"
    assert "kaohe people import" in fix(DEAL.field("owner"), "Zoë")


@pytest.mark.parametrize("cell", ["", "  ", "　", "-", "—", "N/A", "n/a", "NULL", "无", "#N/A", "／", "暂 无"])
def test_words_that_stand_for_no_value(cell):
    assert clean("visits", cell) is None


def test_a_mapping_decides_which_words_stand_for_no_value():
    assert clean("visits", "Not Rated", missing=("not rated",)) is None
    assert clean("visits", "", missing=("not rated",)) is None
    assert clean("visits", "-", missing=("not rated",)) == "this is not a number"
    assert clean("note", "无", missing=()) == "无"


def test_values_are_translated_before_anything_else():
    rules = {"values": {"Won": "won", "*": "lost"}}
    assert clean("stage", "WON", **rules) == "won"
    assert clean("stage", "Engaging", **rules) == "lost"
    assert clean("stage", "", **rules) is None
    assert clean("stage", "n/a", values={"N/A": "lost"}) == "lost"


@pytest.mark.parametrize("cell", ["=1+1", "@x", "-abc", "＝1", "\tx", "+a"])
def test_what_a_spreadsheet_would_run_is_guarded_and_read_back(cell):
    assert guarded(cell) == f"'{cell}"
    assert unguarded(guarded(cell)) == cell
    assert clean("note", guarded(cell)) == cell.strip()


def test_numbers_and_ordinary_text_are_not_guarded():
    assert [guarded(cell) for cell in ("-5", "+8613800000000", "-1,234.50", "abc", "'tis", "")] == [
        "-5", "+8613800000000", "-1,234.50", "abc", "'tis", "",
    ]  # fmt: skip
    assert unguarded("'tis") == "'tis"
