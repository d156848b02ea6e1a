"""A run on a terminal: aligned tables with Chinese text, and a few lines around them."""

from __future__ import annotations

from collections import Counter
from io import StringIO

from rich.console import Console

from kaohe.exact import format_fen
from kaohe.report.ranking import left_out_sheet, not_graded_sheet, ranking_sheet
from kaohe.report.sheet import Sheet
from kaohe.report.table import UNLIMITED, sheet_table
from kaohe.run.model import Run
from kaohe.text import Language, msg, visible

_LISTED = 20


def run_text(
    run: Run, number: int | None, language: Language, *, width: int | None = None, first: int | None = None
) -> str:
    """Heading, ranking, people without a grade, people not covered, tiers and money.

    ``first``: only so many rows of the ranking, and counts instead of lists for the rest.
    """
    text = StringIO()
    console = wide_console(text, width)
    console.print(heading(run, number, language))
    console.print(sheet_table(ranking_sheet(run, language), width or UNLIMITED, first=first), crop=False)
    ungraded = not_graded_sheet(run, language)
    if ungraded.rows and first is None:
        console.print(sheet_table(ungraded), crop=False)
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
    return Console(file=text, width=width or UNLIMITED, highlight=False, emoji=False, markup=False)


def trimmed(text: StringIO) -> str:
    """What was printed, as it is shown."""
    return "\n".join(line.rstrip() for line in visible(text.getvalue()).splitlines()) + "\n"


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
