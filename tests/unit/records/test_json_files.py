"""JSON: an array or lines, checked with the record type's JSON Schema."""

import json
from datetime import UTC, date, datetime

import pytest
from jsonschema import Draft202012Validator
from tests.unit.records.reading_kit import DEAL, read, reasons, values

from kaohe.errors import KaoheError
from kaohe.records.json_schema import json_schema

RECORD = {
    "deal_id": "A1",
    "owner": "E02",
    "stage": "won",
    "opened_at": "2026-01-05T14:30:00+08:00",
    "signed_on": "2026-01-05",
    "amount": 1234.5,
    "rate": "0.1250",
    "visits": 3,
    "renewed": True,
    "note": None,
}


@pytest.fixture
def file(tmp_path):
    def write(content, name="deals.json"):
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
        return path

    return write


def test_an_array_and_lines_give_the_same_rows(file):
    array = read(file([RECORD, RECORD | {"deal_id": "A2"}]))
    lines = read(file(json.dumps(RECORD) + "\n\n" + json.dumps(RECORD | {"deal_id": "A2"}), "deals.jsonl"))
    assert [row.values for row in array.rows] == [row.values for row in lines.rows]
    assert ([row.row for row in array.rows], [row.row for row in lines.rows]) == ([1, 2], [1, 3])
    assert array.rows[0].values == {
        "deal_id": "A1", "owner": "E02", "stage": "won", "opened_at": datetime(2026, 1, 5, 6, 30, tzinfo=UTC),
        "closed_at": None, "signed_on": date(2026, 1, 5), "amount": 123450, "rate": 1250, "visits": 3,
        "renewed": True, "customer": None, "note": None,
    }  # fmt: skip


def test_numbers_keep_every_digit(file):
    assert values(read(file('[{"deal_id": "A1", "amount": 90071992547409.93}]')), "amount") == [9007199254740993]


def test_what_does_not_meet_the_schema_is_rejected_with_its_field(file):
    bad = [
        {"amount": 1},
        RECORD | {"amuont": 1},
        RECORD | {"visits": "3"},
        RECORD | {"stage": "Won"},
        RECORD | {"signed_on": "5.1.2026"},
        RECORD | {"visits": 1000},
        RECORD | {"amount": 1.005},
        RECORD | {"owner": "E09"},
        7,
        RECORD | {"note": {"a": 1}},
    ]
    assert reasons(read(file(bad))) == [
        (1, "deal_id", "a required value is missing"),
        (2, "amuont", "the record type has no such field"),
        (3, "visits", "this is the wrong kind of value"),
        (4, "stage", "this is not one of the choices"),
        (5, "signed_on", "the value does not fit the field"),
        (6, "visits", "the value does not fit the field"),
        (7, "amount", "an amount has at most two decimals"),
        (8, "owner", "nobody is known by this code or name"),
        (9, None, "this is not a record"),
        (10, "note", "this is the wrong kind of value"),
    ]


def test_a_broken_line_is_rejected_and_the_others_pass(file):
    reading = read(file('{"deal_id": "A1"}\n{"deal_id": \n{"deal_id": "A3", "amount": NaN}\n{"deal_id": "A4"}\n'))
    assert values(reading, "deal_id") == ["A1", "A4"]
    assert reasons(reading) == [(2, None, "this line is not JSON"), (3, None, "this line is not JSON")]


@pytest.mark.parametrize(
    "content", ["[{]", "[" * 100_000, '[{"deal_id": 1e5' + "0" * 5000 + "}", "[1" + "0" * 5000 + "]"]
)
def test_a_broken_array_is_refused(file, content):
    with pytest.raises(KaoheError, match="this is not JSON"):
        read(file(content))


def test_a_monstrous_number_is_rejected_without_being_written_out(file):
    reading = read(file('[{"deal_id": "A1", "amount": 1e999999}]'))
    assert [reason for _row, _column, reason in reasons(reading)] == [
        "a number in scientific notation may have lost digits"
    ]


def test_a_mapping_gives_foreign_keys_a_meaning(file):
    reading = read(file([{"id": 7}, {"id": 8, "price": "9.5"}]), '[columns]\ndeal_id = "id"\namount = "price"')
    assert values(reading, "deal_id") == ["7", "8"]
    assert values(reading, "amount") == [None, 950]


def test_the_schema_is_valid_closed_and_bilingual():
    schema = json_schema(DEAL)
    Draft202012Validator.check_schema(schema)
    assert schema["additionalProperties"] is False
    assert schema["required"] == ["deal_id"]
    assert schema["properties"]["stage"]["enum"] == ["won", "lost", None]
    assert json_schema(DEAL, "zh_CN")["title"] == "签约"
    assert list(Draft202012Validator(schema).iter_errors(RECORD)) == []


def test_an_object_that_says_something_twice_is_not_taken(file):
    twice = '{"deal_id": "A1", "deal_id": "A2"}'
    assert reasons(read(file(f"{twice}\n", "deals.jsonl"))) == [(1, None, "this line is not JSON")]
    with pytest.raises(KaoheError, match="equal keys in one object"):
        read(file(f"[{twice}]"))


def test_half_a_character_rejects_its_row(file):
    reading = read(file([RECORD | {"note": "\ud800!"}, RECORD | {"deal_id": "A2"}]))
    assert values(reading, "deal_id") == ["A2"]
    assert reasons(reading) == [(1, None, "the text holds control characters")]
    assert "?!" in reading.rejected[0].cells
