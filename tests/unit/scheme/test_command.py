"""``kaohe scheme`` from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from kaohe.cli.main import run

Kaohe = Callable[..., tuple[int, str, str]]

SOUND = """\
format = 1
[scheme]
id = "small"
version = "1"
name = "小方案"
cycle = "month"
missing = { policy = "zero" }
[[dimensions]]
id = "satisfaction"
name = "满意度"
weight = 100
  [[dimensions.indicators]]
  use = "crm.csat_share"
  weight = 100
"""


@pytest.fixture
def kaohe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Kaohe:
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> tuple[int, str, str]:
        code = run(["--lang", "en", *arguments], {})
        captured = capsys.readouterr()
        return int(code), captured.out, captured.err

    return call


def test_check_prints_mistakes_then_defaults_and_fails(kaohe: Kaohe, tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text(SOUND.replace("crm.csat_share", "crm.csat_shar"), "utf-8")
    code, out, err = kaohe("scheme", "check", "bad.toml")
    assert (code, out) == (1, "")
    assert "bad.toml:13:9: error [scheme.unknown-indicator]: there is no indicator crm.csat_shar" in err
    assert "did you mean crm.csat_share?" in err
    assert err.index("error [") < err.index("note [scheme.default]: scheme.currency is not written")
    assert "bad.toml: 1 error, 0 warnings" in err


def test_check_of_several_files_reports_each(kaohe: Kaohe, tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(SOUND, "utf-8")
    (tmp_path / "b.toml").write_text("[scheme", "utf-8")
    code, _out, err = kaohe("scheme", "check", "a.toml", "b.toml")
    assert code == 1
    assert "a.toml: sound; 0 warnings" in err
    assert "b.toml: 1 error," in err


def test_check_gives_data_to_programs(kaohe: Kaohe, tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(SOUND.replace("weight = 100\n  [", "weight = 90\n  ["), "utf-8")
    code, out, _err = kaohe("scheme", "check", "a.toml", "--format", "json")
    (result,) = json.loads(out)
    assert code == 1
    assert (result["sound"], result["digest"]) == (False, None)
    (problem,) = result["problems"]
    assert (problem["code"], problem["line"], problem["column"]) == ("scheme.weights-sum", 11, 10)
    assert {"key": "scheme.weights", "value": '"absolute"'} in result["defaults"]


def test_new_writes_a_sound_scheme_and_its_schema_beside_it(kaohe: Kaohe, tmp_path: Path) -> None:
    code, _out, _err = kaohe("scheme", "new", "mine")
    assert code == 0
    lines = (tmp_path / "mine.toml").read_text("utf-8").splitlines()
    assert lines[0] == "#:schema ./scheme.schema.json"
    assert (tmp_path / "scheme.schema.json").is_file()
    code, _out, err = kaohe("scheme", "check", "mine.toml")
    assert code == 0
    assert "mine.toml: sound; 0 warnings" in err


def test_new_refuses_an_unknown_template_and_an_existing_file(kaohe: Kaohe, tmp_path: Path) -> None:
    code, _out, err = kaohe("scheme", "new", "mine.toml", "--from", "none such")
    assert code == 1
    assert "there is no scheme template none such" in err
    (tmp_path / "old.toml").write_text("mine", "utf-8")
    code, _out, _err = kaohe("scheme", "new", "old.toml")
    assert code == 1
    assert (tmp_path / "old.toml").read_text("utf-8") == "mine"


def test_show_reads_a_scheme_aloud(kaohe: Kaohe, tmp_path: Path) -> None:
    (tmp_path / "small.toml").write_text(SOUND, "utf-8")
    code, out, _err = kaohe("scheme", "show", "small.toml")
    assert code == 0
    assert "小方案, version 1" in out
    assert "Appraised every month." in out
    assert "满意度" in out


def test_show_refuses_a_scheme_with_mistakes(kaohe: Kaohe, tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text(SOUND.replace('cycle = "month"', 'cycle = "moon"'), "utf-8")
    code, out, err = kaohe("scheme", "show", "bad.toml")
    assert (code, out) == (1, "")
    assert "bad.toml:6:9" in err


def test_the_schema_is_printed_or_written(kaohe: Kaohe, tmp_path: Path) -> None:
    code, out, _err = kaohe("scheme", "schema")
    assert code == 0
    assert json.loads(out)["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert kaohe("scheme", "schema", "--output", "s.json")[0] == 0
    assert (tmp_path / "s.json").read_text("utf-8") == out
    code, _out, err = kaohe("scheme", "schema", "--output", "no/such/folder.json")
    assert code == 3
    assert "file.unwritable" in err


def test_a_scheme_of_the_workspace_is_found_by_name(kaohe: Kaohe, tmp_path: Path) -> None:
    (tmp_path / "schemes").mkdir()
    (tmp_path / "kaohe.toml").write_text(
        'format = 1\nname = "w"\nlocale = "en"\ntimezone = "Asia/Shanghai"\nengine = "duckdb"\n'
        '[database]\nurl = "sqlite:///kaohe.db"\n',
        "utf-8",
    )
    (tmp_path / "schemes" / "small.toml").write_text(SOUND, "utf-8")
    code, _out, err = kaohe("scheme", "check", "small")
    assert code == 0, err
    assert "small.toml: sound" in err
    code, _out, err = kaohe("scheme", "check", "smal")
    assert code == 1
    assert "expected: small" in err


def test_a_file_that_cannot_be_read_is_said_so(kaohe: Kaohe, tmp_path: Path) -> None:
    (tmp_path / "gbk.toml").write_bytes('# x\nname = "方案"'.encode("gb18030"))
    code, _out, err = kaohe("scheme", "check", "gbk.toml")
    assert code == 1
    assert "gbk.toml:2: error [scheme.encoding]: this file is not UTF-8" in err
    assert kaohe("scheme", "check", "nothing.toml")[0] == 1


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_a_default_that_a_plugin_gives_is_written_as_in_a_scheme_file(
    kaohe: Kaohe, tmp_path: Path, language: str
) -> None:
    (tmp_path / "a.toml").write_text(SOUND, "utf-8")
    _code, _out, err = kaohe("--lang", language, "scheme", "check", "a.toml")
    assert '{ kind = "' in err
    assert "Decimal" not in err
    assert "mappingproxy" not in err


def test_the_summary_counts_one_as_one_and_many_as_many(kaohe: Kaohe, tmp_path: Path) -> None:
    (tmp_path / "one.toml").write_text(SOUND.replace("crm.csat_share", "crm.csat_shar"), "utf-8")
    (tmp_path / "two.toml").write_text(SOUND.replace("weight = 100", "weight = 90"), "utf-8")
    assert "one.toml: 1 error, 0 warnings, " in kaohe("scheme", "check", "one.toml")[2]
    assert "two.toml: 2 errors, 0 warnings, " in kaohe("scheme", "check", "two.toml")[2]
    assert "one.toml：1 个错误，0 个警告，" in kaohe("--lang", "zh_CN", "scheme", "check", "one.toml")[2]


CASES = """
[[cases]]
name = "comes out"
given = { "crm.csat_share" = "missing" }
expect = { points = { "crm.csat_share" = 0 } }
"""
WRONG = """
[[cases]]
name = "does not"
people = [{ name = "P1", given = { "crm.csat_share" = "missing" }, expect = { total = 1.50, rank = 1 } }]
"""


def test_cases_that_come_out_are_told_one_by_one(kaohe: Kaohe, tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(SOUND + CASES, "utf-8")
    code, out, err = kaohe("scheme", "test", "a.toml")
    assert (code, out, err) == (0, "a.toml:16:3: passed: comes out\n", "a.toml: 1 case passed\n")


def test_a_case_that_fails_shows_both_figures_and_the_others_are_still_computed(kaohe: Kaohe, tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(SOUND + WRONG + CASES, "utf-8")
    code, out, err = kaohe("scheme", "test", "a.toml")
    assert code == 1
    assert out.splitlines() == [
        "a.toml:16:3: failed: does not",
        "    P1: total: expected 1.5, found 0",
        "a.toml:20:3: passed: comes out",
    ]
    assert err == "a.toml: 1 of 2 cases failed\n"


def test_cases_are_data_for_programs(kaohe: Kaohe, tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(SOUND + WRONG + CASES, "utf-8")
    code, out, _err = kaohe("scheme", "test", "a.toml", "--format", "json")
    (answer,) = json.loads(out)
    failed, passed = answer["cases"]
    assert (code, answer["sound"], answer["passed"]) == (1, True, False)
    assert failed["differences"] == [
        {"person": "P1", "figure": "total", "what": "total", "expected": "1.5", "found": "0"}
    ]
    assert (passed["name"], passed["line"], passed["column"], passed["passed"]) == ("comes out", 20, 3, True)


def test_a_scheme_without_cases_has_nothing_to_compute(kaohe: Kaohe, tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(SOUND, "utf-8")
    assert kaohe("scheme", "test", "a.toml") == (4, "", "a.toml: the scheme has no cases\n")


def test_a_scheme_with_mistakes_is_not_computed(kaohe: Kaohe, tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(SOUND.replace("crm.csat_share", "crm.csat_shar") + CASES, "utf-8")
    code, out, err = kaohe("scheme", "test", "a.toml")
    assert (code, out) == (1, "")
    assert "a.toml:13:9: error [scheme.unknown-indicator]" in err


def test_check_says_how_many_cases_there_are_and_computes_none(kaohe: Kaohe, tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(SOUND + WRONG, "utf-8")
    code, _out, err = kaohe("scheme", "check", "a.toml")
    assert code == 0
    assert err.splitlines()[-1].endswith(" defaults, 1 case")


def test_the_cases_of_the_small_template_come_out(kaohe: Kaohe) -> None:
    kaohe("scheme", "new", "mine")
    code, out, _err = kaohe("scheme", "test", "mine.toml")
    assert (code, out.count(": passed: ")) == (0, 3)


def test_an_indicator_of_a_plugin_that_is_not_allowed_says_how_to_allow_it(kaohe: Kaohe, tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(SOUND.replace("crm.csat_share", "floor_heating.service_quality"), "utf-8")
    code, _out, err = kaohe("scheme", "check", "a.toml")
    assert code == 1
    told = (
        "a.toml:13:9: error [scheme.unknown-indicator]: there is no indicator floor_heating.service_quality: "
        "its plugin floor_heating is installed and not allowed here\n"
        '    found: "floor_heating.service_quality"\n'
        "    → allow it with: kaohe plugin add floor_heating"
    )
    assert told.replace('    found: "floor_heating.service_quality"\n', "") in err


@pytest.mark.parametrize("asked", ['value("floor_heating.service_quality") > 4', "floor_heating.service_quality > 4"])
def test_a_rule_that_asks_a_plugin_that_is_not_allowed_says_how_to_allow_it(
    kaohe: Kaohe, tmp_path: Path, asked: str
) -> None:
    rule = f"\n[[rules]]\nid = 'q'\nwhen = '{asked}'\nthen = {{ add = 1 }}\nreason = 'q'\nunknown = 'ignore'\n"
    (tmp_path / "a.toml").write_text(SOUND + rule, "utf-8")
    code, _out, err = kaohe("scheme", "check", "a.toml")
    assert code == 1
    assert "its plugin floor_heating is installed and not allowed here" in err
    assert "→ allow it with: kaohe plugin add floor_heating" in err
    assert "did you mean" not in err
