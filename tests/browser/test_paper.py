"""Report and statement on paper: sheets of A4 with text in them, a statement on two, and what prints a PDF."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.browser import chromium
from tests.browser.chromium import Chromium
from tests.scenarios.desk import Desk
from tests.tiny import evaluated

from kaohe.cli.main import run as run_command
from kaohe.errors import Exit
from kaohe.run import Run
from kaohe.run.statement import Statement


def told(path: Path) -> tuple[int, str, str]:
    """Pages, the size of a page, the text."""
    for program in ("pdfinfo", "pdftotext"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} (poppler-utils) is not installed")
    about = subprocess.run(["pdfinfo", path], capture_output=True, text=True, check=True).stdout
    text = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True).stdout
    pages, size = re.search(r"Pages:\s+(\d+)", about), re.search(r"Page size:.*\((\w+)\)", about)
    assert pages
    return int(pages[1]), size[1] if size else about, text


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_a_statement_is_two_sheets_of_a4_at_most(
    browser: Chromium, pages: Path, statement: Statement, tmp_path: Path, language: str
) -> None:
    with browser.page(pages / f"statement-{language}.html", 1440) as page:
        (tmp_path / "statement.pdf").write_bytes(page.pdf())
    count, size, text = told(tmp_path / "statement.pdf")
    assert size == "A4"
    assert count <= 2
    assert statement.name in text
    assert statement.run_digest in text


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_a_report_prints_on_a4_with_everybody_ranked(
    browser: Chromium, pages: Path, run: Run, tmp_path: Path, language: str
) -> None:
    with browser.page(pages / f"report-{language}.html", 360) as page:
        (tmp_path / "report.pdf").write_bytes(page.pdf())
    count, size, text = told(tmp_path / "report.pdf")
    assert size == "A4"
    assert count >= 3
    ranked = [code for code, graded in zip(run.appraisal.people.code, run.appraisal.graded, strict=True) if graded]
    assert [code for code in ranked if code not in text] == []


def test_the_command_prints_a_pdf(tiny: Desk, tmp_path: Path) -> None:
    if chromium.find() is None:
        pytest.skip("Chromium is not installed")
    _run, number = evaluated(tiny)
    tiny.do("run", "report", str(number), "--output", tmp_path / "report.pdf")
    count, size, text = told(tmp_path / "report.pdf")
    assert (count >= 1, size) == (True, "A4")
    assert "李四" in text


def test_without_a_browser_the_command_says_so_and_writes_nothing(
    tiny: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _run, number = evaluated(tiny)
    words = ["--workspace", str(tiny.workspace), "run", "report", str(number), "--output", str(tmp_path / "report.pdf")]
    assert run_command(["--lang", "en", *words], {"PATH": str(tmp_path)}) == Exit.ENVIRONMENT
    assert "PDF needs Chromium or Chrome" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["tiny"]
