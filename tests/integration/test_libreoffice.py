"""A run's workbook in LibreOffice: it opens, and every cell of every sheet is what the run says."""

from __future__ import annotations

import csv
import shutil
import subprocess
import zipfile
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from python_calamine import CalamineWorkbook
from tests.scenarios.desk import Desk
from tests.tiny import evaluated

from kaohe.cli.context import App
from kaohe.cli.evaluation import run_scheme
from kaohe.report.book import run_sheets, run_workbook
from kaohe.report.sheet import Sheet, as_decimal
from kaohe.run import Run

# Comma, quotes, UTF-8, as shown: no; every sheet into a file of its own.
_EVERY_SHEET = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"


@pytest.fixture(scope="module")
def run(demo_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = shutil.copytree(demo_workspace, tmp_path_factory.mktemp("workbook") / "demo")
    return run_scheme(App("en", folder, {}), "customer-department", "2026-Q1")[0]


def converted(book: bytes, to: str, folder: Path) -> list[Path]:
    """What LibreOffice makes of the workbook."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    source, made = folder / "book.xlsx", folder / "made"
    source.write_bytes(book)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [office, "--headless", "--norestore", profile, "--convert-to", to, "--outdir", made, source]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return sorted(made.iterdir())


def cells(sheet: Sheet) -> list[list[str | Decimal]]:
    """The sheet as its cells are, numbers as numbers."""
    rows = [*sheet.rows, *([] if sheet.total is None else [sheet.total])]
    columns = sheet.columns
    return [
        [column.header for column in columns],
        *(
            [
                "" if value is None else str(value) if column.kind == "text" else as_decimal(column, value)
                for column, value in zip(columns, row, strict=True)
            ]
            for row in rows
        ),
    ]


def same(shown: str, meant: str | Decimal) -> bool:
    if isinstance(meant, str):
        return shown == meant
    return shown != "" and abs(Decimal(shown) - meant) < Decimal("0.0000005")


def test_every_cell_of_every_sheet_is_what_the_run_says(run: Run, tmp_path: Path) -> None:
    paths = converted(run_workbook(run, 7, "zh_CN"), _EVERY_SHEET, tmp_path)
    sheets = {sheet.title: sheet for sheet in run_sheets(run, 7, "zh_CN")}
    assert {path.stem.removeprefix("book-") for path in paths} == set(sheets)
    for path in paths:
        meant = cells(sheets[path.stem.removeprefix("book-")])
        with path.open(encoding="utf-8", newline="") as file:
            shown = [*csv.reader(file)]
        assert len(shown) == len(meant)
        for one, other in zip(shown, meant, strict=True):
            assert [pair for pair in zip(one, other, strict=True) if not same(*pair)] == []


def test_saved_again_by_libreoffice_the_sheets_stay_as_they_are(run: Run, tmp_path: Path) -> None:
    (path,) = converted(run_workbook(run, 7, "en"), "xlsx", tmp_path)
    book = CalamineWorkbook.from_path(path)
    for sheet in run_sheets(run, 7, "en"):
        shown = book.get_sheet_by_name(sheet.title).to_python()
        assert [row[0] for row in shown[1:]] == [
            "" if row[0] is None else row[0] for row in [*sheet.rows, *([] if sheet.total is None else [sheet.total])]
        ]


def test_the_same_run_gives_the_same_bytes_and_names_no_place_or_moment_of_writing(run: Run) -> None:
    first, second = run_workbook(run, 7, "zh_CN"), run_workbook(run, 7, "zh_CN")
    assert first == second
    with zipfile.ZipFile(BytesIO(first)) as book:
        about = book.read("docProps/core.xml").decode() + book.read("docProps/app.xml").decode()
        assert {each.date_time[0] for each in book.infolist()} == {1980}
    assert run.created_at.strftime("%Y-%m-%d") in about
    assert str(Path.home()) not in about
    assert "creator></dc:creator" in about


def test_sheets_are_set_up_for_printing(run: Run) -> None:
    space = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    with zipfile.ZipFile(BytesIO(run_workbook(run, 7, "en"))) as book:
        for number in range(1, len(run_sheets(run, 7, "en")) + 1):
            page = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{number}.xml"))  # noqa: S314 - just written
            setup = page.find("x:pageSetup", space)
            assert setup is not None
            assert (setup.get("orientation"), setup.get("paperSize"), setup.get("fitToHeight")) == (
                "landscape",
                "9",
                "0",
            )
        assert b"_xlnm.Print_Titles" in book.read("xl/workbook.xml")


def test_the_bonus_list_adds_up_to_the_pool(run: Run) -> None:
    sheet = next(sheet for sheet in run_sheets(run, 7, "en") if sheet.title == "Bonus list")
    assert sheet.total is not None
    assert sheet.total[-1] == sum(row[-1] for row in sheet.rows) == int(run.appraisal.bonus.sum())


def test_the_command_exports_workbook_and_sheets(tiny: Desk, tmp_path: Path) -> None:
    _run, number = evaluated(tiny)
    tiny.do("run", "export", str(number), "--output", tmp_path / "run.xlsx", "--mask")
    names = CalamineWorkbook.from_path(tmp_path / "run.xlsx").sheet_names
    assert names == ["Ranking", "Details", "Bonus list", "Not graded", "Not covered", "Explanation"]
    tiny.do("run", "export", str(number), "--output", tmp_path / "pay.csv", "--sheet", "payroll")
    with (tmp_path / "pay.csv").open(encoding="utf-8-sig", newline="") as file:
        paid = {row["code"]: row["bonus CNY"] for row in csv.DictReader(file)}
    assert paid == {"P1": "5000.00", "P2": "9000.00", "P4": "2750.00"}
    refused = tiny.try_("run", "export", str(number), "--output", tmp_path / "run.xlsx", "--sheet", "payroll")
    assert refused.code == 2
