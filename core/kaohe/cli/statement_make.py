"""``kaohe statement make``: one person's statement, or one file for each of many."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kaohe.cli.context import App
from kaohe.cli.output import json_text
from kaohe.cli.statement_group import statement, statements_of, superseded
from kaohe.cli.whose import stored_run
from kaohe.cli.words import _
from kaohe.errors import Exit, Place, Problem, fail
from kaohe.system import said_by_system
from kaohe.text import msg

if TYPE_CHECKING:
    from kaohe.run.statement import Statement
    from kaohe.run.stored.repository import StoredRun

FORMATS = ("text", "html", "json", "pdf")
ENDINGS = {"text": "txt"}
_STEP = 100  # people between two words of progress
Sheets = Callable[[int], tuple[str, str | bytes]]


@statement.command(help=_("Make the statements of people of a run: what each is told of it."))
@click.argument("run", metavar="RUN")
@click.argument("people", metavar="[PERSON]...", nargs=-1)
@click.option("--all", "everybody", is_flag=True, help=_("Of everybody in the run."))
@click.option("--format", "form", type=click.Choice(FORMATS), help=_("The form; left out: by the file's name."))
@click.option("--output", type=click.Path(path_type=Path), help=_("Write to this file; a folder for several people."))
@click.option("--mask", is_flag=True, help=_("Names and codes are masked."))
@click.pass_obj
def make(
    app: App, run: str, people: tuple[str, ...], everybody: bool, form: str | None, output: Path | None, mask: bool
) -> None:
    from kaohe.run.explanation import find_person

    if everybody == bool(people):
        raise click.UsageError(_("name people, or --all"))
    form = form or _form_of(output)
    stored = stored_run(app, run)
    listed = range(len(stored.run.names)) if everybody else [find_person(stored.run, each) for each in people]
    rows = list(dict.fromkeys(listed))
    several = everybody or len(rows) > 1 or (output is not None and output.is_dir())
    if output is None and (several or form == "pdf"):
        raise click.UsageError(_("several statements, or one in PDF, need --output"))
    if (other := superseded(app, stored)) is not None:
        app.problems([other])
    sheets = _sheets(app, stored, form, masked=mask)
    if several and output is not None:
        _write_all(app, stored, rows, sheets, output, form, masked=mask)
    else:
        _hand_out(app, stored, rows[0], sheets(rows[0])[1], output, form, masked=mask)


def _form_of(output: Path | None) -> str:
    ending = "" if output is None else output.suffix.lower().lstrip(".")
    return "text" if output is None or ending == "txt" else ending if ending in FORMATS else "html"


def _drawing(app: App, form: str) -> Callable[[Statement], str | bytes]:
    """What turns a statement into the form."""
    match form:
        case "text":
            from kaohe.report.statement_text import statement_text

            return lambda one: statement_text(one, app.language)
        case "json":
            from kaohe.report.statement_data import statement_data

            return lambda one: json_text(statement_data(one, app.language))
    from kaohe.report.html.statement import statement_html

    if form == "html":
        return lambda one: statement_html(one, app.language)
    from kaohe.cli.printing import printed

    return lambda one: printed(app, statement_html(one, app.language))


def _sheets(app: App, stored: StoredRun, form: str, *, masked: bool) -> Sheets:
    """What makes the statement of a person, by row: the code that it bears, and the statement in the form."""
    from kaohe.report.masking import Mask

    made, drawn = statements_of(app, stored), _drawing(app, form)
    mask = Mask.of(stored.run) if masked else None

    def sheet(row: int) -> tuple[str, str | bytes]:
        one = made(row) if mask is None else mask.statement(made(row))
        return one.code, drawn(one)

    return sheet


def _hand_out(
    app: App, stored: StoredRun, row: int, content: str | bytes, output: Path | None, form: str, *, masked: bool
) -> None:
    from kaohe.cli.exported import hand_out

    person = stored.run.appraisal.people.code[row]
    detail = {"run": stored.number, "person": person, "form": form}
    hand_out(app, content, output, "statement", _subject(stored), masked=masked, **detail)
    if output is not None:
        app.say(msg("wrote {file}", file=output))


def _write_all(
    app: App,
    stored: StoredRun,
    rows: Sequence[int],
    sheets: Sheets,
    folder: Path,
    form: str,
    *,
    masked: bool,
) -> None:
    """One file for each; they are noted together, with a list of their digests, before the first is written."""
    from kaohe.cli.exported import note_export
    from kaohe.cli.files import write_whole

    if folder.exists() and not folder.is_dir():
        what, fix = msg("several statements need a folder"), msg("name a folder that exists or is to be made")
        raise fail(Problem("statement.folder", what, Place(file=str(folder)), fix=fix))
    codes: list[str] = []
    contents: list[bytes] = []
    for count, row in enumerate(rows, start=1):
        code, content = sheets(row)
        codes.append(code)
        contents.append(content.encode() if isinstance(content, str) else content)
        if count % _STEP == 0 and count < len(rows):
            app.say(msg("{count} of {people}", count=count, people=len(rows)))
    names = file_names(codes, ENDINGS.get(form, form))
    listed = [f"{hashlib.sha256(each).hexdigest()}  {name}" for name, each in zip(names, contents, strict=True)]
    detail = {"run": stored.number, "form": form, "folder": folder.name, "files": len(rows)}
    note_export(app, "statements", _subject(stored), "\n".join(listed), masked=masked, **detail)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        what = msg("this folder cannot be made")
        place, found = Place(file=str(folder)), said_by_system(error)
        raise fail(Problem("file.unwritable", what, place, found=found), Exit.ENVIRONMENT) from None
    for name, each in zip(names, contents, strict=True):
        write_whole(folder / name, each)
    app.say(msg("wrote {count} statements to {folder}", count=len(rows), folder=folder))


def file_names(codes: Sequence[str], ending: str) -> list[str]:
    """A file's name for each code, safe on any system and different from all others however letters are told apart."""
    taken: set[str] = set()
    names = []
    for code in codes:
        plain = "".join(each if each.isalnum() or each in "-_" else "_" for each in code)[:_LONGEST] or "_"
        name, number = plain, 1
        while name.casefold() in taken or name.casefold() in _RESERVED:
            number += 1
            name = f"{plain}-{number}"
        taken.add(name.casefold())
        names.append(f"{name}.{ending}")
    return names


_LONGEST = 80
_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))}
"""What Windows keeps for devices."""


def _subject(stored: StoredRun) -> str:
    return f"{stored.run.scheme.id} {stored.run.period.name}"
