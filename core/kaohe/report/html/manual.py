"""Manual changes in a run's page: what was computed, what people made of it, and why."""

from __future__ import annotations

from kaohe.report.html.element import Element, el
from kaohe.report.html.page import section
from kaohe.report.html.tables import sheet_table
from kaohe.report.manual_sheet import manual_sheet
from kaohe.run.model import Run
from kaohe.text import Language, msg


def manual_changes(run: Run, language: Language) -> Element | None:
    """Every change by its number; nothing where there are none."""
    sheet = manual_sheet(run, language)
    if not sheet.rows:
        return None
    said = msg("What was computed is kept beside what people made of it.")
    return section("manual", msg("Manual changes"), el("p", said, class_="note"), sheet_table(sheet, name=2))
