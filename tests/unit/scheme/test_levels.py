"""At which level a scheme measures, and what is refused of teams."""

from __future__ import annotations

import pytest

from kaohe.plugin import Field, Indicator, RecordType, Text
from kaohe.scheme import Checked, load_scheme
from kaohe.scheme.model import Scheme

LABEL = Text("名", "Name")
TYPES = {
    "ticket": RecordType(
        "ticket", LABEL, (Field("no", "text", LABEL), Field("owner", "person", LABEL), Field("on", "date", LABEL)),
        ("no",), "on", ("owner",),
    ),
    "pulse": RecordType(
        "pulse",
        LABEL,
        (Field("no", "text", LABEL), Field("team", "team", LABEL), Field("on", "date", LABEL)),
        ("no",),
        "on",
        team="team",
    ),
    "nobody": RecordType("nobody", LABEL, (Field("no", "text", LABEL), Field("on", "date", LABEL)), ("no",), "on"),
}  # fmt: skip
CURVE = {"kind": "points", "at": [[0, 0], [10, 100]]}
INDICATORS = {
    f"x.{name}": Indicator(f"x.{name}", Text(name, name), LABEL, name, "count()", "count", curve=CURVE)
    for name in TYPES
}
SCHEME = """\
format = 1
[scheme]
id = "s"
version = "1"
name = "s"
cycle = "quarter"
missing = { policy = "zero" }
#subject

[[dimensions]]
id = "d"
name = "d"
weight = 100
#dimension

  [[dimensions.indicators]]
  use = "x.ticket"
  weight = 60
  #first

  [[dimensions.indicators]]
  use = "x.pulse"
  weight = 40
  level = "team"
"""


def check(*changes: tuple[str, str]) -> Checked:
    text = SCHEME
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return load_scheme(text, "s.toml", TYPES, INDICATORS)


def levels(scheme: Scheme) -> list[str]:
    return [each.level for each in scheme.indicators]


def told(checked: Checked) -> list[tuple[str, int | None]]:
    return [(each.code, each.where.line) for each in checked.problems if each.severity == "error"]


def test_people_are_measured_where_nothing_else_is_said() -> None:
    assert levels(check().require()) == ["person", "team"]


def test_a_dimension_says_it_for_its_indicators_and_they_may_say_otherwise() -> None:
    team = ("#dimension", 'level = "team"')
    assert levels(check(team).require()) == ["team", "team"]
    assert levels(check(team, ("#first", 'level = "person"')).require()) == ["person", "team"]


def test_records_that_name_no_person_are_measured_of_teams() -> None:
    (problem,) = check(('  level = "team"\n', "")).problems[:1]
    assert (problem.code, problem.where.line) == ("scheme.level-of-teams", 22)
    assert "its records name no person" in str(problem.what)
    assert str(problem.fix) == 'write level = "team"'


def test_what_is_only_named_is_measured_of_teams_by_nature() -> None:
    rules = '\n[[outcomes]]\nkind = "k"\nwhen = \'value("x.pulse") > 3\'\nnote = "n"\n'
    text = SCHEME[: SCHEME.rindex("  [[dimensions.indicators]]")].replace("weight = 60", "weight = 100") + rules
    scheme = load_scheme(text, "s.toml", TYPES, INDICATORS).require()
    assert [(each.key, each.level) for each in scheme.measured] == [("x.pulse", "team")]


def test_records_of_nobody_cannot_be_credited() -> None:
    checked = check(("x.pulse", "x.nobody"))
    assert told(checked) == [("scheme.nobody-credited", 22)]


def test_in_a_scheme_of_teams_everything_is_the_teams() -> None:
    scheme = check(("#subject", 'subject = "team"'), ('  level = "team"\n', "")).require()
    assert scheme.subject == "team"
    assert levels(scheme) == ["team", "team"]


@pytest.mark.parametrize(
    ("changes", "code", "says"),
    [
        ([("#first", 'level = "person"')], "scheme.level-of-teams", "measures whole teams only"),
        ([("#subject", 'subject = "team"\nattribution = "event_date"')], "scheme.no-effect", "no assignments"),
        ([("#subject", 'subject = "team"\npopulation = \'role == "agent"\'')], "expression.unknown-name", "role"),
        ([("#dimension", "")], "scheme.unknown-attribute", "teams have no attribute region"),
        ([("#dimension", "#bonus")], "expression.unknown-name", "bonus_base is a person's"),
    ],
)
def test_what_makes_no_sense_of_teams_is_refused(changes: list[tuple[str, str]], code: str, says: str) -> None:
    bonus = '\n[bonus]\nkind = "coefficient"\nbase = "person.bonus_base"\n'
    end = '  level = "team"\n'
    more = {"scheme.unknown-attribute": '\n[ranking]\nwithin = ["region"]\n'}.get(code, "")
    more = bonus if ("#dimension", "#bonus") in changes else more
    listed = [*changes, (end, end + more)]
    if not any("subject" in old for old, _new in changes):
        listed.append(("#subject", 'subject = "team"'))
    found = [each for each in check(*listed).problems if each.severity == "error"]
    assert [each.code for each in found] == [code]
    assert says in str(found[0].what)
    assert found[0].fix is not None or "size" in str(found[0].expected)
    assert found[0].where.line


def test_a_team_level_curve_looks_at_the_team() -> None:
    curve = 'curve = { kind = "ratio", target = "size * 2" }'
    assert check(("#first", f'level = "team"\n  {curve}')).require().weighted[0].level == "team"
    found = check(("#first", f'level = "team"\n  {curve}'.replace("size", "bonus_base"))).problems
    assert "bonus_base is a person's: here whole teams are looked at" in {str(each.what) for each in found}
