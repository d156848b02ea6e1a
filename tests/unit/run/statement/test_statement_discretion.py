"""A statement, in every form, does not depend on what too few raters said of the person."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.unit.run.assessment.test_assessment_disclosure import SCHEMES, run_of, world

from kaohe.report.html.statement import statement_html
from kaohe.report.statement_data import statement_data
from kaohe.report.statement_text import statement_text
from kaohe.run import Run
from kaohe.run.paying.model import Line
from kaohe.run.statement import Statements
from kaohe.run.statement.store import Circumstances, statement_of
from kaohe.text import LANGUAGES


def papers(run: Run, row: int = 0) -> list[Any]:
    """Every form of the statement; a run's digest differs where anything does, and tells nothing of what."""
    told = replace(Statements(run, 1).of(row), run_digest="")
    forms = (statement_text, statement_data, statement_html)
    return [form(told, language) for form in forms for language in LANGUAGES]


@pytest.mark.parametrize("name", SCHEMES)
def test_statements_do_not_depend_on_what_too_few_said(name: str, tmp_path: Path) -> None:
    told = []
    for peers in (60, 71):
        folder = tmp_path / str(peers)
        folder.mkdir()
        run = run_of(folder, SCHEMES[name], world(peers))
        assert not run.assessments["opinion"].people[0].shown
        told.append(papers(run))
    assert told[0] == told[1]
    assert "withheld: too few raters" in told[0][LANGUAGES.index("en")]


def test_everybody_else_sees_their_own_figures(tmp_path: Path) -> None:
    run = run_of(tmp_path, SCHEMES["beside other work"], world(60))
    made = Statements(run, 1).of(1)
    assert made.withheld is None
    assert made.total == int(run.appraisal.total[1])
    assert made.dimensions[1].figure.points == int(run.appraisal.dimension_points["d"][1])


@pytest.mark.parametrize(("name", "told"), [("bonus by total", False), ("bonus by tier", True)])
def test_a_payment_does_not_tell_a_bonus_that_is_withheld(name: str, told: bool, tmp_path: Path) -> None:
    run = run_of(tmp_path, SCHEMES[name], world(60))
    paid = {"P1": Line("P1", int(run.appraisal.bonus[0]), 0, 0, 0)}
    nothing: dict[str, Any] = {}
    around = Circumstances(
        number=1,
        period=run.period,
        today=date(2026, 4, 1),
        trends=nothing,
        paid=paid,
        posted=nothing,
        items=nothing,
        talks=nothing,
        seen=nothing,
        appeals=nothing,
        terms=None,
        window=None,
    )
    made = statement_of(Statements(run, 1), around, 0)
    assert (made.around.money is not None) == told
    assert (made.bonus is not None) == told
