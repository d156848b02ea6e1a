from decimal import Decimal

import pytest

from kaohe.errors import KaoheError, Place, Problem
from kaohe.toml import load_toml, path_text


def problems(text: str) -> tuple[Problem, ...]:
    with pytest.raises(KaoheError) as caught:
        load_toml(text, "f.toml")
    return caught.value.problems


def spots(text: str) -> list[tuple[int | None, int | None, str]]:
    return [(problem.where.line, problem.where.column, problem.code) for problem in problems(text)]


TEXT = """\
a."b c".d = 1
中文 = { 键 = "值", list = [1, { q = 2.50 }] }
[x.y]
e = 'ab > c'
[[d]]
  [[d.i]]
  use = "x"
  [[d.i]]
  use = "y"
[[d]]
""".replace("中文", '"中文"').replace("键", '"键"')


def test_floats_are_exact_decimals() -> None:
    assert load_toml("x = 0.10", "f").data == {"x": Decimal("0.10")}


@pytest.mark.parametrize(
    ("path", "line", "column"),
    [
        (("a", "b c", "d"), 1, 13),
        (("中文", "键"), 2, 16),
        (("中文", "list", 1, "q"), 2, 38),
        (("x", "y"), 3, 4),
        (("d", 0, "i", 1, "use"), 9, 9),
        (("d", 1), 10, 3),
        (("d", 1, "not there", "either"), 10, 3),
        (("nowhere",), 1, 1),
    ],
)
def test_a_path_has_its_place_or_its_nearest_parent_s(path: tuple[str | int, ...], line: int, column: int) -> None:
    assert load_toml(TEXT, "f").place(path) == Place("f", line, column)


def test_the_place_of_a_key_is_not_that_of_its_value() -> None:
    document = load_toml(TEXT, "f")
    assert document.key_place(("x", "y", "e")) == Place("f", 4, 1)
    assert document.place(("x", "y", "e")) == Place("f", 4, 5)


@pytest.mark.parametrize(
    ("literal", "line", "column", "place"),
    [
        ("'ab > c'", 1, 4, (1, 9)),
        (r'"a\"b > c"', 1, 4, (1, 10)),
        (r'"\u4e2d > c"', 1, 3, (1, 13)),
        ('"中文 > c"', 1, 4, (1, 9)),
        ("'''\n  x >\n  y'''", 2, 3, (3, 3)),
        ('"""\nx > \\\n   y"""', 1, 5, (3, 4)),
        ("'x'", 1, 2, (1, 7)),
    ],
)
def test_a_character_of_a_string_is_found_behind_quotes_escapes_and_line_breaks(
    literal: str, line: int, column: int, place: tuple[int, int]
) -> None:
    found = load_toml(f"k = {literal}", "f").inside(("k",), line, column)
    assert (found.line, found.column) == place


def test_windows_line_ends_and_byte_order_marks_are_accepted() -> None:
    document = load_toml("\ufeffa = 1\r\nb = 2\r\n", "f")
    assert document.data == {"a": 1, "b": 2}
    assert document.place(("b",)) == Place("f", 2, 5)


def test_several_syntax_errors_are_reported_at_once() -> None:
    assert spots('a = tru\nb = 1\n[c\nd = \ne = "open\n') == [
        (1, 5, "toml.syntax"),
        (3, 3, "toml.syntax"),
        (4, 5, "toml.syntax"),
        (5, 10, "toml.syntax"),
    ]


@pytest.mark.parametrize(
    ("text", "column", "found", "expected"),
    [("a = “x”", 5, "“", '"'), ("a = [1，2]", 7, "，", ","), ("a ＝ 1", 3, "＝", "="), ("【a】", 1, "【", "[")],
)
def test_full_width_punctuation_is_named(text: str, column: int, found: str, expected: str) -> None:
    (problem,) = problems(text)
    assert (problem.code, problem.where.column) == ("toml.full-width", column)
    assert (problem.found, problem.expected) == (found, expected)


def test_full_width_punctuation_in_texts_and_comments_is_nobody_s_business() -> None:
    assert load_toml('a = "，“”" # ：', "f").data == {"a": "，“”"}


@pytest.mark.parametrize(
    ("text", "column", "word"),
    [
        ('大区 = "华东"', 1, "大区"),
        ('values = { 问询 = "consult" }', 12, "问询"),
        ("[columns.大区]", 10, "大区"),
        ("grade级 = 1", 1, "grade级"),
        ("Größe = 1", 1, "Größe"),
    ],
)
def test_a_key_in_chinese_is_shown_in_the_quotes_that_it_needs(text: str, column: int, word: str) -> None:
    (problem,) = problems(text)
    assert (problem.code, problem.where.column) == ("toml.bare-key", column)
    assert (problem.found, problem.expected) == (word, f'"{word}"')


def test_every_key_that_lacks_its_quotes_is_reported() -> None:
    assert spots("大区 = 1\n团队 = 2\nc = 3\n") == [(1, 1, "toml.bare-key"), (2, 1, "toml.bare-key")]


def test_a_key_written_twice_names_the_other_line() -> None:
    (first, second) = problems("a = 1\na = 2\n[t]\n[t]\n")
    assert (first.where.line, second.where.line) == (2, 4)
    assert str(first.fix) == "remove one of the two; the other stands on line 1"
    assert str(second.fix) == "remove one of the two; the other stands on line 3"


@pytest.mark.parametrize(
    "text", ["a = " + "[" * 50_000, "a = " + "[" * 40 + "]" * 40, ".".join("a" * 50_000) + " = 1", "a={" * 20_000]
)
def test_deep_nesting_is_refused(text: str) -> None:
    assert spots(text)[0][2] == "toml.too-deep"


@pytest.mark.parametrize("number", ["1e999999999", "nan", "inf", "1e-40", "1" * 16, "0." + "1" * 16])
def test_numbers_out_of_range_are_refused(number: str) -> None:
    assert spots(f"x = [0, {number}]") == [(1, 9, "toml.number-range")]


def test_a_number_of_five_thousand_digits_is_refused() -> None:
    assert spots("x = " + "1" * 5000) == [(1, 1, "toml.syntax")]


def test_a_file_over_a_megabyte_is_refused_unread() -> None:
    assert spots('x = "' + "x" * 1_000_000 + '"') == [(None, None, "toml.too-large")]


def test_a_path_reads_as_it_is_written() -> None:
    assert path_text(("dimensions", 0, "indicators", 1, "weight")) == "dimensions[0].indicators[1].weight"
