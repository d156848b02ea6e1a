"""``kaohe run export``: a stored run as a file: whole as evidence, as a workbook or a sheet; every export is noted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kaohe.cli.context import App
from kaohe.cli.run.group import run, stored_run
from kaohe.cli.words import _
from kaohe.text import msg

if TYPE_CHECKING:
    from kaohe.report.masking import Mask
    from kaohe.run.paying.model import Line
    from kaohe.run.stored.repository import StoredRun

_FORMS = ("json", "csv", "xlsx")
SHEETS = ("ranking", "details", "payroll")


@run.command(
    help=_(
        "A stored run as a file. json: everything, with its inputs, to be verified anywhere (kaohe run verify --file); "
        "xlsx: ranking, details, bonus list, explanation; csv: one of these."
    ),
    short_help=_("A stored run as a file: JSON, a workbook, or CSV."),
)
@click.argument("named", metavar="RUN")
@click.option("--format", "form", type=click.Choice(_FORMS), help=_("The form; left out: by the file's name."))
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), required=True, help=_("Write to this file."))
@click.option("--records", is_flag=True, help=_("With json: the snapshot's files too, to compute the run elsewhere."))
@click.option("--sheet", type=click.Choice(SHEETS), help=_("With csv: which sheet; left out: ranking."))
@click.option("--mask", is_flag=True, help=_("With csv and xlsx: names as initials, codes as pseudonyms."))
@click.pass_obj
def export(app: App, named: str, form: str | None, output: Path, records: bool, sheet: str | None, mask: bool) -> None:
    from kaohe.cli.exported import hand_out
    from kaohe.report.masking import Mask

    form = form or output.suffix.lower().lstrip(".")
    if form not in _FORMS:
        raise click.UsageError(_("name the form: --format json, csv or xlsx"))
    if (records and form != "json") or (mask and form == "json"):
        raise click.UsageError(_("--records goes with json, --mask with csv and xlsx"))
    if sheet is not None and form != "csv":
        raise click.UsageError(_("--sheet goes with csv; a workbook has all sheets"))
    stored = stored_run(app, named)
    subject = f"{stored.run.scheme.id} {stored.run.period.name}"
    mine = Mask.of(stored.run) if mask else None
    content = _whole(app, stored, records=records) if form == "json" else _told(app, stored, mine, sheet or form)
    named_sheet = {} if form != "csv" else {"sheet": sheet or SHEETS[0]}
    hand_out(app, content, output, "run", subject, masked=mask, run=stored.number, form=form, **named_sheet)
    app.say(msg("wrote {file}", file=output))


def _whole(app: App, stored: StoredRun, *, records: bool) -> str:
    """Everything that is stored of the run and, with ``records``, the files that it was computed from."""
    from kaohe.cli.output import json_text
    from kaohe.run.inputs import snapshot_of
    from kaohe.run.stored.bringing import snapshot_data
    from kaohe.run.stored.repository import unknown_run
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


def _told(app: App, stored: StoredRun, mask: Mask | None, what: str) -> str | bytes:
    """The workbook (``xlsx``), or one sheet as CSV. What the period paid is in the list for payroll where this run is
    the one that it was paid by."""
    from kaohe.cli.sheets import csv_text
    from kaohe.report.bonus_list import bonus_sheet
    from kaohe.report.book import ALONE, run_workbook

    shown, lines = stored.run, _paid(app, stored)
    if mask is not None:
        shown, lines = mask.run(shown), mask.lines(lines)
    match what:
        case "xlsx":
            return run_workbook(shown, stored.number, app.language, lines)
        case "payroll":
            return csv_text(bonus_sheet(shown, app.language, lines))
        case _:
            return csv_text(ALONE["ranking" if what == "csv" else what](shown, app.language))


def _paid(app: App, stored: StoredRun) -> tuple[Line, ...]:
    from kaohe.run.life import state_of
    from kaohe.run.paying.store import payments_of

    life = state_of(app.store, *stored.run.belongs_to)
    return tuple(payments_of(app.store, *stored.run.belongs_to)) if life.run == stored.number else ()
