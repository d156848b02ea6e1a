"""Records that name a team, as an administrator imports them: found by code or name, unknown ones quarantined."""

from __future__ import annotations

import json

import pytest
from python_calamine import CalamineWorkbook
from tests.scenarios.desk import Desk
from tests.tiny import write

from kaohe.plugin import Field, RecordType, Text
from kaohe.records.schema import _conflicts
from kaohe.records.tables import shape_of

HONOURS = """\
no,person,team,level,awarded_on
H1,,北一队,company,2026-01-05
H2,P1,,city,2026-02-05
H3,,南二队,company,2026-01-05
H4,,火星队,company,2026-01-05
"""


def test_an_unknown_team_is_quarantined_with_the_nearest_name(tiny: Desk) -> None:
    tiny.do("records", "import", "honour", write(tiny, "honours.csv", HONOURS))
    assert tiny.stored("honour")[1:] == ["H1,,北一队,company,,2026-01-05", "H2,P1,,city,,2026-02-05"]
    near, strange = tiny.quarantined()
    assert near["no"] == "H3"
    said = " ".join(near.values())
    assert "no team is known by this code or name" in said
    assert "Did you mean 南一队?" in said
    assert "Import the team's people first" in " ".join(strange.values())


def test_template_schema_and_list_of_fields_know_teams(tiny: Desk) -> None:
    schema = json.loads(tiny.do("records", "show", "pulse", "--format", "json").out)
    assert schema["properties"]["team"]["type"] == "string"
    path = tiny.workspace / "pulse.xlsx"
    tiny.do("records", "template", "pulse", "--output", path)
    cells = [cell for row in CalamineWorkbook.from_path(str(path)).get_sheet_by_index(1).to_python() for cell in row]
    assert "a team's code or name" in cells


def test_people_whose_teams_records_name_cannot_be_undone(tiny: Desk) -> None:
    tiny.do("records", "import", "honour", write(tiny, "honours.csv", HONOURS.replace("P1", "")))
    people = tiny.batches()[-1]["batch"]
    answer = tiny.try_("records", "undo", str(people))
    assert answer.code != 0
    assert "records of the type Honour name people or teams of batch" in answer.err


@pytest.mark.parametrize("kind", ["text", "team"])
def test_a_text_field_becomes_a_team_field_without_a_change_of_its_table(kind: str) -> None:
    def of(kind: str) -> RecordType:
        label = Text("团队", "Team")
        fields = (Field("team", kind, label), Field("on", "date", label))  # type: ignore[arg-type]  # a parameter
        return RecordType("r", label, fields, ("team",), "on")

    assert _conflicts(shape_of(of("text")), shape_of(of(kind))) == []
