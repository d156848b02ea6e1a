"""A run on a terminal: aligned tables with Chinese text, and a few lines around them."""

from __future__ import annotations

from io import StringIO

from rich import box
from rich.console import Console
from rich.table import Table

from kaohe.exact import format_fen
from kaohe.report.ranking import left_out_sheet, not_graded_sheet, ranking_sheet
from kaohe.report.sheet import Sheet, as_text
from kaohe.run.model import Run
from kaohe.text import Language, msg

# Without a terminal nothing is wrapped: a table is as wide as its content.
_UNLIMITED = 100_000
_LISTED = 20


def run_text(run: Run, number: int, language: Language, *, width: int | None = None) -> str:
    """Heading, ranking, people without a grade, people not covered, and where to look next."""
    text = StringIO()
    console = Console(file=text, width=width or _UNLIMITED, highlight=False, emoji=False, markup=False)
    console.print(_heading(run, number, language))
    console.print(sheet_table(ranking_sheet(run, language)))
    ungraded = not_graded_sheet(run, language)
    if ungraded.rows:
        console.print(sheet_table(ungraded))
    _print_left_out(console, run, language)
    if run.scheme.bonus is not None:
        paid = sum(int(fen) for fen in run.appraisal.bonus)
        console.print(msg("bonuses in all: {amount} yuan", amount=format_fen(paid)).in_(language))
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines()) + "\n"


def sheet_table(sheet: Sheet) -> Table:
    """The sheet as a table whose numbers stand right."""
    table = Table(title=sheet.title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for index, column in enumerate(sheet.columns):
        table.add_column(column.header, justify="right" if index in sheet.numbers else "left", overflow="fold")
    for row in sheet.rows:
        table.add_row(*(as_text(column, value) for column, value in zip(sheet.columns, row, strict=True)))
    return table


def _heading(run: Run, number: int, language: Language) -> str:
    scheme = run.scheme
    return msg(
        "{scheme} ({id} {version}) · {period} · run {number} · digest {digest}",
        scheme=scheme.name,
        id=scheme.id,
        version=scheme.version,
        period=run.period.name,
        number=number,
        digest=run.digest[:16],
    ).in_(language)


def _print_left_out(console: Console, run: Run, language: Language) -> None:
    """Those who fall outside by the scheme's own words are counted; those who cannot be told are named."""
    covered_not = sum(each.kind == "population" for each in run.left_out)
    others = left_out_sheet(run, language, kinds=("assignment", "unknown"))
    if others.rows:
        shown = Sheet(others.title, others.columns, others.rows[:_LISTED])
        console.print(sheet_table(shown))
        if len(others.rows) > _LISTED:
            console.print(msg("… and {count} more", count=len(others.rows) - _LISTED).in_(language))
    if covered_not:
        console.print(msg("people whom the scheme does not cover: {count}", count=covered_not).in_(language))
