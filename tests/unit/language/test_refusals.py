"""What is not an expression is refused at once, with a message at its place."""

from __future__ import annotations

import pytest
from tests.watchdog import must_end

from kaohe.errors import KaoheError, Place
from kaohe.language import Scope, Type, compile_expression

SCOPE = Scope({"n": Type("number"), "kind": Type("text"), "地区": Type("text")}, period=True)
RECORDS = Scope(dict(SCOPE.fields), period=True, aggregates=True)


def refusal(text: str, scope: Scope = SCOPE, where: Place | None = None) -> KaoheError:
    with must_end(), pytest.raises(KaoheError) as caught:
        compile_expression(text, scope, where=where or Place("s.toml", 7, 11))
    return caught.value


@pytest.mark.parametrize(
    ("text", "code", "column"),
    [
        ('__import__("os")', "unknown-function", 11),
        ("().__class__", "not-allowed", 11),
        ("n.__class__", "unknown-name", 11),
        ('read_text("secret.txt")', "unknown-function", 11),
        ('match(kind, "(a+)+$")', "unknown-function", 11),
        ("lambda: n", "not-allowed", 11),
        ("[n for n in kind]", "not-allowed", 11),
        ("n + [1][0]", "not-allowed", 15),
        ('f"{n}"', "text-prefix", 12),
        ("(n := 3) > 2", "not-allowed", 12),
        ("n > 0; n < 9", "statement", 16),
        ("min(*n)", "not-allowed", 11),
        ("min(**n)", "not-allowed", 11),
        ("n if n else n", "not-allowed", 11),
        ("n ** 9999999", "not-allowed", 11),
        ("n // 2", "not-allowed", 11),
        ("n % 2", "not-allowed", 11),
        ("~n", "not-allowed", 11),
        ("n is not kind", "not-allowed", 11),
        ("await n", "not-allowed", 11),
        ("n, n", "not-allowed", 11),
        ("...", "not-allowed", 11),
        ("kind.lower() == 'a'", "not-allowed", 11),
        ("None", "none", 11),
        ("n == 1e5", "number", 16),
        ("n == 0x10", "number", 16),
        ("n == 1_000", "number", 16),
        ("n == 3j", "number", 16),
        ("n == nan", "unknown-name", 16),
        ("n == 1234567890123456789", "number", 16),
        ("n = 1", "equals", 11),
        ("n == 'a", "text-not-closed", 16),
        (r"kind == 'a\d'", "text", 19),
        ("kind == 'a' 'b'", "adjacent-texts", 23),
        ("n > (1", "bracket", 15),
        ("n > 1)", "bracket", 16),
        ("n > (1]", "bracket", 17),
        ("n >", "syntax", 14),
        ("n n", "syntax", 11),
        ("", "empty", 11),
        (" \n# only a comment", "empty", 11),
        ("\x00", "character", 11),
        ("n > 1 \ud800", "character", 17),
        ("n >\u200b 1", "character", 14),
        ("SELECT 1", "syntax", 11),
        ("(SELECT 1)", "syntax", 12),
    ],
)
def test_it_is_refused_with_its_code_and_column(text, code, column):
    problem = refusal(text).problems[0]
    assert problem.code == f"expression.{code}"
    assert (problem.where.file, problem.where.line, problem.where.column) == ("s.toml", 7, column)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("n" * 10_000_000, "too-long"),
        ("(" * 10_000 + "n" + ")" * 10_000, "too-long"),
        ("(" * 900 + "n" + ")" * 900, "too-deep"),
        ("not " * 450 + "n", "too-deep"),
        ("-" * 1_900 + "n", "too-deep"),
        ("abs(" * 40 + "n" + ")" * 40, "too-deep"),
        ("n**" * 600 + "n", "too-deep"),
        ("n if n else " * 160 + "n", "too-deep"),
        ("lambda:" * 280 + "n", "too-deep"),
        ("n in (" + "1," * 900 + "2)", "too-large"),
        (" or ".join(["n > 1"] * 180), "too-large"),
        ("n/(n/(n/(n/(n/(n/(n/(n/(n/(n/(n/(n/(n/(n/n)))))))))))))", "too-large"),
        ("max(n, " * 13 + "n" + ")" * 13, "too-large"),
    ],
)
def test_what_is_too_large_is_refused_before_it_costs_anything(text, code):
    assert [problem.code for problem in refusal(text).problems] == [f"expression.{code}"]


@pytest.mark.parametrize(
    ("text", "found", "twin"),
    [
        ("（n + 1) > 2", "（ (U+FF08)", "("),
        ("n ＞ 1", "＞ (U+FF1E)", ">"),
        ("kind == “new”", "“ (U+201C)", '"'),
        ("min(n， 1)", "， (U+FF0C)", ","),
        ("n ≥ 1", "≥ (U+2265)", ">="),
        ("n × 2", "× (U+00D7)", "*"),
        ("n <> 1", "<>", "!="),
        ("n > 1 && n < 3", "&&", "and"),
        ("n > 1 AND n < 3", "AND", "and"),
        ("n > 1 且 n < 3", "且 (U+4E14)", "and"),
    ],
)
def test_a_sign_of_the_wrong_kind_is_named_beside_the_right_one(text, found, twin):
    problem = refusal(text).problems[0]
    assert problem.code == "expression.character"
    assert str(problem.found) == found
    assert str(problem.expected) == twin


def test_every_full_width_sign_is_reported_at_once():
    assert [problem.where.column for problem in refusal("（n，1）").problems] == [11, 13, 15]


def test_full_width_signs_inside_text_are_text():
    assert compile_expression('kind == "（甲），乙；“丙”"', SCOPE).type.kind == "boolean"


def test_columns_count_characters_not_bytes():
    assert refusal("地区 == '华东' and 地区 > '华南'").problems[0].where.column == 11 + 15


def test_lines_of_a_longer_expression_are_counted():
    error = refusal("n > 1\n  and kind > 'a'\n  and nn < 3\n", where=Place("s.toml", 7, 11))
    assert [(problem.where.line, problem.where.column) for problem in error.problems] == [(8, 7), (9, 7)]


def test_line_ends_of_windows_count_once():
    assert refusal("n > 1\r\n and nn > 1").problems[0].where.line == 8


def test_without_a_place_the_expression_itself_is_the_place():
    with pytest.raises(KaoheError) as caught:
        compile_expression("n + nn", SCOPE)
    assert str(caught.value.problems[0].where) == "1:5"


def test_a_line_without_a_column_stays_without():
    error = refusal("n + nn", where=Place("s.toml", 7))
    assert str(error.problems[0].where) == "s.toml:7"


def test_a_formula_may_run_over_lines_and_hold_comments():
    assert compile_expression("\n  n > 1   # at least\n  and n < 9\n", SCOPE).type.kind == "boolean"


def test_brackets_cannot_close_what_the_parser_opened():
    assert refusal("n > 1) or (n < 0").problems[0].code == "expression.bracket"


def test_twenty_mistakes_give_twenty_messages():
    text = " + ".join(f"sum(x{number})" for number in range(20))
    assert len(refusal(text, RECORDS).problems) == 20
