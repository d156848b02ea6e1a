"""Which sheets a run's workbook has, and which of them can be had alone as CSV."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from types import MappingProxyType

from kaohe.report.bonus_list import bonus_sheet
from kaohe.report.details import LARGEST, details_sheet
from kaohe.report.explanation_sheet import explanation_sheet
from kaohe.report.manual_sheet import manual_sheet
from kaohe.report.ranking import left_out_sheet, not_graded_sheet, ranking_sheet
from kaohe.report.sheet import Sheet
from kaohe.report.workbook import write_xlsx
from kaohe.run.model import Run
from kaohe.run.paying.model import Line
from kaohe.text import Language, msg

ALONE: Mapping[str, Callable[[Run, Language], Sheet]] = MappingProxyType(
    {
        "ranking": lambda run, language: ranking_sheet(run, language, not_graded=True),
        "details": details_sheet,
        "payroll": bonus_sheet,
    }
)
"""The sheets that make sense by themselves, by the word for them."""


def run_sheets(run: Run, number: int, language: Language, lines: Sequence[Line] = ()) -> list[Sheet]:
    """All sheets: ranking, details where they have room, bonus list where the scheme pays, not graded, not covered,
    manual changes where there are any, explanation. ``lines``: what the period paid, where it was paid."""
    changed = run.appraisal.computed is not None and run.appraisal.computed.changes
    return [
        ranking_sheet(run, language),
        *([details_sheet(run, language)] if fits(run) else []),
        *([bonus_sheet(run, language, lines)] if run.scheme.bonus is not None else []),
        not_graded_sheet(run, language),
        left_out_sheet(run, language),
        *([manual_sheet(run, language)] if changed else []),
        explanation_sheet(run, number, language, detailed=fits(run)),
    ]


def fits(run: Run) -> bool:
    """Whether the details have room in a workbook."""
    return len(run.appraisal.people) * len(run.scheme.weighted) <= LARGEST


def run_workbook(run: Run, number: int, language: Language, lines: Sequence[Line] = ()) -> bytes:
    """The workbook; the same run always gives the same bytes."""
    target = BytesIO()
    title = msg("{scheme} · {period}", scheme=run.scheme.name, period=run.period.name).in_(language)
    write_xlsx(run_sheets(run, number, language, lines), target, title=title, created=run.created_at)
    return target.getvalue()
