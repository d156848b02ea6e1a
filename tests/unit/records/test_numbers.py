"""Numbers as people write them."""

from decimal import Decimal

import pytest
from tests.unit.records.reading_kit import clean

from kaohe.records.numbers import read_number


@pytest.mark.parametrize(
    ("cell", "fen"),
    [
        ("1234.5", 123450),
        ("1,234.50", 123450),
        ("¥1,234.5", 123450),
        ("￥ 1234.5", 123450),
        ("1234.5元", 123450),
        ("１２３４．５", 123450),
        ("1234.500", 123450),
        ("RMB 10", 1000),
        (" 10 ", 1000),
        ("+10", 1000),
        (".5", 50),
        ("7.", 700),
        ("-", None),
    ],
)
def test_money_is_read_in_yuan_and_kept_in_fen(cell, fen):
    assert clean("amount", cell) == fen


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("10.005", "an amount has at most two decimals"),
        ("$10", "this is not a number"),
        ("12,34", "this is not a number"),
        ("1.234,56", "this is not a number"),
        ("12%", "this is not a number"),
        ("一百", "this is not a number"),
        ("3.5万", "this is not a number"),
        ("not rated", "this is not a number"),
        ("nan", None),
        ("1e5", "a number in scientific notation may have lost digits"),
        ("-1", "the number is below 0"),
        ("99999999999999999999", "the number is too large to be stored"),
        ("9" * 50_000, "the cell holds more than 32,767 characters"),
    ],
)
def test_what_is_no_amount_says_why(cell, reason):
    assert clean("amount", cell) == reason


def test_minus_signs_of_every_shape_count():
    assert [clean("rate", cell) for cell in ("-1", "－1", "\u22121", "-0.5")] == [-10000, -10000, -10000, -5000]


@pytest.mark.parametrize(
    ("cell", "stored"),
    [("0.12", 1200), ("12%", 1200), ("12.34 %", 1234), ("１２％", 1200), ("0.12340", 1234)],
)
def test_percent_is_a_hundredth_in_a_decimal(cell, stored):
    assert clean("rate", cell) == stored


def test_more_decimals_than_the_field_has_are_refused_not_rounded():
    assert clean("rate", "12.345%") == "the number has more than 4 decimals"


def test_whole_numbers_may_be_written_with_zeros_behind_the_point():
    assert clean("visits", "3.0") == 3
    assert clean("visits", "3.5") == "this is not a whole number"
    assert clean("visits", "1000") == "the number is above 999"


def test_a_number_can_be_read_for_an_expression():
    assert read_number("￥1,200.50") == Decimal("1200.50")
    assert read_number("50%") == Decimal("0.5")
    assert read_number("none") is None
