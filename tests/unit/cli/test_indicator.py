"""``kaohe indicator``: the list, one indicator, and the SQL that runs."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlglot import parse_one

from kaohe.cli import clock
from kaohe.cli.main import run
from kaohe.engine import fuse, select
from kaohe.language import render
from kaohe.period import parse_period
from kaohe.plugin.registry import open_registry
from kaohe.run.measuring.measure import requests, windows
from kaohe.scheme.sketch import sketch

Kaohe = Callable[..., tuple[int, str, str]]


@pytest.fixture
def kaohe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Kaohe:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 5, 5, tzinfo=UTC))

    def call(*arguments: str, lang: str = "en") -> tuple[int, str, str]:
        code = run(["--lang", lang, *arguments], {})
        captured = capsys.readouterr()
        return int(code), captured.out, captured.err

    return call


def ids(kaohe: Kaohe, *options: str) -> list[str]:
    _code, out, _err = kaohe("indicator", "list", "--format", "json", *options)
    return [each["id"] for each in json.loads(out)]


def test_the_list_holds_every_indicator_of_the_running_plugins(kaohe):
    assert ids(kaohe) == list(open_registry((), None).indicators)
    assert ids(kaohe, "--industry", "crm") == ids(kaohe)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("CRM.NPS", "crm.nps"),  # the id, whatever its case
        ("净推荐", "crm.nps"),  # part of the Chinese name
        ("promoter", "crm.nps"),  # of the English one
        ("全部通话", None),
        ("仍在合作、评价不低于", "crm.partner_relations"),  # of the Chinese description
        ("whose rating is at least", "crm.partner_relations"),  # of the English one
    ],
)
def test_search_looks_into_ids_names_and_descriptions(kaohe, text, found):
    listed = ids(kaohe, "--search", text)
    assert (found in listed) if found else (listed == [])


def test_a_search_that_finds_nothing_says_so(kaohe):
    assert kaohe("indicator", "list", "--search", "火星") == (4, "", "no indicator matches\n")


def test_an_industry_that_is_not_there_is_named_with_those_that_are(kaohe):
    code, _out, err = kaohe("indicator", "list", "--industry", "shipping")
    assert code != 0
    assert "shipping" in err
    assert "crm" in err


def test_an_industry_that_is_not_allowed_says_how_to_allow_it(kaohe):
    code, _out, err = kaohe("indicator", "list", "--industry", "floor_heating")
    assert code == 3
    assert "kaohe plugin add floor_heating" in err


def test_the_table_speaks_the_users_language(kaohe):
    _code, english, _err = kaohe("indicator", "list", "--search", "crm.call_wait")
    _code, chinese, _err = kaohe("indicator", "list", "--search", "crm.call_wait", lang="zh_CN")
    assert "less is better" in english
    assert "越低越好" in chinese
    assert "接听等待时长" in chinese


def test_one_indicator_is_shown_with_all_that_a_scheme_may_set(kaohe):
    code, out, _err = kaohe("indicator", "show", "crm.response_within")
    assert code == 0
    shown = dict(line.strip().split("   ", 1) for line in out.splitlines() if "   " in line)
    shown = {key: value.strip() for key, value in shown.items()}
    assert shown["Name"] == "响应及时率 · Responses in time"
    assert shown["Unit"] == "share"
    assert shown["Parameter hours"] == "Hours allowed: a number, more than 0; default 24"
    assert shown["Default curve"].startswith("60%: 0; 95%: 100")
    assert shown["Fields used"] == "Opened at (opened_at), First response at (responded_at)"
    assert shown["Source"] == "F1.2.1 E1.2"
    assert shown["Plugin"] == "crm"


def test_data_hold_both_languages_and_the_values_set(kaohe):
    _code, out, _err = kaohe("indicator", "show", "crm.response_within", "--param", "hours=8", "--format", "json")
    data = json.loads(out)
    assert data["name"] == {"zh": "响应及时率", "en": "Responses in time"}
    assert data["parameters"]["hours"]["default"] == 24
    assert data["parameters"]["hours"]["value"] == 8
    assert data["fields"] == ["opened_at", "responded_at"]


def test_the_sql_shown_is_the_sql_that_the_engine_runs(kaohe):
    registry = open_registry((), None)
    period = parse_period("2026-Q1")
    _code, out, _err = kaohe("indicator", "show", "crm.sales_growth", "--sql", "--period", "2026-Q1")
    scheme = sketch(registry.indicators["crm.sales_growth"], {}, registry.record_types, registry.indicators)
    (scan,) = fuse(requests(scheme, registry.record_types))
    zone = ZoneInfo("Asia/Shanghai")
    executed = render(select(scan, windows(period, zone))[0], "duckdb")
    head, _line, sql = out.partition("\n")
    assert head == "-- crm.sales_growth · 2026-Q1 · Asia/Shanghai"
    assert parse_one(sql, dialect="duckdb") == parse_one(executed, dialect="duckdb")


def test_parameters_and_the_period_are_in_the_sql(kaohe):
    _code, usual, _err = kaohe("indicator", "show", "crm.response_within", "--sql")
    _code, quick, _err = kaohe("indicator", "show", "crm.response_within", "--sql", "--param", "hours=8")
    assert usual.startswith("-- crm.response_within · 2026-Q2 ")  # the quarter of the clock
    assert str(24 * 3_600_000_000) in usual
    assert str(8 * 3_600_000_000) in quick


def test_an_unknown_id_gets_the_nearest_ones(kaohe):
    code, _out, err = kaohe("indicator", "show", "crm.respons_within")
    assert code == 1
    assert "there is no indicator crm.respons_within" in err
    assert "did you mean crm.response_within?" in err


def test_the_name_alone_or_a_chinese_one_leads_to_the_id(kaohe):
    assert "did you mean crm.nps?" in kaohe("indicator", "show", "nps")[2]
    assert "expected: crm.nps" in kaohe("indicator", "show", "净推荐值")[2]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("hour=8", "did you mean hours?"),
        ("hours=0", "> 0"),
        ("hours=soon", "wrong type"),
        ("hours=nan", "wrong type"),
        ("hours", "NAME=VALUE"),
    ],
)
def test_a_parameter_outside_its_schema_is_refused(kaohe, written, told):
    code, out, err = kaohe("indicator", "show", "crm.response_within", "--param", written)
    assert code in (1, 2)
    assert out == ""
    assert told in err


def test_the_type_that_a_parameter_has_is_said_in_words(kaohe):
    asked = ("indicator", "show", "crm.response_within", "--param", "hours=soon")
    assert "expected: a number" in kaohe(*asked)[2]
    assert "应为：数字" in kaohe(*asked, "--lang", "zh_CN")[2]


def test_a_choice_lists_what_may_be_chosen(kaohe):
    _code, _out, err = kaohe("indicator", "show", "crm.call_wait", "--param", "statistic=mode")
    assert "mean, median" in err


def test_business_hours_are_joined_to_the_records_by_the_workspaces_calendar(kaohe, tmp_path):
    kaohe("init", "here")
    options = ("--sql", "--param", "clock=business", "--period", "2026-Q1")
    code, out, err = kaohe("--workspace", str(tmp_path / "here"), "indicator", "show", "crm.response_within", *options)
    assert (code, err) == (0, "")
    assert "JOIN" in out
