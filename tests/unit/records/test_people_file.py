"""The table of people, read by the same reader."""

from datetime import date

from tests.unit.records.reading_kit import CONTEXT

from kaohe.records.mapping import parse_mapping
from kaohe.records.people_file import PEOPLE
from kaohe.records.reading import read_people


def people(tmp_path, text, mapping=None):
    path = tmp_path / "people.csv"
    path.write_text(text, "utf-8")
    parsed = mapping and parse_mapping(mapping, "people.toml", PEOPLE)
    record_type, readings = read_people(path, parsed, CONTEXT)
    (reading,) = readings
    return record_type, reading


def test_chinese_columns_are_recognised_and_others_become_attributes(tmp_path):
    text = "工号,姓名,岗位,团队,上级,开始日期,结束日期,投入比例,奖金基数,大区,城市,#row\n"
    text += "Ｅ01,王芳,客服,一组,E09,2026/1/1,,50%,3000,华东,上海,1\n"
    record_type, reading = people(tmp_path, text)
    assert reading.rows[0].values == {
        "code": "E01", "name": "王芳", "role": "客服", "team": "一组", "manager": "E09", "from": date(2026, 1, 1),
        "to": None, "fraction": 5000, "bonus_base": 300000, "region": "华东", "城市": "上海",
    }  # fmt: skip
    assert [field.name for field in record_type.fields][-2:] == ["城市", "region"]


def test_a_column_called_region_goes_before_one_headed_so(tmp_path):
    _type, reading = people(tmp_path, "code,name,region,大区\nE1,A,East,华东\n")
    values = reading.rows[0].values
    assert (values["region"], values["大区"]) == ("East", "华东")


def test_mistakes_are_rejected_like_in_any_file(tmp_path):
    text = "code,name,from,to,fraction\nE1,A,2026-02-01,2026-01-01,1\n,B,,,\nE3,,,,2\n"
    _type, reading = people(tmp_path, text)
    assert [(rejection.row, [mistake.field for mistake in rejection.mistakes]) for rejection in reading.rejected] == [
        (2, ["to"]),
        (3, ["code"]),
        (4, ["name", "fraction"]),
    ]


def test_a_mapping_names_the_fields_only(tmp_path):
    mapping = 'format = 1\nrecords = "people"\n[columns]\ncode = "sales_agent"\nname = "sales_agent"\nteam = "office"'
    record_type, reading = people(tmp_path, "sales_agent,office,other\nAnna,Central,x\n", mapping)
    assert record_type.fields == PEOPLE.fields
    assert (reading.rows[0].values["code"], reading.rows[0].values["team"]) == ("Anna", "Central")
