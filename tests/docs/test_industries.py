"""The pages of the industries: what a newcomer is told to type works, mappings read files, samples are real schemes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.scenarios.desk import Desk
from tests.unit.packs.packs_kit import INDUSTRIES, PLUGINS, ROOT, Packs, all_packs

PAGES = {name: (ROOT / "docs" / "industries" / f"{name}.md").read_text("utf-8") for name in INDUSTRIES}
MAPPINGS = dict(re.findall(r"<!-- imports/(\S+)\.toml -->\n```toml\n(.*?)```", PAGES["customer_department"], re.DOTALL))
PEOPLE = "code,name,team,role,region,bonus_base,from\nP1,张三,一组,客户代表,华东,6000,2024-01-01\n"
CONTRACTS = """\
合同编号,客户编号,客户代表,性质,签订日,金额(万元),到期日,续签日,状态
H1,K1,张三,新签,2026-01-10,12.5,2027-01-09,未续,有效
H2,K1,张三,续签,2026-02-10,3,2027-02-09,,有效
H3,K2,P1,再购,2026-03-10,0.8,2027-03-09,-,有效
H4,K2,P1,新签,2026-03-11,99,2027-03-10,-,作废
"""
TICKETS = """\
工单号,类别,客户编号,处理人,渠道,创建时间,首次回复,关闭时间
G1,投诉,K1,张三,电话,2026-01-05 09:00,2026-01-05 10:00,2026-01-06 09:00
G2,其他,K1,张三,微信,2026-01-05 09:00,2026-01-04 10:00,2026-01-06 09:00
"""


@pytest.fixture(scope="module")
def packs() -> Packs:
    return all_packs()


def _newcomer(industry: str, folder: Path) -> Desk:
    desk = Desk(folder / "office")
    Desk(folder).do("init", desk.workspace, "--industry", PLUGINS.get(industry, industry))
    return desk


@pytest.mark.parametrize("industry", INDUSTRIES)
def test_a_newcomer_finds_the_scheme_and_a_template_for_every_record_of_the_page(
    industry: str, tmp_path: Path, packs: Packs
) -> None:
    desk, page = _newcomer(industry, tmp_path), PAGES[industry]
    [scheme] = packs.plugins[industry].content.schemes
    assert f"`{scheme.name}`" in page
    checked = desk.do("scheme", "check", scheme.name)
    assert "sound; 0 warnings" in checked.err
    assert "cases passed" in desk.do("scheme", "test", scheme.name).err
    desk.do("scheme", "new", desk.workspace / "schemes" / "mine.toml", "--from", scheme.name)
    listed = re.search(r"Records it needs\n\n(.*?)\n\n", page, re.DOTALL)
    assert listed is not None
    types = re.findall(r"`(\w+)`", re.sub(r"`kaohe [^`]*`", "", listed[1]))
    assert len(types) >= 5
    for name in types:
        desk.do("records", "template", name, "--output", tmp_path / f"{name}.xlsx")
        assert (tmp_path / f"{name}.xlsx").stat().st_size > 1000


@pytest.mark.parametrize("industry", INDUSTRIES)
def test_every_indicator_that_a_scheme_uses_is_on_its_page(industry: str, packs: Packs) -> None:
    text = (ROOT / "schemes" / f"{industry}.toml").read_text("utf-8")
    used = [packs.installed[each] for each in sorted(set(re.findall(r'use +=\s+"([a-z_]+\.[a-z_]+)"', text)))]
    assert len(used) >= 7
    wording = re.sub(r"\s", "", PAGES[industry])
    assert [each.id for each in used if each.name.zh.partition("（")[0] not in wording] == []


def test_a_plugin_without_indicators_of_its_own_says_where_to_look(tmp_path: Path) -> None:
    answer = _newcomer("customer_department", tmp_path).try_("indicator", "list", "--industry", "customer_department")
    assert answer.code == 4
    assert "kaohe indicator list --industry crm" in answer.err


def test_the_mappings_read_files_of_other_systems(tmp_path: Path) -> None:
    assert sorted(MAPPINGS) == ["contracts", "tickets"]
    desk = _newcomer("customer_department", tmp_path)
    for name, text in {**MAPPINGS, "people": ""}.items():
        if text:
            (desk.workspace / "imports" / f"{name}.toml").write_text(text, "utf-8")
    for name, text in {"people": PEOPLE, "contract": CONTRACTS, "ticket": TICKETS}.items():
        (tmp_path / f"{name}.csv").write_text(text, "utf-8")
    desk.do("people", "import", tmp_path / "people.csv")
    said = desk.do("records", "import", "contract", tmp_path / "contract.csv", "--mapping", "contracts").err
    assert "3 added, 0 replaced, 0 unchanged, 0 quarantined" in said
    desk.do("records", "import", "ticket", tmp_path / "ticket.csv", "--mapping", "tickets")
    contracts = desk.stored("contract")
    assert [line.split(",")[0] for line in contracts[1:]] == ["H1", "H2", "H3"]
    assert "125000.00" in contracts[1]
    assert [kind in line for kind, line in zip(("new", "renewal", "repeat"), contracts[1:], strict=True)] == [True] * 3
    assert "complaint" in desk.stored("ticket")[1]
    # The answer before the question is left empty.
    assert "2026-01-04" not in desk.stored("ticket")[2]


def test_an_indicator_of_the_day_of_a_transfer_can_be_written_into_the_scheme(tmp_path: Path) -> None:
    desk = _newcomer("enterprise_transfer", tmp_path)
    [sample] = re.findall(r"```toml\n(.*?)```", PAGES["enterprise_transfer"], re.DOTALL)
    path = desk.workspace / "schemes" / "enterprise-transfer.toml"
    text = path.read_text("utf-8").replace("[[rules]]", f"{sample}\n[[rules]]", 1)
    path.write_text(
        text.replace('value("transfer.cohort_retention") < 0.75', 'value("kept_since_transfer") < 0.75'), "utf-8"
    )
    assert "sound; 0 warnings" in desk.do("scheme", "check", "enterprise-transfer").err
