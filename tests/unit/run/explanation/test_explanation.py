"""The explanation of a figure: everybody of the demo recomputes, in both languages, as text and as data."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.scenarios.desk import Desk
from tests.tiny import evaluated

from kaohe.appraise.model import Span
from kaohe.cli.context import App
from kaohe.cli.evaluation import run_scheme
from kaohe.errors import Exit, KaoheError
from kaohe.exact import MICRO, format_fen, format_micros
from kaohe.report.tree import tree_data, tree_lines
from kaohe.run import Run
from kaohe.run.explanation import explain, find_person
from kaohe.run.explanation.service import service_node
from kaohe.text import LANGUAGES, Language

RUNS = [
    (scheme, period)
    for scheme in ("floor-heating", "investment", "energy-storage", "enterprise-transfer", "customer-department")
    for period in ("2025-Q4", "2026-Q1")
]


@pytest.fixture(scope="module")
def demo_folder(demo_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shutil.copytree(demo_workspace, tmp_path_factory.mktemp("explained") / "demo")


def texts(data: Mapping[str, Any]) -> Iterator[str]:
    """Every text of a tree as data."""
    for node in nodes(data):
        yield node["label"]
        yield node.get("figure", "")
        yield from node.get("remarks", [])


def nodes(data: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The tree's figures, from the top down."""
    yield data
    for child in data.get("children", []):
        yield from nodes(child)


@pytest.mark.parametrize(("scheme", "period"), RUNS)
def test_everybody_of_the_demo_is_explained_without_a_contradiction(
    scheme: str, period: str, demo_folder: Path
) -> None:
    run, _number = run_scheme(App("en", demo_folder, {}), scheme, period)
    appraisal = run.appraisal
    assert len(appraisal.people) > 50
    for row, code in enumerate(appraisal.people.code):
        tree = explain(run, row)
        for language in LANGUAGES:
            data = tree_data(tree, language)
            lines = [*tree_lines(tree, language)]
            assert len(lines) == len(list(nodes(data))) + sum(len(node.get("remarks", [])) for node in nodes(data))
            assert not any("{" in text for text in texts(data))
            assert json.loads(json.dumps(data, ensure_ascii=False)) == data
            assert code in lines[0]
            if appraisal.graded[row]:
                total = format_micros(int(appraisal.total[row]), run.scheme.decimals)
                assert any(total in line for line in lines[1:3])
                assert any(format_fen(int(appraisal.bonus[row])) in line for line in lines)


def test_the_command_prints_the_tree_in_both_languages_and_forms(tiny: Desk) -> None:
    words = ("evaluate", "tiny", "--period", "2026-Q1", "--explain", "张三")
    english = tiny.do(*words).out
    assert english.splitlines()[:3] == [
        "张三 (P1) · Tiny · 2026-Q1",
        '│  · covered by the scheme: role == "agent"',
        "├─ total: 82.00 points",
    ]
    assert "In time (weight 100): 75 % → 75 points" in english
    assert "3 of 4 records" in english
    assert "previous period: 1 record" in english
    chinese = tiny.do(*words, "--lang", "zh").out
    assert "及时率" in chinese
    assert "总分" in chinese
    assert "In time" not in chinese
    assert len(chinese.splitlines()) == len(english.splitlines())
    data = json.loads(tiny.do(*words, "--format", "json").out)
    assert data["children"][0]["label"] == "total"
    assert data["children"][0]["figure"] == "82.00 points"


def test_who_is_not_graded_learns_why(tiny: Desk) -> None:
    out = tiny.do("evaluate", "tiny", "--period", "2026-Q1", "--explain", "P3").out
    assert out.startswith("王五 (P3) · Tiny · 2026-Q1: not graded\n")
    assert "data for 0.00 % of the weight, 50.00 % needed: not graded" in out


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("P9", "nobody of this code or name is in the run"),
        ("P5", "the scheme does not cover this person"),
        ("孙八", "no assignment in 2026-Q1"),
        ("周九", "it is unknown whether the scheme covers this person"),
    ],
)
def test_who_is_not_in_the_run_is_said_with_the_reason(asked: str, told: str, tiny: Desk) -> None:
    answer = tiny.try_("evaluate", "tiny", "--period", "2026-Q1", "--explain", asked)
    assert (answer.code, answer.out) == (1, "")
    assert f"{asked}: error [explain.person]: {told}" in answer.err
    assert "see who is: kaohe evaluate tiny --period 2026-Q1\n" in answer.err


def test_a_name_that_two_people_bear_asks_for_the_code(tiny: Desk) -> None:
    run, _number = evaluated(tiny)
    twice = replace(run, names=("张三", "李四", "王五", "张三"))
    assert find_person(twice, "P4") == 3
    assert find_person(twice, "李四") == 1
    with pytest.raises(KaoheError, match="several people bear this name") as caught:
        find_person(twice, "张三")
    assert caught.value.problems[0].found == "P1, P4"


@pytest.mark.parametrize("part", ["points", "dimension_points", "total"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_figure_that_does_not_recompute_is_never_shown_as_if_true(part: str, language: Language, tiny: Desk) -> None:
    run, _number = evaluated(tiny)
    with pytest.raises(KaoheError) as caught:
        explain(falsified(run, part), 0)
    assert caught.value.exit_code == Exit.INTERNAL
    assert caught.value.problems[0].code == "explain.disagrees"
    assert "{" not in caught.value.problems[0].render(language)


@pytest.mark.parametrize("part", ["bonus", "coefficient", "base", "claim"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_money_that_does_not_recompute_is_never_shown_as_if_true(part: str, language: Language, tiny: Desk) -> None:
    run, _number = evaluated(tiny)
    appraisal = run.appraisal
    assert appraisal.money is not None
    if part in ("base", "claim"):
        money = replace(appraisal.money, **{part: getattr(appraisal.money, part) + 1})
        wrong = replace(appraisal, money=money)
    else:
        wrong = replace(appraisal, **{part: getattr(appraisal, part) + 1})
    with pytest.raises(KaoheError) as caught:
        explain(replace(run, appraisal=wrong), 0)
    assert caught.value.exit_code == Exit.INTERNAL
    assert caught.value.problems[0].code == "explain.disagrees"
    assert "{" not in caught.value.problems[0].render(language)


def falsified(run: Run, part: str) -> Run:
    """The run with one person's figure changed by its least unit."""
    column = getattr(run.appraisal, part)
    if part == "total":
        changed: Any = column + 10_000
    else:
        changed = {key: points + 1 for key, points in column.items()}
    return replace(run, appraisal=replace(run.appraisal, **{part: changed}))


def test_a_transfer_is_explained_by_its_assignments_days_and_shares(tiny: Desk) -> None:
    run, _number = evaluated(tiny)
    people = run.appraisal.people
    spans = (
        Span("北区", "agent", date(2026, 1, 1), 45, MICRO, 600_000),
        Span("南区", None, date(2026, 2, 15), 45, MICRO // 2, 900_000),
    )
    bases = (Decimal("5250.00"), *people.attribute("bonus_base")[1:])
    moved = replace(
        people,
        spans=(spans, *people.spans[1:]),
        attributes={**people.attributes, "bonus_base": bases},
        worked=np.array([90, *people.worked[1:]]),
    )
    run = replace(run, appraisal=replace(run.appraisal, people=moved))
    node = service_node(run, 0)
    assert node is not None
    assert list(tree_lines(node, "en")) == [
        "assignments: 90 of 90 days",
        "│  · bases add up to 5,250 for the period, 5,250 per day in service",
        "├─ 北区 · agent: from 2026-01-01: 6,000.00 × 45 / 90 days × 1 = 3,000",
        "└─ 南区: from 2026-02-15: 9,000.00 × 45 / 90 days × 0.5 = 2,250",
    ]
    attributes = {**moved.attributes, "bonus_base": (Decimal(5000), *bases[1:])}
    wrong = replace(run, appraisal=replace(run.appraisal, people=replace(moved, attributes=attributes)))
    with pytest.raises(KaoheError, match=r"explain\.disagrees"):
        service_node(wrong, 0)
