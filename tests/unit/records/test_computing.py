"""Computed fields and left-out rows: expressions over fields and raw cells."""

from datetime import date

import pytest
from tests.unit.records.reading_kit import read, reasons, values

from kaohe.errors import KaoheError

CSV = "No.,Price,Pieces,State\n1,100,3,ok\n2,¥10.50,2,test\n3,,5,ok\n"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "foreign.csv"
    path.write_text(CSV, "utf-8")
    return path


def computed(expression, extra=""):
    return f'[columns]\ndeal_id = "No."\nvisits = "Pieces"\namount = {{ value = \'{expression}\' }}\n{extra}'


def test_a_field_is_computed_from_cells_and_fields(file):
    reading = read(file, computed('number("Price") * visits'))
    assert values(reading, "amount") == [30000, 2100, None]


def test_amounts_are_rounded_half_up_to_the_fen(file):
    reading = read(file, computed('number("Price") / 3.2'))
    assert values(reading, "amount") == [3125, 328, None]


def test_a_computed_field_may_use_those_above_it(file):
    reading = read(file, computed('number("Price")', "rate = { value = 'amount / 1000' }"))
    assert values(reading, "rate") == [1000, 105, None]


def test_a_result_that_does_not_fit_its_field_rejects_the_row(file):
    reading = read(file, computed('0 - number("Price")'))
    assert reasons(reading) == [(2, None, "the number is below 0"), (3, None, "the number is below 0")]


def test_a_date_can_be_computed_from_the_date_and_the_number_in_two_cells(tmp_path):
    path = tmp_path / "foreign.csv"
    path.write_text("No.,Hired,Years\n1,2020-01-31,2\n2,2020/3/1,\n3,1/2/2020,1\n4,,1\n", "utf-8")
    value = 'day("Hired") + days(1) * (365 * round(number("Years")) + 364)'
    reading = read(path, f"[columns]\ndeal_id = \"No.\"\nsigned_on = {{ value = '{value}' }}")
    assert values(reading, "signed_on") == [date(2023, 1, 29), None, None, None]


def test_text_of_a_cell_can_be_compared(file):
    text = '[columns]\ndeal_id = "No."\nrenewed = { value = \'column("State") == "ok"\' }'
    assert values(read(file, text), "renewed") == [True, False, True]


def test_rows_can_be_left_out_before_they_are_cleaned(file):
    text = '[source]\nskip_rows_where = \'column("State") == "test"\'\n[columns]\ndeal_id = "No."\nvisits = "Price"'
    reading = read(file, text)
    assert (values(reading, "deal_id"), reading.skipped, reasons(reading)) == (["1", "3"], 1, [])


def test_mistakes_in_expressions_have_their_place_in_the_mapping(file):
    with pytest.raises(KaoheError) as caught:
        read(file, computed('number("Prise") * 2', "renewed = { value = 'visits' }"))
    assert [(problem.where.file, problem.where.line) for problem in caught.value.problems] == [
        ("map.toml", 6),
        ("map.toml", 7),
    ]
    assert "Price" in str(caught.value)
