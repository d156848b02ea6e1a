"""``kaohe run export``: a stored run as a file: whole as evidence, or its ranking; every export is noted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kaohe.cli.context import App
from kaohe.cli.run.group import run, stored_run
from kaohe.cli.words import _
from kaohe.text import msg

if TYPE_CHECKING:
    from kaohe.run import Run
    from kaohe.run.repository import StoredRun

_FORMS = ("json", "csv", "xlsx")


@run.command(
    help=_(
        "A stored run as a file. json: everything, with its inputs, to be verified anywhere (kaohe run verify --file); "
        "csv and xlsx: the ranking."
    )
)
@click.argument("named", metavar="RUN")
@click.option("--format", "form", type=click.Choice(_FORMS), help=_("The form; left out: by the file's name."))
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), required=True, help=_("Write to this file."))
@click.option("--records", is_flag=True, help=_("With json: the snapshot's files too, to compute the run elsewhere."))
@click.option("--mask", is_flag=True, help=_("With csv and xlsx: names as a letter and two asterisks."))
@click.pass_obj
def export(app: App, named: str, form: str | None, output: Path, records: bool, mask: bool) -> None:
    from kaohe.cli.evaluate import rendered
    from kaohe.cli.exported import hand_out

    form = form or output.suffix.lower().lstrip(".")
    if form not in _FORMS:
        raise click.UsageError(_("name the form: --format json, csv or xlsx"))
    if (records and form != "json") or (mask and form == "json"):
        raise click.UsageError(_("--records goes with json, --mask with csv and xlsx"))
    stored = stored_run(app, named)
    subject = f"{stored.run.scheme.id} {stored.run.period.name}"
    shown = _masked(stored.run) if mask else stored.run
    content = (
        _whole(app, stored, records=records) if form == "json" else rendered(app, shown, stored.number, form, wide=True)
    )
    hand_out(app, content, output, "run", subject, masked=mask, run=stored.number, form=form)
    app.say(msg("wrote {file}", file=output))


def _whole(app: App, stored: StoredRun, *, records: bool) -> str:
    """Everything that is stored of the run and, with ``records``, the files that it was computed from."""
    from kaohe.cli.output import json_text
    from kaohe.run.inputs import snapshot_of
    from kaohe.run.repository import unknown_run
    from kaohe.run.stored.bringing import snapshot_data
    from kaohe.run.stored.rows import file_data, rows_in

    with app.store.reading() as connection:
        rows = rows_in(connection, stored.number)
    if rows is None:
        raise unknown_run(str(stored.number))
    data = file_data(rows)
    if records:
        snapshot = snapshot_of(stored.inputs, app.workspace.snapshots)
        data["snapshot"] = snapshot_data(snapshot, stored.inputs.manifest)
    return json_text(data)


def _masked(shown: Run) -> Run:
    """The run with nobody's name in it."""
    from kaohe.report.masking import mask_name

    left_out = tuple(replace(each, name=mask_name(each.name)) for each in shown.left_out)
    return replace(shown, names=tuple(map(mask_name, shown.names)), left_out=left_out)
