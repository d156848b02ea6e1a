"""The table of targets as a record type, so that the same reader and cleaner serve ``kaohe targets import``.

One row is one target: of a person, a team or the company, for an indicator, in a period.
"""

from __future__ import annotations

from decimal import Decimal

from kaohe.plugin.types import Field, RecordType
from kaohe.text import Text

SCOPES = {"person": Text("个人", "Person"), "team": Text("团队", "Team"), "company": Text("公司", "Company")}
TARGETS = RecordType(
    name="targets",
    label=Text("目标", "Targets"),
    description=Text(
        "一行是一个目标：个人、团队或公司，某指标，某周期。",
        "One row is one target: of a person, a team or the company, for an indicator, in a period.",
    ),
    fields=(
        Field("scope", "choice", Text("层级", "Scope"), required=True, choices=SCOPES),
        Field(
            "who",
            "customer",
            Text("对象", "Who"),
            help=Text("个人：工号或姓名；团队：团队名；公司：留空", "A person's code or name, a team; company: empty"),
        ),
        Field(
            "indicator",
            "text",
            Text("指标", "Indicator"),
            required=True,
            help=Text("指标编号，如 crm.sales_amount", "The indicator's id, such as crm.sales_amount"),
        ),
        Field(
            "period",
            "text",
            Text("周期", "Period"),
            required=True,
            help=Text("2026-03、2026-Q1、2026-H1、2026", "2026-03, 2026-Q1, 2026-H1, 2026"),
        ),
        Field(
            "value",
            "decimal",
            Text("目标值", "Target"),
            required=True,
            scale=6,
            help=Text("按指标的单位；金额为元，95% 即 0.95", "In the indicator's unit; money in yuan, 95% is 0.95"),
        ),
    ),
    key=("indicator", "period"),
    when="period",
)

# In what proportion a target is broken down; ``kaohe targets break-down --by shares`` reads it.
SHARES = RecordType(
    name="shares",
    label=Text("份额", "Shares"),
    fields=(
        Field("who", "text", Text("对象", "Who"), required=True),
        Field("share", "decimal", Text("份额", "Share"), required=True, scale=6, minimum=Decimal(0)),
    ),
    key=("who",),
    when="who",
)
