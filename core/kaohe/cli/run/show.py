"""``kaohe run show``: a stored run as ``evaluate`` shows it, with who made it, when, and what it rests on."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kaohe.cli.context import App
from kaohe.cli.evaluate import FORMATS, form_of, rendered, write
from kaohe.cli.run.group import run, stored_run
from kaohe.cli.words import _
from kaohe.text import Message, msg, visible

if TYPE_CHECKING:
    from kaohe.cli.exported import Writer
    from kaohe.run.stored.repository import StoredRun


@run.command(help=_("A stored run: who made it and when, what it rests on, and its ranking."))
@click.argument("named", metavar="RUN")
@click.option("--format", "form", type=click.Choice(FORMATS), help=_("The form; left out: by the file's name."))
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help=_("Write to this file."))
@click.option("--manager", metavar="MANAGER", help=_("Only the people who report to MANAGER (code or name)."))
@click.pass_obj
def show(app: App, named: str, form: str | None, output: Path | None, manager: str | None) -> None:
    from kaohe.cli.manager import for_manager, manager_of

    form = form or form_of(output)
    if form == "xlsx" and output is None:
        raise click.UsageError(_("--format xlsx needs --output FILE"))
    stored = stored_run(app, named)
    content: str | bytes | Writer
    if manager is not None:
        found = manager_of(app, stored.run, stored.inputs, manager)
        content = for_manager(app, stored.run, stored.number, found, form, wide=output is not None)
    elif form == "json":
        from kaohe.report.data import write_json

        content = partial(write_json, stored.run, app.language, before={"run": head(stored)})
    else:
        content = rendered(app, stored.run, stored.number, form, wide=output is not None)
    if form == "table" and isinstance(content, str):
        lines = [line.in_(app.language) for line in head_lines(app, stored)]
        content = visible("\n".join(lines)) + "\n\n" + content
    write(content, output)
    if output is not None:
        app.say(msg("wrote {file}", file=output))


def head(stored: StoredRun) -> dict[str, Any]:
    """Who made the run and when, and what it rests on, as JSON."""
    return {
        "number": stored.number,
        "actor": stored.actor,
        "replaces": stored.replaces,
        "inputs": stored.inputs.digest,
        "balances_of": None if stored.inputs.balances is None else stored.inputs.balances.run,
        "manual_changes": len(stored.inputs.manual),
    }


def head_lines(app: App, stored: StoredRun) -> list[Message]:
    """Likewise in words."""
    made, inputs = stored.run, stored.inputs
    moment = made.created_at.astimezone(app.workspace.timezone)
    plugins = ", ".join(f"{each.name} {each.version} ({each.digest[:12]})" for each in made.plugins)
    lines = [
        msg("run {number}: made {moment} by {actor}", number=stored.number, moment=f"{moment:%Y-%m-%d %H:%M:%S %z}",
            actor=stored.actor or "–"),
        msg("digest {digest}", digest=made.digest),
        msg("inputs {digest}", digest=inputs.digest),
        msg("snapshot {digest}", digest=made.snapshot),
        msg("scheme {id} {version}, digest {digest}", id=made.scheme.id, version=made.scheme.version,
            digest=made.scheme.digest),
        msg("kaohe {version}, engine {engine}, plugins: {plugins}", version=made.core_version, engine=made.engine,
            plugins=plugins or "–"),
    ]  # fmt: skip
    if stored.replaces is not None:
        lines.append(msg("stands in the place of run {number}", number=stored.replaces))
    if inputs.manual:
        lines.append(msg("manual changes: {count}", count=len(inputs.manual)))
    return lines
