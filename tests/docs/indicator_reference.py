"""docs/indicators.md: every indicator of the base pack and the industries; python -m tests.docs.indicator_reference
renews it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.unit.packs.packs_kit import ROOT, Packs, all_packs

from kaohe.plugin import Indicator
from kaohe.report.indicator import facts
from kaohe.scheme.sketch import sketch
from kaohe.text import LANGUAGES, Language, Message, Text, render

PAGE = ROOT / "docs" / "indicators.md"
RENEW = "python -m tests.docs.indicator_reference renews the page"
_CATALOGUE = Path(__file__).parents[1] / "unit" / "packs" / "catalogue.toml"
_CODE = {"Value", "Condition"}
_ABOVE = {"Id", "Name", "Description"}  # they stand over the table
_HEAD = """\
# 指标 · Indicators

方案可用的全部指标：基础包 `crm` 和各行业插件。`kaohe indicator list --search 文字` 查找，
`kaohe indicator show 编号` 显示下列内容，加 `--sql` 看考核时运行的 SQL。在方案里写 `use = "编号"`，
用 `params` 改参数，用 `curve` 换曲线；不写则用默认的。
来源：E 储能，T 企业转让后，F 地暖，I 招商，C 客户管理部门，数字为章节。

Every indicator that schemes may use: the base pack `crm` and the plugins of the industries.
`kaohe indicator list --search TEXT` finds one, `kaohe indicator show ID` prints what stands here, and `--sql` the SQL
that an evaluation runs. A scheme says `use = "ID"`, changes parameters in `params` and the curve in `curve`; what it
leaves out is as below. Source: E energy storage, T after an enterprise transfer, F floor heating, I investment
promotion, C customer management; the figure is the section.
"""
_OTHERS = ("其他", "Others")


def page(packs: Packs) -> str:
    """The whole page, by the headings of the catalogue."""
    installed = {each.id: each for pack in packs.plugins.values() for each in pack.content.indicators}
    parts = [_HEAD]
    listed: set[str] = set()
    for section in tomllib.loads(_CATALOGUE.read_text("utf-8"))["sections"]:
        here = [installed[row["id"]] for row in section["indicators"] if row["id"] in installed]
        listed |= {each.id for each in here}
        parts += _section((section["zh"], section["en"]), here, packs, installed)
    parts += _section(_OTHERS, [each for each in installed.values() if each.id not in listed], packs, installed)
    return "\n".join(parts)


def _section(
    heading: tuple[str, str], indicators: list[Indicator], packs: Packs, installed: dict[str, Indicator]
) -> Iterator[str]:
    if indicators:
        yield f"## {heading[0]} · {heading[1]}\n"
        for each in indicators:
            yield "\n".join(_entry(each, packs, installed))


def _entry(indicator: Indicator, packs: Packs, installed: dict[str, Indicator]) -> Iterator[str]:
    scheme = sketch(indicator, {}, packs.record_types, installed)
    yield f"### `{indicator.id}` {indicator.name.zh} · {indicator.name.en}\n"
    yield f"{indicator.description.zh}\n"
    yield f"{indicator.description.en}\n"
    yield "| 项目 item | 中文 | English |"
    yield "|---|---|---|"
    for label, value in facts(scheme, packs.record_types, indicator.id.partition(".")[0]):
        if str(label) not in _ABOVE:
            zh, en = (_cell(value, language, code=str(label) in _CODE) for language in LANGUAGES)
            yield f"| {label.in_('zh_CN')} {label.in_('en')} | {zh} | {'' if zh == en else en} |"
    yield ""


def _cell(value: Message | Text | str, language: Language, *, code: bool) -> str:
    text = str(render(value, language)).replace("|", "\\|")
    return f"`{' '.join(text.split())}`" if code else text


if __name__ == "__main__":
    PAGE.write_text(page(all_packs()), "utf-8")
