"""docs/records.md says what the code does: its sample is a valid mapping, its tables name every key and word."""

import json
import re
from pathlib import Path

from tests.unit.records.reading_kit import CONTEXT

from kaohe.packs.crm import plugin
from kaohe.records.cleaning import DEFAULT_MISSING
from kaohe.records.mapping import parse_mapping
from kaohe.records.mapping_shape import schema_text
from kaohe.records.reading import read_records

TEXT = (Path(__file__).parents[3] / "docs" / "records.md").read_text("utf-8")
LEAD = next(record_type for record_type in plugin.provide_record_types() if record_type.name == "lead")
SAMPLE = re.search(r"```toml\n(.*?)```", TEXT, re.DOTALL)[1]


def test_the_sample_mapping_reads_a_file_as_it_says(tmp_path):
    source = tmp_path / "leads.csv"
    source.write_text(
        "招商台账,,,,,,,,\n编号,销售,项目,地区,登记日,结束日,状态,金额,金额(万元),进度\n"
        "L1,E01,厂房,苏州,05-01-2026,未定,跟进,1,3.5,40\n"
        "L2,E02,仓库,,06.01.26,2026-01-05,签约,1,,\n"
        "L3,E01,楼宇,昆山,06.01.26,,作废,1,,\n",
        "utf-8",
    )
    mapping = parse_mapping(SAMPLE.replace('sheet     = "2026"', ""), "sample.toml", LEAD)
    (reading,) = read_records(source, LEAD, mapping, CONTEXT)
    first, second = (row.values for row in reading.rows)
    assert reading.skipped == 1
    assert (first["name"], first["outcome"], first["closed_on"]) == ("厂房 / 苏州", "open", None)
    assert (first["amount"], first["progress"], first["channel"]) == (3_500_000, 4000, "展会")
    assert (second["name"], second["amount"], second["progress"]) == ("仓库", None, 10_000)
    assert (second["closed_on"], [note.code for note in reading.notes]) == (None, ["records.reversed"])


def test_every_key_of_a_mapping_is_explained():
    schema = json.loads(schema_text())
    keys = [*schema["properties"], *schema["$defs"]["rules"]["properties"]]
    keys = [key for key in keys if key not in ("source", "columns")]
    keys += [f"source.{key}" for key in schema["$defs"]["source"]["properties"]]
    assert [key for key in keys if f"| `{key}` |" not in TEXT] == []


def test_every_word_that_stands_for_no_value_is_listed():
    assert [word for word in DEFAULT_MISSING if f"`{word}`" not in TEXT] == []
