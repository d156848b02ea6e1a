"""``kaohe evaluate``: forms, files, streams, and what is wrong with a command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from tests.scenarios.desk import Desk

EVALUATE = ("evaluate", "tiny", "--period", "2026-Q1")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--format", "xlsx"), "--format xlsx needs --output FILE"),
        (("--format", "csv", "--explain", "P1"), "--explain knows the formats table and json"),
        (("--output", "P1.xlsx", "--explain", "P1"), "--explain knows the formats table and json"),
        (("--format", "pdf"), "'pdf' is not one of"),
        (("--what",), "No such option '--what'"),
        (("more",), "unexpected extra argument"),
    ],
)
def test_a_command_line_that_makes_no_sense_is_refused_with_usage(
    words: tuple[str, ...], told: str, tiny: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tiny.workspace)
    answer = tiny.try_(*EVALUATE, *words)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("Usage: kaohe evaluate [OPTIONS] SCHEME")
    assert told in answer.err
    assert not (tiny.workspace / ".kaohe" / "snapshots").exists()


def test_mistakes_of_usage_are_chinese_too(tiny: Desk) -> None:
    answer = tiny.try_("evaluate", "tiny", "--lang", "zh")
    assert answer.code == 2
    assert answer.err.startswith("用法: kaohe evaluate [OPTIONS] SCHEME")
    assert "Missing" not in answer.err


@pytest.mark.parametrize("period", ["2026-Q5", "2026-13", "26-Q1", "2026-02-30..2026-03-01", "", "Q1"])
def test_a_period_that_is_none_is_refused(period: str, tiny: Desk) -> None:
    answer = tiny.try_("evaluate", "tiny", "--period", period)
    assert (answer.code, answer.out) == (1, "")
    assert "error [period.unreadable]: this is not a period" in answer.err


@pytest.mark.parametrize("period", ["2026-q1", " 2026-Q1 ", "2026-Q1"])
def test_a_period_is_read_generously(period: str, tiny: Desk) -> None:
    out = tiny.do("evaluate", "tiny", "--period", period, "--format", "json").out
    assert json.loads(out)["period"] == "2026-Q1"


def test_what_was_asked_for_goes_to_stdout_and_nothing_else_does(tiny: Desk) -> None:
    answer = tiny.do(*EVALUATE, "--format", "json")
    assert json.loads(answer.out)["scheme"]["id"] == "tiny"
    assert answer.err == ""
    warned = tiny.do("evaluate", "tiny", "--period", "2026-01", "--format", "json")
    assert json.loads(warned.out)["period"] == "2026-01"
    assert "warning [evaluate.cycle]" in warned.err


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("排名.csv", b"\xef\xbb\xbfrank,name,code"),
        ("r.CSV", b"\xef\xbb\xbfrank,name,code"),
        ("r.json", b'{\n  "scheme"'),
        ("r.xlsx", b"PK"),
        ("r.txt", b"Tiny (tiny 1)"),
        ("r", b"Tiny (tiny 1)"),
    ],
)
def test_a_files_name_tells_its_form(name: str, begins: bytes, tiny: Desk, tmp_path: Path) -> None:
    path = tmp_path / name
    answer = tiny.do(*EVALUATE, "--output", path)
    assert answer.out == ""
    assert f"wrote {path}" in answer.err
    assert path.read_bytes().startswith(begins)
    assert sorted(each.name for each in tmp_path.iterdir()) == sorted([name, "tiny"])


def test_the_form_asked_for_wins_over_the_files_name(tiny: Desk, tmp_path: Path) -> None:
    path = tmp_path / "ranking.txt"
    tiny.do(*EVALUATE, "--output", path, "--format", "xlsx")
    assert CalamineWorkbook.from_path(path).sheet_names[:2] == ["Ranking", "Details"]


def test_an_explanation_may_go_to_a_file(tiny: Desk, tmp_path: Path) -> None:
    path = tmp_path / "P1.json"
    tiny.do(*EVALUATE, "--output", path, "--explain", "P1")
    assert json.loads(path.read_text("utf-8"))["children"][0]["label"] == "total"


def test_csv_on_stdout_has_no_byte_order_mark(tiny: Desk) -> None:
    assert tiny.do(*EVALUATE, "--format", "csv").out.startswith("rank,name,code")


def test_a_file_is_found_by_its_path_or_by_its_name_in_the_workspace(tiny: Desk) -> None:
    told = {
        tiny.do("evaluate", scheme, "--period", "2026-Q1", "--format", "csv").out
        for scheme in ("tiny", "tiny.toml", str(tiny.workspace / "schemes" / "tiny.toml"))
    }
    assert len(told) == 1


def test_a_scheme_with_mistakes_is_not_evaluated(tiny: Desk) -> None:
    path = tiny.workspace / "schemes" / "tiny.toml"
    path.write_text(path.read_text("utf-8").replace("weight = 60", "weight = 70"), "utf-8")
    answer = tiny.try_(*EVALUATE)
    assert (answer.code, answer.out) == (1, "")
    assert "error [scheme.weights-sum]: these weights add up to 110" in answer.err


def test_a_population_by_an_attribute_that_nobody_has_names_those_there_are(tiny: Desk) -> None:
    path = tiny.workspace / "schemes" / "tiny.toml"
    path.write_text(path.read_text("utf-8").replace('role == "agent"', 'regio == "华东"'), "utf-8")
    answer = tiny.try_(*EVALUATE)
    assert (answer.code, answer.out) == (1, "")
    assert f"{path}:9:" in answer.err
    assert "region" in answer.err
