"""``kaohe assessment assignments``: who rates whom, out to be corrected by hand and back in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kaohe.cli.assessment.group import assessment
from kaohe.cli.context import App
from kaohe.cli.files import whole
from kaohe.cli.words import _
from kaohe.errors import Place, Problem, fail, refuse_if_any
from kaohe.text import msg

if TYPE_CHECKING:
    from kaohe.records.rounds.model import Round


@assessment.command(help=_("Who rates whom: out to a workbook, and the corrected one back in."))
@click.argument("name", metavar="ROUND")
@click.option(
    "--export", "out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help=_("Write it here.")
)
@click.option(
    "--import", "into", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE",
    help=_("Read it: this list takes the place of the whole one."),
)  # fmt: skip
@click.pass_obj
def assignments(app: App, name: str, out: Path | None, into: Path | None) -> None:
    if (out is None) == (into is None):
        raise click.UsageError(_("say one of --export FILE, --import FILE"))
    from kaohe.records.rounds.store import find_round

    if into is not None:
        app.require("prepare")
    asked = find_round(app.store, name)
    if out is not None:
        _export(app, asked, out)
    if into is not None:
        _import(app, asked, into)


def _export(app: App, asked: Round, path: Path) -> None:
    from kaohe.records.people import list_people
    from kaohe.records.rounds.model import rating_type
    from kaohe.records.rounds.pairs_file import pair_rows, pairs_type
    from kaohe.records.rounds.store import pairs_of
    from kaohe.records.template import write_template

    if path.exists():
        what = msg("this file is there already; nothing was changed")
        raise fail(Problem("file.exists", what, Place(str(path)), fix=msg("choose another name")))
    table = pairs_type(rating_type(app.registry.record_types))
    names = {person.code: person.name for person, _held in list_people(app.store)}
    rows = [*pair_rows(pairs_of(app.store, asked.name), table, names, app.language)]
    with whole(path) as beside:
        write_template(beside, table, app.language, rows)
    command = f"kaohe assessment assignments {asked.word} --import {path}"
    app.say(
        msg("wrote {count} pairs to {file}; correct it, then: {command}", count=len(rows), file=path, command=command)
    )


def _import(app: App, asked: Round, path: Path) -> None:
    from kaohe.records.directory import Directory
    from kaohe.records.people import list_people
    from kaohe.records.reading import read_records
    from kaohe.records.rounds.model import rating_type
    from kaohe.records.rounds.pairs_file import Service, pairs_type, read_pairs
    from kaohe.records.rounds.store import correct_pairs
    from kaohe.records.rows import ReadContext

    asked.accepts()
    organisation = list_people(app.store)
    people = Directory((person.code, person.name) for person, _held in organisation)
    table = pairs_type(rating_type(app.registry.record_types))
    readings = read_records(path, table, None, ReadContext(app.workspace.timezone, people))
    pairs, problems = read_pairs(readings, table, asked, people, Service.of(organisation))
    refuse_if_any(problems)
    app.problems(problems)
    added, removed, kept = correct_pairs(app.store, asked.name, pairs, app.now())
    app.say(msg("{round}: {added} pairs added, {removed} taken out, {kept} kept", round=asked.name, added=added,
                removed=removed, kept=kept))  # fmt: skip
