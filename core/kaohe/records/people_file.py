"""The table of people as a record type, so that the same reader and cleaner serve ``kaohe people import``.

One row is one assignment: a person in a team, in a role, under a manager, from a day to a day. Whoever changes team
has several rows with the same code.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from kaohe.plugin.types import Field, RecordType
from kaohe.records.headers import recognised
from kaohe.text import Text

PEOPLE = RecordType(
    name="people",
    label=Text("人员", "People"),
    description=Text(
        "一行是一段任职；调动的人有多行，工号相同。", "One row is one assignment; whoever moves has several rows."
    ),
    fields=(
        Field(
            "code",
            "customer",
            Text("工号", "Code"),
            required=True,
            help=Text("唯一且不变的工号", "Unique; never changes"),
        ),
        Field("name", "text", Text("姓名", "Name"), required=True),
        Field("role", "text", Text("岗位", "Role")),
        Field("team", "text", Text("团队", "Team")),
        Field("manager", "customer", Text("上级", "Manager"), help=Text("上级的工号", "The manager's code")),
        Field("from", "date", Text("开始日期", "From"), help=Text("任职的第一天", "First day of the assignment")),
        Field(
            "to", "date", Text("结束日期", "To"), help=Text("任职的最后一天；空：至今", "Last day; empty: until now")
        ),
        Field(
            "fraction",
            "decimal",
            Text("投入比例", "Fraction"),
            scale=4,
            minimum=Decimal(0),
            maximum=Decimal(1),
            help=Text("0 到 1 之间；空：1", "Between 0 and 1; empty: 1"),
        ),
        Field("bonus_base", "money", Text("奖金基数", "Bonus base"), minimum=Decimal(0), help=Text("元", "In yuan")),
    ),
    key=("code",),
    when="from",
    sequence=(("from", "to"),),
)


# An attribute like any other, but one that schemes of every plugin name: it is known by its heading too.
REGION = Field("region", "text", Text("大区", "Region"))


def people_type(header: Sequence[str]) -> RecordType:
    """People as this file has them: every column that is none of the fields above is an attribute, read as text."""
    known = recognised(replace(PEOPLE, fields=(*PEOPLE.fields, REGION)), header)
    found = with_attributes(
        name for index, name in enumerate(header) if name and not name.startswith("#") and index not in known.values()
    )
    return replace(found, fields=(*found.fields, REGION)) if REGION.name in known else found


def with_attributes(names: Iterable[str]) -> RecordType:
    """People with a text field for each of the names that is none of the fields above."""
    fields = {one.name for one in PEOPLE.fields}
    attributes = [Field(name, "text", Text(name, name)) for name in names if name not in fields]
    return replace(PEOPLE, fields=(*PEOPLE.fields, *attributes))
