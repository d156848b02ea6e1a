"""A run on a terminal: aligned tables with Chinese text, and a few lines around them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from io import StringIO

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from kaohe.exact import format_fen
from kaohe.report.ranking import left_out_sheet, not_graded_sheet, ranking_sheet
from kaohe.report.sheet import Column, Sheet, as_text
from kaohe.run.model import Run
from kaohe.text import Language, msg, visible

# Without a terminal nothing is wrapped: a table is as wide as its content.
_UNLIMITED = 100_000
_LISTED = 20
_GAP, _HEADER_WORD, _WRAPPED = 3, 12, 12


def run_text(
    run: Run, number: int | None, language: Language, *, width: int | None = None, first: int | None = None
) -> str:
    """Heading, ranking, people without a grade, people not covered, tiers and money.

    ``first``: only so many rows of the ranking, and counts instead of lists for the rest.
    """
    text = StringIO()
    console = wide_console(text, width)
    console.print(heading(run, number, language))
    console.print(_cut(ranking_sheet(run, language), first, width or _UNLIMITED))
    ungraded = not_graded_sheet(run, language)
    if ungraded.rows and first is None:
        console.print(sheet_table(ungraded))
    elif ungraded.rows:
        console.print(msg("not graded: {count}", count=len(ungraded.rows)).in_(language))
    if first is None:
        _print_left_out(console, run, language)
    _print_summary(console, run, language)
    return trimmed(text)


def tiers_text(run: Run, number: int, language: Language) -> str:
    """Heading, and how tiers and money came out."""
    text = StringIO()
    console = wide_console(text)
    console.print(heading(run, number, language))
    _print_summary(console, run, language)
    return trimmed(text)


def _cut(sheet: Sheet, first: int | None, width: int) -> Table:
    """The sheet as a table; with ``first``, its first rows and how many follow."""
    if first is None or len(sheet.rows) <= first:
        return sheet_table(sheet, width)
    table = sheet_table(Sheet(sheet.title, sheet.columns, sheet.rows[:first]), width)
    rest = f"… {len(sheet.rows) - first}"
    table.caption = rest if table.caption is None else f"{rest}\n{table.caption}"
    return table


def _print_summary(console: Console, run: Run, language: Language) -> None:
    appraisal, scheme = run.appraisal, run.scheme
    graded = int(appraisal.graded.sum())
    if scheme.tiers is not None:
        counts = Counter(tier for tier, there in zip(appraisal.tier, appraisal.graded, strict=True) if there)
        listed = msg(", ").in_(language).join(f"{level.id} {counts[level.id]}" for level in scheme.tiers.levels)
        said = msg("graded: {graded} ({tiers})", graded=graded, tiers=listed)
        if scheme.subject == "team":
            said = msg("teams graded: {graded} ({tiers})", graded=graded, tiers=listed)
        console.print(said.in_(language))
    if scheme.bonus is not None:
        paid = sum(int(fen) for fen in appraisal.bonus)
        amount = msg("{amount} {currency}", amount=format_fen(paid), currency=scheme.currency)
        console.print(msg("bonuses in all: {amount}", amount=amount).in_(language))
    if run.assessments:
        from kaohe.run.explanation.assessment import agreement_words  # noqa: PLC0415 - few schemes have assessments

        for sentence in agreement_words(run):
            console.print(sentence.in_(language))


def wide_console(text: StringIO, width: int | None = None) -> Console:
    """What tables are printed on; without a width, as wide as they are."""
    return Console(file=text, width=width or _UNLIMITED, highlight=False, emoji=False, markup=False)


def trimmed(text: StringIO) -> str:
    """What was printed, as it is shown."""
    return "\n".join(line.rstrip() for line in visible(text.getvalue()).splitlines()) + "\n"


def sheet_table(sheet: Sheet, width: int = _UNLIMITED) -> Table:
    """The sheet as a table whose numbers stand right.

    Only headers, and the columns made for it, run over several lines. Where the width does not even suffice for that,
    spare columns are left out and named below the table.
    """
    texts = [[as_text(column, row[index]) for row in sheet.rows] for index, column in enumerate(sheet.columns)]
    least = [_least_width(column, cells) for column, cells in zip(sheet.columns, texts, strict=True)]
    shown = _fitting(sheet, least, width)
    widths = _widened(sheet, texts, least, shown, width)
    table = Table(title=sheet.title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, caption_justify="left")
    for index in shown:
        column = sheet.columns[index]
        table.add_column(
            column.header,
            justify="right" if index in sheet.numbers else "left",
            width=widths[index],
            overflow="fold",
        )
    for row in zip(*(texts[index] for index in shown), strict=True):
        table.add_row(*row)
    if len(shown) < len(sheet.columns):
        table.caption = "− " + ", ".join(
            column.header for index, column in enumerate(sheet.columns) if index not in shown
        )
    return table


def _least_width(column: Column, cells: Sequence[str]) -> int:
    """Cells of the terminal that a column needs: its widest cell, and a header broken between words or, without
    spaces as in Chinese, in two."""
    words = max((cell_len(word) for word in column.header.split()), default=0)
    header = min(words, _HEADER_WORD) if column.header.isascii() else (words + 2) // 4 * 2
    return max(header, _WRAPPED) if column.wraps else max(header, *(cell_len(cell) for cell in cells), 0)


def _fitting(sheet: Sheet, widths: Sequence[int], width: int) -> list[int]:
    """The columns that fit side by side, the spare ones leaving first."""
    shown = list(range(len(widths)))
    while sum(widths[index] + _GAP for index in shown) > width:
        spare = max(shown, key=lambda index: sheet.columns[index].spare)
        if not sheet.columns[spare].spare:
            break
        level = sheet.columns[spare].spare
        shown = [index for index in shown if sheet.columns[index].spare != level]
    return shown


def _widened(
    sheet: Sheet, texts: Sequence[Sequence[str]], least: Sequence[int], shown: Sequence[int], width: int
) -> list[int]:
    """What the width leaves over, given to the columns that run over several lines and then to long headers."""
    widths = list(least)
    left = width - sum(least[index] + _GAP for index in shown)
    for index in sorted(shown, key=lambda index: not sheet.columns[index].wraps):
        wanted = max(map(cell_len, (sheet.columns[index].header, *texts[index])))
        widths[index] = max(least[index], min(wanted, least[index] + max(left, 0)))
        left -= widths[index] - least[index]
    return widths


def heading(run: Run, number: int | None, language: Language) -> str:
    """Which run it is; without a number it is not stored."""
    scheme = run.scheme
    words = {"scheme": scheme.name, "id": scheme.id, "version": scheme.version, "period": run.period.name}
    digest = run.digest[:16]
    if number is None:
        return msg("{scheme} ({id} {version}) · {period} · digest {digest}", **words, digest=digest).in_(language)
    words["number"] = str(number)
    return msg("{scheme} ({id} {version}) · {period} · run {number} · digest {digest}", **words, digest=digest).in_(
        language
    )


def _print_left_out(console: Console, run: Run, language: Language) -> None:
    """Those who fall outside by the scheme's own words are counted; those who cannot be told are named."""
    covered_not = sum(each.kind == "population" for each in run.left_out)
    others = left_out_sheet(run, language, kinds=("assignment", "unknown"))
    if others.rows:
        shown = Sheet(others.title, others.columns, others.rows[:_LISTED])
        console.print(sheet_table(shown))
        if len(others.rows) > _LISTED:
            console.print(msg("… and {count} more", count=len(others.rows) - _LISTED).in_(language))
    if covered_not and run.scheme.subject == "team":
        console.print(msg("teams that the scheme does not cover: {count}", count=covered_not).in_(language))
    elif covered_not:
        console.print(msg("people whom the scheme does not cover: {count}", count=covered_not).in_(language))
