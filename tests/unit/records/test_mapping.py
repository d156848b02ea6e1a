"""Mapping files: what they can say, and every mistake at once."""

import json
from datetime import UTC, date, datetime

import pytest
from jsonschema import Draft202012Validator
from tests.unit.records.reading_kit import DEAL, mapping_of, read, reasons, values

from kaohe.errors import KaoheError
from kaohe.records.mapping import load_mapping
from kaohe.records.mapping_shape import schema_text

CSV = """No.,Who,State,Day,Time,Price,Comment
1,李强,Won,05-01-2026,14:30,100,ok
2,王芳,Engaging,06-01-2026,,not rated,
3,E03,Lost,07-01-2026,9:05:30,30,ok
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "foreign.csv"
    path.write_text(CSV, "utf-8")
    return path


def mistakes(text):
    with pytest.raises(KaoheError) as caught:
        mapping_of(text)
    return [(problem.where.line, problem.where.column, problem.code) for problem in caught.value.problems]


def refusals(file, text):
    with pytest.raises(KaoheError) as caught:
        read(file, text)
    return [(problem.where.line, problem.where.column, str(problem.what)) for problem in caught.value.problems]


def test_foreign_columns_values_formats_and_missing_words(file):
    reading = read(
        file,
        """
        [columns]
        deal_id = "No."
        owner = "Who"
        stage = { from = "State", values = { Won = "won", "*" = "lost" } }
        signed_on = { from = "Day", format = "%d-%m-%Y" }
        opened_at = { from = ["Day", "Time"], format = ["%d-%m-%Y %H:%M", "%d-%m-%Y %H:%M:%S", "%d-%m-%Y"] }
        amount = { from = "Price", missing = ["not rated"] }
        renewed = { constant = true }
        """,
    )
    assert values(reading, "deal_id") == ["1", "3"]
    assert values(reading, "stage") == ["won", "lost"]
    assert values(reading, "signed_on") == [date(2026, 1, 5), date(2026, 1, 7)]
    assert values(reading, "opened_at") == [
        datetime(2026, 1, 5, 6, 30, tzinfo=UTC),
        datetime(2026, 1, 7, 1, 5, 30, tzinfo=UTC),
    ]
    assert values(reading, "amount") == [10000, 3000]
    assert values(reading, "renewed") == [True, True]
    assert values(reading, "note") == [None, None]
    assert reasons(reading) == [(3, "Who", "several people bear this name")]


def test_joined_cells_leave_out_the_empty_ones(file):
    reading = read(file, '[columns]\ndeal_id = { from = ["State", "Comment"], join = "-" }')
    assert values(reading, "deal_id") == ["Won-ok", "Engaging", "Lost-ok"]


def test_not_rated_is_a_mistake_unless_the_mapping_lists_it(file):
    reading = read(file, '[columns]\ndeal_id = "No."\namount = "Price"')
    assert reasons(reading) == [(3, "Price", "this is not a number")]


def test_every_mistake_of_a_mapping_comes_at_once_with_its_place():
    found = mistakes(
        """
reversed = "ignore"
[source]
sheeet = "x"
header = 0
[columns]
amuont = "Price"
visits = 3
amount = { from = "A", format = "%Y" }
signed_on = { from = "D", format = "%d-%m" }
opened_at = { constant = "2026-01-05", join = "-" }
stage = { from = "S", values = { Won = "won", "W O N" = "lost" } }
note = { from = "N", value = "1" }
"""
    )
    assert found == [
        (4, 12, "mapping.value"),
        (6, 1, "mapping.unknown-key"),
        (7, 10, "mapping.value"),
        (8, 2, "mapping.unmapped"),
        (9, 1, "mapping.unknown-field"),
        (10, 10, "mapping.value"),
        (11, 24, "mapping.useless"),
        (12, 36, "mapping.format"),
        (13, 40, "mapping.useless"),
        (14, 47, "mapping.values"),
        (15, 8, "mapping.origin"),
    ]


def test_a_mapping_of_another_record_type_or_format_is_refused(tmp_path):
    path = tmp_path / "m.toml"
    path.write_text('format = 2\nrecords = "lead"\n[columns]\ndeal_id = "x"\n', "utf-8")
    with pytest.raises(KaoheError) as caught:
        load_mapping(path, DEAL)
    assert [problem.code for problem in caught.value.problems] == ["mapping.value", "mapping.records"]


def test_a_mapping_that_is_not_there_or_not_text_is_refused(tmp_path):
    with pytest.raises(KaoheError, match="cannot be opened"):
        load_mapping(tmp_path / "none.toml", DEAL)
    path = tmp_path / "gbk.toml"
    path.write_bytes("# 映射".encode("gbk"))
    with pytest.raises(KaoheError, match="a mapping file is UTF-8"):
        load_mapping(path, DEAL)


def test_unknown_columns_and_unfit_values_are_found_against_the_file(file):
    found = refusals(
        file,
        """
[columns]
deal_id = "Nr."
owner = { constant = "E09" }
stage = { from = "State", values = { Won = "win" } }
amount = { from = ["Price", "Tax"] }
""",
    )
    assert found == [
        (5, 11, "the file has no column Nr."),
        (6, 22, "nobody is known by this code or name"),
        (7, 36, "this is not one of the choices"),
        (8, 19, "the file has no column Tax"),
    ]


def test_a_column_name_that_occurs_twice_is_refused(tmp_path):
    path = tmp_path / "twice.csv"
    path.write_text("No.,No.\n1,2\n", "utf-8")
    assert refusals(path, '[columns]\ndeal_id = "No."') == [(4, 11, "the file has 2 columns named No.")]


def test_the_digest_speaks_of_content_not_of_comments():
    one = mapping_of('[columns]\ndeal_id = "No."  # their number')
    other = mapping_of('\n[columns]\n"deal_id"="No."')
    third = mapping_of('[columns]\ndeal_id = "Nr."')
    assert one.digest == other.digest != third.digest


def test_the_published_schema_is_a_schema_that_closes_every_table():
    schema = json.loads(schema_text())
    Draft202012Validator.check_schema(schema)
    tables = [schema, schema["$defs"]["source"], schema["$defs"]["rules"]]
    assert [table["additionalProperties"] for table in tables] == [False, False, False]
