"""One browser for all tests of a worker, and the pages that they look at."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from tests.browser import chromium

from kaohe.cli.context import App
from kaohe.cli.evaluation import run_scheme
from kaohe.cli.main import run as command
from kaohe.report.html import report_html, statement_html
from kaohe.run import Run
from kaohe.run.statement import Statements
from kaohe.run.statement.model import AppealWindow, Earlier, Interview, Item, Statement, Surroundings
from kaohe.text import LANGUAGES, msg


@pytest.fixture(scope="session")
def browser() -> Iterator[chromium.Chromium]:
    program = chromium.find()
    if program is None:
        pytest.skip("Chromium is not installed")
    with chromium.running(program) as found:
        yield found


@pytest.fixture(scope="session")
def workspace(demo_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shutil.copytree(demo_workspace, tmp_path_factory.mktemp("pages") / "demo")


@pytest.fixture(scope="session")
def stored(workspace: Path) -> tuple[Run, int]:
    """A run with ranking groups, quotas, rules, a 360-degree assessment, bonuses and outcomes, and its number."""
    return run_scheme(App("en", workspace, {}), "customer-department", "2026-Q1")


@pytest.fixture(scope="session")
def run(stored: tuple[Run, int]) -> Run:
    return stored[0]


@pytest.fixture(scope="session")
def statement(run: Run) -> Statement:
    """A statement with everything in it: of somebody whom a rule struck."""
    struck = (row for row, found in enumerate(run.appraisal.decisions) if any(each.kind == "rule" for each in found))
    row = next(row for row in struck if run.appraisal.graded[row])
    made = Statements(run, 7)
    parts = tuple((each.id, 80_000_000) for each in run.scheme.dimensions)
    around = Surroundings(
        trend=(Earlier("2025-Q3", 3, 1, 78_300_000, "C", parts), Earlier("2025-Q4", 5, 1, None, None, ())),
        items=(Item(3, "2025-Q4", "提高首次响应速度", "王主管", date(2026, 3, 1), "open", None, True),),
        interview=Interview(
            "谈到了客户投诉。\nSecond line.", "首次响应 4 小时内", "王主管", datetime(2026, 4, 9, tzinfo=UTC)
        ),
        appeal=AppealWindow(date(2026, 4, 10), date(2026, 4, 17), msg("{text}", text="2026-04-17")),
    )
    return replace(made.of(row), around=around)


@pytest.fixture(scope="session")
def pages(
    stored: tuple[Run, int], statement: Statement, workspace: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The folder with report, statement and the explanation of the same person in each language."""
    folder = tmp_path_factory.mktemp("shown")
    run, number = stored
    for language in LANGUAGES:
        (folder / f"report-{language}.html").write_text(report_html(run, 7, language), "utf-8")
        (folder / f"statement-{language}.html").write_text(statement_html(statement, language), "utf-8")
        explanation = ["explain", str(number), statement.code, "--records", "all"]
        written = ["--output", str(folder / f"explanation-{language}.html")]
        assert command(["--lang", language, "--workspace", str(workspace), *explanation, *written], {}) == 0
    return folder
