"""The runner of published cases, by cases of its own: it must be able to fail."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from tests.oracles.__main__ import main
from tests.oracles.compare import named_decimals
from tests.oracles.runner import ADAPTERS

ROOT = Path(__file__).parents[2]
GINI = {"inputs": {"values": [0, 0, 0, 8]}, "expected": {"gini": 0.75}}


@pytest.fixture
def run_cases(tmp_path, capsys):
    """Runs cases given as category and content; the exit code and the lines printed."""

    def run(*cases):
        for number, (category, content) in enumerate(cases):
            case = {"id": f"T{number}", "title": "", "tolerance": {"abs": 0}, "rounding": "exact", **content}
            text = json.dumps({"category": category, "cases": [case]})
            (tmp_path / f"{number}.json").write_text(text, "utf-8")
        code = main(["--cases", str(tmp_path)])
        return code, capsys.readouterr().out.splitlines()

    return run


def test_a_figure_that_agrees_passes(run_cases):
    code, lines = run_cases(("reliability", GINI))
    assert (code, lines) == (0, ["passed       T0", "1 passed, 0 failed, 0 skipped"])


def test_a_wrong_figure_fails_with_both_numbers(run_cases):
    code, lines = run_cases(("reliability", {**GINI, "expected": {"gini": 0.76}}))
    assert code == 1
    assert lines[0].startswith("failed       T0: gini: published 0.76, computed 0.75")
    assert lines[-1] == "0 passed, 1 failed, 0 skipped"


def test_the_tolerance_is_the_cases_own(run_cases):
    code, lines = run_cases(("reliability", {**GINI, "expected": {"gini": 0.76}, "tolerance": {"abs": 0.01}}))
    assert (code, lines[-1]) == (0, "1 passed, 0 failed, 0 skipped")


@pytest.mark.parametrize(
    ("category", "content", "reason"),
    [
        ("astrology", GINI, "no adapter for the category 'astrology'"),
        ("reliability", {**GINI, "expected": {"kurtosis": 3}}, "no function is known for the figure 'kurtosis'"),
        ("bonus", {"inputs": {"colour": "red"}, "expected": {"bonus": "1.00"}}, "no bonus is read from colour"),
        ("ahp", {"inputs": {"matrix": [["1"]], "ri_table": "mine"}, "expected": {"CR": 0}}, "'mine' is not known"),
        ("quantile", {"inputs": {"values": [[5]], "p": 1}, "expected": {"result": 5}}, "of another shape"),
        ("apportionment", {"inputs": {"weights": [1]}, "expected": {"seats": [1]}}, "the case gives no 'seats'"),
    ],
)
def test_what_nobody_can_run_is_skipped_with_the_reason(run_cases, category, content, reason):
    code, lines = run_cases((category, content))
    assert code == 0
    assert lines[0].startswith("not runnable T0: ")
    assert reason in lines[0]
    assert lines[-1] == "0 passed, 0 failed, 1 skipped"


def test_a_refusal_or_a_fault_of_the_product_is_a_failure(run_cases):
    refused = {"inputs": {"matrix": [["1", "2"], ["2", "1"]]}, "expected": {"weights": [0.5, 0.5]}}
    faulty = {"inputs": {"ratings": [[1, 2]]}, "expected": {"ICC1": 1}}
    code, lines = run_cases(("ahp", refused), ("reliability", faulty))
    assert code == 1
    assert "refused: " in lines[0]
    assert "ValueError: agreement needs" in "".join(lines)
    assert lines[-1] == "0 passed, 2 failed, 0 skipped"


def test_lists_of_different_length_differ(run_cases):
    content = {"inputs": {"amount_minor": 3, "ratios": [1, 2]}, "expected": {"shares": [1]}}
    code, lines = run_cases(("apportionment", content))
    assert code == 1
    assert lines[0].endswith("shares: published [1], computed [1, 2]")


def test_a_figure_that_differs_counts_more_than_one_that_nobody_knows(run_cases):
    content = {**GINI, "expected": {"kurtosis": 3, "gini": 0.76}}
    assert run_cases(("reliability", content))[1][-1] == "0 passed, 1 failed, 0 skipped"


def test_a_case_may_publish_that_there_is_no_figure(run_cases):
    content = {"inputs": {"matrix": [["1", "2"], ["2", "1"]]}, "expected": {"error": "not reciprocal"}}
    assert run_cases(("ahp", content))[1][-1] == "1 passed, 0 failed, 0 skipped"


@pytest.mark.parametrize("tolerance", [0.01, "0.01", {"abs": "0.01"}, {"abs": None, "rel": 0.02}, {"relative": 0.02}])
def test_tolerances_are_absolute_or_relative(run_cases, tolerance):
    content = {**GINI, "expected": {"gini": 0.76}, "tolerance": tolerance}
    assert run_cases(("reliability", content))[0] == 0


@pytest.mark.parametrize("missing", [{"tolerance": None, "rounding": None}, {"title": None, "id": None}])
def test_what_a_case_leaves_open_has_a_default(run_cases, missing):
    assert run_cases(("reliability", {**GINI, **missing}))[1][-1] == "1 passed, 0 failed, 0 skipped"


@pytest.mark.parametrize("published", ["0.75", "75%", 0.75, [0.75]])
def test_a_number_is_a_number_however_it_is_written(run_cases, published):
    key = "gini" if not isinstance(published, list) else "shares"
    computed = (
        GINI if key == "gini" else {"inputs": {"amount_minor": 1, "ratios": [1]}, "expected": {"shares": ["1.00"]}}
    )
    content = {**computed, "expected": {"gini": published}} if key == "gini" else computed
    assert run_cases(("reliability" if key == "gini" else "apportionment", content))[0] == 0


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "the file is not read"),
        ('{"cases": 5}', "the file's cases are not a list"),
        ('{"cases": [5]}', "the case is not an object"),
        ('{"cases": [{"expected": {"x": 1}}]}', "the case gives no inputs"),
        ('{"cases": [{"inputs": {}, "expected": null}]}', "publishes no figure"),
        ('{"cases": [{"inputs": {}, "expected": {}}]}', "publishes no figure"),
        ('{"cases": [{"inputs": {}, "expected": {"x": 1}, "tolerance": "wide"}]}', "the tolerance is not a number"),
        ('[{"category": "tarot", "inputs": {}, "expected": {"x": 1}}]', "no adapter for the category 'tarot'"),
    ],
)
def test_one_bad_file_or_case_never_stands_in_the_way_of_the_others(tmp_path, capsys, text, reason):
    good = {"category": "reliability", "cases": [{"id": "good", **GINI}]}
    (tmp_path / "a.json").write_text(text, "utf-8")
    (tmp_path / "b.json").write_text(json.dumps(good), "utf-8")
    assert main(["--cases", str(tmp_path)]) == 0
    bad, passed, last = capsys.readouterr().out.splitlines()
    assert reason in bad
    assert (passed, last) == ("passed       good", "1 passed, 0 failed, 1 skipped")


def test_an_empty_folder_and_files_without_cases_are_no_mistake(tmp_path, capsys):
    (tmp_path / "notes.json").write_text('{"about": "nothing"}', "utf-8")
    assert main(["--cases", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "0 passed, 0 failed, 0 skipped\n"


def test_truth_is_not_a_number(run_cases):
    content = {"inputs": {"weights": [1, 1], "seats": 1}, "expected": {"tie": 1}}
    assert run_cases(("apportionment", content))[0] == 1
    assert run_cases(("apportionment", {**content, "expected": {"tie": True}}))[0] == 0


def test_rounding_is_the_sources(run_cases):
    """5/9 is printed 0.56 rounded, 0.55 cut; without a word about rounding it is neither."""
    content = {"inputs": {"weights": [5, 4], "seats": 1}, "expected": {"quota": [0.56, 0.44]}}
    assert run_cases(("apportionment", {**content, "rounding": "2 dp"}))[0] == 0
    assert run_cases(("apportionment", {**content, "rounding": "quota 2 dp, seats integer"}))[0] == 0
    assert run_cases(("apportionment", content))[0] == 1
    cut = {**content, "expected": {"quota": [0.55, 0.44]}}
    assert run_cases(("apportionment", {**cut, "rounding": "2 dp, truncated"}))[0] == 0
    assert run_cases(("apportionment", {**cut, "rounding": "2 dp"}))[0] == 1


@pytest.mark.parametrize(
    ("rounding", "key", "decimals"),
    [
        ("exact", "gini", None),
        ("2 dp", "gini", 2),
        ("weights 3 dp, lambda 2 dp, CI/CR 1 dp", "lambda_max", 2),
        ("weights 3 dp, lambda 2 dp, CI/CR 1 dp", "CR", 1),
        ("1 dp for the mean, 2 dp contributions", "unweighted_mean", 1),
        ("quota 3 dp, seats integer", "seats", 0),
        ("weights and CR to 3 dp (coffee is .1775 at 4 dp)", "weights", 3),
        ("whole number, nearest", "csat", 0),
        ("3 digits, truncation (5/9 -> 0.555)", "result", 3),
        ("元, 2 dp", "pay", 2),
        ("quota 4 dp", "weights", 4),
    ],
)
def test_the_decimals_that_a_source_names(rounding, key, decimals):
    assert named_decimals(rounding, key) == decimals


@pytest.mark.parametrize("category", ADAPTERS)
def test_every_category_has_an_adapter_that_can_run(category):
    assert callable(import_module(f"tests.oracles.adapters.{category}").run)


def test_the_command_says_where_it_looked(tmp_path):
    command = [sys.executable, "-m", "tests.oracles", "--cases", str(tmp_path / "none")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 2
    assert "there is no folder" in done.stderr
