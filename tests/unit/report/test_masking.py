"""Masking: nobody's name or code remains in any form of output, figures stay, and words that only look alike too."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.scenarios.desk import Desk
from tests.tiny import SCHEME, evaluated, write

from kaohe.appraise.model import Decision
from kaohe.report.book import ALONE, run_sheets
from kaohe.report.data import run_data
from kaohe.report.html import report_html, statement_html
from kaohe.report.masking import Mask, mask_name, masked
from kaohe.report.statement_text import statement_text
from kaohe.report.terminal import run_text
from kaohe.report.tree import tree_lines
from kaohe.run import Run
from kaohe.run.explanation import explain
from kaohe.run.paying.model import Line
from kaohe.run.statement import Statements
from kaohe.text import LANGUAGES, msg


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张三", "张*"),
        ("欧阳明月", "欧*"),
        ("Ann Bell", "A. B."),
        ("ann", "A."),
        ("张", "*"),
        ("X", "*"),
        (" 王 芳 ", "王*"),
    ],
)
def test_a_name_keeps_its_first_letters_only(name: str, shown: str) -> None:
    assert mask_name(name) == shown


def told(run: Run) -> Run:
    """The run with people's names and codes in places where only people write them."""
    appraisal = run.appraisal
    said = Decision("rule", "x", msg("{reason}: {who}", reason="李四 and P4, see P1.", who="王五的投诉"))
    decisions = [(*own, said) for own in appraisal.decisions]
    attributes = {**appraisal.people.attributes, "manager": ("P5", "P5", None, "P5"), "team": ("张三组",) * 4}
    spans = tuple(tuple(replace(each, team="张三组") for each in own) for own in appraisal.people.spans)
    people = replace(appraisal.people, attributes=attributes, spans=spans)
    return replace(run, appraisal=replace(appraisal, people=people, decisions=tuple(decisions)))


def outputs(run: Run) -> list[str]:
    """Everything that can be made of a run, in both languages."""
    made = []
    for language in LANGUAGES:
        made += [
            report_html(run, 1, language),
            run_text(run, 1, language),
            json.dumps(run_data(run, language), ensure_ascii=False),
        ]
        sheets = [*run_sheets(run, 1, language), *(make(run, language) for make in ALONE.values())]
        made += [str((sheet.title, sheet.columns, sheet.rows, sheet.total)) for sheet in sheets]
        statements = Statements(run, 1)
        for row in range(len(run.names)):
            made.append(statement_html(statements.of(row), language))
            made.append(statement_text(statements.of(row), language))
            made.append("\n".join(tree_lines(explain(run, row), language)))
    return made


def test_no_name_and_no_code_remains_in_any_form(tiny: Desk) -> None:
    run = told(evaluated(tiny)[0])
    everybody = [*run.names, *run.appraisal.people.code]
    everybody += [word for each in run.left_out for word in (each.code, each.name)]
    plain = outputs(run)
    assert all(any(word in text for text in plain) for word in everybody)
    for text in outputs(masked(run)):
        assert [word for word in everybody if word in text] == []


def test_figures_order_and_digest_stay(tiny: Desk) -> None:
    run = evaluated(tiny)[0]
    shown = masked(run)
    assert shown.appraisal.people.code == ("P-001", "P-002", "P-003", "P-004")
    assert shown.names == ("张*", "李*", "王*", "赵*")
    assert (shown.digest, shown.appraisal.total is run.appraisal.total) == (run.digest, True)
    before, after = ([person["total"] for person in run_data(each, "en")["people"]] for each in (run, shown))
    assert before == after


def test_teams_whose_points_count_are_masked_within_their_names(tiny: Desk) -> None:
    per_team = SCHEME.replace('use    = "in_time"', 'use    = "in_time"\n  level  = "team"')
    write(tiny, "schemes/tiny.toml", per_team)
    run = evaluated(tiny)[0]
    assert run.appraisal.teams is not None
    teams = run.appraisal.teams
    named = replace(teams.people, attributes={**teams.people.attributes, "team": ("张三组",) * len(teams.people)})
    run = masked(replace(run, appraisal=replace(run.appraisal, teams=replace(teams, people=named))))
    assert not any("张三" in line for row in range(4) for line in tree_lines(explain(run, row), "zh_CN"))


def test_payments_have_the_pseudonyms_of_the_run(tiny: Desk) -> None:
    mask = Mask.of(evaluated(tiny)[0])
    (line,) = mask.lines([Line("P2", 1, 0, 0, 0)])
    assert line.person == "P-002"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ann", "A."),
        ("Annual", "Annual"),
        ("Ann's total", "A.'s total"),
        ("K1, K10 and K11", "P-001, K10 and K11"),
        ("1001 points", "1001 points"),
        ("10023", "P-003"),
        ("10023.50", "10023.50"),
        ("110,023", "110,023"),
        ("张三丰和张三", "张*和张*"),
        ("", ""),
    ],
)
def test_within_texts_whole_words_are_masked_and_figures_are_not(text: str, shown: str) -> None:
    mask = Mask.over(["K1", "1001", "10023"], ["Ann", "张三", "张三丰"])
    assert mask.text(text) == shown


def test_pseudonyms_are_nobodys_code() -> None:
    mask = Mask.over(["P-001", "P-002", "P-003"], [])
    assert set(mask.codes.values()) == {"Q-001", "Q-002", "Q-003"}


@given(st.lists(st.text("abcXYZ01 ", min_size=2, max_size=6), unique=True, max_size=6), st.data())
def test_a_text_of_words_holds_no_name_afterwards(names: list[str], data: Any) -> None:
    names = [name.strip() for name in names if len(name.split()) == 1 and len(name.strip()) > 1]
    words = data.draw(st.lists(st.sampled_from([*names, "xyz", "99"]), max_size=8))
    shown = Mask.over([], names).text(" ".join(words)).split()
    assert [word for word in shown if word in names] == []
    assert shown.count("xyz") == words.count("xyz")
