"""What a changed scheme would change, handed out: on the screen, or as data, with names or without."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from kaohe.cli.context import App
from kaohe.text import msg, visible

if TYPE_CHECKING:
    from kaohe.report.masking import Mask
    from kaohe.run import Run
    from kaohe.run.restating.effects import Effect
    from kaohe.run.stored.repository import StoredRun
    from kaohe.run.what_if.differences import Differences


def masked(before: Run, after: Run, moved: Sequence[Effect], lines: Sequence[str]) -> tuple[list[Effect], list[str]]:
    """The people, and the lines of the scheme, without names."""
    mask = _mask_over(before, after)
    people = [
        replace(mask.anything(each), code=mask.codes.get(each.code, each.code), name=mask.text(each.name))
        for each in moved
    ]
    return people, [mask.text(line) for line in lines]


def _mask_over(before: Run, after: Run) -> Mask:
    """Over everybody of both runs."""
    from kaohe.report.masking import Mask

    if after.scheme.subject == "team":
        return Mask.of(after)
    named = {each.code: each.name for run in (before, after) for each in run.left_out}
    for run in (before, after):
        named |= dict(zip(run.appraisal.people.code, run.names, strict=True))
    codes = sorted(named)
    return Mask.over(codes, [named[code] for code in codes])


def hand_out(
    app: App,
    stored: StoredRun,
    after: Run,
    found: Differences,
    moved: Sequence[Effect],
    lines: Sequence[str],
    form: str,
    *,
    masked: bool,
) -> None:
    """On the screen, or as data, which is an export and noted."""
    from kaohe.cli import exported
    from kaohe.cli.output import json_text
    from kaohe.cli.sheets import csv_text
    from kaohe.report.comparison import people_data, people_sheet
    from kaohe.report.what_if import difference_data

    if form == "text":
        _print(app, stored, after, found, moved, lines)
        return
    content: str
    if form == "csv":
        content = csv_text(people_sheet(moved, after, app.language))
    else:
        data: dict[str, Any] = {
            "against": {"run": stored.number, "digest": stored.run.digest, "period": stored.run.period.name},
            "scheme": {"id": after.scheme.id, "version": after.scheme.version, "lines": list(lines)},
            "differences": difference_data(found),
            "people": people_data(moved, app.language),
        }
        content = json_text(data)
    subject = f"{after.scheme.id} {after.period.name}"
    exported.hand_out(app, content, None, "what-if", subject, masked=masked, run=stored.number, form=form)


def _print(
    app: App, stored: StoredRun, after: Run, found: Differences, moved: Sequence[Effect], lines: Sequence[str]
) -> None:
    from io import StringIO

    from kaohe.cli.evaluate import terminal_width
    from kaohe.report.comparison import people_sheet, reason_lines
    from kaohe.report.table import sheet_table
    from kaohe.report.terminal import heading, trimmed, wide_console
    from kaohe.report.what_if import difference_lines

    click.echo(visible(heading(stored.run, stored.number, app.language)))
    said = msg("the scheme is the same") if not lines else msg("what if the scheme were this one:")
    click.echo(said.in_(app.language))
    for line in lines:
        click.echo(visible(f"    {line}"))
    for sentence in difference_lines(found, after):
        click.echo(visible(sentence.in_(app.language)))
    if not moved:
        return
    sheet = people_sheet(moved, after, app.language, why=False)
    text, width = StringIO(), terminal_width(app)
    wide_console(text, width).print(sheet_table(sheet, width) if width else sheet_table(sheet))
    sys.stdout.write(trimmed(text) + "\n")
    for line in reason_lines(moved, app.language):
        click.echo(visible(line))
    if len(moved) < len(found.moved):
        click.echo(
            msg("… and {count} more; everybody: --people", count=len(found.moved) - len(moved)).in_(app.language)
        )
