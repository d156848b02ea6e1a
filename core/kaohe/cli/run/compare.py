"""``kaohe run compare``: what went into two runs that is not the same, who is moved by it, and why."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from kaohe.cli.context import App
from kaohe.cli.evaluate import terminal_width
from kaohe.cli.run.group import run, stored_run
from kaohe.cli.sheets import csv_text
from kaohe.cli.words import _
from kaohe.errors import KaoheError
from kaohe.text import msg, visible

if TYPE_CHECKING:
    from kaohe.records import Snapshot
    from kaohe.run.inputs import Inputs
    from kaohe.run.stored.repository import StoredRun


@run.command(help=_("Two runs side by side: what went in otherwise, who is moved by it and by how much, and why."))
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "csv"]),
    default="text",
    show_default=True,
    help=_("The form; csv: the people alone."),
)
@click.pass_obj
def compare(app: App, before: str, after: str, form: str) -> None:
    from kaohe.report.comparison import comparison_data, input_lines, people_sheet, reason_lines
    from kaohe.report.table import sheet_table
    from kaohe.report.terminal import trimmed, wide_console
    from kaohe.run.restating.effects import effects
    from kaohe.run.stored.comparing import input_changes

    one, other = stored_run(app, before), stored_run(app, after)
    moved = effects(one.run, other.run, (one.inputs.manual, other.inputs.manual))
    if form == "csv":
        sys.stdout.write(csv_text(people_sheet(moved, other.run, app.language)))
        return
    snapshots, readable = _snapshots(app, one, other)
    changes = input_changes(one.inputs, other.inputs, snapshots, readable=readable)
    if form == "json":
        numbers = (one.number, other.number)
        app.json(comparison_data(numbers, (one.run, other.run), changes, moved, app.language))
        return
    for named, stored in (("A", one), ("B", other)):
        click.echo(visible(_heading(app, named, stored)))
    if one.run.digest == other.run.digest:
        click.echo(msg("the runs are identical").in_(app.language))
    for line in input_lines(changes, app.language):
        click.echo(visible(line))
    if not moved:
        click.echo(msg("nobody is moved").in_(app.language))
        return
    from io import StringIO

    sheet = people_sheet(moved, other.run, app.language, why=False)
    text, width = StringIO(), terminal_width(app)
    console = wide_console(text, width)
    console.print(sheet_table(sheet, width) if width else sheet_table(sheet))
    sys.stdout.write(trimmed(text) + "\n")
    for line in reason_lines(moved, app.language):
        click.echo(visible(line))


def _heading(app: App, named: str, stored: StoredRun) -> str:
    from kaohe.report.terminal import heading

    return f"{named}: {heading(stored.run, stored.number, app.language)}"


def _snapshots(app: App, one: StoredRun, other: StoredRun) -> tuple[tuple[Snapshot, Snapshot], bool]:
    """Both snapshots, and whether their files can be read; what the manifests say can be compared without them."""
    from kaohe.run.inputs import snapshot_of

    folder = app.workspace.snapshots
    try:
        return (snapshot_of(one.inputs, folder), snapshot_of(other.inputs, folder)), True
    except KaoheError:
        return (_described(app, one.inputs), _described(app, other.inputs)), False


def _described(app: App, inputs: Inputs) -> Snapshot:
    from kaohe.records.manifest import snapshot_from

    return snapshot_from(inputs.manifest, app.workspace.snapshots)
