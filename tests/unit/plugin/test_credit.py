"""Indicators of packs that split records: what is read, and what is refused with its line."""

from __future__ import annotations

import pytest

from kaohe.errors import Place, Problem
from kaohe.plugin import Share
from kaohe.plugin.credit import column_of, field_of
from kaohe.plugin.cross import settle
from kaohe.plugin.load import Plugin
from kaohe.plugin.pack import PackText

PACK = """format = 1
name = "deals"
label = { zh = "成交", en = "Deals" }
[[record_types]]
name = "deal"
label = { zh = "成交", en = "Deal" }
key = ["no"]
when = "day"
who = ["owner"]
fields = [
  { name = "no", kind = "text", label = { zh = "编号", en = "No" } },
  { name = "day", kind = "date", label = { zh = "日期", en = "Day" } },
  { name = "owner", kind = "person", label = { zh = "负责人", en = "Owner" } },
  { name = "helper", kind = "person", label = { zh = "协办人", en = "Helper" } },
  { name = "amount", kind = "money", label = { zh = "金额", en = "Amount" } },
]
[[indicators]]
id = "deals.amount"
name = { zh = "金额", en = "Amount" }
description = { zh = "金额。", en = "Amount." }
records = "deal"
value = "sum(amount)"
unit = "money"
credit = [{ who = "owner", share = "1 - part" }, { who = "helper", share = "part" }]
parameters.part = { schema = { type = "number" }, default = 0.3, label = { zh = "份额", en = "Part" } }
"""


def settled(*edits: tuple[str, str]) -> tuple[tuple[Plugin, ...], list[Problem]]:
    text = PACK
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    pack = PackText(text, "deals/pack.toml")
    content = pack.content
    plugin = Plugin("deals", Place("deals"), pack, content.record_types, content.indicators)
    running, refused = settle([plugin])
    return running, [problem for problems in refused.values() for problem in problems]


def test_shares_are_read_and_may_be_parameters():
    (plugin,), problems = settled()
    assert problems == []
    assert plugin.indicators[0].credit == (Share("owner", "1 - part"), Share("helper", "part"))
    assert plugin.indicators[0].overlay is False


def test_who_stands_above_may_be_credited():
    _, problems = settled(('{ who = "helper"', '{ who = "manager(owner)"'))
    assert problems == []
    assert (field_of("manager(owner)"), column_of("manager( owner )")) == (("manager", "owner"), "manager.owner")
    assert (field_of("owner"), column_of("owner")) == ((None, "owner"), "owner")


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ('who = "helper"', 'who = "amount"', 24, "no field of deal that names a person"),
        ('who = "helper"', 'who = "manager(no)"', 24, "no field of deal that names a person"),
        ('who = "helper"', 'who = "chief(owner)"', 24, "no field of deal that names a person"),
        ('who = "helper"', 'who = "owner"', 24, "credited twice"),
        (', { who = "helper", share = "part" }', "", 24, "write who instead"),
        ('share = "part"', 'share = "parts"', 24, "there is no such name"),
        ('share = "part"', 'share = "amount > 1"', 24, ""),
        ('share = "part"', 'share = "sum(amount)"', 24, ""),
        ('"sum(amount)"', '"mean(amount)"', 22, "only sums and counts"),
        ('unit = "money"', 'unit = "money"\nwho = "owner"', 24, "credit says already"),
        ("credit = [", "overlay = true\n# [", 24, "no effect without credit"),
    ],
)
def test_mistakes_refuse_the_plugin_at_their_line(old, new, line, told):
    running, problems = settled((old, new))
    assert running == ()
    assert problems[0].where.line == line
    assert told in problems[0].render("en")


def test_a_share_s_mistake_stands_where_the_character_does():
    _, (problem,) = settled(('share = "1 - part"', 'share = "1 - parts"'))
    line = PACK.replace("1 - part", "1 - parts", 1).splitlines()[(problem.where.line or 0) - 1]
    assert line[(problem.where.column or 0) - 1 :].startswith("parts")
