"""``kaohe run report``: a stored run as one page to read, or printed to PDF."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kaohe.cli.context import App
from kaohe.cli.run.group import run, stored_run
from kaohe.cli.words import _
from kaohe.text import Message, msg

if TYPE_CHECKING:
    from kaohe.report.html.report import Facts
    from kaohe.run.stored.repository import StoredRun


@run.command(help=_("A stored run as one page that needs no network: charts, ranking, how totals came about."))
@click.argument("named", metavar="RUN")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), required=True, help=_("Write to this file."))
@click.option("--pdf", is_flag=True, help=_("Print it to PDF with the Chromium that is installed; also: FILE.pdf."))
@click.option("--mask", is_flag=True, help=_("Names as initials, codes as pseudonyms."))
@click.pass_obj
def report(app: App, named: str, output: Path, pdf: bool, mask: bool) -> None:
    from kaohe.cli.exported import hand_out
    from kaohe.report.html import report_html
    from kaohe.report.masking import masked

    stored = stored_run(app, named)
    shown = masked(stored.run) if mask else stored.run
    content: str | bytes = report_html(shown, stored.number, app.language, _around(app, stored, mask=mask))
    form = "pdf" if pdf or output.suffix.lower() == ".pdf" else "html"
    if form == "pdf":
        from kaohe.cli.printing import printed

        content = printed(app, str(content))
    subject = f"{stored.run.scheme.id} {stored.run.period.name}"
    hand_out(app, content, output, "report", subject, masked=mask, run=stored.number, form=form)
    app.say(msg("wrote {file}", file=output))


def _around(app: App, stored: StoredRun, *, mask: bool) -> Facts:
    """What the workspace knows of the run besides: who made it, in whose place it stands, how far its period is."""
    from kaohe.run.life import STATES, state_of

    facts: list[tuple[Message, Message | str]] = [(msg("Inputs"), stored.inputs.digest)]
    if stored.actor and not mask:
        facts.append((msg("Made by"), stored.actor))
    if stored.replaces is not None:
        facts.append((msg("In the place of"), msg("run {number}", number=stored.replaces)))
    life = state_of(app.store, *stored.run.belongs_to)
    if life.state is not None:
        last = life.steps[-1]
        facts.append((msg("State of the period"), STATES[life.state]))
        if not mask:
            moment = last.at.astimezone(app.workspace.timezone)
            facts.append((msg("Last step"), f"{last.actor}, {moment:%Y-%m-%d %H:%M}"))
    return facts
