"""``kaohe what-if`` as it is typed: which run it is compared with, what is said, that nothing is stored."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest
from tests.scenarios.desk import Desk
from tests.tiny import SCHEME, write
from tests.unit.cli.period_kit import lead
from tests.unit.run.what_if_kit import APPRAISED, MEASURED, changed

from kaohe.errors import Exit

QUARTER = ("--period", "2026-Q1")


@pytest.fixture(scope="module")
def desk(tiny_original: Path, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The tiny workspace with a run, and then another weighting in the file."""
    desk = Desk(shutil.copytree(tiny_original, tmp_path_factory.mktemp("what-if") / "tiny"))
    desk.do("evaluate", "tiny", *QUARTER)
    write(desk, "schemes/tiny.toml", changed(APPRAISED["weights"]))
    return desk


def test_it_says_what_an_evaluation_and_a_comparison_would_say_and_stores_nothing(desk: Desk, tmp_path: Path) -> None:
    said = json.loads(desk.do("what-if", "tiny", *QUARTER, "--people", "--format", "json").out)
    assert [run["run"] for run in json.loads(desk.do("run", "list", "--format", "json").out)] == [1]
    stored = Desk(shutil.copytree(desk.workspace, tmp_path / "tiny"))
    stored.do("evaluate", "tiny", *QUARTER)
    compared = json.loads(stored.do("run", "compare", "1", "2", "--format", "json").out)
    assert sorted(said["people"], key=lambda each: each["code"]) == compared["people"]
    assert said["differences"]["moved"] == len(compared["people"]) > 0
    assert said["against"]["digest"] == compared["before"]["digest"]
    assert said["scheme"]["lines"][2:] == [
        *("@@ -15 +15 @@", "-weight = 60", "+weight = 30"),
        *("@@ -25 +25 @@", "-weight = 40", "+weight = 70"),
    ]


def test_the_table_says_the_same_in_words(desk: Desk) -> None:
    out = desk.do("what-if", "tiny", *QUARTER).out
    assert "people appraised: 4 → 4; graded: 3 → 3" in out
    assert "bonuses in all" in out
    assert "-weight = 60" in out


def test_the_people_alone_as_csv(desk: Desk) -> None:
    rows = [*csv.DictReader(desk.do("what-if", "tiny", *QUARTER, "--format", "csv").out.splitlines())]
    assert {row["code"] for row in rows} == {"P1", "P2", "P4"}


def test_names_can_be_masked(desk: Desk) -> None:
    for form in ("text", "json", "csv"):
        out = desk.do("what-if", "tiny", *QUARTER, "--mask", "--format", form).out
        assert "P-001" in out
        assert not any(name in out for name in ("张三", "李四", "赵六"))


def test_data_that_leave_are_noted_and_a_table_is_not(desk: Desk) -> None:
    def exports() -> int:
        answer = desk.try_("audit", "show", "--action", "export", "--format", "json")
        return answer.out.count('"what-if"')

    before = exports()
    desk.do("what-if", "tiny", *QUARTER)
    assert exports() == before
    desk.do("what-if", "tiny", *QUARTER, "--format", "json")
    assert exports() == before + 1


def test_another_run_or_another_scheme_can_be_named(desk: Desk) -> None:
    by_number = json.loads(desk.do("what-if", "tiny", "--against", "1", "--format", "json").out)
    write(desk, "schemes/new.toml", changed(APPRAISED["weights"], ('id         = "tiny"', 'id         = "new"')))
    by_scheme = json.loads(desk.do("what-if", "new", *QUARTER, "--against", "tiny", "--format", "json").out)
    assert by_scheme["differences"] == by_number["differences"]
    digest = by_number["against"]["digest"][:10]
    assert json.loads(desk.do("what-if", "tiny", "--against", digest, "--format", "json").out) == by_number


def test_the_run_that_stands_goes_before_a_newer_preview(tiny: Desk) -> None:
    lead(tiny, "calculated")
    write(tiny, "schemes/tiny.toml", changed(APPRAISED["curve"]))
    tiny.do("evaluate", "tiny", *QUARTER)
    said = json.loads(tiny.do("what-if", "tiny", *QUARTER, "--format", "json").out)
    assert (said["against"]["run"], said["differences"]["moved"] > 0) == (1, True)


def test_what_is_measured_otherwise_is_measured_on_the_runs_snapshot(desk: Desk) -> None:
    write(desk, "schemes/within.toml", changed(MEASURED["parameter"]))
    said = json.loads(desk.do("what-if", "within", "--against", "1", "--format", "json").out)
    assert any("In time" in why for each in said["people"] for why in each["why"])


def test_settings_can_be_exchanged_without_a_file(desk: Desk) -> None:
    write(desk, "schemes/now.toml", SCHEME)
    edited = json.loads(desk.do("what-if", "tiny", *QUARTER, "--format", "json").out)
    weights = ("--set", "dimensions.speed.weight=30", "--set", "dimensions.satisfaction.weight = 70")
    typed = json.loads(desk.do("what-if", "now", *QUARTER, *weights, "--format", "json").out)
    assert (typed["differences"], typed["people"]) == (edited["differences"], edited["people"])
    assert typed["scheme"]["lines"][2:] == edited["scheme"]["lines"][2:]
    inner = ("--set", "tiers.levels.B.min_score=84.5", "--set", 'dimensions.speed.indicators."in_time".weight=100')
    said = json.loads(desk.do("what-if", "now", *QUARTER, *inner, "--format", "json").out)
    assert [level["after"] for level in said["differences"]["tiers"]["levels"]] == [1, 0, 2]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("dimensions.sped.weight=1", "expected: speed, satisfaction"),
        ("dimensions.speed.wieght=1", "expected: id, name, weight, indicators"),
        ("dimensions.speed=1", "the scheme does not write speed as a single value"),
        ("scheme.id.more=1", "the scheme does not write more"),
        ("weight", "KEY=VALUE"),
        ("bonus.kind=pool", "KEY=VALUE"),
        ("", "KEY=VALUE"),
        ("tiers.levels=[]", "KEY=VALUE"),
        ("tiers.kind='a' x", "KEY=VALUE"),
        ("a=1\nb=2", "KEY=VALUE"),
    ],
)
def test_what_is_no_setting_of_the_scheme_is_refused(typed: str, told: str, desk: Desk) -> None:
    answer = desk.try_("what-if", "tiny", *QUARTER, "--set", typed)
    assert (answer.code, told in answer.err) == (Exit.USAGE, True), answer.err


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("tiny", "--period", "2026-Q2"), Exit.MISTAKE, "what-if.no-run"),
        (("tiny", "--against", "7"), Exit.MISTAKE, "run.unknown"),
        (("tiny", "--against", "1", "--period", "2026-Q2"), Exit.MISTAKE, "what-if.period"),
        (("tiny", *QUARTER, "--against", "nobody"), Exit.MISTAKE, "scheme.no-file"),
        (("tiny",), Exit.USAGE, "name the period"),
    ],
)
def test_what_cannot_be_compared_is_said(words: tuple[str, ...], code: Exit, told: str, desk: Desk) -> None:
    answer = desk.try_("what-if", *words)
    assert (answer.code, told in answer.err) == (code, True), answer.err
