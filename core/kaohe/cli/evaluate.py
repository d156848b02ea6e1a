"""``kaohe evaluate``: the ranking of a scheme in a period, stored as a run and shown in the form asked for."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kaohe.cli.context import App
from kaohe.cli.output import json_text
from kaohe.cli.period_notice import say_preview
from kaohe.cli.words import _
from kaohe.text import msg, visible

if TYPE_CHECKING:
    from kaohe.cli.exported import Writer
    from kaohe.run import Run

FORMATS = ("table", "json", "csv", "xlsx")


@click.command(help=_("Evaluate SCHEME (a file, or the name of one in schemes/) for a period."))
@click.argument("scheme", metavar="SCHEME")
@click.option("--period", required=True, metavar="PERIOD", help=_("2026-03, 2026-Q1, 2026-H1, 2026, or from..to."))
@click.option("--format", "form", type=click.Choice(FORMATS), help=_("The form; left out: by the file's name."))
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help=_("Write to this file."))
@click.option("--explain", "person", metavar="PERSON", help=_("Explain one person's figures (code or name)."))
@click.option("--manager", metavar="MANAGER", help=_("Only the people who report to MANAGER (code or name)."))
@click.pass_obj
def evaluate(
    app: App,
    scheme: str,
    period: str,
    form: str | None,
    output: Path | None,
    person: str | None,
    manager: str | None,
) -> None:
    form = form or form_of(output)
    if form == "xlsx" and output is None:
        raise click.UsageError(_("--format xlsx needs --output FILE"))
    if person is not None and form not in ("table", "json"):
        raise click.UsageError(_("--explain knows the formats table and json"))
    if manager is not None:
        if person is not None:
            raise click.UsageError(_("--explain and --manager do not go together"))
        _for_manager(app, scheme, period, manager, form, output)
        return
    from kaohe.cli.evaluation import evaluated, gather
    from kaohe.run.stored.repository import save_run

    inputs = gather(app, scheme, period)
    run = evaluated(app, inputs)
    app.problems(run.notes)
    # Before anything is stored: there may be nobody of that name.
    tree = None if person is None else explanation(app, run, person, form)
    number = save_run(app.store, run, inputs)
    say_preview(app, run, number)
    content = tree or rendered(app, run, number, form, wide=output is not None)
    _hand_out(app, content, output, "ranking" if tree is None else "explanation", run, run=number, form=form)
    if output is not None:
        app.say(msg("wrote {file}", file=output))


def _for_manager(app: App, scheme: str, period: str, manager: str, form: str, output: Path | None) -> None:
    """What one manager may see; the run as a whole is stored."""
    from kaohe.cli.evaluation import evaluated, gather
    from kaohe.cli.manager import for_manager, manager_of
    from kaohe.run.stored.repository import save_run

    inputs = gather(app, scheme, period)
    run = evaluated(app, inputs)
    found = manager_of(app, run, inputs, manager)  # before anything is stored: there may be nobody
    number = save_run(app.store, run, inputs)
    say_preview(app, run, number)
    content = for_manager(app, run, number, found, form, wide=output is not None)
    _hand_out(app, content, output, "ranking", run, run=number, form=form, manager=found.code)
    if output is not None:
        app.say(msg("wrote {file}", file=output))


def _hand_out(app: App, content: str | bytes | Writer, output: Path | None, what: str, of: Run, **detail: Any) -> None:
    """What is not just a table on the screen is an export, and noted."""
    from kaohe.cli.exported import hand_out

    if output is None and detail["form"] == "table":
        write(content, output)
    else:
        hand_out(app, content, output, what, f"{of.scheme.id} {of.period.name}", **detail)


def form_of(output: Path | None) -> str:
    """The form that a file's name asks for; a table where it asks for none."""
    ending = output.suffix.lower().lstrip(".") if output is not None else ""
    return ending if ending in FORMATS else "table"


def rendered(app: App, run: Run, number: int, form: str, *, wide: bool = False) -> str | bytes | Writer:
    """The run in the form asked for. ``wide``: tables are not fitted to the terminal."""
    match form:
        case "table":
            from kaohe.report.terminal import run_text

            return run_text(run, number, app.language, width=None if wide else terminal_width(app))
        case "json":
            from kaohe.report.data import write_json

            return partial(write_json, run, app.language)
        case "csv":
            from kaohe.cli.sheets import csv_text
            from kaohe.report.ranking import ranking_sheet

            return csv_text(ranking_sheet(run, app.language, not_graded=True))
        case _:
            from kaohe.report.book import run_workbook

            return run_workbook(run, number, app.language)


def explanation(app: App, run: Run, person: str, form: str) -> str:
    """The tree behind one person's figures."""
    from kaohe.report.tree import tree_data, tree_lines
    from kaohe.run.explanation import explain, find_person

    tree = explain(run, find_person(run, person))
    if form == "json":
        return json_text(tree_data(tree, app.language))
    return visible("\n".join(tree_lines(tree, app.language))) + "\n"


def write(content: str | bytes | Writer, output: Path | None) -> None:
    """To the file, whole or not at all; else to stdout."""
    if callable(content):
        from kaohe.cli.exported import write_itself

        write_itself(content, output)
        return
    if output is None:
        text = content if isinstance(content, str) else ""
        # A pipe gets what is stored; a terminal gets nothing that acts on it.
        sys.stdout.write(visible(text) if sys.stdout.isatty() else text)
        return
    from kaohe.cli.files import write_whole

    # A CSV file begins with a byte order mark, because Excel reads it as GBK otherwise.
    mark = "\ufeff" if output.suffix.lower() == ".csv" else ""
    write_whole(output, mark + content if isinstance(content, str) else content)


def terminal_width(app: App) -> int | None:
    """Cells of the terminal, or what COLUMNS says; None in a pipe, where nothing is wrapped or cut."""
    import shutil

    said = app.environment.get("COLUMNS", "")
    if said.isdecimal() and int(said):
        return int(said)
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None
