"""``kaohe records``: types, show, template, import, batches, undo, export."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kaohe.cli.context import App
from kaohe.cli.field_words import KINDS, values_of
from kaohe.cli.files import whole
from kaohe.cli.imports import Given, counted, find_mapping, handed_in, import_options, keep_mapping, report_import
from kaohe.cli.words import _
from kaohe.errors import Place, Problem, fail
from kaohe.text import msg, visible

if TYPE_CHECKING:
    from kaohe.plugin import RecordType
    from kaohe.records.batches import Batch

TABLE_OR_JSON = click.Choice(["table", "json"])


@click.group(help=_("Records: types, templates, import, batches, undo, export."))
def records() -> None:
    pass


@records.command(help=_("List the record types that the plugins bring."))
@click.option("--format", "form", type=TABLE_OR_JSON, default="table", show_default=True, help=_("The form."))
@click.pass_obj
def types(app: App, form: str) -> None:
    registry = app.registry
    listed = [
        {
            "name": name,
            "label": record_type.label.in_(app.language),
            "plugin": registry.owner_of(name),
            "key": list(record_type.key),
            "when": record_type.when,
            "fields": len(record_type.fields),
        }
        for name, record_type in registry.record_types.items()
    ]
    if form == "json":
        app.json(listed)
        return
    app.table(
        [_("Type"), _("Name"), _("Plugin"), _("Key"), _("Dated by"), _("Fields")],
        [[one["name"], one["label"], one["plugin"], _listed(one["key"]), one["when"], one["fields"]] for one in listed],
        right=[5],
    )


@records.command(help=_("Show the fields of a record type, or its JSON Schema (--format json)."))
@click.argument("name", metavar="TYPE")
@click.option("--format", "form", type=TABLE_OR_JSON, default="table", show_default=True, help=_("The form."))
@click.pass_obj
def show(app: App, name: str, form: str) -> None:
    from kaohe.records.json_schema import json_schema, must_have

    record_type = find_type(app, name)
    if form == "json":
        app.json(json_schema(record_type, app.language))
        return
    sys.stdout.write(f"{record_type.name}: {visible(record_type.label.in_(app.language))}\n")
    if record_type.description is not None:
        sys.stdout.write(f"{visible(record_type.description.in_(app.language))}\n")
    app.table(
        [_("Field"), _("Name"), _("Kind"), _("Required"), _("Values"), _("Help")],
        [
            [
                field.name,
                field.label.in_(app.language),
                KINDS[field.kind].in_(app.language),
                _("yes") if must_have(record_type, field) else "",
                values_of(field, app.language),
                field.help.in_(app.language) if field.help else "",
            ]
            for field in record_type.fields
        ],
    )
    sys.stdout.write(_("Key: {key}. Dated by: {when}.").format(key=_listed(record_type.key), when=record_type.when))
    sys.stdout.write("\n")


@records.command(help=_("Write an Excel template for a record type (or for people)."))
@click.argument("name", metavar="TYPE")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help=_("The file; left out: TYPE.xlsx."))
@click.pass_obj
def template(app: App, name: str, output: Path | None) -> None:
    from kaohe.records.people_file import PEOPLE
    from kaohe.records.template import write_template

    record_type = PEOPLE if name == PEOPLE.name else find_type(app, name)
    path = output or Path(f"{name}.xlsx")
    if path.exists():
        what = msg("this file is there already; nothing was changed")
        raise fail(Problem("file.exists", what, Place(str(path)), fix=msg("choose another name with --output")))
    with whole(path) as beside:
        write_template(beside, record_type, app.language)
    importing = "kaohe people import" if record_type is PEOPLE else f"kaohe records import {name}"
    app.say(msg("wrote {file}; fill it in, then: {command} {file}", file=path, command=importing))


@records.command("import", help=_("Import records from a CSV, XLSX, JSON or Parquet file, or from a database query."))
@click.argument("name", metavar="TYPE")
@import_options
@click.pass_obj
def import_(
    app: App,
    name: str,
    given: Given,
    mapping: str | None,
    strict: bool,
    update: bool,
    sheet: str | None,
    dry_run: bool,
) -> int:
    from kaohe.records.importing import import_rows
    from kaohe.records.lookups import Lookups
    from kaohe.records.people import read_directory, read_teams
    from kaohe.records.reading import read_records
    from kaohe.records.rows import ReadContext

    app.require("prepare")
    record_type = find_type(app, name)
    rules = find_mapping(app, mapping, record_type)
    context = ReadContext(app.workspace.timezone, read_directory(app.store), read_teams(app.store))
    stored = Lookups(app.store, app.registry.record_types)
    with handed_in(app, given, rules) as (path, origin):
        imported = import_rows(
            app.store,
            record_type,
            lambda: counted(read_records(path, record_type, rules, context, sheet=sheet, stored=stored)),
            origin,
            handed_in=app.now(),
            update=update,
            strict=strict,
            dry_run=dry_run,
            repeats=rules.repeats if rules else "reject",
            zone=app.workspace.timezone,
        )
    if imported.batch is not None:
        keep_mapping(app, mapping)
    return report_import(app, imported, origin, dry_run=dry_run)


@records.command(help=_("List the imports, the newest first."))
@click.option("--type", "name", metavar="TYPE", help=_("Only those of this record type, or people."))
@click.option("--format", "form", type=TABLE_OR_JSON, default="table", show_default=True, help=_("The form."))
@click.pass_obj
def batches(app: App, name: str | None, form: str) -> None:
    from kaohe.records.batches import list_batches

    listed = list_batches(app.store, record_type=name)
    if form == "json":
        app.json([_batch_data(batch) for batch in listed])
        return
    heads = (_("Batch"), _("Type"), _("File"), _("Handed in"), _("Read"), _("Added"), _("Replaced"), _("Unchanged"))
    app.table(
        [*heads, _("Quarantined"), _("Undone")],
        [
            [
                batch.id,
                batch.record_type,
                batch.source.name,
                _clock(app, batch.handed_in),
                *(f"{count:,}" for count in vars(batch.counts).values()),
                _clock(app, batch.undone_at),
            ]
            for batch in listed
        ],
        right=[0, 4, 5, 6, 7, 8],
    )


@records.command(help=_("Take a batch back: its rows go, what it replaced returns."))
@click.argument("batch", type=click.IntRange(min=1), metavar="BATCH")
@click.pass_obj
def undo(app: App, batch: int) -> None:
    from kaohe.records.batches import undo_batch
    from kaohe.run.appeals.store import upheld_by

    app.require("prepare")
    appeals = upheld_by(app.store, batch)
    undone = undo_batch(app.store, batch, app.now())
    if appeals:
        what = msg("appeals were upheld by this import, and nothing corrects those results any more")
        fix = msg("import the corrected records again, or settle it by hand: kaohe change propose … --appeal NUMBER")
        found = ", ".join(map(str, appeals))
        app.problems([Problem("records.appeal", what, Place(key=str(batch)), found, fix=fix, severity="warning")])
    app.say(
        msg(
            "batch {batch} is undone: {added} rows taken out, {replaced} put back as they were",
            batch=batch,
            added=f"{undone.counts.added:,}",
            replaced=f"{undone.counts.replaced:,}",
        )
    )


@records.command(help=_("Write the stored records of a type, to the screen or to a file."))
@click.argument("name", metavar="TYPE")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help=_("Write to this file."))
@click.option(
    "--format", "form", type=click.Choice(["csv", "xlsx", "json"]), help=_("The form; left out: by the file's name.")
)
@click.pass_obj
def export(app: App, name: str, output: Path | None, form: str | None) -> None:
    from kaohe.cli.exported import note_export, streaming
    from kaohe.records.export import read_rows, write_csv, write_json, write_workbook

    form = form or _form_of(output)
    record_type = find_type(app, name)
    rows = read_rows(app.store, record_type, app.workspace.timezone)
    if form == "xlsx":
        if output is None:
            raise click.UsageError(_("--format xlsx needs --output FILE"))
        with whole(output) as beside:
            count = write_workbook(beside, record_type, rows)
            note_export(app, "records", name, beside, file=output.name, form=form, count=count)
    elif output is None:
        with streaming(app, sys.stdout, "records", name, form=form) as stream:
            (write_csv if form == "csv" else write_json)(stream, record_type, rows)
        return
    else:
        write, encoding = (write_csv, "utf-8-sig") if form == "csv" else (write_json, "utf-8")
        with whole(output) as beside:
            with beside.open("w", encoding=encoding, newline="") as file:
                count = write(file, record_type, rows)
            note_export(app, "records", name, beside, file=output.name, form=form, count=count)
    app.say(msg("wrote {count} records to {file}", count=f"{count:,}", file=output))


def find_type(app: App, name: str) -> RecordType:
    """The record type of that name; KaoheError with the nearest one where there is none."""
    known = app.registry.record_types
    if name not in known:
        from difflib import get_close_matches

        near = get_close_matches(name, known, n=1)
        raise fail(
            Problem(
                "records.unknown-type",
                msg("there is no record type {name}", name=name),
                expected=", ".join(known) or None,
                fix=msg("did you mean {name}?", name=near[0]) if near else msg("kaohe records types lists them"),
            )
        )
    return known[name]


def _batch_data(batch: Batch) -> dict[str, Any]:
    return {
        "batch": batch.id,
        "type": batch.record_type,
        "file": batch.source.name,
        "sha256": batch.source.sha256,
        "mapping": batch.source.mapping_digest,
        "handed_in": batch.handed_in.isoformat(),
        **vars(batch.counts),
        "undone_at": batch.undone_at.isoformat() if batch.undone_at else None,
    }


def _form_of(output: Path | None) -> str:
    ending = output.suffix.lower().lstrip(".") if output is not None else "csv"
    return ending if ending in ("xlsx", "json") else "csv"


def _clock(app: App, moment: Any) -> str:
    return moment.astimezone(app.workspace.timezone).strftime("%Y-%m-%d %H:%M:%S") if moment else ""


def _listed(names: Any) -> str:
    return ", ".join(names)
