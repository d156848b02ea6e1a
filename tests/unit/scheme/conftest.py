"""A small industry for scheme files: one record type, a handful of indicators, one complete scheme."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

import pytest

from kaohe.language import Type
from kaohe.plugin import Field, Indicator, Parameter, RecordType, Text
from kaohe.scheme import Checked, load_scheme

TICKET = RecordType(
    name="ticket",
    label=Text("工单", "Ticket"),
    fields=(
        Field("no", "text", Text("编号", "No."), required=True),
        Field("owner", "person", Text("负责人", "Owner")),
        Field(
            "kind",
            "choice",
            Text("类型", "Kind"),
            choices={"repair": Text("维修", "Repair"), "violation": Text("违规", "Violation")},
        ),
        Field("opened_at", "datetime", Text("提出", "Opened")),
        Field("responded_at", "datetime", Text("响应", "Responded")),
        Field("score", "integer", Text("评分", "Score")),
    ),
    key=("no",),
    when="opened_at",
    who=("owner",),
)
INDICATORS = (
    Indicator(
        id="crm.response",
        name=Text("响应及时率", "Responses in time"),
        description=Text("规定时间内响应的占比", "Share answered in time"),
        records="ticket",
        value="share(responded_at - opened_at <= hours(hours_allowed))",
        unit="share",
        parameters={
            "hours_allowed": Parameter(
                {"type": "number", "exclusiveMinimum": 0, "maximum": 720}, Decimal(24), Text("小时", "Hours")
            )
        },
        min_sample=5,
        curve={"kind": "points", "at": [[Decimal("0.8"), 0], [Decimal("0.95"), 100]]},
    ),
    Indicator(
        id="crm.csat",
        name=Text("满意度", "Satisfaction"),
        description=Text("平均评分", "Mean score"),
        records="ticket",
        value="mean(score)",
        unit="points",
    ),
    Indicator(
        id="crm.response_time",
        name=Text("响应时长", "Response time"),
        description=Text("平均响应时长", "Mean response time"),
        records="ticket",
        value="mean(responded_at - opened_at)",
        unit="hours",
        direction="lower",
    ),
    Indicator(
        id="crm.violations",
        name=Text("违规次数", "Violations"),
        description=Text("违规次数", "Violations"),
        records="ticket",
        value="count(where=kind == 'violation')",
        unit="count",
        direction="lower",
        min_sample=0,
    ),
)

VALID = """\
#:schema ./scheme.schema.json
format = 1

[scheme]
id         = "service"
version    = "2026.1"
name       = { zh = "客户服务季度考核", en = "Customer service, quarterly" }
cycle      = "quarter"
effective  = { from = 2026-01-01, to = 2026-12-31 }
population = 'role == "engineer" and days_in_period >= 30'
missing    = { policy = "renormalise", min_coverage = 0.7 }

[ranking]
within       = ["region"]
tie_breakers = ["crm.csat"]

[[dimensions]]
id     = "speed"
name   = { zh = "速度", en = "Speed" }
weight = 60

  [[dimensions.indicators]]
  use    = "crm.response"
  params = { hours_allowed = 12 }
  weight = 70

  [[dimensions.indicators]]
  use    = "crm.response_time"
  weight = 30
  curve  = { kind = "bands", bands = [
    { to = 4, points = 100 },
    { from = 4, to = 8, points = 60 },
    { from = 8, points = 0 },
  ] }

[[dimensions]]
id     = "satisfaction"
name   = "满意度"
weight = 40

  [[dimensions.indicators]]
  use     = "crm.csat"
  weight  = 60
  curve   = { kind = "ratio", target = 4.5, cap = 120, floor = 0 }
  missing = { policy = "neutral", neutral = 60 }

  [[dimensions.indicators]]
  use    = "crm.csat"
  as     = "csat_bonus"
  weight = 40
  curve  = { kind = "per_unit", base = 80, target = 4, unit = 0.1, points = 2, max = 20, min = -30 }

[[indicators]]
id      = "weekend_repairs"
name    = { zh = "周末上门次数", en = "Weekend call-outs" }
records = "ticket"
value   = 'count(where=kind == "repair" and is_weekend(opened_at))'
unit    = "count"

[[adjustments]]
name   = { zh = "周末服务加分", en = "Weekend service bonus" }
points = 'min(weekend_repairs * 0.5, 5)'
max    = 5

[[rules]]
id      = "major-complaint"
when    = 'value("crm.violations") > 0'
then    = { tier_at_most = "C" }
reason  = { zh = "有重大违规,等级不高于 C", en = "A serious violation caps the tier at C" }
unknown = "ignore"

[tiers]
kind      = "quota"
ties      = "break"
min_group = 5
levels = [
  { id = "A", share = 0.20, coefficient = 1.5, min_score = 85 },
  { id = "B", share = 0.70, coefficient = 1.0 },
  { id = "C", share = 0.10, coefficient = 0.5 },
]

[bonus]
kind    = "pool"
base    = "person.bonus_base"
prorate = "days"
cap     = 30000
pool    = 500000

[[outcomes]]
kind = "training"
when = 'points("crm.response") < 60'
note = { zh = "参加响应流程培训", en = "Response process training" }

[[cases]]
name   = "95% in time scores 100"
given  = { "crm.response" = 0.95, "crm.csat" = "missing" }
expect = { points = { "crm.response" = 100 }, tier = "B" }
"""

Check = Callable[..., Checked]


@pytest.fixture
def check() -> Check:
    def run(text: str, attributes: Mapping[str, Type] | None = None) -> Checked:
        indicators = {indicator.id: indicator for indicator in INDICATORS}
        return load_scheme(text, "service.toml", {"ticket": TICKET}, indicators, attributes)

    return run


@pytest.fixture
def valid() -> str:
    return VALID
