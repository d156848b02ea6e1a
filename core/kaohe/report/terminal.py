"""A run on a terminal: aligned tables with Chinese text, and a few lines around them."""

from __future__ import annotations

from collections import Counter
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


def run_text(run: Run, number: int, language: Language, *, width: int | None = None, first: int | None = None) -> str:
    """Heading, ranking, people without a grade, people not covered, tiers and money.

    ``first``: only so many rows of the ranking, and counts instead of lists for the rest.
    """
    text = StringIO()
    console = Console(file=text, width=width or _UNLIMITED, highlight=False, emoji=False, markup=False)
    console.print(_heading(run, number, language))
    console.print(_cut(console, ranking_sheet(run, language), first))
    ungraded = not_graded_sheet(run, language)
    if ungraded.rows and first is None:
        console.print(sheet_table(ungraded))
    elif ungraded.rows:
        console.print(msg("not graded: {count}", count=len(ungraded.rows)).in_(language))
    if first is None:
        _print_left_out(console, run, language)
    _print_summary(console, run, language)
    return _trimmed(text)


def tiers_text(run: Run, number: int, language: Language) -> str:
    """Heading, and how tiers and money came out."""
    text = StringIO()
    console = Console(file=text, width=_UNLIMITED, highlight=False, emoji=False, markup=False)
    console.print(_heading(run, number, language))
    _print_summary(console, run, language)
    return _trimmed(text)


def _cut(console: Console, sheet: Sheet, first: int | None) -> Table:
    """The sheet as a table; with ``first``, its first rows and how many follow."""
    if first is None or len(sheet.rows) <= first:
        return sheet_table(sheet)
    table = sheet_table(Sheet(sheet.title, sheet.columns, sheet.rows[:first]))
    table.caption = f"… {len(sheet.rows) - first}"
    table.caption_justify = "left"
    return table


def _print_summary(console: Console, run: Run, language: Language) -> None:
    appraisal, scheme = run.appraisal, run.scheme
    graded = int(appraisal.graded.sum())
    if scheme.tiers is not None:
        counts = Counter(tier for tier, there in zip(appraisal.tier, appraisal.graded, strict=True) if there)
        listed = msg(", ").in_(language).join(f"{level.id} {counts[level.id]}" for level in scheme.tiers.levels)
        console.print(msg("graded: {graded} ({tiers})", graded=graded, tiers=listed).in_(language))
    if scheme.bonus is not None:
        paid = sum(int(fen) for fen in appraisal.bonus)
        amount = msg("{amount} {currency}", amount=format_fen(paid), currency=scheme.currency)
        console.print(msg("bonuses in all: {amount}", amount=amount).in_(language))


def _trimmed(text: StringIO) -> str:
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
