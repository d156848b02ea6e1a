"""``kaohe assessment forms`` and ``collect``: one workbook for each rater out, and back in as records."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kaohe.cli.assessment.group import assessment
from kaohe.cli.context import App
from kaohe.cli.files import whole
from kaohe.cli.round_progress import status, today
from kaohe.cli.words import _
from kaohe.errors import Exit, KaoheError, Place, Problem, fail, refuse_if_any
from kaohe.system import said_by_system
from kaohe.text import msg

if TYPE_CHECKING:
    from kaohe.plugin import RecordType
    from kaohe.records.rounds.answers import Form
    from kaohe.records.rounds.model import Rater, Round


@assessment.command(help=_("Write a form for each rater into a folder."))
@click.argument("name", metavar="ROUND")
@click.option(
    "--output", "folder", type=click.Path(path_type=Path, file_okay=False), required=True, metavar="DIR",
    help=_("The folder; no file in it is overwritten."),
)  # fmt: skip
@click.option("--missing", is_flag=True, help=_("Only for those whose form is not complete."))
@click.pass_obj
def forms(app: App, name: str, folder: Path, missing: bool) -> None:
    from kaohe.records.people import list_people
    from kaohe.records.rounds.form import form_names, write_form
    from kaohe.records.rounds.model import by_rater, rating_type
    from kaohe.records.rounds.pairs_file import Service
    from kaohe.records.rounds.store import find_round, pairs_of

    asked = find_round(app.store, name)
    asked.accepts()
    organisation = list_people(app.store)
    names = {person.code: person.name for person, _held in organisation}
    service, raters = Service.of(organisation), by_rater(pairs_of(app.store, name))
    if missing:
        waiting = {each.rater for each in status(app, asked).missing}
        raters = {rater: own for rater, own in raters.items() if rater in waiting}
    gone = [code for code, outside in raters if not outside and service.left_by(code, today(app)) is not None]
    raters = {rater: own for rater, own in raters.items() if rater[1] or rater[0] not in gone}
    files = {rater: folder / file for rater, file in form_names(asked, raters, names).items()}
    there = msg("this file is there already; nothing was written")
    fix = msg("choose another folder, so that no filled form is lost")
    refuse_if_any(Problem("file.exists", there, Place(str(path)), fix=fix) for path in files.values() if path.exists())
    _make(folder)
    for rater, path in files.items():
        with whole(path) as beside:
            write_form(beside, asked, rating_type(app.registry.record_types), rater, raters[rater], names)
    if gone:
        what = msg("{count} raters have left and get no form", count=len(gone))
        fix = msg("name others in their place: kaohe assessment assignments")
        app.problems([Problem("assessment.raters-gone", what, found=", ".join(gone), fix=fix, severity="warning")])
    app.say(msg("wrote {count} forms to {folder}: give each to its rater alone", count=len(files), folder=folder))


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        what = msg("this folder cannot be made")
        found = said_by_system(error)
        raise fail(Problem("file.unwritable", what, Place(str(folder)), found), Exit.ENVIRONMENT) from error


@assessment.command(help=_("Read filled forms; a form returned again replaces its rater's earlier answers."))
@click.argument("name", metavar="ROUND")
@click.argument(
    "files", type=click.Path(path_type=Path, exists=True, dir_okay=False), nargs=-1, required=True, metavar="FILES…"
)
@click.option("--dry-run", is_flag=True, help=_("Read and compare, but keep nothing."))
@click.pass_obj
def collect(app: App, name: str, files: tuple[Path, ...], dry_run: bool) -> Exit:
    from kaohe.records.rounds.answers import codes_of, read_form
    from kaohe.records.rounds.model import rating_type
    from kaohe.records.rounds.store import answers_of, find_round, pairs_of

    app.require("prepare")
    asked = find_round(app.store, name)
    asked.accepts()
    ratings, codes = rating_type(app.registry.record_types), codes_of(asked, pairs_of(app.store, name))
    stored = answers_of(app.store, asked)
    read: list[tuple[Path, Form]] = []
    code = Exit.OK
    for path in files:
        try:
            read.append((path, read_form(path, asked, codes, ratings, stored)))
        except KaoheError as error:
            app.problems(error.problems)
            code = Exit.MISTAKE
    twice = _given_twice(read)
    app.problems(_twice(rater, [path for path, form in read if form.rater == rater]) for rater in twice)
    for path, form in _once(read, twice):
        app.problems(form.problems)
        _keep(app, asked, ratings, path, form, dry_run=dry_run)
        wrong = any(problem.severity == "error" for problem in form.problems)
        code = Exit.MISTAKE if wrong else code
    if dry_run:
        app.say(msg("nothing was kept: this was a rehearsal (--dry-run)"))
    return Exit.MISTAKE if twice else code


def _given_twice(read: Sequence[tuple[Path, Form]]) -> list[Rater]:
    """Raters of whom forms that say different things are given at once: nobody could tell which is the later."""
    said: dict[Rater, Form] = {}
    return [
        *dict.fromkeys(form.rater for _path, form in read if _says(said.setdefault(form.rater, form)) != _says(form))
    ]


def _says(form: Form) -> tuple[object, ...]:
    return [row.values for row in form.reading.rows], [each.cells for each in form.reading.rejected]


def _once(read: Sequence[tuple[Path, Form]], twice: Sequence[Rater]) -> Sequence[tuple[Path, Form]]:
    first = {form.rater: (path, form) for path, form in reversed(read) if form.rater not in twice}
    return [*reversed(first.values())]


def _twice(rater: Rater, files: Sequence[Path]) -> Problem:
    return Problem(
        "assessment.rated-twice",
        msg("{rater} rates twice: these forms say different things, and none of them was taken", rater=rater[0]),
        Place(str(files[0])),
        found=", ".join(map(str, files)),
        fix=msg("collect the one that counts; a form that is collected later replaces the earlier answers"),
    )


def _keep(app: App, asked: Round, ratings: RecordType, path: Path, form: Form, *, dry_run: bool) -> None:
    from kaohe.cli.imports import quarantined
    from kaohe.records.batches import source_of
    from kaohe.records.importing import import_rows

    source = source_of(path)
    done = import_rows(
        app.store, ratings, lambda: [form.reading], source, handed_in=app.now(), update=True, dry_run=dry_run
    )
    words = {"file": path.name, "rater": form.rater[0], "answered": form.answered, "asked": form.asked}
    app.say(msg("{file}: {rater} gives {answered} of {asked} scores", **words))
    if done.counts.replaced:
        app.say(msg("    {count} earlier answers are replaced", count=done.counts.replaced))
    if form.reading.rejected:
        app.say(quarantined(app, done, path.name, source.sha256))
    if done.batch is not None:
        app.say(msg("    kept as batch {batch}; to take it back: kaohe records undo {batch}", batch=done.batch))
    elif not dry_run:
        app.say(msg("    nothing changed"))
